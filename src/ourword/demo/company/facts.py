"""What automation proposes, made so that the contract's answer is known beforehand: it is written here, not asked of the gate."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any, NamedTuple

from ourword.demo.company.clock import DAY, HOUR, MINUTE, text
from ourword.demo.company.stories import CONTRACT_NAME, HOLDOUT

Facts = dict[str, Any]


class Wish(NamedTuple):
    """One proposal's facts, what the contract must answer to automation, and the cents that are then paid."""

    facts: Facts
    answer: str
    decided_by: str
    minor: int = 0
    written: str = ""
    """What the clauses answer once a person is there; `escalate`: nothing, the person is free."""
    clause: str = ""


def in_holdout(customer: str) -> bool:
    """Whether people decide this customer's refunds; by the contract's own rule, written once more.

    >>> in_holdout("c-1324"), in_holdout("c-1042")
    (True, False)
    """
    digest = hashlib.sha256(f"holdout\x00{CONTRACT_NAME}\x00{customer}".encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56 < HOLDOUT


def euros(minor: int) -> str:
    """Print cents as the contract reads them.

    >>> euros(4800)
    '48.00 EUR'
    """
    return f"{minor // 100}.{minor % 100:02} EUR"


def wish(kind: str, chance: Random, now: int, customer: str, *, asked: bool) -> Wish:
    """Draw what is proposed; *asked*: the automation passes on that the customer wants a person."""
    made = _KINDS[kind](chance, now)
    while asked and made.decided_by == "not-the-holder":  # a final refusal reaches nobody: not the story told here
        made = _KINDS[kind](chance, now)
    made = made._replace(written="allow" if kind == "goodwill" else made.answer, clause=made.decided_by)
    if kind != "goodwill":
        made.facts["asked_human"] = asked
        if asked:
            made = made._replace(answer="escalate", decided_by="asked-for-a-person")
    if kind == "refund" and in_holdout(customer):
        made = made._replace(answer="escalate", decided_by="holdout")
    return made


def read_again(facts: Facts, now: int, *, by_person: bool) -> Facts:
    """Read every system's fact anew at *now*; once a person is there, nobody asks for one any more."""
    fresh = {name: {**value, "at": text(now - MINUTE)} if isinstance(value, dict) else value for name, value in facts.items()}
    return {**fresh, "asked_human": False} if by_person and "asked_human" in fresh else fresh


def _read(value: object, now: int, minutes: int = 2) -> Facts:
    return {"value": value, "at": text(now - minutes * MINUTE)}


def _refund(chance: Random, now: int) -> Wish:
    total = chance.choice((1290, 2450, 3900, 4990, 7999, 9950, 12900, 18950, 24900))
    roll = chance.random()
    reason, days, opened, answer, by = "changed_mind", chance.randint(2, 27), False, "allow", "in-time"
    if roll < 0.46:
        reason, answer, by = chance.choice(("damaged", "damaged", "not_received", "wrong_item")), "allow", "our-fault"
    elif roll < 0.58:
        opened, answer, by = True, "amend", "opened"
    elif roll < 0.74:
        days, total, answer, by = chance.randint(32, 60), min(total, 18950), "refuse", "too-late"
    elif roll < 0.78:
        total, reason, answer, by = chance.choice((52000, 64900)), "damaged", "escalate", "above-limit"
    facts: Facts = {
        "amount": euros(total),
        "order_total": euros(total),
        "order_age": _read(text(now - days * DAY - 5 * HOUR), now),
        "reason": reason,
        "opened": opened,
        "vulnerable": False,
        "confirmed": True,
    }
    return Wish(facts, answer, by, -(-total * 80 // 100) if opened else total)


def _cancel_order(chance: Random, now: int) -> Wish:
    total, shipped = chance.choice((2450, 3900, 6450, 9900, 15900, 31000)), chance.random() < 0.27
    facts: Facts = {
        "order_total": euros(total),
        "order_age": _read(text(now - chance.choice((1, 3, 8, 20, 30)) * HOUR), now),
        "shipped": _read(shipped, now),
        "made_to_measure": False,
    }
    return Wish(facts, *(("refuse", "on-its-way") if shipped else ("allow", "not-sent-yet")), total)


def _goodwill(chance: Random, now: int) -> Wish:
    credit = chance.choice((500, 1000, 1500, 2000))
    return Wish({"credit": euros(credit), "late_by": chance.choice(("2 days", "3 days", "6 days"))}, "escalate", "rights", credit)


def _account_access(chance: Random, now: int) -> Wish:
    identity = chance.choices(("proved", "not_proved", "failed"), (84, 12, 4))[0]
    facts: Facts = {"identity": _read(identity, now, 1), "fraud_score": round(chance.uniform(0, 0.7), 2), "code_entered": True}
    answers = {"proved": ("allow", "it-is-you"), "not_proved": ("escalate", "otherwise"), "failed": ("refuse", "not-the-holder")}
    return Wish(facts, *answers[identity])


def _price_match(chance: Random, now: int) -> Wish:
    paid, percent = chance.choice((2990, 4000, 8900, 14900, 24900)), chance.choice((60, 85, 90, 90, 95, 104))
    seen, seller = paid * percent // 100, "private" if chance.random() < 0.12 else "shop"
    facts: Facts = {"price_paid": euros(paid), "price_seen": euros(seen), "seller": seller, "cost": euros(paid * 40 // 100)}
    if seller == "private" or percent > 100:
        return Wish(facts, "refuse", "private-seller" if seller == "private" else "not-lower")
    return Wish(facts, *(("escalate", "otherwise") if percent < 80 else ("allow", "within-reach")), paid - seen)


_KINDS = {
    "refund": _refund,
    "cancel_order": _cancel_order,
    "goodwill": _goodwill,
    "account_access": _account_access,
    "price_match": _price_match,
}
