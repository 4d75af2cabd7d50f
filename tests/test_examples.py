"""Every folder in `examples/` decided through Python, the command line and HTTP: one answer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from tests.blocks import commands

from ourword.app import Ourword

EXAMPLES_FOLDER = Path(__file__).parents[1] / "examples"
EXAMPLES = sorted(path.parent for path in EXAMPLES_FOLDER.glob("*/decisions.jsonl"))


class Folder:
    """An example: its files, its lines with the time that `expected.json` sets, and what is expected."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.contract, self.wiring = path / "contract.yaml", path / "wiring.yaml"
        self.expected = json.loads((path / "expected.json").read_text("utf-8"))
        texts = (path / "decisions.jsonl").read_text("utf-8").splitlines()
        self.lines = [{"time": self.expected["at"], **json.loads(text)} for text in texts]

    def open(self) -> Ourword:
        at = datetime.fromisoformat(self.expected["at"])
        return Ourword.open(self.contract, self.wiring, clock=lambda: at)


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.name)
def folder(request):
    return Folder(request.param)


def test_the_readme_of_the_refunds_shows_what_came_later(tmp_path):
    """Whoever copies its commands sees what it says."""
    shutil.copytree(EXAMPLES_FOLDER, tmp_path / "examples")
    text = (EXAMPLES_FOLDER / "larkspur-refund" / "README.md").read_text("utf-8")
    block = next(each for each in re.findall(r"```console\n(.*?)```", text, re.S) if "settle" in each)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, expected in commands(block):
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False)
        assert (0, expected.strip()) == (done.returncode, done.stdout.strip()), (command, done.stderr)


def test_there_are_examples():
    assert len(EXAMPLES) >= 4


def test_an_example_decides_as_its_reviewer_expects(folder):
    with folder.open() as word:
        verdicts = [word.decide_json(line) for line in folder.lines]
    expected = folder.expected["verdicts"]
    promises = [{"decision_id": each["decision_id"], "id": made["id"], "due": made["due"]} for each in verdicts for made in each["promises"]]

    assert expected == [{key: verdict[key] for key in want} for want, verdict in zip(expected, verdicts, strict=True)]
    assert folder.expected["promises"] == promises


def test_python_and_the_command_line_give_one_answer(folder, tmp_path):
    from typer.testing import CliRunner

    from ourword.cli.main import app

    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in folder.lines), "utf-8")
    result = CliRunner().invoke(app, ["decide", str(folder.contract), str(folder.wiring), str(source)])
    with folder.open() as word:
        given = [word.decide_json(line) for line in folder.lines]

    assert (0, given) == (result.exit_code, [json.loads(line) for line in result.stdout.splitlines()])


def test_python_and_http_give_one_answer(folder):
    from starlette.testclient import TestClient

    from ourword.http.server import make

    with folder.open() as word, TestClient(make(word), base_url="http://127.0.0.1") as client:
        served = [client.post("/v1/decisions", json=line).json() for line in folder.lines]
        given = [word.decide_json(line) for line in folder.lines]

    assert given == served


def test_an_example_holds_the_answers_that_its_contract_promises_in_its_own_examples(folder):
    """`examples:` in the contract are sentences about customers; they must be true."""
    from ourword.contract.model import Example

    with folder.open() as word:
        cases: list[tuple[str, Example]] = [(kind.name, each) for kind in word.contract.draft.kinds.values() for each in kind.examples]
        answers = [word.decide({"kind": kind, "customer": "c-1", "facts": each.given}).answer for kind, each in cases]

    assert [each.answer for _, each in cases] == answers


# ---- what became of it ---------------------------------------------------------------------------------------------------

EXPORTS = sorted(path.parent for path in (Path(__file__).parents[1] / "examples").glob("*/mapping.yaml"))
OUTCOMES = ("confirmed", "quiet", "came_back", "gave_up", "promise_broken")


@pytest.fixture(params=EXPORTS, ids=lambda path: path.name)
def export(request, tmp_path, capsys):
    """An example's export, taken into a home by the command line; what is expected, and the home."""
    from ourword.cli.main import run

    expected = json.loads((request.param / "expected.json").read_text("utf-8"))
    source = _source(request.param)
    home = tmp_path / "home"
    assert 0 == run(["import", str(source), "--mapping", str(request.param / "mapping.yaml"), "--home", str(home), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (expected["rows"], expected["events"]) == (told["rows"], told["events"]["new"])
    return expected, home


def _source(example):
    return next(path for path in sorted(example.iterdir()) if path.suffix in (".csv", ".jsonl"))


def _counts(rows):
    """How many contacts each row of all versions and segments counts, by kind and metric."""
    found = {}
    for row in rows:
        if (row["version"], row["segment"]) == ("*", "*") and row["metric"] in (*OUTCOMES, "claimed_resolution"):
            found.setdefault(row["kind"], {"n": row["n"]})[row["metric"]] = None if row["value"] is None else round(row["value"] * row["n"])
    return found


def _recounted(rows, expected):
    return {row["rule"]: {key: row[key] for key in expected[row["rule"]]} for row in rows if row["kind"] == "*" and row["rule"] in expected}


def test_python_finds_what_became_of_each_contact(export):
    """What a reviewer reads off the tickets, contact by contact."""
    from ourword.figures.watched import watched
    from ourword.outcomes.contacts import contacts
    from ourword.stores.events import EventStore
    from ourword.stores.home import open_home

    expected, home = export
    with open_home(home, write=False) as opened, EventStore(opened, write=False) as store, watched(home) as connection:
        found = {store.people.name(each.contact): each.outcome for each in contacts(connection)}

    assert {**expected["outcomes"], **dict.fromkeys(expected["still_open"], "still_open")} == found


def test_three_doors_report_the_same(export, capsys):
    """Python, the command line and HTTP: the same counts, and they are the reviewer's."""
    import msgspec
    from starlette.testclient import TestClient

    from ourword.cli.main import run
    from ourword.http.server import close, make

    expected, home = export
    with Ourword.open_home(home, write=False) as word:
        report, recounted = word.report(), word.recount()
    assert 0 == run(["report", "--home", str(home), "--json"])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 0 == run(["recount", "--home", str(home), "--json"])
    recount = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    with Ourword.open_home(home) as word:
        app = make(word)
        client = TestClient(app, base_url="http://127.0.0.1")
        served, served_recount = client.get("/v1/outcomes").json(), client.get("/v1/recount").json()
        close(app)

    assert expected["report"] == _counts(printed)
    assert printed == served == [msgspec.to_builtins(row) for row in report]
    assert expected["recount"] == _recounted(recount, expected["recount"])
    assert recount == served_recount == [msgspec.to_builtins(row) for row in recounted]


@pytest.mark.parametrize("example", EXPORTS, ids=lambda path: path.name)
def test_python_alone_goes_the_whole_way(example, tmp_path):
    """From the export to the figures through `Ourword`, by the verbs that the command line has; and what it shows is the reviewer's."""
    import msgspec

    from ourword.figures.summary import outcome_words

    expected = json.loads((example / "expected.json").read_text("utf-8"))
    with Ourword.open_home(tmp_path / "home") as word:
        told = word.import_file(_source(example), example / "mapping.yaml")
        again = word.import_file(_source(example), example / "mapping.yaml")
        settled = word.settle()
        report, recount = word.report(), word.recount()
        true = {**expected["outcomes"], **dict.fromkeys(expected["still_open"], "still_open")}
        found = {name: word.contact(name).brief.outcome for name in true}
        gave_up = {each.name for each in word.contacts("gave_up")}
        nothing = word.promises(), word.signals(), settled.rows

    assert (expected["rows"], expected["events"], 0) == (told.rows, told.events["new"], again.events["new"])
    assert expected["report"] == _counts(msgspec.to_builtins(report))
    assert expected["recount"] == _recounted(msgspec.to_builtins(recount), expected["recount"])
    assert {name: outcome_words(outcome) for name, outcome in true.items()} == found
    assert {name for name, outcome in expected["outcomes"].items() if outcome == "gave_up"} == gave_up
    assert ([], [], ()) == nothing
