"""What a good engineer would write by hand instead: the 30 rules as one function, with the same checks of types and ranges.

It is what everything is measured against, so it is written to be fast: facts by subscript, checks in place, a bit a rule,
and a sum's range checked where the sum can leave it.
"""

from __future__ import annotations

from typing import Any

from benchmarks.rules.contract import CATEGORIES, CHANNELS, REASONS

UNKNOWN = -1
MIN, MAX = -(2**63), 2**63 - 1
_REASONS, _CATEGORIES, _CHANNELS = frozenset(REASONS), frozenset(CATEGORIES), frozenset(CHANNELS)
_OUR_FAULT = frozenset(("damaged", "not_received", "wrong_item"))
_FOOD = frozenset(("food", "hygiene"))
_WRITTEN = frozenset(("chat", "mail", "web"))


def closure(facts: dict[str, Any]) -> int:
    """Facts -> the mask of rules that hold; `UNKNOWN` where a fact is missing, ill-typed or out of range."""
    try:
        amount = facts["amount"]
        order_total = facts["order_total"]
        refunded = facts["refunded"]
        shipping = facts["shipping"]
        days_since = facts["days_since"]
        refunds_90d = facts["refunds_90d"]
        contacts_30d = facts["contacts_30d"]
        tenure_months = facts["tenure_months"]
        pieces = facts["pieces"]
        reason = facts["reason"]
        category = facts["category"]
        channel = facts["channel"]
        asked_human = facts["asked_human"]
        confirmed = facts["confirmed"]
        opened = facts["opened"]
        is_gift = facts["is_gift"]
    except KeyError:
        return UNKNOWN
    if type(amount) is not int or not 0 <= amount <= MAX:
        return UNKNOWN
    if type(order_total) is not int or not 0 <= order_total <= MAX:
        return UNKNOWN
    if type(refunded) is not int or not 0 <= refunded <= MAX:
        return UNKNOWN
    if type(shipping) is not int or not 0 <= shipping <= MAX:
        return UNKNOWN
    if type(days_since) is not int or not MIN <= days_since <= MAX:
        return UNKNOWN
    if type(refunds_90d) is not int or not MIN <= refunds_90d <= MAX:
        return UNKNOWN
    if type(contacts_30d) is not int or not MIN <= contacts_30d <= MAX:
        return UNKNOWN
    if type(tenure_months) is not int or not MIN <= tenure_months <= MAX:
        return UNKNOWN
    if type(pieces) is not int or not MIN <= pieces <= MAX:
        return UNKNOWN
    if type(reason) is not str or reason not in _REASONS:
        return UNKNOWN
    if type(category) is not str or category not in _CATEGORIES:
        return UNKNOWN
    if type(channel) is not str or channel not in _CHANNELS:
        return UNKNOWN
    if type(asked_human) is not bool or type(confirmed) is not bool or type(opened) is not bool or type(is_gift) is not bool:
        return UNKNOWN
    # Money is never negative, so a sum can only leave the range upwards and a difference not at all; a count may be negative.
    back = amount + refunded
    twice_contacted = contacts_30d * 2
    contacted = refunds_90d + twice_contacted
    twice_total = order_total * 2
    pieces_back = refunded * pieces
    left = twice_total - pieces_back
    twice_refunded = refunded * 2
    if back > MAX or twice_total > MAX or twice_refunded > MAX or not MIN <= pieces_back <= MAX or not MIN <= left <= MAX:
        return UNKNOWN
    if not MIN <= twice_contacted <= MAX or not MIN <= contacted <= MAX:
        return UNKNOWN
    mask = 0
    if asked_human:
        mask |= 1
    if not confirmed:
        mask |= 2
    if amount > 50000:
        mask |= 4
    if back > order_total:
        mask |= 8
    if days_since > 30 and reason == "changed_mind":
        mask |= 16
    if reason in _OUR_FAULT:
        mask |= 32
    if days_since <= 30 and reason == "changed_mind":
        mask |= 64
    if opened and category in _FOOD:
        mask |= 128
    if refunds_90d >= 6:
        mask |= 256
    if contacted > 20:
        mask |= 512
    if amount <= 2000:
        mask |= 1024
    if is_gift and amount <= 5000 and not opened:
        mask |= 2048
    if tenure_months >= 24 and refunds_90d <= 2:
        mask |= 4096
    if reason == "late" and days_since <= 14:
        mask |= 8192
    if amount == shipping:
        mask |= 16384
    if amount > order_total - shipping:
        mask |= 32768
    if category == "electronics" and opened and days_since > 14:
        mask |= 65536
    if category == "books" and (opened or days_since > 60):
        mask |= 131072
    if tenure_months < 1 and amount > 20000:
        mask |= 262144
    if channel == "phone" and contacts_30d > 3:
        mask |= 524288
    if channel in _WRITTEN and contacts_30d <= 3:
        mask |= 1048576
    if pieces == 0:
        mask |= 2097152
    if pieces > 20 or order_total > 200000:
        mask |= 4194304
    if amount > left:
        mask |= 8388608
    if is_gift and reason != "damaged" and days_since > 90:
        mask |= 16777216
    if not (opened or category == "hygiene") and days_since <= 45:
        mask |= 33554432
    if (refunds_90d == 0 and contacts_30d == 0) or tenure_months > 60:
        mask |= 67108864
    if days_since > 365:
        mask |= 134217728
    if refunded >= order_total and refunded > 0:
        mask |= 268435456
    if twice_refunded > order_total and not asked_human and refunds_90d > 1:
        mask |= 536870912
    return mask
