"""Check: a shop's 55 procedures as a contract: every step of the source in exactly one row of the table, and the sample's dialogues decided."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec

from ourword.contract.check import check
from ourword.contract.read import read
from outside.decided import EXAMPLES, NOON, decide_rows, ourword
from outside.measured import Measured, share
from outside.rows import Row

FOLDER = EXAMPLES / "abcd-shop"
SAID = ("clause", "fact", "promise")
BECOMES = (*SAID, "journey", "cannot be said")
_ROW = re.compile(r"\| (\d+) \| ([^|]+) \| ([^|]+) \| (clause|fact|promise|journey|cannot be said)(, in part)? \| ([^|]+) \|")


class Placed(msgspec.Struct, frozen=True):
    """One row of the table: how many steps it says it holds, of which procedures, which of their steps, and what they became."""

    steps: int
    procedures: tuple[str, ...]
    buttons: tuple[str, ...]
    becomes: str
    in_part: bool
    where: str

    def holds(self, procedure: str, button: str, number: int) -> bool:
        """Whether a step of the source belongs here; `N/A #4` is the fourth step, `the rest` every procedure."""
        named = self.procedures == ("the rest",) or procedure in self.procedures
        return named and (button in self.buttons or f"{button} #{number}" in self.buttons)


def table_of(text: str) -> list[Placed]:
    """The rows of the example's table.

    >>> table_of("| 2 | Missing Item, Shipping Cost | N/A #4; Update Order | clause, in part | `waived` |")[0].buttons
    ('N/A #4', 'Update Order')
    """
    return [
        Placed(int(row[1]), tuple(row[2].strip().split(", ")), tuple(row[3].strip().split("; ")), row[4], bool(row[5]), row[6])
        for row in _ROW.finditer(text)
    ]


def steps_of(guidelines: Row) -> list[tuple[str, str, int]]:
    """Every step of the source: procedure, button, its number in the procedure."""
    return [
        (name, step["button"], number)
        for flow in guidelines.values()
        for name, procedure in flow["subflows"].items()
        for number, step in enumerate(procedure["actions"], 1)
    ]


def abcd(shared: Path) -> list[Measured]:
    """Place each step, count what is said, check the contract, and decide the sample's dialogues."""
    guidelines = json.loads((shared / "abcd" / "guidelines.json").read_text("utf-8"))
    sample = json.loads((shared / "abcd" / "abcd_sample.json").read_text("utf-8"))
    rows = table_of((FOLDER / "README.md").read_text("utf-8"))
    return [*placed(steps_of(guidelines), rows), contract_is_clean(NOON.date()), as_people_did(sample)]


def placed(steps: list[tuple[str, str, int]], rows: list[Placed]) -> list[Measured]:
    """Hold the table against the source: no step in no row or in two, no row with another number of steps; then the shares."""
    found = [[row for row in rows if row.holds(*step)] for step in steps]
    odd = [f"{' / '.join(map(str, step))}: in {len(each)} rows" for step, each in zip(steps, found, strict=True) if len(each) != 1]
    held = Counter(row for each in found for row in each)
    odd += [
        f"{row.procedures[0]} / {row.buttons[0]}: the table says {row.steps} steps, the source has {held[row]}"
        for row in rows
        if held[row] != row.steps
    ]
    became = Counter(each[0].becomes for each in found if len(each) == 1)
    said = sum(became[each] for each in SAID)
    in_part = sum(each[0].in_part for each in found if len(each) == 1)
    counts = tuple(f"{each}: {became[each]}" for each in BECOMES)
    return [
        Measured("abcd.steps-placed", len(steps) - len(odd), len(steps), ("==", len(steps)), tuple(odd)),
        Measured("abcd.said", share(said, len(steps)), len(steps), (">=", 0.85), (*counts, f"in part: {in_part}")),
        Measured("abcd.said-whole", share(said - in_part, len(steps)), len(steps)),
    ]


def contract_is_clean(today: date) -> Measured:
    """`ourword check` finds nothing that it calls an error or a warning."""
    _, flaws = check(read((FOLDER / "contract.yaml").read_bytes(), (FOLDER / "wiring.yaml").read_bytes()), today=today)
    bad = [flaw for flaw in flaws if flaw.level != "note"]
    return Measured("abcd.contract-flaws", len(bad), 1, ("==", 0), tuple(f"{flaw.place}: {flaw.what}" for flaw in bad))


def as_people_did(sample: list[Row]) -> Measured:
    """How often the contract answers what the agent of a dialogue did: refused (here: called the manager), or went along."""
    decided = decide_rows(ourword("abcd-shop"), ((talk, line(talk)) for talk in sample))
    same, notes = 0, []
    for each in decided:
        no = "notify-team" in actions(each.row)
        alike = each.verdict is not None and (each.verdict.answer.value in ("refuse", "escalate")) == no
        same += alike
        notes.append(f"{'as people did' if alike else 'otherwise than people'}: {each.said}")
    return Measured("abcd.dialogues-as-people-did", same, len(decided), None, tuple(notes))


def actions(talk: Row) -> list[str]:
    """The steps that the agent of a dialogue took."""
    return [turn["targets"][2] for turn in talk["delexed"] if turn["targets"][1] == "take_action"]


KINDS = {"return_size": "return_item", "refund_status": "refund_status", "timing": "answer_question"}
"""The sample's three procedures -> our kinds."""


def line(talk: Row) -> Row:
    """A dialogue as a proposal: what its agent looked up holds, what its customer's record says is known, all else is not."""
    took, told = actions(talk), talk["scenario"]
    facts = {
        "account_found": "pull-up-account" in took,
        "purchase_valid": "validate-purchase" in took,
        "question_listed": "select-faq" in took,
        "level": told["personal"]["member_level"],
        "topic": "timing" if "search-timing" in took else None,
        "full_address": told["order"].get("full_address"),
        "original_packaging": {"yes": True, "no": False}.get(told["order"].get("packaging", "")),
        "refund_state": "in_progress",  # what the agent of the one dialogue about it told
        "unhappy_with": "status" if "notify-team" in took else "nothing",
    }
    kind = KINDS[talk["delexed"][0]["targets"][0]]
    known = {name: value for name, value in facts.items() if value is not None}
    return {"kind": kind, "customer": f"abcd:{talk['convo_id']}", "decision_id": f"abcd-{talk['convo_id']}", "time": NOON.isoformat(), "facts": known}
