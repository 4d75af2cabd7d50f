"""Proving from Python: the same flaws as the command line's, without its bar."""

from __future__ import annotations

import pytest
from tests.blocks import ROOT

from ourword import Ourword
from ourword.errors import UsageError
from ourword.proving.found import Found, Step, Unproved
from ourword.proving.prove import prove

pytest.importorskip("z3")
LARKSPUR = ROOT / "examples" / "larkspur-refund"


def test_python_gives_the_flaws_and_not_how_far_it_has_come() -> None:
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml") as word:
        found = list(word.prove())
        whole = [each for each in prove(word.gate) if not isinstance(each, Step)]

        assert [(each.place, each.what) for each in found] == [(each.place, each.what) for each in whole]
    assert found
    assert all(isinstance(each, Found | Unproved) for each in found)


def test_a_kind_that_is_not_there_is_said_before_anything_is_proved() -> None:
    """An empty list would pass for a contract without flaws."""
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml") as word, pytest.raises(UsageError) as caught:
        word.prove(kind="refunds")

    assert "it decides: refund" in str(caught.value)
