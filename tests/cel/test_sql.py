"""What a condition means does not depend on who reads it: Python and SQL agree, on every reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cel.texts import CONDITIONS, NAMES, PARTLY_KNOWN
from tests.cel.texts_sql import SQL_CONDITIONS, SQL_FACTS, SQL_NAMES
from tests.tries import tries

from ourword.cel.check import check
from ourword.cel.dialect import Dialect, Spark
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.quote import quoted
from ourword.cel.said import NotInSql, Said
from ourword.cel.sql import said
from ourword.cel.types import BOOL, INT, STRING, Type, list_of, map_of, money
from ourword.cel.unknown import Unknown

DUCK = duckdb.connect(config={"threads": 1})
ROWS = 12


def columns(names: Mapping[str, Type], dialect: Dialect) -> dict[str, Said]:
    return {name: Said(f"f.{dialect.identifier(name)}") for name in names}


def in_duckdb(text: str, names: Mapping[str, Type], rows: Sequence[Mapping[str, Any]]) -> list[object]:
    """What DuckDB gives for each row; a fact that is not known is NULL."""
    checked, dialect = check(parse(text), names), Dialect()
    written = said(checked, columns(names, dialect)).text
    reads = {name: type_ for name, type_ in names.items() if name in checked.reads} or dict([next(iter(names.items()))])
    parts = ", ".join(f"unnest(CAST(? AS {dialect.type(type_)}[])) AS {dialect.identifier(name)}" for name, type_ in reads.items())
    given = [duckdb.Value([_sent(row.get(name), type_) for row in rows], duckdb.sqltype(f"{dialect.type(type_)}[]")) for name, type_ in reads.items()]
    found = DUCK.execute(f"SELECT {written} FROM (SELECT {parts}) AS f", given).fetchall()
    return [value for (value,) in found]


def _sent(value: Any, type_: Type) -> Any:
    if value is None or isinstance(value, Unknown):
        return None
    if type_.name == "record":
        return {name: value.get(name) for name, _ in type_.fields}
    if type_.name == "list":
        return [_sent(item, type_.of[0]) for item in value]
    return value


def in_python(text: str, names: Mapping[str, Type], rows: Sequence[Mapping[str, Any]]) -> list[object]:
    run = exact(check(parse(text), names))
    values = [run(row) for row in rows]
    return [None if isinstance(value, Unknown) else value for value in values]


@given(CONDITIONS, st.lists(PARTLY_KNOWN, min_size=ROWS, max_size=ROWS))
@settings(max_examples=tries(150))
def test_a_condition_says_the_same_in_sql(text: str, rows: list[dict[str, object]]) -> None:
    """A past decision replayed by the database is the one that the gate took."""
    try:
        found = in_duckdb(text, NAMES, rows)
    except NotInSql:
        return

    assert in_python(text, NAMES, rows) == found


@given(SQL_CONDITIONS, st.lists(SQL_FACTS, min_size=ROWS, max_size=ROWS))
@settings(max_examples=tries(150))
def test_every_type_and_function_says_the_same_in_sql(text: str, rows: list[dict[str, object]]) -> None:
    """Text, instants, spans, maps, records, doubles, unsigned numbers: at their extremes, and where one is not known."""
    assert in_python(text, SQL_NAMES, rows) == in_duckdb(text, SQL_NAMES, rows)


@given(SQL_CONDITIONS)
@settings(max_examples=tries(100))
def test_what_is_printed_for_spark_is_sql(text: str) -> None:
    """A warehouse's own readers take it; what has no form there is said to have none."""
    checked = check(parse(text), SQL_NAMES)
    try:
        written = said(checked, columns(SQL_NAMES, Spark()), dialect="spark").text
    except NotInSql:
        return

    assert sqlglot.parse_one(f"SELECT {written} FROM facts AS f", dialect="spark")


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["duckdb", "spark"]))
@settings(max_examples=tries(150))
def test_hostile_text_stands_in_sql_as_a_literal_only(word: str, other: str, dialect: str) -> None:
    """A contract's or a customer's words are values, never SQL: the statement has one shape, whatever they are."""
    names = {"s": STRING, "m": map_of(STRING, STRING), "l": list_of(STRING)}
    text = "s == {} || s in [{}, {}] || m[{}] in l"
    held = columns(names, Spark() if dialect == "spark" else Dialect())
    written = [
        said(check(parse(text.format(*map(quoted, words))), names), held, dialect=dialect).text
        for words in ((word, other, word, other), ("a'", "b'", "a'", "b'"))
    ]
    trees = [sqlglot.parse_one(f"SELECT {each} FROM facts AS f", dialect=dialect) for each in written]

    assert _shape(trees[0]) == _shape(trees[1])


def _shape(tree: Any) -> list[str]:
    """The kinds of all nodes; what spells a literal, plain or by its bytes, is one."""
    spelt = (sqlglot.exp.Literal, sqlglot.exp.Decode, sqlglot.exp.HexString)
    tree = tree.transform(lambda node: sqlglot.exp.Literal.string("") if isinstance(node, spelt) or "decode" in node.sql().lower()[:6] else node)
    return [type(node).__name__ for node in tree.walk()]


@pytest.mark.parametrize("word", ["don't", "\\' OR 1=1 --", "/* */ é\u2028\x00", "';", '"'])
def test_a_text_comes_back_as_it_was(word: str) -> None:
    """Quotes, backslashes and what cannot be seen mean themselves."""
    names: dict[str, Type] = {"s": STRING}

    assert in_duckdb(f"s == {quoted(word)}", names, [{"s": word}, {"s": word + "x"}]) == [True, False]


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("n > 1 && amount / n > eur(1)", "contract.yaml:4:23", "divides money by a fact"),
        ("s.matches(s)", "contract.yaml:4:8", "makes its pattern from facts"),
        ("s.split('a').exists(p, p == s)", "contract.yaml:4:8", "uses `split`"),
        ("b && m == {'a': 'b'}", "contract.yaml:4:14", "compares map(string, string)"),
    ],
)
def test_what_has_no_form_in_sql_is_said_with_its_place(text: str, place: str, why: str) -> None:
    """Whoever reads a replay is told which words of the contract the database did not read."""
    names = {"n": INT, "b": BOOL, "s": STRING, "m": map_of(STRING, STRING), "amount": money("EUR")}
    with pytest.raises(NotInSql) as refusal:
        said(check(parse(text), names), columns(names, Dialect()), place="contract.yaml:4:7")

    assert (refusal.value.place, why in refusal.value.what) == (place, True)
