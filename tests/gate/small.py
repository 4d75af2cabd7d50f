"""Small contracts for the gate's laws: a few facts, any clauses, everything else as plain as `check` allows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.core.line import line_from_mapping
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.gate.decide import decide
from ourword.gate.verdict import Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

FACTS: dict[str, dict[str, Any]] = {
    "amount": {"type": "money(EUR)", "from": "proposal.amount"},
    "total": {"type": "money(EUR)", "from": "order.total"},
    "age": {"type": "duration", "from": "order.delivered_at", "fresh_within": "1 hour"},
    "reason": {"type": "enum(damaged, late, changed_mind)", "from": "proposal.reason", "stated_by": "customer"},
    "sure": {"type": "bool", "from": "proposal.sure", "stated_by": "customer"},
    "opened": {"type": "bool", "from": "order.opened"},
    "vip": {"type": "bool", "from": "customer.vip"},
    "frail": {"type": "bool", "from": "customer.frail", "tell": "never"},
    "count": {"type": "int", "from": "order.count"},
}


def contract_text(
    clauses: list[dict[str, Any]],
    *,
    otherwise: str = "escalate",
    requires: list[str] | None = None,
    never: list[dict[str, Any]] | None = None,
    promises: list[dict[str, Any]] | None = None,
    rights: str = "autonomous",
    explore: bool = False,
    monotone: list[dict[str, Any]] | None = None,
    **top: Any,
) -> bytes:
    kind: dict[str, Any] = {
        "question": "Do we?",
        "owner": "mara",
        "rights": rights,
        "explore": explore,
        "requires": requires or [],
        "clauses": clauses,
        "otherwise": otherwise,
        "never": never or [],
        "promises": promises or [],
        "monotone": monotone or [],
        "escalation": {"to": "care"},
        "targets": [{"metric": "stayed_customer", "within": "180 days", "at_least": 0.5}],
    }
    still_open = {"open": {"by": "mara", "until": "2030-01-01"}}
    contract = {
        "ourword": 1,
        "contract": "small",
        "version": "1.0.0",
        "status": "active",
        "from": "2026-01-01",
        "zone": "Europe/Berlin",
        "languages": ["en"],
        "keep": "3 years",
        "relationship": {
            "choices": dict.fromkeys(("speed_or_fairness", "consistency_or_discretion", "revenue_or_advocacy", "efficiency_or_trust"), still_open),
            "person": {"steps": 2, "wait": "15 minutes", "desk": "care"},
            "tell": {"automated": "before the first answer", "reasons": 2, "what_would_change": True},
            **top.pop("relationship", {}),
        },
        "people": [
            {"id": "mara", "name": "Mara Lind", "role": "owner", "contact": "mara@larkspur.example"},
            {"id": "care", "role": "desk", "hours": "Mon-Sun 08:00-22:00"},
        ],
        "answerable": dict.fromkeys(("data", "model", "prompt", "contract", "unclear"), "mara"),
        "decisions": {"refund": kind},
        **top,
    }
    return json.dumps(contract).encode()


def wiring_text(facts: dict[str, dict[str, Any]] | None = None, **more: Any) -> bytes:
    return json.dumps({"ourword": 1, "contract": "small", "facts": facts or FACTS, **more}).encode()


def gate_of(
    clauses: list[dict[str, Any]],
    *,
    facts: dict[str, dict[str, Any]] | None = None,
    segments: dict[str, str] | None = None,
    sources: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Gate:
    draft = read(contract_text(clauses, **more), wiring_text(facts, segments=segments or {}, sources=sources or []))
    return compile_gate(sound(draft, today=date(2026, 11, 23)))


def clause(id_: str, when: str, then: Any, **more: Any) -> dict[str, Any]:
    return {"id": id_, "say": f"Because of {id_}.", "when": when, "then": then, **more}


ALLOW = clause("fine", "true", "allow")
EIGHTY = clause("eighty", "opened", {"amend": {"amount": "amount * 80 / 100"}})


def answer_to(gate: Gate, facts: dict[str, Any], now: datetime = NOON, **line: Any) -> Verdict:
    read_line = line_from_mapping({"kind": "refund", "customer": "c-1", "facts": facts, "decision_id": "d-1", **line})
    return decide(gate, read_line.proposal, read_line.facts, now)
