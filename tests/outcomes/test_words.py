"""What the terminal says of outcomes: readable without colour, within 80 columns, and never 0 for no data."""

from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes.tables import DAY, HOUR, closes, opens, replies, says, story, tables

from ourword.cli.bars import stacked
from ourword.cli.recount import words as recount_words
from ourword.cli.report import words as report_words
from ourword.cli.spreadsheet import csv_lines
from ourword.errors import UsageError
from ourword.figures.summary import OUTCOME_WORDS
from ourword.outcomes.asked import moment
from ourword.outcomes.contacts import Asked, watch
from ourword.outcomes.metrics import Row, report
from ourword.outcomes.recount import recount
from ourword.outcomes.unseen import unseen_in


def shop():
    events = []
    for number in range(1, 9):
        end = closes(HOUR, "customer", "confirmed") if number % 4 == 0 else closes(HOUR, "timer", "no_reply")
        events += story(
            opens(0), says(1), replies(2, asks=number == 1), end, contact=number, subject=number, first=10 * number, kind="refund", about=number
        )
    connection = tables(events)
    watch(connection, Asked(as_of=30 * DAY))
    return connection


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any), st.integers(5, 60))
def test_a_bar_is_always_as_long_as_it_should_be(counts, width):
    """Rounding leaves no gap."""
    assert width == len(stacked([("x", count / sum(counts)) for count in counts], width))


def test_the_report_opens_with_the_band():
    """First the sentence, then the picture."""
    lines = list(report_words(list(report(shop())), Asked()))

    assert "Of all 8 contacts that ended, between 25 % and 88 % stayed resolved for 7 days." == lines[0]
    assert any("██████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒xxxxx" in line for line in lines)
    assert any(line.startswith("reached a person") and "no data" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_nothing_mature_says_no_data():
    """A young home has no share, and says so."""
    connection = tables(story(opens(0)))
    watch(connection, Asked())

    assert next(report_words(list(report(connection)), Asked())).startswith("No data")
    assert ["No data: no contact's window is over."] == list(recount_words(list(recount(connection))))


def test_the_recount_sets_the_claim_beside_what_became_of_it():
    """One sentence to forward."""
    lines = list(recount_words(list(recount(shop()))))

    assert "Intercom (Fin) would say 100 % resolved. Of the 8 contacts that it calls resolved, between 25 % and 88 % were." == " ".join(lines[:2])
    assert max(map(len, lines)) <= 96


def test_the_json_rows_have_the_keys_that_others_read():
    """Names that programs rely on."""
    connection = shop()
    reported, recounted = (json.loads(msgspec.json.encode(next(iter(of(connection))))) for of in (report, recount))

    assert ["kind", "version", "segment", "metric", "n", "value", "low", "high", "immature", "unmatched", "target"] == list(reported)
    assert [
        "rule", "kind", "claimed", "confirmed", "quiet", "came_back", "gave_up", "promise_broken", "n", "low", "high", "billed",
    ] == list(recounted)  # fmt: skip


def test_no_data_is_an_empty_cell():
    """A spreadsheet must not average it as 0."""
    lines = list(csv_lines(Row.__struct_fields__, [msgspec.structs.astuple(row) for row in report(shop()) if row.metric == "reached_a_person"]))

    assert "kind,version,segment,metric,n,value,low,high,immature,unmatched,target" == lines[0]
    assert "*,*,*,reached_a_person,0,,,,0.0,0.0," in lines


def test_a_moment_that_is_none_is_refused():
    """With a form to copy."""
    with pytest.raises(UsageError, match="RFC 3339"):
        moment("yesterday", "--since")


def test_a_band_says_of_what_it_is_a_share():
    """15 to 65 % of all contacts beside 9 to 36 % of them once read as two answers to one question."""
    rows = list(recount(shop()))
    board_says = " ".join(list(report_words(list(report(shop())), Asked()))[:1])

    assert board_says.startswith("Of all 8 contacts that ended, ")
    assert "Of the 8 contacts that it calls resolved, " in " ".join(recount_words(rows))


def test_where_no_event_tells_anything_the_band_says_so():
    """Between 0 % and 100 % is no figure: it is what cannot be known."""
    events = []
    for number in (1, 2):
        events += story(opens(0), replies(1), contact=number, subject=number, first=10 * number, kind="refund", about=number)
    connection = tables(events)
    watch(connection, Asked(as_of=30 * DAY))
    told = " ".join(report_words(list(report(connection)), Asked()))

    assert "Of all 2 contacts that ended nobody can say how many stayed resolved: no event says that a customer confirmed it" in told
    assert "between 0 %" not in told


def test_no_word_for_people_calls_a_late_promise_broken():
    """What became of the contact counts late promises too; `promises_broken` counts those alone that were not kept at all."""
    told = [*report_words(list(report(shop())), Asked()), *recount_words(list(recount(shop())))]

    assert "! promise late or broken" in " ".join(told)
    assert "late/broken" in " ".join(told)
    assert "late or broken" in OUTCOME_WORDS["promise_broken"]


@given(st.text(min_size=1, max_size=30).filter(lambda text: "\x00" not in text))
def test_no_text_in_a_spreadsheet_is_a_formula(text):
    """A kind that a customer's system names `=HYPERLINK(…)` must not run on the machine of whoever opens the report."""
    written = io.StringIO("\n".join(csv_lines(["kind", "n"], [[text, 1]])), newline="")
    heading, row = csv.reader(written)

    assert ["kind", "n"] == heading
    assert row[0].lstrip()[:1] not in tuple("=+-@")
    assert row[0][0] not in "\t\r"
    assert [text, "1"] == [row[0] if row[0] == text else row[0].removeprefix("'"), row[1]]


def test_a_negative_number_in_a_spreadsheet_stays_a_number():
    assert ["excess", "-0.05"] == list(csv_lines(["excess"], [[-0.05]]))


def test_a_rule_that_claims_none_says_why_and_what_cannot_be_seen_is_no_number():
    """`0` under *confirmed*, *gave up* and *late* stood in the terminal, of a table of tickets without a word."""
    connection = tables(story(opens(0), closes(HOUR, claimed=True)))
    watch(connection, Asked(as_of=30 * DAY))
    rows = list(recount(connection))
    lines = list(recount_words(rows, unseen=unseen_in(connection)))
    ada = next(at for at, line in enumerate(lines) if line.startswith("ada"))
    own = next(line for line in lines if line.startswith("own "))

    assert "claims none: no event says that automation answered in one" in " ".join(" ".join(lines[ada : ada + 2]).split())
    assert ["own", "1", "–", "1", "–", "–", "–"] == own.split()[:7]
    assert any(line.startswith("–: not known") for line in lines)
    assert max(map(len, lines)) <= 96
