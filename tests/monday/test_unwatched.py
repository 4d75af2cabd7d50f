"""Monday of a home that an export filled: no words, no promises, no contract. What nobody could see is said to be so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.board.grown import event, hand_in
from tests.monday.test_monday import THEN, forms, told_at

from ourword.monday.gathered import Monday

WEEK = timedelta(days=7)


def tickets() -> list[dict[str, Any]]:
    """Four weeks of tickets, a few a day, each closed within the hour; nobody comes twice, and no word is heard."""
    found = []
    for number in range(112):
        at, name = THEN - WEEK * 4 + timedelta(hours=6 * number), f"k-{number}"
        found.append(event(f"o-{number}", "contact.opened", f"c-{number}", at, contact=name, kind="return", actor="customer"))
        found.append(
            event(f"x-{number}", "contact.closed", f"c-{number}", at + timedelta(hours=1), contact=name, kind="return", claimed_resolved=True)
        )
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Monday:
    home = tmp_path_factory.mktemp("unwatched") / "home"
    hand_in(home, tickets())
    return told_at(home, THEN)


def test_what_nothing_could_show_is_not_compared(told: Monday) -> None:
    """`Gave up 0 % before, 0 % now` stood in the mail, of a table without a word."""
    assert told.figures is not None
    compared = {each.metric for each in told.figures.changes if each.compared}

    assert {"quiet", "claimed_resolution"} == compared
    for form in forms(told):
        assert not re.search(r"\b0(\.0)? %", form)


def test_where_a_word_was_ever_heard_none_is_a_number(tmp_path: Path) -> None:
    """Then somebody looks, and saw none who gave up."""
    home = tmp_path / "home"
    hand_in(home, tickets())
    before = THEN - WEEK * 4
    hand_in(home, [event("w-1", "message.in", "c-w", before, contact="k-w", actor="customer")])
    hand_in(home, [event("w-2", "message.out", "c-w", before, contact="k-w", actor="automation")])
    figures = told_at(home, THEN).figures
    assert figures is not None

    assert (0.0, 0.0) == next((each.then.value, each.now.value) for each in figures.changes if (each.kind, each.metric) == ("*", "gave_up"))


def test_the_picture_holds_what_is_known(told: Monday) -> None:
    """The bars of both weeks are drawn of what could be seen."""
    page = forms(told)[0]

    assert 2 == page.count("of 28 contacts 100 % quiet: we do not know")


def test_that_nothing_is_watched_is_no_good_monday(told: Monday) -> None:
    """`Whom we owe: nobody` was said of a home in which no promise could ever be seen."""
    page, outside, mail, above = forms(told)

    for form in (page, outside, mail):
        plain = " ".join(form.split())
        assert "Whether anything was promised and not kept nobody can say here: no promise is known, and no contract says what to watch." in plain
        assert "Nobody can say: no promise is known" in plain
        for good in ("Nothing needs you", "Nobody: ", "No promise has fallen due", "No signal waits", "No promise falls due", "No promise."):
            assert good not in plain
    assert above.endswith("nothing is watched")
