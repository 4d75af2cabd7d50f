"""Unchecked evaluation, as the CEL suite runs it: values say their own types, and what cannot be worked out is an error."""

from __future__ import annotations

from collections.abc import Mapping

from ourword.cel.evaluate import Builder
from ourword.cel.expr import Expr
from ourword.cel.resolve import resolved
from ourword.cel.unknown import Unknown
from ourword.cel.values import Failure


def dynamic(expr: Expr, bindings: Mapping[str, object], *, container: str = "") -> object:
    """Give the value of an unchecked expression; raises `Failure` when it has none.

    Unsigned integers, instants and spans are `Uint`, `Timestamp` and `Duration`; maps are `Map`.

    >>> from ourword.cel.parse import parse
    >>> dynamic(parse("x.y + 1"), {"x.y": 2})
    3
    """
    builder = Builder(None, frozenset(bindings))
    run, _ = builder.build(resolved(expr, bindings, container=container), {})
    value = run(bindings, [None] * builder.slots)
    if isinstance(value, Unknown):
        raise Failure(value.why)
    return value
