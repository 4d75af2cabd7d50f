"""What a pull request runs: the GitHub Action and the hooks for pre-commit are valid, and each of their command lines runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.blocks import ROOT
from tests.gate.small import clause, contract_text, wiring_text

pytest.importorskip("z3")
if shutil.which("bash") is None or shutil.which("git") is None:
    pytest.skip("no bash and git here", allow_module_level=True)

FINE = [clause("fine", "vip", "allow"), clause("rest", "!vip", "escalate")]
WORSE = [clause("fine", "vip && opened", "allow"), clause("rest", "!vip || !opened", "escalate")]


def loaded(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((ROOT / name).read_text(encoding="utf-8"))


ACTION = loaded("action.yml")
HOOKS = loaded(".pre-commit-hooks.yaml")
STEPS = [each for each in ACTION["runs"]["steps"] if "run" in each]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A shop's repository, whose contract is on `main` and here; the command `ourword` is ours."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ourword").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "from ourword.cli.main import main; import sys; main(sys.argv[1:])" "$@"\n'
    )
    (tools / "ourword").chmod(0o755)
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "wiring.yaml").write_bytes(wiring_text())
    (shop / "contract.yaml").write_bytes(contract_text(FINE))
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@shop.example", *command], cwd=shop, check=True)
    return shop


def environment(shop: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{shop.parent / 'tools'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}


def run(script: str, shop: Path, **env: str) -> subprocess.CompletedProcess[str]:
    files = {name: str(shop.parent / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    given = {**environment(shop), **files, "RUNNER_TEMP": str(shop.parent), **env}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(command, cwd=shop, env=given, capture_output=True, text=True, check=False, timeout=120)


def step(name: str, shop: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """A step of the action, its inputs set as GitHub would."""
    (found,) = (each for each in STEPS if each["name"] == name)
    given = {each: str(about.get("default", "")) for each, about in ACTION["inputs"].items()} | {"against": "", **inputs}
    env = {key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], value) for key, value in found.get("env", {}).items()}
    return run(found["run"], shop, **env)


def test_the_action_says_what_github_asks_of_it() -> None:
    assert {"name", "description", "runs"} <= ACTION.keys()
    assert "composite" == ACTION["runs"]["using"]
    assert all(each["shell"] == "bash" and "name" in each for each in STEPS)
    assert all("description" in each for each in ACTION["inputs"].values())
    named = set(re.findall(r"inputs\.([\w-]+)", str(ACTION["runs"])))
    assert named == ACTION["inputs"].keys()


def test_nothing_that_is_given_becomes_part_of_a_command() -> None:
    """A branch may be called anything: it comes in as a variable, never as text of a script."""
    assert [] == [each["name"] for each in STEPS if "${{" in each["run"]]


@pytest.mark.parametrize("name", ["Check", "Test", "Prove"])
def test_a_sound_contract_passes_each_step(repository: Path, name: str) -> None:
    ran = step(name, repository)

    assert 0 == ran.returncode, ran.stdout + ran.stderr


def test_a_change_against_customers_stops_the_run_and_is_in_its_summary(repository: Path) -> None:
    (repository / "contract.yaml").write_bytes(contract_text(WORSE))
    stopped, told = (step("Diff", repository, against="main", **{"on-against": way}) for way in ("stop", "tell"))

    assert (1, 0) == (stopped.returncode, told.returncode)
    assert "### Against the customer" in (repository.parent / "GITHUB_STEP_SUMMARY").read_text()
    assert "code=1\ncode=1\n" == (repository.parent / "GITHUB_OUTPUT").read_text()
    assert "::warning" in told.stdout


def test_without_a_revision_or_a_contract_there_is_nothing_to_compare_with(repository: Path) -> None:
    """A push, or the first contract of a shop."""
    (repository / "other.yaml").write_bytes(contract_text(FINE))

    assert (0, True) == ((ran := step("Diff", repository)).returncode, "no revision" in ran.stdout)
    assert (0, True) == ((ran := step("Diff", repository, against="main", contract="other.yaml")).returncode, "nothing to compare with" in ran.stdout)


def test_a_flaw_stops_the_run_unless_it_is_only_told(repository: Path) -> None:
    (repository / "contract.yaml").write_bytes(contract_text([clause("dead", "vip && !vip", "allow"), *FINE]))

    assert [1, 0] == [step("Prove", repository, **{"on-flaws": way}).returncode for way in ("stop", "tell")]


def test_each_hook_says_what_pre_commit_asks_of_it() -> None:
    keys = {"id", "name", "entry", "language", "args", "files", "pass_filenames", "additional_dependencies"}

    assert all({"id", "name", "entry", "language"} <= each.keys() <= keys for each in HOOKS)
    assert ["check", "fmt", "test", "prove", "diff"] == [each["id"].removeprefix("ourword-") for each in HOOKS]
    assert all(re.search(each["files"], name) for each in HOOKS for name in ("contract.yaml", "care/wiring.yml"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_each_hook_passes_what_is_well_and_runs(repository: Path, hook: dict[str, Any]) -> None:
    """As pre-commit calls it: with its own arguments, and the files that were changed where it takes them."""
    line = [*hook["entry"].split(), *hook.get("args", [])]
    if hook["id"] == "ourword-fmt":
        subprocess.run(["ourword", "fmt", "contract.yaml"], cwd=repository, env=environment(repository), check=True, capture_output=True)
        line.append("contract.yaml")
    ran = subprocess.run(line, cwd=repository, env=environment(repository), capture_output=True, text=True, check=False)

    assert 0 == ran.returncode, ran.stdout + ran.stderr
