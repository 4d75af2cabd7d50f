"""Values in the customer's language: money, spans, yes and no. `babel` is loaded here, on the first word, not before."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ourword.cel.times import duration_text
from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.money import CURRENCIES, money_text, rounded_towards_customer
from ourword.core.span import NANOSECONDS, Span
from ourword.core.time import datetime_from_instant, text_from_datetime
from ourword.gate.phrases import phrase


@lru_cache(maxsize=4096)  # a shop's prices come again and again, and babel looks its patterns up anew for each
def money_words(minor: int, currency: str, lang: str = "") -> str:
    """An amount as a customer reads it; without a language as the contract writes it.

    >>> money_words(50000, "EUR")
    '500.00 EUR'
    >>> money_words(50000, "EUR", "de")
    '500,00\\xa0€'
    """
    if not lang:
        return money_text(minor, currency)
    from babel.numbers import format_currency

    amount = Decimal(minor).scaleb(-CURRENCIES[currency])
    return str(format_currency(amount, currency, locale=lang.replace("-", "_")))


def span_words(span: Span, lang: str) -> str:
    """A span in words.

    >>> from ourword.core.span import Span
    >>> span_words(Span(1, "day"), "en"), span_words(Span(30, "day"), "de")
    ('1 day', '30 Tagen')
    """
    return _counted(span.count, span.unit, lang) or str(span)


def duration_words(nanoseconds: int, lang: str) -> str:
    """A length of time in its largest unit that fits, and the next one.

    >>> duration_words(90 * 60 * 10**9, "en")
    '1 hour 30 minutes'
    """
    sign, left = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    parts: list[str] = []
    for unit in ("day", "hour", "minute", "second"):
        count, left = divmod(left, NANOSECONDS[unit])
        if count or (unit == "second" and not parts):
            parts.append(_counted(count, unit, lang) or f"{count} {unit}s")
        elif parts:
            break
        if len(parts) == 2:
            break
    return sign + " ".join(parts)


def value_words(fact: Fact, value: Any, lang: str) -> str:
    """A typed value as a customer reads it."""
    match fact.type.name:
        case "money":
            return money_words(_whole(fact, value), fact.type.currency, lang)
        case "duration":
            return duration_words(value, lang)
        case "bool":
            return phrase(lang, "yes" if value else "no") or str(value).lower()
        case "timestamp":
            return f"{datetime_from_instant(value):%Y-%m-%d %H:%M} UTC"
        case "enum":
            return str(value).replace("_", " ")
        case "list":
            return _counted(len(value), "item", lang) or str(len(value))
        case _:
            return str(value)


def _whole(fact: Fact, amount: int | Fraction) -> int:
    """A derived amount may still be a fraction of a cent: nobody is told one."""
    return rounded_towards_customer(amount, paid_by_customer=fact.paid_by == "customer")


def _counted(count: int, unit: str, lang: str) -> str:
    one, _, many = phrase(lang, unit).partition("|")
    return (one if count == 1 else many).format(n=count)


def plain(fact: Fact, value: Any) -> Any:
    """A typed value as JSON, in the form in which it may be given again; an unknown one is `null`."""
    if type(value) is Unknown:
        return None
    match fact.type.name:
        case "money":
            return money_words(_whole(fact, value), fact.type.currency)
        case "duration":
            return _duration_text(value)
        case "timestamp":
            return text_from_datetime(datetime_from_instant(value))
        case _:
            return value


def _duration_text(nanoseconds: int) -> str:
    for unit in ("day", "hour", "minute"):
        count, rest = divmod(nanoseconds, NANOSECONDS[unit])
        if not rest and count >= 0:
            return str(Span(count, unit))
    return duration_text(nanoseconds)
