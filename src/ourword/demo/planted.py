"""Twelve proposals, each planted to show one rule of the gate, with the truth that the gate must find."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from ourword.core.time import text_from_datetime

Facts = dict[str, Any]


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """One planted proposal: the rule it shows, what happened, and what the gate must say."""

    decision_id: str
    rule: str
    story: str
    kind: str
    customer: str
    facts: Facts
    answer: str
    decided_by: str
    more: dict[str, Any] = {}

    def line(self, now: datetime) -> dict[str, Any]:
        """The proposal as a line; times in it are told from *now*."""
        facts = {name: _dated(value, now) for name, value in self.facts.items()}
        return {"kind": self.kind, "customer": self.customer, "facts": facts, "decision_id": self.decision_id, **self.more}


class Ago(msgspec.Struct, frozen=True):
    """A time so long ago."""

    by: timedelta


class Read(msgspec.Struct, frozen=True):
    """A value that was read so long ago."""

    value: Any
    ago: Ago


def _dated(value: Any, now: datetime) -> Any:
    if isinstance(value, Read):
        return {"value": _dated(value.value, now), "at": _dated(value.ago, now)}
    return text_from_datetime(now - value.by) if isinstance(value, Ago) else value


def _order(days: int) -> Read:
    """An order's delivery so many days ago, as the shop's system said a minute ago."""
    return Read(Ago(timedelta(days=days)), Ago(timedelta(minutes=1)))


def _refund(amount: str, reason: str, days: int, **facts: Any) -> Facts:
    common = {"order_total": amount, "asked_human": False, "vulnerable": False, "confirmed": True, "opened": False}
    return {"amount": amount, "reason": reason, "order_age": _order(days), **common, **facts}


PLANTED: tuple[Planted, ...] = (
    Planted(
        decision_id="demo-allow",
        rule="A clause allows",
        story="A lamp came broken. The automation proposes to pay back all of it.",
        kind="refund",
        customer="c-1042",
        facts=_refund("48.00 EUR", "damaged", 3),
        answer="allow",
        decided_by="our-fault",
        more={"confirmed_args": {"amount": "48.00 EUR"}},
    ),
    Planted(
        decision_id="demo-amend",
        rule="A clause amends, and the rest is decided again",
        story="A set of bowls was opened and is sent back after ten days. All of it is proposed.",
        kind="refund",
        customer="c-1017",
        facts=_refund("79.99 EUR", "changed_mind", 10, opened=True),
        answer="amend",
        decided_by="opened",
    ),
    Planted(
        decision_id="demo-ask",
        rule="What only the customer can say is asked, not guessed",
        story="The automation never asked why the chair comes back.",
        kind="refund",
        customer="c-1056",
        facts={name: value for name, value in _refund("129.00 EUR", "", 6).items() if name != "reason"},
        answer="ask",
        decided_by="requires",
    ),
    Planted(
        decision_id="demo-refuse",
        rule="A refusal names its reason, and what would have changed it",
        story="A rug comes back after 41 days, because it does not fit the room.",
        kind="refund",
        customer="c-1063",
        facts=_refund("210.00 EUR", "changed_mind", 41),
        answer="refuse",
        decided_by="too-late",
    ),
    Planted(
        decision_id="demo-final",
        rule="A final refusal stands, even where a person is asked for",
        story="Somebody failed the identity check for an account, and asks for a person.",
        kind="account_access",
        customer="c-1072",
        facts={"identity": Read("failed", Ago(timedelta(minutes=2))), "asked_human": True, "fraud_score": 0.35, "code_entered": True},
        answer="refuse",
        decided_by="not-the-holder",
    ),
    Planted(
        decision_id="demo-escalate",
        rule="A person outranks a refusal",
        story="The parcel has left, so the automation would refuse to cancel; the customer asks for a person.",
        kind="cancel_order",
        customer="c-1029",
        facts={
            "order_total": "64.50 EUR",
            "shipped": Read(True, Ago(timedelta(minutes=4))),
            "made_to_measure": False,
            "order_age": _order(2),
            "asked_human": True,
        },
        answer="escalate",
        decided_by="asked-for-a-person",
    ),
    Planted(
        decision_id="demo-unknown",
        rule="A clause that cannot be read calls a person, it never allows",
        story="Nobody can say whether these blinds were made to measure: the field is empty.",
        kind="cancel_order",
        customer="c-1033",
        facts={
            "order_total": "310.00 EUR",
            "shipped": Read(False, Ago(timedelta(minutes=1))),
            "order_age": _order(3),
            "asked_human": False,
        },
        answer="escalate",
        decided_by="made-for-you",
    ),
    Planted(
        decision_id="demo-otherwise",
        rule="Where no clause says anything, a person decides",
        story="A customer saw the same pot for half the price on a marketplace.",
        kind="price_match",
        customer="c-1008",
        facts={"price_paid": "40.00 EUR", "price_seen": "20.00 EUR", "seller": "marketplace", "cost": "15.00 EUR", "asked_human": False},
        answer="escalate",
        decided_by="otherwise",
    ),
    Planted(
        decision_id="demo-rights",
        rule="Where automation may only propose, a person has the last word",
        story="A parcel came two days late. The automation proposes an apology of 15 EUR.",
        kind="goodwill",
        customer="c-1088",
        facts={"credit": "15.00 EUR", "late_by": "2 days"},
        answer="escalate",
        decided_by="rights",
    ),
    Planted(
        decision_id="demo-holdout",
        rule="A few customers are decided by people, so that automation can be compared",
        story="A pan came broken. Any other customer would have had the money at once.",
        kind="refund",
        customer="c-1324",
        facts=_refund("55.00 EUR", "damaged", 4),
        answer="escalate",
        decided_by="holdout",
    ),
    Planted(
        decision_id="demo-boundary",
        rule="A boundary is checked last, and stops what the clauses allow",
        story="A vase for 30 EUR came broken. The automation proposes 300 EUR: a slip of a digit.",
        kind="refund",
        customer="c-1049",
        facts=_refund("300.00 EUR", "damaged", 5, order_total="30.00 EUR"),
        answer="escalate",
        decided_by="not-more-than-paid",
    ),
    Planted(
        decision_id="demo-bend",
        rule="A person may depart from a clause, with a reason that is recorded",
        story="The rug of 41 days again: the customer was in hospital. A person at the desk pays it back.",
        kind="refund",
        customer="c-1064",
        facts=_refund("180.00 EUR", "changed_mind", 41),
        answer="allow",
        decided_by="person",
        more={"by": "person", "answer": "allow", "because": "In hospital until last week; could not send it earlier."},
    ),
)
