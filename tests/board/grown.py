"""A home that has lived up to a moment, and what comes after it: for whatever must not look into the future."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from tests.board.lived import NOW

from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.demo.company import company
from ourword.figures.raising import raise_missed
from ourword.figures.settling import events_of, settle_home
from ourword.signals.signalling import answer, signals
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

CONTACTS = 60
LATER_NS = int(NOW.timestamp()) * 10**9


@cache
def lines() -> tuple[dict[str, Any], ...]:
    """Larkspur's decisions and events, as they came."""
    return tuple(company(NOW, contacts=CONTACTS))


def until(at: datetime) -> Callable[[dict[str, Any]], bool]:
    """Which lines had happened by a moment."""
    return lambda line: datetime.fromisoformat(line["time"]).astimezone(UTC) <= at


def grow(path: Path, which: Callable[[dict[str, Any]], bool], *, settled: datetime) -> None:
    """Decide and hand in some of the lines, settle as of a moment, and raise what asks for an answer."""
    some = [line for line in lines() if which(line)]
    with as_file(files("ourword.demo")) as ours, Ourword.open(ours / "contract.yaml", ours / "wiring.yaml", home=path) as word:
        proposed = (json.dumps(line).encode() for line in some if "specversion" not in line)
        assert not [each for each in word.decide_lines(proposed, batch=256) if "error" in each]
    with open_home(path) as home:
        with EventStore(home) as store:
            store.add([event_from_mapping(line) for line in some if "specversion" in line])
        settle(path, settled)


def settle(path: Path, at: datetime) -> None:
    """Settle, and raise what asks for an answer."""
    now = int(at.timestamp()) * 10**9
    with open_home(path) as home:
        settle_home(home, events_of(home), now)
        raise_missed(home, now)


def go_on(path: Path, at: datetime) -> None:
    """Everything after a moment: decisions, events, complaints, customers who turn out to be one, new attributes, answers to what asked."""
    grow(path, lambda line: not until(at)(line), settled=NOW)
    hand_in(path, _of_later())
    settle(path, NOW)
    with open_home(path) as home:
        for each in signals(home, now=LATER_NS):
            if each.waits:
                answer(home, each.id, said="defect", by=each.owner, because="mended", now=LATER_NS)


def hand_in(path: Path, given: list[dict[str, Any]]) -> None:
    """Hand events in, and nothing else."""
    with open_home(path) as home, EventStore(home) as store:
        assert {"new"} == set(store.add([event_from_mapping(each) for each in given]))


def event(name: str, type_: str, customer: str, at: datetime, **data: Any) -> dict[str, Any]:
    """An event as it is handed in."""
    common = {"specversion": "1.0", "id": name, "source": "later", "type": type_, "time": at.isoformat(), "subject": f"customer:{customer}"}
    return {**common, "data": data}


def _of_later() -> list[dict[str, Any]]:
    customers = sorted({line["customer"] for line in lines() if "customer" in line})
    one, other, third = customers[:3]
    return [
        event("merged", "customer.merged", one, NOW, id=f"customer:{other}"),
        event("moved", "customer.updated", third, NOW, attributes={"region": "elsewhere", "language": "xx"}),
        event("wronged", "complaint.filed", third, NOW, actor="customer", contact="k-wronged"),
        event("rated", "feedback.given", third, NOW, contact="k-wronged", question="effort", answer=2, scale=7),
    ]
