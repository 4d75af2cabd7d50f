"""What customers said and were told, from the event to the report; also in homes that were written before anybody asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ourword.core.event import Event, event_from_json
from ourword.errors import EventError
from ourword.figures.watched import watched
from ourword.outcomes.contacts import Asked
from ourword.outcomes.metrics import report, rows_behind
from ourword.stores import events as store_module
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.rows import COLUMNS, REMARKS


def happened(number: int, type_: str, contact: str = "k-1", **data: Any) -> Event:
    line = {
        "specversion": "1.0", "id": f"e-{number}", "source": "chat", "type": type_, "time": f"2026-11-01T10:{number:02}:00Z",
        "subject": f"customer:of-{contact}", "data": {"contact": contact, **data},
    }  # fmt: skip
    return event_from_json(json.dumps(line).encode())


TALK = [
    happened(1, "message.in", actor="customer"),
    happened(2, "message.out", actor="automation", discloses=True),
    happened(3, "decision.made", answer="refuse", decision="d-1", kind="refund"),
    happened(4, "message.out", actor="automation", decision="d-1", reasons=True),
    happened(5, "contact.closed", closed_by="automation"),
    happened(6, "feedback.given", question="satisfaction", answer=5, scale=5),
]
OTHER = [
    happened(11, "message.in", "k-2", actor="customer"),
    happened(12, "message.out", "k-2", actor="automation", discloses=False),
    happened(13, "contact.closed", "k-2", closed_by="automation"),
    happened(14, "feedback.given", "k-2", question="satisfaction", answer=False),
]


def counted(home: Path, *names: str) -> dict[str, tuple[int, float | None]]:
    with watched(home, Asked(as_of=2_000_000_000_000_000)) as connection:
        rows = [row for row in report(connection) if (row.kind, row.version, row.segment) == ("*",) * 3 and row.metric in names]
    return {row.metric: (row.n, row.value) for row in rows}


def test_ratings_and_what_was_told_arrive_in_the_report(tmp_path):
    """Sealed and unsealed alike."""
    with open_home(tmp_path) as home, EventStore(home) as store:
        assert store.add(TALK) == ["new"] * len(TALK)
        store.seal()
        store.add(OTHER)

    found = counted(tmp_path, "satisfaction", "satisfaction_answered", "told_before_answer", "reasons_told")
    assert found == {"satisfaction": (2, 0.5), "satisfaction_answered": (2, 1.0), "told_before_answer": (2, 0.5), "reasons_told": (1, 1.0)}
    with watched(tmp_path, Asked(as_of=2_000_000_000_000_000)) as connection:
        assert rows_behind(connection, "reasons_told") == ["d-1"]


def test_a_home_from_before_says_no_data_of_its_old_events_and_counts_the_new(tmp_path, monkeypatch):
    """Its segments have no such columns."""
    with open_home(tmp_path) as home, EventStore(home) as store:
        with monkeypatch.context() as before:
            before.setattr(store_module, "COLUMNS", {name: kind for name, kind in COLUMNS.items() if name not in REMARKS})
            store.add(TALK)
            store.seal()
        only_old = counted(tmp_path, "satisfaction", "told_before_answer")
        store.add(OTHER)
        store.seal()

    assert only_old == {"satisfaction": (0, None), "told_before_answer": (0, None)}
    assert counted(tmp_path, "satisfaction") == {"satisfaction": (1, 0.0)}


def test_a_rating_beyond_its_scale_is_an_error_and_words_are_kept_unread():
    """Six of five is a mistake; "fine" is an answer that nobody can count."""
    with pytest.raises(EventError) as caught:
        happened(1, "feedback.given", question="satisfaction", answer=6, scale=5)

    assert caught.value.code == "event.answer"
    assert "6" in caught.value.what
    assert happened(2, "feedback.given", question="satisfaction", answer="fine").data["answer"] == "fine"
    assert happened(3, "feedback.given", question="satisfaction", answer=4).data["answer"] == 4
