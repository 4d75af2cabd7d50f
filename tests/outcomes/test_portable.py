"""The queries run on more than one engine: every file reads in three dialects and stays within what they share."""

from __future__ import annotations

from importlib import resources

import pytest
import sqlglot
from sqlglot import exp

from ourword.outcomes import quiet, staying, telling
from ourword.outcomes.contacts import STEPS, query

FILES = sorted(each.name.removesuffix(".sql") for each in resources.files("ourword.outcomes").joinpath("sql").iterdir() if each.name.endswith(".sql"))


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "postgres"])
@pytest.mark.parametrize("name", FILES)
def test_every_query_reads_in_every_dialect(name, dialect):
    """One statement, one SELECT."""
    (parsed,) = sqlglot.parse(query(name), read=dialect)

    assert isinstance(parsed, exp.Query)
    assert sqlglot.parse_one(parsed.sql(dialect=dialect), read=dialect) is not None


@pytest.mark.parametrize("name", FILES)
def test_no_query_leaves_the_shared_subset(name):
    """No RANGE frame, no QUALIFY, no order of a window but by the events' numbers (segments: by `since`, then value)."""
    parsed = sqlglot.parse_one(query(name), read="duckdb")

    assert [frame.sql() for frame in parsed.find_all(exp.WindowSpec) if frame.args["kind"] != "ROWS"] == []
    assert list(parsed.find_all(exp.Qualify, exp.Interval, exp.Anonymous, exp.Lambda)) == []
    for window in parsed.find_all(exp.Window):
        first = window.args["order"].expressions[0].this.name
        assert first in {"event", "since", "lot", "first_event", "moment"}


def test_no_query_lies_unused():
    """A file that no step runs tells a reader something untrue."""
    assert sorted(STEPS) == [name for name in FILES if name in STEPS]
    assert set(FILES) - set(STEPS) == {
        *("observed", "shared", "calendar", "timed", "shuffled", "visits", "silences", *staying.STEPS, *telling.STEPS, *quiet.STEPS, "heard")
    }
