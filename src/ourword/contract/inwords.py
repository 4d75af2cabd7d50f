"""Conditions in plain English where they are simple; anything else stays in its own language, as code."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ourword.cel.expr import AND, IN, NOT, OR, Call, Expr, ListOf, Literal, Name
from ourword.contract.words import listed
from ourword.core.money import CURRENCIES, minor_from_decimal, money_text

_COMPARED = {"_>_": "is more than", "_>=_": "is at least", "_<_": "is less than", "_<=_": "is at most", "_==_": "is", "_!=_": "is not"}
_OPPOSITE = {"_>_": "_<=_", "_>=_": "_<_", "_<_": "_>=_", "_<=_": "_>_", "_==_": "_!=_", "_!=_": "_==_"}
_SPANS = {"days": "day", "hours": "hour", "minutes": "minute"}
_ANSWERS = {
    "allow": "the answer is yes",
    "amend": "the answer is yes with a change",
    "ask": "the customer is asked",
    "escalate": "a person decides",
    "refuse": "the answer is no",
}
_NAME = re.compile(r"[^\W\d_]+(?:[_-][^\W\d_]+)*")
_YES = "the answer is yes (with or without a change)"


def plain(word: str) -> str:
    """Turn a name into words.

    >>> plain("wrong_item")
    'wrong item'
    """
    return word.replace("_", " ").replace("-", " ")


def worded(value: str) -> str:
    """Turn a value into words where it is a name; a number, a date or a number of an order keeps its every sign.

    >>> worded("wrong_item"), worded("-2 days"), worded("2026-11-01")
    ('wrong item', '-2 days', '2026-11-01')
    """
    return plain(value) if _NAME.fullmatch(value) else value


def condition_in_words(expr: Expr, called: Mapping[str, str]) -> str | None:
    """Say a condition in English, or give `None` when it is not simple; *called* gives words for some facts.

    >>> from ourword.cel.parse import parse
    >>> condition_in_words(parse('order_age > days(30) && reason == "changed_mind"'), {})
    'order age is more than 30 days and reason is “changed mind”'
    """
    return _Speaker(called).said(expr)


def value_in_words(expr: Expr, called: Mapping[str, str]) -> str | None:
    """Say an expression in English, or give `None`.

    >>> from ourword.cel.parse import parse
    >>> value_in_words(parse("amount * 80 / 100"), {})
    '80 percent of amount'
    """
    return _Speaker(called).percent(expr) or _Speaker(called).value(expr)


class _Speaker:
    def __init__(self, called: Mapping[str, str]) -> None:
        self.called = called

    def said(self, expr: Expr, *, inside: str = "") -> str | None:
        if isinstance(expr, Name):
            return f"{self.fact(expr.name)} is true"
        if isinstance(expr, Literal) and isinstance(expr.value, bool):
            return "always" if expr.value else "never"
        if not isinstance(expr, Call):
            return None
        if expr.function in (AND, OR):
            return self.joined(expr, inside)
        if expr.function == NOT:
            return self.denied(expr.args[0])
        if expr.function == "known":
            return self.about_known(expr, "is known")
        return self.compared(expr)

    def joined(self, expr: Call, inside: str) -> str | None:
        parts = [self.said(part, inside=expr.function) for part in expr.args]
        words = [part for part in parts if part is not None]
        if len(words) < len(parts):
            return None
        text = (" and " if expr.function == AND else " or ").join(words)
        return f"({text})" if inside and inside != expr.function else text

    def denied(self, expr: Expr) -> str | None:
        if isinstance(expr, Name):
            return f"{self.fact(expr.name)} is not true"
        if isinstance(expr, Call) and expr.function == "known":
            return self.about_known(expr, "is not known")
        if isinstance(expr, Call) and expr.function == IN:
            return self.among(expr, "is none of")
        if isinstance(expr, Call) and expr.function in _OPPOSITE:
            return self.compared(msgspec.structs.replace(expr, function=_OPPOSITE[expr.function]))
        return None

    def about_known(self, expr: Call, verb: str) -> str | None:
        name = expr.args[0]
        return f"{self.fact(name.name)} {verb}" if isinstance(name, Name) else None

    def compared(self, expr: Call) -> str | None:
        if expr.function == IN:
            return self.among(expr, "is one of")
        if expr.function not in _COMPARED:
            return None
        left, right = expr.args
        if isinstance(left, Name) and left.name == "answer":
            return self.answered([right]) if expr.function == "_==_" else None
        one, other = self.value(left), self.value(right)
        return None if one is None or other is None else f"{one} {_COMPARED[expr.function]} {other}"

    def among(self, expr: Call, verb: str) -> str | None:
        left, right = expr.args
        if not isinstance(left, Name) or not isinstance(right, ListOf):
            return None
        if left.name == "answer":
            return self.answered(list(right.items)) if verb == "is one of" else None
        items = [self.value(item) for item in right.items]
        known = [item for item in items if item is not None]
        return f"{self.fact(left.name)} {verb} {listed(known, joined='or', most=20)}" if known and len(known) == len(items) else None

    def answered(self, items: list[Expr]) -> str | None:
        given = [str(item.value) for item in items if isinstance(item, Literal)]
        if not given or len(given) < len(items) or not set(given) <= set(_ANSWERS):
            return None
        words = [_ANSWERS[each] for each in given]
        if {"allow", "amend"} <= set(given):
            words = [_YES, *(_ANSWERS[each] for each in given if each not in ("allow", "amend"))]
        return listed(words, joined="or")

    def value(self, expr: Expr) -> str | None:
        if isinstance(expr, Name):
            return self.fact(expr.name)
        if isinstance(expr, Literal):
            return self.literal(expr.value)
        if isinstance(expr, Call) and len(expr.args) == 1 and isinstance(expr.args[0], Literal):
            return self.measured(expr.function, expr.args[0].value)
        return None

    def literal(self, value: object) -> str | None:
        if isinstance(value, str):
            return f"“{worded(value)}”" if value else None
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, (int, float)) else None

    def measured(self, function: str, value: object) -> str | None:
        if function in _SPANS and isinstance(value, int):
            return f"{value} {_SPANS[function]}{'' if value == 1 else 's'}"
        currency = function.upper()
        if currency in CURRENCIES and function.islower():
            minor = minor_from_decimal(str(value), currency)
            return None if minor is None else money_text(minor, currency)
        return None

    def percent(self, expr: Expr) -> str | None:
        """`x * n / 100`, the usual way to take a share of money."""
        if not (isinstance(expr, Call) and expr.function == "_/_" and isinstance(expr.args[1], Literal) and expr.args[1].value == 100):
            return None
        times = expr.args[0]
        if not (isinstance(times, Call) and times.function == "_*_"):
            return None
        for fact, share in (times.args, times.args[::-1]):
            if isinstance(fact, Name) and isinstance(share, Literal) and isinstance(share.value, int):
                return f"{share.value} percent of {self.fact(fact.name)}"
        return None

    def fact(self, name: str) -> str:
        return self.called.get(name) or plain(name)
