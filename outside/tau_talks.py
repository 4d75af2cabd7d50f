"""Check: 315 whole conversations of a shop's assistant, imported; what its own record exposes of the runs that failed.

The issue gives no marks here, so every number is reported and none is judged. A run "claimed success" when a message of the
assistant says, in the words of `ourword.outcomes.sayings.CLAIMS`, that something was done. It failed when its reward is 0.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from ourword.app import Ourword
from ourword.core.event import Event
from ourword.deciding.taking import take_in
from ourword.figures.settling import events_of
from ourword.ledger.owing import differences
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.outcomes.sayings import claims_success, promises_something
from ourword.stores.home import Home
from outside.decided import EXAMPLES, NOON
from outside.measured import Measured, share
from outside.rows import read_rows

FILE = Path("tau-retail") / "conversations.jsonl.gz"
STOPS = ("ask", "refuse", "escalate")


class Run(msgspec.Struct, kw_only=True):
    """What the record holds of one conversation; the reward is not in it."""

    claims: int = 0
    promises: int = 0
    executed: int = 0
    refused: int = 0
    unconfirmed: int = 0
    otherwise: int = 0
    stopped: int = 0
    beyond_yes: int = 0
    after_refusal: int = 0
    """Messages that claim success when the last thing tried was refused."""


SIGNS: dict[str, tuple[Callable[[Run], bool], str]] = {
    "unconfirmed": (lambda run: run.unconfirmed > 0, "an action was done and no explicit yes to it is written"),
    "otherwise": (lambda run: run.otherwise > 0, "an action was done otherwise than the words had confirmed"),
    "stopped": (lambda run: run.stopped > 0, "an action was done that the contract would have stopped (ask, refuse, escalate)"),
    "stopped-beyond-yes": (lambda run: run.beyond_yes > 0, "the same, by another rule than `confirm-first`"),
    "claim-after-refusal": (lambda run: run.after_refusal > 0, "success was claimed when the last action tried had been refused by the tool"),
    "words-without-action": (lambda run: run.executed == 0 and run.claims + run.promises > 0, "success or a promise in words, and nothing was done"),
}
"""What the record alone can show of a run, and what it means."""


def tau_talks(shared: Path) -> list[Measured]:
    """Import all runs under the shop's contract, twice; count what was said, done and confirmed, and what that exposes."""
    rewards = {f"retail-{row['run']}/{row['task']}/{row['trial']}": float(row["reward"]) for row in read_rows(shared / FILE)}
    folder = EXAMPLES / "tau-retail"
    mapping = mapping_from_yaml((folder / "transcripts.yaml").read_bytes())
    with (
        tempfile.TemporaryDirectory() as home,
        Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=home, clock=lambda: NOON, mode="observe") as gate,
    ):
        assert gate.home is not None
        told = take_in(gate.home, shared / FILE, mapping, under=gate)
        again = take_in(gate.home, shared / FILE, mapping, under=gate)
        runs = _runs(gate.home, rewards)
    return [
        Measured("tau-talks.runs", told.rows, len(rewards), ("==", len(rewards)), (f"{told.events['new']:,} events, {told.decisions:,} decisions",)),
        Measured("tau-talks.second-import-adds", again.events["new"], told.events["new"], ("==", 0)),
        *_said(runs),
        *_done(runs),
        *_exposed(runs, rewards),
    ]


def _runs(home: Home, rewards: Iterable[str]) -> dict[str, Run]:
    runs: dict[str, Run] = {contact: Run() for contact in rewards}
    by_run: dict[str, list[Event]] = defaultdict(list)
    for event in events_of(home):
        by_run[event.data["contact"]].append(event)
    for contact, events in by_run.items():
        last = ""
        for event in events:
            last = event.type if event.type.startswith("action.") else last
            _add(runs[contact], event, home, last)
    return runs


def _add(run: Run, event: Event, home: Home, last: str) -> None:
    if event.type == "message.out":
        words = event.data["text"]
        run.claims += claims_success(words)
        run.after_refusal += last == "action.refused" and claims_success(words)
        run.promises += promises_something(words)
    elif event.type == "action.refused":
        run.refused += 1
    elif event.type == "action.executed" and "decision" in event.data:
        recorded = home.find(event.data["decision"])
        assert recorded is not None
        assert recorded.personal is not None
        run.executed += 1
        run.unconfirmed += recorded.personal.facts.get("confirmed") is not True
        run.otherwise += bool(differences(recorded.personal.confirmed_args, event.data["args"]))
        run.stopped += recorded.decision.answer in STOPS
        run.beyond_yes += recorded.decision.answer in STOPS and recorded.decision.decided_by != "confirm-first"


def _said(runs: dict[str, Run]) -> list[Measured]:
    every = list(runs.values())
    return [
        Measured("tau-talks.messages-that-claim-success", sum(run.claims for run in every), len(every), None, ("by a list of phrases, in English",)),
        Measured("tau-talks.messages-that-promise", sum(run.promises for run in every), len(every), None, ("by a list of phrases, in English",)),
        Measured("tau-talks.runs-that-claim-success", sum(run.claims > 0 for run in every), len(every)),
    ]


def _done(runs: dict[str, Run]) -> list[Measured]:
    names = ("executed", "refused", "unconfirmed", "otherwise", "stopped")
    counts = {name: sum(getattr(run, name) for run in runs.values()) for name in names}
    n = counts["executed"]
    return [
        Measured("tau-talks.actions-executed", n, n + counts["refused"], None, (f"{counts['refused']} more were refused by the tools",)),
        Measured("tau-talks.executed-without-a-written-yes", counts["unconfirmed"], n),
        Measured("tau-talks.executed-otherwise-than-confirmed", counts["otherwise"], n, None, ("only arguments that the words show are compared",)),
        Measured("tau-talks.executed-that-the-contract-stops", counts["stopped"], n),
    ]


def _exposed(runs: dict[str, Run], rewards: dict[str, float]) -> list[Measured]:
    """Of the runs that claimed success and failed, how many each sign exposes; beside it, how often it shows in perfect runs."""
    failed = [run for contact, run in runs.items() if run.claims and rewards[contact] == 0]
    perfect = [run for contact, run in runs.items() if run.claims and rewards[contact] == 1]
    between = len(runs) - sum(reward in (0, 1) for reward in rewards.values())
    found = [
        Measured("tau-talks.claimed-and-failed", len(failed), sum(rewards[contact] == 0 for contact in runs), None, ("of the runs with reward 0",)),
        Measured(
            "tau-talks.claimed-and-perfect", len(perfect), sum(rewards[contact] == 1 for contact in runs), None, (f"{between} rewards lie between",)
        ),
    ]
    signs = {**SIGNS, "any": (lambda run: any(shows(run) for shows, _ in SIGNS.values()), "any of these")}
    for name, (shows, why) in signs.items():
        for of, among in (("exposed", failed), ("false-alarm", perfect)):
            notes = (why,) if of == "exposed" else ()
            found.append(Measured(f"tau-talks.{of}.{name}", share(sum(shows(run) for run in among), len(among)), len(among), None, notes))
    return found
