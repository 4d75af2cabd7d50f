"""Errors that a person can act on, bounds that no text gets past, source that is as bare as hand-written code."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from ourword.cel.check import check
from ourword.cel.parse import parse
from ourword.cel.place import moved
from ourword.cel.python import Constants, exact, source
from ourword.cel.types import BOOL, DURATION, INT, STRING, Type, enum, list_of, money, record
from ourword.cel.unknown import Unknown
from ourword.errors import ConditionError

REASON = enum("damaged", "not_received", "changed_mind")
NAMES: dict[str, Type] = {
    "amount": money("EUR"),
    "order_age": DURATION,
    "reason": REASON,
    "confirmed": BOOL,
    "opened": BOOL,
    "n": INT,
    "s": STRING,
    "items": list_of(record("item", {"price": money("EUR"), "available": BOOL})),
}
SLOTS = {name: f"f{number}" for number, name in enumerate(NAMES)}


def wrong(text: str, place: str = "contract.yaml:41:18", want: Type | None = BOOL) -> ConditionError:
    """The error that a condition gives."""
    with pytest.raises(ConditionError) as error:
        check(parse(text, place=place), NAMES, want=want, place=place)
    return error.value


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("amuont > eur(1)", 18, "did you mean `amount`?"),
        ("confirmed && amuont > eur(1)", 31, "did you mean `amount`?"),
        ("reason == 'damagd'", 28, "did you mean `damaged`?"),
        ("reason in ['damaged', 'nope']", 40, "`changed_mind`, `damaged`, `not_received`"),
        ("items.all(i, i.prise > eur(1))", 32, "did you mean `price`?"),
        ("s.startWith('a')", 19, "did you mean `startsWith`?"),
        ("amount >", 26, "a value is"),
        ("amount > eur(1", 32, "add `)`"),
        ("amount", 18, "write a question"),
        ("n > 1 ? 1 : 2", 24, "write a question"),
        ("known(1) && opened", 18, "known(amount)"),
        ("[1, 'a'] == [1]", 22, "one type"),
    ],
)
def test_a_mistake_is_shown_where_it_stands_with_what_to_write(text: str, column: int, said: str) -> None:
    """Elsewhere a misspelt fact silently allows."""
    error = wrong(text)

    assert (error.place, said in error.hint) == (f"contract.yaml:41:{column}", True)


def test_a_mistake_on_a_later_line_is_shown_there() -> None:
    """Long conditions stand on several lines."""
    assert wrong("opened &&\n  amuont > eur(1)").place == "contract.yaml:42:3"


def test_a_place_without_line_and_column_gets_them() -> None:
    """A condition typed at a prompt has a place as well."""
    assert moved("condition", 0, 4) == "condition:1:5"


def test_an_amendment_must_give_what_the_fact_is() -> None:
    """A reason outside the agreed ones cannot be amended into being."""
    given = check(parse("opened ? 'damaged' : reason"), NAMES, want=REASON)

    assert (given.type, "enum" in wrong("s", want=REASON).what, "nope" in wrong("'nope'", want=REASON).what) == (STRING, True, True)


# ---- bounds ----


@pytest.mark.parametrize(
    "text", ["(" * 300 + "1" + ")" * 300, "!" * 300 + "true", "a" + ".b" * 300, "+".join("1" * 300), "[" * 50_000, "a{b:" * 90 + "1" + "}" * 90]
)
def test_deep_nesting_is_an_error_and_never_a_crash(text: str) -> None:
    """Whoever nests deeper than a hundred levels is told to name the parts."""
    try:
        said = parse(text) is not None
    except ConditionError as error:
        said = bool(error.hint)

    assert said


def test_a_hundred_alternatives_are_no_nesting() -> None:
    """A long list of cases is ordinary."""
    text = " || ".join(f"n == {number}" for number in range(2000))

    assert check(parse(text), NAMES, want=BOOL).type == BOOL


def test_a_condition_of_more_than_a_million_characters_is_refused() -> None:
    """Lists of that size belong into a fact."""
    with pytest.raises(ConditionError, match="1,000,003 characters"):
        parse("1 +" + " " * 1_000_000)


@pytest.mark.parametrize(
    "text", ["'" + "a" * 999_000, "'''" * 300_000, "\\" * 999_000, "9" * 999_000, "1" + "+1" * 400_000, "'" + "\\n" * 400_000 + "'", "/" * 999_000]
)
def test_a_million_characters_are_read_in_time(text: str) -> None:
    """Reading is linear: no text hangs the gate's start."""
    start = time.process_time()
    try:
        said = str(parse(text).id)
    except ConditionError as error:
        said = str(error)

    assert len(said) < 1000
    assert time.process_time() - start < 5


@pytest.mark.parametrize("text", ["s + s", "s.replace('a', s)", "[s, s].join(s)"])
def test_text_that_would_fill_the_memory_is_unknown(text: str) -> None:
    """Doubling a text forty times in one condition stops nobody's gate."""
    result = exact(check(parse(text), NAMES))({"s": "a" * 600_000})

    assert isinstance(result, Unknown)
    assert "larger than 1,000,000" in result.why


# ---- generated source ----


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("amount > eur(500)", "f0 > 50000"),
        ("order_age > days(30) && reason == 'changed_mind'", "(f1 > 2592000000000000) and (f2 == c0)"),
        ("reason in ['damaged', 'not_received']", "f2 in c0"),
        ("!confirmed", "not f3"),
        ("confirmed || !opened && n >= -5", "f3 or ((not f4) and (f5 >= (-5)))"),
        ("known(amount)", "True"),
        ("items.all(i, i.available)", "c1(_x5_0[c0] for _x5_0 in f7)"),
    ],
)
def test_the_fast_path_is_what_one_would_write_by_hand(text: str, written: str) -> None:
    """Typed before, so that deciding costs what comparing costs."""
    assert source(check(parse(text), NAMES), SLOTS, Constants()) == written


def test_a_deep_condition_still_compiles() -> None:
    """Python's own parser stops at two hundred brackets; ours hands the rest to closures."""
    text = "n" + " + 1" * 95 + " > 0"
    constants = Constants()
    written = source(check(parse(text), NAMES), SLOTS, constants)

    assert eval(written, {**constants.namespace(), "f5": 1}) is True


def test_importing_conditions_loads_the_standard_library_and_msgspec_alone() -> None:
    """Deciding starts fast and needs nothing that could break."""
    code = (
        "import msgspec, sys; before = set(sys.modules); import ourword.cel.parse, ourword.cel.check, ourword.cel.python;"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(name for name in new if name not in sys.stdlib_module_names and name not in ('ourword', 'msgspec')))"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
