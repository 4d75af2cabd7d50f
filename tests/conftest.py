"""What several tests need: other companies' data, a browser, root; each test that cannot have it is skipped by name."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.elsewhere import without_posix
from tests.stores.cluster import Cluster, is_there
from tests.tries import CI, tries

from ourword.stores.home import make_postgres_home

ROOT = Path(__file__).resolve().parents[1]

# Two busy cores make time limits lie; what is slow shows in `--durations`.
settings.register_profile("ourword", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=CI, max_examples=tries(100))
settings.load_profile("ourword")

# A shell that starts us in the background lets us ignore Ctrl-C, and so would every program that a test starts in order to stop it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=os.environ.get("OURWORD_TRAPPED") == "1")
def elsewhere() -> Iterator[None]:
    """Every test as on a system without POSIX, where that is asked for."""
    with without_posix():
        yield


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of examples: docs, tests and vectors at once."""
    return ROOT / "examples"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other companies' decisions, in ../shared/data."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("../shared is not beside this folder")
    return data


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no browser: install Debian's package chromium")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, driven; for one file at a time, since its driver keeps an event loop running in which no other can."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no browser driver: install playwright")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def as_root() -> None:
    """Only root may mount, drop rights and fill small disks."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of our own."""
    if not is_there():
        pytest.skip("no PostgreSQL: install Debian's package postgresql")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("no psycopg: install ourword with its extra `postgres`")
    running = Cluster()
    yield running
    running.remove()


@pytest.fixture(params=["files", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Where the ledger lies."""
    return str(request.param)


@pytest.fixture
def begun(kind: str, request: pytest.FixtureRequest) -> Callable[[Path], Path]:
    """Makes a folder the beginning of a home of this kind."""

    def make(folder: Path) -> Path:
        if kind == "postgres":
            make_postgres_home(folder, request.getfixturevalue("cluster").address, schema=f"home_{secrets.token_hex(6)}")
        return folder

    return make
