"""How long a proof takes: contracts of 30, 100 and 300 clauses, drawn at random, every flaw of every kind looked for.

    python -m benchmarks.prove [--json] [--clauses N,N] [--rounds N]

*narrow* clauses hold for few customers each, as in a contract that somebody thought about; *broad* ones cover one another,
so that most are flaws, each of which is made plain and decided by the gate. In processor time: nothing is waited for.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections import Counter
from datetime import date
from typing import Any

from benchmarks.measure import cpu_seconds, machine
from benchmarks.rules.contract import _TYPES, NAMES, _contract
from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.proving.found import Found, Unproved
from ourword.proving.prove import prove

MARKS = {"seconds_300": 10.0}
PARTS = {"narrow": (4, 7), "broad": (1, 4)}
"""How many conditions a clause joins."""


def gate(clauses: int, sort: str, *, seed: int = 7) -> Gate:
    """A contract over the rules' sixteen facts, its clauses drawn at random."""
    draw = random.Random(seed)
    written = [_clause(draw, number, sort) for number in range(clauses)]
    facts = {name: {"type": _TYPES[name], "from": f"proposal.{name}"} for name in NAMES}
    draft = read(json.dumps(_contract(written)).encode(), json.dumps({"ourword": 1, "contract": "bench", "facts": facts}).encode())
    return compile_gate(sound(draft, today=date(2026, 11, 23)))


def _clause(draw: random.Random, number: int, sort: str) -> dict[str, Any]:
    parts = [_part(draw, name) for name in draw.sample(NAMES, draw.randint(*PARTS[sort]))]
    then = draw.choices(("escalate", "refuse", "allow", "ask"), (3, 3, 5, 1))[0]
    return {"id": f"c{number}", "say": "A sentence.", "when": " && ".join(parts), "then": {"ask": ["confirmed"]} if then == "ask" else then}


def _part(draw: random.Random, name: str) -> str:
    type_ = _TYPES[name]
    if type_ == "bool":
        return draw.choice((name, f"!{name}"))
    if type_ == "int":
        return f"{name} {draw.choice(('<', '<=', '>', '>=', '=='))} {draw.randint(0, 60)}"
    if type_.startswith("money"):
        other = draw.choice((f"eur({draw.randint(1, 900)})", "order_total - shipping", "amount * 2"))
        return f"{name} {draw.choice(('<', '<=', '>', '>='))} {other}"
    words = type_[len("enum(") : -1].split(", ")
    return f"{name} in {json.dumps(draw.sample(words, draw.randint(1, len(words) - 1)))}"


def measure(*, clauses: tuple[int, ...], rounds: int) -> dict[str, Any]:
    """Prove each contract so many times; the figures of one run on one machine."""
    return {"rows": [_row(count, sort, rounds) for sort in PARTS for count in clauses], "marks": MARKS, "machine": machine()}


def _row(clauses: int, sort: str, rounds: int) -> dict[str, Any]:
    made = gate(clauses, sort)
    found: Counter[str] = Counter()

    def work() -> None:
        found.clear()
        for each in prove(made, seconds=600):
            if isinstance(each, Found | Unproved):
                found[each.code if isinstance(each, Found) else "not proved"] += 1

    times = [cpu_seconds(work) for _ in range(rounds)]
    return {"clauses": clauses, "sort": sort, "seconds": round(statistics.median(times), 2), "found": dict(found)}


def table(figures: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [
        f"{row['sort']:<7} {row['clauses']:>4} clauses {row['seconds']:>7.2f} s   {sum(row['found'].values())} flaws {row['found']}"
        for row in figures["rows"]
    ]
    return "\n".join([*lines, f"mark: 300 clauses in {MARKS['seconds_300']:.0f} s", figures["machine"]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--clauses", default="30,100,300")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    figures = measure(clauses=tuple(map(int, args.clauses.split(","))), rounds=args.rounds)
    print(json.dumps(figures) if args.json else table(figures))


if __name__ == "__main__":
    main()
