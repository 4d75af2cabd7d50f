"""Random typed expressions against Google's own C++ engine (cel-expr-python, a test-only oracle)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.cel.check import check
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.types import BOOL, DOUBLE, INT, STRING, UINT, list_of
from ourword.cel.unknown import Unknown

oracle = pytest.importorskip("cel_expr_python.cel", reason="cel-expr-python is not installed", exc_type=ImportError)

NAMES = {"b": BOOL, "n": INT, "u": UINT, "x": DOUBLE, "s": STRING, "xs": list_of(INT)}
FACTS = st.fixed_dictionaries(
    {
        "b": st.booleans(),
        "n": st.integers(-4, 4) | st.sampled_from([2**63 - 1, -(2**63)]),
        "u": st.integers(0, 4) | st.just(2**64 - 1),
        "x": st.floats(),
        "s": st.text(alphabet="aé🐱 ", max_size=3),
        "xs": st.lists(st.integers(-2, 2), max_size=3),
    }
)
FAILED = "failed"


def _two(parts: st.SearchStrategy[str], signs: list[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, parts, st.sampled_from(signs), parts)


def _numbers(leaves: list[str], signs: list[str]) -> st.SearchStrategy[str]:
    return st.recursive(st.sampled_from(leaves), lambda below: _two(below, signs), max_leaves=4)


INTS = _numbers(["n", "0", "1", "-3", "9223372036854775807", "int(u)", "int(x)", "size(s)", "size(xs)", "xs[0]", "xs[n]"], ["+", "-", "*", "/", "%"])
UINTS = _numbers(["u", "0u", "2u", "uint(n)", "uint(x)"], ["+", "-", "*", "/", "%"])
DOUBLES = _numbers(["x", "0.0", "1.5", "-2.0", "double(n)", "double(u)"], ["+", "-", "*", "/"])
STRINGS = _numbers(["s", "''", "'a'", "string(n)", "string(b)", "'\\u00e9'"], ["+"])
_ORDER = ["<", "<=", ">", ">=", "==", "!="]
_ATOMS = (
    st.sampled_from(["b", "true", "false", "s.contains('a')", "s.startsWith('é')", "s.endsWith(' ')", "s.matches('a+')", "(n in xs)"])
    | _two(INTS, _ORDER).map("({})".format)
    | _two(UINTS, _ORDER).map("({})".format)
    | _two(DOUBLES, _ORDER).map("({})".format)
    | _two(STRINGS, _ORDER).map("({})".format)
    | st.builds("xs.{}(v, v > {})".format, st.sampled_from(["all", "exists", "exists_one"]), INTS)
    | st.builds("xs.{}(v, 4 / v > {})".format, st.sampled_from(["all", "exists", "exists_one"]), INTS)
)
BOOLS = st.recursive(
    _ATOMS,
    lambda below: _two(below, ["&&", "||", "=="]) | st.builds("!({})".format, below) | st.builds("({} ? {} : {})".format, below, below, below),
    max_leaves=5,
)
ANY = BOOLS | INTS | UINTS | DOUBLES | STRINGS | st.builds("xs.map(v, v * {})".format, INTS) | st.builds("xs.filter(v, v > {})".format, INTS)


@lru_cache(maxsize=1)
def _environment() -> Any:
    kinds = oracle.Type
    types = {"b": kinds.BOOL, "n": kinds.INT, "u": kinds.UINT, "x": kinds.DOUBLE, "s": kinds.STRING, "xs": kinds.List(kinds.INT)}
    return oracle.NewEnv(variables=types)


def _theirs(text: str, facts: dict[str, Any]) -> object:
    given = _environment().compile(text).eval(data=facts)
    return FAILED if given.type() == oracle.Type.ERROR else given.plain_value()


def _ours(text: str, facts: dict[str, Any]) -> object:
    result = exact(check(parse(text), NAMES))(facts)
    return FAILED if isinstance(result, Unknown) else result


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and one == other


@given(ANY, FACTS)
@settings(max_examples=tries(150))
def test_a_condition_means_what_google_s_engine_says_it_means(text: str, facts: dict[str, Any]) -> None:
    """A company that already writes CEL need not learn a dialect."""
    ours, theirs = _ours(text, facts), _theirs(text, facts)

    assert _alike(ours, theirs), (ours, theirs)
