"""A made-up company's events, in exactly the layout that a home has: `events/FIRST-LAST.parquet`, and what else `watch` reads.

Everything is drawn from a seed by DuckDB's own `hash`, so that ten million events take a minute. Contacts come to a customer by
chance, with a few customers who come very often; each contact is one of five kinds, under one of six versions by its date, about an
order of its customer's; replies are read (`says`, `asks`) in a third of them. One event in fifty arrives up to two days late, so
that files overlap in time as they do when several sources report.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ourword.stores.rows import COLUMNS, write_segment

SEED = 7
EVENTS_A_CONTACT = 8.12
SEGMENT = 250_000
_DAYS = 120
_START = 1_780_000_000_000_000  # a day in 2026, in µs
_SECOND = 1_000_000

_CONTACTS = f"""
CREATE TABLE drawn AS
SELECT i AS contact,
  CASE WHEN lot(i, 1, 50) = 0 THEN 1 + lot(i, 2, 1 + $customers // 200) ELSE 1 + lot(i, 2, $customers) END AS subject,
  {_START} + lot(i, 3, {_DAYS * 86_400}) * {_SECOND} AS began,
  10 + lot(i, 4, 600) AS gap, 1 + lot(i, 5, 3) AS rounds,
  ['refund', 'delivery', 'account', 'price', 'return'][1 + lot(i, 6, 5)] AS kind,
  ['chat', 'mail', 'phone'][1 + least(lot(i, 7, 6), 2)] AS channel,
  lot(i, 8, 100) AS asked, lot(i, 9, 100) AS joined, lot(i, 10, 100) AS decided, lot(i, 11, 100) AS answered,
  lot(i, 12, 100) AS closed, lot(i, 13, 100) AS reopened, lot(i, 14, 100) AS read, lot(i, 15, 100) AS about, lot(i, 16, 3) AS which,
  lot(i, 17, 100) AS second, lot(i, 18, 100) AS complained
FROM range(1, $contacts + 1) AS each(i)
"""
# step, type, actor; a contact takes a step when its `takes` holds
_STEPS = """
CREATE TABLE step AS SELECT * FROM (VALUES
  (0, 'contact.opened', 'customer'), (1, 'message.in', 'customer'), (2, 'message.out', 'automation'),
  (3, 'message.in', 'customer'), (4, 'message.out', 'automation'), (5, 'message.in', 'customer'), (6, 'message.out', 'automation'),
  (7, 'human.requested', 'customer'), (8, 'human.joined', 'person'), (9, 'message.out', 'person'),
  (10, 'decision.made', 'automation'), (11, 'action.executed', 'automation'), (12, 'decision.made', 'automation'),
  (13, 'question.asked', 'automation'), (14, 'question.answered', 'customer'),
  (15, 'contact.closed', NULL), (16, 'contact.reopened', 'customer'), (17, 'message.in', 'customer'), (18, 'complaint.made', 'customer')
) AS each(step, type, actor)
"""
_TAKES = """CASE s.step WHEN 3 THEN c.rounds > 1 WHEN 4 THEN c.rounds > 1 WHEN 5 THEN c.rounds > 2 WHEN 6 THEN c.rounds > 2
  WHEN 7 THEN c.asked < 15 WHEN 8 THEN c.asked < 10 OR c.joined < 10 WHEN 9 THEN c.asked < 10 OR c.joined < 10
  WHEN 10 THEN c.decided < 55 WHEN 11 THEN c.decided < 45 WHEN 12 THEN c.decided < 8 WHEN 13 THEN c.answered < 30 WHEN 14 THEN c.answered < 20
  WHEN 15 THEN c.closed < 92 WHEN 16 THEN c.reopened < 5 WHEN 17 THEN c.reopened < 3 WHEN 18 THEN c.complained < 1 ELSE true END"""
_EVENTS = f"""
CREATE TABLE made AS
SELECT c.contact * 32 + s.step AS number, s.step AS seq, hash(c.contact * 32 + s.step)::HUGEINT - 9223372036854775808::HUGEINT AS tie,
  CASE WHEN s.step < 15 THEN c.began + s.step * c.gap * {_SECOND}
       ELSE c.began + (15 * c.gap + (s.step - 15) * 86400 + CASE WHEN c.closed < 40 THEN 86400 ELSE 0 END) * {_SECOND} END AS "at",
  c.subject, c.contact, s.type, 'chat' AS source, s.actor, c.channel,
  CASE WHEN s.step = 0 THEN c.kind WHEN s.step = 12 THEN 'goodwill' WHEN s.step = 10 THEN c.kind END AS kind,
  CASE WHEN s.step = 15 THEN ['automation', 'timer', 'customer', 'person'][1 + c.closed % 4] END AS closed_by,
  CASE WHEN s.step = 15 THEN ['no_reply', NULL, 'confirmed', 'left', NULL][1 + c.closed % 5] END AS close_reason,
  CASE WHEN s.step = 15 THEN c.closed % 3 > 0 END AS claimed,
  CASE WHEN s.step = 14 THEN ['yes', 'no', 'yes', 'other'][1 + c.answered % 4] END AS said,
  CASE WHEN s.step IN (2, 4, 6) THEN (c.which + s.step) % 3 = 0 END AS asks,
  'v' || (1 + (c.began - {_START}) // {_DAYS * 86_400 * _SECOND // 6}) AS version_contract,
  CASE WHEN s.actor = 'automation' THEN 'p' || (1 + (c.began - {_START}) // {_DAYS * 86_400 * _SECOND // 9}) END AS version_prompt,
  CASE WHEN s.actor = 'automation' THEN 'm1' END AS version_model,
  CASE WHEN s.step IN (10, 11, 12) THEN 'd-' || c.contact || '-' || (s.step // 12) END AS decision,
  CASE WHEN s.step = 0 AND c.about < 80 THEN [thing('order', c.subject * 4 + c.which, 'about')]
       WHEN s.step = 1 AND c.second < 20 THEN [thing('item', 100000000 + c.subject * 4 + (c.which + 1) % 3, 'item')]
       WHEN s.step IN (2, 4, 6) AND c.read < 33 THEN [thing('text', 200000000 + lot(c.contact + s.step, 20, 5), 'says')]
       WHEN s.step = 13 AND c.read < 33 THEN [thing('question', 300000000 + c.which, 'asks')]
       WHEN s.step = 18 THEN [thing('order', c.subject * 4 + c.which, 'about')] END AS objects
FROM drawn AS c CROSS JOIN step AS s WHERE {_TAKES}
"""
_ARRIVED = f"""
CREATE TABLE arrived AS
SELECT row_number() OVER (ORDER BY "at" + CASE WHEN lot(number, 30, 50) = 0 THEN lot(number, 31, 172800) * {_SECOND} ELSE 0 END, number) AS arrival,
  * EXCLUDE (number) FROM made
"""
_ATTRIBUTES = f"""
CREATE TABLE attributes AS
SELECT i AS subject, 'region' AS name, ['north', 'south', 'east', 'west'][1 + lot(i, 40, 4)] AS value, 0::BIGINT AS since
FROM range(1, $customers + 1) AS each(i)
UNION ALL SELECT i, 'tenure', 'new', 0 FROM range(1, $customers + 1) AS each(i)
UNION ALL SELECT i, 'tenure', 'old', {_START} + lot(i, 41, {_DAYS * 86_400}) * {_SECOND} FROM range(1, $customers + 1) AS each(i)
WHERE lot(i, 42, 10) < 3
"""
_PROMISES = f"""
CREATE TABLE promises AS
SELECT 'd-' || contact || '-0' AS decision, subject, NULL::BIGINT AS contact, 'money-back' AS promise, kind, began AS made,
  began + (10 * gap + 5 * 86400) * {_SECOND} AS due,
  CASE WHEN lot(contact, 50, 100) < 80 THEN 'kept' WHEN lot(contact, 50, 100) < 88 THEN 'late' WHEN lot(contact, 50, 100) < 97 THEN 'broken'
       ELSE 'unknown' END AS standing,
  CASE WHEN lot(contact, 50, 100) < 80 THEN began + (10 * gap + 3 * 86400) * {_SECOND}
       WHEN lot(contact, 50, 100) < 88 THEN began + (10 * gap + 6 * 86400) * {_SECOND} END AS settled
FROM drawn WHERE decided < 30
"""


def shape() -> str:
    """The columns of a segment, as a table has them."""
    return ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())


def make(folder: Path, events: int, *, seed: int = SEED) -> int:
    """Write about so many events below *folder*: `events/*.parquet` as a home has them, `attributes.parquet`, `promises.parquet`; say how many."""
    (folder / "events").mkdir(parents=True)
    contacts = int(events / EVENTS_A_CONTACT)
    sizes = {"contacts": contacts, "customers": contacts // 4}
    with duckdb.connect(config={"threads": 2, "memory_limit": "6GB", "temp_directory": str(folder / "spilled")}) as duck:
        duck.execute("SET enable_progress_bar = false")
        duck.execute(f"CREATE MACRO lot(i, k, n) AS (hash(i * 64 + k + {seed} * 1000003) % n)::BIGINT")
        duck.execute("CREATE MACRO thing(o, i, r) AS {'otype': o, 'object': i::BIGINT, 'role': r}")
        for statement in (_CONTACTS, _STEPS, _EVENTS, _ARRIVED, _ATTRIBUTES, _PROMISES):
            wanted = {name: size for name, size in sizes.items() if f"${name}" in statement}
            duck.execute(statement, wanted or None)
        for name in ("attributes", "promises"):
            duck.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
        (made,) = duck.execute("SELECT count(*) FROM arrived").fetchone() or (0,)
        for first in range(1, made + 1, SEGMENT):
            last = min(first + SEGMENT - 1, made)
            duck.execute(f"CREATE OR REPLACE TABLE tail ({shape()})")
            duck.execute(f"INSERT INTO tail BY NAME SELECT * FROM arrived WHERE arrival BETWEEN {first} AND {last}")
            write_segment(duck, folder / "events" / f"{first:012}-{last:012}.parquet")
    return int(made)
