"""How fast the gate is: 30 clauses over 16 facts beside a closure written by hand, and beside other engines.

    python -m benchmarks.gate [--json] [--rounds N]

Everybody gets the same thousand customers and must give the same rules for each before anything is timed. `mask` is which
clauses hold, facts typed; `verdict` is the whole of `decide`: rights, boundary, promise to be minted on access. The
closure (`benchmarks/rules/closure.py`) gives the mask alone; both are held against it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.measure import machine, median, nanoseconds, ratios
from benchmarks.rules.closure import closure
from benchmarks.rules.contract import CLAUSES, NAMES, customers, gate
from benchmarks.rules.peers import PEERS, Peer
from ourword.core.proposal import Proposal
from ourword.gate.code import Gate
from ourword.gate.decide import decide
from ourword.gate.verdict import Verdict

MARKS = {"mask_ratio_to_closure": 1.3, "verdict_ratio_to_closure": 2.0}
GROWTH = (10, 100, 1000)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROPOSAL = Proposal(kind="refund", customer="c-104", decision_id="d-1")

Facts = dict[str, Any]


def measure(*, rounds: int, people: int = 1000, growth: Sequence[int] = GROWTH) -> dict[str, Any]:
    """Measure all of it; the figures of one run on one machine."""
    made, inputs = gate(), customers(people)
    _agree(made, inputs)
    ours = {name: median(each) for name, each in ratios(closure, _ours(made), inputs, rounds=rounds).items()}
    return {
        "mask_ratio_to_closure": ours["mask"],
        "verdict_ratio_to_closure": ours["verdict"],
        "also_ratio_to_closure": {
            **{name: ratio for name, ratio in ours.items() if name not in ("mask", "verdict")},
            **_rarely(made, inputs, rounds=rounds),
        },
        "peers": {name: _peer(make, inputs, rounds=max(rounds // 3, 2)) for name, make in PEERS.items()},
        "growth": {str(clauses): _grown(clauses, inputs, rounds=max(rounds // 3, 2)) for clauses in growth},
        "closure_ns": round(nanoseconds(closure, inputs, rounds=rounds)),
        "marks": MARKS,
        "machine": machine(),
    }


def _agree(made: Gate, inputs: Sequence[Facts]) -> None:
    """Nobody is timed who gives something else; every clause holds for somebody, and not for everybody."""
    mask = made.kinds["refund"].mask
    expected = [closure(facts) for facts in inputs]
    assert [mask(facts, 0) for facts in inputs] == expected
    assert len(inputs) < 1000 or all(0 < sum(each >> at & 1 for each in expected) < len(inputs) for at in range(len(CLAUSES)))
    assert all(_ids(_verdict(made)(facts).fired) == each for facts, each in zip(inputs, expected, strict=True))


def _ids(fired: Sequence[str]) -> int:
    return sum(1 << at for at, (id_, _, _) in enumerate(CLAUSES) if id_ in fired)


# ---- ours ----------------------------------------------------------------------------------------------------------


def _verdict(made: Gate) -> Callable[[Facts], Verdict]:
    return lambda facts: decide(made, PROPOSAL, facts, NOON)


def _ours(made: Gate) -> dict[str, Callable[[Facts], object]]:
    """The two that have a mark, and what a program does with the verdict next."""
    mask, verdict = made.kinds["refund"].mask, _verdict(made)
    return {
        "mask": lambda facts: mask(facts, 0),
        "verdict": verdict,
        "verdict, promises minted": lambda facts: verdict(facts).minted,
    }


def _rarely(made: Gate, inputs: Sequence[Facts], *, rounds: int) -> dict[str, float]:
    """What leaves the common path: a fact unknown, money as text, a gate that has decided nothing yet, every word said."""
    verdict, kind = _verdict(made), made.kinds["refund"]
    without = {id(facts): {name: value for name, value in facts.items() if name != "is_gift"} for facts in inputs}
    texts = {id(facts): {**facts, "amount": f"{facts['amount'] / 100:.2f} EUR"} for facts in inputs}

    def first(facts: Facts) -> Verdict:
        kind.outcomes.clear()
        kind.memo.clear()
        return verdict(facts)

    rare: dict[str, Callable[[Facts], object]] = {
        "verdict, one fact unknown": lambda facts: verdict(without[id(facts)]),
        "verdict, money as text": lambda facts: verdict(texts[id(facts)]),
        "verdict, the first that this clause settles": first,
        "verdict as JSON with all words": lambda facts: verdict(facts).as_dict(),
    }
    # Each alone, since one empties what another has kept.
    return {name: median(ratios(closure, {name: run}, inputs, rounds=max(rounds // 3, 2))[name]) for name, run in rare.items()}


def _grown(clauses: int, inputs: Sequence[Facts], *, rounds: int) -> dict[str, float]:
    """Nanoseconds a clause as contracts grow, and the milliseconds that reading, checking and compiling take once."""
    start = time.process_time()
    made = gate(clauses)
    compiled = time.process_time() - start
    mask, verdict = made.kinds["refund"].mask, _verdict(made)
    return {
        "mask_ns_per_clause": round(nanoseconds(lambda facts: mask(facts, 0), inputs, rounds=rounds) / clauses, 1),
        "verdict_ns_per_clause": round(nanoseconds(verdict, inputs, rounds=rounds) / clauses, 1),
        "made_once_ms": round(compiled * 1e3, 1),
    }


# ---- peers ---------------------------------------------------------------------------------------------------------


def _peer(make: Callable[[], Peer], inputs: Sequence[Facts], *, rounds: int) -> dict[str, Any]:
    try:
        peer = make()
    except ImportError:
        return {"missing": "not installed"}
    few = inputs[:100]
    assert [peer.mask(peer.run(facts)) for facts in few] == [closure(facts) for facts in few], f"{peer.name} gives other rules"
    return {"ratio_to_closure": round(median(ratios(closure, {"": peer.run}, inputs, rounds=rounds)[""]), 1), "cannot_say": list(peer.cannot_say)}


# ---- telling -------------------------------------------------------------------------------------------------------


def table(figures: Mapping[str, Any]) -> str:
    """The figures for a reader."""
    lines = [f"{len(CLAUSES)} clauses, {len(NAMES)} facts, all typed, all evaluated; times a closure by hand ({figures['closure_ns']} ns)", ""]
    for name, mark in MARKS.items():
        lines.append(f"  {name.split('_')[0]:44} {figures[name]:8.2f}   mark {mark}: {'kept' if figures[name] <= mark else 'MISSED'}")
    lines += [f"  {name:44} {ratio:8.1f}" for name, ratio in figures["also_ratio_to_closure"].items()]
    for name, told in figures["peers"].items():
        lines.append(f"  {name:44} {told['ratio_to_closure']:8.1f}" if "ratio_to_closure" in told else f"  {name:44} {told['missing']}")
        lines += [f"      cannot say {each}" for each in told.get("cannot_say", ())]
    lines += ["", "  clauses   mask ns/clause   verdict ns/clause   read, checked and compiled once, ms"]
    lines += [
        f"  {clauses:>7}   {each['mask_ns_per_clause']:14}   {each['verdict_ns_per_clause']:17}   {each['made_once_ms']:10}"
        for clauses, each in figures["growth"].items()
    ]
    return "\n".join([*lines, "", f"  {figures['machine']}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=31, help="rounds by turns; the median of their ratios is told")
    asked = parser.parse_args()
    figures = measure(rounds=asked.rounds)
    print(json.dumps(figures) if asked.json else table(figures))


if __name__ == "__main__":
    main()
