"""A first run in a folder of its own, and whoever opens its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.start.shop import HERE

from ourword.http.start.app import close, make
from ourword.starting.run import Start


@pytest.fixture
def start(tmp_path: Path) -> Start:
    return Start(tmp_path / "Ourword")


@pytest.fixture
def caller(start: Start) -> Iterator[TestClient]:
    app = make(start)
    with TestClient(app, base_url=HERE) as client:
        yield client
    close(app)
