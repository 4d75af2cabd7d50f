"""How fast decisions become durable, beside the plain insert of the same bytes into SQLite (WAL, synchronous FULL).

    python -m benchmarks.decide [--json]

Rounds are interleaved (ours, plain, ours, plain …) in one run on one disk, and medians of the rounds are compared. The
plain insert is the simplest thing that keeps the same bytes: one table, one row a decision, no index. It has the shape of
what it is compared with: one writer puts one row in a transaction; 16 writers are 16 threads with a connection each; a
pipelined writer puts 64 rows in a transaction. `ratio_to_one_loader` is stricter: one thread that does nothing but insert
finished bytes, with as many rows in a transaction as our group commit had on average.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from benchmarks.rules.contract import counting_gate
from ourword.app import Ourword
from ourword.ledger.decided import Decided, Personal, Promised
from ourword.ledger.entry import Lineage
from ourword.stores.home import Home, open_home

ROUNDS, DECISIONS = 5, 1_500
CUSTOMERS = 200
DAY = 86_400 * 10**9

Decide = Callable[[Sequence[int]], object]
"""Decides and records the proposals with these numbers; returns once they are durable."""


def proposal(number: int, now: int) -> Decided:
    """A refund of usual size: five facts, two counted from history, one promise, the verdict as it was given."""
    return Decided(
        decision_id=f"order-{number:09}/refund",
        kind="refund",
        instant=now,
        contract="larkspur-care",
        lineage=Lineage(data="2026-11", model="m-3", prompt="p-12", contract="sha256:" + "0a" * 32),
        owner="mara",
        answer="allow",
        decided_by="our-fault",
        clauses=("our-fault", "in-time"),
        promises=(Promised("money-back", now + 7 * DAY),),
        personal=Personal(
            customer=f"customer-{number % CUSTOMERS}",
            facts={"amount": "12.00 EUR", "order_total": "48.00 EUR", "reason": "damaged", "confirmed": True, "asked_human": False},
            history={"refunds_90d": 2, "asked_7d": 0},
            contact=f"chat-{number}",
            verdict={
                "answer": "allow",
                "decided_by": "our-fault",
                "reasons": [{"clause": "our-fault", "text": "It was our mistake."}],
                "tell": "12.00 EUR back.",
            },
        ),
    )


def decider(home: Home) -> Decide:
    """What is measured: all of `Ourword.decide`: the line read, two facts counted on the record, the gate, the words, the record."""
    word = Ourword(counting_gate(), home=home)

    def decide(numbers: Sequence[int]) -> object:
        if len(numbers) == 1:
            return word.decide(line(numbers[0]))
        return list(word.decide_lines([msgspec.json.encode(line(number)) for number in numbers], batch=len(numbers)))

    return decide


def line(number: int) -> dict[str, Any]:
    """The same refund as a door hands it in."""
    return {
        "kind": "refund",
        "customer": f"customer-{number % CUSTOMERS}",
        "decision_id": f"order-{number:09}/refund",
        "contact": f"chat-{number}",
        "facts": {"amount": "12.00 EUR", "order_total": "48.00 EUR", "reason": "damaged", "confirmed": True, "asked_human": False},
        "lineage": {"data": "2026-11", "model": "m-3", "prompt": "p-12"},
    }


def counter(home: Home) -> Decide:
    """Without the gate and the words: count two history facts, record what was decided already."""

    def decide(numbers: Sequence[int]) -> object:
        now = time.time_ns()
        for number in numbers:
            customer = f"customer-{number % CUSTOMERS}"
            home.history(customer, "refund", answers=("allow", "amend"), since=now - 90 * DAY, until=now)
            home.history(customer, "refund", answers=("ask",), since=now - 7 * DAY, until=now)
        return home.record_many([proposal(number, now) for number in numbers])

    return decide


def recorder(home: Home) -> Decide:
    """The store alone: record what was decided already."""
    return lambda numbers: home.record_many([proposal(number, time.time_ns()) for number in numbers])


# ---- the plain insert ----------------------------------------------------------------------------------------------


def bytes_of(home: Home) -> list[bytes]:
    """All bytes of each decision in the home: its entries and its encrypted personal data, as one blob."""
    ledger = apsw.Connection(str(home.path / "ledger.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    boxes: list[Any] = ledger.execute("SELECT seq, sealed FROM decision ORDER BY seq").fetchall()
    written: list[Any] = ledger.execute("SELECT seq, bytes FROM entry").fetchall()
    entries = dict(written)
    return [entries[seq] + entries[seq + 1] + box for seq, box in boxes]


class Plain:
    """One table with the same bytes."""

    def __init__(self, path: Path, blobs: Sequence[bytes]) -> None:
        self.connection = apsw.Connection(str(path))
        self.connection.set_busy_timeout(60_000)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS plain (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        self.blobs = blobs

    def insert(self, numbers: Sequence[int]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO plain (bytes) VALUES (?)", [(self.blobs[number % len(self.blobs)],) for number in numbers])
        self.connection.execute("COMMIT")


# ---- measuring -----------------------------------------------------------------------------------------------------


def one_by_one(act: Callable[[int], object], numbers: Sequence[int]) -> list[float]:
    """Seconds for each, one after the other."""
    taken = []
    for number in numbers:
        start = time.perf_counter()
        act(number)
        taken.append(time.perf_counter() - start)
    return taken


def together(acts: Sequence[Decide], numbers: Sequence[int], *, pipelined: int) -> float:
    """Seconds for all, from as many threads as there are acts, each handing in so many at once."""
    shares = [numbers[start :: len(acts)] for start in range(len(acts))]

    def write(act: Decide, share: Sequence[int]) -> None:
        for start in range(0, len(share), pipelined):
            act(share[start : start + pipelined])

    threads = [threading.Thread(target=write, args=each) for each in zip(acts, shares, strict=True)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def one_writer(folder: Path, making: Callable[[Home], Decide]) -> dict[str, float]:
    """One writer that waits for each decision."""
    rates: list[tuple[float, float]] = []
    latencies: list[float] = []
    with open_home(folder / "home") as home:
        decide = making(home)
        decide(range(-CUSTOMERS, 0))
        plain = Plain(folder / "plain.sqlite", bytes_of(home))
        for round_ in range(ROUNDS):
            numbers = range(round_ * DECISIONS, (round_ + 1) * DECISIONS)
            # In slices, so that a slow second of the disk falls on both.
            ours, theirs = [], []
            for start in range(0, DECISIONS, 100):
                ours += one_by_one(lambda number: decide((number,)), numbers[start : start + 100])
                theirs += one_by_one(lambda number: plain.insert((number,)), numbers[start : start + 100])
            latencies += ours
            rates.append((DECISIONS / sum(ours), DECISIONS / sum(theirs)))
    return _compared(rates) | _percentiles(latencies)


def many_writers(folder: Path, making: Callable[[Home], Decide], *, writers: int, pipelined: int) -> dict[str, float]:
    """Many threads at once, each handing in *pipelined* decisions before it waits."""
    rates: list[tuple[float, float]] = []
    loader_ratios: list[float] = []
    with open_home(folder / "home") as home:
        decide = making(home)
        decide(range(-CUSTOMERS, 0))
        blobs = bytes_of(home)
        plains = [Plain(folder / "plain.sqlite", blobs).insert for _ in range(writers)]
        loader = Plain(folder / "loader.sqlite", blobs)
        count = max(DECISIONS, writers * pipelined * 4)
        for round_ in range(ROUNDS):
            numbers, commits_before = range(round_ * count, (round_ + 1) * count), home.commits
            ours = together([decide] * writers, numbers, pipelined=pipelined)
            batch = max(1, round(count / (home.commits - commits_before)))
            rates.append((count / ours, count / together(plains, numbers, pipelined=pipelined)))
            loader_ratios.append(together([loader.insert], numbers, pipelined=batch) / ours)
    return {**_compared(rates), "ratio_to_one_loader": round(statistics.median(loader_ratios), 3), "decisions_per_commit": batch}


def _compared(rates: Sequence[tuple[float, float]]) -> dict[str, float]:
    ours, theirs = (statistics.median(each) for each in zip(*rates, strict=True))
    ratio = statistics.median(mine / plain for mine, plain in rates)
    return {"per_second": round(ours), "plain_per_second": round(theirs), "ratio": round(ratio, 3)}


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"p50_ms": round(ordered[len(ordered) // 2] * 1e3, 3), "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1e3, 3)}


def measure() -> dict[str, dict[str, float]]:
    """Measure every shape in a folder of its own."""
    shapes: dict[str, Callable[[Path], dict[str, float]]] = {
        "one_writer": lambda folder: one_writer(folder, decider),
        "one_writer_no_gate": lambda folder: one_writer(folder, counter),
        "one_writer_store_only": lambda folder: one_writer(folder, recorder),
        "16_writers": lambda folder: many_writers(folder, decider, writers=16, pipelined=1),
        "pipelined_16x64": lambda folder: many_writers(folder, decider, writers=16, pipelined=64),
        "pipelined_16x64_no_gate": lambda folder: many_writers(folder, counter, writers=16, pipelined=64),
        "pipelined_16x64_store_only": lambda folder: many_writers(folder, recorder, writers=16, pipelined=64),
    }
    measured = {}
    for name, shape in shapes.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            measured[name] = shape(Path(folder))
    return measured


def show(measured: dict[str, dict[str, Any]], *, as_json: bool, width: int) -> None:
    """Print the figures of each shape, as a line or all as JSON."""
    if as_json:
        print(json.dumps(measured))
        return
    for name, figures in measured.items():
        print(f"{name:{width}}", "  ".join(f"{key} {value:,}" for key, value in figures.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    show(measure(), as_json=parser.parse_args().json, width=28)


if __name__ == "__main__":
    main()
