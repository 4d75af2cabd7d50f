"""What is true of one contact."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from ourword.demo.company.settle import Due


@dataclass(slots=True)
class Contact:
    """What is true of one contact; the fields that the record alone cannot show are `solved` and `why`."""

    contact: str
    customer: str
    subject: str
    order: str
    channel: str
    kind: str
    opened: int
    returning: bool
    prompt: str
    model: str
    contract: str
    region: str
    tenure: str
    language: str
    payment: str
    kinds: list[str] = field(default_factory=list)
    closed: int | None = None
    ended: int = 0
    ending: str = ""
    """`asked_yes`, `asked_no`, `asked_silent`, `closed`, `timer`, `left`, `unanswered`: how the talk ended."""
    claimed: bool | None = None
    said: str | None = None
    handled_by: str = "automation"
    asked_for_a_person: bool = False
    wrote_the_phrase: bool = False
    reached_a_person: bool = False
    thanked: bool = False
    written: str = ""
    """The clause that answered the automation's last proposal."""
    persons_on_the_clause: bool = False
    """A person decided where the clause that people bend refuses; `bent`: they departed from it."""
    bent: bool = False
    solved: bool = False
    why: str = ""
    reopened: bool = False
    decisions: list[tuple[int, str, str]] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)

    def told(self, now: int) -> dict[str, Any]:
        """Itself as far as it has happened by *now*, with every promise's standing."""
        shown = {each.name: getattr(self, each.name) for each in dataclasses.fields(self) if each.name not in ("dues", "decisions")}
        if self.closed is None or self.closed > now:
            shown |= {"closed": None, "claimed": None}
        made = {name: answer for at, name, answer in self.decisions if at <= now}
        if len(made) < len(self.decisions):
            shown |= {"persons_on_the_clause": False, "bent": False}
        dues = [
            {"decision": d.decision, "promise": d.promise, "kind": d.kind, "due": d.due, "standing": d.standing(now)}
            for d in self.dues
            if d.decision in made
        ]
        return {**shown, "decisions": made, "promises": dues}
