"""The ledger's own decisions among the events, so that a home that only decides need not say once more what it decided.

Each is a `decision.made`: its kind, contact, objects, versions and time as they were recorded. Where an event says the same decision too
(`decision.made` with its id) the two are one: what the ledger knows stands, and the event adds what only it says (a channel, that
reasons were told). So whether such events are sent or not, the tables are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourword.stores.about import UNHEARD
from ourword.stores.contracts import draft_of
from ourword.stores.rows import COLUMNS

if TYPE_CHECKING:
    import duckdb

    from ourword.stores.home import Home
    from ourword.stores.people import People

MADE = "decision.made"
_BATCH = 5_000

_SHAPE = """[{"seq": "BIGINT", "subject": "BIGINT", "at": "BIGINT", "contact": "VARCHAR",
"objects": [{"otype": "VARCHAR", "who": "VARCHAR", "role": "VARCHAR"}],
"entry": {"decision_id": "VARCHAR", "kind": "VARCHAR", "by": "VARCHAR", "mode": "VARCHAR", "answer": "VARCHAR",
"lineage": {"model": "VARCHAR", "prompt": "VARCHAR", "contract": "VARCHAR"}}}]"""
_TAKEN = f"""
SELECT row.seq, row.subject, row."at", row.contact, row.objects, row.entry.decision_id AS decision, row.entry.kind AS kind,
    CASE WHEN row.entry."by" IS NULL THEN 'automation' ELSE 'person' END AS actor,
    CASE WHEN row.entry.mode IS NULL THEN row.entry.answer END AS answer,
    row.entry.lineage.contract AS digest, row.entry.lineage.prompt AS version_prompt, row.entry.lineage.model AS version_model
FROM (SELECT unnest(from_json(CAST(? AS VARCHAR), '{_SHAPE}')) AS row)
"""
"""What was only observed was not answered: then nobody knows from the ledger what the customer got."""
_MARKS = "SELECT contact FROM taken WHERE contact IS NOT NULL UNION SELECT unnest(objects).who FROM taken"
_NAME = f"""
INSERT INTO named SELECT taken.contact, {UNHEARD} + min(taken.seq) FROM taken ANTI JOIN named ON named.who = taken.contact
WHERE taken.contact IS NOT NULL GROUP BY taken.contact
"""
_NAME_OBJECTS = f"""
INSERT INTO named SELECT who, {2 * UNHEARD} + row_number() OVER (ORDER BY seq, who) FROM (
    SELECT who, min(seq) AS seq FROM (SELECT unnest(objects).who AS who, seq FROM taken) ANTI JOIN named USING (who) GROUP BY who)
"""
_OBJECTS = """
SELECT each.seq, list({'otype': each.thing.otype, 'object': named.number, 'role': each.thing."role"}) AS objects
FROM (SELECT seq, unnest(objects) AS thing FROM taken) AS each JOIN named ON named.who = each.thing.who GROUP BY each.seq
"""
_SAID = f"""
CREATE TABLE said AS SELECT heard.*, row_number() OVER (PARTITION BY decision ORDER BY "at" NULLS LAST, seq, tie) = 1 AS first
FROM heard SEMI JOIN taken USING (decision) WHERE type = '{MADE}'
"""
_KNOWN = {
    "arrival": f"{UNHEARD} + taken.seq", "seq": "taken.seq", "tie": "0", "at": 'taken."at"', "subject": "taken.subject",
    "contact": "coalesce(contact.number, said.contact)", "type": f"'{MADE}'", "source": "coalesce(said.source, 'ourword')",
    "actor": "taken.actor", "kind": "taken.kind", "version_contract": "coalesce(version.version, said.version_contract)",
    "version_prompt": "coalesce(taken.version_prompt, said.version_prompt)", "version_model": "coalesce(taken.version_model, said.version_model)",
    "decision": "taken.decision", "objects": "coalesce(things.objects, said.objects)", "answer": "coalesce(taken.answer, said.answer)",
}  # fmt: skip
"""What stands in each column; in all others, what the event says."""


def lay_recorded(duck: duckdb.DuckDBPyConnection, home: Home, people: People) -> int | None:
    """Make the table `recorded` beside the view `heard`, and `superseded`: the arrivals of the events that it stands for.

    Give how many those are; `None` where nothing was ever decided.
    """
    if not _take(duck, _lines(home)):
        return None
    _name(duck, people)
    digests = [digest for (digest,) in duck.execute("SELECT DISTINCT digest FROM taken WHERE digest IS NOT NULL").fetchall()]
    versions = [{"digest": digest, "version": draft.version} for digest in digests if (draft := draft_of(home.path, digest)) is not None]
    _fill(duck, "version", {"digest": "VARCHAR", "version": "VARCHAR"}, versions)
    duck.execute(_SAID)
    columns = ", ".join(f'CAST({_KNOWN.get(name, f"said.{name}")} AS {kind}) AS "{name}"' for name, kind in COLUMNS.items())
    duck.execute(
        f"CREATE TABLE recorded AS SELECT {columns} FROM taken LEFT JOIN said ON said.decision = taken.decision AND said.first "
        "LEFT JOIN named AS contact ON contact.who = taken.contact LEFT JOIN version ON version.digest = taken.digest "
        f"LEFT JOIN ({_OBJECTS}) AS things ON things.seq = taken.seq WHERE taken.contact IS NOT NULL OR said.decision IS NOT NULL"
    )
    duck.execute("CREATE TABLE superseded AS SELECT arrival FROM said")
    for table in ("taken", "named", "version", "said"):
        duck.execute(f"DROP TABLE {table}")
    found = duck.execute("SELECT count(*) FROM superseded").fetchone()
    return int(found[0]) if found else 0


def _lines(home: Home) -> Iterator[list[str]]:
    after: int | None = 0
    while after is not None:
        lines, after = home.store.lines(after=after, limit=_BATCH)
        if lines:
            yield lines


def _take(duck: duckdb.DuckDBPyConnection, lines: Iterator[list[str]]) -> bool:
    """Make the table `taken`: the decisions as the ledger has them."""
    made = False
    for some in lines:
        duck.execute(f"{'INSERT INTO taken' if made else 'CREATE TABLE taken AS'} {_TAKEN}", [f"[{','.join(some)}]"])
        made = True
    return made


def _name(duck: duckdb.DuckDBPyConnection, people: People) -> None:
    """Make the table `named`: the number of each contact and object; what no event ever named gets one that none can have."""
    marks = [mark for (mark,) in duck.execute(_MARKS).fetchall()]
    found = (each for first in range(0, len(marks), _BATCH) for each in people.numbers(marks[first : first + _BATCH]))
    _fill(duck, "named", {"who": "VARCHAR", "number": "BIGINT"}, [{"who": who, "number": number} for who, number in found])
    duck.execute(_NAME)
    duck.execute(_NAME_OBJECTS)


def _fill(duck: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> None:
    shape = msgspec.json.encode([columns]).decode()
    values = ", ".join(f"row.{name}" for name in columns)
    duck.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    for first in range(0, len(rows), _BATCH):
        text = msgspec.json.encode(rows[first : first + _BATCH]).decode()
        duck.execute(f"INSERT INTO {table} SELECT {values} FROM (SELECT unnest(from_json(CAST(? AS VARCHAR), '{shape}')) AS row)", [text])
