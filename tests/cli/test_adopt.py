"""Signing at a terminal: who has, who must still, what is in force; one clear error for what cannot be signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ourword


@pytest.fixture
def lower(larkspur: tuple[Path, Path], tmp_path: Path) -> Path:
    """The same contract with a lower limit, which is against some customers."""
    text = larkspur[0].read_text(encoding="utf-8").replace("version: 3.2.0", "version: 3.3.0").replace("amount > eur(500)", "amount > eur(400)")
    place = tmp_path / "lower.yaml"
    place.write_text(text, encoding="utf-8")
    return place


def test_what_waits_names_for_whom_and_what_to_type_next(ourword: Ourword, larkspur: tuple[Path, Path], lower: Path, tmp_path: Path) -> None:
    home, wiring = tmp_path / "home", larkspur[1]
    first = ourword("adopt", *larkspur, "--home", home, "--by", "mara")
    half = ourword("adopt", lower, wiring, "--home", home, "--by", "mara", "--because", "Fewer mistakes.")
    listed = ourword("adopted", "--home", home)
    whole = ourword("adopt", lower, wiring, "--home", home, "--by", "omar", "--json")
    log = ourword("log", "--home", home).out

    assert (0, 0, 0, 0) == (first.code, half.code, listed.code, whole.code)
    assert first.out.startswith("larkspur-care 3.2.0 is in force since ")
    assert half.out.startswith("larkspur-care 3.3.0 waits for omar; signed by mara.\n")
    assert f"--by omar --because WHY --home {home}" in " ".join(half.out.split())
    assert listed.out.startswith("larkspur-care 3.3.0 waits for omar.\n")
    assert "Some customers are worse off by it than by the one before." in " ".join(listed.out.split())
    assert "Fewer mistakes." in listed.out
    assert (True, ["mara", "omar"]) == ((told := json.loads(whole.out))["in_force"], [each["by"] for each in told["signed"]])
    assert "signed    larkspur-care 3.3.0 by omar (needs mara, omar), sha256:" in log


def test_both_may_sign_at_once(ourword: Ourword, larkspur: tuple[Path, Path], tmp_path: Path) -> None:
    done = ourword("adopt", *larkspur, "--home", tmp_path / "home", "--by", "omar", "--by", "mara")

    assert "signed by omar and mara." in " ".join(done.out.split())


def test_a_home_in_which_nobody_signed_says_so(ourword: Ourword, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    ourword("events", tmp_path / "none.jsonl", "--home", tmp_path / "home")

    assert "Nobody has signed a contract here.\n" == ourword("adopted", "--home", tmp_path / "home").out


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--by", "omra"), 2, "did you mean `omar`?"),
        (("--by", "omar "), 2, "--by: `omar` is nobody who can sign this contract\n  hint: write `omar`, without blanks around it"),
        (("--by", "mara", "--from", "9999-12-31"), 2, "--from: 9999-12-31 lies outside the years 1970 to 2199"),
        (("--by", "care"), 2, "a person whom the contract names"),
        (("--by", "mara", "--from", "tomorrow"), 64, "write it as 2026-12-01"),
        (("--by", "mara", "--from", "2020-01-01"), 2, "nobody can sign for the past"),
        (("--by", "mara", "--again"), 2, "is not in force"),
        ((), 64, "Missing option"),
    ],
)
def test_what_cannot_be_signed_is_one_clear_error(
    ourword: Ourword, larkspur: tuple[Path, Path], tmp_path: Path, more: tuple[str, ...], code: int, said: str
) -> None:
    done = ourword("adopt", *larkspur, "--home", tmp_path / "home", *more)

    assert (code, "") == (done.code, done.out)
    assert said.lower() in done.err.lower()


def test_deciding_by_a_version_that_is_not_in_force_warns_and_decides(
    ourword: Ourword, larkspur: tuple[Path, Path], lower: Path, tmp_path: Path, proposal: dict[str, Any]
) -> None:
    """Nobody is stopped; a home in which nobody ever signed is not warned of at each run, and neither is what is only observed."""
    home, line = tmp_path / "home", json.dumps({**proposal, "decision_id": "another"})
    before = ourword("decide", *larkspur, "--home", home, stdin=json.dumps(proposal))
    ourword("adopt", *larkspur, "--home", home, "--by", "mara")
    signed = ourword("decide", *larkspur, "--home", home, stdin=json.dumps(proposal))
    unsigned = ourword("decide", lower, larkspur[1], "--home", home, stdin=line)
    observed = ourword("decide", lower, larkspur[1], "--home", home, "--mode", "observe", stdin=line)

    assert ("", "", "") == (before.err, signed.err, observed.err)
    assert (0, "another") == (unsigned.code, unsigned.lines[0]["decision_id"])
    assert unsigned.err.startswith("warning: larkspur-care 3.3.0 is not in force in this home (larkspur-care 3.2.0 is)")
