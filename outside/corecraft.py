"""Check: a third company's policy as a contract: it reads and checks clean, and decides what the company recorded."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from ourword.contract.check import check
from ourword.contract.read import read
from outside.decided import EXAMPLES, NOON, all_decided, decide_rows, ourword
from outside.measured import Measured
from outside.rows import Row, usd, without_nothing

FOLDER = EXAMPLES / "corecraft"
TABLES = ("refund", "payment", "order", "escalation", "resolution", "support_ticket", "employee")


def corecraft(shared: Path) -> list[Measured]:
    """Check the contract, decide its own lines as expected, then the company's recorded refunds, escalations and resolutions."""
    data = shared / "corecraft"
    tables = {name: json.loads((data / f"{name}.json").read_text("utf-8")) for name in TABLES}
    recorded = decide_rows(ourword("corecraft"), ((line, line) for line in recorded_lines(tables)))
    stopped = [each for each in recorded if each.stopped]
    return [
        contract_is_clean(NOON.date()),
        own_lines(),
        all_decided("corecraft.recorded-decided", recorded),
        Measured("corecraft.recorded-stopped", len(stopped), len(recorded), None, tuple(each.said for each in stopped)),
    ]


def contract_is_clean(today: date) -> Measured:
    """`ourword check` finds nothing that it calls an error or a warning."""
    _, flaws = check(read((FOLDER / "contract.yaml").read_bytes(), (FOLDER / "wiring.yaml").read_bytes()), today=today)
    bad = [flaw for flaw in flaws if flaw.level != "note"]
    return Measured("corecraft.contract-flaws", len(bad), 1, ("==", 0), tuple(f"{flaw.place}: {flaw.what}" for flaw in bad))


def own_lines() -> Measured:
    """The example's invented lines are decided as its `expected.json` says."""
    lines = [json.loads(line) for line in (FOLDER / "decisions.jsonl").read_text("utf-8").splitlines()]
    expected = json.loads((FOLDER / "expected.json").read_text("utf-8"))["verdicts"]
    decided = decide_rows(ourword("corecraft"), ((line, line) for line in lines))
    answers = [(each.verdict.answer.value, each.verdict.decided_by) if each.verdict else ("error", each.error) for each in decided]
    same = sum(answer == (wanted["answer"], wanted["decided_by"]) for answer, wanted in zip(answers, expected, strict=True))
    return Measured("corecraft.lines-as-expected", same, len(lines), ("==", len(lines)))


def recorded_lines(tables: dict[str, Row]) -> list[Row]:
    """What the company's own people recorded, as lines; what its tables do not say (the item's condition) stays absent."""
    return [
        *(refund_line(name, each, tables) for name, each in tables["refund"].items()),
        *(escalation_line(name, each, tables) for name, each in tables["escalation"].items()),
        *(resolution_line(name, each, tables) for name, each in tables["resolution"].items()),
    ]


def refund_line(name: str, refund: Row, tables: dict[str, Row]) -> Row:
    """A recorded refund, proposed anew when it was created; some name a payment that is not in the company's tables."""
    payment = tables["payment"].get(refund["paymentId"]) or {}
    order_id = payment.get("orderId", "")
    order = tables["order"].get(order_id) or {}
    customer: str = order.get("customerId") or refund["ticketId"]
    facts = {
        "amount": usd(refund["amount"]),
        "reason": refund["reason"],
        "refund_status": refund["status"] if refund["status"] in ("pending", "approved") else "pending",
        "payment": payment
        and {"payment_id": refund["paymentId"], "order_id": order_id, "amount": usd(payment["amount"]), "status": payment["status"]},
        "payment_refunds": [],
        "order": order and {"order_id": order_id, "customer_id": order["customerId"], "status": order["status"], "created_at": order["createdAt"]},
        "purchased_ago": order.get("createdAt"),
    }
    return recorded(name, "process_refund", customer, refund, facts)


def escalation_line(name: str, escalation: Row, tables: dict[str, Row]) -> Row:
    """A recorded escalation, proposed anew."""
    facts = {
        "ticket": ticket(escalation, tables),
        "escalation_type": escalation["escalationType"],
        "destination": escalation["destination"],
        "notes": escalation["notes"],
    }
    return recorded(name, "create_escalation", customer_of(escalation, tables), escalation, facts)


def resolution_line(name: str, resolution: Row, tables: dict[str, Row]) -> Row:
    """A recorded resolution, proposed anew; the early ones name nobody."""
    facts = {
        "ticket": ticket(resolution, tables),
        "outcome": resolution["outcome"],
        "resolved_by": resolution.get("resolvedById"),
        "linked_refund": resolution.get("linkedRefundId"),
        "employees": [{"employee_id": each, "department": who.get("department")} for each, who in tables["employee"].items()],
    }
    return recorded(name, "create_resolution", customer_of(resolution, tables), resolution, facts)


def ticket(record: Row, tables: dict[str, Row]) -> Row | None:
    """The ticket that a record names, under our names."""
    found = tables["support_ticket"].get(record["ticketId"])
    if found is None:
        return None
    return without_nothing(
        {
            "ticket_id": record["ticketId"],
            "customer_id": found["customerId"],
            "status": found["status"],
            "priority": found["priority"],
            "assigned_to": found.get("assignedEmployeeId"),
        }
    )


def customer_of(record: Row, tables: dict[str, Row]) -> str:
    """Whose ticket it is; where the ticket is not in the tables, the ticket stands for its customer."""
    found: Row = tables["support_ticket"].get(record["ticketId"]) or {}
    customer: str = found.get("customerId") or record["ticketId"]
    return customer


def recorded(name: str, kind: str, customer: str, record: Row, facts: Row) -> Row:
    """A line at the time when the record was made; what is in no table is absent."""
    known = {fact: value for fact, value in without_nothing(facts).items() if value != {}}
    return {"kind": kind, "customer": f"corecraft:{customer}", "decision_id": name, "time": record["createdAt"], "facts": known}
