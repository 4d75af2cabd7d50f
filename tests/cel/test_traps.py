"""Where condition languages go wrong in practice, each decided here as the standard decides it."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from ourword.cel.check import check
from ourword.cel.dynamic import dynamic
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.types import BOOL, DOUBLE, DURATION, INT, STRING, TIMESTAMP, Type, list_of, map_of, money, record
from ourword.cel.unknown import Unknown
from ourword.cel.values import Failure
from ourword.errors import ConditionError

ITEM = record("item", {"price": money("EUR"), "available": BOOL})
NAMES: dict[str, Type] = {
    "a": BOOL,
    "n": INT,
    "x": DOUBLE,
    "s": STRING,
    "at": TIMESTAMP,
    "age": DURATION,
    "amount": money("EUR"),
    "fee": money("USD"),
    "items": list_of(ITEM),
    "tags": map_of(STRING, STRING),
}


def give(text: str, **facts: object) -> object:
    """What a checked condition gives for these facts."""
    return exact(check(parse(text), NAMES))(facts)


def why(text: str, **facts: object) -> str:
    """Why it gives no value."""
    result = give(text, **facts)
    assert isinstance(result, Unknown)
    return result.why


# ---- numbers ----


@pytest.mark.parametrize("text", ["n + 1", "n * 2", "-(-n - 1) + 0", "n - -1"])
def test_a_number_that_grows_too_large_is_unknown_and_never_wraps(text: str) -> None:
    """A limit that wraps around to a negative number would allow everything."""
    assert "overflow" in why(text, n=2**63 - 1)


@pytest.mark.parametrize(("text", "value"), [("-7 / 2", -3), ("-7 % 2", -1), ("7 / -2", -3), ("7 % -2", 1)])
def test_division_cuts_towards_zero(text: str, value: int) -> None:
    """As in Go, Java and C++, not as in Python."""
    assert give(text) == value


@pytest.mark.parametrize("text", ["n / 0 == 1", "n % 0 == 1", "amount / 0 > eur(1)"])
def test_dividing_by_zero_is_unknown_and_blames_what_was_divided(text: str) -> None:
    """The gate then asks a person instead of guessing."""
    result = give(text, n=1, amount=1)

    assert isinstance(result, Unknown)
    assert result.facts in ({"n"}, {"amount"})


@pytest.mark.parametrize("text", ["n * 1.5 > 2.0", "n == 1.0", "n < x", "a == 1", "a + 1 > 1", "n && a", "1 == 1u"])
def test_numbers_of_different_types_do_not_mix(text: str) -> None:
    """`refund * 0.8` on cents is how companies lose cents."""
    with pytest.raises(ConditionError):
        check(parse(text), NAMES)


def test_nothing_equals_nan_and_nothing_is_below_or_above_it() -> None:
    """A score that could not be computed passes no limit."""
    assert [give(text, x=math.nan) for text in ("x == x", "x < 1.0", "x > 1.0", "x != x", "x in [x]", "[x] == [x]")] == [False] * 3 + [True] + [
        False
    ] * 2


# ---- three values ----

U = Unknown(frozenset({"a"}), "absent")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a && false", False),
        ("false && a", False),
        ("a || true", True),
        ("true || a", True),
        ("a && true", U),
        ("true && a", U),
        ("a || false", U),
        ("!a", U),
        ("a ? true : true", U),
        ("true ? false : a", False),
        ("n / 0 == 1 && false", False),
        ("false && n / 0 == 1", False),
        ("n / 0 == 1 || true", True),
        ("[1, 2].exists(i, i == 2 || a)", True),
        ("[1, 2].all(i, i == 2 && a)", False),
        ("[1, 2].all(i, i > 0 || a)", True),
        ("[1, 2].exists(i, a)", U),
        ("[1, 2].exists_one(i, i == 1 || a)", U),
        ("known(a)", False),
        ("known(n)", True),
    ],
)
def test_an_unknown_counts_only_where_it_decides(text: str, value: object) -> None:
    """Kleene's tables, in either order."""
    assert give(text, a=U, n=1) == value


def test_an_absent_fact_is_unknown() -> None:
    """Absent is not false."""
    assert give("a || n > 1", n=1) == Unknown(frozenset({"a"}), "`a` is absent")


def test_the_blame_holds_every_fact_that_would_decide() -> None:
    """The customer is asked once, for all of it."""
    assert give("a && n > 1 && s == 'x'", s="x") == Unknown(frozenset({"a", "n"}), "`a` is absent; `n` is absent")


def test_an_item_that_fails_blames_the_list_it_came_from() -> None:
    """The fact to look at is `items`, not the name the condition gave to one."""
    result = give("items.all(i, i.price / (n - n) > eur(1))", items=[{"price": 1}], n=1)

    assert isinstance(result, Unknown)
    assert result.facts == {"items", "n"}


# ---- money and time ----


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("amount > 500", "eur(500)"),
        ("amount == 5.0", "eur(12.50)"),
        ("amount * 0.8 > eur(1)", "* 80 / 100"),
        ("amount > fee", "different currencies"),
        ("amount + usd(5) > eur(1)", "different currencies"),
        ("age > 30", "days(30)"),
        ("at > 30", "timestamp('2026"),
        ("amount == null", "its own currency"),
        ("eur(x) > amount", "eur(12.50)"),
        ("eur(0.001) > amount", "correct"),
    ],
)
def test_money_and_time_say_how_to_write_them(text: str, hint: str) -> None:
    """Whoever writes a clause hears the amount's form, not a type theory."""
    with pytest.raises(ConditionError) as error:
        check(parse(text), NAMES)

    assert hint in error.value.hint


def test_money_stays_exact_until_it_is_paid() -> None:
    """A third of a cent is kept, so that rounding happens once."""
    assert [give("amount * 80 / 100", amount=1001), give("amount * 80 / 100", amount=1000)] == [Fraction(4004, 5), 800]


@pytest.mark.parametrize("text", ["eur(12.50)", 'eur("12.50")', "eur(12.5)", "eur(12) + eur(0.50)", "sum([eur(12), eur(0.50)])"])
def test_an_amount_reads_the_same_however_it_is_written(text: str) -> None:
    """Twelve euros fifty."""
    assert give(text) == 1250


@pytest.mark.parametrize(("text", "minor"), [("jpy(500)", 500), ("bhd(1.5)", 1500), ("usd(-1)", -100)])
def test_each_currency_has_its_own_minor_unit(text: str, minor: int) -> None:
    """A yen has no cents, a dinar has a thousand fils."""
    assert give(text) == minor


def test_a_local_hour_needs_its_zone() -> None:
    """Half past eleven at night in London is tomorrow in Berlin."""
    at = 1234567890 * 10**9

    assert [give(f"at.getHours({zone})", at=at) for zone in ("", "'Europe/Berlin'", "'-09:30'")] == [23, 0, 14]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "25:00", ""])
def test_a_zone_that_is_none_is_unknown(zone: str) -> None:
    """It neither fails loudly in production nor reads a file elsewhere."""
    assert "no time zone" in why(f"at.getHours('{zone}') > 1", at=0)


# ---- presence, membership ----


def test_has_asks_whether_a_field_is_there() -> None:
    """Empty is there."""
    assert [give("has(tags.vip)", tags=tags) for tags in ({"vip": ""}, {})] == [True, False]


def test_a_missing_key_is_unknown_and_no_default() -> None:
    """Nobody is taken for a VIP because nobody wrote it down."""
    assert "no such key" in why("tags.vip == 'yes'", tags={})


@pytest.mark.parametrize("at", [-1, 2])
def test_an_index_outside_a_list_is_unknown(at: int) -> None:
    """In Python, -1 would be the last item."""
    assert "index out of range" in why(f"items[{at}].available", items=[{"available": True}, {"available": True}])


def test_values_compare_by_value_across_number_types_and_else_are_unequal() -> None:
    """In unchecked mode: `1 == 1u == 1.0`, and true is not 1."""
    texts = ["dyn(1) == 1u", "dyn(1u) == 1.0", "dyn(true) == 1", "dyn('1') == 1", "{true: 'a', 1: 'b'}[1u]", "1.0 in [dyn(1)]"]

    assert [dynamic(parse(text), {}) for text in texts] == [True, True, False, False, "b", True]


@pytest.mark.parametrize("text", ["{1: 'a', 1u: 'b'}", "{1.5: 'a'}", "1 + 1u", "[1] < [2]", "nosuch", "f(1)", "'a'.all(x, true)", "-(1u)"])
def test_what_the_standard_calls_an_error_fails(text: str) -> None:
    """Unchecked expressions fail while running."""
    with pytest.raises(Failure):
        dynamic(parse(text), {})


# ---- patterns ----


def test_a_pattern_is_matched_in_linear_time() -> None:
    """`(a+)+$` hangs Python's own engine on forty letters."""
    assert give("s.matches('(a+)+$')", s="a" * 5000 + "b") is False


def test_a_bad_pattern_is_an_error_when_the_contract_is_read() -> None:
    """Not on the first customer."""
    with pytest.raises(ConditionError, match="no RE2 pattern"):
        check(parse("s.matches('(')"), NAMES)


def test_without_the_engine_the_contract_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own engine is never used instead."""
    import sys

    from ourword.cel.text import pattern

    pattern.cache_clear()
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(ConditionError) as error:
        check(parse("s.matches('a')"), NAMES)
    pattern.cache_clear()

    assert "ourword[re2]" in error.value.hint
