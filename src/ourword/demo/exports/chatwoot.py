"""Larkspur as Chatwoot would export it: conversations, messages, reporting events, CSAT responses, contacts, and the CSAT report as CSV.

Written from Chatwoot's source (read 2026-11-25 in stored copies), with what real exports have: notes, activities, greetings and surveys
that the system sent, messages that were not delivered, bodies in Markdown and HTML, a machine in an agent's seat, agents who were deleted,
contacts who were merged, what lay open for weeks resolved in one go, campaigns, reports under the database's numbers, conversations that
began in one second, rows that cannot be read. What Chatwoot has no word for is
left out: a conversation that ends without being resolved stays open, and a customer who leaves a chat is not seen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from ourword.demo.company import make, truth
from ourword.demo.company.clock import text as utc
from ourword.demo.exports import chatwoot_rows as R
from ourword.demo.exports.larkspur import CONTACTS, Happened, Told, contacts

NOTE_SHARE, CAMPAIGN_SHARE, GONE_AGENT_SHARE, FAILED_SHARE = 0.2, 0.02, 0.05, 0.03
MERGED_SHARE, MARKED_SHARE, SWEPT_SHARE = 0.5, 0.2, 0.6
SWEPT_AFTER, SWEPT_BEFORE_NOW = 20 * 86400, 10 * 86400
YES = ("Yes", "Yes, thank you.", "Yes it did!", "It is solved, thanks")
NO = ("No", "No, it did not.", "Not yet.", "no, still the same")
_PAGE, _MESSAGES = 25, 20
_contacts = contacts


def write(folder: Path, now: datetime, *, seed: int = make.SEED, days: int = make.DAYS, contacts: int = CONTACTS) -> dict[str, int]:
    """Write the files and `truth.json` into *folder*; gives each file's name and how many rows it has."""
    folder.mkdir(parents=True, exist_ok=True)
    until = int(now.timestamp())
    size = {"seed": seed, "days": days, "contacts": contacts}
    desk = Desk(Random(seed + 3), until)
    for told in _contacts(now, **size):
        desk.take(told)
    desk.number()
    rows = {
        "conversations.jsonl": list(_pages(desk)),
        "messages.jsonl": list(_messages(desk)),
        "whole.jsonl": [each.told(whole=True) for each in desk.conversations],
        "reporting_events.jsonl": list(_reports(desk)),
        "ratings.jsonl": desk.ratings,
        "contacts.jsonl": list(_people(desk)),
    }
    encode = msgspec.json.Encoder().encode
    for name, some in rows.items():
        lines = [each.encode() if isinstance(each, str) else encode(each) for each in some]
        (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))
    _table(folder / "csat_report.csv", desk)
    beside = {
        "now": until, "bots": ["captain_assistant:1", "agent_bot:1", "user:9"],
        "conversations": {str(each.id): each.told_of.contact for each in desk.conversations if each.told_of.contact},
        "left_out": [str(each.id) for each in desk.conversations if not each.told_of.contact], "unknown": desk.unknown, "twins": desk.twins(),
        "merged": desk.merged, "swept": desk.swept, "swept_at": desk.swept_at,
        "last": {each.told_of.contact: each.last() for each in desk.conversations},
        "unreadable": {"messages.jsonl": 3, "conversations.jsonl": 1}, "company": truth(now, **size),
    }  # fmt: skip
    (folder / "truth.json").write_bytes(encode(beside) + b"\n")
    return {name: len(some) for name, some in rows.items()} | {"csat_report.csv": len(desk.ratings), "truth.json": 1}


class Desk:
    """Larkspur's Chatwoot, filled contact by contact."""

    def __init__(self, chance: Random, until: int) -> None:
        self.chance, self.swept_at = chance, until - SWEPT_BEFORE_NOW
        self.conversations: list[Conversation] = []
        self.customers: dict[str, int] = {}
        self.ratings: list[dict[str, Any]] = []
        self.unknown: list[str] = []
        """Contacts in which an agent wrote who was deleted since."""
        self.merged: dict[str, str] = {}
        """Who only wrote mails, and the account into which they were merged: Chatwoot keeps no trace of it."""
        self.swept: list[str] = []

    def take(self, told: Told) -> None:
        """Write one contact as a conversation; now and then a campaign that nobody answered, and one that began in the same second."""
        who = told.customer
        if who.startswith("m-") and who not in self.customers and who not in self.merged and self.chance.random() < MERGED_SHARE:
            self.merged[who] = f"c-{who[2:]}"
        self.customers.setdefault(self.merged.get(who, who), 100 + len(self.customers))
        made = Conversation(self, told)
        self.conversations.append(made)
        made.live()
        if self.chance.random() < CAMPAIGN_SHARE:
            twin = Conversation(self, Told("", told.customer, told.channel, told.kind, "", [Happened(made.created, "contact.opened", {})]))
            self.conversations.append(twin)
            twin.add(twin.created, 1, "Our summer sale has begun. Did this solve it?", None, additional_attributes={"campaign_id": 4})

    def number(self) -> None:
        """Give messages numbers, upwards in time as the database does."""
        number = 50_000
        for each in sorted((each for some in self.conversations for each in some.messages), key=lambda each: each["created_at"]):
            number += 3
            each["id"] = number
        for some in self.conversations:
            for rating in some.ratings:
                rating["message_id"] = rating.pop("of")["id"]
                self.ratings.append(rating)

    def twins(self) -> list[str]:
        """Contacts that began in one inbox in the same second as another conversation."""
        begun: dict[tuple[int, int], list[str]] = {}
        for each in self.conversations:
            begun.setdefault((each.inbox, each.created), []).append(each.told_of.contact)
        return sorted(contact for some in begun.values() if len(some) > 1 for contact in some if contact)


class Conversation:
    """One conversation that is being written."""

    def __init__(self, desk: Desk, told: Told) -> None:
        self.desk, self.told_of, self.chance = desk, told, desk.chance
        self.customer = desk.merged.get(told.customer, told.customer)
        self.id, self.database = 1 + len(desk.conversations), 2 + 2 * len(desk.conversations)
        self.inbox = R.INBOXES[told.channel]
        first = next((each.at for each in told.happened if each.type == "message.in"), told.happened[0].at)
        self.created = first if first < told.happened[0].at + 7200 else told.happened[0].at
        self.machine = R.SEAT if told.channel == "mail" else R.CAPTAIN if told.channel == "chat" else R.BOT
        self.agent = self.chance.choice(R.AGENTS)
        self.gone = self.chance.random() < GONE_AGENT_SHARE
        self.messages: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.reports: list[tuple[str, int, int]] = []
        self.status, self.person_at, self.replied_at, self.resolved_at = "open" if told.channel == "mail" else "pending", 0, 0, 0

    def add(self, at: int, sort: int, words: str | None, by: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
        """Add a message."""
        made = R.message(0, self.id, self.inbox, at, sort, words, by, **more)
        self.messages.append(made)
        return made

    def live(self) -> None:
        """Write what happened."""
        if self.chance.random() < 0.5:
            self.add(self.created + 1, 3, "Larkspur typically replies in a few hours.", None)
        for each in self.told_of.happened:
            self._one(each)
        last = self.told_of.happened[-1].at
        if self.told_of.contact and self.status != "resolved" and last < self.desk.swept_at - SWEPT_AFTER and self.chance.random() < SWEPT_SHARE:
            self.desk.swept.append(self.told_of.contact)
            self._closed(self.desk.swept_at, f"Conversation was marked resolved by {R.NAMES[R.AGENTS[0]]}")

    def contact(self) -> dict[str, Any]:
        """Whose it is, as messages and their pages tell it."""
        return {**R.contact(self.customer, self.desk.customers[self.customer]), "type": "contact"}

    def _now_and_then(self, *channels: str) -> bool:
        """Whether a body is written in more than plain words."""
        return self.told_of.channel in channels and self.chance.random() < MARKED_SHARE

    def _one(self, each: Happened) -> None:
        """Write one thing that happened, as far as Chatwoot has a place for it."""
        match each.type:
            case "message.in":
                self._heard(each.at, each.text)
            case "message.out" | "question.asked":
                self._said(each)
            case "question.answered":
                self._heard(each.at, self.chance.choice(YES if each.data.get("said") == "yes" else NO))
            case "human.queued":
                self._handed(each.at)
            case "human.joined":
                self.add(each.at, 2, f"{R.NAMES[self.agent]} self-assigned this conversation", None)
            case "contact.closed" if each.data.get("claimed_resolved"):
                self._resolved(each)
            case "feedback.given":
                self._rated(each)

    def _heard(self, at: int, words: str) -> None:
        self.add(at, 0, f"<div>{escape(words)}</div>" if self._now_and_then("app") else words, self.contact())
        if self.status == "resolved":
            self.status = "open"
            self.reports.append(("conversation_opened", self.resolved_at, at))
            self.add(at, 2, "System reopened the conversation due to a new incoming message.", None)

    def _said(self, each: Happened) -> None:
        who = self.machine if each.actor == "automation" else self.agent
        by: dict[str, Any] | None = R.sender(who)
        if who[0] == "user":
            self.replied_at = self.replied_at or each.at
        if who == self.agent:
            self.person_at = self.person_at or each.at
            if self.gone:
                by = None
                self.desk.unknown.append(self.told_of.contact)
        self.add(each.at, 1, f"**{each.text}**" if self._now_and_then("chat", "mail") else each.text, by)
        if self.chance.random() < NOTE_SHARE:
            self.add(each.at, 1, "For us only: yes, it is solved. Did this solve it?", R.sender(self.agent), private=True)
        if self.chance.random() < FAILED_SHARE:
            self.add(each.at, 1, each.text, by, status="failed", content_attributes={"external_error": "131047: re-engagement message"})
        if self.chance.random() < NOTE_SHARE:
            self.add(each.at, 2, f"{R.NAMES[self.agent]} added late-parcel", None)

    def _handed(self, at: int) -> None:
        if self.status == "pending":
            self.status = "open"
            self.reports += [("conversation_bot_handoff", self.created, at), ("conversation_opened", 0, at)]
            self.add(at, 2, f"Conversation was marked open by {R.NAMES[self.machine]}", None)
        self.add(at, 2, f"Assigned to {R.NAMES[self.agent]} by Automation System", None)

    def _resolved(self, each: Happened) -> None:
        by, name = each.data.get("closed_by"), R.NAMES[self.agent if each.data.get("closed_by") == "person" else self.machine]
        words = f"Conversation was marked resolved by {name}"
        if by == "timer":
            words += " due to inactivity"
            words = words if self.machine == R.CAPTAIN else "Conversation was marked resolved by system due to 20 minutes of inactivity"
        elif by == "automation" and self.machine == R.CAPTAIN and self.chance.random() < 0.5:
            words += ": the customer has what they asked for"
        self._closed(each.at, words)

    def _closed(self, at: int, words: str) -> None:
        self.add(at, 2, words, None)
        self.status, self.resolved_at = "resolved", at
        self.reports.append(("conversation_resolved", self.created, at))
        if not self.person_at and self.machine != R.SEAT:
            self.reports.append(("conversation_bot_resolved", self.created, at))

    def _rated(self, each: Happened) -> None:
        answer = {"csat_survey_response": {"rating": each.data["answer"], "feedback_message": ""}}
        sent = max(each.at - 50, self.created)
        survey = self.add(sent, 3, "Please rate the conversation", None, content_type="input_csat", content_attributes={"submitted_values": answer})
        made = {"id": 900 + self.id, "rating": each.data["answer"], "feedback_message": "", "account_id": 1, "of": survey}
        more = {"contact": R.contact(self.customer, self.desk.customers[self.customer]), "conversation_id": self.id}
        self.ratings.append({**made, **more, "assigned_agent": R.sender(self.agent), "created_at": each.at})

    def last(self) -> int:
        """When something last happened."""
        return max([self.created, *(int(each["created_at"]) for each in self.messages)])

    def told(self, *, whole: bool) -> dict[str, Any]:
        """The conversation as the API lists it: with its last message; *whole*: with all, as some write it together."""
        some = sorted(self.messages, key=lambda each: int(each["id"]))
        said = [R.pushed(each) for each in some if each["message_type"] != 2]
        some = [R.shown(each) for each in some] if whole else [R.pushed(each) for each in some]
        last = self.last()
        order = {"order_number": self.told_of.order} if self.told_of.order else {}
        meta: dict[str, Any] = {"sender": self.contact(), "channel": R.CHANNELS[self.told_of.channel], "hmac_verified": False}
        if (self.person_at and not self.gone) or (self.machine == R.SEAT and not self.person_at):
            meta["assignee"] = R.sender(self.agent if self.person_at else R.SEAT)
        return {
            "meta": meta, "id": self.id, "messages": some if whole else some[-1:], "account_id": 1, "uuid": f"00000000-0000-0000-0000-{self.id:012}",
            "additional_attributes": {}, "agent_last_seen_at": last, "assignee_last_seen_at": last, "can_reply": True, "contact_last_seen_at": last,
            "custom_attributes": {**order, "contact_reason": self.told_of.kind}, "inbox_id": self.inbox, "labels": ["larkspur", self.told_of.kind],
            "muted": False, "snoozed_until": None, "status": self.status, "created_at": self.created, "timestamp": last,
            "first_reply_created_at": self.replied_at, "unread_count": 0, "last_non_activity_message": said[-1] if said else None,
            "last_activity_at": last, "priority": None, "waiting_since": 0, "sla_policy_id": None,
        }  # fmt: skip


def _pages(desk: Desk) -> Iterator[Any]:
    """Lists as the API pages them, the newest first; one conversation has lost its time."""
    newest = list(reversed(desk.conversations))
    meta = {"mine_count": 0, "assigned_count": 0, "unassigned_count": 0, "all_count": len(newest)}
    for start in range(0, len(newest), _PAGE):
        yield {"data": {"meta": meta, "payload": [each.told(whole=False) for each in newest[start : start + _PAGE]]}}
    lost = {**newest[0].told(whole=False), "id": 9_999_999, "created_at": None, "timestamp": None, "messages": [], "last_non_activity_message": None}
    yield {"data": {"meta": meta, "payload": [lost]}}


def _messages(desk: Desk) -> Iterator[Any]:
    """Each conversation's messages, twenty a page and the newest page first; one line torn, two messages that have lost something."""
    for each in desk.conversations:
        some = sorted(each.messages, key=lambda one: int(one["id"]))
        meta: dict[str, Any] = {
            "labels": [],
            "additional_attributes": {},
            "contact": each.contact(),
            "agent_last_seen_at": None,
            "assignee_last_seen_at": None,
        }
        for end in range(len(some), 0, -_MESSAGES):
            yield {"meta": meta, "payload": [R.shown(one) for one in some[max(0, end - _MESSAGES) : end]]}
    first = desk.conversations[0].messages[0]
    yield '{"meta": {}, "payload": [{"id": 1, "conte'
    yield {"meta": {}, "payload": [{**first, "id": 1, "created_at": None}, {**first, "id": 2, "conversation_id": None}]}


def _reports(desk: Desk) -> Iterator[Any]:
    """Reporting events, page by page, under the database's numbers."""
    made: list[dict[str, Any]] = []
    for each in desk.conversations:
        for name, start, end in each.reports:
            one = R.report(7_000 + len(made), name, each.database, each.inbox, start or end, end)
            made.append(one if start else {**one, "value": 0.0})
    for at in range(0, len(made), _PAGE):
        yield {"payload": made[at : at + _PAGE], "meta": {"count": len(made), "current_page": 1 + at // _PAGE, "total_pages": 1 + len(made) // _PAGE}}


def _people(desk: Desk) -> Iterator[Any]:
    made = [R.contact(name, number) for name, number in desk.customers.items()]
    for at in range(0, len(made), 15):
        yield {"meta": {"count": len(made), "current_page": 1 + at // 15}, "payload": made[at : at + 15]}


def _table(path: Path, desk: Desk) -> None:
    """The CSAT report, with a line below that says which time it is about."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(R.RATED)
        for each in desk.ratings:
            link = f"https://chat.larkspur.example/app/accounts/1/conversations/{each['conversation_id']}"
            at = utc(each["created_at"]).replace("T", " ").replace("Z", " UTC")
            writer.writerow(["Jo Berg (jo@larkspur.example)", each["rating"], "", each["contact"]["name"], each["contact"]["email"], "", link, at])
        writer.writerow(["Reporting period 2026-07-26 to 2026-11-23"])
