"""Deciding with a home: durable, once, and the same for everyone who asks again."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.gate.small import FACTS, clause, contract_text, wiring_text

from ourword.app import Ourword
from ourword.core.line import line_from_mapping
from ourword.deciding.explaining import log, why
from ourword.deciding.recording import _named
from ourword.errors import ContractError, HomeError, LineError, UsageError
from ourword.stores.home import open_home

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HISTORY = {
    **FACTS,
    "refunds_90d": {"type": "int", "from": "history", "count": "refund", "answers": ["allow", "amend"], "per": "customer", "within": "90 days"},
}
CLAUSES = [
    clause("often", "refunds_90d >= 2", "escalate"),
    clause("small", "amount <= eur(50)", "allow"),
    clause("big", "amount > eur(50)", "refuse"),
]
REFUND = {"kind": "refund", "customer": "c-104", "facts": {"amount": "20.00 EUR"}}


@pytest.fixture
def files(tmp_path):
    def write(clauses=CLAUSES, facts=HISTORY, name="it"):
        places = tmp_path / f"{name}-contract.yaml", tmp_path / f"{name}-wiring.yaml"
        places[0].write_bytes(contract_text(clauses))
        places[1].write_bytes(wiring_text(facts))
        return places

    return write


def test_without_a_home_nothing_is_written(files, tmp_path):
    places = files()
    before = sorted(tmp_path.rglob("*"))
    with Ourword.open(*places) as word:
        word.decide({**REFUND, "facts": {"amount": 100, "refunds_90d": 0}})

    assert before == sorted(tmp_path.rglob("*"))


def test_history_is_counted_from_our_own_record_and_recorded_by_value(files, tmp_path):
    """Two refunds within 90 days bring a person to the third, whatever the line claims."""
    with Ourword.open(*files(), home=tmp_path / "home", clock=lambda: NOON) as word:
        answers = [word.decide({**REFUND, "decision_id": f"d-{n}", "facts": {"amount": 100, "refunds_90d": 0}}).answer.value for n in range(3)]
        seen = [word.why(f"d-{n}")["history"] for n in range(3)]

    assert (["allow", "allow", "escalate"], [{"refunds_90d": n} for n in range(3)]) == (answers, seen)


def test_what_is_older_than_the_window_is_not_counted(files, tmp_path):
    with Ourword.open(*files(), home=tmp_path / "home") as word:
        times = [NOON - timedelta(days=100), NOON - timedelta(days=91), NOON - timedelta(days=90), NOON]
        answers = [word.decide({**REFUND, "time": moment.isoformat()}).answer.value for moment in times]
        counted = [word.why(entry["decision_id"])["history"]["refunds_90d"] for entry in word.log() if entry["type"] == "decision"]

    assert (answers, counted) == (["allow", "allow", "escalate", "allow"], [0, 1, 2, 0])


def test_a_retry_gets_the_first_verdict(files, tmp_path):
    """The agent's connection broke, and it asks again with a fresher fact: the customer was told the first answer."""
    places = files()
    with Ourword.open(*places, home=tmp_path / "home", clock=lambda: NOON) as word:
        first = word.decide_json({**REFUND, "decision_id": "d-1"})
        again = word.decide_json({**REFUND, "decision_id": "d-1", "facts": {"amount": "900.00 EUR"}})
        verdict = word.decide({**REFUND, "decision_id": "d-1", "facts": {"amount": "900.00 EUR"}})
    with Ourword.open(*places, home=tmp_path / "home") as word:
        later = word.decide_json({**REFUND, "decision_id": "d-1"})
        entries = list(word.log())

    assert first == again == later
    assert (first, 1) == (verdict.as_dict(), len(entries))


def test_a_retry_after_the_contract_changed_still_gets_the_first_verdict(files, tmp_path):
    with Ourword.open(*files(), home=tmp_path / "home", clock=lambda: NOON) as word:
        word.decide({**REFUND, "decision_id": "d-1"})
    harder = files([clause("no", "true", "refuse")], name="harder")
    with Ourword.open(*harder, home=tmp_path / "home", clock=lambda: NOON) as word:
        again, fresh = (word.decide({**REFUND, "decision_id": each}).answer.value for each in ("d-1", "d-2"))

    assert (again, fresh) == ("allow", "refuse")


def test_another_customers_decision_under_the_same_id_is_an_error(files, tmp_path):
    with Ourword.open(*files(), home=tmp_path / "home") as word:
        word.decide({**REFUND, "decision_id": "d-1"})
        with pytest.raises(LineError, match="another decision"):
            word.decide({**REFUND, "decision_id": "d-1", "customer": "c-105"})


def test_lines_are_answered_in_order_and_bad_ones_in_their_place(files, tmp_path):
    lines = [
        json.dumps({**REFUND, "decision_id": "d-1"}).encode(),
        b"{",
        b"",
        b'{"kind": "refund"}',
        json.dumps({**REFUND, "kind": "refnud"}).encode(),
    ]
    with Ourword.open(*files(), home=tmp_path / "home") as word:
        given = list(word.decide_lines(lines, place="in.jsonl", batch=100))

    assert [each.get("decision_id") or each["error"]["place"] for each in given] == ["d-1", "in.jsonl:2", "in.jsonl:4: customer", "in.jsonl:5: kind"]


@pytest.mark.parametrize("history", [True, False])
def test_the_same_file_again_records_nothing_twice(files, tmp_path, history):
    """Lines without an id: two equal ones are two customers' wishes, the same file again is not."""
    clauses = CLAUSES if history else CLAUSES[1:]
    lines = [json.dumps({**REFUND, "customer": f"c-{n % 3}"}).encode() for n in range(10)]
    places = files(clauses)
    with Ourword.open(*places, home=tmp_path / "home") as word:
        first = list(word.decide_lines(lines, batch=4))
        again = list(word.decide_lines(lines, batch=3))
        entries = [entry["decision_id"] for entry in word.log() if entry["type"] == "decision"]

    assert first == again
    assert sorted(each["decision_id"] for each in first) == sorted(entries)
    assert len(set(entries)) == 10


def test_without_a_home_the_ids_of_lines_are_stable(files):
    lines = [json.dumps(REFUND).encode()] * 2
    with Ourword.open(*files()) as word:
        ids = [[each["decision_id"] for each in word.decide_lines(lines)] for _ in range(2)]

    assert (ids[0], 2) == (ids[1], len(set(ids[0])))


def test_many_threads_deciding_for_one_customer_each_see_the_others(files, tmp_path):
    """Ten at once: exactly two are allowed, since the third sees two before it."""
    with Ourword.open(*files(), home=tmp_path / "home", clock=lambda: NOON) as word, ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: word.decide({**REFUND, "decision_id": f"d-{n}"}).answer.value, range(10)))

    assert (answers.count("allow"), answers.count("escalate")) == (2, 8)


def test_the_log_names_no_customer_and_no_fact(files, tmp_path):
    with Ourword.open(*files(), home=tmp_path / "home") as word:
        word.decide({**REFUND, "customer": "ada.lovelace@example.org", "facts": {"amount": "33.33 EUR"}, "because": "x"})
        text = json.dumps(list(word.log()))

    assert not [word for word in ("lovelace", "33.33", "3333") if word in text]


def test_why_tells_what_was_decided_without_the_contract_at_hand(files, tmp_path):
    with Ourword.open(*files(), home=tmp_path / "home", clock=lambda: NOON) as word:
        verdict = word.decide_json({**REFUND, "decision_id": "d-1", "contact": "k-1", "lineage": {"model": "m-3", "note": "x"}})
    with open_home(tmp_path / "home", write=False) as home:
        told = why(home, "d-1")
        entries = list(log(home))
        with pytest.raises(LineError, match="recorded here"):
            why(home, "d-2")

    assert (verdict, REFUND["facts"], "k-1", "m-3") == (told["verdict"], told["facts"], told["contact"], told["entry"]["lineage"]["model"])
    assert [entry["type"] for entry in entries] == ["decision"]


def test_a_bend_and_a_crossed_boundary_are_entries_of_their_own(files, tmp_path):
    places = tmp_path / "c.yaml", tmp_path / "w.yaml"
    never = [{"id": "not-more", "say": "Never more.", "when": 'answer == "allow" && amount > total'}]
    places[0].write_bytes(contract_text([clause("no", "opened", "refuse"), clause("ok", "true", "allow")], never=never))
    places[1].write_bytes(wiring_text())
    with Ourword.open(*places, home=tmp_path / "home") as word:
        word.decide({**REFUND, "facts": {"opened": True, "amount": 1, "total": 1}, "by": "person", "answer": "allow", "because": "It came broken."})
        word.decide({**REFUND, "facts": {"opened": False, "amount": 2, "total": 1}})
        types = [entry["type"] for entry in word.log()]

    assert types == ["decision", "bend", "decision", "signal"]


def test_a_clock_that_is_set_back_hides_no_decision(files, tmp_path):
    """Else a customer gets a third refund in an hour that comes twice."""
    now = [NOON]
    with Ourword.open(*files(), home=tmp_path / "home", clock=lambda: now[0]) as word:
        answers = [word.decide(REFUND).answer.value for _ in range(2)]
        now[0] = NOON - timedelta(hours=1)

        assert [*answers, word.decide(REFUND).answer.value] == ["allow", "allow", "escalate"]


def test_observing_records_and_says_so(files, tmp_path):
    with Ourword.open(*files(), home=tmp_path / "home", mode="observe") as word:
        word.decide(REFUND)

        assert [entry.get("mode") for entry in word.log()] == ["observe"]
    with pytest.raises(UsageError):
        Ourword.open(*files(), mode="dream")  # type: ignore[arg-type]


def test_what_needs_a_home_says_so(files):
    with Ourword.open(*files()) as word, pytest.raises(UsageError, match="without a home"):
        word.why("d-1")


def test_a_contract_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(ContractError, match="cannot be read"):
        Ourword.open(tmp_path / "no.yaml", tmp_path / "no.yaml")


def test_a_home_of_a_newer_format_is_refused(files, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "home.json").write_text('{"format": 99, "id": "x"}')
    with pytest.raises(HomeError, match="newer"):
        Ourword.open(*files(), home=home)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a root-like POSIX kill")
def test_killed_in_the_middle_and_run_again_nothing_is_lost_and_nothing_double(files, tmp_path):
    """kill -9 at six random moments of one file; every acknowledged line is in the home, and the whole file is there once at the end."""
    places = files()
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({**REFUND, "customer": f"c-{n % 7}", "facts": {"amount": n}}) + "\n" for n in range(300)))
    home = tmp_path / "home"
    program = (
        "import sys, json; from ourword.app import Ourword\n"
        "word = Ourword.open(sys.argv[1], sys.argv[2], home=sys.argv[3])\n"
        "for each in word.decide_lines(open(sys.argv[4], 'rb'), batch=16): print(json.dumps(each), flush=True)\n"
    )
    command = [sys.executable, "-c", program, *map(str, places), str(home), str(source)]
    chance = random.Random(7)
    acknowledged: dict[str, str] = {}
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    for _ in range(6):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        assert running.stdout is not None
        for _ in range(chance.randint(1, 60)):
            line = running.stdout.readline()
            if line.endswith(b"\n"):
                verdict = json.loads(line)
                assert acknowledged.setdefault(verdict["decision_id"], verdict["answer"]) == verdict["answer"]
        time.sleep(chance.random() / 100)
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
    last = [json.loads(line) for line in subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment).stdout.splitlines()]
    with open_home(home, write=False) as opened:
        entries = list(log(opened))
    ids = [entry["decision_id"] for entry in entries if entry["type"] == "decision"]

    assert [each["decision_id"] for each in last] == list(dict.fromkeys(each["decision_id"] for each in last))
    assert sorted(ids) == sorted(each["decision_id"] for each in last)
    assert acknowledged.items() <= {each["decision_id"]: each["answer"] for each in last}.items()
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))


def test_a_line_without_an_id_keeps_the_one_that_an_earlier_version_gave_it():
    """Else the same file, handed in once more after an update, would be recorded twice."""
    line = {"kind": "refund", "customer": "c", "facts": {"amount": "1.00 EUR"}, "time": "2026-11-23T10:00:00.5Z", "by": "person", "answer": "allow"}
    more = {"objects": [{"type": "order", "id": "o"}], "because": "x", "lineage": {"a": 1}}
    named = _named(line_from_mapping({**line, **more}), {})

    assert hashlib.sha256(named.line).hexdigest() == "b7cb43ae946e4d1b4e754e855b970d83decaa1d8f6d3fec4f8e8c66bd72b8ba0"
