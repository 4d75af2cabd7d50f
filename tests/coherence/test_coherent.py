"""What is written beside who is there and what was done: no data is said as no data, each gap is a sentence, and nothing is added up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.blocks import ROOT
from tests.signals.care import draft

from ourword.adoption.adopting import Files, sign
from ourword.checks.store import NOON, refund
from ourword.coherence.gathered import coherence, sentence
from ourword.coherence.judged import USED_DAYS, Counted, Given, Line, lines
from ourword.contract.model import Draft
from ourword.contract.read import read
from ourword.figures.settling import Row
from ourword.ledger.entry import Decision
from ourword.ledger.signals import DAY, About, Signal
from ourword.outcomes.targets import Judged
from ourword.stores.home import Home, open_home

NOW = 1000 * DAY
SIGNED = NOON + 365 * DAY
CARE = draft({"metric": "stayed_resolved", "within": "7 days", "at_least": 0.85})
TARGET = Judged(contract="care", kind="refund", metric="stayed_resolved", within="7 days", within_days=7, bound="at_least", limit=0.85, owner="mara")


def laid(**known: Any) -> dict[str, Line]:
    return {each.part: each for each in lines(CARE, Given(now=NOW, **known))}


def gaps(**known: Any) -> list[str]:
    return [gap for each in laid(**known).values() for gap in each.gaps]


def asked(*rounds: tuple[int, int | None], about: str = "promise", what: str = "money-back", within: str = "") -> Signal:
    """A signal that asked since so many days ago, and was answered so many days ago."""
    times = tuple((NOW - since * DAY, None if at is None else NOW - at * DAY) for since, at in rounds)
    of = About("care", "refund", about, what, within)
    return Signal(id="s-1", seq=1, of=of, clauses=("money-back",), owner="mara", opened=times[0][0], since=times[-1][0], asked=times)


def promised(standing: str, *, days: int = 3) -> Row:
    return Row(decision="d", subject=1, promise="a-person-answers", kind="refund", due=(NOW - days * DAY) // 1000, standing=standing)


counts = st.builds(Counted, automation=st.integers(0, 50), escalated=st.integers(0, 50), persons=st.integers(0, 50))
standings = st.lists(st.sampled_from(("kept", "late", "broken", "unknown", "open")).map(promised), max_size=6)
rounds = st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 200)), min_size=1, max_size=4).map(lambda each: asked(*each))
known = st.fixed_dictionaries(
    {
        "signals": st.lists(rounds, max_size=2).map(tuple),
        "promises": standings.map(tuple),
        "decisions": st.dictionaries(st.just(("care", "refund")), counts),
        "joined": st.none() | st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda each: (each[0], sum(each))),
        "judged": st.sampled_from([None, (), (TARGET,), (msgspec.structs.replace(TARGET, value=0.5, low=0.4, high=0.6, n=9, verdict="missed"),)]),
    }
)


# ---- laws ---------------------------------------------------------------------------------------------------------------


@given(known)
def test_what_nobody_can_know_is_said_as_no_data_and_never_as_a_number(of: dict[str, Any]) -> None:
    """A share of nothing is not 0 %, and what is not known is not well."""
    for line in laid(**of).values():
        for cell in (line.written, line.staffed, line.used):
            assert cell.known is not cell.words.startswith("no data")
            assert cell.known or "%" not in cell.words
            assert cell.source


@given(known)
def test_each_kind_has_its_four_parts_once_whatever_is_known(of: dict[str, Any]) -> None:
    found = list(lines(CARE, Given(now=NOW, **of)))

    assert ["ownership", "rights", "escalation", "targets"] == [each.part for each in found]
    assert all(gap.endswith((".", "asks.")) for each in found for gap in each.gaps)


@given(counts.filter(lambda each: each.all))
def test_the_shares_of_decisions_are_those_that_one_counts(counted: Counted) -> None:
    """By a second reading: the numbers in brackets add up to the whole."""
    words = laid(decisions={("care", "refund"): counted})["rights"].used.words
    bracketed = [int(each.split(")")[0]) for each in words.split("(")[1:]]

    assert counted.automation + counted.escalated + counted.persons == sum(bracketed)
    assert words.startswith(f"{sum(bracketed)} decision")


# ---- examples -----------------------------------------------------------------------------------------------------------


def test_of_a_home_in_which_nothing_happened_nothing_is_known_but_what_is_written() -> None:
    found = laid()

    assert [True] * 4 == [each.written.known for each in found.values()]
    assert [False] * 4 == [each.used.known for each in found.values()]
    assert [False, False] == [found[part].staffed.known for part in ("escalation", "targets")]


def test_an_owner_whom_signals_asked_a_week_ago_and_who_said_nothing_is_a_gap() -> None:
    """One who was asked yesterday has had no time yet; one answer closes the gap."""
    said = "Nobody has answered for `refund` in 90 days: 1 question asked."

    assert said in gaps(signals=(asked((8, None)),))
    assert said not in gaps(signals=(asked((1, None)),))
    assert said not in gaps(signals=(asked((30, 20), (8, None)),))
    assert said not in gaps(signals=(asked((200, 120)),))


def test_reading_again_is_no_signature_and_every_version_is_named(tmp_path: Path) -> None:
    """Mara signs two versions, reads the second again twice; Omar signs the second only, and owns nothing here."""
    text, wiring = ((ROOT / "examples" / "larkspur-refund" / name).read_bytes() for name in ("contract.yaml", "wiring.yaml"))
    second = text.replace(b"version: 3.2.0", b"version: 3.3.0").replace(b"amount > eur(500)", b"amount > eur(400)")
    one, two = (Files(read(each, wiring), each, wiring) for each in (text, second))
    told = []
    with open_home(tmp_path / "home") as home:
        for day, of, by, again in (
            (0, one, "mara", False),
            (1, one, "mara", True),
            (2, two, "mara", False),
            (3, two, "omar", False),
            (4, two, "mara", True),
        ):
            sign(home, of, by=by, again=again, now=SIGNED + day * DAY)
            told.append(owned(home, of.draft, SIGNED + day * DAY))
        later = owned(home, two.draft, SIGNED + (USED_DAYS + 3) * DAY)

    assert told == [
        "signed 3.2.0",
        "signed 3.2.0 and read it again once",
        "signed 3.3.0; signed 3.2.0 (another version) and read it again once",
        "signed 3.3.0; signed 3.2.0 (another version) and read it again once",
        "signed 3.3.0 and read it again once; signed 3.2.0 (another version) and read it again once",
    ]
    assert later == "read 3.3.0 again once"


def test_who_signed_another_version_has_not_signed_the_one_that_is_asked_about(tmp_path: Path) -> None:
    """Mara had signed the next version, which waits for omar; it was said that she had signed what decides."""
    text, wiring = ((ROOT / "examples" / "larkspur-refund" / name).read_bytes() for name in ("contract.yaml", "wiring.yaml"))
    second = text.replace(b"version: 3.2.0", b"version: 3.3.0")
    with open_home(tmp_path / "home") as home:
        sign(home, Files(read(second, wiring), second, wiring), by="mara", now=SIGNED)

        assert "signed 3.3.0 (another version)" == owned(home, read(text, wiring), SIGNED)


def owned(home: Home, of: Draft, now: int) -> str:
    """What the owner of the first kind did."""
    return next(each for each in coherence(home, {of.name: of}, now=now).lines if each.part == "ownership").used.words


def test_an_owner_without_a_contact_cannot_be_reached() -> None:
    people = tuple(msgspec.structs.replace(each, contact="") for each in CARE.people)
    found = next(lines(msgspec.structs.replace(CARE, people=people), Given(now=NOW)))

    assert "Nobody can reach who owns `refund`: Mara Lind has no contact in the contract." in found.gaps


def test_automation_that_may_decide_and_decides_nothing_is_a_gap() -> None:
    said = "Automation may decide `refund`, and decided nothing in 90 days: all 7 went to people."

    assert said in gaps(decisions={("care", "refund"): Counted(escalated=4, persons=3)})
    assert said not in gaps(decisions={("care", "refund"): Counted(escalated=4, persons=3, automation=1)})


def test_a_desk_to_which_is_handed_over_and_where_nobody_joins_is_a_gap() -> None:
    of = {"decisions": {("care", "refund"): Counted(escalated=4)}}

    assert "4 decisions about `refund` went to people in 90 days, and nobody was heard to join." in gaps(joined=(0, 9), **of)
    assert "No event says that a person ever joined: nobody can tell whether anybody is there for `refund`." in gaps(joined=(0, 0), **of)
    assert not [each for each in gaps(joined=(1, 9), **of) if "join" in each]


def test_a_person_promised_is_counted_in_time_only_when_kept() -> None:
    """Late is not in time, and unknown is said beside it."""
    due = tuple(promised(each) for each in ("kept", "late", "broken", "unknown"))
    words = laid(decisions={("care", "refund"): Counted(escalated=4)}, promises=(*due, promised("kept", days=USED_DAYS + 1)))["escalation"].used.words

    assert "4 of 4 decisions handed to people; 1 of 3 promises of a person kept in time, of 1 more nobody knows" == words


@pytest.mark.parametrize("joined", [None, (0, 0), (2, 9)])
@pytest.mark.parametrize("standing", ["unknown", "open"])
def test_of_promises_of_which_nothing_is_known_none_is_counted_as_missed(standing: str, joined: Any) -> None:
    """Before any event, and where nothing was settled: that is no data, and neither 0 nor a gap about how soon."""
    of = {"decisions": {("care", "refund"): Counted(escalated=4)}, "promises": tuple(promised(standing) for _ in range(3)), "joined": joined}

    assert laid(**of)["escalation"].used.words.endswith("; no data on how soon: of 3 promises of a person nobody knows whether they were kept")
    assert not [each for each in gaps(**of) if "in time" in each]


def test_of_promises_that_no_longer_hold_none_is_counted() -> None:
    of = {"decisions": {("care", "refund"): Counted(escalated=4)}, "promises": (promised("released"),)}

    assert laid(**of)["escalation"].used.words.endswith("; no data on how soon: 1 promise of a person fell due, and no longer held")
    assert not [each for each in gaps(**of) if "in time" in each]


def test_promises_of_a_person_are_counted_as_promises_and_not_as_customers() -> None:
    """One customer may be promised a person twice; of what nobody knows nothing is said."""
    due = tuple(promised(each) for each in ("late", "broken", "unknown"))

    assert "Of 2 promises of a person for `refund` that fell due and of which anything is known, none was kept in time." in gaps(promises=due)


def test_a_missed_target_of_which_nobody_was_asked_is_a_gap() -> None:
    missed = msgspec.structs.replace(TARGET, value=0.5, low=0.4, high=0.6, n=9, verdict="missed")
    said = "`refund` misses its target (stayed resolved at least 85 % within 7 days), and nobody was asked: `ourword settle` asks."
    raised = asked((1, None), about="target", what="stayed_resolved at_least", within="7 days")

    assert said in gaps(judged=(missed,))
    assert said not in gaps(judged=(missed,), signals=(raised,))


def test_a_target_without_data_is_a_gap_and_not_met() -> None:
    assert "Nobody can tell whether `refund` keeps its target (stayed resolved at least 85 % within 7 days): no data." in gaps(judged=(TARGET,))


@pytest.mark.parametrize(
    "because", ["no data: no window is over yet", "no data: no event tells of it yet", "no data: nothing of `refund` is counted"]
)
def test_why_a_target_has_no_data_is_said_as_the_report_says_it(because: str) -> None:
    judged = msgspec.structs.replace(TARGET, because=because)

    assert f"Nobody can tell whether `refund` keeps its target (stayed resolved at least 85 % within 7 days): {because}." in gaps(judged=(judged,))
    assert because == laid(judged=(judged,))["targets"].staffed.words
    assert "no data: no event has come" == laid()["targets"].staffed.words


# ---- a home -------------------------------------------------------------------------------------------------------------


def test_what_a_home_decided_lately_is_counted_as_its_entries_say(tmp_path: Path) -> None:
    """Counted a second time from the log: by contract and kind, without what was only observed, and without what is older."""
    automation = [("allow", "enforce", 1), ("refuse", "enforce", 80), ("escalate", "enforce", 2), ("allow", "observe", 1), ("allow", "enforce", 91)]
    taken = [*((answer, "automation", mode, days) for answer, mode, days in automation), ("allow", "omar", "enforce", 3)]
    decided = [
        msgspec.structs.replace(refund(f"d-{number}", customer=f"c-{number}"), answer=answer, by=by, mode=mode, instant=NOON - days * DAY)
        for number, (answer, by, mode, days) in enumerate(taken)
    ]
    with open_home(tmp_path / "home") as home:
        home.record_many(decided)
        care = draft(name=decided[0].contract)
        found = coherence(home, {care.name: care}, now=NOON)
        by_hand: Counter[str] = Counter()
        for entry in home.log():
            value = entry.value
            if isinstance(value, Decision) and value.mode is msgspec.UNSET and value.time >= "2025-10-07T12":
                by_hand["persons" if value.by is not msgspec.UNSET else "escalated" if value.answer == "escalate" else "automation"] += 1
    words = next(each for each in found.lines if each.part == "rights").used.words

    assert {"automation": 2, "escalated": 1, "persons": 1} == by_hand
    assert "4 decisions: 50 % answered by automation (2), 25 % handed to people (1) and 25 % decided by a person (1)" == words


def test_a_home_without_a_contract_has_nothing_to_hold_together(tmp_path: Path) -> None:
    with open_home(tmp_path / "home") as home:
        found = coherence(home, {}, now=NOON)

    assert ((), "No contract has decided here, so there is nothing to hold together.") == (found.lines, sentence(found))


@pytest.mark.parametrize("words", ["score", "index", "grade"])
def test_nothing_is_added_up(words: str) -> None:
    """The law of the page: gaps in sentences, and no number that stands for all of them."""
    assert words not in " ".join(gaps())
