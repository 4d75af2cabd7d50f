"""Random well-typed conditions, and facts for them: known, extreme or unknown."""

from __future__ import annotations

from hypothesis import strategies as st

from ourword.cel.types import BOOL, DOUBLE, DURATION, INT, STRING, Type, enum, list_of, money, record
from ourword.cel.unknown import Unknown

ITEM = record("item", {"price": money("EUR"), "available": BOOL})
NAMES: dict[str, Type] = {
    "opened": BOOL,
    "confirmed": BOOL,
    "n": INT,
    "m": INT,
    "x": DOUBLE,
    "word": STRING,
    "reason": enum("damaged", "wrong_item"),
    "amount": money("EUR"),
    "total": money("EUR"),
    "age": DURATION,
    "xs": list_of(INT),
    "items": list_of(ITEM),
}
INTS = st.integers(-3, 3) | st.sampled_from([2**63 - 1, -(2**63), 10**12])
_ITEMS = st.fixed_dictionaries({"price": st.integers(0, 9), "available": st.booleans()})
VALUES: dict[str, st.SearchStrategy[object]] = {
    "opened": st.booleans(),
    "confirmed": st.booleans(),
    "n": INTS,
    "m": INTS,
    "x": st.floats(),
    "word": st.text(max_size=3),
    "reason": st.sampled_from(["damaged", "wrong_item"]),
    "amount": INTS,
    "total": INTS,
    "age": INTS,
    "xs": st.lists(INTS, max_size=3),
    "items": st.lists(_ITEMS, max_size=3),
}
KNOWN = st.fixed_dictionaries(VALUES)


def unknown(name: str) -> Unknown:
    """A fact that is not known."""
    return Unknown(frozenset({name}), f"`{name}` is absent")


PARTLY_KNOWN = st.fixed_dictionaries({name: values | st.just(unknown(name)) for name, values in VALUES.items()})


def _binary(signs: list[str], parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, parts, st.sampled_from(signs), parts)


_COMPARE = ["<", "<=", ">", ">=", "==", "!="]


def ints(depth: int, own: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Texts of type int."""
    leaf = st.sampled_from(["n", "m", "0", "1", "-2", "9223372036854775807", *own])
    if not depth:
        return leaf
    below = ints(depth - 1, own)
    choice = st.builds("({} ? {} : {})".format, bools(depth - 1, own), below, below)
    return (
        leaf
        | _binary(["+", "-", "*", "/", "%"], below)
        | choice
        | st.builds("xs[{}]".format, below)
        | st.sampled_from(["size(xs)", "sum(xs)", "size(word)"])
    )


def moneys(depth: int) -> st.SearchStrategy[str]:
    """Texts of type money(EUR)."""
    leaf = st.sampled_from(["amount", "total", "eur(5)", "eur(12.50)", "items[0].price", "sum(items.map(i, i.price))"])
    if not depth:
        return leaf
    below = moneys(depth - 1)
    return (
        leaf
        | _binary(["+", "-"], below)
        | st.builds("({} * {})".format, below, ints(depth - 1))
        | st.builds("({} / {})".format, below, ints(depth - 1))
    )


def bools(depth: int, own: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Texts of type bool."""
    leaf = st.sampled_from(["opened", "confirmed", "true", "false", 'reason == "damaged"', 'word in ["a", ""]', "x < 0.5", "x == x", "age > days(1)"])
    if not depth:
        return leaf
    below, inner = bools(depth - 1, own), (*own, f"v{depth}")
    macro = st.builds(f"xs.{{}}(v{depth}, {{}})".format, st.sampled_from(["all", "exists", "exists_one"]), bools(depth - 1, inner))
    return (
        leaf
        | _binary(["&&", "||"], below)
        | st.builds("!({})".format, below)
        | st.builds("({} ? {} : {})".format, below, below, below)
        | _binary(_COMPARE, ints(depth - 1, own))
        | _binary(_COMPARE, moneys(depth - 1))
        | macro
        | st.builds("({} in [1, 2, {}])".format, ints(depth - 1, own), ints(depth - 1, own))
        | st.builds("items.exists(i, i.available && i.price > {})".format, moneys(depth - 1))
    )


CONDITIONS = bools(3)
"""Random conditions, some of which overflow or divide by zero."""
