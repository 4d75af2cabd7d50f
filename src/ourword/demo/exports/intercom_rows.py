"""Intercom's objects as its API and its reports write them: keys, nesting and kinds of values from the published documentation."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

FIN, OPERATOR, SEAT, AGENTS, TEAM = "9000001", "9000000", "7000099", ("7000001", "7000002", "7000003"), "5017691"
NAMES = {FIN: "Fin", OPERATOR: "Operator", SEAT: "Larkspur Assistant", AGENTS[0]: "Jo Berg", AGENTS[1]: "Sam Diaz", AGENTS[2]: "Ada Ito"}
YES, NO = "That helped 👍", "Get more help"
REPORT = (
    "Conversation ID", "Conversation started at ({zone})", "Conversation updated at ({zone})", "Current conversation state", "Started by", "Channel",
    "User ID", "User email", "User name", "Conversation first replied at ({zone})", "Teammate first replied",
    "Conversation first closed at ({zone})", "Conversation last closed at ({zone})", "Last closed by teammate", "Fin AI Agent involved",
    "Fin AI Agent deflected", "Fin AI Agent resolution state", "Last teammate rating", "Order number", "Contact reason", "Handling time (seconds)",
)  # fmt: skip
EXPORTED = (
    "conversation_id", "conversation_started_at", "conversation_updated_at", "current_conversation_state", "conversation_started_by", "channel",
    "user_id", "user_email", "user_name", "conversation_first_teammate_reply_at", "first_replying_teammate_id", "conversation_first_closed_at",
    "conversation_last_closed_at", "last_closing_teammate_id", "fin_ai_agent_involved", "fin_ai_agent_deflected", "fin_ai_agent_resolution_state",
    "last_teammate_rating", "order_number", "contact_reason", "conversation_handling_time",
)  # fmt: skip
RATED = ("Conversation ID", "Updated at ({zone})", "Conversation rating", "Conversation rating remark", "User name", "Agent rated type")
CALLED = {
    "assumed_resolution": "Assumed resolved", "confirmed_resolution": "Confirmed resolved", "escalated": "Escalated",
    "routed_to_team": "Routed to team", "negative_feedback": "Negative feedback", "abandoned": "Abandoned",
}  # fmt: skip


def contact_id(name: str) -> str:
    """Intercom's id of a customer: 24 hexadecimal digits."""
    return hashlib.sha256(f"intercom:{name}".encode()).hexdigest()[:24]


def address(name: str) -> str:
    """A customer's address: the same for the account and for whoever only writes mails."""
    return f"customer.{name[2:]}@mail.example"


def body(words: str) -> str:
    """Words as Intercom keeps them."""
    return "".join(f'<p class="no-margin">{escape(each)}&nbsp;</p>' for each in words.split("\n") if each)


def staff(who: str) -> dict[str, Any]:
    """Who wrote for Larkspur; Fin and Operator are bots, the assistant for mails sits in a teammate's seat."""
    made: dict[str, Any] = {"type": "bot" if who in (FIN, OPERATOR) else "admin", "id": who, "name": NAMES[who]}
    made["email"] = "operator+lark@intercom.io" if who in (FIN, OPERATOR) else f"{NAMES[who].split()[0].lower()}@larkspur.example"
    return made | ({"from_ai_agent": True, "is_ai_answer": True} if who == FIN else {})


def customer(name: str, *, gone: bool) -> dict[str, Any]:
    """Who wrote to Larkspur; of somebody who was deleted nothing is left."""
    kind = "lead" if name.startswith("m-") else "user"
    if gone:
        return {"type": kind, "id": None, "name": None, "email": ""}
    return {"type": kind, "id": contact_id(name), "name": f"Customer {name[2:]}", "email": address(name)}


def part(number: int, at: int, kind: str, author: dict[str, Any], words: str = "", **more: Any) -> dict[str, Any]:
    """One part of a conversation."""
    return {
        "type": "conversation_part", "id": str(number), "part_type": kind, "body": body(words) if words else None, "created_at": at,
        "updated_at": at, "notified_at": at, "assigned_to": None, "author": author, "attachments": [], "external_id": None, "redacted": False,
        "metadata": None, "state": "open", "app_package_code": None, **more,
    }  # fmt: skip


def contact(name: str, *, first: int, merged: str, language: str) -> dict[str, Any]:
    """A contact; *merged* is the lead that became one with it."""
    lead = name.startswith("m-")
    history = {"type": "list", "data": [{"type": "merge_history", "source_contact_id": contact_id(merged)}]} if merged else None
    return {
        "type": "contact", "id": contact_id(name), "external_id": None if lead else name, "role": "lead" if lead else "user",
        "email": address(name), "name": f"Customer {name[2:]}", "phone": None, "created_at": first, "updated_at": first,
        "language_override": language or None, "custom_attributes": {}, **({"merge_history": history} if history else {}),
    }  # fmt: skip


def row(made: dict[str, Any], zone: str) -> list[Any]:
    """A conversation as a report's row: local times, names for people, `true` and `false` in words."""
    known, fin = made["statistics"], made["ai_agent"]
    who = made["contacts"]["contacts"][0] if made["contacts"]["contacts"] else {}
    state = fin["resolution_state"] if fin else ""
    own = made["custom_attributes"]
    return [
        made["id"], local(made["created_at"], zone), local(made["updated_at"], zone), made["state"].title(), "Customer",
        "Email" if made["source"]["type"] == "email" else "Messenger", who.get("external_id") or "", who.get("email") or "", who.get("name") or "",
        local(known["first_admin_reply_at"], zone), NAMES.get(made["first_replied"], ""), local(known["first_close_at"], zone),
        local(known["last_close_at"], zone), NAMES.get(known["last_closed_by_id"], ""), str(bool(fin)).lower(),
        str(state in ("assumed_resolution", "confirmed_resolution")).lower(), CALLED.get(state, ""), made["conversation_rating"]["rating"],
        own.get("Order number") or "", own["Contact reason"], "",
    ]  # fmt: skip


def local(at: int | None, zone: str) -> str:
    """A second since 1970 on a clock of that zone."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
