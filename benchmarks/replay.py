"""How fast past decisions are decided again: the query beside one written by hand, and beside the gate itself.

    python -m benchmarks.replay [--json] [--rows N] [--rounds N]

The facts of N decisions (10 million) are made once, with a gap in one of twenty rows or with none, and lie in a Parquet file.
The contract is the gate benchmark's: 30 clauses, 16 facts, a boundary (`rules/contract.py`); the query by hand is
`rules/plain_sql.py`. Both make a table of answers and of the clauses that hold, and where no fact is missing they must be the
same for every row before anything is timed. The gate decides a sample, and its time is scaled up.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import machine, median, wall_seconds
from benchmarks.rules.contract import BOOLS, ENUMS, INTS, MONEY, gate
from benchmarks.rules.plain_sql import answers
from ourword.core.proposal import Proposal
from ourword.core.time import datetime_from_instant
from ourword.gate.code import Gate
from ourword.gate.decide import decide
from ourword.stores.replay import replay

ROWS, ROUNDS, SAMPLE = 10_000_000, 3, 50_000
_MOST = {"amount": 12_000, "order_total": 30_000, "refunded": 9_000, "shipping": 900}
_MOST |= {"days_since": 120, "refunds_90d": 4, "contacts_30d": 6, "tenure_months": 90, "pieces": 12}


def made(duck: duckdb.DuckDBPyConnection, file: Path, *, rows: int, gaps: bool) -> None:
    """A Parquet file of facts, typed; with *gaps*, one row in twenty lacks `is_gift`, `reason` or `tenure_months`."""
    duck.execute("SELECT setseed(0.42)")
    columns = [f"CAST(random() * {_MOST[name]} AS BIGINT) AS {name}" for name in (*MONEY, *INTS)]
    for name, words in ENUMS.items():
        columns.append(f"list_extract([{', '.join(map(repr, words))}], 1 + CAST(floor(random() * {len(words)}) AS INTEGER)) AS {name}")
    columns += [f"random() < {0.05 if name == 'asked_human' else 0.97 if name == 'confirmed' else 0.3} AS {name}" for name in BOOLS]
    lost = {name: f"CASE WHEN gap <> {at} THEN {name} END AS {name}" for at, name in enumerate(("is_gift", "reason", "tenure_months"))}
    kept = f"* REPLACE ({', '.join(lost.values())})" if gaps else "*"
    inner = f"SELECT 'd-' || range AS decision_id, {', '.join(columns)}, CAST(floor(random() * 60) AS INTEGER) AS gap FROM range({rows})"
    duck.execute(f"COPY (SELECT {kept} FROM ({inner})) TO '{file}' (FORMAT parquet)")


def measure(*, rows: int = ROWS, rounds: int = ROUNDS, sample: int = SAMPLE) -> dict[str, Any]:
    """Measure both tables; the figures of one run on one machine."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 2, "temp_directory": folder}) as duck:
        found = {name: _one(duck, Path(folder) / f"{name}.parquet", rows, rounds, sample, gaps=name == "gaps") for name in ("known", "gaps")}
    return {"rows": rows, **found, "machine": machine()}


def _one(duck: duckdb.DuckDBPyConnection, file: Path, rows: int, rounds: int, sample: int, *, gaps: bool) -> dict[str, Any]:
    compiled = gate()
    made(duck, file, rows=rows, gaps=gaps)
    duck.execute(f"CREATE OR REPLACE VIEW facts AS SELECT * FROM read_parquet('{file}')")
    done = replay(duck, compiled, "refund")
    if not gaps:
        _agree(duck)
    ours, by_hand = [], []
    for _ in range(rounds):
        by_hand.append(wall_seconds(lambda: duck.execute(f"CREATE OR REPLACE TABLE by_hand AS {answers('facts')}")))
        ours.append(wall_seconds(lambda: replay(duck, compiled, "refund")))
    fetched, decided = (seconds * rows / sample for seconds in _gate_seconds(duck, compiled, sample))
    return {
        "seconds": median(ours),
        "ratio_to_hand_written": median(mine / other for mine, other in zip(ours, by_hand, strict=True)),
        "gate_over_replay": median(decided / mine for mine in ours),
        "gate_and_fetching_over_replay": median((fetched + decided) / mine for mine in ours),
        "by_python": done.by_python,
    }


def _agree(duck: duckdb.DuckDBPyConnection) -> None:
    """Nobody is timed who gives something else."""
    duck.execute(f"CREATE OR REPLACE TABLE by_hand AS {answers('facts')}")
    other = "SELECT count(*) FROM replayed JOIN by_hand USING (decision_id) WHERE replayed.fired = by_hand.fired AND replayed.answer = by_hand.answer"
    assert duck.execute(other).fetchone() == duck.execute("SELECT count(*) FROM by_hand").fetchone()


def _gate_seconds(duck: duckdb.DuckDBPyConnection, compiled: Gate, sample: int) -> tuple[float, float]:
    """Fetching a sample's facts as Python values, and deciding them by the gate."""
    given: list[dict[str, Any]] = []
    now = datetime_from_instant(1_795_601_462 * 10**9)

    def fetch() -> None:
        found = duck.execute(f"SELECT * EXCLUDE (gap) FROM facts LIMIT {sample}")
        names = [each[0] for each in found.description or ()]
        given[:] = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in found.fetchall()]

    def work() -> None:
        for facts in given:
            decide(compiled, Proposal(kind="refund", customer="c-104", decision_id=facts["decision_id"]), facts, now)

    fetched = wall_seconds(fetch)
    work()
    return fetched, wall_seconds(work)


def table(told: dict[str, Any]) -> str:
    """The figures as the README has them."""
    head = "| facts | replay | times the query by hand | the gate alone, times the replay | facts fetched, then the gate | left to the gate |"
    lines = [f"{told['rows']:,} decisions, {told['machine']}", "", head, "|---|---|---|---|---|---|"]
    for name, words in (("known", "all known"), ("gaps", "one row in twenty lacks one")):
        each = told[name]
        shares = f"{each['seconds']:.1f} s | {each['ratio_to_hand_written']:.2f} | {each['gate_over_replay']:.1f}"
        lines.append(f"| {words} | {shares} | {each['gate_and_fetching_over_replay']:.1f} | {each['by_python']:,} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    told = measure(rows=given.rows, rounds=given.rounds, sample=min(SAMPLE, given.rows))
    print(json.dumps(told) if given.json else table(told))


if __name__ == "__main__":
    main()
