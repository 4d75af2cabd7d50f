"""`ourword prove`: what stands in the way of signing, for people and for CI."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.gate.small import FACTS, clause, contract_text, wiring_text

z3 = pytest.importorskip("z3")


def written(folder: Path, clauses: list[dict[str, Any]], **more: Any) -> Path:
    """A contract with its wiring beside it."""
    (folder / "wiring.yaml").write_bytes(wiring_text())
    (folder / "contract.yaml").write_bytes(contract_text(clauses, **more))
    return folder / "contract.yaml"


CLEAN = [clause("fine", "vip", "allow"), clause("rest", "!vip", "escalate")]


HARD = "count > 5 && count * count * count % 1000003 == 77 && count * count % 999983 == 12345"
"""A riddle in numbers, which no solver answers soon."""


def test_larkspurs_boundaries_are_shown_with_who_would_cross_them(ourword: Any, larkspur: Any) -> None:
    ran = ourword("prove", larkspur[0])

    assert (1, "") == (ran.code, ran.err)
    assert "across `not-more-than-paid`, and only the boundary itself stops it" in ran.out
    assert "customer: amount 20.00 EUR, order total 10.00 EUR" in ran.out
    assert "across `never-refuse-then-hide`, and only the boundary itself stops it" in ran.out


def test_a_contract_without_flaws_is_clean(ourword: Any, tmp_path: Path) -> None:
    joins = {"id": "joins", "when": 'answer == "escalate"', "say": "Soon.", "kept_by": "human.joined", "within": "15 minutes", "working": "care"}
    path = written(tmp_path, [clause("asked", "asked_human", "escalate"), *CLEAN], promises=[joins])
    (tmp_path / "wiring.yaml").write_bytes(wiring_text({**FACTS, "asked_human": {"type": "bool", "from": "conversation.asked_human"}}))
    ran = ourword("prove", path)

    assert (0, True) == (ran.code, "no flaw found" in ran.out)


def test_what_only_words_promise_is_noted_and_no_flaw(ourword: Any, tmp_path: Path) -> None:
    ran = ourword("prove", written(tmp_path, CLEAN))

    assert (0, True) == (ran.code, "2 notes" in ran.out)
    assert "words only: that a person answers within 15 minutes" in ran.out


def test_what_was_not_answered_in_time_is_not_proved(ourword: Any, tmp_path: Path) -> None:
    """CI must not take a timeout for a proof."""
    ran = ourword("prove", written(tmp_path, [clause("odd", HARD, "allow"), *CLEAN]), "--timeout", "0.1")

    assert (2, True) == (ran.code, "not proved" in ran.out)


def test_as_json_every_flaw_has_its_customer(ourword: Any, larkspur: Any) -> None:
    ran = ourword("prove", *larkspur, "--json")
    flaws = json.loads(ran.out)["flaws"]

    assert ["prove.boundary", "prove.boundary"] == [each["code"] for each in flaws if each["level"] == "error"]
    assert "not-more-than-paid" == flaws[0]["customers"][0]["decided_by"]


def test_a_contract_that_cannot_be_read_is_no_flaw(ourword: Any, tmp_path: Path) -> None:
    ran = ourword("prove", tmp_path / "contract.yaml")

    assert (3, "") == (ran.code, ran.out)


def test_a_kind_that_is_not_there_is_a_wrong_usage(ourword: Any, larkspur: Any) -> None:
    ran = ourword("prove", *larkspur, "--kind", "refnud")

    assert (64, True) == (ran.code, "it decides: refund" in ran.err)


def test_without_the_solver_the_error_says_how_to_get_it(ourword: Any, larkspur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    ran = ourword("prove", *larkspur)

    assert (64, True) == (ran.code, "pip install 'ourword[prove]'" in ran.err)


def test_another_solver_can_check_each_question(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """Nobody has to believe us: each question stands in a file, with the answer we got."""
    ourword("prove", *larkspur, "--smtlib", tmp_path / "questions")
    files = sorted((tmp_path / "questions").glob("*.smt2"))
    answers = []
    for file in files:
        solver = z3.Solver()
        solver.from_file(str(file))
        answers.append(f"(set-info :status {solver.check()})" in file.read_text())

    assert files
    assert all(answers)


def test_interrupted_it_gives_what_it_found_so_far(tmp_path: Path) -> None:
    """Whoever has no more patience keeps what there is, and hears that it is not all."""
    contract = written(
        tmp_path,
        [
            clause("dead", "amount < eur(1) && amount > eur(2)", "allow"),
            *(clause(f"c{n}", f"{HARD} && amount == eur({n})", "allow") for n in range(30)),
        ],
    )
    program = "import sys; from ourword.cli.main import main; main(sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", program, "prove", str(contract), "--timeout", "100"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        time.sleep(4)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)

    assert (130, "") == (running.returncode, err)
    assert "interrupted: this is what was found so far" in out
