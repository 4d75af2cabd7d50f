"""Past decisions decided again by a database: what a contract would answer to the facts of thousands or millions of them.

    with home, connect(home.path) as duck:
        lay_facts(duck, home, gate, "refund")
        replayed = replay(duck, gate, "refund")
        duck.sql("SELECT answer, count(*) FROM replayed GROUP BY answer")

`replay` reads any table or view of typed facts, so one over a Parquet file or an Arrow table as well. What the query cannot
say (`ourword.gate.sql`) the gate itself decides, row by row; `Replayed` tells how many.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.cel.dialect import Dialect
from ourword.cel.said import NotInSql
from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.contract.cost import TEXT_MAX
from ourword.contract.model import Fact
from ourword.core.time import instant_from_text
from ourword.errors import UsageError
from ourword.gate.code import Gate, Typed
from ourword.gate.facts import ABSENT, read_fact
from ourword.gate.sql import CLAUSES_MAX, KindSql, again, columns, kind_sql

if TYPE_CHECKING:
    import duckdb

    from ourword.ledger.decided import Personal
    from ourword.stores.home import Home

_BATCH = 5_000
_QUOTED = Dialect().identifier
_WHOLE = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"))
_RESULT = dict.fromkeys(("decision_id", "answer", "decided_by", "proposed"), "VARCHAR") | {
    "fired": "HUGEINT",
    "possible": "HUGEINT",
    "minted": "HUGEINT",
    "by_python": "BOOLEAN",
    "amended": "VARCHAR",
}


class Replayed(msgspec.Struct, frozen=True):
    """How a replay went."""

    rows: int
    by_python: int
    """Rows that the gate itself decided, because SQL could not say them."""
    refused: tuple[NotInSql, ...]
    """Conditions without a form in SQL."""


class Laid(msgspec.Struct, frozen=True):
    """Which of a home's decisions a replay can read."""

    decisions: int
    erased: int
    """Decisions whose customer asked to be forgotten: their facts are gone."""
    by_people: int
    """Decisions that a person took: what automation would have answered was not asked for."""


def replay(
    duck: duckdb.DuckDBPyConnection, gate: Gate, kind: str, *, facts: str = "facts", into: str = "replayed", promises: bool = False
) -> Replayed:
    """Decide every row of the table or view *facts* by *gate*, and make the table *into*.

    *facts* has a column for each fact by its name, typed: money in minor units, durations and instants in nanoseconds, NULL or
    no column where it is not known; and, if it likes, `decision_id` and `customer` (without it nobody is held out). *into* has
    `decision_id`, `answer`, `decided_by`, `proposed`, the masks `fired` and `possible` (bit 0 the first clause; NULL for a
    kind of more than 126 clauses), `minted` (the same of the promises that are made; NULL without *promises*), `by_python`, and
    `amended`: JSON of the facts that are changed, typed. Raises `UsageError` for a column of another type.
    """
    made = kind_sql(gate, kind, promises=promises)
    facts_of = f"WITH facts AS NOT MATERIALIZED ({_source(duck, gate, kind, facts)}) "
    table = _QUOTED(into)
    duck.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT *, CAST(NULL AS VARCHAR) AS amended FROM ({facts_of}{made.text})")
    rows, left = duck.execute(f"SELECT count(*), count(*) FILTER (by_python) FROM {table}").fetchone() or (0, 0)
    if left:
        duck.execute(f"DELETE FROM {table} WHERE by_python")
        _decide_the_rest(duck, gate, kind, made, facts_of + made.left, into)
    return Replayed(int(rows), int(left), made.refused)


def lay_facts(duck: duckdb.DuckDBPyConnection, home: Home, gate: Gate, kind: str, *, table: str = "facts") -> Laid:
    """Make *table* from a home's ledger: the facts of every decision of a kind that automation took, typed as *gate* types them at its time."""
    return lay_tables(duck, home, kind, {table: Laying.of(gate, kind)})


class Laying(msgspec.Struct, frozen=True):
    """A table to be laid: facts, each as it is typed; and what else is to be read off a decision."""

    facts: Mapping[str, Fact] = {}
    typed: Typed = lambda given, now: {}
    """The gate's own reading, where it has one: it looks twice at nothing that fits its type already."""
    more: Mapping[str, str] = {}
    """Further columns: name -> DuckDB's type."""
    read: Callable[[Personal, int], tuple[Any, ...]] = lambda personal, instant: ()
    """What stands in them."""

    @staticmethod
    def of(gate: Gate, kind: str) -> Laying:
        """The facts that a kind needs, as its gate types them."""
        return Laying(columns(gate, gate.kinds[kind]), gate.kinds[kind].typed)

    def row(self, given: Mapping[str, Any], instant: int) -> Iterator[Any]:
        """Every fact typed; what is not known as `None`."""
        typed = self.typed(given, instant)
        for name, fact in self.facts.items():
            value = typed[name] if name in typed else read_fact(fact, given.get(name, ABSENT), instant)
            yield _sent(fact.type, value)


def lay_tables(
    duck: duckdb.DuckDBPyConnection, home: Home, kind: str, tables: Mapping[str, Laying], *, moved: Callable[[int], None] = lambda seq: None
) -> Laid:
    """Make several tables in one reading of a home's ledger; *moved* hears the number of the entry that was reached."""
    shapes = {}
    for table, laying in tables.items():
        _apart(dict(laying.facts))
        facts = {name: Dialect().type(fact.type) for name, fact in laying.facts.items()}
        shapes[table] = {"decision_id": "VARCHAR", "customer": "VARCHAR", **facts, **laying.more}
        duck.execute(f"CREATE OR REPLACE TABLE {_QUOTED(table)} ({', '.join(f'{_QUOTED(name)} {type_}' for name, type_ in shapes[table].items())})")
    erased = by_people = decisions = 0
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in tables}
    for recorded in home.decided(kind):
        entry, personal = recorded.decision, recorded.personal
        if personal is None:
            erased += 1
        elif entry.by is not msgspec.UNSET:
            by_people += 1
        else:
            given, instant = {**personal.facts, **personal.history}, instant_from_text(entry.time) or 0
            for table, laying in tables.items():
                rows[table].append((recorded.decision_id, personal.customer, *laying.row(given, instant), *laying.read(personal, instant)))
            decisions += 1
            if decisions % _BATCH == 0:
                _fill_all(duck, shapes, rows)
                moved(recorded.seq)
    _fill_all(duck, shapes, rows)
    return Laid(decisions, erased, by_people)


def _fill_all(duck: duckdb.DuckDBPyConnection, shapes: Mapping[str, dict[str, str]], rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for table, some in rows.items():
        fill(duck, table, shapes[table], some)
        some.clear()


def fill(duck: duckdb.DuckDBPyConnection, table: str, shape: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
    """Append rows of Python values to a table."""
    import duckdb

    if not rows:
        return
    taken = ", ".join(f"unnest(CAST(? AS {type_}[]))" for type_ in shape.values())
    values = [duckdb.Value(list(column), duckdb.sqltype(f"{type_}[]")) for column, type_ in zip(zip(*rows, strict=True), shape.values(), strict=True)]
    duck.execute(f"INSERT INTO {_QUOTED(table)} SELECT {taken}", values)


# ---- what a table gives --------------------------------------------------------------------------------------------


def _source(duck: duckdb.DuckDBPyConnection, gate: Gate, kind: str, facts: str) -> str:
    """A SELECT of the columns that the query reads, each held to its fact's type: what does not fit is not known, as at the gate."""
    needed = columns(gate, gate.kinds[kind])
    _apart(needed)
    there = {str(name): str(type_) for name, type_, *_ in duck.execute(f"DESCRIBE {_QUOTED(facts)}").fetchall()}
    taken = [f"{f'CAST({_QUOTED(name)} AS VARCHAR)' if name in there else 'CAST(NULL AS VARCHAR)'} AS {name}" for name in ("decision_id", "customer")]
    for name, fact in needed.items():
        type_ = Dialect().type(fact.type)
        if name in there and not _fits(fact.type, type_, there[name]):
            hint = f"hand it in as {type_}: money in minor units, durations and instants in nanoseconds"
            raise UsageError("usage.column", f"the column `{name}` is {there[name]}, and the fact is {fact.type}", place=facts, hint=hint)
        taken.append(f"{_held_to(fact, type_, there[name]) if name in there else f'CAST(NULL AS {type_})'} AS {_QUOTED(name)}")
    return f"SELECT {', '.join(taken)} FROM {_QUOTED(facts)}"


def _fits(type_: Type, wanted: str, given: str) -> bool:
    if type_.name in ("int", "uint", "money", "duration", "timestamp"):
        return given in _WHOLE
    if type_.name in ("string", "enum"):
        return given == "VARCHAR" or given.startswith("ENUM")
    import duckdb

    return given == str(duckdb.sqltype(wanted)) or (wanted, given) == ("DOUBLE", "FLOAT")


def _held_to(fact: Fact, type_: str, given: str) -> str:
    column = _QUOTED(fact.name)
    fitting = column if given == type_ else f"TRY_CAST({column} AS {type_})"
    match fact.type.name:
        case "money" | "duration" if not fact.signed:
            return f"CASE WHEN {column} >= 0 THEN {fitting} END"
        case "enum":
            return f"CASE WHEN {column} IN ({', '.join(map(Dialect().text, fact.type.members))}) THEN {fitting} END"
        case "double":
            return f"CASE WHEN NOT isnan({column}) THEN {fitting} END"
        case "string":
            return f"CASE WHEN length({column}) <= {TEXT_MAX} THEN {fitting} END"
        case "list":
            return f"CASE WHEN len({column}) <= {fact.most} THEN {fitting} END"
        case "map":
            return f"CASE WHEN cardinality({column}) <= {fact.most} THEN {fitting} END"
    return fitting


def _apart(needed: dict[str, Fact]) -> None:
    """A database takes `Amount` and `amount` for one column."""
    seen: dict[str, str] = {"decision_id": "decision_id", "customer": "customer"}
    for name in needed:
        if name.casefold() in seen:
            what = f"`{name}` and `{seen[name.casefold()]}` are one column to a database"
            raise UsageError("usage.column", what, place=needed[name].place, hint="rename one of the two facts")
        seen[name.casefold()] = name


# ---- what is left to the gate --------------------------------------------------------------------------------------


def _decide_the_rest(duck: duckdb.DuckDBPyConnection, gate: Gate, name: str, made: KindSql, query: str, into: str) -> None:
    kind = gate.kinds[name]
    types = {fact: each.type for fact, each in columns(gate, kind).items()}
    decided: list[tuple[Any, ...]] = []
    waiting = _QUOTED(f"{into}, left to the gate")
    duck.execute(f"CREATE OR REPLACE TABLE {waiting} AS {query}")  # what is temporary or registered here, a cursor would not see
    with duck.cursor() as reader:
        found = reader.execute(f"SELECT * FROM {waiting}")
        while some := found.fetchmany(_BATCH):
            for decision, customer, held in some:
                each = again(gate, kind, {fact: _received(types[fact], held[slot]) for fact, slot in made.slots.items()}, customer or "")
                proposed = each.proposed.value if each.proposed else None
                masks = (each.fired, each.possible) if len(kind.clauses) <= CLAUSES_MAX else (None, None)
                minted = each.minted if len(kind.promises) <= CLAUSES_MAX else None
                amended = json.dumps(each.amended) if each.amended else None
                decided.append((decision, each.answer.value, each.decided_by, proposed, *masks, minted, True, amended))
            fill(duck, into, _RESULT, decided)
            decided = []
    duck.execute(f"DROP TABLE {waiting}")


def _sent(type_: Type, value: Any) -> Any:
    """A typed value as a column takes it: what is not known as NULL, every field of a record there."""
    if value is None or type(value) is Unknown:
        return None
    if type_.name == "record":
        return {name: _sent(field, value.get(name)) for name, field in type_.fields}
    if type_.name == "list":
        return [_sent(type_.of[0], item) for item in value]
    if type_.name == "map":
        return {key: _sent(type_.of[1], item) for key, item in value.items()}
    return value


def _received(type_: Type, value: Any) -> Any:
    """A column's value as conditions read it: a field that is NULL is not there."""
    if value is None:
        return None
    if type_.name == "record":
        return {name: _received(field, value[name]) for name, field in type_.fields if value[name] is not None}
    if type_.name == "list":
        return [_received(type_.of[0], item) for item in value]
    if type_.name == "map":
        return {key: _received(type_.of[1], item) for key, item in value.items()}
    return value
