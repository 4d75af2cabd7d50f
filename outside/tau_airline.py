"""Check: a contract on a policy whose tools check little; what it stops, against what the tasks' authors held to be right."""

from __future__ import annotations

from pathlib import Path

from outside.airline import airline_line
from outside.decided import Decided, all_decided, decide_rows, ourword
from outside.measured import Measured, share
from outside.rows import read_rows

WHY = {
    "user-id-first": "the log shows no user id obtained before the action, which the policy wants first; the run is graded on the database alone",
    "confirm-first": "the customer asked for it and had not said yes to the details; the run is graded on the database alone",
    "requires": "a fact that the policy needs is not in the log",
    "not-cancellable": "insurance covers some reasons only, and the log does not carry the reason: the gate asks for it",
    "in-policy": "the log does not carry what the customer complained of: the gate asks",
    "only-if-asked": "the log does not say whether the customer asked for compensation: the gate asks",
    "delayed-changed-first": "the log does not say what the complaint was, about which reservation, nor whether it was changed: a person looks",
}
"""Why the gate stops what a passed run did, by the rule that decided."""


def tau_airline(shared: Path) -> list[Measured]:
    """Decide each row under the wording its run was given; report precision and recall, no mark."""
    rows = read_rows(shared / "tau-airline-10" / "decisions.jsonl.gz")
    gates = {wording: ourword(f"tau-airline-{wording}") for wording in ("tau1", "tau2")}
    decided = [
        each for wording in gates for each in decide_rows(gates[wording], ((row, airline_line(row)) for row in rows if row["policy"] == wording))
    ]
    refused = [each for each in decided if not each.row["label"]["tool_accepted"]]
    passed = [each for each in decided if each.row["label"]["trajectory_pass"]]
    stopped = [each for each in passed if each.stopped]
    let_through = [each for each in decided if not each.stopped and not each.row["label"]["matches_gold"]]
    return [
        all_decided("tau-airline.decided", decided),
        *precision_and_recall("tau-airline", decided),
        *precision_and_recall("tau-airline.on-known-facts", [each for each in decided if not needs_more(each)]),
        Measured("tau-airline.wrong-and-allowed", len(let_through), len(decided), None, sorts_of(let_through)),
        Measured("tau-airline.refused-and-stopped", share(sum(each.stopped for each in refused), len(refused)), len(refused)),
        Measured(
            "tau-airline.passed-runs-stopped", len({run(each) for each in stopped}), len({run(each) for each in passed}), None, explained(stopped)
        ),
    ]


def precision_and_recall(name: str, decided: list[Decided]) -> list[Measured]:
    """How many of the stopped were wrong by the tasks' authors, and how many of the wrong were stopped."""
    stopped = [each for each in decided if each.stopped]
    wrong = [each for each in decided if not each.row["label"]["matches_gold"]]
    both = sum(not each.row["label"]["matches_gold"] for each in stopped)
    return [
        Measured(f"{name}.precision", share(both, len(stopped)), len(stopped)),
        Measured(f"{name}.recall", share(both, len(wrong)), len(wrong)),
    ]


def sorts_of(let_through: list[Decided]) -> tuple[str, ...]:
    """What the contract allows and the tasks' authors held to be wrong: the tools know fares and seats, the authors the customer's wish."""
    refused = sum(not each.row["label"]["tool_accepted"] for each in let_through)
    return (
        f"{refused} that the tools refused: payments that do not add up to the fare, or go beyond what a card holds; no sentence of the policy",
        f"{len(let_through) - refused} that the policy allows and the customer of the task did not want",
    )


def needs_more(each: Decided) -> bool:
    """Whether it was stopped only because the log lacks a fact."""
    return each.verdict is not None and each.stopped and bool(each.verdict.missing) and each.verdict.decided_by not in each.verdict.fired


def run(each: Decided) -> tuple[str, str, int]:
    """Which whole run the row is of."""
    return each.row["run"], each.row["task"], each.row["trial"]


def explained(stopped: list[Decided]) -> tuple[str, ...]:
    """Each stop of a passed run, in words."""
    otherwise = "the policy says so; the run is graded on the database alone"
    return tuple(f"{each.said} Why: {WHY.get(each.stopped_by[0], otherwise)}." for each in stopped)
