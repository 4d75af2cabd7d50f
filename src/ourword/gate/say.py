"""Values in the customer's language: money, spans, dates, yes and no. `babel` is loaded here, on the first word, not before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from ourword.cel.times import duration_text
from ourword.cel.unknown import Unknown
from ourword.contract.model import Draft, Fact
from ourword.contract.phrases import PHRASES, filled, phrases_in, primary
from ourword.core.money import CURRENCIES, money_text, rounded_towards_customer
from ourword.core.span import NANOSECONDS, Span
from ourword.core.time import datetime_from_instant, text_from_datetime

if TYPE_CHECKING:
    from babel import Locale

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400, "year": 365 * 86400}
"""babel's own lengths (`babel.dates.TIMEDELTA_UNITS`): it takes a length and a unit, and counts."""
_CLOCK_UNITS = ("second", "minute", "hour")
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")


class Tongue(msgspec.Struct, frozen=True):
    """A language as one contract speaks it: our phrases or its own, and the zone in which its days are counted."""

    lang: str
    phrases: Mapping[str, str]
    zone: str = "UTC"

    def phrase(self, key: str, **values: str) -> str:
        """A phrase with its holes filled."""
        return filled(self.phrases.get(key, ""), **values)


ENGLISH = Tongue("en", PHRASES["en"])


def tongue_of(draft: Draft, lang: str) -> Tongue:
    """How a contract speaks *lang*, one of its languages."""
    return Tongue(lang, phrases_in(lang, draft.phrases), draft.zone)


@lru_cache(maxsize=256)
def locale_of(lang: str) -> Locale:
    """CLDR's habits for a language; those of the tongue where it does not know the region."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(primary(lang))


@lru_cache(maxsize=4096)  # a shop's prices come again and again, and babel looks its patterns up anew for each
def money_words(minor: int, currency: str, lang: str = "") -> str:
    """An amount as a customer reads it; without a language as the contract writes it.

    >>> money_words(50000, "EUR"), money_words(50000, "EUR", "en")
    ('500.00 EUR', '€500.00')
    >>> money_words(50000, "EUR", "de")
    '500,00\\xa0€'
    """
    if not lang:
        return money_text(minor, currency)
    locale, digits = locale_of(lang), CURRENCIES[currency]
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)  # by itself babel would round to the digits in use: 10.50 AFN to 11
    return str(pattern.apply(Decimal(minor).scaleb(-digits), locale, currency=currency, currency_digits=False))


def span_words(span: Span, tongue: Tongue) -> str:
    """A span in words, in the number that CLDR's rules give it.

    >>> from ourword.core.span import Span
    >>> span_words(Span(1, "day"), ENGLISH), span_words(Span(5, "working day"), ENGLISH)
    ('1 day', '5 working days')
    """
    return _forms(span.count, "working_day", tongue) if span.unit == "working day" else _counted(span.count, span.unit, tongue.lang)


def duration_words(nanoseconds: int, lang: str) -> str:
    """A length of time in its largest unit that fits, and the next one.

    >>> duration_words(90 * 60 * 10**9, "en"), duration_words(30 * 86400 * 10**9, "de")
    ('1 hour 30 minutes', '30 Tage')
    """
    sign, left = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    parts: list[str] = []
    for unit in ("day", "hour", "minute", "second"):
        count, left = divmod(left, NANOSECONDS[unit])
        if count or (unit == "second" and not parts):
            parts.append(_counted(count, unit, lang))
        elif parts:
            break
        if len(parts) == 2:
            break
    return sign + " ".join(parts)


def moment_words(moment: datetime, tongue: Tongue) -> str:
    """A point in time in the contract's zone, the month in letters: 03/04 is two days, by who reads it.

    >>> moment_words(datetime(2026, 11, 23, 10, 5, tzinfo=UTC), Tongue("de", {}, "Europe/Berlin"))
    '23. November 2026, 11:05 GMT+01:00'
    """
    from babel.dates import format_time, get_timezone_gmt

    locale, local = locale_of(tongue.lang), _in_zone(moment, tongue.zone)
    return f"{_day(local, tongue.lang)}, {format_time(local, 'short', locale=locale)} {get_timezone_gmt(local, 'long', locale=locale)}"


def due_words(due: datetime, within: Span, tongue: Tongue) -> str:
    """By when a promise is due: the day, and the time where it is a matter of hours."""
    return moment_words(due, tongue) if within.unit in _CLOCK_UNITS else _day(_in_zone(due, tongue.zone), tongue.lang)


def value_words(fact: Fact, value: Any, tongue: Tongue) -> str:
    """A typed value as a customer reads it."""
    match fact.type.name:
        case "money":
            return money_words(_whole(fact, value), fact.type.currency, tongue.lang)
        case "duration":
            return duration_words(value, tongue.lang)
        case "bool":
            return tongue.phrase("yes" if value else "no")
        case "timestamp":
            return moment_words(datetime_from_instant(value), tongue)
        case "enum":
            said = fact.values.get(str(value))
            return said.get(tongue.lang) or next(iter(said.values()), "") if said else str(value).replace("_", " ")
        case "list":
            return _forms(len(value), "item", tongue)
        case "double" if math.isfinite(value):
            from babel.numbers import format_decimal

            return str(format_decimal(Decimal(repr(value)), locale=locale_of(tongue.lang), decimal_quantization=False))
        case _:
            return str(value)


def listed(parts: list[str], tongue: Tongue) -> str:
    """Several things in one sentence: `a and b`."""
    from babel.lists import format_list

    return str(format_list(parts, locale=locale_of(tongue.lang))) if len(parts) > 1 else "".join(parts)


def _whole(fact: Fact, amount: int | Fraction) -> int:
    """A derived amount may still be a fraction of a cent: nobody is told one."""
    return rounded_towards_customer(amount, paid_by_customer=fact.paid_by == "customer")


@lru_cache(maxsize=4096)
def _counted(count: int, unit: str, lang: str) -> str:
    from babel.dates import format_timedelta

    # `babel.units` lacks these units in a third of its languages, and prints `duration-day` there (babel 2.18).
    length = timedelta(seconds=count * _SECONDS[unit])
    return str(format_timedelta(length, granularity=unit, threshold=math.inf, locale=locale_of(lang)))  # type: ignore[arg-type]


def _forms(count: int, key: str, tongue: Tongue) -> str:
    rule = locale_of(tongue.lang).plural_form
    there = [each for each in _CATEGORIES if each in rule.tags or each == "other"]
    forms = tongue.phrases[key].split("|")
    return filled(forms[min(there.index(rule(count)), len(forms) - 1)], n=str(count))


def _day(local: datetime, lang: str) -> str:
    from babel.dates import format_date

    return str(format_date(local, "long", locale=locale_of(lang)))


def _in_zone(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:  # the first and the last day that a calendar holds
        return moment.astimezone(UTC)


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
