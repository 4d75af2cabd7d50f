"""How fast the recount is over one, three and ten million events, beside two window queries over the same files; and whether it is right.

    python -m benchmarks.outcomes [--json] [--events N …] [--import-rows N]

The data are a made-up company's (`synthetic.py`): Parquet in exactly the layout that a home has, attributes and promises beside it. The full
recount is everything that `ourword report` and `ourword recount` do after the home is open: the tables, the promises, what became of every
contact, the sums by kind × version × segment, six vendor rules. Each measurement is a process of its own, with the most memory it had.
Beside it stand two queries that anybody would ask first (the time to the customer's next event, by LEAD; the running count of a customer's
events) in DuckDB, Polars and chdb. What is counted over the largest data is then counted again by Polars (`again.py`), and must be equal:
else this exits with 1. Import is `ourword import` of a CSV file by a mapping, measured from outside.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

from benchmarks.measure import machine

SECONDS, MEGABYTES = 8.0, 1536
"""The marks, for ten million events."""
REST_FILES_MAX = 4
"""What customers and decisions are counted by is measured over a million events only: it is no part of the recount."""
OUTCOMES = ("promise_broken", "came_back", "gave_up", "confirmed", "quiet")


# ---- in a process of its own ---------------------------------------------------------------------------------------------


def recount(folder: Path) -> dict[str, Any]:
    """The full recount, part by part, and what it counted, for the second counting."""
    from types import SimpleNamespace

    import duckdb

    from benchmarks.synthetic import shape
    from ourword.figures.watched import PROMISES, lay_promises
    from ourword.outcomes.contacts import watch
    from ourword.outcomes.metrics import METRICS, report
    from ourword.outcomes.recount import recount as recounted
    from ourword.stores.tables import connect, lay_events, lay_heard

    with duckdb.connect() as read:
        rows = read.execute(f"SELECT {', '.join(PROMISES)} FROM '{folder}/promises.parquet'").fetchall()
    promises = [SimpleNamespace(**dict(zip(PROMISES, row, strict=True))) for row in rows]
    duck = connect(folder)
    duck.execute("SET enable_progress_bar = false")
    duck.execute(f"CREATE TABLE tail ({shape()})")
    duck.execute(f"CREATE VIEW said_attributes AS SELECT * FROM '{folder}/attributes.parquet'")
    files = sorted((folder / "events").glob("*.parquet"))
    parts: dict[str, float] = {}
    lay_heard(duck, files)
    timed(parts, "tables", lambda: lay_events(duck, files, [], now=2**62))
    timed(parts, "promises", lambda: lay_promises(duck, promises))
    timed(parts, "watch", lambda: watch(duck))
    outcomes = [each for each in METRICS if each.unit in ("contact", "promise") and each.numerator[:2] != "d."]
    found = timed(parts, "report", lambda: list(report(duck, metrics=outcomes)))
    rules = timed(parts, "rules", lambda: list(recounted(duck)))
    counted = [[row.kind, row.version, row.segment, row.metric, round(row.value * row.n)] for row in found if row.metric in OUTCOMES and row.n]
    (folder / "counted.json").write_text(json.dumps({"outcomes": counted, "claimed": [[row.rule, row.kind, row.claimed] for row in rules]}))
    rest = [each for each in METRICS if each not in outcomes]
    beside = {"staying and telling": 0.0}
    if len(files) <= REST_FILES_MAX:
        timed(beside, "staying and telling", lambda: list(report(duck, metrics=rest)))
    return {"parts": parts, "beside": beside, "numbers": len(found), "promises": len(promises)}


def windows(folder: Path, engine: str) -> dict[str, Any]:
    """The two window queries in one engine."""
    parts: dict[str, float] = {}
    for name, work in {"duckdb": _duckdb, "polars": _polars, "chdb": _chdb}[engine](folder).items():
        timed(parts, name, work)
    return {"parts": parts}


def _duckdb(folder: Path) -> dict[str, Callable[[], object]]:
    import duckdb

    duck = duckdb.connect(config={"threads": 2})
    duck.execute("SET enable_progress_bar = false")
    raw = f"FROM '{folder}/events/*.parquet'"
    window = 'OVER (PARTITION BY subject ORDER BY "at", arrival'
    return {
        "next": lambda: duck.execute(f'SELECT sum(gap) FROM (SELECT lead("at") {window}) - "at" AS gap {raw})').fetchall(),
        "running": lambda: duck.execute(f"SELECT max(n), sum(n) FROM (SELECT count(*) {window} ROWS UNBOUNDED PRECEDING) AS n {raw})").fetchall(),
    }


def _polars(folder: Path) -> dict[str, Callable[[], object]]:
    import polars as pl

    def read() -> pl.LazyFrame:
        return pl.scan_parquet(folder / "events" / "*.parquet").select("subject", "at", "arrival").sort("subject", "at", "arrival")

    gap, n = pl.col("at").shift(-1).over("subject") - pl.col("at"), pl.int_range(1, pl.len() + 1).over("subject")
    return {
        "next": lambda: read().select(gap.sum()).collect(),
        "running": lambda: read().select(n.max().alias("most"), n.sum().alias("sum")).collect(),
    }


def _chdb(folder: Path) -> dict[str, Callable[[], object]]:
    import chdb

    raw = f"FROM file('{folder}/events/*.parquet', Parquet)"
    window = "OVER (PARTITION BY subject ORDER BY at, arrival ROWS BETWEEN"
    lead = f"leadInFrame(toNullable(at)) {window} UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    limited = "SETTINGS max_threads = 2"
    return {
        "next": lambda: chdb.query(f"SELECT sum(gap) FROM (SELECT {lead} - at AS gap {raw}) {limited}", "CSV"),
        "running": lambda: chdb.query(
            f"SELECT max(n), sum(n) FROM (SELECT count() {window} UNBOUNDED PRECEDING AND CURRENT ROW) AS n {raw}) {limited}", "CSV"
        ),
    }


def timed(parts: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    found = work()
    parts[name] = round(time.perf_counter() - start, 2)
    return found


# ---- from outside --------------------------------------------------------------------------------------------------------


def alone(*arguments: str) -> dict[str, Any]:
    """Run a part of this file in a process of its own: its figures, its seconds of time and of processor, the most memory it had."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.outcomes", "--alone", *arguments]
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    return {**json.loads(done.stdout.splitlines()[-1]), "seconds": round(time.perf_counter() - start, 2)}


def used() -> dict[str, Any]:
    """What this process has taken: processor time, and the most memory (since it began, not since whoever started it did)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(OSError), open("/proc/self/status", encoding="utf-8") as told:
        most = next((int(line.split()[1]) for line in told if line.startswith("VmHWM")), most)
    return {"cpu": round(time.process_time(), 2), "mb": most // 1024}


def again(folder: Path) -> dict[str, Any]:
    """Count once more in Polars; every difference."""
    from benchmarks.again import counted

    ours = json.loads((folder / "counted.json").read_text())
    outcomes, claimed = counted(folder)
    mine = {str((kind, version, segment, metric)): n for kind, version, segment, metric, n in ours["outcomes"] if n}
    theirs = {str((*group, metric)): n for group, found in outcomes.items() for metric, n in found.items()}
    mine |= {str((rule, kind)): n for rule, kind, n in ours["claimed"]}
    theirs |= {str(key): n for key, n in claimed.items()}
    differ = [
        f"{key}: {mine.get(key)} here, {theirs.get(key)} there" for key in sorted(mine.keys() | theirs.keys()) if mine.get(key) != theirs.get(key)
    ]
    return {"compared": len(theirs), "differences": differ}


MAPPING = """source: bench
rows: .
customer: customer
contact: ticket
kind: topic
time: {from: at, unit: text}
rules:
  - {emit: {type: {from: type}, actor: {from: actor}, channel: chat, text: {from: text}, objects: [{type: order, id: {from: order}, role: about}]}}
"""


def imported(folder: Path, rows: int) -> dict[str, Any]:
    """`ourword import` of so many CSV rows; nothing of it is made quicker than a user has it."""
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 1, 1, tzinfo=UTC)
    with (folder / "rows.csv").open("w", encoding="utf-8") as file:
        file.write("customer,ticket,topic,at,type,actor,order,text\n")
        for i in range(rows):
            at = (start + timedelta(seconds=7 * i)).isoformat()
            way = ("message.in,customer", "message.out,automation")[i % 2]
            file.write(f"c-{i // 8 % 50_000},t-{i // 6},refund,{at},{way},o-{i // 12},Where is my parcel number {i}?\n")
    (folder / "map.yaml").write_text(MAPPING)
    told = alone("import", str(folder))
    return {**told, "rows": rows, "rows_a_second": round(rows / told["seconds"])}


def run_import(folder: Path) -> dict[str, Any]:
    """The command itself, in this process."""
    from ourword.cli.main import main as ourword

    sys.argv = ["ourword", "import", str(folder / "rows.csv"), "--mapping", str(folder / "map.yaml"), "--home", str(folder / "home")]
    with redirect_stdout(sys.stderr):
        try:
            ourword()
        except SystemExit as left:
            if left.code:
                raise
    return {}


def measure(sizes: Sequence[int], import_rows: int) -> dict[str, Any]:
    """Everything, the smallest first."""
    from benchmarks.synthetic import make

    figures: dict[str, Any] = {"machine": machine(), "recount": {}, "windows": {}}
    with tempfile.TemporaryDirectory(prefix="ourword-bench-") as place:
        for size in sizes:
            folder = Path(place) / str(size)
            made = make(folder, size)
            figures["recount"][made] = alone("recount", str(folder))
            if size == max(sizes):
                for engine in ("duckdb", "polars", "chdb"):
                    figures["windows"][engine] = alone(engine, str(folder))
                figures["again"] = alone("again", str(folder))
        if import_rows:
            figures["import"] = imported(Path(place), import_rows)
    return figures


def table(figures: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = []
    for size, told in figures["recount"].items():
        parts = "  ".join(f"{name} {seconds}" for name, seconds in told["parts"].items())
        work = sum(told["parts"].values())
        lines.append(f"  recount {size:>12,} events  {work:7.2f} s  {told['cpu']:7.2f} s cpu  {told['mb']:>6,} MB   {parts}")
        if size > 9_000_000:
            judged = [f"{'kept' if held else 'MISSED'}" for held in (work <= SECONDS, told["mb"] <= MEGABYTES)]
            lines.append(f"    marks: {SECONDS} s {judged[0]}, {MEGABYTES} MB {judged[1]}")
    for engine, told in figures["windows"].items():
        parts = "  ".join(f"{name} {seconds}" for name, seconds in told["parts"].items())
        lines.append(f"  windows {engine:12} {told['seconds']:7.2f} s  {told['cpu']:7.2f} s cpu  {told['mb']:>6,} MB   {parts}")
    told = figures["again"]
    lines.append(
        f"  counted again by Polars: {told['compared']:,} numbers, {len(told['differences'])} differ ({told['seconds']} s, {told['mb']:,} MB)"
    )
    if "import" in figures:
        told = figures["import"]
        lines.append(
            f"  import  {told['rows']:>12,} rows    {told['seconds']:7.2f} s  {told['cpu']:7.2f} s cpu  {told['mb']:>6,} MB"
            f"   {told['rows_a_second']:,} rows/s"
        )
    return "\n".join([*lines, "", f"  {figures['machine']}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000, 3_000_000, 10_000_000])
    parser.add_argument("--import-rows", type=int, default=1_000_000, help="0: leave the import out")
    parser.add_argument("--alone", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        what, folder = asked.alone[0], Path(asked.alone[1])
        parts = {"recount": recount, "again": again, "import": run_import}
        found = parts[what](folder) if what in parts else windows(folder, what)
        print(json.dumps({**found, **used()}))
        return
    figures = measure(asked.events, asked.import_rows)
    print(json.dumps(figures) if asked.json else table(figures))
    if figures["again"]["differences"]:
        sys.exit("\n".join(["two engines differ:", *figures["again"]["differences"][:20]]))


if __name__ == "__main__":
    main()
