"""Zendesk's objects as its API and its exports write them: keys, nesting and kinds of values from the published documentation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from ourword.demo.company.clock import text as utc

SYSTEM, ADMIN, BOT, AGENTS = -1, 900_000_000_001, 900_000_000_010, (900_000_000_020, 900_000_000_030)
PEOPLE_GROUP, ORDER_FIELD, TOPIC_FIELD, GIFT_FIELD = 360_000_001, 360_000_101, 360_000_102, 360_000_103
CHANNELS = {"chat": "chat", "app": "native_messaging", "mail": "email"}
FIELDS: list[dict[str, Any]] = [
    {"id": 360_000_100, "type": "subject", "title": "Subject", "title_in_portal": "Subject", "raw_title": "Subject", "active": True},
    {"id": ORDER_FIELD, "type": "text", "title": "Order number", "title_in_portal": "Your order", "raw_title": "Order number", "active": True},
    {"id": TOPIC_FIELD, "type": "tagger", "title": "Contact reason", "title_in_portal": "Reason", "raw_title": "Contact reason", "active": True},
    {"id": GIFT_FIELD, "type": "checkbox", "title": "Is a gift", "title_in_portal": "Gift", "raw_title": "Is a gift", "active": True},
]
COLUMNS = (
    "ID",
    "Subject",
    "Requester",
    "Requested",
    "Status",
    "Assignee",
    "Contact reason",
    "Order number",
    "Solved",
    "Satisfaction",
    "Updated",
    "Replies",
)
_FIRST = (
    "Ada",
    "Bo",
    "Cleo",
    "Dan",
    "Eva",
    "Finn",
    "Gita",
    "Hugo",
    "Ines",
    "Jan",
    "Kim",
    "Lea",
    "Mio",
    "Nora",
    "Ola",
    "Pia",
    "Quin",
    "Rosa",
    "Sem",
    "Tara",
)
_LAST = (
    "Berg",
    "Costa",
    "Diaz",
    "Evans",
    "Fuchs",
    "Grant",
    "Haas",
    "Ito",
    "Jansen",
    "Kaya",
    "Lind",
    "Meyer",
    "Novak",
    "Okoye",
    "Peters",
    "Rossi",
    "Silva",
)


def via(channel: str) -> dict[str, Any]:
    """How something came."""
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}}


def rule(title: str, rel: str) -> dict[str, Any]:
    """What a trigger or automation did."""
    return {"channel": "rule", "source": {"to": {}, "from": {"deleted": False, "title": title, "id": 22_472_716}, "rel": rel}}


def comment(words: str, author: int, *, public: bool = True) -> dict[str, Any]:
    """A comment, as text and as HTML."""
    paragraphs = "".join(f'<p dir="auto">{escape(each)}</p>' for each in words.split("\n") if each)
    html = f'<div class="zd-comment" dir="auto"><style>p {{color: #333}}</style>{paragraphs}&nbsp;</div>'
    shown = {"body": words, "html_body": html, "plain_body": words, "public": public}
    return {"type": "Comment", "author_id": author, **shown, "attachments": []}


def audit(made: dict[str, Any]) -> dict[str, Any]:
    """An audit."""
    metadata = {"system": {"client": "Mozilla/5.0", "ip_address": "192.0.2.1", "location": "Berlin"}, "custom": {}}
    return {
        "id": made["id"], "ticket_id": made["ticket_id"], "created_at": utc(made["at"]), "author_id": made["author_id"], "metadata": metadata,
        "events": [_with_id(each, made) for each in made["events"]], "via": made["via"],
    }  # fmt: skip


def event(made: dict[str, Any]) -> dict[str, Any]:
    """The same update as the incremental export of ticket events has it, with `comment_events`."""
    children = []
    for each in made["events"]:
        own = each.get("via") or made["via"]
        child: dict[str, Any] = {"id": each["id"], "via": _VIA_WORDS.get(own["channel"], own["channel"]), "via_reference_id": None}
        if each["type"] in ("Create", "Change"):
            child |= {"event_type": each["type"], each["field_name"]: each["value"]}
            child |= {"previous_value": each["previous_value"]} if each["type"] == "Change" else {}
        elif each["type"] == "Comment":
            named = {"event_type": "Comment", "type": "Comment", "audit_id": made["id"], "created_at": utc(made["at"]), "via": made["via"]}
            child |= {**{key: value for key, value in each.items() if key != "plain_body"}, **named}
        else:
            child |= {"event_type": each["type"]}
        children.append(child)
    return {
        "id": made["id"], "ticket_id": made["ticket_id"], "timestamp": made["at"], "created_at": utc(made["at"]), "updater_id": made["author_id"],
        "via": _VIA_WORDS.get(made["via"]["channel"], made["via"]["channel"]), "system": {"client": "Mozilla/5.0"}, "event_type": "Audit",
        "child_events": children,
    }  # fmt: skip


def comments(ticket_id: int, audits: list[dict[str, Any]]) -> dict[str, Any]:
    """The page of a ticket's comments; the comments themselves do not say whose they are."""
    address = f"https://larkspur.zendesk.com/api/v2/tickets/{ticket_id}/comments.json?page=1"
    return {"comments": embedded(audits)["comments"], "next_page": None, "previous_page": address, "count": 1}


def embedded(audits: list[dict[str, Any]]) -> dict[str, Any]:
    """A ticket's comments, as a full export has them in the ticket."""
    return {
        "comments": [
            {**each, "audit_id": made["id"], "created_at": utc(made["at"]), "via": made["via"], "metadata": {"system": {}, "custom": {}}}
            for made in sorted(audits, key=lambda made: (made["at"], made["id"]))
            for each in made["events"]
            if each["type"] == "Comment"
        ]
    }


def metric_events(ticket_id: int, audits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A ticket's clock: it runs from its creation, and stops when it is solved."""
    common: dict[str, Any] = {"ticket_id": ticket_id, "metric": "requester_wait_time", "instance_id": 1}
    ordered = sorted(audits, key=lambda made: (made["at"], made["id"]))
    yield {"id": ordered[0]["id"] + 1, **common, "type": "activate", "time": utc(ordered[0]["at"])}
    for made in ordered:
        for each in made["events"]:
            if each.get("field_name") == "status" and each["type"] == "Change":
                if each["value"] in ("solved", "closed") and each["previous_value"] not in ("solved", "closed"):
                    yield {"id": each["id"] + 1, **common, "type": "fulfill", "time": utc(made["at"])}
                    yield {"id": each["id"] + 2, **common, "type": "update_status", "time": utc(made["at"]), "status": {"calendar": 1, "business": 1}}
                elif each["previous_value"] == "solved" and each["value"] == "open":
                    yield {"id": each["id"] + 1, **common, "type": "activate", "time": utc(made["at"])}


def ticket(made: Any, until: int) -> dict[str, Any]:
    """A ticket as it is now, with its metric set."""
    spoken = [(a["at"], each) for a in made.audits for each in a["events"] if each["type"] == "Comment"]
    last = min(max(a["at"] for a in made.audits), until)
    words = spoken[0][1]["body"]
    fields = [{"id": ORDER_FIELD, "value": made.told.order or None}, {"id": TOPIC_FIELD, "value": made.told.kind}, {"id": GIFT_FIELD, "value": False}]
    return {
        "url": f"https://larkspur.zendesk.com/api/v2/tickets/{made.id}.json", "id": made.id, "external_id": None, "via": via(made.channel),
        "created_at": utc(made.created), "updated_at": utc(last), "generated_timestamp": last, "type": "question", "subject": words[:60],
        "raw_subject": words[:60], "description": words, "priority": "normal", "status": made.status, "recipient": None,
        "requester_id": made.requester, "submitter_id": made.requester, "assignee_id": made.assignee, "organization_id": None,
        "group_id": PEOPLE_GROUP, "collaborator_ids": [], "is_public": True, "tags": list(made.tags), "custom_fields": fields,
        "satisfaction_rating": {"score": made.score or "unoffered"}, "ticket_form_id": 360_000_201, "brand_id": 360_000_301,
        "allow_channelback": False, "metric_set": _metrics(made, spoken, last),
    }  # fmt: skip


def rating(number: int, ticket_id: int, requester: int, score: str, at: int) -> dict[str, Any]:
    """A satisfaction rating."""
    return {
        "id": number, "ticket_id": ticket_id, "requester_id": requester, "assignee_id": AGENTS[0], "group_id": PEOPLE_GROUP, "score": score,
        "created_at": utc(at), "updated_at": utc(at), "comment": None, "reason": None, "reason_id": 0,
    }  # fmt: skip


def people(customers: dict[str, int], *, gone: set[int], first: int) -> Iterator[dict[str, Any]]:
    """Staff and customers; whoever was deleted for good is not there."""
    staff = ((ADMIN, "Mara Owner", "admin"), (BOT, "Larkspur Assistant", "agent"), (AGENTS[0], "Jo", "agent"), (AGENTS[1], "Sam", "agent"))
    for number, name, role in staff:
        yield _person(number, name, f"{name.split()[0].lower()}@larkspur.example", role, first)
    for customer, number in customers.items():
        if number not in gone:
            yield _person(number, name_of(customer), f"{customer}@{'mail' if customer[0] == 'm' else 'home'}.example", "end-user", first)


def name_of(customer: str) -> str:
    """A customer's name: some share theirs, and whoever writes by mail has it under another id."""
    number = int(customer.partition("-")[2])
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]} {'Jr' if number % 680 > 340 else ''}".strip()


def columns(made: Any, requester: str, zone: str) -> list[str]:
    """A view's row."""
    names = {BOT: "Larkspur Assistant", AGENTS[0]: "Jo", AGENTS[1]: "Sam"}
    known = ticket(made, 2**33)
    solved = known["metric_set"]["solved_at"]
    score = {"good": "Good", "bad": "Bad"}.get(made.score, "Offered")
    shown = (known["subject"], requester, _local(known["created_at"], zone), made.status.capitalize(), names.get(made.assignee, "-"))
    more = (made.told.kind, made.told.order, _local(solved, zone) if solved else "", score, _local(known["updated_at"], zone))
    return [str(made.id), *shown, *more, str(known["metric_set"]["replies"])]


_VIA_WORDS = {"web": "Web form", "email": "Mail", "api": "Web service", "rule": "Rule", "chat": "Chat"}


def _with_id(each: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    return {**each, "audit_id": made["id"]} if each["type"] == "Comment" else each


def _metrics(made: Any, spoken: list[tuple[int, dict[str, Any]]], last: int) -> dict[str, Any]:
    replies = [at for at, each in spoken if each["public"] and each["author_id"] != made.requester]
    ends = made.solved if made.status in ("solved", "closed") else None
    if made.status == "closed" and ends is None:  # it was merged
        ends = last
    minutes = None if ends is None else {"calendar": (ends - made.created) // 60, "business": (ends - made.created) // 60}
    return {
        "id": made.id + 5_000_000, "ticket_id": made.id, "created_at": utc(made.created), "updated_at": utc(last), "group_stations": 1,
        "assignee_stations": 1 + (made.assignee != BOT), "reopens": made.reopens, "replies": len(replies),
        "assigned_at": utc(made.assigned), "initially_assigned_at": utc(made.first_assigned), "status_updated_at": utc(last),
        "assignee_updated_at": utc(last), "requester_updated_at": utc(last), "latest_comment_added_at": utc(max(at for at, _ in spoken)),
        "solved_at": None if ends is None else utc(ends), "first_resolution_time_in_minutes": minutes, "full_resolution_time_in_minutes": minutes,
        "reply_time_in_minutes": {"calendar": (min(replies) - made.created) // 60 if replies else None, "business": None},
    }  # fmt: skip


def _person(number: int, name: str, email: str, role: str, first: int) -> dict[str, Any]:
    return {
        "id": number, "name": name, "email": email, "role": role, "created_at": utc(first), "updated_at": utc(first), "time_zone": "Berlin",
        "locale": "de" if number % 3 else "en-US", "active": True, "verified": True, "shared": False, "suspended": False, "tags": [],
        "organization_id": None, "user_fields": {}, "phone": None, "alias": "", "notes": "", "ticket_restriction": None,
    }  # fmt: skip


def _local(time: str, zone: str) -> str:
    moment = datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone(UTC)
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
