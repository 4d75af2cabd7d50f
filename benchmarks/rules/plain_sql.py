"""The same 30 rules as a good analyst writes them in DuckDB's SQL: no guard against overflow, and a gap in the facts is a plain NULL.

`RULES` stand in the contract's order. Where a sum outgrows 64 bits this query stops with an error; no fact made here does that.
"""

from __future__ import annotations

RULES: tuple[tuple[str, str], ...] = (
    ("asked_human", "escalate"),
    ("NOT confirmed", "ask"),
    ("amount > 50000", "escalate"),
    ("amount + refunded > order_total", "escalate"),
    ("days_since > 30 AND reason = 'changed_mind'", "refuse"),
    ("reason IN ('damaged', 'not_received', 'wrong_item')", "allow"),
    ("days_since <= 30 AND reason = 'changed_mind'", "allow"),
    ("opened AND category IN ('food', 'hygiene')", "refuse"),
    ("refunds_90d >= 6", "escalate"),
    ("refunds_90d + contacts_30d * 2 > 20", "escalate"),
    ("amount <= 2000", "allow"),
    ("is_gift AND amount <= 5000 AND NOT opened", "allow"),
    ("tenure_months >= 24 AND refunds_90d <= 2", "allow"),
    ("reason = 'late' AND days_since <= 14", "allow"),
    ("amount = shipping", "allow"),
    ("amount > order_total - shipping", "escalate"),
    ("category = 'electronics' AND opened AND days_since > 14", "refuse"),
    ("category = 'books' AND (opened OR days_since > 60)", "refuse"),
    ("tenure_months < 1 AND amount > 20000", "escalate"),
    ("channel = 'phone' AND contacts_30d > 3", "escalate"),
    ("channel IN ('chat', 'mail', 'web') AND contacts_30d <= 3", "allow"),
    ("pieces = 0", "refuse"),
    ("pieces > 20 OR order_total > 200000", "escalate"),
    ("amount > order_total * 2 - refunded * pieces", "escalate"),
    ("is_gift AND reason <> 'damaged' AND days_since > 90", "refuse"),
    ("NOT (opened OR category = 'hygiene') AND days_since <= 45", "allow"),
    ("(refunds_90d = 0 AND contacts_30d = 0) OR tenure_months > 60", "allow"),
    ("days_since > 365", "refuse"),
    ("refunded >= order_total AND refunded > 0", "refuse"),
    ("refunded * 2 > order_total AND NOT asked_human AND refunds_90d > 1", "escalate"),
)


def mask() -> str:
    """Which rules hold, a bit a rule."""
    return " | ".join(f"(CASE WHEN {rule} THEN {1 << at} ELSE 0 END)" for at, (rule, _) in enumerate(RULES))


def answers(table: str) -> str:
    """The mask, and the strongest answer among the rules that hold; above the amount paid, a person."""
    bits = {answer: sum(1 << at for at, (_, each) in enumerate(RULES) if each == answer) for answer in ("escalate", "refuse", "ask", "allow")}
    found = " ".join(f"WHEN fired & {mask} <> 0 THEN '{answer}'" for answer, mask in bits.items() if answer != "allow")
    allowed = f"WHEN fired & {bits['allow']} <> 0 AND amount <= order_total THEN 'allow'"
    masks = f"SELECT decision_id, amount, order_total, {mask()} AS fired FROM {table}"
    return f"SELECT decision_id, fired, CASE {found} {allowed} ELSE 'escalate' END AS answer FROM ({masks})"
