"""Larkspur as Intercom would export it: conversations with their parts, lists, contacts, teammates, and reports as CSV.

Written from Intercom's published documentation (read 2026-11-25 in stored copies), with what real exports have: notes, attributes,
requests for ratings, bodies in HTML, a machine in a teammate's seat, leads who were merged into users, people who were deleted,
messages of ours that nobody answered, previews of Fin, a teammate who closes what lay around, a copy that is older, rows that cannot be
read. What Intercom has no word for is left out: nobody but Fin calls anything resolved, and a customer who leaves a chat is not seen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from ourword.demo.company import make, truth
from ourword.demo.exports import intercom_rows as R
from ourword.demo.exports.larkspur import CONTACTS, Happened, Told, contacts

ZONE = "Europe/Berlin"
MERGED_SHARE, GONE_SHARE, OUTBOUND_SHARE, PREVIEW_SHARE, NOTE_SHARE, BUTTON_SHARE = 0.6, 0.015, 0.02, 0.01, 0.2, 0.5
SWEPT_AFTER, SWEPT_BEFORE_NOW = 20 * 86400, 10 * 86400
"""What lay open for so long was closed by a teammate in one go, so long ago."""
YES = ("Yes", "Yes, thank you.", "Yes it did!", "It is solved, thanks")
NO = ("No", "No, it did not.", "Not yet.", "no, still the same")
_PAGE = 150
_contacts = contacts


def write(folder: Path, now: datetime, *, seed: int = make.SEED, days: int = make.DAYS, contacts: int = CONTACTS) -> dict[str, int]:
    """Write the files and `truth.json` into *folder*; gives each file's name and how many rows it has."""
    folder.mkdir(parents=True, exist_ok=True)
    until = int(now.timestamp())
    size = {"seed": seed, "days": days, "contacts": contacts}
    desk = Desk(Random(seed + 2), until)
    for told in _contacts(now, **size):
        desk.take(told)
    whole = [each.told_whole() for each in desk.conversations]
    rows = {
        "conversations.jsonl": list(_whole(whole)),
        "list.jsonl": list(_pages(whole)),
        "contacts.jsonl": list(desk.people(until - days * 86400)),
        "admins.json": [{"type": "admin.list", "admins": [R.staff(each) for each in R.NAMES if each not in (R.FIN, R.OPERATOR)]}],
    }
    encode = msgspec.json.Encoder().encode
    for name, some in rows.items():
        lines = [each.encode() if isinstance(each, str) else encode(each) for each in some]
        (folder / name).write_bytes(lines[0] if name.endswith(".json") else b"".join(line + b"\n" for line in lines))
    kept = [each for each in whole if each["id"] not in desk.left_out]
    _table(folder / "report.csv", tuple(each.format(zone=ZONE) for each in R.REPORT), [R.row(each, ZONE) for each in kept])
    _table(folder / "reporting_export.csv", R.EXPORTED, [R.row(each, ZONE) for each in kept])
    _ratings(folder / "ratings.csv", kept)
    beside = {
        "now": until, "zone": ZONE, "bots": [R.FIN, R.OPERATOR, R.SEAT, f"name:{R.NAMES[R.SEAT]}"],
        "conversations": {each.id: each.told.contact for each in desk.conversations if each.told.contact}, "left_out": desk.left_out,
        "gone": sorted(desk.gone), "merged": desk.merged, "shown": desk.shown, "swept": desk.swept, "swept_at": desk.swept_at,
        "unreadable": {"conversations.jsonl": 3, "report.csv": 0}, "company": truth(now, **size),
    }  # fmt: skip
    (folder / "truth.json").write_bytes(encode(beside) + b"\n")
    tables = {"report.csv": len(kept), "reporting_export.csv": len(kept), "ratings.csv": len(kept), "truth.json": 1}
    return {name: len(some) for name, some in rows.items()} | tables


class Desk:
    """Larkspur's Intercom, filled contact by contact."""

    def __init__(self, chance: Random, until: int) -> None:
        self.chance, self.until, self.swept_at = chance, until, until - SWEPT_BEFORE_NOW
        self.conversations: list[Conversation] = []
        self.customers: dict[str, bool] = {}
        """By name, whether they were deleted."""
        self.gone: set[str] = set()
        self.merged: dict[str, str] = {}
        """Lead to user."""
        self.shown: dict[str, str] = {}
        """By contact, whom the list of contacts in the conversation shows where that is not who wrote."""
        self.left_out: list[str] = []
        self.swept: list[str] = []

    def take(self, told: Told) -> None:
        """Write one contact as a conversation; now and then something beside it that is none."""
        who = told.customer
        if who not in self.customers:
            self._meet(who)
        made = Conversation(self, told)
        self.conversations.append(made)
        made.live()
        if self.chance.random() < OUTBOUND_SHARE:
            self._beside(told, "automated")
        if self.chance.random() < PREVIEW_SHARE:
            self._beside(told, "preview")

    def _meet(self, who: str) -> None:
        self.customers[who] = self.chance.random() < GONE_SHARE
        if self.customers[who]:
            self.gone.add(who)
        elif who.startswith("m-") and self.chance.random() < MERGED_SHARE:
            user = f"c-{who[2:]}"
            if not self.customers.setdefault(user, False):
                self.merged[who] = user

    def people(self, first: int) -> Iterator[Any]:
        """The contacts there still are, page by page; who was merged is gone, and whoever they are now says so."""
        before = {user: lead for lead, user in self.merged.items()}
        there = [each for each, gone in self.customers.items() if not gone and each not in self.merged]
        made = [R.contact(each, first=first, merged=before.get(each, ""), language="de" if int(each[2:]) % 7 == 0 else "") for each in there]
        for start in range(0, len(made), _PAGE):
            yield {"type": "list", "data": made[start : start + _PAGE], "total_count": len(made), "pages": {"type": "pages", "per_page": _PAGE}}
        yield {"type": "contact", "id": R.contact_id("nobody"), "external_id": None, "deleted": True}

    def _beside(self, told: Told, how: str) -> None:
        twin = Told("", told.customer, "chat", told.kind, "", [Happened(told.happened[0].at + 7, "contact.opened", {})])
        made = Conversation(self, twin)
        self.conversations.append(made)
        self.left_out.append(made.id)
        if how == "automated":
            made.begun_by_us = True
            made.opening = "Our summer sale has begun. Did this solve it?"
        else:
            made.preview = True
            made.opening = "Trying out Fin"
            made.add(told.happened[0].at + 20, "comment", R.staff(R.FIN), "This is a preview.")


class Conversation:
    """One conversation that is being written."""

    def __init__(self, desk: Desk, told: Told) -> None:
        self.desk, self.told, self.number = desk, told, 2_150_000_001 + len(desk.conversations)
        self.id, self.chance = str(self.number), desk.chance
        self.gone = desk.customers[told.customer]
        self.machine = R.SEAT if told.channel == "mail" else R.FIN
        self.agent = self.chance.choice(R.AGENTS)
        self.created = told.happened[0].at
        self.parts: list[dict[str, Any]] = []
        self.opening, self.begun_by_us, self.preview = "", False, False
        self.closes: list[tuple[int, str]] = []
        self.reopens, self.resolution, self.person_at, self.rating = 0, "", 0, (0, 0)
        self.said: str | None = None

    def add(self, at: int, kind: str, author: dict[str, Any], words: str = "", **more: Any) -> None:
        """Add a part."""
        number = 19_000_000_000 + self.number * 1_000 % 10**9 + 3 * len(self.parts)
        self.parts.append(R.part(number, at, kind, author, words, **more))

    def live(self) -> None:
        """Write what happened."""
        happened = self.told.happened
        opening = next((each for each in happened if each.type == "message.in" and each.at < self.created + 7200), None)
        self.opening = opening.text if opening else ""
        used = {id(opening)}
        for each in happened:
            if id(each) in used:
                continue
            if each.type == "contact.reopened":
                first = next((other for other in happened if other.type == "message.in" and other.at >= each.at), None)
                used.add(id(first))
                self.reopens += 1
                self.add(each.at, "open", self._customer(), first.text if first else "(sent without words)")
            else:
                self._one(each)
        self._sweep()

    def _customer(self) -> dict[str, Any]:
        return R.customer(self.told.customer, gone=self.gone)

    def _one(self, each: Happened) -> None:
        """Write one thing that happened, as far as Intercom has a place for it."""
        author = R.staff(self.machine if each.actor == "automation" else self.agent)
        match each.type:
            case "message.in":
                self.add(each.at, "comment", self._customer(), each.text)
            case "message.out":
                self._written(each.at, author, each.text)
            case "question.asked":
                self._asked(each, author)
            case "question.answered":
                self._heard(each)
            case "human.queued":
                self.resolution = "escalated" if each.at > self.desk.until - 60 * 86400 else "routed_to_team"
                if self.chance.random() < 0.7:
                    self.add(each.at, "assignment", author, assigned_to={"type": "team", "id": R.TEAM})
            case "human.joined":
                self.add(each.at, "assignment", author, assigned_to={"type": "admin", "id": self.agent})
            case "contact.closed":
                self._closed(each)
            case "feedback.given":
                self.rating = (int(each.data["answer"]), each.at)

    def _written(self, at: int, author: dict[str, Any], words: str, **more: Any) -> None:
        if author["type"] == "admin" and author["id"] != R.SEAT and not self.person_at:
            self.person_at = at
        self.add(at, "comment", author, words, **more)
        if self.chance.random() < NOTE_SHARE:
            kind = self.chance.choice(("note", "conversation_attribute_updated_by_workflow", "custom_action_started", "note_and_reopen"))
            self.add(at, kind, R.staff(self.agent), "For us only: yes, it is solved. Did this solve it?" if kind.startswith("note") else "")

    def _asked(self, each: Happened, author: dict[str, Any]) -> None:
        more: dict[str, Any] = {}
        if author["id"] == R.FIN and self.chance.random() < BUTTON_SHARE:
            more["metadata"] = {"quick_reply_options": [{"text": R.YES, "uuid": "a" * 36}, {"text": R.NO, "uuid": "b" * 36}]}
        self._written(each.at, author, each.text, **more)

    def _heard(self, each: Happened) -> None:
        self.said = str(each.data.get("said"))
        asked = next(part for part in reversed(self.parts) if part["part_type"] == "comment")
        if asked["metadata"]:
            words = R.YES if self.said == "yes" else R.NO
            kind = self.chance.choice(("quick_reply", "comment"))
            self.add(each.at, kind, self._customer(), words, metadata={"quick_reply_uuid": ("a" if self.said == "yes" else "b") * 36})
        else:
            self.add(each.at, "comment", self._customer(), self.chance.choice(YES if self.said == "yes" else NO))

    def _closed(self, each: Happened) -> None:
        by, claimed = each.data.get("closed_by"), bool(each.data.get("claimed_resolved"))
        machine = by in ("automation", "timer")
        if machine and claimed:
            self.resolution = "confirmed_resolution" if self.said == "yes" else "assumed_resolution"
        elif self.resolution not in ("escalated", "routed_to_team") or machine:
            self.resolution = "escalated" if self.person_at else "negative_feedback" if self.said == "no" else "abandoned"
        if by == "person":
            self._close(each.at, self.agent)
            return
        seen = self.machine == R.FIN and self.resolution == "assumed_resolution" and self.chance.random() < 0.5
        if by in ("timer", "customer") and not seen:
            self.add(each.at, "user_became_idle", R.staff(R.OPERATOR))
        self._close(each.at, R.OPERATOR if by in ("timer", "customer") else self.machine)
        if self.chance.random() < 0.3:
            self.add(each.at, "comment", R.staff(R.OPERATOR), "[Conversation Rating Request]")

    def _close(self, at: int, who: str) -> None:
        last = self.parts[-1] if self.parts else None
        own = last is not None and last["part_type"] == "comment" and last["author"]["id"] == who and who in R.AGENTS
        if last is not None and own and at - last["created_at"] < 60:
            self.parts.pop()  # sent and closed in one go
            self.add(at, "close", R.staff(who), state="closed", body=last["body"])
        else:
            self.add(at, "close", R.staff(who), state="closed")
        self.closes.append((at, who))

    def _sweep(self) -> None:
        """A teammate closes, in one minute, what lay around for weeks."""
        last = max(each.at for each in self.told.happened)
        if not self.closes and last < self.desk.swept_at - SWEPT_AFTER and self.chance.random() < 0.6:
            self.resolution = self.resolution or "negative_feedback"
            self._close(self.desk.swept_at, R.AGENTS[0])
            self.desk.swept.append(self.told.contact)

    # ---- as it is told ----------------------------------------------------------------------------------------------------

    def told_whole(self) -> dict[str, Any]:
        """The conversation as the API gives it when it is asked for alone."""
        closed = bool(self.closes) and self.parts[-1]["created_at"] <= self.closes[-1][0]
        last = max([self.created, self.rating[1], *(each["created_at"] for each in self.parts)])
        person, told = self.person_at or None, self.told
        replied = [each for each in self.parts if each["author"]["type"] == "admin" and each["body"] and each["part_type"] in ("comment", "close")]
        team = sorted({each["author"]["id"] for each in replied})
        own = {"Order number": told.order or None, "Contact reason": told.kind, "CX Score rating": 4, "Language": "English"}
        fin = self.machine == R.FIN and not self.begun_by_us
        writer = R.staff(R.AGENTS[1]) if self.begun_by_us else self._customer()
        rated = {"rating": self.rating[0] or None, "remark": "", "created_at": self.rating[1] or None, "updated_at": self.rating[1] or None}
        return {
            "type": "conversation", "id": self.id, "title": None, "created_at": self.created, "updated_at": last, "waiting_since": None,
            "snoozed_until": None, "open": not closed, "state": "closed" if closed else "open", "read": True, "priority": "not_priority",
            "admin_assignee_id": int(self.agent) if person else None, "team_assignee_id": None, "tags": {"type": "tag.list", "tags": []},
            "source": {
                "type": "email" if told.channel == "mail" else "conversation", "id": str(self.number + 10**9),
                "delivered_as": "automated" if self.begun_by_us else "customer_initiated", "subject": "", "body": R.body(self.opening),
                "author": writer, "attachments": [], "url": None, "redacted": False,
            },
            "contacts": {"type": "contact.list", "contacts": self._listed()},
            "teammates": {"type": "admin.list", "teammates": [{"type": "admin", "id": each} for each in team]},
            "custom_attributes": own, "first_contact_reply": None if self.begun_by_us else {"created_at": self.created, "type": "conversation"},
            "conversation_rating": {**rated, "contact": None, "teammate": None},
            "ai_agent_participated": fin,
            "ai_agent": {
                "source_type": "fin_preview" if self.preview else "workflow", "source_title": "Larkspur", "last_answer_type": "ai_answer",
                "resolution_state": self.resolution or None, "rating": None, "rating_remark": None, "created_at": None, "updated_at": None,
            } if fin else None,
            "statistics": {
                "type": "conversation_statistics", "first_contact_reply_at": self.created,
                "first_admin_reply_at": replied[0]["created_at"] if replied else None,
                "first_close_at": self.closes[0][0] if self.closes else None, "last_close_at": self.closes[-1][0] if self.closes else None,
                "last_closed_by_id": self.closes[-1][1] if self.closes and self.closes[-1][1] not in (R.FIN, R.OPERATOR) else None,
                "count_reopens": self.reopens, "count_conversation_parts": len(self.parts),
            },
            "conversation_parts": {"type": "conversation_part.list", "conversation_parts": self.parts, "total_count": len(self.parts)},
            "first_replied": replied[0]["author"]["id"] if replied else "",
        }  # fmt: skip

    def _listed(self) -> list[dict[str, Any]]:
        """Whom the conversation shows: nobody who was deleted; of a lead who was merged mostly the user, and sometimes still the lead."""
        if self.gone or self.begun_by_us:
            return []
        who = self.told.customer
        if who in self.desk.merged and self.number % 3:
            who = self.desk.merged[who]
            self.desk.shown[self.told.contact] = who
        person = {"type": "contact", "id": R.contact_id(who), "external_id": None if who.startswith("m-") else who}
        return [person | {"email": R.address(who), "name": f"Customer {who[2:]}"}]


def _whole(whole: list[dict[str, Any]]) -> Iterator[Any]:
    """Each conversation as it was retrieved; every fiftieth also in an older copy, one line torn, one without a time, one part too."""
    for number, each in enumerate(whole):
        kept = _plain(each)
        if number % 50 == 0:
            some = kept["conversation_parts"]["conversation_parts"][:2]
            older = {**kept, "state": "open", "open": True, "updated_at": kept["created_at"], "ai_agent": None}
            yield {**older, "conversation_parts": {**kept["conversation_parts"], "conversation_parts": some}}
        if number == 7:
            there = kept["conversation_parts"]
            lost = {**there["conversation_parts"][0], "id": "1", "created_at": None}
            kept["conversation_parts"] = {**there, "conversation_parts": [*there["conversation_parts"], lost]}
        yield kept
    yield '{"type": "conversation", "id": "1", "source": {"type": "conv'
    yield {**_plain(whole[0]), "id": "2", "created_at": None}
    yield {"id": "3", "object": "conversation", "deleted": True}


def _plain(each: dict[str, Any]) -> dict[str, Any]:
    """Without what only a report says, and without the addresses that the API leaves out of a list of contacts."""
    made = {key: value for key, value in each.items() if key != "first_replied"}
    people = [{name: one[name] for name in ("type", "id", "external_id")} for one in each["contacts"]["contacts"]]
    return {**made, "contacts": {**each["contacts"], "contacts": people}}


def _pages(whole: list[dict[str, Any]]) -> Iterator[Any]:
    """Lists as the API pages them: without parts."""
    for start in range(0, len(whole), _PAGE):
        some = [{key: value for key, value in _plain(each).items() if key != "conversation_parts"} for each in whole[start : start + _PAGE]]
        yield {"type": "conversation.list", "pages": {"type": "pages", "per_page": _PAGE}, "total_count": len(whole), "conversations": some}


def _table(path: Path, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(["" if each is None else each for each in row] for row in rows)


def _ratings(path: Path, whole: list[dict[str, Any]]) -> None:
    rated = [each for each in whole if each["conversation_rating"]["rating"]]
    rows = [
        [each["id"], R.local(each["conversation_rating"]["updated_at"], ZONE), each["conversation_rating"]["rating"], "", "", "Teammate"]
        for each in rated
    ]
    _table(path, tuple(each.format(zone=ZONE) for each in R.RATED), rows)
