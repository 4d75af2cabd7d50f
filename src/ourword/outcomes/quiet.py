"""Quiet contacts: those among whom lots are drawn, and in every row of a report what those say who were called back; after `watch`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import query
from ourword.outcomes.lots import Frame
from ourword.outcomes.metrics import Row
from ourword.outcomes.narrowing import ASKED, ASKED_BOUNDS, Called, Narrowed, Part, narrowed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STEPS = ("covered", "called")
HANDLED_BY = ("automation", "person")
_QUIET = "c.outcome = 'quiet'"
_SAMPLED = "sample BIGINT, contact BIGINT, customer BIGINT, weight BIGINT, drawn INTEGER, solved INTEGER"


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One sample: among whom lots were drawn, and of each contact that was drawn whether it was solved; `None` where nothing was said."""

    seq: int
    frame: Frame
    solved: dict[int, bool | None]


def kinds_of_quiet(connection: DuckDBPyConnection) -> dict[str, int]:
    """How many quiet contacts there are of each kind."""
    of = f"FROM places AS p JOIN became AS c ON c.contact = p.contact WHERE {_QUIET} AND p.kind <> '*'"
    found = connection.execute(f"SELECT p.kind, COUNT(*) {of} GROUP BY p.kind")
    return dict(found.fetchall())


def quiet_contacts(connection: DuckDBPyConnection, *, kind: str = "*", handled_by: str = "") -> list[tuple[int, int | None]]:
    """The quiet contacts of a kind (`*`: any), by automation or by a person (empty: either), each with its customer's number."""
    found = connection.execute(
        f"SELECT DISTINCT c.contact, c.subject FROM places AS p JOIN became AS c ON c.contact = p.contact WHERE {_QUIET} "
        "AND (p.kind = $1 OR $1 = '*') AND (c.handled_by = $2 OR $2 = '')",
        [kind, handled_by],
    )
    return [(int(contact), subject) for contact, subject in found.fetchall()]


def whole(spoken: Spoken) -> Part:
    """All quiet contacts that a sample was drawn from, as it was drawn.

    >>> found = whole(Spoken(seq=1, frame=Frame((3, 5, 8), (0, 1, 0)), solved={8: True, 5: None}))
    >>> found.contacts, found.customers, found.repeated, found.called
    (3, 2, 4, (Called(weight=2, solved=True), Called(weight=1, solved=None)))
    """
    theirs = spoken.frame.theirs
    weights = {contact: len(contacts) for contacts in theirs for contact in contacts}
    return Part(
        contacts=len(weights),
        customers=len(theirs),
        repeated=sum(len(contacts) ** 2 for contacts in theirs if len(contacts) > 1),
        called=tuple(Called(weights[contact], solved) for contact, solved in spoken.solved.items()),
    )


def narrowed_by(connection: DuckDBPyConnection, spoken: Iterable[Spoken], rows: Iterable[Row]) -> list[Narrowed]:
    """The band of every row of a report in which somebody answered, after calling back.

    *rows* are the report's, of `confirmed` and `quiet` among them. Of several samples the latest speaks for a contact.
    """
    found = sorted(spoken, key=lambda each: each.seq)
    if not found:
        return []
    _lay(connection, found)
    counted: dict[tuple[str, str, str], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row.metric in ("confirmed", "quiet"):
            counted[row.kind, row.version, row.segment][row.metric] = row
    return [
        _narrowed(group, parts, counted[group]) for group, parts in _parts(connection) if group in counted and any(each.answered for each in parts)
    ]


def rows_of(found: Iterable[Narrowed], rows: Iterable[Row]) -> Iterator[Row]:
    """Both narrowed bands as rows of the report: with the assumption (`stayed_resolved_asked`), and without (`stayed_resolved_asked_bounds`)."""
    bands = {(row.kind, row.version, row.segment): row for row in rows if row.metric == "stayed_resolved"}
    for each in found:
        band = bands[each.kind, each.version, each.segment]
        for metric, of in ((ASKED, each.asked), (ASKED_BOUNDS, each.bounds)):
            yield msgspec.structs.replace(band, metric=metric, value=of.value, low=of.low, high=of.high, target=None)


def _narrowed(group: tuple[str, str, str], parts: Sequence[Part], rows: Mapping[str, Row]) -> Narrowed:
    kind, version, segment = group
    confirmed, quiet = (round((rows[name].value or 0.0) * rows[name].n) for name in ("confirmed", "quiet"))
    return narrowed(parts, n=rows["quiet"].n, confirmed=confirmed, quiet=quiet, kind=kind, version=version, segment=segment)


def _lay(connection: DuckDBPyConnection, spoken: Sequence[Spoken]) -> None:
    """Make the table `sampled`: each contact in the frame of the latest sample that has it."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sampled ({_SAMPLED})")
    taken = ", ".join(f"unnest(from_json(CAST(${place} AS VARCHAR), '[\"BIGINT\"]'))" for place in range(2, 7))
    for each in spoken:
        sizes = Counter(each.frame.customers)
        columns = (
            each.frame.contacts,
            each.frame.customers,
            [sizes[customer] for customer in each.frame.customers],
            [int(contact in each.solved) for contact in each.frame.contacts],
            [None if (said := each.solved.get(contact)) is None else int(said) for contact in each.frame.contacts],
        )
        # As JSON, which DuckDB reads itself: a fifth of the time that parameters take.
        connection.execute(f"CREATE OR REPLACE TEMP TABLE latest ({_SAMPLED})")
        connection.execute(f"INSERT INTO latest SELECT $1, {taken}", [each.seq, *(msgspec.json.encode(column).decode() for column in columns)])
        connection.execute("DELETE FROM sampled WHERE contact IN (SELECT contact FROM latest)")
        connection.execute("INSERT INTO sampled SELECT * FROM latest")


def _parts(connection: DuckDBPyConnection) -> Iterator[tuple[tuple[str, str, str], list[Part]]]:
    """What the samples say in each row of a report, in order."""
    called: dict[tuple[str, str, str, int], list[Called]] = defaultdict(list)
    for kind, version, segment, sample, weight, solved, count in connection.execute(query("called")).fetchall():
        called[kind, version, segment, sample] += [Called(int(weight), None if solved is None else bool(solved))] * int(count)
    found: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
    for kind, version, segment, sample, contacts, customers, repeated in sorted(connection.execute(query("covered")).fetchall()):
        of = tuple(sorted(called[kind, version, segment, sample], key=lambda each: (each.weight, str(each.solved))))
        found[kind, version, segment].append(Part(contacts=int(contacts), customers=int(customers), repeated=int(repeated), called=of))
    return iter(found.items())
