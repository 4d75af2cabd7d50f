"""A signal may wait for a reason and until a day; then it asks again by itself. It is never taken for answered, and it is in exactly one state."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.signals.care import larkspur

from ourword.checks.store import NOON, refund
from ourword.core.time import datetime_from_instant
from ourword.errors import LineError
from ourword.ledger.answering import answer_entry, waiver_entry
from ourword.ledger.decided import Signalled
from ourword.ledger.entry import SignalOpened, entry_bytes, instant_text
from ourword.ledger.signal_words import as_dict, stands
from ourword.ledger.signals import DAY, Saying, Signal, findings, raised, signals
from ourword.ledger.store import Entry
from ourword.outcomes.answers import answers, in_words
from ourword.signals.signalling import answer, raise_signals
from ourword.signals.signalling import signals as signals_of
from ourword.signals.waiving import WAIVED_DAYS_MAX, waive
from ourword.stores.home import Home, open_home

START = 1000 * DAY
TODAY = datetime_from_instant(NOON).date()


class Log:
    """The entries of one signal about a boundary, and time."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.now = START

    def write(self, entry: SignalOpened) -> None:
        self.entries.append(Entry(len(self.entries) + 1, entry_bytes(entry)))

    def known(self, now: int | None = None) -> list[Signal]:
        return signals(self.entries, now=self.now if now is None else now)

    def do(self, what: str, days: int) -> None:
        """One thing happens; what does not fit is left undone, as the doors leave it."""
        known = self.known()
        if what == "gate":
            number = len(self.entries) + 1
            of = {"decision_id": f"d-{number}", "sub": "s", "kind": "refund", "time": instant_text(self.now), "contract": "care"}
            self.write(SignalOpened(owner="mara", gate="g", counter=number, about="boundary", clauses=("cap",), **of))
        elif what == "days":
            self.now += days * DAY
        elif what == "raise":
            for each in raised(known, findings(known, (), lambda of, recorded: ("mara", "omar"), now=self.now), now=self.now):
                self.write(each)
        elif known and what == "waive" and known[0].asks:
            self.write(waiver_entry(known[0], until=self.now + days * DAY, by="omar", commitment="", now=self.now))
        elif known and what == "answer" and known[0].waits:
            self.write(answer_entry(known[0], said=Saying.DEFECT, by="omar", commitment="", now=self.now))


steps = st.lists(st.tuples(st.sampled_from(("gate", "days", "raise", "waive", "answer")), st.integers(1, 60)), max_size=25)


def lived(done: Sequence[tuple[str, int]]) -> Log:
    log = Log()
    log.do("gate", 0)
    for what, days in done:
        log.do(what, days)
    return log


# ---- laws ---------------------------------------------------------------------------------------------------------------


@given(steps, st.integers(0, 200))
def test_a_signal_is_in_exactly_one_state_at_any_moment(done: list[tuple[str, int]], later: int) -> None:
    log = lived(done)

    for each in log.known(log.now + later * DAY):
        assert 1 == (each.standing in ("open", "recurred")) + (each.standing == "waived") + (each.standing in ("answered", "closed"))
        assert (each.standing in ("open", "recurred"), each.standing != "waived" and each.waits) == (each.asks, each.asks)


@given(steps, st.integers(0, 200))
def test_what_is_waived_is_never_counted_as_answered(done: list[tuple[str, int]], later: int) -> None:
    """The same life without its waivers has the same answers, the same shares, and asks for the same."""
    log, without = lived(done), lived([])
    without.entries = [each for each in log.entries if isinstance(each.value, SignalOpened) and each.value.standing != "waived"]
    now = log.now + later * DAY
    found, bare = answers(log.known(now), now=now), answers(signals(without.entries, now=now), now=now)

    assert (bare.answered, bare.waiting, bare.late, bare.due) == (found.answered, found.waiting, found.late, found.due)
    assert sum(each.waits for each in log.known(now)) == sum(each.waits for each in signals(without.entries, now=now))


@given(steps)
def test_every_waiver_ends_by_itself(done: list[tuple[str, int]]) -> None:
    """Nobody writes anything: ninety days on it asks again, or has been answered."""
    log = lived(done)

    assert not [each for each in log.known(log.now + WAIVED_DAYS_MAX * DAY) if each.standing == "waived"]


@given(st.permutations([("waive", 5), ("waive", 9), ("gate", 0), ("raise", 0)]))
def test_in_whatever_order_it_is_waived_it_asks_again_in_the_end(order: list[tuple[str, int]]) -> None:
    log = lived(order)
    (end,) = log.known(log.now + 10 * DAY)

    assert ("open", "mara", START) == (end.standing, end.owner, end.since)


@given(steps)
def test_each_time_that_it_asked_is_told_once(done: list[tuple[str, int]]) -> None:
    """By a second reading of the entries: it asks with the first, and with each recurrence; an answer ends the asking."""
    log = lived(done)
    values = [each.value for each in log.entries if isinstance(each.value, SignalOpened)]
    asked = 1 + sum(each.standing == "recurred" for each in values)
    ended = sum(each.standing == "answered" for each in values)
    (signal,) = log.known()

    assert (asked, ended) == (len(signal.asked), sum(at is not None for _, at in signal.asked))


# ---- examples -----------------------------------------------------------------------------------------------------------


def test_how_long_answers_take_is_told_with_its_n() -> None:
    """Asked three times: answered after 2 and 10 days, and not yet after 8."""
    log = lived([("days", 2), ("answer", 0), ("gate", 0), ("raise", 0), ("days", 10), ("answer", 0), ("gate", 0), ("raise", 0), ("days", 8)])
    found = answers(log.known(), now=log.now)

    assert (2, 6.0, 1, 3, 2) == (found.answered, found.median_days, found.waiting, found.due, found.late)
    assert "An answer took 6.0 days in the median of 2; 1 more waits still. 2 of 3, 67 % (21 to 94 %), had no answer after 7 days." == in_words(found)


def test_no_data_is_no_data() -> None:
    found = answers(lived([]).known(), now=START + DAY)

    assert (None, None, None, 1, 0) == (found.median_days, found.late_share, found.low, found.waiting, found.due)


@pytest.fixture
def home(tmp_path: Path) -> Any:
    crossed = Signalled(about="boundary", owner="omar", clauses=("cap",))
    with open_home(tmp_path / "home") as opened:
        opened.record(refund("d-1", signals=(crossed,)))
        yield opened


def one(home: Home, now: int = NOON) -> Signal:
    (found,) = signals_of(home, now=now)
    return found


def put(home: Home, *, days: int = 10, by: str = "omar", because: str = "The provider mends it by then.", now: int = NOON) -> Signal:
    return waive(home, one(home, now).id, by=by, until=TODAY + timedelta(days=days), because=because, now=now)


def test_a_waiver_says_who_until_when_and_why(home: Home) -> None:
    """Until the day is over, so that what is written is what is meant."""
    waived = put(home)
    waiver = waived.waiver or _none()
    ends = datetime_from_instant(waiver.until)

    assert ("waived", "omar", "The provider mends it by then.") == (waived.standing, waiver.by, waiver.because)
    assert (TODAY + timedelta(days=11), 0) == (ends.date(), ends.hour)
    assert stands(waived).startswith("waived by omar until ")
    assert instant_text(waiver.until) == as_dict(waived)["waiver"]["until"]


def _none() -> Any:
    pytest.fail("it is not waived")


def test_it_asks_again_by_itself_and_says_that_a_waiver_has_ended(home: Home) -> None:
    put(home)
    after = one(home, NOON + 11 * DAY)

    assert ("open", True) == (after.standing, after.asks)
    assert stands(after).endswith("; a waiver by omar has ended")
    assert [] == raise_signals(home, NOON + 11 * DAY)


def test_what_is_waived_may_be_answered(home: Home) -> None:
    put(home)
    answered = answer(home, one(home).id, said="defect", by="omar", now=NOON + DAY)

    assert ("answered", None) == (answered.standing, answered.waiver)


def test_the_same_waiver_again_is_the_first_one(home: Home) -> None:
    put(home)
    before = home.last_seq()
    put(home)

    assert before == home.last_seq()


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"days": -1}, "waive.until"),
        ({"days": WAIVED_DAYS_MAX + 1}, "waive.until"),
        ({"because": "   "}, "waive.because"),
        ({"by": "nobody"}, "answer.by"),
    ],
)
def test_a_waiver_without_end_reason_or_name_is_refused(home: Home, given_: dict[str, Any], code: str) -> None:
    with pytest.raises(LineError) as caught:
        put(home, **given_)

    assert code == caught.value.code
    assert one(home).asks


def test_what_is_waived_or_answered_is_not_waived_again(home: Home) -> None:
    put(home)
    with pytest.raises(LineError) as twice:
        put(home, days=20)
    answer(home, one(home).id, said="defect", by="omar", now=NOON)
    with pytest.raises(LineError) as answered:
        put(home)

    assert ("waive.waived", "waive.answered") == (twice.value.code, answered.value.code)


def test_of_two_who_waive_at_once_one_stands(home: Home) -> None:
    """Two persons, two days, the same second: the first holds, the other is told so, and one entry is written."""
    asked, path = one(home).id, home.path

    def waived_until(days: int) -> str:
        with open_home(path) as other:
            try:
                waive(other, asked, by="omar", until=TODAY + timedelta(days=days), because="It is mended by then.", now=NOON)
            except LineError as error:
                return error.code
        return "waived"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(waived_until, (5, 6, 7, 8)))
    written = [each for each in home.signal_entries() if isinstance(each.value, SignalOpened) and each.value.standing == "waived"]

    assert (["waive.waived"] * 3 + ["waived"], 1, "waived") == (said, len(written), one(home).standing)


def test_after_one_renewal_a_level_up_must_sign_and_in_the_end_it_must_be_answered(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal was waived for ninety days again and again, and its owner's silence was as good as an answer."""
    for module in ("signalling", "waiving"):
        monkeypatch.setattr(f"ourword.signals.{module}.deciding", lambda home: {"larkspur-care": larkspur()})
    now, said = NOON, []
    for by in ("mara", "mara", "mara", "omar", "omar", "mara"):
        try:
            waive(home, one(home, now).id, by=by, until=datetime_from_instant(now).date() + timedelta(days=80), because="Soon.", now=now)
            said.append("waived")
            now += 90 * DAY
        except LineError as error:
            said.append(error.hint)

    assert ["waived", "waived", "a level up must sign now: omar; or answer it", "waived"] == said[:4]
    assert ["those above have waived it too: answer it"] * 2 == said[4:]
    assert (3, 3) == (one(home, now).waivers, as_dict(one(home, now))["waivers"])
    assert stands(one(home, now)).endswith("; a waiver by omar, its third, has ended")


@given(steps)
def test_waivers_are_counted_since_it_asks(done: list[tuple[str, int]]) -> None:
    """By a second reading of the entries."""
    log = lived(done)
    count = 0
    for each in log.entries:
        if isinstance(each.value, SignalOpened):
            count = count + 1 if each.value.standing == "waived" else 0 if each.value.standing in ("answered", "recurred") else count

    assert [count] == [each.waivers for each in log.known()]


@pytest.mark.parametrize(("after", "level"), [(80, 2), (89, 2), (90, 1), (120, 1)])
def test_a_defect_that_is_back_within_ninety_days_goes_a_level_up_whenever_it_is_settled(after: int, level: int) -> None:
    """It came back on the eightieth day; who settled on the hundredth found it at the level that it had."""
    log = lived([("answer", 0), ("days", after), ("gate", 0), ("days", 15), ("raise", 0)])

    assert ("recurred", level) == (log.known()[0].standing, log.known()[0].level)
