"""Chatwoot's objects as its API writes them: keys, nesting and kinds of values from its own source."""

from __future__ import annotations

from typing import Any

from ourword.demo.company.clock import text as utc

CAPTAIN, BOT, SEAT, AGENTS = ("captain_assistant", 1), ("agent_bot", 1), ("user", 9), (("user", 1), ("user", 2), ("user", 3))
NAMES = {CAPTAIN: "Captain", BOT: "Mail sorter", SEAT: "Larkspur Assistant", AGENTS[0]: "Jo Berg", AGENTS[1]: "Sam Diaz", AGENTS[2]: "Ada Ito"}
CHANNELS = {"chat": "Channel::WebWidget", "app": "Channel::Api", "mail": "Channel::Email"}
INBOXES = {"chat": 1, "app": 2, "mail": 3}
CLASSES = {"user": "User", "agent_bot": "AgentBot", "captain_assistant": "Captain::Assistant", "contact": "Contact"}
RATED = (
    *("Agent Name", "Rating", "Feedback Comment", "Contact Name", "Contact Email Address", "Contact Phone Number"),
    *("Link to the conversation", "Recorded date"),
)
Sender = tuple[str, int]


def address(name: str) -> str:
    """A customer's address: the same for the account and for whoever only writes mails."""
    return f"customer.{name[2:]}@mail.example"


def contact(name: str, number: int) -> dict[str, Any]:
    """A contact."""
    return {
        "additional_attributes": {"city": "Berlin", "country": "Germany"}, "availability_status": "offline", "email": address(name), "id": number,
        "name": f"Customer {name[2:]}", "phone_number": None, "blocked": False, "identifier": name if name.startswith("c-") else None,
        "thumbnail": "", "custom_attributes": {}, "last_activity_at": None, "created_at": 1_780_000_000, "contact_inboxes": [],
    }  # fmt: skip


def sender(who: Sender) -> dict[str, Any]:
    """Who wrote for Larkspur."""
    kind, number = who
    made: dict[str, Any] = {"id": number, "name": NAMES[who], "avatar_url": "", "type": kind}
    return made | ({"available_name": NAMES[who].split()[0], "availability_status": "online", "thumbnail": ""} if kind == "user" else {})


def message(
    number: int, conversation: int, inbox: int, at: int, sort: int, words: str | None, by: dict[str, Any] | None, **more: Any
) -> dict[str, Any]:
    """A message: 0 came in, 1 went out, 2 is an activity, 3 a template."""
    made: dict[str, Any] = {
        "id": number, "content": words, "inbox_id": inbox, "conversation_id": conversation, "message_type": sort, "content_type": "text",
        "status": "sent", "content_attributes": {}, "created_at": at, "private": False, "source_id": None,
    }  # fmt: skip
    return made | ({"sender": by} if by else {}) | more


def shown(made: dict[str, Any]) -> dict[str, Any]:
    """A message as its conversation's pages show it: without what only the database knows."""
    return {name: value for name, value in made.items() if name != "additional_attributes"}


def pushed(made: dict[str, Any]) -> dict[str, Any]:
    """A message as a list shows it, with all that the database knows."""
    by = made.get("sender") or {}
    return {
        "additional_attributes": {}, "account_id": 1, "updated_at": f"{utc(made['created_at'])[:-1]}.000Z", "external_source_ids": {},
        "sender_type": CLASSES.get(by.get("type", "")), "sender_id": by.get("id"), "sentiment": {},
        "processed_message_content": made["content"], **made,
        "conversation": {"assignee_id": None, "unread_count": 0, "last_activity_at": made["created_at"]},
    }  # fmt: skip


def report(number: int, name: str, database: int, inbox: int, start: int, end: int) -> dict[str, Any]:
    """A reporting event; its `conversation_id` is the database's."""
    return {
        "id": number, "name": name, "value": float(end - start), "value_in_business_hours": 0.0, "event_start_time": f"{utc(start)[:-1]}.000Z",
        "event_end_time": f"{utc(end)[:-1]}.000Z", "account_id": 1, "inbox_id": inbox, "user_id": None, "conversation_id": database,
        "created_at": f"{utc(end)[:-1]}.412Z", "updated_at": f"{utc(end)[:-1]}.412Z",
    }  # fmt: skip
