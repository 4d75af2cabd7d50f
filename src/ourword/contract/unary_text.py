"""Tests of a decision table as conditions and as cells again: one meaning, two spellings."""

from __future__ import annotations

from typing import Any

from ourword.cel.quote import quoted
from ourword.cel.times import duration_text, timestamp_text
from ourword.cel.types import Type
from ourword.contract.unary import Span, UnaryTest
from ourword.core.money import CURRENCIES, money_text
from ourword.core.span import NANOSECONDS
from ourword.core.span import Span as Length


def condition(name: str, test: UnaryTest, type_: Type) -> str:
    """A test as a condition on a fact.

    >>> from ourword.cel.types import money
    >>> from ourword.contract.unary import read_cell
    >>> condition("amount", read_cell("(10 EUR..500.50 EUR]", money("EUR")), money("EUR"))
    'amount > eur(10) && amount <= eur("500.50")'
    """
    if test.anything:
        return "true"
    if type_.name == "bool":
        parts = [name if span.low else f"!{name}" for span in test.spans]
        return _joined(parts, negated=test.negated)
    if all(span.one for span in test.spans):
        values = [literal(span.low, type_) for span in test.spans]
        if len(values) == 1:
            return f"{name} {'!=' if test.negated else '=='} {values[0]}"
        text = f"{name} in [{', '.join(values)}]"
        return f"!({text})" if test.negated else text
    return _joined([_span(name, span, type_) for span in test.spans], negated=test.negated)


def _joined(parts: list[str], *, negated: bool) -> str:
    text = " || ".join(parts)
    if negated:
        return f"!({text})"
    return f"({text})" if len(parts) > 1 else text


def _span(name: str, span: Span, type_: Type) -> str:
    if span.one:
        return f"{name} == {literal(span.low, type_)}"
    low = f"{name} {'>=' if span.low_in else '>'} {literal(span.low, type_)}" if span.low is not None else ""
    high = f"{name} {'<=' if span.high_in else '<'} {literal(span.high, type_)}" if span.high is not None else ""
    return " && ".join(filter(None, (low, high)))


def literal(value: Any, type_: Type) -> str:
    """A value as the condition language writes it."""
    match type_.name:
        case "money":
            unit = 10 ** CURRENCIES[type_.currency]
            code = type_.currency.lower()
            return f"{code}({value // unit})" if value % unit == 0 else f'{code}("{money_text(value, type_.currency).split()[0]}")'
        case "duration":
            for word in ("day", "hour", "minute"):
                if value % NANOSECONDS[word] == 0:
                    return f"{word}s({value // NANOSECONDS[word]})"
            return f'duration("{duration_text(value)}")'
        case "timestamp":
            return f'timestamp("{timestamp_text(value)}")'
        case "uint":
            return f"{value}u"
        case "double":
            return repr(float(value))
        case "bool":
            return str(value).lower()
        case "int":
            return str(value)
    return quoted(value)


# ---- as a cell -----------------------------------------------------------------------------------------------------


def cell(test: UnaryTest, type_: Type) -> str:
    """A test as a cell, which reads as the same test.

    >>> from ourword.cel.types import INT
    >>> from ourword.contract.unary import read_cell
    >>> cell(read_cell("not( 1,[3 .. 4) )", INT), INT)
    'not(1, [3..4))'
    """
    if test.anything:
        return "-"
    text = ", ".join(_spelt(span, type_) for span in test.spans)
    return f"not({text})" if test.negated else text


def _spelt(span: Span, type_: Type) -> str:
    if span.one:
        return _value(span.low, type_)
    if span.low is None:
        return f"{'<=' if span.high_in else '<'} {_value(span.high, type_)}"
    if span.high is None:
        return f"{'>=' if span.low_in else '>'} {_value(span.low, type_)}"
    return f"{'[' if span.low_in else '('}{_value(span.low, type_)}..{_value(span.high, type_)}{']' if span.high_in else ')'}"


def _value(value: Any, type_: Type) -> str:
    match type_.name:
        case "money":
            return money_text(value, type_.currency)
        case "duration":
            return _length(value)
        case "timestamp":
            return timestamp_text(value)
        case "bool":
            return str(value).lower()
        case "string":
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
            return f'"{escaped}"'
        case "double":
            return f"{value:.15f}".rstrip("0").removesuffix(".")
    return str(value)


def _length(value: int) -> str:
    sign, value = ("-" if value < 0 else ""), abs(value)
    for unit in ("day", "hour", "minute", "second"):
        count, rest = divmod(value, NANOSECONDS[unit])
        if not rest and count < 1_000_000:
            return f"{sign}{Length(count, unit)}"
    return f"{sign}PT{value // NANOSECONDS['second']}S"
