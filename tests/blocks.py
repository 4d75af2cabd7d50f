"""Runs the code blocks of the docs, so that what a reader copies works.

- `python` blocks run, `>>>` lines are compared.
- `console` blocks: each `$ command` runs in a shell (lines that start with `> ` continue it), what it prints is compared with
  the lines below it, where `...` stands for anything. `$ make …` is not run; its target must exist.
- `yaml` and `json` blocks must parse. One whose first line is a comment with a file's name (`# contract.yaml`) is written there.
- `text` blocks are pictures and are left alone.

Each document has an empty folder of its own, with a copy of `examples/` in it.
"""

from __future__ import annotations

import contextlib
import doctest
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sybil import Example, Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

ROOT = Path(__file__).resolve().parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SECONDS_MAX = 60

LANGUAGES = {"python", "console", "yaml", "json", "text"}
"""Every fence in the docs names one of these."""


_sybils_filter = SybilItem._traceback_filter


def _traceback_filter(item: SybilItem, excinfo: Any) -> Any:
    """Sybil 10.1 stumbles over what is raised outside an example, such as a file left open: show that whole."""
    try:
        return _sybils_filter(item, excinfo)
    except IndexError:
        return excinfo.traceback


SybilItem._traceback_filter = _traceback_filter  # type: ignore[method-assign]


def enter_room(namespace: dict[str, Any]) -> None:
    """Give a document its own folder, and go there."""
    room = Path(tempfile.mkdtemp(prefix="ourword-docs-"))
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", room / "examples")
    namespace["_left"], namespace["_room"] = Path.cwd(), room
    os.chdir(room)


def leave_room(namespace: dict[str, Any]) -> None:
    """Go back to where the tests run; end what a block has started (`echo $! > NAME.pid`); remove the folder."""
    for started in namespace["_room"].glob("*.pid"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(started.read_text()), signal.SIGTERM)
    os.chdir(namespace["_left"])
    shutil.rmtree(namespace["_room"], ignore_errors=True)


def commands(source: str) -> list[tuple[str, str]]:
    r"""Split a `console` block into commands with what each is expected to print.

    >>> commands("$ echo a\na\n$ echo b \\\n> c\n")
    [('echo a', 'a\n'), ('echo b \\\nc', '')]
    """
    found: list[tuple[str, str]] = []
    continues = False
    for line in source.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
            continues = True
        elif line.startswith("> ") and continues:
            found[-1] = (found[-1][0] + "\n" + line[2:], "")
        elif found:
            continues = False
            found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


def run_console(example: Example) -> str | None:
    """Run each command of a `console` block; say what differs."""
    for command, expected in commands(example.parsed):
        if command.startswith("make "):
            if not re.search(rf"^{re.escape(command.split()[1])}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M):
                return f"`{command}`: no such target"
            continue
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=_environment(), timeout=SECONDS_MAX, check=False)
        printed = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines()) + "\n"
        if done.returncode:
            return f"`{command}` ended with {done.returncode}:\n{printed}"
        if not doctest.OutputChecker().check_output(expected, printed if printed != "\n" else "", FLAGS):
            return f"`{command}`\nexpected:\n{expected}\nprinted:\n{printed}"
    return None


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "COLUMNS": "150", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}


def parse_yaml(example: Example) -> str | None:
    """Read a `yaml` block, and write it to the file that its first line names."""
    YAML(typ="safe", pure=True).load(example.parsed)
    _write_named(example.parsed)
    return None


def parse_json(example: Example) -> str | None:
    """Read a `json` block: one value, or one value a line."""
    try:
        json.loads(example.parsed)
    except ValueError:
        for line in example.parsed.splitlines():
            json.loads(line)
    return None


def _write_named(text: str) -> None:
    named = re.match(r"# ([\w.-]+\.ya?ml)\n", text)
    if named:
        Path(named[1]).write_text(text, encoding="utf-8")


def document_blocks(root: Path) -> Sybil:
    """The blocks of every Markdown file that pytest visits."""
    return Sybil(
        path=str(root),
        patterns=["*.md"],
        excludes=["docs/how-to/run-on-postgresql.md"],  # needs a server: tests/stores/test_postgres_docs.py
        parsers=[
            SkipParser(),
            PythonCodeBlockParser(doctest_optionflags=FLAGS),
            CodeBlockParser("console", run_console),
            CodeBlockParser("yaml", parse_yaml),
            CodeBlockParser("json", parse_json),
        ],
        setup=enter_room,
        teardown=leave_room,
    )


def docstring_examples(root: Path) -> Sybil:
    """The `>>>` examples in the package's docstrings."""
    return Sybil(path=str(root / "src"), patterns=["*.py"], parsers=[DocTestParser(optionflags=FLAGS)])
