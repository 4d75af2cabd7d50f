"""The shop that erasing is tried on, lived once in a process: whoever changes it copies it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.erasing.shop import lived

_ONCE = TemporaryDirectory(prefix="ourword-shop-", ignore_cleanup_errors=True)


@cache
def _lived() -> Path:
    return lived(Path(_ONCE.name) / "home")


@pytest.fixture
def shop() -> Path:
    """The home as it is; nobody writes into it."""
    return _lived()


@pytest.fixture
def home(shop: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(shop, tmp_path / "home"))
