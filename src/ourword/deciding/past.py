"""A home's past decided again by two contracts: how many decisions would be others, which, for whom, and what would be promised.

    with open_home(path, write=False) as home:
        for kind in new.kinds:
            told = past(home, old, new, kind)

Both contracts decide the same recorded facts, in DuckDB (`stores/replay.py`), each decision at its own time. What a decision of the past did is not
asked: it may have been taken under a third contract. A decision that rests on a fact which only the new contract reads, and which nobody
recorded, cannot be told, and is counted apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.cel.dialect import Dialect
from ourword.changing.order import Direction, Got, amended_facts, by_answers, direction
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.gate.code import Gate, KindGate
from ourword.gate.sql import CLAUSES_MAX, columns
from ourword.ledger.decided import Personal
from ourword.stores.replay import Laid, Laying, fill, lay_tables, replay

if TYPE_CHECKING:
    import duckdb

    from ourword.stores.home import Home

FIRST = 5
"""Decisions that are named for each change."""
_BATCH = 5_000
_QUOTED = Dialect().identifier
OLD, NEW, ABOUT = "old facts", "new facts", "about"


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions that would be answered otherwise, in one way."""

    old: str
    new: str
    direction: Direction
    n: int
    decisions: tuple[str, ...]
    """The first of them."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions about one group of customers."""

    segment: str
    value: str | None
    """`None` where it is not known of the customer."""
    n: int
    towards: int
    against: int
    arguable: int


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """How often a promise would be made."""

    promise: str
    old: int
    new: int
    lost: int
    """Decisions that would not make it any more."""
    won: int


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of decision, its past decided again."""

    kind: str
    n: int
    """Decisions that both contracts decided."""
    towards: int
    against: int
    arguable: int
    unchanged: int
    cannot_be_told: int
    """Beside *n*: they rest on facts that only the new contract reads, and that nobody recorded."""
    not_recorded: tuple[str, ...]
    moved: tuple[Moved, ...]
    segments: tuple[Group, ...]
    promises: tuple[Promised, ...]
    erased: int
    by_people: int
    by_python: int
    """Decisions that the gate had to decide itself, under one of the two."""


def past(home: Home, old: Gate, new: Gate, kind: str, *, moved: Callable[[int], None] = lambda seq: None) -> Past:
    """Decide every recorded decision of a kind again by both contracts; *moved* hears the number of the entry that was reached."""
    from ourword.stores.tables import connect

    with connect(home.path) as duck:
        laid = _lay(duck, home, old, new, kind, moved)
        return counted(duck, old, new, kind, laid, home=home)


def counted(duck: duckdb.DuckDBPyConnection, old: Gate, new: Gate, kind: str, laid: Laid, *, home: Home | None = None) -> Past:
    """Decide and count what is laid: the tables `new facts`, `about` and, where the contracts type the facts otherwise, `old facts`."""
    same = _columns(old, kind) == _columns(new, kind)
    before = replay(duck, old, kind, facts=NEW if same else OLD, into="before", promises=True)
    after = replay(duck, new, kind, facts=NEW, into="after", promises=True)
    missing = _missing(old, new, kind)
    _weigh(duck, old.kinds[kind], new, kind, missing)
    return _told(duck, home, old, new, kind, laid, max(before.by_python, after.by_python), tuple(missing))


# ---- the facts -----------------------------------------------------------------------------------------------------


def _columns(gate: Gate, kind: str) -> dict[str, Fact]:
    return columns(gate, gate.kinds[kind])


def _lay(duck: duckdb.DuckDBPyConnection, home: Home, old: Gate, new: Gate, kind: str, moved: Callable[[int], None]) -> Laid:
    """Read the ledger once: the facts as each contract types them, and beside them the time and the groups of the customer."""
    segments = _told_by_facts(new, kind)
    about = {"at": "BIGINT", **{_group(segment): "VARCHAR" for segment in segments}}

    def read(personal: Personal, instant: int) -> tuple[Any, ...]:
        groups = (personal.facts.get(name) for name in segments.values())
        return (instant // 1000, *(each if isinstance(each, str) else None for each in groups))

    tables = {NEW: Laying.of(new, kind), ABOUT: Laying(more=about, read=read)}
    if _columns(old, kind) != _columns(new, kind):
        tables[OLD] = Laying.of(old, kind)
    return lay_tables(duck, home, kind, tables, moved=moved)


def _group(segment: str) -> str:
    """The column of a segment: it may be called as another column is."""
    return f"group {segment}"


def _told_by_facts(gate: Gate, kind: str) -> dict[str, str]:
    """The segments that a fact of the contract says: segment -> fact."""
    wiring = gate.contract.draft.wiring
    by_source = {fact.source: name for name, fact in wiring.facts.items() if fact.source}
    return {segment: by_source[source] for segment, source in wiring.segments.items() if source in by_source}


def _missing(old: Gate, new: Gate, kind: str) -> dict[str, Fact]:
    """Facts that only the new contract reads: the past may not hold them."""
    return {name: fact for name, fact in _columns(new, kind).items() if name not in _columns(old, kind)}


# ---- both answers --------------------------------------------------------------------------------------------------


def _weigh(duck: duckdb.DuckDBPyConnection, before: KindGate, new: Gate, kind: str, missing: Mapping[str, Fact]) -> None:
    """Make the table `both`: each decision with both answers, what the change is to the customer, and whether it can be told at all."""
    after = new.kinds[kind]
    rows = [(old.value, each.value, way.value if (way := by_answers(old, each)) is not None else None) for old in Answer for each in Answer]
    duck.execute("CREATE TABLE ways (old VARCHAR, new VARCHAR, way VARCHAR)")
    duck.executemany("INSERT INTO ways VALUES (?, ?, ?)", rows)
    duck.execute("CREATE TABLE amounts (decision_id VARCHAR, way VARCHAR)")
    _weigh_amounts(duck, before, after)
    lacks = " OR ".join(f"facts.{_QUOTED(name)} IS NULL" for name in missing) or "false"
    boundaries = ", ".join(Dialect().text(code.boundary.id) for code in after.boundaries) or "NULL"
    required = " OR ".join(f"facts.{_QUOTED(name)} IS NULL" for name in after.kind.requires if name in missing) or "false"
    rests = f"({lacks}) AND (coalesce(n.possible <> 0, true) OR {required} OR n.decided_by IN ({boundaries}))"
    duck.execute(
        "CREATE TABLE both_ways AS SELECT decision_id, o.answer AS old, n.answer AS new, o.minted AS old_minted, n.minted AS new_minted, "
        f"coalesce(ways.way, amounts.way, 'neutral') AS way, coalesce({rests}, false) AS untold "
        f"FROM before AS o JOIN after AS n USING (decision_id) JOIN {_QUOTED(NEW)} AS facts USING (decision_id) "
        "JOIN ways ON ways.old = o.answer AND ways.new = n.answer LEFT JOIN amounts USING (decision_id)"
    )


def _weigh_amounts(duck: duckdb.DuckDBPyConnection, before: KindGate, after: KindGate) -> None:
    """Where something is done under both contracts, the amounts decide: by the order's own rule, row by row."""
    facts = amended_facts(before, after)
    if not facts:
        return
    have = {str(name) for name, *_ in duck.execute(f"DESCRIBE {_QUOTED(NEW)}").fetchall()}
    table = NEW if set(facts) <= have else OLD
    if table == OLD and not set(facts) <= {str(name) for name, *_ in duck.execute(f"DESCRIBE {_QUOTED(OLD)}").fetchall()}:
        wide = ", ".join(f"{'n' if name in have else 'o'}.{_QUOTED(name)}" for name in facts)
        source = f"SELECT decision_id, {wide} FROM {_QUOTED(NEW)} AS n JOIN {_QUOTED(OLD)} AS o USING (decision_id)"
    else:
        source = f"SELECT decision_id, {', '.join(map(_QUOTED, facts))} FROM {_QUOTED(table)}"
    query = (
        f"SELECT decision_id, o.answer, n.answer, o.amended, n.amended, {', '.join(f'facts.{_QUOTED(name)}' for name in facts)} "
        f"FROM before AS o JOIN after AS n USING (decision_id) JOIN ({source}) AS facts USING (decision_id) "
        "WHERE o.answer IN ('allow', 'amend') AND n.answer IN ('allow', 'amend') AND o.amended IS DISTINCT FROM n.amended"
    )
    with duck.cursor() as reader:
        found = reader.execute(query)
        while some := found.fetchmany(_BATCH):
            ways = [(row[0], _by_amounts(row, facts).value) for row in some]
            fill(duck, "amounts", {"decision_id": "VARCHAR", "way": "VARCHAR"}, ways)


def _by_amounts(row: tuple[Any, ...], facts: Mapping[str, Fact]) -> Direction:
    _, old, new, before, after, *proposed = row
    values = dict(zip(facts, proposed, strict=True))

    def got(answer: str, amended: str | None) -> Got:
        return Got(Answer(answer), {**values, **(json.loads(amended) if amended else {})})

    return direction(got(old, before), got(new, after), facts.values())


# ---- counted -------------------------------------------------------------------------------------------------------

_WAYS = (Direction.TOWARDS, Direction.AGAINST, Direction.ARGUABLE)


def _told(
    duck: duckdb.DuckDBPyConnection, home: Home | None, old: Gate, new: Gate, kind: str, laid: Laid, by_python: int, missing: tuple[str, ...]
) -> Past:
    counts = dict(duck.execute("SELECT way, count(*) FROM both_ways WHERE NOT untold GROUP BY way").fetchall())
    untold = _one(duck, "SELECT count(*) FROM both_ways WHERE untold")
    n = sum(counts.values())
    return Past(
        kind=kind,
        n=n,
        **{way.value: counts.get(way.value, 0) for way in _WAYS},
        unchanged=counts.get("neutral", 0),
        cannot_be_told=untold,
        not_recorded=missing if untold else (),
        moved=_moved(duck),
        segments=tuple(_segments(duck, home, new, kind)),
        promises=tuple(_promises(duck, old.kinds[kind], new.kinds[kind])),
        erased=laid.erased,
        by_people=laid.by_people,
        by_python=by_python,
    )


def _one(duck: duckdb.DuckDBPyConnection, query: str) -> int:
    row = duck.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _moved(duck: duckdb.DuckDBPyConnection) -> tuple[Moved, ...]:
    """The first decisions are those of the ledger's order: rows lie as they were read."""
    query = (
        f"SELECT old, new, way, count(*) AS n, list(decision_id ORDER BY place)[1:{FIRST}] FROM (SELECT *, about.rowid AS place FROM both_ways "
        f"JOIN {_QUOTED(ABOUT)} AS about USING (decision_id)) WHERE NOT untold AND way <> 'neutral' "
        "GROUP BY old, new, way ORDER BY way = 'against' DESC, way = 'towards' DESC, n DESC, old, new"
    )
    return tuple(
        Moved(old=old, new=new, direction=Direction(way), n=n, decisions=tuple(first)) for old, new, way, n, first in duck.execute(query).fetchall()
    )


def _promises(duck: duckdb.DuckDBPyConnection, old: KindGate, new: KindGate) -> list[Promised]:
    """By the promise's id, whatever its place in either contract; none where a contract has more than a mask has bits."""
    if max(len(old.promises), len(new.promises)) > CLAUSES_MAX:
        return []
    places = [{code.rule.id: at for at, code in enumerate(kind.promises)} for kind in (old, new)]
    told = []
    for id_ in dict.fromkeys((*places[1], *places[0])):
        before, after = (
            f"({name}_minted & CAST({1 << at} AS HUGEINT)) <> 0" if (at := place.get(id_)) is not None else "false"
            for name, place in zip(("old", "new"), places, strict=True)
        )
        row = duck.execute(
            f"SELECT count(*) FILTER ({before}), count(*) FILTER ({after}), count(*) FILTER ({before} AND NOT {after}), "
            f"count(*) FILTER ({after} AND NOT {before}) FROM both_ways WHERE NOT untold"
        ).fetchone()
        made, would, lost, won = row or (0, 0, 0, 0)
        told.append(Promised(promise=id_, old=made, new=would, lost=lost, won=won))
    return told


# ---- by group ------------------------------------------------------------------------------------------------------


def _segments(duck: duckdb.DuckDBPyConnection, home: Home | None, new: Gate, kind: str) -> list[Group]:
    """By what a fact says of the customer, or else what events had said by the time of the decision."""
    by_facts = _told_by_facts(new, kind)
    others = [segment for segment in new.contract.draft.wiring.segments if segment not in by_facts]
    heard = _heard(duck, home) if others else False
    told: list[Group] = []
    for segment in new.contract.draft.wiring.segments:
        if segment in by_facts:
            told += _grouped(duck, segment, f"SELECT decision_id, {_QUOTED(_group(segment))} AS value FROM {_QUOTED(ABOUT)}")
        elif heard:
            told += _grouped(duck, segment, _SAID, segment)
        else:
            told += _grouped(duck, segment, f"SELECT decision_id, CAST(NULL AS VARCHAR) AS value FROM {_QUOTED(ABOUT)}")
    return told


_SAID = (
    "SELECT about.decision_id, arg_max(said.value, said.since) AS value FROM about JOIN subjects USING (decision_id) "
    'LEFT JOIN said_attributes AS said ON said.subject = subjects.subject AND said.name = ? AND said.since <= about."at" GROUP BY about.decision_id'
)


def _heard(duck: duckdb.DuckDBPyConnection, home: Home | None) -> bool:
    """Lay what events said of customers, and whose each decision is; false where the home has no events."""
    if home is None or not home.has_events:
        return False
    from ourword.stores.events import EventStore

    with EventStore(home, write=False) as store:
        store.snapshot(duck)
    shape = {"decision_id": "VARCHAR", "subject": "BIGINT"}
    duck.execute("CREATE TABLE subjects (decision_id VARCHAR, subject BIGINT)")
    fill(duck, "subjects", shape, list(home.subject_numbers().items()))
    return True


def _grouped(duck: duckdb.DuckDBPyConnection, segment: str, query: str, *given: str) -> list[Group]:
    counted = ", ".join(f"count(*) FILTER (way = '{way}')" for way in _WAYS)
    rows = duck.execute(
        f"SELECT value, count(*), {counted} FROM both_ways JOIN ({query}) AS groups USING (decision_id) WHERE NOT untold "
        "GROUP BY value ORDER BY count(*) DESC, value",
        list(given),
    ).fetchall()
    return [
        Group(segment=segment, value=value, n=n, towards=towards, against=against, arguable=arguable) for value, n, towards, against, arguable in rows
    ]
