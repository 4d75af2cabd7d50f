"""Money, spans, instants and calendars: exact, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.calendar import Calendar, desk_hours_from_text, public_holidays
from ourword.core.money import CURRENCIES, MINOR_MAX, minor_from_text, money_text, rounded_towards_customer
from ourword.core.span import Span, span_from_text
from ourword.core.time import datetime_from_instant, instant_from_datetime, instant_from_text, text_from_datetime

BERLIN = Calendar("Europe/Berlin")
moments = st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))


@given(st.integers(-MINOR_MAX, MINOR_MAX), st.sampled_from(sorted(CURRENCIES)))
def test_money_survives_being_written_and_read(minor, currency):
    assert minor == minor_from_text(money_text(minor, currency), currency)


@pytest.mark.parametrize(
    "text", ["1.005 EUR", "1 eur", "1EUR", "1,00 EUR", "1. EUR", ".5 EUR", "1e3 EUR", "١ EUR", "1 EUR ", "92233720368547758.08 EUR", "0.5 JPY"]
)
def test_an_amount_that_is_not_exact_is_none(text):
    assert minor_from_text(text, text.split()[-1].upper()[-3:]) is None


@given(st.fractions(), st.booleans())
def test_rounding_is_by_less_than_a_cent_and_never_against_the_customer(amount, paid_by_customer):
    rounded = rounded_towards_customer(amount, paid_by_customer=paid_by_customer)

    assert (amount - 1 < rounded <= amount) if paid_by_customer else (amount <= rounded < amount + 1)
    assert rounded == amount or isinstance(amount, Fraction)


@given(st.integers(0, 999_999), st.sampled_from(["second", "minute", "hour", "day", "working day", "week", "month", "year"]))
def test_a_span_survives_being_written_and_read(count, unit):
    assert Span(count, unit) == span_from_text(str(Span(count, unit)))


@given(moments)
def test_an_instant_survives_being_written_and_read(moment):
    instant = instant_from_datetime(moment)

    assert instant is not None
    assert (moment, instant) == (datetime_from_instant(instant), instant_from_text(text_from_datetime(moment)))


@given(st.text(max_size=40))
def test_any_text_is_an_instant_or_none(text):
    assert isinstance(instant_from_text(text), int | None)


@given(
    moments,
    st.integers(0, 5000),
    st.sampled_from(["second", "minute", "hour", "day", "working day", "week", "month"]),
    st.sampled_from([None, "Mon-Fri 09:00-17:00", "Sat 10:00-24:00"]),
)
def test_more_time_is_never_due_earlier(moment, count, unit, hours):
    desk = None if hours is None else desk_hours_from_text(hours)
    first, second = (BERLIN.due_at(moment, Span(each, unit), desk) for each in (count, count + 1))

    assert moment - timedelta(hours=3) <= first <= second


@given(moments, st.integers(1, 400))
def test_a_working_day_is_due_on_a_working_day(moment, count):
    calendar = Calendar("Europe/Berlin", public_holidays("DE-BE"))
    day = calendar.due_at(moment, Span(count, "working day")).astimezone(ZoneInfo("Europe/Berlin")).date()

    assert day.weekday() < 5
    assert not public_holidays("DE-BE")(day)


@pytest.mark.parametrize(
    ("start", "span", "hours", "due"),
    [
        # The clock goes back on 25 October 2026: a day stays a day on the customer's clock, 24 hours are 24 hours.
        ("2026-10-24T10:00:00Z", "1 day", None, "2026-10-25T11:00:00Z"),
        ("2026-10-24T10:00:00Z", "24 hours", None, "2026-10-25T10:00:00Z"),
        ("2026-01-31T10:00:00Z", "1 month", None, "2026-02-28T10:00:00Z"),
        ("2024-02-29T10:00:00Z", "1 year", None, "2025-02-28T10:00:00Z"),
        # Friday evening: the desk opens again on Monday.
        ("2026-11-20T20:50:00Z", "15 minutes", "Mon-Fri 08:00-22:00", "2026-11-23T07:05:00Z"),
        ("2026-11-23T03:00:00Z", "15 minutes", "Mon-Sun 08:00-22:00", "2026-11-23T07:15:00Z"),
        ("2026-11-23T10:00:00Z", "30 hours", "Mon-Sun 08:00-22:00", "2026-11-25T12:00:00Z"),
        ("2026-11-28T10:00:00Z", "2 days", "Mon-Fri 08:00-22:00", "2026-12-01T10:00:00Z"),
    ],
)
def test_when_a_promise_is_due(start, span, hours, due):
    begin = instant_from_text(start)
    desk = None if hours is None else desk_hours_from_text(hours)

    assert due == text_from_datetime(BERLIN.due_at(datetime_from_instant(begin), span_from_text(span), desk))


def test_public_holidays_come_from_a_named_list():
    """Christmas Day 2026 is a Friday: without a list it counts, with one it does not."""
    assert (public_holidays("DE")(date(2026, 12, 25)), public_holidays("")(date(2026, 12, 25))) == (True, False)
    with pytest.raises(KeyError):
        public_holidays("XX")


@pytest.mark.parametrize(
    "text", ["", "Mon", "Mon-Fri 9-17", "Mon-Fri 17:00-09:00", "Mon 08:00-12:00; Mon 11:00-13:00", "Mon 25:00-26:00", "Mon 08:00-24:01"]
)
def test_hours_that_cannot_be_kept_are_none(text):
    assert desk_hours_from_text(text) is None
