"""Which span is longer: held against the calendar by which promises fall due, from every hour of whole years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.changing.lengths import ALWAYS, Counted, compared, longest, shortest
from ourword.core.calendar import Calendar, desk_hours_from_text, public_holidays
from ourword.core.span import Span, span_from_text

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DESKS = ("", "Mon-Sun 08:00-22:00", "Mon-Fri 09:00-18:00", "Mon-Fri 09:00-12:00; Mon-Thu 13:00-16:30; Sat 10:00-14:00", "Sun 00:00-24:00")


def counted(hours: str = "", holidays: str = "") -> Counted:
    return Counted(desk_hours_from_text(hours) if hours else None, holidays)


def of(text: str) -> Span:
    span = span_from_text(text)
    assert span is not None
    return span


def brute(old: Span, new: Span, was: Counted, now: Counted, starts: list[datetime]) -> set[int]:
    """From each start, whether the new one is over later (1), earlier (-1), or at the same moment (0)."""
    calendars = [Calendar("UTC", public_holidays(each.holidays)) for each in (was, now)]
    found = set()
    for start in starts:
        before, after = calendars[0].due_at(start, old, was.hours), calendars[1].due_at(start, new, now.hours)
        found.add((after > before) - (after < before))
    return found


WEEK = [MONDAY + timedelta(minutes=15 * each) for each in range(7 * 96)]
small = st.builds(Span, st.integers(1, 12), st.sampled_from(("minute", "hour", "day", "working day", "week", "month")))
quarters = small.map(lambda span: Span(span.count * 15, "minute") if span.unit == "minute" else span)


@settings(max_examples=tries(100), deadline=None)
@given(quarters, quarters, st.sampled_from(DESKS), st.sampled_from(DESKS))
def test_what_is_called_longer_ends_later_from_every_quarter_of_an_hour_of_a_week(old: Span, new: Span, was: str, now: str) -> None:
    """Both directions of it: never called longer or shorter where a week shows the contrary."""
    sides = counted(was), counted(now)
    found, seen = compared(old, new, *sides), brute(old, new, *sides, WEEK)

    assert not (found == "longer" and -1 in seen)
    assert not (found == "shorter" and 1 in seen)
    assert found != "same" or seen == {0}
    assert compared(new, old, *reversed(sides)) == {"longer": "shorter", "shorter": "longer"}.get(found or "", found)


@settings(max_examples=tries(60), deadline=None)
@given(quarters, quarters, st.sampled_from(DESKS))
def test_what_is_left_open_depends_on_when_it_begins(old: Span, new: Span, desk: str) -> None:
    """Without months and holidays a week tells all: arguable is only what it shows to be longer for some and shorter for others."""
    assume("month" not in (old.unit, new.unit))
    by = counted(desk)
    seen = brute(old, new, by, by, WEEK + [each + timedelta(seconds=1) for each in WEEK] + [each - timedelta(seconds=1) for each in WEEK])

    assert (compared(old, new, by, by) is None) is ({1, -1} <= seen)


@pytest.mark.parametrize("holidays", ["", "DE", "CN", "US-CA"])
@pytest.mark.parametrize("count", [1, 2, 5, 10, 30])
def test_no_day_of_thirty_years_makes_working_days_shorter_or_longer_than_said(count: int, holidays: str) -> None:
    span, by = Span(count, "working day"), counted(holidays=holidays)
    calendar = Calendar("UTC", public_holidays(holidays))
    lengths = {
        calendar.due_at(start, span) - start for start in (datetime(2015, 1, 1, 9, tzinfo=UTC) + timedelta(days=each) for each in range(11_000))
    }
    low, high = (timedelta(microseconds=(each or 0) / 1000) for each in (shortest(span, by), longest(span, by)))

    assert low <= min(lengths)
    assert max(lengths) <= high
    assert holidays or (low, high) == (min(lengths), max(lengths))


@pytest.mark.parametrize(
    "span", [Span(count, "month") for count in (1, 2, 3, 6, 11, 12, 13, 24, 48, 240)] + [Span(1, "year"), Span(4, "year"), Span(100, "year")]
)
def test_no_day_around_two_centuries_makes_months_shorter_or_longer_than_said(span: Span) -> None:
    calendar = Calendar("UTC")
    days = [date(year, 1, 1) + timedelta(days=each) for year in (1999, 2000, 2001, 2002, 2003, 2098, 2099, 2100, 2101) for each in range(365)]
    starts = [datetime(each.year, each.month, each.day, tzinfo=UTC) for each in days]
    lengths = [calendar.due_at(start, span) - start for start in starts]

    assert timedelta(microseconds=shortest(span) / 1000) <= min(lengths)
    assert max(lengths) <= timedelta(microseconds=(longest(span) or 0) / 1000)


CARE = counted("Mon-Fri 09:00-18:00")
WIDE = counted("Mon-Sun 08:00-22:00")


@pytest.mark.parametrize(
    ("old", "new", "by", "found"),
    [
        ("15 minutes", "5 working days", ALWAYS, "longer"),
        ("15 minutes", "5 working days", WIDE, "longer"),
        ("4 hours", "1 working day", CARE, None),  # from Sunday, half past midnight: Monday at one o'clock, or at half past midnight
        ("4 hours", "2 working days", CARE, "longer"),
        ("14 hours", "1 working day", WIDE, "longer"),
        ("10 hours", "1 working day", CARE, "shorter"),
        ("24 hours", "1 working day", ALWAYS, "longer"),
        ("5 days", "5 working days", ALWAYS, "longer"),
        ("5 working days", "7 days", ALWAYS, "longer"),
        ("5 working days", "7 days", counted(holidays="DE"), None),
        ("5 working days", "30 days", counted(holidays="DE"), "longer"),
        ("1 working day", "2 days", ALWAYS, None),
        ("1 day", "10 hours", counted("Mon-Sun 09:00-14:00"), "longer"),
        ("28 days", "2 months", ALWAYS, "longer"),
        ("30 days", "1 month", ALWAYS, None),
        ("7 days", "1 week", ALWAYS, "same"),
        ("12 months", "1 year", counted(holidays="DE"), "same"),
        ("24 hours", "1 day", ALWAYS, "same"),
    ],
)
def test_spans_of_other_calendars_are_compared_where_no_calendar_can_turn_them(old: str, new: str, by: Counted, found: str | None) -> None:
    """Fifteen minutes that became five working days were called arguable."""
    assert found == compared(of(old), of(new), by, by)


def test_hours_of_a_desk_are_longer_than_the_same_hours_of_a_clock() -> None:
    assert ("longer", "shorter") == (compared(of("4 hours"), of("4 hours"), ALWAYS, CARE), compared(of("4 hours"), of("4 hours"), CARE, ALWAYS))
