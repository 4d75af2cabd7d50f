"""What the page about PostgreSQL shows works, on a server of the tests' own."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.blocks import ROOT, run_console
from tests.stores.cluster import Cluster

PAGE = ROOT / "docs" / "how-to" / "run-on-postgresql.md"


def test_what_the_page_shows_works(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.make_database("ourword")
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)

    blocks = PAGE.read_text(encoding="utf-8").split("```console\n")[1:]
    assert len(blocks) == 3
    for block in blocks:
        assert run_console(SimpleNamespace(parsed=block.split("```")[0])) is None  # type: ignore[arg-type]
