"""`check`, `show`, `fmt`: looking at a contract without deciding anything."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def copies(larkspur: Any, tmp_path: Path) -> tuple[Path, Path]:
    return tuple(Path(shutil.copy(each, tmp_path)) for each in larkspur)  # type: ignore[return-value]


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def clean() -> tuple[str, str]:
    demo = files("ourword.demo")
    return str(demo / "contract.yaml"), str(demo / "wiring.yaml")


def test_a_contract_without_flaws_exits_with_0(ourword: Any, clean: Any) -> None:
    """Keys that nothing reads yet are told, and are no flaw."""
    ran = ourword("check", *clean)

    assert (0, "") == (ran.code, ran.err)
    assert "not read yet" in ran.out


def test_strict_makes_a_flaw_of_keys_that_nothing_reads(ourword: Any, clean: Any) -> None:
    """Before signing, one wants to know that every word acts."""
    assert 1 == ourword("check", *clean, "--strict").code


def test_what_will_surprise_is_a_flaw_and_no_error(ourword: Any, copies: Any) -> None:
    """A promise kept by an event that nobody sends would count as broken: it is told, and the contract decides all the same."""
    contract, wiring = copies
    contract.write_text(contract.read_text("utf-8").replace("kept_by: payment.refunded", "kept_by: payment.refundet"), "utf-8")
    ran = ourword("check", contract, wiring)

    assert 1 == ran.code
    assert "did you mean `payment.refunded`?" in ran.out
    assert "1 warning, 3 notes · sha256:" in ran.out


def test_the_sample_contract_is_clean(ourword: Any, larkspur: Any) -> None:
    """Notes are worth knowing and no flaws."""
    ran = ourword("check", *larkspur)

    assert 0 == ran.code
    assert "3 notes · sha256:" in ran.out


def test_flaws_are_told_with_place_and_hint(ourword: Any, copies: Any) -> None:
    """All of them at once, where they stand, with what to do."""
    _change(copies[0], "owner: mara\n", "owner: mra\n")

    ran = ourword("check", *copies)

    assert 1 == ran.code
    assert f"{copies[0]}:" in ran.out
    assert "did you mean `mara`" in ran.out
    assert "this is no contract yet" in ran.out


def test_flaws_as_json_say_the_same(ourword: Any, copies: Any) -> None:
    """CI reads them."""
    _change(copies[0], "owner: mara\n", "owner: mra\n")

    told = json.loads(ourword("check", *copies, "--json").out)

    assert (None, "contract.owner", "error") == (told["digest"], told["flaws"][0]["code"], told["flaws"][0]["level"])
    assert {"code", "level", "what", "place", "hint"} == set(told["flaws"][0])
    assert {"key", "place", "changes_answer"} == set(told["not_read_yet"][0])


def test_a_contract_that_cannot_be_read_exits_with_3(ourword: Any, copies: Any) -> None:
    """Nothing can be said about its flaws."""
    _change(copies[0], "ourword: 1\n", "ourword: 1\nourword: 1\n")

    ran = ourword("check", *copies)

    assert (3, "") == (ran.code, ran.out)
    assert f"{copies[0]}:3:1" in ran.err


def test_show_names_digest_kinds_and_owners(ourword: Any, larkspur: Any) -> None:
    """What one asks first of a file that one finds."""
    words = ourword("show", *larkspur).out
    told = json.loads(ourword("show", *larkspur, "--json").out)

    assert told["digest"] in words
    assert "autonomous, owned by Mara Lind: 7 clauses, 2 boundaries, 2 promises" in words
    assert [("refund", "mara", "autonomous")] == [(each["kind"], each["owner"], each["rights"]) for each in told["kinds"]]


def test_the_prose_is_what_gets_signed(ourword: Any, larkspur: Any) -> None:
    """Sentences for those who sign, with the digest of what was signed."""
    prose = ourword("show", *larkspur, "--prose").out

    assert "Refunds above 500 EUR are decided by a person." in prose
    assert json.loads(ourword("show", *larkspur, "--json").out)["digest"] in prose


def test_the_python_is_what_the_gate_runs(ourword: Any, larkspur: Any) -> None:
    """Generated code that nobody can read cannot be trusted; no text of the contract's is in it."""
    python = ourword("show", *larkspur, "--python").out

    assert "def mask(given, now):" in python
    assert "> 50000" in python
    assert "changed_mind" not in python


@pytest.mark.parametrize(("dialect", "quoted"), [("duckdb", '("amount" > 50000)'), ("spark", "(`amount` > 50000)")])
def test_the_sql_is_what_a_database_reads(ourword: Any, larkspur: Any, dialect: str, quoted: str) -> None:
    """An analyst who counts past decisions asks the same question as the gate."""
    told = ourword("show", *larkspur, "--sql", "--dialect", dialect)

    assert (0, True, True) == (told.code, f"-- clause above-limit\n{quoted}\n" in told.out, "-- boundary not-more-than-paid" in told.out)


def test_the_sql_as_json_has_the_columns_and_each_condition(ourword: Any, larkspur: Any) -> None:
    """Another program makes its table from it."""
    told = json.loads(ourword("show", *larkspur, "--sql", "--json").out)
    refund = told["kinds"][0]

    assert ("duckdb", "BIGINT") == (told["dialect"], refund["columns"]["amount"])
    assert {"of": "clause", "id": "confirm-first", "sql": '(NOT "confirmed")'} in refund["conditions"]


@pytest.mark.parametrize("which", ["contract", "wiring"])
def test_a_schema_is_printed_for_editors(ourword: Any, which: str) -> None:
    """An editor underlines what we would refuse."""
    assert "2020-12" in json.loads(ourword("show", "--schema", which).out)["$schema"]


def test_a_flawed_contract_is_not_shown_as_one(ourword: Any, copies: Any) -> None:
    """Nobody signs what does not hold together."""
    _change(copies[0], "owner: mara\n", "owner: mra\n")

    assert (3, "") == ourword("show", *copies, "--prose")[:2]


def test_formatting_changes_no_meaning_and_settles(ourword: Any, copies: Any) -> None:
    """The digest is the same before and after; a second run changes nothing."""
    before = json.loads(ourword("show", *copies, "--json").out)["digest"]

    assert 1 == ourword("fmt", "--check", *copies).code
    assert 0 == ourword("fmt", *copies).code
    assert (0, "", "") == ourword("fmt", "--check", *copies)
    assert before == json.loads(ourword("show", *copies, "--json").out)["digest"]


def test_formatting_all_or_none(ourword: Any, copies: Any, tmp_path: Path) -> None:
    """One bad file among many leaves the others as they are."""
    before = copies[0].read_bytes()
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")

    ran = ourword("fmt", copies[0], tmp_path / "bad.yaml")

    assert (3, before) == (ran.code, copies[0].read_bytes())


def test_checking_the_format_writes_nothing(ourword: Any, copies: Any) -> None:
    """CI checks, people format."""
    before = copies[0].read_bytes()

    ourword("fmt", "--check", *copies)

    assert before == copies[0].read_bytes()


# ---- decision tables -----------------------------------------------------------------------------------------------


def test_clauses_are_shown_as_a_table(ourword: Any, larkspur: Any) -> None:
    ran = ourword("show", *larkspur, "--table", "refund")

    assert (0, "") == (ran.code, ran.err)
    assert "id,asked_human,confirmed,amount,order_age,reason,opened,answer,ask,amend.amount,say,contest" == ran.out.splitlines()[0]
    assert "above-limit,-,-,> 500.00 EUR,-,-,-,escalate,,,Refunds above 500 EUR are decided by a person.," in ran.out.splitlines()


def test_a_clause_that_is_no_row_is_named(ourword: Any, examples: Path) -> None:
    folder = examples / "corecraft"
    ran = ourword("show", folder / "contract.yaml", folder / "wiring.yaml", "--table", "process_refund")

    assert (0, True) == (ran.code, "not in the table: `approval-needs-authority`" in ran.err)


def test_a_table_of_a_kind_that_is_not_there_is_a_wrong_usage(ourword: Any, larkspur: Any) -> None:
    ran = ourword("show", *larkspur, "--table", "refnud")

    assert (64, True) == (ran.code, "it decides: refund" in ran.err)
