"""One signal for one thing, asked until somebody says what it was; raised again when it comes back; the same whoever reads the entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.signals.care import draft, larkspur
from tests.tries import tries

from ourword.ledger.answerable import ladder, may_answer
from ourword.ledger.answering import answer_entry
from ourword.ledger.entry import SignalOpened, entry_bytes, instant_text
from ourword.ledger.settle import Key, Standing
from ourword.ledger.signals import DAY, SAYINGS, About, Finding, Saying, Signal, findings, raised, signals
from ourword.ledger.standings import Noted, is_settling
from ourword.ledger.store import Entry

NAMES = ("mara", "omar", "ines")
BOUNDARY, PROMISE = About("care", "refund", "boundary", "not-more-than-paid"), About("care", "refund", "promise", "money-back")


class Log:
    """Entries and promises, and time: what a home has, in memory."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.noted: list[Noted] = []
        self.now = 1000 * DAY
        self.number = 0

    def write(self, entry: SignalOpened) -> int:
        self.entries.append(Entry(len(self.entries) + 1, entry_bytes(entry)))
        return len(self.entries)

    def known(self) -> list[Signal]:
        return signals(self.entries, self.noted, now=self.now)

    def find(self, of: About) -> Signal | None:
        return next((each for each in self.known() if each.of == of), None)

    def gate(self) -> None:
        """The gate records that a boundary was about to be crossed."""
        self.number += 1
        of = {"decision_id": f"d-{self.number}", "sub": f"s-{self.number % 3}", "kind": "refund", "time": instant_text(self.now), "contract": "care"}
        self.write(SignalOpened(owner="mara", gate="g", counter=self.number, about="boundary", clauses=("not-more-than-paid",), **of))

    def breaks(self, *, days_ago: int = 0) -> None:
        """A promise made *days_ago* and due at once turns out to be broken."""
        self.number += 1
        made = self.now - days_ago * DAY
        common = {"contract": "care", "kind": "refund", "owner": "mara", "sub": f"s-{self.number % 3}", "standing": Standing.BROKEN}
        self.noted.append(Noted(key=Key(f"p-{self.number}", "money-back"), made=made, due=made, settled=made, **common))

    def repairs(self) -> None:
        self.noted = [msgspec.structs.replace(each, repaired=self.now) for each in self.noted]

    def raises(self, more: Sequence[Finding] = ()) -> list[SignalOpened]:
        known = self.known()
        new = raised(known, [*findings(known, self.noted, lambda of, recorded: NAMES, now=self.now), *more], now=self.now)
        for each in new:
            self.write(each)
        return new

    def answers(self, of: About, said: str) -> None:
        signal = self.find(of)
        assert signal is not None
        self.write(answer_entry(signal, said=Saying(said), by="omar", commitment="", now=self.now))


# ---- an oracle: the same rules, in plain words over plain lists --------------------------------------------------------------


class Naive:
    """Two signals as a clerk would keep them in a book: when each thing befell, when it was asked, and what was answered."""

    def __init__(self) -> None:
        self.befell: dict[About, list[int]] = {BOUNDARY: [], PROMISE: []}
        self.asked: dict[About, list[int]] = {BOUNDARY: [], PROMISE: []}
        self.answered: dict[About, list[tuple[int, str]]] = {BOUNDARY: [], PROMISE: []}
        self.level: dict[About, int] = {}

    def waits(self, of: About) -> bool:
        return len(self.asked[of]) > len(self.answered[of])

    def happened(self, of: About, at: int) -> None:
        self.befell[of].append(at)
        if of == BOUNDARY and not self.asked[of]:
            self.ask(of, at, at)

    def ask(self, of: About, at: int, came: int) -> None:
        """It asks from now on; how far up, the day tells on which it came."""
        defect = bool(self.answered[of]) and self.answered[of][-1][1] == "defect" and came - self.answered[of][-1][0] < 90 * DAY
        self.level[of] = self.level.get(of, 1) + defect
        self.asked[of].append(at)

    def raises(self, at: int) -> None:
        for of, times in self.befell.items():
            if self.waits(of):
                continue
            if self.answered[of]:
                new = [each for each in times if each > self.answered[of][-1][0]]
            else:
                new = [each for each in times if each >= at - 90 * DAY]
            if new:
                self.ask(of, at, min(new))

    def standing(self, of: About, at: int) -> str:
        if self.waits(of):
            return "open" if len(self.asked[of]) == 1 else "recurred"
        return "closed" if at - self.answered[of][-1][0] >= 90 * DAY else "answered"

    def count(self, of: About) -> int:
        """What befell since the answer before the question that stands, and until the answer to it."""
        answers = [at for at, _ in self.answered[of]]
        since = answers[len(self.asked[of]) - 2] if len(self.asked[of]) > 1 else -1
        until = None if self.waits(of) else answers[-1]
        return sum(at > since and (until is None or at <= until) for at in self.befell[of])

    def says(self, at: int) -> dict[About, tuple[Any, ...]]:
        return {
            of: (self.standing(of, at), self.level[of], self.count(of), self.answered[of][-1][1] if self.answered[of] else None) for of in self.level
        }


ANSWERS = st.tuples(st.sampled_from([BOUNDARY, PROMISE]), st.sampled_from(["defect", "defect", "role"]))
STEP = st.sampled_from(["gate", "breaks", "raise", "day", "month"]) | ANSWERS
STEPS = st.lists(STEP, max_size=40)


def told(known: Sequence[Signal]) -> dict[About, tuple[Any, ...]]:
    return {each.of: (each.standing, each.level, each.count, each.said) for each in known}


@settings(max_examples=tries(300))
@given(st.integers(12, 60).flatmap(lambda size: st.lists(STEP, min_size=size, max_size=size)))
def test_the_fold_says_what_a_clerk_would_have_written_down(steps: list[Any]) -> None:
    """At every entry, also when it is looked at later: what a signal was then does not change by what came after."""
    log, clerk, seen = Log(), Naive(), list[tuple[int, list[Noted], int, dict[About, tuple[Any, ...]]]]()
    for step in steps:
        log.now += 1
        if step == "gate":
            log.gate()
            clerk.happened(BOUNDARY, log.now)
        elif step == "breaks":
            log.breaks()
            clerk.happened(PROMISE, log.now)
        elif step == "raise":
            log.raises()
            clerk.raises(log.now)
        elif step in ("day", "month"):
            log.now += DAY if step == "day" else 31 * DAY
        elif step[0] in clerk.level and clerk.waits(step[0]):
            log.answers(*step)
            clerk.answered[step[0]].append((log.now, step[1]))
        seen.append((len(log.entries), list(log.noted), log.now, clerk.says(log.now)))

    for length, noted, now, said in seen:
        assert said == told(signals(log.entries[:length], noted, now=now))


@given(STEPS)
def test_raising_again_writes_nothing(steps: list[Any]) -> None:
    """A retry after a crash, or another process that looks again: nobody is asked twice."""
    log = Log()
    for step in steps:
        log.now += 1
        if step == "gate":
            log.gate()
        elif step == "breaks":
            log.breaks()
        elif step == "raise":
            log.raises()
        elif isinstance(step, tuple) and (found := log.find(step[0])) is not None and found.waits:
            log.answers(*step)
    log.raises()

    assert [] == log.raises()
    assert all(each.waits or not each.again for each in log.known())


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_there_is_one_signal_however_many_customers_it_befell(ages: list[int]) -> None:
    log = Log()
    for age in ages:
        log.breaks(days_ago=age)
        log.raises()

    assert [len(ages)] == [each.count for each in log.known()]


@given(st.integers(0, 5000))
def test_silence_closes_nothing(days: int) -> None:
    """Nobody answered, nothing came again: it still asks."""
    log = Log()
    log.breaks()
    log.raises()
    log.now += days * DAY

    assert ["open"] == [each.standing for each in log.known()]


# ---- recurring --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", sorted(SAYINGS))
@pytest.mark.parametrize("days", [1, 89, 91])
def test_a_defect_that_comes_back_within_90_days_goes_one_name_up(said: str, days: int) -> None:
    """Whoever said it was mended did not mend it: the next name is asked. Any other answer was no promise to mend."""
    log = Log()
    log.breaks()
    log.raises()
    log.answers(PROMISE, said)
    log.now += days * DAY
    log.breaks()
    (entry,) = log.raises()
    rises = said == "defect" and days < 90

    assert ("recurred", 2 if rises else 1, "omar" if rises else "mara") == (entry.standing, entry.level, entry.owner)


def test_above_the_last_name_it_stays_with_the_last_name() -> None:
    log = Log()
    owners = []
    for _ in range(5):
        log.now += DAY
        log.breaks()
        owners += [(each.owner, each.level) for each in log.raises()]
        log.answers(PROMISE, "defect")

    assert [("mara", 1), ("omar", 2), ("ines", 3), ("ines", 4), ("ines", 5)] == owners


def test_a_promise_made_before_the_answer_does_not_call_the_answer_wrong() -> None:
    """What was mended on Tuesday cannot mend what was promised on Monday."""
    log = Log()
    log.breaks()
    log.raises()
    log.now += DAY
    log.answers(PROMISE, "defect")
    log.now += DAY
    log.breaks(days_ago=2)
    found = log.find(PROMISE)

    assert [] == log.raises()
    assert found is not None
    assert ("answered", 2, 0) == (found.standing, found.count, found.again)


def test_a_promise_broken_long_ago_asks_nobody() -> None:
    """An export of three years does not open what nobody can answer any more; ninety days count."""
    log = Log()
    log.breaks(days_ago=91)

    assert [] == log.raises()


def test_what_was_repaired_is_not_owed_and_still_asks() -> None:
    log = Log()
    log.breaks()
    log.raises()
    owed = log.find(PROMISE)
    log.repairs()
    mended = log.find(PROMISE)

    assert owed is not None
    assert mended is not None
    assert [(1, 1, "open"), (0, 1, "open")] == [(each.owed, each.count, each.standing) for each in (owed, mended)]


def test_a_target_judged_before_its_answer_does_not_raise_it_again() -> None:
    """It is judged while somebody answers: the old figures say nothing about the answer."""
    log, of = Log(), About("care", "refund", "target", "came_back at_most")
    first = Finding(of=of, clauses=("came_back", "at_most"), ladder=NAMES)
    log.raises([first])
    log.answers(of, "defect")
    stale = log.raises([first])
    answered = log.find(of)
    assert answered is not None
    fresh = log.raises([msgspec.structs.replace(first, answer_seq=answered.answer_seq)])

    assert [] == stale
    assert [("recurred", 2)] == [(each.standing, each.level) for each in fresh]


# ---- who ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "kind", "names"),
    [
        ("promise", "refund", ("ines", "mara", "omar", "bo")),
        ("target", "refund", ("ines", "mara", "omar", "bo")),
        ("executed-otherwise", "refund", ("omar", "ines", "mara", "bo")),
        ("promise", "no-more", ("mara", "omar", "bo", "first")),
    ],
)
def test_the_names_go_from_the_kinds_owner_up(about: str, kind: str, names: tuple[str, ...]) -> None:
    """Owner of the kind, who answers for the contract, for what is unclear, and whose consent a change needs; each once."""
    owned = msgspec.structs.replace(larkspur().kinds["refund"], owner="ines")
    care = draft(kinds={"refund": owned}, answerable={"contract": "mara", "unclear": "omar"}, changes={"need": ["bo"]})

    assert names == ladder(care, about, kind, "first")[: len(names)]


def test_without_its_contract_a_signal_goes_to_whom_the_ledger_names() -> None:
    assert (("first",), ("first",)) == (ladder(None, "promise", "refund", "first"), may_answer(None, "first"))


def test_a_desk_cannot_answer() -> None:
    """An answer has a name; a team has none."""
    assert ("mara", "omar") == may_answer(larkspur(), "mara")


# ---- entries -----------------------------------------------------------------------------------------------------------

GOLDEN = (
    b'{"about":"boundary","clauses":["not-more-than-paid"],"contract":"care","counter":3,"decision_id":"d-1","gate":"g","kind":"refund",'
    b'"owner":"omar","standing":"open","sub":"s","time":"2026-11-23T10:00:00Z","type":"signal","v":1}'
)
"""An entry as version 0.1 wrote it."""


def test_an_entry_of_before_is_read_and_written_the_same() -> None:
    """A home of last year reads on; its bytes are what will be hashed and signed."""
    value = Entry(1, GOLDEN).value

    assert isinstance(value, SignalOpened)
    assert entry_bytes(value) == GOLDEN
    assert [("s-1", 1, "omar")] == [(each.id, each.count, each.owner) for each in signals([Entry(1, GOLDEN)], now=0)]


def test_a_signal_about_a_target_names_no_decision_and_no_customer() -> None:
    log = Log()
    log.breaks()
    log.raises()

    assert not [word for word in (b"decision_id", b"sub", b"p-1") if word in log.entries[0].bytes]


def test_what_the_gate_records_stops_nobody_who_settles() -> None:
    """Decisions come at any time; who settles looks again only where somebody else has settled, raised or answered."""
    log = Log()
    log.gate()
    log.breaks()
    log.raises()
    log.answers(BOUNDARY, "role")

    assert [False, True, True] == [is_settling(each.value) for each in log.entries]
