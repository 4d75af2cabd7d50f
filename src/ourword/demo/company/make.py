"""Larkspur's events, decisions and truth, in three files or one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from ourword.demo.company.life import Life, live
from ourword.demo.company.truth import truth_of

CONTACTS, DAYS, SEED = 20_000, 120, 7


@lru_cache(maxsize=1)
def _life(now: int, seed: int, days: int, contacts: int) -> Life:
    return live(now=now, seed=seed, days=days, contacts=contacts)


def forget() -> None:
    """Let go of the company that was made last: it is kept for the next question about it, and it is large."""
    _life.cache_clear()


def company(now: datetime, *, seed: int = SEED, days: int = DAYS, contacts: int = CONTACTS) -> Iterator[dict[str, Any]]:
    """Give events (CloudEvents) and decision lines (they have a `kind`) as they arrive up to *now* (aware); the same for the same seed.

    >>> from datetime import UTC
    >>> lines = list(company(datetime(2026, 11, 23, 10, tzinfo=UTC), contacts=50))
    >>> sorted({line["kind"] for line in lines if "kind" in line})
    ['account_access', 'cancel_order', 'goodwill', 'price_match', 'refund']
    """
    for _, line in _life(int(now.timestamp()), seed, days, contacts).written:
        yield line


def events(now: datetime, *, seed: int = SEED, days: int = DAYS, contacts: int = CONTACTS) -> Iterator[dict[str, Any]]:
    """Give the events alone."""
    return (line for line in company(now, seed=seed, days=days, contacts=contacts) if "specversion" in line)


def decisions(now: datetime, *, seed: int = SEED, days: int = DAYS, contacts: int = CONTACTS) -> Iterator[dict[str, Any]]:
    """Give the decision lines alone, in the order of their times."""
    return (line for line in company(now, seed=seed, days=days, contacts=contacts) if "specversion" not in line)


def truth(now: datetime, *, seed: int = SEED, days: int = DAYS, contacts: int = CONTACTS) -> dict[str, Any]:
    """Give what is true: every contact's fate and whether it is truly solved, true rates, each story's numbers."""
    return truth_of(_life(int(now.timestamp()), seed, days, contacts), seed=seed)


def write(folder: Path, now: datetime, *, seed: int = SEED, days: int = DAYS, contacts: int = CONTACTS) -> dict[str, Any]:
    """Write `events.jsonl`, `decisions.jsonl` and `truth.json` into *folder*; gives the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    encode = msgspec.json.Encoder().encode
    with (folder / "events.jsonl").open("wb") as heard, (folder / "decisions.jsonl").open("wb") as decided:
        for line in company(now, seed=seed, days=days, contacts=contacts):
            (heard if "specversion" in line else decided).write(encode(line) + b"\n")
    told = truth(now, seed=seed, days=days, contacts=contacts)
    (folder / "truth.json").write_bytes(encode(told) + b"\n")
    return told
