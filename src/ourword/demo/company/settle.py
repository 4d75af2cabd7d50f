"""What was promised with a decision, and what came of it: written when the decision is made, for the truth to know."""

from __future__ import annotations

from typing import Any, NamedTuple

from ourword.demo.company.clock import DAY, HOUR, MINUTE, due
from ourword.demo.company.facts import euros
from ourword.demo.company.stories import BAD_METHOD, PAID
from ourword.demo.company.talk import Talk


class Due(NamedTuple):
    """A promise, when it is due, and when it was done; never done is `None`."""

    decision: str
    promise: str
    kind: str
    due: int
    done: int | None

    def standing(self, now: int) -> str:
        """Say how it stands."""
        done = self.done if self.done is not None and self.done <= now else None
        if done is not None:
            return "kept" if done <= self.due else "late"
        return "open" if now <= self.due else "broken"


_MONEY = {"refund": "money-back", "cancel_order": "paid-back", "price_match": "difference-back"}


def grant(talk: Talk, decision: str, kind: str, minor: int) -> Due:
    """Do what was granted: the action at once, the money or the link when it comes."""
    talk.event("action.executed", "automation", "shop", decision=decision, args={"amount": euros(minor)} if minor else {})
    if kind in _MONEY:
        return _money(talk, decision, kind, minor)
    if kind == "goodwill":
        return _credit(talk, decision, minor)
    return _link(talk, decision)


def _money(talk: Talk, decision: str, kind: str, minor: int) -> Due:
    ends = due(talk.at, 5, "working day")
    in_time, late = PAID[kind == "refund" and talk.customer.method == BAD_METHOD]
    roll, done = talk.chance.random(), None
    if roll < in_time:
        done = talk.at + int((ends - talk.at) * talk.chance.uniform(0.15, 0.9))
    elif roll < in_time + late:
        done = ends + talk.chance.randint(8 * HOUR, 5 * DAY)
    if done is not None:
        data: dict[str, Any] = {"amount": euros(minor), "decision": decision, "method": talk.customer.method}
        talk.later(done, "psp", "payment.refunded", f"pay-{decision}", **data)
    return Due(decision, _MONEY[kind], kind, ends, done)


def _credit(talk: Talk, decision: str, minor: int) -> Due:
    ends, late = due(talk.at, 1, "day"), talk.chance.random() < 0.02
    done = ends + talk.chance.randint(HOUR, 20 * HOUR) if late else talk.at + talk.chance.randint(MINUTE, 20 * HOUR)
    talk.later(done, "shop", "credit.booked", f"credit-{decision}", amount=euros(minor), decision=decision)
    return Due(decision, "credit-booked", "goodwill", ends, done)


def _link(talk: Talk, decision: str) -> Due:
    ends, late = talk.at + 5 * MINUTE, talk.chance.random() < 0.015
    done = ends + talk.chance.randint(20, 20 * MINUTE) if late else talk.at + talk.chance.randint(3, 200)
    talk.later(done, "identity service", "account.link_sent", f"link-{decision}", decision=decision)
    return Due(decision, "link-sent", "account_access", ends, done)
