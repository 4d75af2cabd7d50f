"""The signals of a home: opened once, whoever raises and whatever is killed; answered by a person, for a reason that the log does not hold."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from msgspec import UNSET
from tests.blocks import ROOT
from tests.board.lived import NOW, NOW_NS, lived_home
from tests.signals.care import draft

from ourword import Ourword
from ourword.checks.store import NOON, refund
from ourword.core.event import Event, event_from_json
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.demo.company import decisions
from ourword.demo.company.facts import in_holdout
from ourword.errors import HomeError, LineError
from ourword.figures.board import board_of, kept_board
from ourword.figures.judging import holdouts_of, judge_targets
from ourword.figures.raising import raise_missed
from ourword.figures.settling import settle_home
from ourword.figures.watched import watching
from ourword.ledger.decided import Signalled
from ourword.ledger.entry import SignalOpened
from ourword.ledger.signal_words import in_words
from ourword.ledger.signals import DAY, Signal
from ourword.outcomes.contacts import CLOSED_OUTCOMES, contacts
from ourword.outcomes.targets import HOLDOUT, MISSED
from ourword.signals.signalling import answer, raise_signals, signals, who_may_answer
from ourword.stores.home import Home, open_home

LARKSPUR = ROOT / "examples" / "larkspur-refund"
EVENTS = [event_from_json(line) for line in (LARKSPUR / "events.jsonl").read_bytes().splitlines()]
RAISER = str(Path(__file__).with_name("raiser.py"))
DECIDED = instant_from_text("2026-11-09T10:00:00Z") or 0
LATER = instant_from_text("2026-11-21T10:00:00Z") or 0


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Larkspur's example, in which promises of two sorts were broken; settled, which opens a signal for each."""
    path = tmp_path_factory.mktemp("signals") / "home"
    decide(path, [json.loads(line) for line in (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()])
    with open_home(path) as home:
        settle_home(home, EVENTS, LATER)
    return path


@pytest.fixture
def home(broken: Path, tmp_path: Path) -> Iterator[Home]:
    shutil.copytree(broken, tmp_path / "home")
    with open_home(tmp_path / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company, in which targets are missed."""
    return lived_home(tmp_path_factory.mktemp("lived") / "home", contacts=400)


def decide(path: Path, lines: list[dict[str, Any]], *, at: int = DECIDED) -> None:
    clock = datetime_from_instant(at)
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=path, clock=lambda: clock) as word:
        assert not [each for each in word.decide_lines((json.dumps(each).encode() for each in lines), batch=100) if "error" in each]


def entries(home: Home) -> list[SignalOpened]:
    return [entry.value for entry in home.log() if isinstance(entry.value, SignalOpened)]


def one(home: Home, what: str, *, now: int = LATER) -> Signal:
    return next(each for each in signals(home, now=now) if each.of.what == what)


# ---- broken promises ---------------------------------------------------------------------------------------------------


def test_a_broken_promise_asks_the_owner_of_its_kind_once_for_its_sort(home: Home) -> None:
    """Nineteen were broken; two questions are asked, with the count in them."""
    found = [each for each in signals(home, now=LATER) if each.of.about == "promise"]
    counted = sorted((each.of.what, each.owner, each.count, each.owed) for each in found)
    raised = [each for each in entries(home) if each.about == "promise"]

    assert [("a-person-answers", "mara", 13, 13), ("money-back", "mara", 6, 6)] == counted
    assert [(UNSET, UNSET)] * 2 == [(each.decision_id, each.sub) for each in raised]


def test_settling_again_asks_nobody_again(home: Home) -> None:
    before = len(entries(home))
    again = settle_home(home, reversed(EVENTS), LATER + DAY)

    assert ((), before) == (again.signals, len(entries(home)))


def test_what_breaks_while_it_asks_adds_to_the_count(home: Home) -> None:
    """One more was promised, and one that was unknown turns out to be broken once its source is heard."""
    lines = [json.loads(line) for line in (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()][:1]
    decide(home.path, [{**each, "decision_id": "one-more"} for each in lines], at=LATER)
    heard = Event(id="psp-lives", source="psp", type="payment.refunded", instant=LATER + 30 * DAY)
    new = settle_home(home, [*EVENTS, heard], LATER + 30 * DAY).signals

    assert ((), 8, "open") == (new, one(home, "money-back").count, one(home, "money-back").standing)


def test_a_promise_that_breaks_after_the_answer_asks_again(home: Home) -> None:
    """Mended, said mara; then it broke for the next customer: omar is asked, whose consent a change against customers needs."""
    answer(home, one(home, "money-back").id, said="defect", by="mara", because="The provider's file was cut off.", now=LATER + 1)
    lines = [json.loads(line) for line in (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()][:1]
    decide(home.path, [{**each, "decision_id": "one-more"} for each in lines], at=LATER + DAY)
    heard = Event(id="psp-lives", source="psp", type="payment.refunded", instant=LATER + 30 * DAY)
    (new,) = settle_home(home, [*EVENTS, heard], LATER + 30 * DAY).signals
    back = one(home, "money-back")

    assert ("recurred", "omar", 2) == (new.standing, new.owner, new.level)
    assert ("recurred", 1, ("one-more",), "omar", "defect") == (back.standing, back.count, back.decisions, back.owner, back.said)


def test_a_promise_that_late_news_shows_kept_is_called_broken_no_more(home: Home) -> None:
    """The provider's file came late. Somebody was asked, and must still say what it was; but nobody reads of a promise broken for no customer."""
    asked = one(home, "money-back")
    news = [
        Event(id=f"news-{at}", source="psp", type="payment.refunded", instant=DECIDED + DAY, data={"decision": each, "amount": "1000.00 EUR"})
        for at, each in enumerate(asked.decisions)
    ]
    new = settle_home(home, [*EVENTS, *news], LATER + DAY).signals
    found = one(home, "money-back")

    assert ((), 6, 0, "open") == (new, asked.count, found.count, found.standing)
    assert "refund: the promise `money-back` was taken for broken; by what came later none is." == in_words(found)


def test_a_signal_is_known_as_it_was_at_an_entry(home: Home) -> None:
    asked, seq = one(home, "money-back"), home.last_seq()
    answer(home, asked.id, said="context", by="omar", now=LATER + 1)

    assert asked == next(each for each in signals(home, now=LATER, as_of=seq) if each.seq == asked.seq)
    assert [] == signals(home, now=LATER, as_of=10)


# ---- what the gate and settling recorded before --------------------------------------------------------------------------


def test_boundaries_and_actions_executed_otherwise_are_in_the_same_fold(tmp_path: Path) -> None:
    """Two crossings of one boundary, one of another: two questions; and what was executed otherwise is one."""
    crossed = Signalled(about="boundary", owner="omar", clauses=("not-more-than-paid",))
    other = Signalled(about="boundary", owner="omar", clauses=("never-refuse-then-hide",))
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number}", signals=(each,)) for number, each in enumerate((crossed, crossed, other))])
        found = {each.of.what: (each.count, each.customers, each.owner) for each in signals(home, now=NOON)}

    assert {"not-more-than-paid": (2, 2, "omar"), "never-refuse-then-hide": (1, 1, "omar")} == found


def test_a_boundary_crossed_after_its_answer_asks_again(tmp_path: Path) -> None:
    crossed = Signalled(about="boundary", owner="omar", clauses=("not-more-than-paid",))
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1", signals=(crossed,)))
        answer(home, signals(home, now=NOON)[0].id, said="role", by="omar", now=NOON)
        nothing = raise_signals(home, NOON)
        home.record(refund("d-2", signals=(crossed,)))
        raised = raise_signals(home, NOON)

        assert ([], [("recurred", 1)]) == (nothing, [(each.standing, each.level) for each in raised])
        assert [("d-2",)] == [each.decisions for each in signals(home, now=NOON)]


# ---- targets -------------------------------------------------------------------------------------------------------------


def test_every_missed_target_asks_the_owner_of_its_kind_once(lived: Path) -> None:
    with open_home(lived) as home:
        first = [each for each in raise_missed(home, NOW_NS) if each.about == "target"]
        again = raise_missed(home, NOW_NS + 1)
        judged = board_of(home).judged
    missed = {(each.kind, f"{each.metric} {each.bound}", each.owner) for each in judged if each.verdict == MISSED}

    assert missed
    assert (missed, []) == ({(each.kind, " ".join(each.clauses), each.owner) for each in first}, again)


def test_raising_leaves_the_kept_board_as_it_was(lived: Path, tmp_path: Path) -> None:
    """Signals change no figure: a page need not work them all out again."""
    shutil.copytree(lived, tmp_path / "home")
    with open_home(tmp_path / "home") as home:
        raise_missed(home, NOW_NS)
        kept = kept_board(home.path)

        assert kept is not None
        assert home.last_seq() == kept.made.seq
        assert kept == board_of(home)


def test_a_target_that_was_answered_is_judged_by_what_came_after(lived: Path, tmp_path: Path) -> None:
    """The contacts that were counted then are answered for; nothing has come since, so nothing is missed again."""
    shutil.copytree(lived, tmp_path / "home")
    with open_home(tmp_path / "home") as home:
        raise_missed(home, NOW_NS)
        target = next(each for each in signals(home, now=NOW_NS) if each.of.about == "target")
        answer(home, target.id, said="defect", by="mara", now=NOW_NS)
        quiet = [each for each in raise_missed(home, NOW_NS + DAY) if each.about == "target"]
        before = target.since - 60 * DAY
        again = [each for each in board_of(home).again if each[1].metric == target.clauses[0]]

    assert ([], ["not proved yet"]) == (quiet, [judged.verdict for _, judged in again])
    assert before < target.since


def test_a_target_missed_by_what_came_after_its_answer_goes_one_name_up(lived: Path, tmp_path: Path) -> None:
    """Answered sixty days before the last event: what began since has missed it again."""
    shutil.copytree(lived, tmp_path / "home")
    then = NOW_NS - 60 * DAY
    with open_home(tmp_path / "home") as home:
        raise_missed(home, then)
        target = next(each for each in signals(home, now=then) if each.of.what == "stayed_resolved at_least")
        answer(home, target.id, said="defect", by="mara", now=then)
        back = [each for each in raise_missed(home, NOW_NS) if each.about == "target"]

    assert [("recurred", target.seq, 2, "omar")] == [(each.standing, each.signal, each.level, each.owner) for each in back]


# ---- answering -----------------------------------------------------------------------------------------------------------


def test_an_answer_says_what_it_was_who_says_so_and_why(home: Home) -> None:
    asked = one(home, "money-back")
    answered = answer(home, asked.id, said="defect", by="omar", because="  Jane's file was cut off. ", now=LATER + 1)

    assert ("answered", "defect", "omar", "Jane's file was cut off.", LATER + 1) == (
        answered.standing,
        answered.said,
        answered.answered_by,
        answered.because,
        answered.answered_at,
    )
    assert answered == one(home, "money-back")


def test_the_log_holds_a_commitment_to_the_reason_and_no_word_of_it(home: Home) -> None:
    """People write names into reasons: those lie beside the log, encrypted, and go when their key goes."""
    answer(home, one(home, "money-back").id, said="defect", by="omar", because="Jane Doe cut it off", now=LATER + 1)
    home.close()
    written = b"".join((home.path / name).read_bytes() for name in ("ledger.sqlite", "keys.sqlite"))
    with open_home(home.path) as again:
        (answered,) = [each for each in entries(again) if each.standing == "answered"]
    other = apsw.Connection(str(home.path / "keys.sqlite"))
    other.execute("DELETE FROM signal_key")
    other.close()
    with open_home(home.path) as again:
        forgotten = one(again, "money-back")

    assert b"Jane" not in written
    assert 64 == len(str(answered.because))
    assert (None, "defect") == (forgotten.because, forgotten.said)


def test_a_reason_that_was_changed_is_found_out(home: Home) -> None:
    for number, what in enumerate(("money-back", "a-person-answers")):
        answer(home, one(home, what).id, said="defect", by="omar", because=what, now=LATER + number)
    home.close()
    other = apsw.Connection(str(home.path / "ledger.sqlite"))
    other.execute("UPDATE reason SET sealed = (SELECT sealed FROM reason ORDER BY seq DESC LIMIT 1)")
    other.close()
    with open_home(home.path) as again, pytest.raises(HomeError) as error:
        signals(again, now=LATER)

    assert "home.damaged" == error.value.code


def test_the_same_answer_again_is_the_first_one(home: Home) -> None:
    """A form that is sent twice, a call that is tried again."""
    asked = one(home, "money-back")
    first = answer(home, asked.id, said="role", by="mara", because="why", now=LATER + 1)
    again = answer(home, asked.id, said="role", by="mara", because="why", now=LATER + 9)

    assert (first, 1) == (again, len([each for each in entries(home) if each.standing == "answered"]))


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"said": "defekt"}, "answer.saying", "did you mean `defect`?"),
        ({"said": "nonsense"}, "answer.saying", "intent, incentive, choice"),
        ({"said": ""}, "answer.saying", "one of"),
        ({"by": "omra"}, "answer.by", "did you mean `omar`?"),
        ({"by": "care"}, "answer.by", "mara or omar"),
        ({"by": ""}, "answer.by", "mara or omar"),
        ({"because": "x" * 10_001}, "answer.because", "shorter"),
        ({"because": "\ud800"}, "answer.because", "text"),
        ({"signal_id": "s-1"}, "answer.no-signal", "`ourword signals`"),
        ({"signal_id": "money-back"}, "answer.no-signal", "`ourword signals`"),
        ({"signal_id": "s-" + "9" * 400}, "answer.no-signal", "`ourword signals`"),
    ],
)
def test_a_wrong_word_closes_nothing_and_says_which_is_right(home: Home, wrong: dict[str, str], code: str, words: str) -> None:
    before = home.last_seq()
    given = {"signal_id": one(home, "money-back").id, "said": "defect", "by": "omar", "because": "", **wrong}
    with pytest.raises(LineError) as error:
        answer(home, given["signal_id"], said=given["said"], by=given["by"], because=given["because"], now=LATER)

    assert (code, before) == (error.value.code, home.last_seq())
    assert words in error.value.what + error.value.hint


def test_another_answer_to_what_is_answered_is_refused(home: Home) -> None:
    """What was said stands; changing one's mind would make the record a draft."""
    asked = one(home, "money-back")
    answer(home, asked.id, said="role", by="mara", now=LATER + 1)
    with pytest.raises(LineError) as error:
        answer(home, asked.id, said="defect", by="mara", now=LATER + 2)

    assert ("answer.answered", "role") == (error.value.code, one(home, "money-back").said)


def test_whoever_the_contract_names_may_answer(home: Home) -> None:
    assert ("mara", "omar") == who_may_answer(home, one(home, "money-back"))


def test_a_home_whose_contract_is_lost_can_still_be_answered(home: Home) -> None:
    shutil.rmtree(home.path / "contracts")

    assert "role" == answer(home, one(home, "money-back").id, said="role", by="mara", now=LATER).said


def test_a_home_that_is_read_only_shows_its_signals(home: Home) -> None:
    """An auditor reads; nothing is made for it."""
    answer(home, one(home, "money-back").id, said="role", by="mara", because="why", now=LATER)
    home.close()
    with open_home(home.path, create=False, write=False) as again:
        assert ["why"] == [each.because for each in signals(again, now=LATER) if each.because]


# ---- several at once, and killed -----------------------------------------------------------------------------------------


def many(path: Path, count: int) -> None:
    """Boundaries that were crossed, answered as defects, and crossed again: all of them are to be raised."""
    crossed = [(Signalled(about="boundary", owner="omar", clauses=(f"b-{number}",)),) for number in range(count)]
    with open_home(path) as home:
        home.record_many([refund(f"d-{number}", signals=each) for number, each in enumerate(crossed)])
        for signal in signals(home, now=NOON):
            answer(home, signal.id, said="defect", by="omar", now=NOON)
        home.record_many([refund(f"e-{number}", signals=each) for number, each in enumerate(crossed)])


def started(path: Path, *more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, RAISER, str(path), *map(str, more)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_who_raise_at_once_and_one_who_is_killed_ask_once(tmp_path: Path) -> None:
    """Thirty questions come back; one process dies after five entries, two go on together: each is asked once."""
    path, count = tmp_path / "home", 30
    many(path, count)
    started(path, NOON + DAY, 5).communicate(timeout=60)
    with open_home(path) as home:
        after_the_kill = len([each for each in entries(home) if each.standing == "recurred"])
    both = [started(path, NOON + DAY, 0) for _ in range(2)]
    said = [each.communicate(timeout=60) for each in both]
    with open_home(path) as home:
        written = [each for each in entries(home) if each.standing == "recurred"]

        assert [entry.seq for entry in home.log()] == list(range(1, home.last_seq() + 1))
        assert {"recurred"} == {each.standing for each in signals(home, now=NOON + DAY)}
    assert 5 == after_the_kill
    assert [0, 0] == [each.returncode for each in both], said
    assert {1} == set(Counter(each.clauses for each in written).values())
    assert (count, {2}) == (len(written), {each.level for each in written})


def test_of_two_answers_at_once_one_stands(broken: Path, tmp_path: Path) -> None:
    """Mara and omar answer in the same second: the first holds, the other is told so."""
    path = tmp_path / "home"
    shutil.copytree(broken, path)
    with open_home(path) as home:
        asked = one(home, "money-back").id
    both = [started(path, LATER, 0, asked, "defect", by) for by in ("mara", "omar")]
    said = [each.communicate(timeout=60)[0].decode().strip() for each in both]
    with open_home(path) as home:
        answered = [each for each in entries(home) if each.standing == "answered"]
        stands = one(home, "money-back")

    assert [1, 1] == [len(answered), said.count("answer.answered")]
    assert {str(stands.answered_by)} == set(said) - {"answer.answered"}
    assert f"by {stands.answered_by}" == stands.because


# ---- the holdout ---------------------------------------------------------------------------------------------------------


def test_the_holdout_is_whom_people_served_by_the_contracts_own_lot(lived: Path) -> None:
    """By the company's own rule, written a second time: whose refunds automation proposed, and people took."""
    proposed = [each for each in decisions(NOW, contacts=400) if each["kind"] == "refund" and each.get("by", "automation") == "automation"]
    drawn = {each["customer"] for each in proposed if in_holdout(each["customer"])}
    with open_home(lived) as home:
        found = {home.find(entry.value.decision_id).personal.customer for _, entry in home.store.decisions_by("holdout")}  # type: ignore[union-attr]
        numbers = holdouts_of(home)["larkspur-care", "refund"]

    assert drawn
    assert (drawn, len(drawn)) == (found, len(numbers))


def test_a_home_judges_against_its_holdout(lived: Path) -> None:
    """Counted by hand: the contacts about refunds whose window is over, of those whom people served and of all others."""
    care = draft({"metric": "confirmed", "within": "7 days", HOLDOUT: 0.05}, name="larkspur-care")
    with open_home(lived) as home, watching(home) as (connection, _):
        (judged,) = judge_targets(home, connection, drafts=[care])
        held = holdouts_of(home)["larkspur-care", "refund"]
        kinds = dict(connection.execute("SELECT contact, LIST(kind) FROM kinds GROUP BY contact").fetchall())
        closed = [each for each in contacts(connection) if each.outcome in CLOSED_OUTCOMES and "refund" in kinds[each.contact]]
    served, others = ([each.outcome == "confirmed" for each in closed if (each.subject in held) is side] for side in (True, False))

    assert served
    assert (len(others), pytest.approx(sum(others) / len(others) - sum(served) / len(served))) == (judged.n, judged.value)


def test_customers_observed_only_are_no_holdout(tmp_path: Path) -> None:
    """Where nobody was stopped, no person served them."""
    with open_home(tmp_path / "home") as home:
        for number, mode in enumerate(("enforce", "observe")):
            home.record(msgspec.structs.replace(refund(f"d-{number}", customer=f"c-{number}"), decided_by="holdout", answer="escalate", mode=mode))

        assert [1] == [len(each) for each in holdouts_of(home).values()]
