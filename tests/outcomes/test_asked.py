"""What a report is asked: the same limits and the same words at every door, before anything is opened."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.cli.main import run
from ourword.core.time import micros_from_text, why_no_moment
from ourword.outcomes.asked import asked_from
from ourword.outcomes.contacts import DAYS_MAX

DAYS = st.dates(date(1970, 1, 1), date(2199, 12, 31))


@given(DAYS, st.sampled_from(["{d}.{m}.{y}", "{d:02}/{m:02}/{y}", "{y}/{m:02}/{d:02}", "{y}.{m}.{d}"]))
def test_a_day_written_otherwise_is_told_how_to_write_it(day: date, form: str) -> None:
    """The hint can be copied; where day and month may be swapped, the day is taken to come first."""
    text = form.format(d=day.day, m=day.month, y=day.year)
    what, hint = why_no_moment(text)

    assert micros_from_text(text) is None
    assert "written otherwise" in what
    assert hint == f"write it as {day.isoformat()}"
    assert micros_from_text(hint.removeprefix("write it as ")) is not None


@given(st.integers(1970, 2199), st.integers(1, 12), st.integers(29, 99), st.sampled_from(["{d}.{m}.{y}", "{y}-{m:02}-{d:02}"]))
def test_a_day_that_does_not_exist_is_named(year: int, month: int, day: int, form: str) -> None:
    """31.09.2026: not merely no moment, but a month that is shorter."""
    what, hint = why_no_moment(form.format(d=day, m=month, y=year))
    days = monthrange(year, month)[1]

    assert ("does not exist" in what) == (day > days)
    assert day <= days or what.endswith(f"{year} has {days} days")
    assert day <= days or hint == f"write the day as {year}-{month:02}-{days:02}"


@given(st.text(max_size=80))
def test_whatever_is_no_moment_gets_one_reason_and_one_hint(text: str) -> None:
    what, hint = why_no_moment(text)

    assert what.startswith("`")
    assert hint


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("31.09.2026", "`31.09.2026` does not exist: September 2026 has 30 days"),
        ("2026-02-30", "`2026-02-30` does not exist: February 2026 has 28 days"),
        ("2026-13-01", "`2026-13-01` does not exist: a year has 12 months"),
        ("11/23/2026", "`11/23/2026` is a day written otherwise"),
        ("2026-11-09T10:00:00", "`2026-11-09T10:00:00` has no zone"),
        ("9999-12-31", "`9999-12-31` lies outside the years 1970 to 2199"),
        ("yesterday", "`yesterday` is no moment"),
    ],
)
def test_what_is_wrong_with_a_moment(text: str, what: str) -> None:
    assert what == why_no_moment(text)[0]


@given(st.integers(1, DAYS_MAX))
def test_every_window_up_to_the_limit_can_be_asked(days: int) -> None:
    assert days == asked_from(window_days=days).window_days


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("--window", "0", "a window of 0 days"),
        ("--window", "3651", "a window of 3,651 days"),
        ("--by", "foo", "`foo` is nothing to tell apart by"),
        ("--since", "31.09.2026", "`31.09.2026` does not exist"),
        ("--as-of", "2026-11-31", "`2026-11-31` does not exist"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_home_is_opened(capsys: pytest.CaptureFixture[str], option: str, value: str, what: str) -> None:
    """With the option as its place: a report of a large home takes seconds, and its error must not."""
    assert 64 == run(["report", "--home", "nowhere", option, value])
    assert capsys.readouterr().err.startswith(f"{option}: {what}")


@pytest.mark.parametrize("command", ["report", "recount"])
def test_a_window_of_ten_years_is_one_on_the_command_line_too(command: str, tmp_path: Path, capsys: Any) -> None:
    """365 days here and 3,650 over HTTP was one limit with two homes."""
    assert 4 == run([command, "--home", str(tmp_path / "nowhere"), "--window", "3650"])
    assert "there is no home" in capsys.readouterr().err
