"""What comes again after an answer: only what the answer could have changed, promises too; and each target has a signal of its own."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.board.lived import NOW_NS, lived_home
from tests.outcomes.tables import DAY as DAY_MICROS
from tests.outcomes.tables import tables
from tests.signals.care import draft
from tests.tries import tries

from ourword.figures.board import board_of
from ourword.figures.raising import raise_missed
from ourword.figures.settling import promises
from ourword.ledger.signals import DAY, signals
from ourword.outcomes.contacts import Asked
from ourword.outcomes.targets import MISSED, judge_all
from ourword.signals.signalling import answer
from ourword.signals.signalling import signals as signals_of
from ourword.stores.home import Home, open_home

MORE = """
      - {metric: promises_kept, within: 14 days, at_least: 0.99}
      - {metric: came_back, within: 3 days, at_most: 0.01}
      - {metric: came_back, within: 14 days, at_most: 0.01}
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Larkspur under a contract with a target about promises, and two that differ in their time alone; all are missed."""
    folder = tmp_path_factory.mktemp("again")
    text = files("ourword.demo").joinpath("contract.yaml").read_text(encoding="utf-8")
    long = "      - {metric: stayed_customer, within: 180 days, not_below_holdout_by: 0.01}\n"
    assert long in text
    contract = folder / "contract.yaml"
    contract.write_text(text.replace(long, long.rstrip() + MORE), encoding="utf-8")
    return lived_home(folder / "home", contacts=400, contract=contract)


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Iterator[Home]:
    with open_home(shutil.copytree(lived, tmp_path / "home")) as home:
        yield home


def of_kept(home: Home, now: int) -> str:
    return next(each.id for each in signals_of(home, now=now) if each.of.what == "promises_kept at_least")


def test_a_target_about_promises_asks_again_for_those_made_after_its_answer_alone(home: Home) -> None:
    """The promises that were counted then have had their answer: what nobody can mend any more asks nobody."""
    raise_missed(home, NOW_NS)
    answer(home, of_kept(home, NOW_NS), said="defect", by="mara", now=NOW_NS)

    assert [] == [each.clauses for each in raise_missed(home, NOW_NS + DAY) if each.clauses[0] == "promises_kept"]


def test_promises_that_were_made_since_and_not_kept_ask_again(home: Home) -> None:
    """Answered sixty days before: of the promises made since, counted by hand, too many were not kept."""
    then = NOW_NS - 60 * DAY
    raise_missed(home, then)
    signal = of_kept(home, then)
    answer(home, signal, said="choice", by="mara", now=then)
    back = [each for each in raise_missed(home, NOW_NS) if each.clauses[0] == "promises_kept"]
    (judged,) = [each for _, each in board_of(home).again if each.metric == "promises_kept"]
    as_of = board_of(home).as_of or 0
    since = [each for each in promises(home) if each.kind == "refund" and each.made > then // 1000]
    due = [each for each in since if each.due < as_of]  # one kept early waits until then

    assert [("recurred", f"s-{back[0].signal}")] == [(each.standing, signal) for each in back]
    assert (len(due), MISSED) == (judged.n, judged.verdict)


@settings(max_examples=tries(20), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5), st.sampled_from(["kept", "late", "broken"])), max_size=12), st.integers(-1, 10))
def test_only_promises_made_later_are_judged(made: list[tuple[int, int, str]], since: int) -> None:
    """Of any promises; made at the very moment of the answer is not after it."""
    rows = [
        {
            "decision": f"d-{number}", "subject": number, "promise": "money-back", "kind": "refund", "made": day * DAY_MICROS,
            "due": (day + within) * DAY_MICROS, "standing": standing, "settled": (day + within + (standing != "kept")) * DAY_MICROS,
        }
        for number, (day, within, standing) in enumerate(made)
    ]  # fmt: skip
    care = draft({"metric": "promises_kept", "within": "14 days", "at_least": 0.9})
    with tables([], promises=rows) as connection:
        (found,) = judge_all(connection, [care], asked=Asked(as_of=30 * DAY_MICROS), promised_since=since * DAY_MICROS)
        (all_of,) = judge_all(connection, [care], asked=Asked(as_of=30 * DAY_MICROS))
    later = [standing for day, _, standing in made if day > since]

    assert (len(later), len(made)) == (found.n, all_of.n)
    assert (later.count("kept") / len(later) if later else None) == found.value


# ---- one target, one signal ------------------------------------------------------------------------------------------------


def test_targets_that_differ_in_their_time_alone_have_a_signal_each(home: Home) -> None:
    """Each is asked, and answered, for itself; settled again, none is raised twice."""
    raise_missed(home, NOW_NS)
    known = [each for each in signals_of(home, now=NOW_NS) if each.of.what == "came_back at_most" and each.of.kind == "refund"]
    answer(home, known[0].id, said="intent", by="mara", now=NOW_NS)
    after = {each.of.within: each.standing for each in signals_of(home, now=NOW_NS) if each.of in {one.of for one in known}}
    again = [each for each in raise_missed(home, NOW_NS + 1) if each.clauses[0] == "came_back" and each.kind == "refund"]

    assert {"3 days": 1, "14 days": 1} == Counter(each.of.within for each in known)
    assert {known[0].of.within: "answered", known[1].of.within: "open"} == after
    assert [] == again


def test_an_answer_goes_to_the_signal_that_it_names_also_where_it_says_no_time(home: Home) -> None:
    """Answers carry no figures: whose they are stands in the number of the entry that opened it."""
    raise_missed(home, NOW_NS)
    for each in signals_of(home, now=NOW_NS):
        if each.of.about == "target":
            answer(home, each.id, said="intent", by=each.owner, now=NOW_NS)
    folded = signals(home.signal_entries(), now=NOW_NS)

    assert {"answered"} == {each.standing for each in folded if each.of.about == "target"}
    assert len({each.of for each in folded}) == len(folded)
    assert all(each.of.within for each in folded if each.of.about == "target")
