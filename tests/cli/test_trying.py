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
