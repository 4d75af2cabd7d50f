"""`ourword test`: what is not as expected, for people and for CI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

FOLDERS = ("examples/corecraft", "examples/larkspur-refund", "examples/tau-airline-tau1", "examples/tau-airline-tau2", "examples/tau-retail")


@pytest.fixture
def wrong(tmp_path: Path, larkspur: Any) -> Path:
    """Larkspur's contract with an example that it does not keep, its wiring beside it."""
    text = larkspur[0].read_text("utf-8").replace("confirmed: true}, answer: allow}", "confirmed: true}, answer: refuse}")
    (tmp_path / "contract.yaml").write_text(text, "utf-8")
    (tmp_path / "wiring.yaml").write_bytes(larkspur[1].read_bytes())
    return tmp_path / "contract.yaml"


@pytest.mark.parametrize("folder", [*FOLDERS, "src/ourword/demo"])
def test_every_contract_that_we_ship_keeps_its_examples(ourword: Any, examples: Path, folder: str) -> None:
    ran = ourword("test", examples.parent / folder / "contract.yaml")

    assert (0, "") == (ran.code, ran.err)


def test_an_example_that_is_not_kept_fails_with_its_place(ourword: Any, wrong: Path) -> None:
    ran = ourword("test", wrong)

    assert 1 == ran.code
    assert f"{wrong}:65:9: refund: the limit is inclusive: refuse expected, allow got" in ran.out


def test_as_json_every_example_is_told(ourword: Any, wrong: Path) -> None:
    ran = ourword("test", wrong, "--json")
    (told,) = json.loads(ran.out)["examples"]

    assert (False, "allow", "our-fault") == (told["right"], told["answer"], told["decided_by"])
    assert [{"what": "answer", "expected": "refuse", "got": "allow"}] == told["departures"]


def test_ci_reads_what_failed(ourword: Any, wrong: Path, tmp_path: Path) -> None:
    code = ourword("test", wrong, "--junit", tmp_path / "out.xml").code
    (failure,) = ElementTree.parse(tmp_path / "out.xml").findall("testsuite/testcase/failure")

    assert (1, True) == (code, "refuse expected, allow got" in failure.attrib["message"])


def test_a_contract_that_cannot_be_read_is_no_failing_example(ourword: Any, tmp_path: Path) -> None:
    ran = ourword("test", tmp_path / "contract.yaml")

    assert (3, "") == (ran.code, ran.out)


@pytest.mark.parametrize(
    ("option", "value", "hint"), [("--kind", "refnud", "it decides: refund"), ("--junit", "/nowhere/at/all.xml", "name a file that can be written")]
)
def test_a_wrong_option_says_what_to_do(ourword: Any, larkspur: Any, option: str, value: str, hint: str) -> None:
    ran = ourword("test", *larkspur, option, value)

    assert (64, True) == (ran.code, hint in ran.err)


# ---- thresholds, coverage, kept cases ------------------------------------------------------------------------------


def test_a_reader_sees_what_is_answered_around_an_edge(ourword: Any, larkspur: Any) -> None:
    out = ourword("test", larkspur[0]).out

    assert "  `above-limit`: amount > eur(500)\n    amount 499.99 EUR, 500.00 EUR: allowed (`our-fault`)\n    amount 500.01 EUR: a person" in out


def test_a_share_never_stands_alone(ourword: Any, larkspur: Any) -> None:
    """Who reads 13% wants to know which 87."""
    out = ourword("test", larkspur[0]).out

    assert "refund: examples show 2 of 15 (13%)" in out
    assert f"clause `too-late` ({larkspur[0]}:47:9): amount 10.00 EUR" in " ".join(out.split())
    assert "which is as it should be:\n    `otherwise`" in out


def test_what_is_proposed_can_be_pasted_and_then_nothing_is_missing(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    proposed = ourword("test", larkspur[0], "--propose").out
    assert proposed.startswith("      # below `decisions.refund.examples:`\n      - name: ")
    (tmp_path / "contract.yaml").write_text(larkspur[0].read_text("utf-8") + proposed, "utf-8")
    (tmp_path / "wiring.yaml").write_bytes(larkspur[1].read_bytes())
    ran = ourword("test", tmp_path / "contract.yaml", "--coverage-at-least", 100)

    assert 0 == ran.code
    assert "refund: examples show 15 of 15 (100%)" in ran.out


def test_ci_can_ask_for_a_share(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    ran = ourword("test", *larkspur, "--coverage-at-least", 14, "--junit", tmp_path / "out.xml")
    (failure,) = ElementTree.parse(tmp_path / "out.xml").findall("testsuite/testcase/failure")

    assert (1, 0) == (ran.code, ourword("test", *larkspur, "--coverage-at-least", 13).code)
    assert "examples show 2 of 15, which is less than 14%" == failure.attrib["message"]


def test_a_kept_case_fails_when_its_answer_changes_and_is_written_anew_when_that_is_meant(ourword: Any, wrong: Path) -> None:
    wrong.write_text(wrong.read_text("utf-8").replace("answer: refuse}", "answer: allow}"), "utf-8")
    assert 0 == ourword("test", wrong, "--write").code
    assert "23 kept cases, all as expected" in ourword("test", wrong).out

    wrong.write_text(wrong.read_text("utf-8").replace("order_age > days(30)", "order_age > days(29)"), "utf-8")
    ran = ourword("test", wrong)

    assert 1 == ran.code
    assert "cases.yaml:22:7: refund: too-late: order_age > days(30), with order_age 719 hours: amend expected, refuse got" in ran.out
    assert (0, 0) == (ourword("test", wrong, "--write").code, ourword("test", wrong).code)


def test_what_is_kept_is_the_same_when_it_is_written_again(ourword: Any, wrong: Path) -> None:
    """A file that changes by itself is read by nobody."""
    ourword("test", wrong, "--write")
    before = (wrong.parent / "cases.yaml").read_bytes()
    ourword("test", wrong, "--write")

    assert before == (wrong.parent / "cases.yaml").read_bytes()


def test_time_that_runs_out_is_told_and_no_pass(ourword: Any, larkspur: Any) -> None:
    ran = ourword("test", *larkspur, "--timeout", 0)

    assert (2, True) == (ran.code, "there was no time for all" in ran.out)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ourword: 1\ncontract: other\ncases: {}\n", ":2:11: these are cases of `other`"),
        ("ourword: 1\ncontract: larkspur-care\ncases: {refnud: []}\n", ":3:9: there is no kind of decision `refnud`"),
        (
            "ourword: 1\ncontract: larkspur-care\ncases: {refund: [{name: a, given: {amout: 3 EUR}, answer: ask}]}\n",
            ":3:43: there is no fact `amout`",
        ),
        ("- no\n", ":1:1: "),
    ],
)
def test_a_file_of_cases_that_does_not_fit_says_where(ourword: Any, wrong: Path, tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "other.yaml").write_text(text, "utf-8")
    ran = ourword("test", wrong, "--cases", tmp_path / "other.yaml")

    assert (3, "") == (ran.code, ran.out)
    assert f"other.yaml{what}" in ran.err


def test_cases_that_are_named_must_be_there(ourword: Any, wrong: Path, tmp_path: Path) -> None:
    assert 3 == ourword("test", wrong, "--cases", tmp_path / "none.yaml").code


def test_as_json_each_edge_has_its_cases(ourword: Any, larkspur: Any) -> None:
    told = json.loads(ourword("test", *larkspur, "--json").out)
    (limit,) = [each for each in told["edges"] if each["clause"] == "above-limit"]

    assert [("below", "allow"), ("at", "allow"), ("above", "escalate")] == [(each["side"], each["answer"]) for each in limit["cases"]]
    assert (True, 2, 15) == (told["done"], told["coverage"][0]["shown"], told["coverage"][0]["of"])
