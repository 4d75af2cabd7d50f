"""Larkspur's hundred and twenty days, made once for each file of tests."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from tests.demo.listened import NOW, Row, Told

from ourword.demo.company import decisions, events, truth


@pytest.fixture(scope="module")
def heard() -> list[Row]:
    return list(events(NOW))


@pytest.fixture(scope="module")
def decided() -> list[Row]:
    return list(decisions(NOW))


@pytest.fixture(scope="module")
def true() -> Row:
    return truth(NOW)


@pytest.fixture(scope="module")
def told(heard: list[Row]) -> dict[str, Told]:
    found: dict[str, Told] = defaultdict(Told)
    for each in heard:
        if "contact" in each["data"]:
            found[each["data"]["contact"]].events.append(each)
    # What arrives late belongs where it happened.
    for contact in found.values():
        contact.events.sort(key=lambda each: each.get("time", "9"))
    return dict(found)


@pytest.fixture(scope="module")
def alone(told: dict[str, Told]) -> dict[str, Told]:
    """The contacts that no person joined, opened so long ago that they are over."""
    return {
        name: each
        for name, each in told.items()
        if each.any("contact.opened") and each.opened < NOW - timedelta(days=12) and not each.any("human.joined")
    }
