"""Ourword on Windows and macOS: no call that only POSIX has, no path that only one system can write, text always as UTF-8."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.elsewhere import MODULES, POSIX_ONLY, NotThere, without_posix

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TRAPPED = ["tests/app", "tests/start/test_first_run.py", "tests/start/test_files.py"]
"""The parts that touch files, run with the trap set; `OURWORD_TRAPPED=1 python -m pytest` runs everything so."""


def _wrong(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os" and node.attr in POSIX_ONLY:
            yield f"{where}: os.{node.attr}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"{where}: import {each}" for each in names if each.partition(".")[0] in MODULES)
        is_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("read_text", "write_text")
        if is_text and not any(each.arg == "encoding" for each in node.keywords):
            yield f"{where}: text without an encoding is another one on Windows"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_source_names_what_one_system_alone_has(path: Path) -> None:
    """What is not written cannot be called; and text is UTF-8 wherever it is read."""
    assert [] == list(_wrong(path))


def test_the_trap_catches_our_calls_and_only_ours() -> None:
    """A trap that never closes proves nothing."""
    ours: dict[str, object] = {"__name__": "ourword.somewhere", "os": os}
    with without_posix():
        assert os.getuid() >= 0
        with pytest.raises(NotThere):
            exec("os.getuid()", ours)
        with pytest.raises(PermissionError):
            exec("os.open('.', os.O_RDONLY)", ours)

    exec("os.getuid()", ours)


def test_what_touches_files_runs_with_the_trap_set() -> None:
    """Homes, events, imports, settling, the first run: the tests that hold for them hold without POSIX."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TRAPPED],
        cwd=ROOT,
        env={**os.environ, "OURWORD_TRAPPED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout[-3000:]
