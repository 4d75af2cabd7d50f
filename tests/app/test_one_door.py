"""`Ourword` is the one door: what the command line and HTTP do, Python does by the same verbs, with a contract or without."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword import EventError, HomeError, LineError, Ourword, UsageError
from ourword.core.event import event_from_mapping
from ourword.ledger.settle import Standing

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples" / "larkspur-refund"
AT = "2026-11-23T10:00:00Z"
PAID = {"type": "payment.refunded", "source": "psp", "id": "pay-1", "time": "2026-11-24T10:00:00Z", "subject": "customer:c-101"}


def sent(number: int, **changes: Any) -> dict[str, Any]:
    event = {"specversion": "1.0", "id": f"m-{number}", "source": "chat", "type": "message.in", "time": f"2026-11-23T09:{number:02}:00Z"}
    return {**event, "subject": "customer:c-101", "data": {"contact": "k-1", "actor": "customer"}, **changes}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def opened(home: Path, now: str = AT) -> Ourword:
    return Ourword.open(SHOP / "contract.yaml", SHOP / "wiring.yaml", home=home, clock=lambda: at(now))


def refund(word: Ourword, contact: str = "k-1") -> str:
    line = {**json.loads((SHOP / "decisions.jsonl").read_text("utf-8").splitlines()[0]), "time": AT, "contact": contact}
    return word.decide(line).proposal.decision_id


# ---- events ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=tries(15), deadline=None)
@given(given=st.lists(st.sampled_from(["object", "JSON", "read", "known", "bad", "conflicting"]), max_size=8))
def test_events_are_answered_in_their_places_however_they_come(given: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """As objects, as JSON, read already: one answer each, in order; a bad one does not stop the rest."""
    forms = {
        "object": lambda n: sent(n),
        "JSON": lambda n: json.dumps(sent(n)).encode(),
        "read": lambda n: event_from_mapping(sent(n)),
        "known": lambda n: sent(50),
        "bad": lambda n: {"id": n},
        "conflicting": lambda n: sent(50, subject="customer:c-2"),
    }
    expected = {"known": "known", "bad": "event.specversion", "conflicting": "event.conflicting"}
    with Ourword.open_home(tmp_path_factory.mktemp("events") / "home") as word:
        word.event(sent(50))
        answers = word.events(forms[each](number) for number, each in enumerate(given, 1))

    assert [expected.get(each, "new") for each in given] == [each.get("kept") or each["error"]["code"] for each in answers]
    assert all(each["error"]["place"].startswith(f"events:{number}: ") for number, each in enumerate(answers, 1) if "error" in each)


def test_one_bad_event_is_raised_with_its_place(tmp_path: Path) -> None:
    with Ourword.open_home(tmp_path / "home") as word:
        assert "new" == word.event(sent(1))["kept"]
        for event, code in ((sent(2, time="yesterday"), "event.time"), (sent(1, subject="customer:c-2"), "event.conflicting")):
            with pytest.raises(EventError) as found:
                word.event(event)
            assert (code, True) == (found.value.code, found.value.place.startswith("event: "))


def test_lines_are_named_by_their_numbers_blank_ones_too(tmp_path: Path) -> None:
    """What the command line says of a file, Python says of the same lines."""
    lines = [json.dumps(sent(1)).encode(), b"  \n", b"7\n"]
    with Ourword.open_home(tmp_path / "home") as word:
        answers = list(word.event_lines(iter(lines), place="chats.jsonl"))

    assert ["new", None] == [each.get("kept") for each in answers]
    assert "chats.jsonl:3" == answers[1]["error"]["place"]


def test_a_time_after_the_clock_is_flagged(tmp_path: Path) -> None:
    """The one clock of the door, not that of the machine."""
    with Ourword.open_home(tmp_path / "home", clock=lambda: at("2026-11-23T09:05:00Z")) as word:
        assert ["given", "future"] == [each["time_quality"] for each in word.events([sent(5), sent(6)])]


# ---- the whole way ---------------------------------------------------------------------------------------------------------


def test_what_was_promised_is_settled_reported_and_answered(tmp_path: Path) -> None:
    """A refund is promised, heard of in its contact, and not paid: the customer is owed, the owner is asked, and answers."""
    with opened(tmp_path / "home") as word:
        decision = refund(word)
        word.events([sent(1), sent(2, type="contact.closed", data={"contact": "k-1", "closed_by": "automation", "claimed_resolved": True})])
        word.events([sent(3, source="psp", type="payment.refunded", time="2026-12-10T10:00:00Z", subject="customer:c-9", data={"decision": "d-9"})])
        before = [each.standing for each in word.settle(now=at(AT)).rows]
        settled = word.settle(now=at("2026-12-20T10:00:00Z"))
        (promise,) = word.promises()
        (signal,) = word.signals()
        told = word.contact("k-1")
        reported = {row.metric: row.value for row in word.report(as_of="2026-12-20") if (row.kind, row.version, row.segment) == ("refund", "*", "*")}
        assert told is not None
        answered = word.answer(signal.id, said="defect", by=word.who_may_answer(signal)[0], because="the batch did not run")
        entries = [each["type"] for each in word.log()]

    assert (["open"], [Standing.BROKEN], Standing.BROKEN) == (before, [each.standing for each in settled.rows], promise.standing)
    assert [signal.of.what] == [each.clauses[0] for each in settled.signals] == ["money-back"]
    assert ("defect", "answered") == (answered.said, answered.standing)
    assert (1.0, [decision]) == (reported["promise_broken"], [each.decision for each in told.happened if each.decision])
    assert ["decision", "promise"] == entries[:2]


def test_settling_reads_events_of_elsewhere_where_they_are_given(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as word:
        decision = refund(word)
        paid = event_from_mapping({"specversion": "1.0", **PAID, "data": {"decision": decision, "amount": "120.00 EUR"}})
        settled = word.settle([paid], now=at("2026-11-25T10:00:00Z"))

    assert ["kept"] == [str(each.standing) for each in settled.rows]


def test_the_contracts_are_those_that_decided_and_the_one_at_work(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as word:
        assert [word.contract.draft.name] == list(word.contracts())
        refund(word)
    with Ourword.open_home(tmp_path / "home", write=False) as shown:
        assert [word.contract.draft.name] == list(shown.contracts())


def test_an_imported_transcript_is_decided_as_observed_whatever_the_door_enforces(tmp_path: Path) -> None:
    """What was done before anybody asked was stopped by nobody."""
    shop = ROOT / "examples" / "tau-retail"
    args = {"order_id": "#W1234567", "reason": "no longer needed"}
    call = {"id": "c", "type": "function", "function": {"name": "cancel_pending_order", "arguments": json.dumps(args)}}
    messages = [
        {"role": "user", "content": "Cancel #W1234567."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": json.dumps({"order_id": "#W1234567", "status": "cancelled"})},
    ]
    (tmp_path / "runs.jsonl").write_text(json.dumps({"run": "r", "task": "1", "trial": 0, "messages": messages}) + "\n")
    with Ourword.open(shop / "contract.yaml", shop / "wiring.yaml", home=tmp_path / "home") as word:
        rows_alone = word.import_file(tmp_path / "runs.jsonl", shop / "transcripts.yaml", decide=False)
        told = word.import_file(tmp_path / "runs.jsonl", shop / "transcripts.yaml")
        modes = [each.get("mode") for each in word.log() if each["type"] == "decision"]

    assert (0, 1, ["observe"], "enforce") == (rows_alone.decisions, told.decisions, modes, word.mode)


def test_who_is_silent_and_what_a_number_counts(tmp_path: Path) -> None:
    with Ourword.open_home(tmp_path / "home") as word:
        for week in range(6):
            word.event(sent(week, time=f"2026-0{1 + week // 4}-{1 + 7 * (week % 4):02}T10:00:00Z", data={"contact": f"k-{week}"}))
        word.event(sent(30, subject="customer:c-2", time="2026-11-23T10:00:00Z", data={"contact": "k-30", "actor": "customer"}))
        silent = [who for who, _ in word.silent().now]
        gave_up = {each.name for each in word.contacts("gave_up")}
        with pytest.raises(UsageError):
            word.contacts("no_such_metric")
        with pytest.raises(UsageError):
            word.contacts("gave_up", part="half")
        assert word.contact("k-99") is None

    assert (["c-101"], {f"k-{week}" for week in range(6)}) == (silent, gave_up)


# ---- what is not there ---------------------------------------------------------------------------------------------------------


def test_without_a_contract_nothing_is_decided_and_without_a_home_nothing_is_recorded(tmp_path: Path) -> None:
    """Each says what is missing and how to open with it, before anything is done."""
    with Ourword.open_home(tmp_path / "home") as word:
        for ask in (lambda: word.decide({}), lambda: word.decide_lines([]), lambda: word.gate, lambda: word.contract, lambda: word.mode):
            with pytest.raises(UsageError, match="no contract"):
                ask()
        assert not word.decides
    with Ourword.open(SHOP / "contract.yaml", SHOP / "wiring.yaml") as word:
        asks = (word.settle, word.promises, word.board, word.report, word.recount, word.signals, word.silent, word.log, word.contacts)
        for ask in (*asks, lambda: word.event(sent(1)), lambda: word.import_file("a.csv", "m.yaml"), lambda: word.why("d-1")):
            with pytest.raises(UsageError, match=r"without a home|cannot be read"):
                ask()
        assert word.decides


def test_a_home_for_reading_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="no home"):
        Ourword.open_home(tmp_path / "home", create=False)
    with Ourword.open_home(tmp_path / "home") as word:
        word.event(sent(1))
    with Ourword.open_home(tmp_path / "home", write=False) as word:
        assert 1 == word.board().contacts
        with pytest.raises(HomeError, match="reading only"):
            word.event(sent(2))
        with pytest.raises(LineError):
            word.answer("s-1", said="defect", by="mara")


def test_a_moment_without_a_zone_settles_nothing(tmp_path: Path) -> None:
    """Half of the world would be promised another hour."""
    with opened(tmp_path / "home") as word, pytest.raises(UsageError, match="no zone"):
        word.settle(now=datetime(2026, 12, 1, tzinfo=UTC).replace(tzinfo=None))


def test_a_door_that_lets_go_can_be_used_again(tmp_path: Path) -> None:
    """A server that ends closes what it opened; the home is its owner's."""
    with Ourword.open_home(tmp_path / "home") as word:
        word.event(sent(1))
        word.let_go()
        assert "known" == word.event(sent(1))["kept"]


def test_every_verb_is_in_the_reference() -> None:
    """Who looks for what the command line can do finds it there, and nothing that is not."""
    text = (ROOT / "docs" / "reference" / "python.md").read_text("utf-8")
    verbs = [name for name in vars(Ourword) if not name.startswith("_")]

    assert [] == [name for name in verbs if f"`{name}" not in text and f".{name}" not in text]
    assert all(inspect.getdoc(getattr(Ourword, name)) for name in verbs)


def test_a_settled_home_says_the_same_again(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as word:
        refund(word)
        word.event(sent(1))
        first = word.settle(now=at("2026-12-20T10:00:00Z"))
        again = word.settle(now=at("2026-12-20T10:00:00Z"))

    assert msgspec.structs.replace(first, new=(), signals=()) == again
