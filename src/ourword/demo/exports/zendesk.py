"""Larkspur as Zendesk would export it: tickets with metric sets, audits, ticket events, comments, ratings, people, fields, a view's CSV.

Written from Zendesk's published documentation (read 2026-11-25 in stored copies), with what real exports have: private notes,
notices of merges, notifications, side conversations, deleted tickets and people, tickets that close by themselves, bodies in HTML,
a table in local time, rows that cannot be read. What Zendesk has no state for is left out: a ticket that was ended without
being solved just stays pending, and a customer who leaves a chat is not seen.
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
from ourword.demo.exports import zendesk_rows as R
from ourword.demo.exports.larkspur import CONTACTS, Happened, Told, contacts

ZONE = "Europe/Berlin"
MERGED_SHARE, SIDE_SHARE, DELETED_SHARE, NOTE_SHARE = 0.02, 0.01, 0.015, 0.2
CLOSES_AFTER = 10 * 86400
"""Solved tickets close ten days later; Zendesk's own default is four, but Larkspur's customers come back to theirs for a week."""
YES = ("Yes", "Yes, thank you.", "Yes it did!", "It is solved, thanks")
NO = ("No", "No, it did not.", "Not yet.", "no, still the same")
_PAGE = 100


class Ticket:
    """One ticket that is being written."""

    def __init__(self, number: int, told: Told, requester: int) -> None:
        self.id, self.told, self.requester = number, told, requester
        self.audits: list[dict[str, Any]] = []
        self.status, self.assignee = "new", R.BOT
        self.tags = ["larkspur", told.kind]
        self.solved: int | None = None
        self.assigned: int | None = None
        self.first_assigned: int | None = None
        self.reopens = 0
        self.score = ""
        self.channel = R.CHANNELS[told.channel]
        self.created = told.happened[0].at

    def audit(self, at: int, author: int, *events: dict[str, Any], via: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add one update."""
        made = {"at": at, "ticket_id": self.id, "author_id": author, "via": via or R.via("web"), "events": list(events)}
        self.audits.append(made)
        return made

    def change(self, field: str, value: Any, **more: Any) -> dict[str, Any]:
        """A field's change, which the ticket remembers."""
        before = {"status": self.status, "assignee_id": str(self.assignee)}.get(field)
        if field == "status":
            self.status = value
        elif field == "assignee_id":
            self.assignee = value
        return {"type": "Change", "field_name": field, "value": str(value), "previous_value": before, **more}


def write(folder: Path, now: datetime, *, seed: int = make.SEED, days: int = make.DAYS, contacts: int = CONTACTS) -> dict[str, int]:
    """Write the files and `truth.json` into *folder*; gives each file's name and how many rows it has."""
    folder.mkdir(parents=True, exist_ok=True)
    until = int(now.timestamp())
    size = {"seed": seed, "days": days, "contacts": contacts}
    desk = Desk(Random(seed + 1), until)
    for told in _contacts(now, **size):
        desk.take(told)
    desk.number()
    rows = {
        "tickets.jsonl": list(_pages(desk)),
        "audits.jsonl": list(_audits(desk)),
        "ticket_events.jsonl": [
            {"ticket_events": some, "next_page": None, "end_of_stream": False} for some in _chunks(list(map(R.event, desk.ordered)))
        ],
        "comments.jsonl": [R.comments(each.id, each.audits) for each in desk.tickets],
        "metric_events.jsonl": [each for ticket in desk.tickets for each in R.metric_events(ticket.id, ticket.audits)],
        "full_export.jsonl": [R.ticket(each, until) | R.embedded(each.audits) for each in desk.tickets],
        "ratings.json": [{"satisfaction_ratings": list(desk.ratings), "next_page": None, "count": len(desk.ratings)}],
        "users.jsonl": list(R.people(desk.customers, gone=desk.gone, first=until - days * 86400)),
        "ticket_fields.json": [{"ticket_fields": R.FIELDS, "next_page": None, "count": len(R.FIELDS)}],
    }
    encode = msgspec.json.Encoder().encode
    for name, some in rows.items():
        lines = [each.encode() if isinstance(each, str) else encode(each) for each in some]
        (folder / name).write_bytes(lines[0] if name.endswith(".json") else b"".join(line + b"\n" for line in lines))
    _view(folder / "view.csv", desk)
    beside = {"now": until, "zone": ZONE, "bots": [str(R.BOT)], "tickets": desk.names(), "merged": desk.merged, "left_out": desk.left_out}
    people = {str(number): name for name, number in desk.customers.items()}
    gone = [name for name, number in desk.customers.items() if number in desk.gone]
    told_truth = {**beside, "customers": people, "gone": gone, "unreadable": {"audits.jsonl": 2, "tickets.jsonl": 1}, "company": truth(now, **size)}
    (folder / "truth.json").write_bytes(encode(told_truth) + b"\n")
    return {name: len(some) for name, some in rows.items()} | {"view.csv": len(desk.tickets), "truth.json": 1}


_contacts = contacts


class Desk:
    """Larkspur's Zendesk, filled contact by contact."""

    def __init__(self, chance: Random, until: int) -> None:
        self.chance, self.until = chance, until
        self.tickets: list[Ticket] = []
        self.customers: dict[str, int] = {}
        self.gone: set[int] = set()
        self.ratings: list[dict[str, Any]] = []
        self.merged: dict[str, str] = {}
        self.left_out: list[str] = []
        self.ordered: list[dict[str, Any]] = []

    def take(self, told: Told) -> None:
        """Write one contact as a ticket; now and then another one beside it."""
        ticket = self._new(told)
        self._live(ticket)
        if ticket.solved is not None and ticket.status == "solved" and ticket.solved + CLOSES_AFTER <= self.until:
            rule = R.rule(f"Close ticket {CLOSES_AFTER // 86400} days after status is set to solved", "automation")
            ticket.audit(ticket.solved + CLOSES_AFTER, R.SYSTEM, ticket.change("status", "closed", via=rule), via=rule)
        last = max(each.at for each in told.happened)
        if self.chance.random() < MERGED_SHARE and last > ticket.created + 120:
            self._merged(ticket)
        if self.chance.random() < SIDE_SHARE:
            self._side(ticket)

    def number(self) -> None:
        """Give audits and their events numbers, upwards in time as Zendesk does."""
        self.ordered = sorted((each for ticket in self.tickets for each in ticket.audits), key=lambda each: (each["at"], each["ticket_id"]))
        number = 4_000_000_000
        for audit in self.ordered:
            number += 7
            audit["id"] = number
            for event in audit["events"]:
                number += 3
                event["id"] = number

    def names(self) -> dict[str, str]:
        """Ticket to contact, without the tickets that are none."""
        return {str(each.id): each.told.contact for each in self.tickets if str(each.id) not in {*self.merged, *self.left_out}}

    def _new(self, told: Told) -> Ticket:
        if told.customer not in self.customers:
            self.customers[told.customer] = 910_000_000_000 + 37 * len(self.customers)
            if self.chance.random() < DELETED_SHARE:
                self.gone.add(self.customers[told.customer])
        ticket = Ticket(10_001 + len(self.tickets), told, self.customers[told.customer])
        self.tickets.append(ticket)
        return ticket

    def _live(self, ticket: Ticket) -> None:
        happened, chance = ticket.told.happened, self.chance
        said = [each for each in happened if each.type == "message.in"]
        opening = said[0] if said and said[0].at < happened[0].at + 7200 else None
        self._open(ticket, opening.text if opening else "(sent without words)")
        again: set[int] = {id(opening)}
        agent = chance.choice(R.AGENTS)
        for each in happened:
            if id(each) in again:
                continue
            if each.type == "contact.reopened":
                first = next((other for other in happened if other.type == "message.in" and other.at >= each.at), None)
                again.add(id(first))
                self._said(ticket, each.at, ticket.requester, first.text if first else "(sent without words)")
            else:
                self._one(ticket, each, agent)

    def _open(self, ticket: Ticket, words: str) -> None:
        told = ticket.told
        fields = {
            "subject": words[:60], "requester_id": str(ticket.requester), "status": "new", "priority": "normal", "assignee_id": str(R.BOT),
            str(R.ORDER_FIELD): told.order or None, str(R.TOPIC_FIELD): told.kind, "tags": ticket.tags,
        }  # fmt: skip
        created = [{"type": "Create", "field_name": name, "value": value} for name, value in fields.items() if value is not None]
        ticket.audit(ticket.created, ticket.requester, R.comment(words, ticket.requester), *created, via=R.via(ticket.channel))
        ticket.first_assigned = ticket.assigned = ticket.created

    def _one(self, ticket: Ticket, each: Happened, agent: int) -> None:
        """Write one thing that happened, as far as Zendesk has a place for it."""
        chance = self.chance
        author = R.BOT if each.actor == "automation" else agent
        match each.type:
            case "message.in":
                self._said(ticket, each.at, ticket.requester, each.text)
            case "message.out":
                self._said(ticket, each.at, author, each.text)
            case "question.asked":
                self._said(ticket, each.at, author, each.text)
            case "question.answered":
                self._said(ticket, each.at, ticket.requester, chance.choice(YES if each.data.get("said") == "yes" else NO))
            case "human.queued":
                note = R.comment("Handed over. Did this solve it? Not for me to say.", R.BOT, public=False)
                ticket.audit(each.at, R.BOT, note, ticket.change("group_id", R.PEOPLE_GROUP), via=R.via("api"))
            case "human.joined":
                ticket.audit(each.at, agent, ticket.change("assignee_id", agent))
                ticket.assigned = each.at
            case "contact.closed" if each.data.get("claimed_resolved"):
                self._solved(ticket, each, author)
            case "feedback.given":
                self._rated(ticket, each)

    def _said(self, ticket: Ticket, at: int, author: int, words: str) -> None:
        events = [R.comment(words, author)]
        customer = author == ticket.requester
        if customer and ticket.status == "solved":
            events.append(ticket.change("status", "open"))
            ticket.reopens, ticket.solved = ticket.reopens + 1, None
        elif not customer and ticket.status == "new":
            events.append(ticket.change("status", "open", via=R.rule("Open what was answered", "trigger")))
            events.append({"type": "Notification", "subject": "Answered", "body": "Did this solve it?", "recipients": [ticket.requester]})
        via = R.via(ticket.channel) if customer else R.via("api" if author == R.BOT else "web")
        ticket.audit(at, author, *events, via=via)
        if not customer and self.chance.random() < NOTE_SHARE:
            ticket.audit(at, author, R.comment("For us only: yes, it is solved.", author, public=False))

    def _solved(self, ticket: Ticket, each: Happened, author: int) -> None:
        by = each.data.get("closed_by")
        via = R.rule("Solve what waits for its customer", "automation") if by == "timer" else R.via("api" if by == "automation" else "web")
        who = R.SYSTEM if by == "timer" else author
        more = {"via": via} if by == "timer" else {}
        ticket.audit(each.at, who, ticket.change("status", "solved", **more), via=via)
        ticket.solved = each.at

    def _rated(self, ticket: Ticket, each: Happened) -> None:
        ticket.score = "good" if int(each.data["answer"]) >= 4 else "bad"
        event = {"type": "SatisfactionRating", "score": ticket.score, "assignee_id": ticket.assignee, "body": ""}
        ticket.audit(each.at, ticket.requester, event)
        self.ratings.append(R.rating(500_000 + len(self.ratings), ticket.id, ticket.requester, ticket.score, each.at))
        if self.chance.random() < 0.5:  # offered once more, and not answered
            self.ratings.append(R.rating(500_000 + len(self.ratings), ticket.id, ticket.requester, "offered", each.at + 60))

    def _merged(self, ticket: Ticket) -> None:
        """The customer wrote the same twice; a person merged the second ticket into the first."""
        at = ticket.created + 30
        told = Told("", ticket.told.customer, ticket.told.channel, ticket.told.kind, ticket.told.order, [Happened(at, "contact.opened", {})])
        twin = Ticket(10_001 + len(self.tickets), told, ticket.requester)
        self.tickets.append(twin)
        self.merged[str(twin.id)] = str(ticket.id)
        self._open(twin, "Sent once more, to be sure.")
        agent, merge = R.AGENTS[0], {"channel": "system", "source": {"from": {}, "to": {}, "rel": "merge"}}
        away = f'This request was closed and merged into request #{ticket.id} "{ticket.told.kind}".'
        here = (
            f'Request #{twin.id} "{twin.told.kind}" was closed and merged into this request. Last comment in request #{twin.id}:\n\nSent once more.'
        )
        twin.tags.append("closed_by_merge")
        closes = twin.change("status", "closed", via=merge)
        twin.audit(at + 15, agent, R.comment(away, agent, public=False), closes, twin.change("tags", " ".join(twin.tags)), via=merge)
        ticket.audit(at + 15, agent, R.comment(here, agent, public=self.chance.random() < 0.5), via=merge)

    def _side(self, ticket: Ticket) -> None:
        """A question to a supplier, which Zendesk keeps as a ticket of its own."""
        at = ticket.created + 300
        told = Told("", "", "mail", ticket.told.kind, ticket.told.order, [Happened(at, "contact.opened", {})])
        side = Ticket(10_001 + len(self.tickets), told, R.AGENTS[1])
        self.tickets.append(side)
        self.left_out.append(str(side.id))
        side.channel = "side_conversation"
        self._open(side, "Dear supplier, where is this parcel?")
        ticket.audit(at, R.AGENTS[1], {"type": "CollabThreadCreated", "thread_id": str(side.id), "subject": "Parcel", "recipient_count": 1})


def _pages(desk: Desk) -> Iterator[Any]:
    """Pages of the incremental export, with metric sets beside their tickets; one ticket stands in two pages, one has no time."""
    for some in _chunks(desk.tickets):
        tickets = [R.ticket(each, desk.until) for each in some]
        sets = [each.pop("metric_set") for each in tickets]
        older = {**tickets[0], "status": "open", "updated_at": tickets[0]["created_at"], "custom_fields": []}
        deleted = {**tickets[-1], "id": 9_000_000 + some[0].id, "status": "deleted", "subject": "SCRUBBED", "description": "SCRUBBED"}
        page = {"tickets": [older, *tickets, deleted], "metric_sets": sets, "after_cursor": "x", "end_of_stream": False, "after_url": None}
        yield page
    yield {"tickets": [{**R.ticket(desk.tickets[0], desk.until), "id": 9_999_999, "created_at": None}], "metric_sets": [], "end_of_stream": True}


def _audits(desk: Desk) -> Iterator[Any]:
    """Audits as they come when each ticket is asked for them; one line is torn, one audit has lost its ticket."""
    for ticket in desk.tickets:
        yield from (R.audit(each) for each in sorted(ticket.audits, key=lambda each: each["at"]))
    yield '{"ticket_id": 10001, "events": [{"type": "Comm'
    yield {**R.audit(desk.ordered[0]), "ticket_id": None}


def _chunks(some: list[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(some), _PAGE):
        yield some[first : first + _PAGE]


def _view(path: Path, desk: Desk) -> None:
    """A view's CSV: names for people, local times to the minute, and no comments."""
    names = {number: "Permanently deleted user" if number in desk.gone else R.name_of(name) for name, number in desk.customers.items()}
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(R.COLUMNS)
        for each in desk.tickets:
            if str(each.id) not in desk.left_out:
                writer.writerow(R.columns(each, names.get(each.requester, ""), ZONE))
