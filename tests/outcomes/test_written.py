"""How times are written in exports that nobody chose the form of: what a person reads at a glance is read, and read as the same moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.time import instant_from_text
from ourword.outcomes import guesses
from ourword.outcomes.mapper import time_text
from ourword.outcomes.mapping import Clock
from ourword.outcomes.profile import Column, profile
from ourword.outcomes.values import Path
from ourword.outcomes.written import written

WAYS = [
    *("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y/%m/%d %H:%M", "%Y.%m.%d %H:%M:%S"),
    *("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y, %H:%M", "%d.%m.%y %H:%M", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S"),
    *("%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y, %I:%M %p", "%m/%d/%Y, %I:%M:%S %p", "%m/%d/%y %I:%M %p", "%m/%d/%Y %I:%M%p"),
    *("%d %b %Y %H:%M", "%d %B %Y %H:%M", "%d. %B %Y %H:%M", "%d-%b-%Y %H:%M:%S", "%d/%b/%y %I:%M %p", "%d/%b/%Y:%H:%M:%S"),
    *("%b %d, %Y %I:%M %p", "%b %d, %Y, %I:%M %p", "%B %d, %Y at %I:%M %p", "%b %d %Y %H:%M", "%Y%m%d%H%M%S"),
]
ZONED = ["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z"]
minutes = st.datetimes(datetime(2001, 1, 1), datetime(2068, 12, 31)).map(lambda each: each.replace(second=0, microsecond=0))


def column(*values: object, name: str = "created at") -> Column:
    found = Column(path=(name,))
    for each in values:
        found.add(each)
    return found


def read(value: object, how: object) -> int | None:
    unit = getattr(how, "unit", "")
    text = time_text(value, Clock(at=Path(("t",)), unit=unit, zone="UTC"))
    return None if text is None else instant_from_text(text)


def nanoseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)) // timedelta(microseconds=1) * 1000


@pytest.mark.parametrize("way", WAYS)
@given(moments=st.lists(minutes, min_size=1, max_size=5))
def test_every_usual_way_to_write_a_time_is_read_as_that_time(way: str, moments: list[datetime]) -> None:
    """The oracle is Python's own writing of the moment; the 28th of a month settles which comes first."""
    moments.append(datetime(2026, 11, 28, 15, 30))
    values = [each.strftime(way) for each in moments]
    found = written(column(*values))

    assert found is not None
    assert [nanoseconds(each) for each in moments] == [read(value, found) for value in values]


@pytest.mark.parametrize("way", ZONED)
@given(moment=minutes, hours=st.integers(-11, 12))
def test_a_zone_in_the_text_is_kept(way: str, moment: datetime, hours: int) -> None:
    """Two hours are the difference between kept and broken."""
    here = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    value = here.strftime(way)
    found = written(column(value))

    assert found is not None
    assert found.zoned
    assert nanoseconds(here.astimezone(UTC)) == read(value, found)


@given(minutes, st.integers(0, 86_399))
def test_a_spreadsheets_day_number_is_the_day_that_it_showed(day: datetime, second: int) -> None:
    """Day 1 of a spreadsheet is 1900-01-01, and it counts a 29 February 1900 that never was (ECMA-376, part 1, 18.17.4)."""
    midnight = datetime(day.year, day.month, day.day)
    serial = midnight.toordinal() - datetime(1900, 1, 1).toordinal() + 1 + 1
    value = f"{serial + second / 86_400:.6f}"
    found = written(column(value))

    assert found is not None
    assert nanoseconds(midnight + timedelta(seconds=second)) == read(value, found)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("9/1/2026, 9:00 AM", "2026-01-09T09:00:00Z"),
        ("9/23/2026, 9:00\u202fAM", "2026-09-23T09:00:00Z"),
        ("9/23/26 9:00 AM", "2026-09-23T09:00:00Z"),
        ("1 Sep 2026 9:00", "2026-09-01T09:00:00Z"),
        ("1.9.2026 9:00", "2026-09-01T09:00:00Z"),
        ("2026-9-1 9:00", "2026-09-01T09:00:00Z"),
        ("2026-09-01T09:00:00.000+0000", "2026-09-01T09:00:00Z"),
        ("2026-09-01 09:00:00 UTC", "2026-09-01T09:00:00Z"),
        ("2026-09-01 11:00:00 +0200", "2026-09-01T09:00:00Z"),
        ("46266.37500", "2026-09-01T09:00:00Z"),
        ("46266,375", "2026-09-01T09:00:00Z"),
    ],
)
def test_what_newcomers_brought_is_read(value: str, at: str) -> None:
    """Each of these once gave a run without a single time, and no word about it."""
    how = written(column(value))

    assert how is not None
    if "/" in value and "AM" in value:
        how = guesses.in_order([guesses.TimeGuess(column(value), how)], "month" if "23" in value else "day")[0].written
    assert instant_from_text(at) == read(value, how)


@pytest.mark.parametrize("name", ["Order number", "Invoice", "Case ID"])
@pytest.mark.parametrize("value", [46266, 1_790_000_000, 1_790_000_000_000, 20260901])
def test_a_number_is_a_time_only_where_the_columns_name_says_so(name: str, value: int) -> None:
    """Orders of ten digits, or of five that begin with a 4, were no orders: nobody came back about them."""
    rows = [{name: value + each, "created at": value + each} for each in range(9)]

    assert ["created at"] == [each.column.name for each in guesses.times(profile(rows).columns.values())]


@pytest.mark.parametrize("value", ["next week", "12", "v1.2.3", "2026", "31/02/2026", "10.0.0.1", "555-12-34", "+49 30 1234567", "1-2-03"])
def test_what_is_no_time_is_none(value: str) -> None:
    """A version, an address, a telephone number: a time out of these would be worse than none."""
    assert written(column(value)) is None


@pytest.mark.parametrize(("other", "first"), [("23/10/2026 10:00", "%d/%m/%Y %H:%M"), ("10/23/2026 10:00", "%m/%d/%Y %H:%M")])
def test_what_one_column_proves_holds_for_its_neighbour(other: str, first: str) -> None:
    """A file writes its dates in one order: where the closes prove it, the openings follow."""
    rows = [{"created at": "01/02/2026 09:00", "solved at": "03/04/2026 09:00"}, {"created at": "02/02/2026 09:00", "solved at": other}]
    found = guesses.in_order(guesses.times(profile(rows).columns.values()))

    assert [(first, ""), (first, "")] == [(each.written.unit, each.written.either) for each in found]
    assert {"%d/%m/%Y %H:%M"} == {each.written.unit for each in guesses.in_order(found, "day")}


@pytest.mark.parametrize(("value", "unit"), [("01/02/2026 09:00", "%d/%m/%Y %H:%M"), ("01/02/2026 09:00 AM", "%m/%d/%Y %I:%M %p")])
def test_where_nothing_proves_it_both_orders_are_told(value: str, unit: str) -> None:
    """The guess goes by the clock: whoever writes AM writes the month first. That it is one is said."""
    found = written(column(value))

    assert found is not None
    assert found.unit == unit
    assert {"%d", "%m"} == {found.unit[:2], found.either[:2]}
