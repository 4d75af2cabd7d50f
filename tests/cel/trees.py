"""Random trees, for printing and parsing back."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ourword.cel.expr import AND, IF, IN, INDEX, NEGATE, NOT, OR, Bind, Call, Each, Expr, ListOf, Literal, MapOf, Message, Name, Select
from ourword.cel.values import Uint

_AT: dict[str, Any] = {"id": 0, "line": 0, "col": 0}
NAMES = st.sampled_from(["a", "amount", "x_1", "_y"])
FIELDS = st.sampled_from(["total", "as", "if", "content-type", "a b", "true", "in"])
_BINARY = ["_==_", "_<_", IN, "_+_", "_-_", "_*_", "_/_", "_%_", INDEX, "_[?_]"]
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(0, 2**64 - 1).map(Uint)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.binary(max_size=5)
)
_LEAVES = st.builds(lambda value: Literal(**_AT, value=value), _VALUES) | st.builds(
    lambda name, absolute: Name(**_AT, name=name, absolute=absolute), NAMES, st.booleans()
)


def _grown(below: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(below, max_size=3).map(tuple)
    pairs = st.lists(st.tuples(below, below), max_size=2).map(tuple)
    return (
        st.builds(lambda f, args: Call(**_AT, function=f, args=args), st.sampled_from(_BINARY), st.tuples(below, below))
        | st.builds(
            lambda f, args: Call(**_AT, function=f, args=args), st.sampled_from([AND, OR]), st.lists(below, min_size=2, max_size=4).map(tuple)
        )
        | st.builds(lambda f, arg: Call(**_AT, function=f, args=(arg,)), st.sampled_from([NOT, NEGATE]), below)
        | st.builds(lambda args: Call(**_AT, function=IF, args=args), st.tuples(below, below, below))
        | st.builds(lambda args: Call(**_AT, function="f", args=args), several)
        | st.builds(lambda of, args: Call(**_AT, function="g", args=(of, *args), receiver=True), below, several)
        | st.builds(lambda of, f, t, o: Select(**_AT, of=of, field=f, test=t, optional=o), below, FIELDS, st.booleans(), st.booleans())
        | st.builds(lambda items: ListOf(**_AT, items=items, optional=tuple(range(len(items)))[1:2]), several)
        | st.builds(lambda entries: MapOf(**_AT, entries=entries, optional=tuple(range(len(entries)))[1:2]), pairs)
        | st.builds(lambda value: Message(**_AT, name="a.T", fields=(("f", value),)), below)
        | st.builds(lambda over, part: Each(**_AT, macro="all", variables=("v",), over=over, parts=(part,)), below, below)
        | st.builds(lambda over, part: Each(**_AT, macro="transformMap", variables=("k", "v"), over=over, parts=(part, part)), below, below)
        | st.builds(lambda value, body: Bind(**_AT, name="t", value=value, body=body), below, below)
    )


TREES = st.recursive(_LEAVES, _grown, max_leaves=12)
"""Any tree that text can say."""
