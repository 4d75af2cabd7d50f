"""Two hundred proposals of Larkspur's automation over five days: the same for the same seed, up to *now*."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from ourword.core.time import text_from_datetime
from ourword.demo.planted import PLANTED

COUNT = 200
DAYS = 5
LINEAGE = {"model": "care-7b@2026-02", "prompt": "p-77", "data": "shop@live"}

Facts = dict[str, Any]


def proposals(now: datetime, *, seed: int = 7, count: int = COUNT) -> list[dict[str, Any]]:
    """Make *count* lines, the planted ones among them, in the order of their times.

    >>> from datetime import UTC
    >>> lines = proposals(datetime(2026, 11, 23, 10, tzinfo=UTC))
    >>> len(lines), sorted({line["kind"] for line in lines})
    (200, ['account_access', 'cancel_order', 'goodwill', 'price_match', 'refund'])
    """
    chance = Random(seed)
    lines = []
    for index, when in enumerate(_times(chance, now, count)):
        lines.append(_line(chance, index, when))
    # The planted ones come evenly among the others, in the order in which they are told.
    gap = len(lines) // (len(PLANTED) + 1)
    for number, planted in enumerate(PLANTED, 1):
        when = datetime.fromisoformat(lines[number * gap]["time"].replace("Z", "+00:00"))
        lines[number * gap] = {**planted.line(when), "time": lines[number * gap]["time"], "lineage": LINEAGE}
    return lines


def truth() -> list[dict[str, str]]:
    """What the gate must find in the planted proposals."""
    return [{"decision_id": each.decision_id, "rule": each.rule, "answer": each.answer, "decided_by": each.decided_by} for each in PLANTED]


def _times(chance: Random, now: datetime, count: int) -> list[datetime]:
    seconds = sorted(chance.randrange(60, DAYS * 86400) for _ in range(count))
    return [now.replace(microsecond=0) - timedelta(seconds=each) for each in reversed(seconds)]


def _line(chance: Random, index: int, when: datetime) -> dict[str, Any]:
    kind = chance.choices(list(_KINDS), weights=[70, 45, 30, 30, 25])[0]
    order = f"L-{chance.randrange(4000, 9000)}"
    line: dict[str, Any] = {
        "kind": kind,
        # Nobody of the planted ones: each of those appears once only.
        "customer": f"c-{chance.randrange(1100, 1250)}",
        "facts": _KINDS[kind](chance, when),
        "decision_id": f"demo-{index + 1:03}",
        "time": text_from_datetime(when),
        "contact": f"chat-{chance.randrange(10_000, 99_999)}",
        "lineage": LINEAGE,
    }
    if kind != "account_access":
        line["objects"] = [{"type": "order", "id": order}]
    if kind == "goodwill" and chance.random() < 0.5:
        line |= {"by": "person", "answer": "allow", "because": "A delay is our fault, and they were kind about it."}
    return line


# ---- the facts of each kind ----------------------------------------------------------------------------------------


def _refund(chance: Random, when: datetime) -> Facts:
    total = chance.choice([1290, 2450, 3900, 4990, 7999, 12900, 18950, 24900, 52000, 64900])
    amount = total if chance.random() < 0.8 else total * 6 // 10
    delivered = _ago(when, days=chance.choice([2, 4, 6, 9, 12, 17, 22, 28, 33, 45]))
    facts: Facts = {
        "amount": _eur(amount),
        "order_total": _eur(total),
        "order_age": _read(delivered, when, minutes=chance.choice([1, 1, 2, 2, 3, 5, 8, 90])),
        "asked_human": chance.random() < 0.06,
        "vulnerable": chance.random() < 0.04,
        "opened": chance.random() < 0.25,
    }
    if chance.random() < 0.94:
        facts["reason"] = chance.choices(["damaged", "not_received", "wrong_item", "changed_mind"], weights=[30, 12, 10, 48])[0]
    if chance.random() < 0.93:
        facts["confirmed"] = chance.random() < 0.95
    return facts


def _cancel_order(chance: Random, when: datetime) -> Facts:
    facts: Facts = {
        "order_total": _eur(chance.choice([2450, 3900, 6450, 9900, 15900, 31000])),
        "order_age": _read(_ago(when, hours=chance.choice([1, 3, 8, 20, 30, 50, 75])), when, minutes=2),
        "shipped": _read(chance.random() < 0.35, when, minutes=chance.choice([1, 3, 8, 15, 50])),
        "asked_human": chance.random() < 0.05,
    }
    if chance.random() < 0.9:
        facts["made_to_measure"] = chance.random() < 0.12
    return facts


def _goodwill(chance: Random, when: datetime) -> Facts:
    return {"credit": _eur(chance.choice([500, 1000, 1500, 2000, 4000])), "late_by": chance.choice(["5 hours", "2 days", "3 days", "6 days"])}


def _account_access(chance: Random, when: datetime) -> Facts:
    identity = chance.choices(["proved", "not_proved", "failed"], weights=[75, 17, 8])[0]
    facts: Facts = {
        "identity": _read(identity, when, minutes=chance.choice([1, 2, 4, 25])),
        "fraud_score": round(chance.betavariate(1.2, 5), 2),
        "asked_human": chance.random() < 0.05,
    }
    if chance.random() < 0.9:
        facts["code_entered"] = chance.random() < 0.85
    return facts


def _price_match(chance: Random, when: datetime) -> Facts:
    paid = chance.choice([2990, 4000, 8900, 14900, 24900])
    return {
        "price_paid": _eur(paid),
        "price_seen": _eur(paid * chance.choice([60, 82, 85, 90, 95, 104]) // 100),
        "seller": chance.choices(["shop", "marketplace", "private"], weights=[70, 20, 10])[0],
        "cost": _eur(paid * chance.choice([40, 55, 86]) // 100),
        "asked_human": chance.random() < 0.04,
    }


_KINDS: dict[str, Callable[[Random, datetime], Facts]] = {
    "refund": _refund,
    "cancel_order": _cancel_order,
    "goodwill": _goodwill,
    "account_access": _account_access,
    "price_match": _price_match,
}


def _eur(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02} EUR"


def _ago(when: datetime, **span: int) -> str:
    return text_from_datetime(when - timedelta(**span))


def _read(value: object, when: datetime, *, minutes: int) -> dict[str, object]:
    """A value as a system of the shop gave it so many minutes before."""
    return {"value": value, "at": _ago(when, minutes=minutes)}
