"""`ourword diff`: what a pull request changes for customers, for people and for CI."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.gate.small import clause, contract_text, wiring_text

from ourword.changing.found import Answered
from ourword.cli.diff_words import gate_words

pytest.importorskip("z3")

LIMIT = [clause("dear", "amount > eur(500)", "refuse"), clause("fine", "amount <= eur(500)", "allow")]
LOWER = [clause("dear", "amount > eur(400)", "refuse"), clause("fine", "amount <= eur(400)", "allow")]
HARD = "count > 5 && count < 1000000 && count * count * count % 1000003 == 77 && count * count % 999983 == 12345"  # no solver finds one, no overflow


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

    assert (2, True) == (ran.code, "not proved: refund: " in ran.out)  # which question it was depends on the machine


def test_what_leans_on_a_text_is_possible_and_ends_with_two(ourword: Any, tmp_path: Path) -> None:
    facts = {"word": {"type": "string", "from": "proposal.word"}, "sure": {"type": "bool", "from": "proposal.sure"}}
    more = {"old": 'word.startsWith("c")', "new": 'word.startsWith("b")'}
    said = {name: [clause("odd", f'word.startsWith("a") && {also}', "refuse"), clause("rest", "sure", "allow")] for name, also in more.items()}
    files = [written(tmp_path / name, clauses) for name, clauses in said.items()]
    for file in files:
        (file.parent / "wiring.yaml").write_bytes(wiring_text(facts))
    ran = ourword("diff", *files)

    assert (2, True) == (ran.code, "possibly against" in ran.out)
    assert 'leans on: `word.startsWith("a")`' in ran.out
    assert "customer:" not in ran.out


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


def test_a_row_of_a_table_is_compared_like_a_clause(ourword: Any, tmp_path: Path) -> None:
    """A limit lowered in a spreadsheet is a limit lowered, and the table at the old revision is the old table."""
    file = written(tmp_path / "shop", [])
    file.write_bytes(contract_text([]).replace(b'"otherwise"', b'"table": "limits.csv", "otherwise"'))
    table = file.parent / "limits.csv"
    table.write_text("id,amount,answer,say\nfine,<= 500 EUR,allow,So.\nlimit,> 500 EUR,escalate,So.\n")
    git = ["git", "-C", str(file.parent), "-c", "user.name=t", "-c", "user.email=t@shop.example"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    assert 0 == ourword("diff", file, "--against", "main").code

    table.write_text(table.read_text().replace("500", "400"))
    ran = ourword("diff", file, "--against", "main")

    assert (1, True) == (ran.code, "old: allow, decided by `fine` (main:" in " ".join(ran.out.split()))
    assert "limits.csv:3:1" in ran.out


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


@pytest.mark.parametrize(
    ("answer", "amended", "words"),
    [
        ("ask", {"paid": "1000.00 EUR"}, "ask (once confirmed, paid becomes 1000.00 EUR), decided by `sure`"),
        ("amend", {"paid": "8.00 EUR", "days": 3}, "amend (paid becomes 8.00 EUR, days becomes 3), decided by `sure`"),
        ("allow", None, "allow, decided by `sure`"),
    ],
)
def test_an_answer_and_what_it_changes_read_as_words(answer: str, amended: dict[str, Any] | None, words: str) -> None:
    """“ask to paid 1000.00 EUR” said neither who asks nor what changes."""
    assert words == gate_words(Answered(answer=answer, decided_by="sure", fired=(), amended=amended))


def recorded(folder: Path, ourword: Any, contract: Path, amounts: list[int]) -> Path:
    """A home that decided these amounts."""
    line = {"kind": "refund", "customer": "c-1", "time": "2026-11-23T10:00:00Z"}
    lines = [json.dumps({**line, "decision_id": f"d-{at}", "facts": {"amount": amount}}) for at, amount in enumerate(amounts)]
    assert 0 == ourword("decide", contract, contract.parent / "wiring.yaml", "--home", folder, stdin="\n".join(lines)).code
    return folder


def test_the_past_of_a_home_is_decided_again(ourword: Any, both: tuple[Path, Path], tmp_path: Path) -> None:
    """A limit that is never reached is another thing than one that a quarter of the customers meet."""
    home = recorded(tmp_path / "home", ourword, both[0], [45_000, 1_000, 60_000, 49_999])
    ran = ourword("diff", *both, "--home", home)
    told = json.loads(ourword("diff", *both, "--home", home, "--json").out)["past"]

    assert "the past: refund: 4 decisions decided again by both: 2 against (50.0%)" in ran.out
    assert "  2 allow → refuse: against (`d-0`, `d-3`)\n" in ran.out
    assert [(4, 2, 0, 0, 2)] == [(each["n"], each["against"], each["towards"], each["arguable"], each["unchanged"]) for each in told]


def test_a_home_without_a_decision_has_no_data(ourword: Any, both: tuple[Path, Path], tmp_path: Path) -> None:
    home = recorded(tmp_path / "home", ourword, both[0], [])

    assert "the past: refund: no data" in ourword("diff", *both, "--home", home).out
    assert 4 == ourword("diff", *both, "--home", tmp_path / "nowhere").code


def test_what_the_past_shows_is_against_even_where_the_proof_was_too_slow(ourword: Any, both: tuple[Path, Path], tmp_path: Path) -> None:
    odd = [clause("odd", f"known(count) && {HARD}", "escalate"), *LOWER]
    new = written(tmp_path / "odd", odd)
    home = recorded(tmp_path / "home", ourword, both[0], [45_000])

    assert 1 == ourword("diff", both[0], new, "--home", home, "--seconds", "0.1").code


def test_for_a_pull_request_it_is_markdown_in_which_nothing_else_is_markup(ourword: Any, tmp_path: Path) -> None:
    """A pull request comes from anybody: no text of the contract's makes a link, an image or a mention."""
    evil = "<script>alert(1)</script> ![x](https://evil.example) @everyone `"
    promise = {"id": "money", "when": "vip", "say": "Soon.", "kept_by": "payment.refunded", "within": "5 days"}
    old = written(tmp_path / "old", LIMIT, promises=[promise])
    new = written(tmp_path / "new", LOWER, promises=[{**promise, "say": evil, "within": "6 days"}])
    ran = ourword("diff", old, new, "--markdown", "-")
    ourword("diff", old, new, "--markdown", tmp_path / "diff.md")

    assert (1, True) == (ran.code, ran.out.startswith("## small 1.0.0 → 1.0.0: something is against the customer\n"))
    assert "### Against the customer\n\n- refund: `money` may be kept later: 5 days → 6 days (`" in ran.out
    assert not [mark for mark in ("<script>", "![x]", "@everyone") if mark in ran.out]
    assert ran.out == (tmp_path / "diff.md").read_text()


def test_two_things_on_standard_output_are_a_wrong_usage(ourword: Any, both: tuple[Path, Path]) -> None:
    assert 64 == ourword("diff", *both, "--json", "--markdown", "-").code


def test_interrupted_it_gives_what_it_found_so_far(tmp_path: Path) -> None:
    """Whoever has no more patience keeps what there is, and hears that it is not all."""
    odd = [clause(f"c{n}", f"known(count) && {HARD} && amount == eur({n})", "escalate") for n in range(30)]
    promise = {"id": "money", "when": "vip", "say": "Soon.", "kept_by": "payment.refunded", "within": "5 days"}
    old = written(tmp_path / "old", LIMIT, promises=[promise])
    new = written(tmp_path / "new", [*odd, *LIMIT], promises=[{**promise, "within": "6 days"}])
    program = "import sys; from ourword.cli.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-u", "-c", program, "diff", str(old), str(new), "--seconds", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)

    assert (130, "") == (running.returncode, err)
    assert "`money` may be kept later" in first
    assert "interrupted: this is what was found so far" in out


def test_a_cell_of_a_decision_table_that_was_lowered_is_found_beside_a_revision_too(ourword: Any, tmp_path: Path) -> None:
    """A table's rows are clauses: who edits a spreadsheet changes answers as well."""
    file = written(tmp_path / "shop", [])
    made = json.loads(contract_text([]))
    kind = made["decisions"]["refund"]
    del kind["clauses"]
    kind["table"] = "limits.csv"
    file.write_text(json.dumps(made))
    table = "id,amount,answer,say\ndear,> 500.00 EUR,refuse,Too much.\nfine,<= 500.00 EUR,allow,Fine.\n"
    (file.parent / "limits.csv").write_text(table)
    git = ["git", "-C", str(file.parent), "-c", "user.name=t", "-c", "user.email=t@shop.example"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    (file.parent / "limits.csv").write_text(table.replace("500.00", "400.00"))
    ran = ourword("diff", file, "--against", "main")

    assert (1, "") == (ran.code, ran.err)
    assert "limits.csv:" in ran.out
    assert "against: refund: some who were allowed are refused" in ran.out


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("name", ["contract.yaml", "wiring.yaml"])
def test_what_is_compared_is_not_written_over(ourword: Any, both: tuple[Path, Path], number: int, name: str) -> None:
    path = both[number].parent / name
    before = path.read_bytes()
    ran = ourword("diff", *both, "--markdown", path)

    assert (ran.code, "would be lost" in ran.err, path.read_bytes()) == (64, True, before)


@pytest.mark.parametrize("number", [0, 1])
def test_nor_is_a_decision_table_of_either(ourword: Any, both: tuple[Path, Path], number: int) -> None:
    table = both[number].parent / "limits.csv"
    table.write_text("id,amount,answer,say\nhuge,> 900.00 EUR,refuse,Too much.\n")
    before = table.read_bytes()
    made = json.loads(both[number].read_bytes())
    made["decisions"]["refund"]["table"] = table.name
    both[number].write_text(json.dumps(made), "utf-8")
    ran = ourword("diff", *both, "--markdown", table)

    assert (ran.code, "would be lost" in ran.err, table.read_bytes()) == (64, True, before)


def test_a_contract_of_another_name_is_titled_by_both(ourword: Any, both: tuple[Path, Path], tmp_path: Path) -> None:
    """The heading of a pull request named the new one only, as if it had always been called so."""
    text, wiring = (both[1].with_name(name).read_text(encoding="utf-8") for name in ("contract.yaml", "wiring.yaml"))
    name = json.loads(text)["contract"]
    for file, said in (("contract.yaml", text), ("wiring.yaml", wiring)):
        both[1].with_name(file).write_text(said.replace(f'"{name}"', '"quick"'), encoding="utf-8")
    ran, told = ourword("diff", *both), ourword("diff", *both, "--markdown", "-")

    assert told.out.startswith(f"## {name} 1.0.0 → quick 1.1.0: ")
    assert f"{name} 1.0.0 → quick 1.1.0: 1 against" in ran.out
    assert "it takes the place of the old one with the signatures of both" in ran.out
