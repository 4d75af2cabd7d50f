"""Laws of rows that meet: what sets of rows say at once is what each pair says by itself, for small tables and for large ones."""

from __future__ import annotations

import time
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.meeting import Meeting
from tests.contract.test_table import COLUMNS, SOON, draft_with, table_rows, tables

from ourword.contract import check_tables, overlapping
from ourword.contract.overlapping import Overlaps
from ourword.errors import ContractError


@SOON
@given(tables(), st.sampled_from([0, overlapping.STEPS_MAX]))
def test_rows_meet_where_each_pair_by_itself_does(made: Any, steps: int) -> None:
    """Value by value, and by the ends of ranges."""
    draft = draft_with(made[0])
    rows, facts = table_rows(draft), draft.wiring.facts
    pairs = Meeting(rows, facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlapping, "STEPS_MAX", steps)
        overlaps = Overlaps(rows, facts)
    found = [(one, other) for one in range(len(rows)) for other in overlaps.behind(one) if overlaps.meet(one, other)]

    assert found == [pair for pair in combinations(range(len(rows)), 2) if pairs(*pair)]


def test_the_law_above_has_columns_of_all_sorts() -> None:
    assert len(COLUMNS) >= 5


def wide(rows: list[tuple[str, str]], *, answer: str = "allow") -> str:
    return "amount,count,answer,say\n" + "".join(f'"{amount}","{count}",{answer},So.\n' for amount, count in rows)


GRID = [(f"[{i}.00 EUR..{i}.99 EUR]", str(j)) for i in range(60) for j in range(60)]


@pytest.mark.parametrize(
    ("rows", "flaws"),
    [
        (GRID, 0),
        ([*GRID, ("[58.50 EUR..59.50 EUR]", "7")], 2),
        ([(f"<= {i + 1}.00 EUR", str(i)) for i in range(3_600)], 0),
        ([(f"[{i}.00 EUR..{i}.50 EUR], [{9000 - i}.00 EUR..{9000 - i}.50 EUR]", "-") for i in range(3_600)], 0),
        ([(f"[{i}.00 EUR..{i + 1}.00 EUR)", "-") for i in range(3_600)] + [("3599.99 EUR", "-")], 1),
    ],
)
def test_thousands_of_rows_are_all_held_against_each_other(rows: list[tuple[str, str]], flaws: int) -> None:
    """Beyond six hundred rows nothing was said of them: the row that meets another is mostly the last one written."""
    draft = draft_with(wide(rows), hit="unique")
    began = time.process_time()
    found = list(check_tables.flaws(draft))

    assert [each.level for each in found] == ["error"] * flaws
    assert all(f"t-{len(rows)}" in each.what for each in found)
    assert time.process_time() - began < 20


def test_where_all_rows_meet_a_hundred_pairs_are_told_and_that_there_are_more() -> None:
    found = list(check_tables.flaws(draft_with(wide([("-", "-")] * 900), hit="unique")))

    assert [each.level for each in found] == ["error"] * 100 + ["note"]
    assert "only 100 pairs" in found[-1].what
    assert not list(check_tables.flaws(draft_with(wide([("-", "-")] * 900), hit="any")))


def test_what_there_was_no_time_for_is_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_tables, "PAIRS_MAX", 3)
    monkeypatch.setattr(overlapping, "STEPS_MAX", 0)
    crossed = [(f"{i}.00 EUR, {50 + i}.00 EUR", "-") for i in range(30)]
    (found,) = check_tables.flaws(draft_with(wide(crossed), hit="unique"))

    assert (found.level, "is known only of the first" in found.what) == ("note", True)


def test_a_header_of_a_hundred_thousand_columns_is_refused_at_once() -> None:
    """It was compared name by name with all before it, for two and a half minutes."""
    began = time.process_time()
    with pytest.raises(ContractError, match="more than 2,000 columns"):
        draft_with(",".join(f"# {n}" for n in range(100_000)) + ",vip,answer,say\n")

    assert time.process_time() - began < 20
