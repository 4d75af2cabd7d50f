"""The contracts written from strangers' policies: every sentence placed, every rule shown on a customer."""

from __future__ import annotations

import doctest
import json
import re
from collections import Counter
from datetime import datetime
from functools import cache

import outside.airline
import outside.measured
import outside.retail
import outside.rows
import pytest
from outside.__main__ import main, run
from outside.decided import EXAMPLES, ourword
from outside.expected import expected
from outside.measured import Measured, share, table
from outside.tau_retail import TOOLS_CHECK, TOOLS_DO_NOT_CHECK

from ourword.contract.model import Draft

POLICIES = ("tau-retail", "tau-airline-tau1", "tau-airline-tau2", "corecraft")
COUNTED = re.compile(r"(\d+) sentences: (\d+) clause, (\d+) fact, (\d+) promise, (\d+) journey, (\d+) cannot be said\.")
ROW = re.compile(r"\| \d+ \| .+ \| (clause|fact|promise|journey|cannot be said) \| (.+) \|")
KEYS = {"requires", "otherwise", "final", "tell", "zone", "time", "source", "status", "balance", "flight_type"}


@cache
def draft(name: str) -> Draft:
    return ourword(name).contract.draft


def named(name: str) -> set[str]:
    """Every id and name that the contract and its wiring know."""
    contract = draft(name)
    ids = {part.id for kind in contract.kinds.values() for part in (*kind.clauses, *kind.never, *kind.promises)}
    return ids | set(contract.kinds) | set(contract.wiring.facts) | KEYS


@pytest.mark.parametrize("name", POLICIES)
def test_every_sentence_of_the_policy_is_placed_and_counted(name: str):
    """Who signs a contract wants to know what of the policy it does not say."""
    text = (EXAMPLES / name / "README.md").read_text("utf-8")
    counted = COUNTED.search(text)
    rows = Counter(match[1] for match in ROW.finditer(text))

    assert counted is not None
    assert tuple(map(int, counted.groups())) == (rows.total(), *(rows[each] for each in ("clause", "fact", "promise", "journey", "cannot be said")))


@pytest.mark.parametrize("name", POLICIES)
def test_what_the_table_names_is_in_the_contract(name: str):
    """A table that names a clause which was renamed misleads."""
    text = (EXAMPLES / name / "README.md").read_text("utf-8")
    said = {word for match in ROW.finditer(text) for word in re.findall(r"`([a-z_-]+)`", match[2])}

    assert said <= named(name)


@pytest.mark.parametrize("name", POLICIES)
def test_every_rule_is_shown_on_a_customer(name: str):
    """A rule nobody has seen at work is a rule nobody has read."""
    verdicts = json.loads((EXAMPLES / name / "expected.json").read_text("utf-8"))["verdicts"]
    shown = {rule for each in verdicts for rule in (each["decided_by"], *each["fired"])}

    assert {clause.id for kind in draft(name).kinds.values() for clause in kind.clauses} <= shown


@pytest.mark.parametrize("name", POLICIES)
def test_the_lines_are_decided_as_reviewed(name: str):
    """`expected.json` was read line by line against the policy; a change of the gate must not pass unseen."""
    reviewed = json.loads((EXAMPLES / name / "expected.json").read_text("utf-8"))

    assert expected(EXAMPLES / name, datetime.fromisoformat(reviewed["at"])) == reviewed


def test_every_stopping_rule_of_the_shop_is_known_to_be_checked_by_its_tools_or_not():
    """A rule in neither list would be counted as if the tools checked it."""
    rules = {clause.id for kind in draft("tau-retail").kinds.values() for clause in kind.clauses if clause.then.answer != "allow"}

    assert rules == TOOLS_CHECK.keys() | TOOLS_DO_NOT_CHECK.keys()


@pytest.mark.parametrize("module", [outside.airline, outside.measured, outside.retail, outside.rows], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_run(module):
    """A docstring's example is documentation only while it is true."""
    assert doctest.testmod(module).failed == 0


def test_a_share_of_nothing_is_shown_with_its_n():
    """No data must not look like a measurement."""
    assert "n" in table([Measured("shop.stopped", share(0, 0), 0)]).splitlines()[0]


def test_a_missed_mark_is_not_ok():
    """The command's exit code rests on it."""
    assert not Measured("shop.stopped", 0.5, 20, (">=", 0.88)).ok
    assert Measured("shop.stopped", 0.01, 20, ("<=", 0.01)).ok


def test_a_check_without_its_data_is_skipped_by_name(tmp_path, capsys):
    """Who has no shared data still learns which checks did not run."""
    assert run(tmp_path, ["tau-retail"]) == []
    assert "skipped tau-retail" in capsys.readouterr().out


def test_a_check_that_does_not_exist_is_a_usage_error(capsys):
    """A misspelt name must not look like a passed check."""
    assert main(["tau-retial"]) == 64
    assert "there are tau-retail" in capsys.readouterr().err


def test_a_faithful_contract_stops_what_the_shop_refused_and_little_else(shared_data):
    """The first proof on a company that no one here knows."""
    measured = run(shared_data, ["tau-retail"])

    assert [each.check for each in measured if not each.ok] == []


def test_a_faithful_contract_decides_all_of_the_airline(shared_data):
    """Both wordings, each row by its own."""
    measured = run(shared_data, ["tau-airline-10"])

    assert [each.check for each in measured if not each.ok] == []
