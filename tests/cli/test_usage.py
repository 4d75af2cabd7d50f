"""However the command line is used, it answers with an exit code and words, never with a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

import ourword
from ourword.cli.main import app
from ourword.cli.out import safe

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_the_version_is_one_line(ourword: Any) -> None:
    """Scripts read it."""
    assert (0, f"ourword {_version()}\n", "") == ourword("--version")


def test_starting_loads_no_more_than_typer() -> None:
    """A command that a shell calls in a loop must start at once: what a command needs is loaded when it runs."""
    code = "import sys; from ourword.cli.main import run; run(['--version']); print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())

    assert not loaded & {"rich", "rich.console", "jinja2", "starlette", "uvicorn", "ruamel.yaml", "apsw", "cryptography", "babel", "ourword.app"}


@pytest.mark.parametrize(
    "args",
    [
        ["frobnicate"],
        ["--nope"],
        ["check"],
        ["check", "one"],
        ["decide"],
        ["decide", "a", "b", "c", "d"],
        ["why"],
        ["why", "d-1"],
        ["log"],
        ["log", "--home", "x", "--after", "many"],
        ["log", "--home", "x", "--limit", "-1"],
        ["serve", "a"],
        ["serve", "a", "b", "--port", "70000"],
        ["demo", "--port", "http"],
        ["fmt"],
        ["show"],
        ["show", "--prose"],
        ["show", "--schema", "policy"],
        ["show", "--prose", "--python", "a", "b"],
        ["show", "--prose", "--sql", "a", "b"],
        ["show", "--sql", "--dialect", "oracle", "a", "b"],
    ],
)
def test_wrong_usage_exits_with_64(ourword: Any, args: list[str]) -> None:
    """EX_USAGE, everywhere: a script can tell a wrong call from a refused decision."""
    ran = ourword(*args)

    assert (64, "") == (ran.code, ran.out)
    assert ran.err.strip()


@pytest.mark.parametrize("args", [["check", "no.yaml", "no.yaml"], ["why", "d-1", "--home", "nowhere"], ["decide", "no.yaml", "no.yaml"]])
def test_an_error_says_where_what_and_what_to_do(ourword: Any, args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`place: what`, then a hint: for a reader who does not know Python."""
    monkeypatch.chdir(tmp_path)

    place, _, rest = ourword(*args).err.partition(": ")

    assert place in ("no.yaml", "nowhere")
    assert "\n  hint: " in rest


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(ourword: Any, command: str) -> None:
    """What is not written down is not there."""
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    options = [word.strip(",") for word in ourword(command, "--help").out.split() if word.startswith("--")]

    assert f"## `ourword {command}" in page
    assert not [option for option in options if option.strip("].`:") not in (*_in_section(page, command), "--help")]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_eighty_columns(ourword: Any, command: str) -> None:
    """Help is read in the narrowest of terminals."""
    ran = ourword(*([command] if command else []), "--help")

    assert 0 == ran.code
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    assert "..." not in ran.out.partition("Commands:")[2]


def test_a_customers_text_cannot_steer_the_terminal() -> None:
    """An id or a message may hold escape sequences; they are shown, not obeyed."""
    assert "a\\x1b[2Jb\\x07\\u202e\tü\n" == safe("a\x1b[2Jb\x07\u202e\tü\n")


def _version() -> str:
    return ourword.__version__


def _in_section(page: str, command: str) -> set[str]:
    section = page.partition(f"## `ourword {command}")[2].partition("\n## ")[0]
    return {word.strip("`,.:;()[]|") for word in section.split()}
