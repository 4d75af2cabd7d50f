"""`ourword test --write`: what a person wrote into the file of cases stays there, whatever becomes of the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

GIVEN = "given: {amount: 20.00 EUR, order_age: 2 days, order_total: 20.00 EUR, reason: damaged, confirmed: true, asked_human: false}"
OWN = f"""\
    # Mrs Ott, 3 May: never again.
    - name: the lamp of Mrs Ott   # in her words
      {GIVEN}
      answer: allow
"""


@pytest.fixture
def contract(ourword: Any, tmp_path: Path, larkspur: Any) -> Path:
    """Larkspur's, its wiring and its kept cases beside it."""
    (tmp_path / "contract.yaml").write_bytes(larkspur[0].read_bytes())
    (tmp_path / "wiring.yaml").write_bytes(larkspur[1].read_bytes())
    assert ourword("test", tmp_path / "contract.yaml", "--write").code == 0
    return tmp_path / "contract.yaml"


def change(path: Path, *pairs: tuple[str, str]) -> str:
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return text


def test_a_case_of_ones_own_and_comments_stay_to_the_letter(ourword: Any, contract: Path) -> None:
    file = contract.parent / "cases.yaml"
    text = file.read_text("utf-8")
    at = text.index("    - name:", text.index("    - name:") + 5)
    text = text[:at] + OWN + "    # the edge of law\n" + text[at:]
    text = (
        text.replace("cases:\n", "# what we promised the board\ncases:  # by kind\n", 1).replace("  refund:\n", "  # refunds first\n  refund:\n", 1)
        + "# the end\n"
    )
    file.write_text(text, "utf-8")
    ran = ourword("test", contract, "--write")

    assert (ran.code, file.read_text("utf-8")) == (0, text)
    assert "1 kept case, all as expected" in ran.out


def test_a_case_of_ones_own_that_fails_is_not_made_to_fit(ourword: Any, contract: Path) -> None:
    """What a person expects is theirs to change; only what we wrote is written anew."""
    file = contract.parent / "cases.yaml"
    text = file.read_text("utf-8") + OWN.replace("answer: allow", "answer: refuse")
    file.write_text(text, "utf-8")
    change(contract, ("amount > eur(500)", "amount > eur(400)"))
    ran = ourword("test", contract, "--write")

    assert (ran.code, "the lamp of Mrs Ott: refuse expected, allow got" in ran.out) == (1, True)
    assert OWN.replace("answer: allow", "answer: refuse") in file.read_text("utf-8")
    assert "amount > eur(500)" not in file.read_text("utf-8")
    assert "amount > eur(400)" in file.read_text("utf-8")


def test_answers_are_written_anew_below_the_comments_beside_them(ourword: Any, contract: Path) -> None:
    file = contract.parent / "cases.yaml"
    change(file, ("answer: refuse\n", "answer: refuse  # 2 % of all\n"))
    change(contract, ("then: refuse, contest: 30 days", "then: escalate"))
    ran = ourword("test", contract, "--write")
    text = file.read_text("utf-8")

    assert (ran.code, ourword("test", contract).code) == (0, 0)
    assert "answer: escalate  # 2 % of all" in text
    assert "answer: refuse" not in text


def test_after_a_fact_is_renamed_ours_are_written_anew_and_a_persons_is_put_aside(ourword: Any, contract: Path) -> None:
    file = contract.parent / "cases.yaml"
    file.write_text(file.read_text("utf-8") + OWN, "utf-8")
    for path in (contract, contract.parent / "wiring.yaml"):
        change(path, ("order_total", "paid_total"))
    told, ran = ourword("test", contract), ourword("test", contract, "--write")
    text = file.read_text("utf-8")

    assert (
        told.code,
        "there is no fact `order_total`" in told.err,
        "`ourword test --write` writes its own cases anew" in " ".join(told.err.split()),
    ) == (3, True, True)
    assert (ran.code, "put aside as a comment, since it does not fit the contract" in ran.out) == (1, True)
    assert "# put aside, since there is no fact `order_total`" in text
    assert "    #     - name: the lamp of Mrs Ott   # in her words" in text
    assert "paid_total" in text
    again = ourword("test", contract, "--write")
    assert (again.code, ourword("test", contract).code, file.read_text("utf-8")) == (0, 0, text)


def test_lines_end_as_they_ended(ourword: Any, contract: Path) -> None:
    """An editor that writes CRLF would show every line as changed."""
    file = contract.parent / "cases.yaml"
    text = file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(text)

    assert (ourword("test", contract, "--write").code, file.read_bytes()) == (0, text)


def test_after_a_kind_is_renamed_its_cases_are_too(ourword: Any, contract: Path) -> None:
    file = contract.parent / "cases.yaml"
    file.write_text(file.read_text("utf-8") + OWN, "utf-8")
    change(contract, ("\n  refund:\n", "\n  repayment:\n"), ("decisions.refund.", "decisions.repayment."), ("may: {refund:", "may: {repayment:"))
    change(contract.parent / "wiring.yaml", ("decision: refund", "decision: repayment"), ("count: refund", "count: repayment"))
    assert "there is no kind of decision `refund`" in ourword("test", contract).err
    ran = ourword("test", contract, "--write")
    text = file.read_text("utf-8")

    assert ran.code == 1
    assert ("\n  refund:" in text, "\n  repayment:\n" in text, "the lamp of Mrs Ott" in text) == (False, True, True)
    assert ourword("test", contract).code == 0


def test_cases_on_one_line_are_not_written_over(ourword: Any, contract: Path) -> None:
    file = contract.parent / "cases.yaml"
    text = f"ourword: 1\ncontract: larkspur-care\ncases: {{refund: [{{name: mine, {GIVEN}, answer: allow}}]}}\n"
    file.write_text(text, "utf-8")
    ran = ourword("test", contract, "--write")

    assert (ran.code, "cases.yaml:3:1" in ran.err, file.read_text("utf-8")) == (3, True, text)


@pytest.mark.parametrize("name", ["contract.yaml", "wiring.yaml", "cases.yaml"])
def test_what_is_read_is_not_written_over(ourword: Any, contract: Path, name: str) -> None:
    """A slip of the shell's completion, and the signed contract would be test results."""
    path = contract.parent / name
    before = path.read_bytes()
    ran = ourword("test", contract, "--junit", path)

    assert (ran.code, "would be lost" in ran.err, path.read_bytes()) == (64, True, before)
    if name != "cases.yaml":
        assert ourword("test", contract, "--write", "--cases", path).code in (3, 64)
        assert path.read_bytes() == before
