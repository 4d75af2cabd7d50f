"""What the tests of a whole export share: what lies beside it (`export` is each vendor's own), and Larkspur's events as a helpdesk can hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.helpdesks.rules import CONTACTS, HELD, NOW, Event

from ourword.demo.company import events


@pytest.fixture(scope="module")
def beside(export: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((export / "truth.json").read_text())
    return found


@pytest.fixture(scope="module")
def held() -> list[Event]:
    return [each for each in events(NOW, contacts=CONTACTS) if each["type"] in HELD]
