from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.pruning.shop import years


@pytest.fixture(scope="session")
def three_years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of 1,200 decisions over three years, under a contract that keeps them for one."""
    home = tmp_path_factory.mktemp("pruning") / "home"
    years(home)
    return home


@pytest.fixture
def home(three_years: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three_years, tmp_path / "home"))
