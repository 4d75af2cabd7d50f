"""How long it takes to compare two contracts: the proof, and the past decided again by both, beside the gate in a loop.

    python -m benchmarks.diff [--json] [--rows N] [--recorded N] [--clauses N,N]

*The proof* compares a contract of 30 (100, 300) random clauses with one of which a tenth was drawn again; in processor
time, as all here is. *The past*: the facts of a million decisions of the gate benchmark's contract, laid as a home's are, decided by it and by
one with another limit, and counted. The peer decides a sample with both gates in a loop, its time scaled up. *From a home*: the same out of a
home that recorded decisions, which are decrypted and typed one by one.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from benchmarks.decide import proposal
from benchmarks.measure import cpu_seconds, machine
from benchmarks.prove import _clause
from benchmarks.replay import made
from benchmarks.rules.contract import _TYPES, CLAUSES, NAMES, _contract, customers
from ourword.changing.diff import diff
from ourword.changing.found import Settled
from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.core.proposal import Proposal
from ourword.core.time import datetime_from_instant
from ourword.deciding.past import ABOUT, NEW, Past, counted, past
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.gate.decide import decide
from ourword.stores.home import open_home
from ourword.stores.replay import Laid

ROWS, RECORDED, SAMPLE = 1_000_000, 100_000, 10_000
NOON = 1_795_601_462 * 10**9


def compiled(clauses: list[dict[str, Any]]) -> Gate:
    """A contract over the rules' sixteen facts."""
    facts = {name: {"type": _TYPES[name], "from": f"proposal.{name}"} for name in NAMES}
    draft = read(json.dumps(_contract(clauses)).encode(), json.dumps({"ourword": 1, "contract": "bench", "facts": facts}).encode())
    return compile_gate(sound(draft, today=date(2026, 11, 23)))


def drawn(clauses: int, *, changed: int = 0) -> Gate:
    """Clauses drawn at random; the first *changed* of them drawn again."""
    draw, again = random.Random(7), random.Random(11)
    written = [_clause(draw, number, "narrow") for number in range(clauses)]
    return compiled([*(_clause(again, number, "narrow") for number in range(changed)), *written[changed:]])


def rules(*, moved: bool = False) -> Gate:
    """The gate benchmark's contract, as it is or with 20 days where it says 30."""
    written: list[dict[str, Any]] = []
    for id_, when, then in CLAUSES:
        said = when.replace(" 30", " 20") if moved else when
        written.append({"id": id_, "say": "A sentence.", "when": said, "then": {"ask": ["confirmed"]} if then == "ask" else then})
    return compiled(written)


def measure(*, rows: int = ROWS, recorded: int = RECORDED, sample: int = SAMPLE, clauses: tuple[int, ...] = (30, 100, 300)) -> dict[str, Any]:
    """Measure all three; the figures of one run on one machine."""
    return {
        "proof": [_proof(each) for each in clauses],
        "past": _past(rows, min(sample, rows)),
        "from_a_home": _from_a_home(recorded),
        "machine": machine(),
    }


def _proof(clauses: int) -> dict[str, Any]:
    old, new = drawn(clauses), drawn(clauses, changed=max(1, clauses // 10))
    found: list[Any] = []
    seconds = cpu_seconds(lambda: found.extend(diff(old, new, seconds=60)))
    (settled,) = (each for each in found if isinstance(each, Settled))
    return {"clauses": clauses, "seconds": seconds, "changes": sum(hasattr(each, "customers") for each in found), "proved": settled.proved}


def _past(rows: int, sample: int) -> dict[str, Any]:
    old, new = rules(), rules(moved=True)
    told: list[Past] = []
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 2, "temp_directory": folder}) as duck:
        made(duck, Path(folder) / "facts.parquet", rows=rows, gaps=True)
        duck.execute(
            f"CREATE TABLE \"{NEW}\" AS SELECT * EXCLUDE (gap), CAST(NULL AS VARCHAR) AS customer FROM read_parquet('{folder}/facts.parquet')"
        )
        duck.execute(f'CREATE TABLE {ABOUT} AS SELECT decision_id, CAST(0 AS BIGINT) AS "at" FROM "{NEW}"')
        seconds = cpu_seconds(lambda: told.append(counted(duck, old, new, "refund", Laid(rows, 0, 0))))
        found = duck.execute(f'SELECT * EXCLUDE (customer) FROM "{NEW}" USING SAMPLE {sample} ROWS (reservoir, 7)')
        names = [each[0] for each in found.description or ()]
        given = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in found.fetchall()]
    now = datetime_from_instant(NOON)

    def loop() -> None:
        for facts in given:
            for gate in (old, new):
                decide(gate, Proposal(kind="refund", customer="c-1", decision_id=facts["decision_id"]), facts, now)

    looped = cpu_seconds(loop) * rows / len(given)
    changed = told[0].towards + told[0].against + told[0].arguable
    return {"rows": rows, "seconds": seconds, "gate_loop_over_it": looped / seconds, "changed": changed, "by_python": told[0].by_python}


def _from_a_home(recorded: int) -> dict[str, Any]:
    old, new = rules(), rules(moved=True)
    facts = customers(1000)
    told: list[Past] = []
    with tempfile.TemporaryDirectory() as folder:
        with open_home(Path(folder) / "home") as home:
            for start in range(0, recorded, 1000):
                home.record_many([_recorded(start + at, facts[at]) for at in range(min(1000, recorded - start))])
        with open_home(Path(folder) / "home", write=False) as home:
            seconds = cpu_seconds(lambda: told.append(past(home, old, new, "refund")))
    return {"decisions": told[0].n, "seconds": seconds, "figured_for_a_million": seconds * 1_000_000 / max(recorded, 1)}


def _recorded(number: int, facts: dict[str, Any]) -> Any:
    usual = proposal(number, NOON)
    return msgspec.structs.replace(usual, personal=msgspec.structs.replace(usual.personal, facts=facts, history={}))


def table(told: dict[str, Any]) -> str:
    """The figures as the README has them."""
    lines = [f"Measured: {told['machine']}", "", "| the proof | processor seconds | changes | proved |", "|---|---|---|---|"]
    lines += [f"| {each['clauses']} clauses | {each['seconds']:.1f} | {each['changes']} | {each['proved']} |" for each in told["proof"]]
    past_, home = told["past"], told["from_a_home"]
    lines += ["", "| the past | processor seconds | the gate in a loop, times that | changed | left to the gate |", "|---|---|---|---|---|"]
    looped, changed = f"{past_['gate_loop_over_it']:.1f}", f"{past_['changed']:,}"
    lines.append(f"| {past_['rows']:,} decisions laid | {past_['seconds']:.1f} | {looped} | {changed} | {past_['by_python']:,} |")
    figured = f"{home['figured_for_a_million']:.0f} s"
    lines += ["", f"From a home: {home['decisions']:,} decisions in {home['seconds']:.1f} s of the processor; a million, figured: {figured}."]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--recorded", type=int, default=RECORDED)
    parser.add_argument("--clauses", default="30,100,300")
    given = parser.parse_args()
    clauses = tuple(int(each) for each in given.clauses.split(","))
    told = measure(rows=given.rows, recorded=given.recorded, clauses=clauses)
    print(json.dumps(told) if given.json else table(told))


if __name__ == "__main__":
    main()
