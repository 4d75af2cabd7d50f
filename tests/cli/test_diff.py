"""`ourword diff`: what a pull request changes for customers, for people and for CI."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.gate.small import clause, contract_text, wiring_text

pytest.importorskip("z3")

LIMIT = [clause("dear", "amount > eur(500)", "refuse"), clause("fine", "amount <= eur(500)", "allow")]
LOWER = [clause("dear", "amount > eur(400)", "refuse"), clause("fine", "amount <= eur(400)", "allow")]
HARD = "count > 5 && count * count * count % 1000003 == 77 && count * count % 999983 == 12345"


def written(folder: Path, clauses: list[dict[str, Any]], **more: Any) -> Path:
    """A contract with its wiring beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "wiring.yaml").write_bytes(wiring_text())
    (folder / "contract.yaml").write_bytes(contract_text(clauses, **more))
    return folder / "contract.yaml"


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    return written(tmp_path / "old", LIMIT), written(tmp_path / "new", LOWER, version="1.1.0")


def test_a_lowered_limit_is_against_the_customer_and_one_is_shown(ourword: Any, both: tuple[Path, Path]) -> None:
    ran = ourword("diff", *both)

    assert (1, "") == (ran.code, ran.err)
    assert "against: refund: some who were allowed are refused\n  customer: amount 500.00 EUR\n" in ran.out
    assert "`dear` is changed: against" in ran.out
    assert "refund: against; nobody else is answered otherwise: proved" in ran.out
    assert "version: 2.0.0 or higher" in ran.out
    assert "1.1.0 is too small" in " ".join(ran.out.split())
    assert [] == [line for line in ran.out.splitlines() if len(line) > 80 and "contract.yaml:" not in line]


def test_the_other_way_round_it_is_towards_and_nothing_stands_in_its_way(ourword: Any, both: tuple[Path, Path]) -> None:
    ran = ourword("diff", *reversed(both))

    assert (0, True) == (ran.code, "refund: towards; nobody else is answered otherwise: proved" in ran.out)


def test_a_contract_beside_itself_changes_nothing(ourword: Any, larkspur: Any) -> None:
    ran = ourword("diff", larkspur[0], larkspur[0])

    assert (0, True) == (ran.code, "3.2.0 → 3.2.0: nothing changes" in ran.out)


def test_what_was_not_answered_in_time_is_not_proved(ourword: Any, tmp_path: Path) -> None:
    """CI must not take a timeout for "nothing against"."""
    old = written(tmp_path / "old", [clause("odd", f"known(count) && {HARD}", "escalate"), *LIMIT])
    ran = ourword("diff", old, written(tmp_path / "new", LIMIT), "--seconds", "0.3")

    assert (2, True) == (ran.code, "not proved: refund: whether some customer is answered otherwise" in ran.out)


def test_what_leans_on_a_text_is_possible_and_ends_with_two(ourword: Any, tmp_path: Path) -> None:
    facts = {"word": {"type": "string", "from": "proposal.word"}, "sure": {"type": "bool", "from": "proposal.sure"}}
    more = {"old": 'word.startsWith("c")', "new": 'word.startsWith("b")'}
    said = {name: [clause("odd", f'word.startsWith("a") && {also}', "refuse"), clause("rest", "sure", "allow")] for name, also in more.items()}
    files = [written(tmp_path / name, clauses) for name, clauses in said.items()]
    for file in files:
        (file.parent / "wiring.yaml").write_bytes(wiring_text(facts))
    ran = ourword("diff", *files)

    assert (2, True) == (ran.code, "possibly against" in ran.out)
    assert 'leans on: word.startsWith("a")' in ran.out


def test_as_json_everything_is_there_for_a_machine(ourword: Any, both: tuple[Path, Path]) -> None:
    told = json.loads(ourword("diff", *both, "--json").out)
    (change,) = told["changes"]

    assert ("against", "answer", {"amount": "500.00 EUR"}) == (change["direction"], change["about"], change["customers"][0]["facts"])
    assert ("allow", "refuse") == tuple(change["customers"][0][side]["answer"] for side in ("old", "new"))
    assert [("refund", ["against"], True)] == [(each["kind"], each["directions"], each["proved"]) for each in told["kinds"]]
    assert {"step": "major", "least": "2.0.0", "given": "1.1.0", "enough": False} == told["version"]


def test_a_revision_in_git_is_the_old_contract(ourword: Any, tmp_path: Path) -> None:
    """That is what a pull request has: the branch here, main there."""
    file = written(tmp_path / "shop", LIMIT)
    git = ["git", "-C", str(file.parent), "-c", "user.name=t", "-c", "user.email=t@shop.example"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    file.write_bytes(contract_text(LOWER))
    ran = ourword("diff", file, "--against", "main")
    lost = ourword("diff", file, "--against", "trunk")

    assert (1, True) == (ran.code, "old: allow, decided by `fine` (main:" in " ".join(ran.out.split()))
    assert (64, True) == (lost.code, "git cannot show it" in lost.err)


@pytest.mark.parametrize("args", [["one"], ["one", "two", "--against", "main"], ["one", "--against=-x"]])
def test_one_contract_or_three_is_a_wrong_usage(ourword: Any, larkspur: Any, args: list[str]) -> None:
    named = {"one": str(larkspur[0]), "two": str(larkspur[0])}

    assert 64 == ourword("diff", *(named.get(each, each) for each in args)).code


def test_a_contract_that_cannot_be_read_is_no_change(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    (tmp_path / "contract.yaml").write_text("ourword: 1\n")

    assert 3 == ourword("diff", tmp_path / "contract.yaml", larkspur[0]).code
    assert 3 == ourword("diff", larkspur[0], tmp_path / "contract.yaml").code


def test_without_the_solver_words_can_still_be_compared(ourword: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    old, said = written(tmp_path / "old", LIMIT), [{**each, "say": "Other words."} for each in LIMIT]

    assert 0 == ourword("diff", old, written(tmp_path / "words", said)).code
    assert (64, True) == ((ran := ourword("diff", old, written(tmp_path / "new", LOWER))).code, "pip install 'ourword[prove]'" in ran.err)
