"""What automation (or a person) wants to do for one customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from ourword.core.answer import Answer


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One proposed decision: its kind, for whom, by whom, and what came with it. Its facts are handed to the gate beside it."""

    kind: str
    customer: str
    decision_id: str = ""
    by: str = "automation"
    """`automation`, `person`, or the id of a person whom the contract names."""
    answer: Answer | None = None
    """A person's own answer; automation proposes, it does not answer."""
    because: str = ""
    observed: bool = False
    """It was decided before anybody asked: a person's departure is then told without a reason too."""
    amended: dict[str, Any] | None = None
    """With a person's `amend`: what the person changed, fact by fact."""
    time: datetime | None = None
    contact: str = ""
    language: str = ""
    """The customer's, such as `de-AT`; the contract speaks the nearest of its own."""
    objects: tuple[dict[str, str], ...] = ()
    confirmed_args: dict[str, Any] | None = None
    options: tuple[dict[str, Any], ...] = ()
    """What was laid on the table, and what else there was: recorded, and never read by the gate."""
    lineage: dict[str, Any] = {}
