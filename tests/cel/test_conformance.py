"""The CEL conformance suite, where it is at hand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ourword.cel.conformance import main, outcome

DATA = Path(__file__).parents[3] / "shared" / "data" / "cel-spec"
SUITES = [msgspec.json.decode(path.read_bytes()) for path in sorted(DATA.glob("*.json"))] if DATA.is_dir() else []
CORE = [pytest.param(test, id=f"{suite['file']}-{test['section']}-{test['name']}") for suite in SUITES if suite["core"] for test in suite["tests"]]

WRONG_IN_THE_SUITE = frozenset(("triple_single_quoted_unescaped_punctuation", "triple_double_quoted_unescaped_punctuation"))
"""Their source has ` ? ` between the quotes and wants a backslash before it; the same text as a string wants none. Google's engines skip them."""


@pytest.mark.skipif(not SUITES, reason="../shared is not beside this folder: no CEL conformance suite")
def test_the_suite_is_there() -> None:
    """The cases below stand for something."""
    assert len(CORE) > 700


@pytest.mark.parametrize("test", CORE)
def test_a_core_case_gives_what_the_standard_says(test: dict[str, object]) -> None:
    """What an engineer learnt elsewhere about CEL holds here."""
    if test["section"] == "bytes_literals" and test["name"] in WRONG_IN_THE_SUITE:
        pytest.xfail("the suite contradicts itself here")

    assert not outcome(test)


def test_the_runner_says_how_many_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The score is stated, not claimed."""
    tests = [
        {"section": "s", "name": "right", "expr": "1 + 1", "value": {"int": "2"}},
        {"section": "s", "name": "wrong", "expr": "1 + 1", "value": {"int": "3"}},
        {"section": "s", "name": "fails", "expr": "1 / 0", "error": ["divide by zero"]},
        {"section": "s", "name": "of a kind from later", "expr": "1 / 0", "bindings": {"x": {"quaternion": "1"}}, "error": ["divide by zero"]},
    ]
    (tmp_path / "some.json").write_bytes(msgspec.json.encode({"file": "some", "core": True, "tests": tests}))
    code = main([str(tmp_path)])

    assert (code, capsys.readouterr().out.splitlines()[-1]) == (1, "2 passed, 2 failed")


def test_the_runner_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong call is told how to call."""
    assert main(["no-such-folder"]) == 64
    assert "hint: python -m ourword.cel.conformance DIR" in capsys.readouterr().err
