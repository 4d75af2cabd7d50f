"""A fact that each contract counts otherwise is two facts to the solver: what leans on it is possible, and no disagreement with the gates."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing.test_examples import told
from tests.gate.small import FACTS, clause, gate_of

from ourword.cli.diff_words import leaning_words
from ourword.gate.code import Gate

pytest.importorskip("z3")


def counting(within: str) -> Gate:
    often: dict[str, Any] = {"type": "int", "from": "history", "count": "refund", "answers": ["allow"], "per": "customer", "within": within}
    return gate_of(
        [clause("often", "often > 2", "refuse", contest="14 days"), clause("rest", "often <= 2", "allow")], facts={**FACTS, "often": often}
    )


def test_another_window_of_a_history_is_possible_and_leans_on_it() -> None:
    """It said that the solver and the gates disagree, which is a fault of ours, and no word of the window."""
    found = told(counting("90 days"), counting("365 days"))
    perhaps = [each for each in found.changes if each.possible]

    assert perhaps
    assert not [each for each in found.changes if "disagree" in each.what]
    assert {("often (counted otherwise in each contract)",)} == {each.leans_on for each in perhaps}
    assert leaning_words(perhaps[0]) == ["`often (counted otherwise in each contract)`"]


def test_the_same_window_leans_on_nothing() -> None:
    assert [] == [each for each in told(counting("90 days"), counting("90 days")).changes if each.possible]
