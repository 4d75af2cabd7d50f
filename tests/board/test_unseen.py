"""What a home's events could not show is no data, and not 0 %."""

from __future__ import annotations

from typing import Any

import pytest
from tests.outcomes.tables import DAY, HOUR, closes, opens, replies, says, story, tables

from ourword.figures.board import Board, Made, work_out
from ourword.figures.summary import stayed
from ourword.http.bars import outcome_bars
from ourword.outcomes.contacts import Asked, watch
from ourword.outcomes.metrics import report

ASKED = Asked(as_of=100 * DAY)
FIVE = ("promise_broken", "came_back", "gave_up", "confirmed", "quiet")


def board_of(events: list[dict[str, Any]]) -> Board:
    connection = tables(events, promises=())
    watch(connection, ASKED)
    return work_out(connection, (), Made(arrival=1, seq=0, asked=ASKED))


def shown(board: Board) -> dict[str, float | None]:
    return {name: row.value for name in FIVE if (row := board.row(name)) is not None}


def test_a_table_of_tickets_shows_nobody_who_gave_up_or_confirmed():
    """The page for the board of directors said that 0 % gave up; no word of any customer was in the file."""
    board = board_of(story(opens(0), closes(HOUR)))

    assert {"promise_broken": None, "came_back": None, "gave_up": None, "confirmed": None, "quiet": 1.0} == shown(board)
    assert {"asked_for_a_person", "stuck", "stuck_no_person"} <= set(board.unseen)


def test_where_words_are_heard_none_who_gave_up_is_a_number():
    """Somebody looked, and saw none."""
    board = board_of(story(opens(0), says(1), replies(2), closes(HOUR)))

    assert (0.0, None) == (shown(board)["gave_up"], shown(board)["confirmed"])


def test_an_asked_customer_who_said_nothing_is_none_confirmed():
    """The question was put: that nobody answered it is known."""
    asked = {"type": "question.asked", "actor": "automation", "at": 3}

    assert 0.0 == shown(board_of(story(opens(0), says(1), replies(2), asked, closes(HOUR))))["confirmed"]


@pytest.mark.parametrize("events", [story(opens(0), closes(HOUR)), story(opens(0), says(1), replies(2), closes(HOUR))])
def test_the_band_and_the_bar_stand_on_what_is_known(events):
    """What could not be heard is known of nobody: the band begins at nothing, and the bar still sums to all."""
    board = board_of(events)
    (bar,) = outcome_bars(board, ["*"])

    assert "nobody can say" in stayed(board)
    assert 1.0 == sum(value or 0.0 for value in shown(board).values())
    assert "gave up" in bar.sentence if "gave_up" not in board.unseen else "gave up" not in bar.sentence


def test_a_number_that_is_there_is_never_hidden():
    """A broken promise that came without a list of promises stays what it is."""
    connection = tables(story(says(0)), promises=())
    watch(connection, ASKED)
    gave_up = next(row.value for row in report(connection) if row.metric == "gave_up")

    assert gave_up == shown(board_of(story(says(0))))["gave_up"] == 1.0


def test_no_figure_of_the_export_is_0_where_nothing_could_show_one():
    """`ended_unanswered 0.0 of 300` stood in the CSV of a table without a word, beside `offered_a_person 0.0`."""
    of_tickets = board_of(story(opens(0), closes(HOUR)))
    of_words = board_of(story(opens(0), says(1), replies(2), closes(HOUR, claimed=False)))
    none = {row.metric for row in of_tickets.rows if row.value == 0}

    assert not none - {"containment"}
    assert {"ended_unanswered", "claimed_resolution"} <= {row.metric for row in of_words.rows if row.value == 0}


def test_a_kind_of_which_no_return_could_be_seen_has_no_share_of_returns():
    """`Without a kind: 0 % came back` stood beside a customer whose tickets without a kind came days apart."""
    named = [
        each
        for number in range(1, 4)
        for each in story(opens(0), closes(HOUR), contact=number, subject=number, kind="refund", about=number, first=10 * number)
    ]
    bare = [each for number in range(4, 9) for each in story(opens(0), closes(HOUR), contact=number, subject=4, first=10 * number)]
    board = board_of([*named, *bare])
    rows = {kind: board.row("came_back", kind) for kind in ("*", "refund", "(none)")}

    assert {"*": (3, 0.0), "refund": (3, 0.0), "(none)": (0, None)} == {kind: (row.n, row.value) for kind, row in rows.items() if row is not None}
    assert "Of 3 a return would have been seen" in stayed(board)
    assert ["came back" in bar.sentence for bar in outcome_bars(board, ["*", "refund", "(none)"])] == [True, True, False]


def test_where_contacts_are_opened_again_every_one_is_looked_at():
    """That a ticket was not opened again is known then, whatever it was about."""
    again = story(opens(0), closes(HOUR), {"type": "contact.reopened", "at": 2 * HOUR}, closes(3 * HOUR), contact=1)
    row = board_of([*again, *story(opens(0), closes(HOUR), contact=2, subject=2, first=20)]).row("came_back")

    assert row is not None
    assert (2, 0.5) == (row.n, row.value)
