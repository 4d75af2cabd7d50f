"""The rules that every contender is asked to keep: 16 facts, 30 clauses, one boundary, one promise."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate

MONEY = ("amount", "order_total", "refunded", "shipping")
INTS = ("days_since", "refunds_90d", "contacts_30d", "tenure_months", "pieces")
BOOLS = ("asked_human", "confirmed", "opened", "is_gift")
REASONS = ("damaged", "not_received", "wrong_item", "changed_mind", "late")
CATEGORIES = ("clothing", "food", "hygiene", "electronics", "books")
CHANNELS = ("chat", "phone", "mail", "web")
ENUMS = {"reason": REASONS, "category": CATEGORIES, "channel": CHANNELS}
NAMES = (*MONEY, *INTS, *ENUMS, *BOOLS)

CLAUSES: tuple[tuple[str, str, str], ...] = (
    ("asked-for-a-person", "asked_human", "escalate"),
    ("confirm-first", "!confirmed", "ask"),
    ("above-limit", "amount > eur(500)", "escalate"),
    ("more-than-paid", "amount + refunded > order_total", "escalate"),
    ("too-late", 'days_since > 30 && reason == "changed_mind"', "refuse"),
    ("our-fault", 'reason in ["damaged", "not_received", "wrong_item"]', "allow"),
    ("in-time", 'days_since <= 30 && reason == "changed_mind"', "allow"),
    ("opened-food", 'opened && category in ["food", "hygiene"]', "refuse"),
    ("many-refunds", "refunds_90d >= 6", "escalate"),
    ("much-contact", "refunds_90d + contacts_30d * 2 > 20", "escalate"),
    ("small", "amount <= eur(20)", "allow"),
    ("small-gift", "is_gift && amount <= eur(50) && !opened", "allow"),
    ("long-known", "tenure_months >= 24 && refunds_90d <= 2", "allow"),
    ("delivery-late", 'reason == "late" && days_since <= 14', "allow"),
    ("shipping-alone", "amount == shipping", "allow"),
    ("shipping-too", "amount > order_total - shipping", "escalate"),
    ("electronics", 'category == "electronics" && opened && days_since > 14', "refuse"),
    ("books", 'category == "books" && (opened || days_since > 60)', "refuse"),
    ("new-customer", "tenure_months < 1 && amount > eur(200)", "escalate"),
    ("phoned", 'channel == "phone" && contacts_30d > 3', "escalate"),
    ("wrote", 'channel in ["chat", "mail", "web"] && contacts_30d <= 3', "allow"),
    ("nothing-ordered", "pieces == 0", "refuse"),
    ("bulk", "pieces > 20 || order_total > eur(2000)", "escalate"),
    ("per-piece", "amount > order_total * 2 - refunded * pieces", "escalate"),
    ("gift-returned", 'is_gift && reason != "damaged" && days_since > 90', "refuse"),
    ("not-worn", '!(opened || category == "hygiene") && days_since <= 45', "allow"),
    ("rare-customer", "(refunds_90d == 0 && contacts_30d == 0) || tenure_months > 60", "allow"),
    ("long-ago", "days_since > 365", "refuse"),
    ("already-refunded", "refunded >= order_total && refunded > eur(0)", "refuse"),
    ("half-returned", "refunded * 2 > order_total && !asked_human && refunds_90d > 1", "escalate"),
)
"""Id, condition in CEL, answer."""

_TYPES = (
    dict.fromkeys(MONEY, "money(EUR)")
    | dict.fromkeys(INTS, "int")
    | {name: f"enum({', '.join(words)})" for name, words in ENUMS.items()}
    | dict.fromkeys(BOOLS, "bool")
)


def gate(clauses: int = len(CLAUSES)) -> Gate:
    """The rules compiled; more clauses than there are begin again from the first, under other ids."""
    rules = [CLAUSES[at % len(CLAUSES)] for at in range(clauses)]
    written = [
        {
            "id": f"{id_}-{at // len(CLAUSES)}" if at >= len(CLAUSES) else id_,
            "say": "A sentence.",
            "when": when,
            "then": {"ask": ["confirmed"]} if then == "ask" else then,
        }
        for at, (id_, when, then) in enumerate(rules)
    ]
    return _compiled(written, {name: {"type": _TYPES[name], "from": f"proposal.{name}"} for name in NAMES})


def counting_gate() -> Gate:
    """A contract of usual size that counts two facts on its own record: how often refunded, how often asked."""
    reasons = ("damaged", "not_received", "wrong_item", "changed_mind")
    clauses = (
        ("asked-for-a-person", "asked_human", "escalate"),
        ("confirm-first", "!confirmed", {"ask": ["confirmed"]}),
        ("above-limit", "amount > eur(500)", "escalate"),
        ("asked-often", "asked_7d > 5", "escalate"),
        ("our-fault", 'reason in ["damaged", "not_received", "wrong_item"]', "allow"),
        ("rarely", "refunds_90d < 100000", "allow"),
    )
    counted = {"type": "int", "from": "history", "count": "refund", "per": "customer"}
    facts: dict[str, dict[str, Any]] = {
        "amount": {"type": "money(EUR)", "from": "proposal.amount"},
        "order_total": {"type": "money(EUR)", "from": "order.total"},
        "reason": {"type": f"enum({', '.join(reasons)})", "from": "proposal.reason", "stated_by": "customer"},
        "confirmed": {"type": "bool", "from": "proposal.confirmed", "stated_by": "customer"},
        "asked_human": {"type": "bool", "from": "conversation.asked_human"},
        "refunds_90d": {**counted, "answers": ["allow", "amend"], "within": "90 days"},
        "asked_7d": {**counted, "answers": ["ask"], "within": "7 days"},
    }
    return _compiled([{"id": id_, "say": "A sentence.", "when": when, "then": then} for id_, when, then in clauses], facts)


def _compiled(clauses: list[dict[str, Any]], facts: dict[str, dict[str, Any]]) -> Gate:
    draft = read(json.dumps(_contract(clauses)).encode(), json.dumps({"ourword": 1, "contract": "bench", "facts": facts}).encode())
    return compile_gate(sound(draft, today=date(2026, 11, 23)))


def _contract(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    choices = ("speed_or_fairness", "consistency_or_discretion", "revenue_or_advocacy", "efficiency_or_trust")
    return {
        "ourword": 1,
        "contract": "bench",
        "version": "1.0.0",
        "status": "active",
        "from": "2026-01-01",
        "zone": "Europe/Berlin",
        "languages": ["en"],
        "keep": "3 years",
        "relationship": {
            "choices": {choice: {"open": {"by": "mara", "until": "2030-01-01"}} for choice in choices},
            "person": {"steps": 2, "wait": "15 minutes", "desk": "care"},
            "tell": {"automated": "before the first answer", "reasons": 2, "what_would_change": True},
        },
        "people": [
            {"id": "mara", "name": "Mara Lind", "role": "owner", "contact": "mara@larkspur.example"},
            {"id": "care", "role": "desk", "hours": "Mon-Sun 08:00-22:00"},
        ],
        "answerable": dict.fromkeys(("data", "model", "prompt", "contract", "unclear"), "mara"),
        "decisions": {
            "refund": {
                "question": "Do we refund this order?",
                "owner": "mara",
                "rights": "autonomous",
                "requires": ["amount", "confirmed"],
                "clauses": clauses,
                "otherwise": "escalate",
                "never": [{"id": "never-more", "say": "Never more than was paid.", "when": 'answer in ["allow", "amend"] && amount > order_total'}],
                "promises": [
                    {"id": "money-back", "when": 'answer == "allow"', "say": "{amount} back", "kept_by": "payment.refunded", "within": "5 days"}
                ],
                "escalation": {"to": "care"},
                "targets": [{"metric": "stayed_customer", "within": "180 days", "at_least": 0.5}],
            }
        },
    }


def customers(count: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """Customers drawn so that every clause holds for some and not for others."""
    draw = random.Random(seed)
    return [_customer(draw) for _ in range(count)]


def _customer(draw: random.Random) -> dict[str, Any]:
    total = draw.choice((1_990, 4_800, 12_000, 39_900, 250_000))
    shipping = draw.choice((0, 490, 990))
    facts: dict[str, Any] = {
        "amount": draw.choice((shipping, total // 4, total // 2, total, total + 100)),
        "order_total": total,
        "refunded": draw.choice((0, 0, 0, total // 3, total)),
        "shipping": shipping,
        "days_since": draw.choice((1, 7, 14, 15, 30, 31, 61, 100, 400)),
        "refunds_90d": draw.choice((0, 0, 1, 2, 3, 6)),
        "contacts_30d": draw.choice((0, 1, 2, 4, 9)),
        "tenure_months": draw.choice((0, 3, 24, 61)),
        "pieces": draw.choice((0, 1, 1, 2, 5, 21)),
    }
    facts |= {name: draw.choice(words) for name, words in ENUMS.items()}
    facts |= {"asked_human": draw.random() < 0.1, "confirmed": draw.random() < 0.8, "opened": draw.random() < 0.4, "is_gift": draw.random() < 0.2}
    return facts
