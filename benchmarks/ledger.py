"""How fast decisions become durable in a home folder and in PostgreSQL, each beside the plain insert of the same bytes.

    python -m benchmarks.ledger [--json] [--seconds S]

Ours and the plain insert take turns, a stretch of time each, in one run on one disk; medians of the rounds are compared. The
plain insert is one table, one row a decision, no index but its number: one writer puts one row in a transaction; 16 writers
are 16 connections, 64 are 64; a pipelined writer puts 64 rows in a transaction. `gates` are 16 homes opened on one database, each with
connections of its own, as 16 machines would; `chained` is what many audit tables in PostgreSQL do: each row holds the hash of
the one before, under a lock. `the same rows` tells what the rest is: each decision is written out and sealed as ours, and goes into
all the tables with all their indexes, from a connection a writer; without numbers that are dense, without a lock, without looking whether
id and key are those that are known. `processor` is what a decision costs of it, ours and the server's together, by how many share a
commit: a busy machine changes that less than how long a commit takes, and by how much the plain insert beside it tells.

PostgreSQL runs from Debian's package, as it comes, in a temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from tests.stores.cluster import Cluster

from benchmarks.decide import CUSTOMERS, Decide, Plain, proposal, recorder, show
from ourword.ledger.seal import KEY_BYTES, subject
from ourword.ledger.write import CHANCE_BYTES, written_out
from ourword.stores.home import Home, make_postgres_home, open_home

ROUNDS, WRITERS, MANY, PIPELINED = 3, 16, 64, 64


class PlainPostgres:
    """One table with the same bytes."""

    def __init__(self, connection: psycopg.Connection[Any], blobs: Sequence[bytes]) -> None:
        self.connection, self.blobs = connection, blobs
        connection.prepare_threshold = 0
        connection.execute("CREATE TABLE IF NOT EXISTS plain (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes bytea NOT NULL)")

    def insert(self, numbers: Sequence[int]) -> None:
        rows = [(self.blobs[number % len(self.blobs)],) for number in numbers]
        if len(rows) == 1:
            self.connection.execute("INSERT INTO plain (bytes) VALUES (%b)", rows[0])
            return
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO plain (bytes) VALUES (%b)", rows)


class SameRows(PlainPostgres):
    """The rows of a home's decisions in tables like a home's, under numbers that nobody has to agree on."""

    def __init__(self, connection: psycopg.Connection[Any], blobs: Sequence[bytes]) -> None:
        super().__init__(connection, blobs)
        for table in ("entry", "decision"):
            connection.execute(f"CREATE TABLE IF NOT EXISTS same_{table} (LIKE ourword.{table} INCLUDING ALL)")  # type: ignore[call-overload]
        self.customers = [subject(number, os.urandom(KEY_BYTES)) for number in range(CUSTOMERS)]

    def insert(self, numbers: Sequence[int]) -> None:
        entries: list[tuple[Any, ...]] = []
        decisions: list[tuple[Any, ...]] = []
        for number in numbers:
            decided, of = proposal(number, time.time_ns()), self.customers[number % CUSTOMERS]
            written = written_out(decided, of, gate="0" * 16, counter=number, chance=os.urandom(CHANCE_BYTES))
            entries += [(number * 2 + at, entry) for at, entry in enumerate(written.entries)]
            mark = hashlib.sha256(decided.personal.contact.encode()).digest()[:16]
            decisions.append((number * 2, written.decision_id, of.number, decided.kind, decided.instant, decided.answer, written.box, mark))
        columns = "seq, id, subject, kind, at, answer, sealed, contact"
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO same_entry VALUES (%b, %b)", entries)
            cursor.executemany(f"INSERT INTO same_decision ({columns}) VALUES ({', '.join(['%b'] * 8)})", decisions)  # type: ignore[arg-type]


class Chained(PlainPostgres):
    """A table in which each row holds the hash of the one before."""

    def __init__(self, connection: psycopg.Connection[Any], blobs: Sequence[bytes]) -> None:
        super().__init__(connection, blobs)
        connection.execute("CREATE TABLE IF NOT EXISTS chained (seq bigint PRIMARY KEY, bytes bytea NOT NULL, hash bytea NOT NULL)")

    def insert(self, numbers: Sequence[int]) -> None:
        with self.connection.transaction():
            self.connection.execute("SELECT pg_advisory_xact_lock(1)")
            row = self.connection.execute("SELECT seq, hash FROM chained ORDER BY seq DESC LIMIT 1").fetchone()
            seq, before = row or (0, b"")
            for number in numbers:
                blob = self.blobs[number % len(self.blobs)]
                seq, before = seq + 1, hashlib.sha256(before + blob).digest()
                self.connection.execute("INSERT INTO chained VALUES (%b, %b, %b)", (seq, blob, before))


def stretch(acts: Sequence[Decide], numbers: Iterator[int], *, pipelined: int, seconds: float) -> tuple[float, list[float]]:
    """Let threads insert for so many seconds; give how many a second, and how long each waited."""
    taken: list[float] = []
    begun = time.perf_counter()

    def write(act: Decide) -> None:
        while not taken or time.perf_counter() < begun + seconds:  # at least once, however busy the machine
            mine = [next(numbers) for _ in range(pipelined)]
            start = time.perf_counter()
            act(mine)
            taken.append(time.perf_counter() - start)

    threads = [threading.Thread(target=write, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(taken) * pipelined / (time.perf_counter() - begun), taken


def compared(ours: Sequence[Decide], theirs: Sequence[Decide], *, pipelined: int, seconds: float) -> dict[str, float]:
    rates: list[tuple[float, float]] = []
    waits: list[float] = []
    plain_waits: list[float] = []
    for _ in range(ROUNDS):
        mine, taken = stretch(ours, NUMBERS, pipelined=pipelined, seconds=seconds)
        plain, plain_taken = stretch(theirs, NUMBERS, pipelined=pipelined, seconds=seconds)
        rates.append((mine, plain))
        waits += taken
        plain_waits += plain_taken
    return {
        "per_second": round(statistics.median(mine for mine, _ in rates)),
        "p99_ms": at_99(waits),
        "plain_per_second": round(statistics.median(plain for _, plain in rates)),
        "plain_p99_ms": at_99(plain_waits),
        "ratio": round(statistics.median(mine / plain for mine, plain in rates), 2),
    }


def at_99(waits: Sequence[float]) -> float:
    return round(sorted(waits)[int(len(waits) * 0.99)] * 1e3, 1)


NUMBERS = count()
SHAPES = (("1 writer", 1, 1), ("16 writers", WRITERS, 1), ("64 writers", MANY, 1), ("16 × 64 pipelined", WRITERS, PIPELINED))


def bytes_of(home: Home) -> list[bytes]:
    """All bytes of each decision, as one blob: its entries, and as many as its personal data takes encrypted."""
    entries = list(home.log())
    size = 600
    return [first.bytes + second.bytes + bytes(size) for first, second in zip(entries[::2], entries[1::2], strict=True)]


def measure(seconds: float) -> dict[str, dict[str, float]]:
    measured: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir=".") as folder, ExitStack() as stack:
        home = stack.enter_context(open_home(Path(folder) / "files"))
        recorder(home)([next(NUMBERS) for _ in range(CUSTOMERS)])
        blobs = bytes_of(home)
        for name, writers, pipelined in SHAPES:
            plains = [Plain(Path(folder) / "plain.sqlite", blobs).insert for _ in range(writers)]
            measured[f"SQLite, {name}"] = compared([recorder(home)] * writers, plains, pipelined=pipelined, seconds=seconds)

        cluster = Cluster()
        stack.callback(cluster.remove)
        make_postgres_home(Path(folder) / "postgres", cluster.address)
        homes = [stack.enter_context(open_home(Path(folder) / "postgres")) for _ in range(WRITERS)]
        connections = [stack.enter_context(closing(psycopg.connect(cluster.address, autocommit=True))) for _ in range(MANY)]
        recorder(homes[0])([next(NUMBERS) for _ in range(CUSTOMERS)])
        rows = [PlainPostgres(each, blobs).insert for each in connections]
        same = [SameRows(each, blobs).insert for each in connections]
        for name, writers, pipelined in SHAPES:
            ours = [recorder(homes[0])] * writers
            measured[f"PostgreSQL, {name}"] = compared(ours, rows[:writers], pipelined=pipelined, seconds=seconds)
            measured[f"the same rows, {name}"] = compared(same[:writers], rows[:writers], pipelined=pipelined, seconds=seconds)
        measured["PostgreSQL, 16 gates"] = compared([recorder(each) for each in homes], rows[:WRITERS], pipelined=1, seconds=seconds)
        for batch, total in ((1, 300), (16, 1_600), (64, 3_200)):
            mine = processor(recorder(homes[0]), backend_of(homes[0]), batch=batch, total=total)
            plain = processor(rows[0], connections[0].info.backend_pid, batch=batch, total=total)
            alike = processor(same[0], connections[0].info.backend_pid, batch=batch, total=total)
            measured[f"processor, {batch} a commit"] = {"us": mine, "same_rows_us": alike, "plain_us": plain}
        chained = [Chained(each, blobs).insert for each in connections]
        measured["chained, 16 writers"] = compared(chained[:WRITERS], rows[:WRITERS], pipelined=1, seconds=seconds)
    return measured


def backend_of(home: Home) -> int:
    """The server's process that records for a home."""
    return int(home.store._line.connection.info.backend_pid)  # type: ignore[attr-defined]


def processor(act: Decide, backend: int, *, batch: int, total: int) -> int:
    """Microseconds of the processor for one decision, of this process and the server's (Linux)."""

    def spent() -> float:
        return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9

    before = spent()
    for _ in range(total // batch):
        act([next(NUMBERS) for _ in range(batch)])
    return round((spent() - before) / total * 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seconds", type=float, default=0.8, help="a stretch")
    arguments = parser.parse_args()
    show(measure(arguments.seconds), as_json=arguments.json, width=32)


if __name__ == "__main__":
    main()
