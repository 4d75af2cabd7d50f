"""Larkspur as Salesforce would export it: cases, the history of their fields, e-mails, comments, chats, users and contacts, as Data Loader
writes them.

Written from Salesforce's published object reference (read 2026-11-25 in stored copies), with what real exports have: every change of an owner in two
rows, changes of other fields, a history that was switched on late, flows that close as Salesforce's own user, cases that were merged or deleted,
contacts that were merged or deleted, an agent who left, customers with a portal's user, words of a form that are in its description alone, mails in
HTML, with signatures, and with what they answer below, drafts, mails that came back, mails that a flow sent, notes, rows that cannot be read.

A company names its closed states itself: Larkspur has one for what was solved and one for what was not. Who left a chat is closed by a flow, and
nobody sees that they left.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from ourword.demo.company import make, truth
from ourword.demo.exports import salesforce_rows as R
from ourword.demo.exports.larkspur import CONTACTS, Happened, Told, contacts

MERGED_SHARE, DELETED_SHARE, GONE_SHARE, JOINED_SHARE = 0.02, 0.01, 0.06, 0.5
NOTE_SHARE, HTML_SHARE, QUOTED_SHARE, DRAFT_SHARE, AUTO_SHARE = 0.15, 0.4, 0.7, 0.05, 0.5
YES = ("Yes", "Yes, thank you.", "Yes it did!", "It is solved, thanks")
NO = ("No", "No, it did not.", "Not yet.", "no, still the same")
KEPT_DAYS = 100
"""Larkspur tracks the history of cases only for so long."""
_contacts = contacts


def write(folder: Path, now: datetime, *, seed: int = make.SEED, days: int = make.DAYS, contacts: int = CONTACTS) -> dict[str, int]:
    """Write the files and `truth.json` into *folder*; gives each file's name and how many rows it has."""
    folder.mkdir(parents=True, exist_ok=True)
    until = int(now.timestamp())
    size = {"seed": seed, "days": days, "contacts": contacts}
    desk = Desk(Random(seed + 4), until)
    for told in _contacts(now, **size):
        desk.take(told)
    written = {
        "Case.csv": _table(folder / "Case.csv", R.CASES, [*(each.row() for each in desk.cases), *desk.lost_cases()]),
        "CaseHistory.csv": _table(folder / "CaseHistory.csv", R.CHANGES, [*desk.changes(), *desk.lost_changes()]),
        "EmailMessage.csv": _table(folder / "EmailMessage.csv", R.MAILS, [*desk.numbered(R.EMAIL), *desk.lost_mails()]),
        "CaseComment.csv": _table(folder / "CaseComment.csv", R.COMMENTS, [*desk.numbered(R.COMMENT), *desk.lost_comments()]),
        "MessagingSession.csv": _table(folder / "MessagingSession.csv", R.SESSIONS, desk.sessions()),
        "ConversationEntry.csv": _table(folder / "ConversationEntry.csv", R.ENTRIES, [*desk.numbered(R.ENTRY), *desk.lost_entries()]),
        "User.csv": _table(folder / "User.csv", R.USERS, desk.users()),
        "Contact.csv": _table(folder / "Contact.csv", R.CONTACTS, desk.people()),
    }
    beside = {
        "now": until, "bots": [R.BOT[:15]], "cases": {each.id[:15]: each.told.contact for each in desk.cases if each.told.contact},
        "left_out": [each.id[:15] for each in desk.cases if not each.told.contact], "merged": desk.joined, "gone": sorted(desk.gone),
        "kept_from": desk.kept_from,
        "unreadable": {"Case.csv": 2, "CaseHistory.csv": 2, "EmailMessage.csv": 1, "CaseComment.csv": 1, "ConversationEntry.csv": 1},
        "company": truth(now, **size),
    }  # fmt: skip
    (folder / "truth.json").write_bytes(msgspec.json.encode(beside) + b"\n")
    return {**written, "truth.json": 1}


class Desk:
    """Larkspur's Salesforce, filled contact by contact."""

    def __init__(self, chance: Random, until: int) -> None:
        self.chance, self.kept_from = chance, until - KEPT_DAYS * 86400
        self.cases: list[Case] = []
        self.customers: dict[str, int] = {}
        self.joined: dict[str, str] = {}
        """Who only wrote mails, and the account into which that contact was merged."""
        self.gone: set[str] = set()
        """Whose contact was deleted: their cases are nobody's then."""

    def take(self, told: Told) -> None:
        """Write one contact as a case; now and then one beside it that was merged away, or deleted."""
        who = told.customer
        for each in (who, f"c-{who[2:]}"):
            if each not in self.customers:
                self.customers[each] = 1 + len(self.customers)
                if each.startswith("c-") and self.chance.random() < GONE_SHARE:
                    self.gone.add(each)
        if who.startswith("m-") and who not in self.joined and self.chance.random() < JOINED_SHARE:
            self.joined[who] = f"c-{who[2:]}"
        made = Case(self, told)
        self.cases.append(made)
        made.live()
        if self.chance.random() < MERGED_SHARE:
            self._beside(made, master=made.id)
        if self.chance.random() < DELETED_SHARE:
            self._beside(made, master="")

    def _beside(self, case: Case, *, master: str) -> None:
        """The customer wrote the same twice and an agent merged it, or it was no customer at all and was deleted."""
        told = case.told
        other = Case(self, Told("", told.customer, told.channel, told.kind, told.order, [Happened(case.created + 30, "contact.opened", {})]))
        other.master, other.deleted = master, True
        self.cases.append(other)
        other.live()
        other.move(other.created + 60, R.AGENTS[0], R.CLOSED)

    def contact(self, name: str) -> str:
        """The id of a contact."""
        return R.id_of(R.CONTACT, self.customers[name])

    def portal(self, name: str) -> str:
        """The user under which a customer comes to the portal."""
        return R.id_of(R.USER, 1_000 + self.customers[name])

    def changes(self) -> list[dict[str, Any]]:
        """The history in the order in which it was written, from the day on which it was switched on."""
        rows = sorted((row for each in self.cases for row in each.changes), key=lambda row: int(row["at"]))
        return [{**row, "Id": R.id_of(R.HISTORY, 7 + 3 * number)} for number, row in enumerate(rows) if row["at"] >= self.kept_from]

    def numbered(self, sort: str) -> list[dict[str, Any]]:
        """E-mails or comments in the order in which they were written."""
        rows = sorted((row for each in self.cases for row in each.said[sort]), key=lambda row: int(row["at"]))
        return [{**row, "Id": R.id_of(sort, 11 + 3 * number)} for number, row in enumerate(rows)]

    def lost_mails(self) -> Iterable[dict[str, Any]]:
        """A mail at no time, and one of no case."""
        first = {**self.numbered(R.EMAIL)[0], "Id": R.id_of(R.EMAIL, 9_999_999)}
        return [{**first, "MessageDate": "soon"}, {**first, "ParentId": ""}]

    def lost_comments(self) -> Iterable[dict[str, Any]]:
        """A comment on no case."""
        return [{**self.numbered(R.COMMENT)[0], "Id": R.id_of(R.COMMENT, 9_999_999), "ParentId": "x", "IsPublished": "true"}]

    def lost_entries(self) -> Iterable[dict[str, Any]]:
        """An entry of no session."""
        return [{**self.numbered(R.ENTRY)[0], "Id": R.id_of(R.ENTRY, 9_999_999), "ConversationId": "x"}]

    def sessions(self) -> list[dict[str, Any]]:
        """The chats, each of a case."""
        return [each.session_row() for each in self.cases if each.said[R.ENTRY]]

    def lost_cases(self) -> Iterable[dict[str, Any]]:
        """A case that has lost its id, and one whose time somebody's spreadsheet wrote anew."""
        first = self.cases[0].row()
        return [{**first, "Id": ""}, {**first, "Id": R.id_of(R.CASE, 999_999), "CreatedDate": "09/11/2026 11:22"}]

    def lost_changes(self) -> Iterable[dict[str, Any]]:
        """A change of no case, and one at no time."""
        first = {**self.changes()[0], "Id": R.id_of(R.HISTORY, 9_999_999)}
        return [{**first, "CaseId": ""}, {**first, "CreatedDate": ""}]

    def users(self) -> list[dict[str, Any]]:
        """Staff, Salesforce's own user, and customers of the portal."""
        staff = [R.user(each) for each in (R.BOT, *R.AGENTS)]
        customers = [
            R.user(self.portal(name), "CspLitePortal", self.contact(name), f"Customer {name[2:]}") for name in self.customers if name[0] == "c"
        ]
        return [*staff, R.user(R.PROCESS, "AutomatedProcess"), *customers]

    def people(self) -> list[dict[str, Any]]:
        """Contacts, with those that were merged away: as *Export All* gives them."""
        return [self._person(name) for name in self.customers if name not in self.gone]

    def _person(self, name: str) -> dict[str, Any]:
        master = self.contact(self.joined[name]) if name in self.joined else ""
        told = {"LastName": name[2:], "FirstName": "Customer", "Email": R.address(name), "CreatedDate": R.time(1_780_000_000), "AccountId": ""}
        return {"Id": self.contact(name), "IsDeleted": R.box(bool(master)), "MasterRecordId": master, **told}


class Case:
    """One case that is being written."""

    def __init__(self, desk: Desk, told: Told) -> None:
        self.desk, self.told, self.chance = desk, told, desk.chance
        self.number = 1_001 + len(desk.cases)
        self.id, self.session, self.accepted = R.id_of(R.CASE, self.number), R.id_of(R.SESSION, self.number), 0
        self.created = told.happened[0].at
        self.agent = self.chance.choice(R.AGENTS)
        self.status, self.owner, self.closed, self.last = "New", R.BOT, 0, self.created
        self.master, self.deleted = "", False
        self.changes: list[dict[str, Any]] = []
        self.said: dict[str, list[dict[str, Any]]] = {R.EMAIL: [], R.COMMENT: [], R.ENTRY: []}
        self.description, self.before = "", ""

    @property
    def author(self) -> str:
        """The user under which the customer's own deeds stand: the portal's, or Salesforce's for a mail."""
        return R.PROCESS if self.told.channel == "mail" or not self.told.customer.startswith("c-") else self.desk.portal(self.told.customer)

    def live(self) -> None:
        """Write what happened."""
        self.changes.append(R.change(self.id, self.author, self.created, "created", "", ""))
        for each in self.told.happened:
            self._one(each)

    def move(self, at: int, by: str, status: str) -> None:
        """Change its state."""
        self.changes.append(R.change(self.id, by, at, "Status", self.status, status, "DynamicEnum"))
        self.status, self.last = status, at
        self.closed = at if status.startswith(R.CLOSED) else 0

    def give(self, at: int, by: str, owner: str) -> None:
        """Change its owner: one row with names, one with ids."""
        self.changes.append(R.change(self.id, by, at, "Owner", R.NAMES[self.owner], R.NAMES[owner]))
        self.changes.append(R.change(self.id, by, at, "Owner", self.owner, owner, "EntityId"))
        self.owner, self.last = owner, at

    def _one(self, each: Happened) -> None:
        """Write one thing that happened, as far as Salesforce has a place for it."""
        match each.type:
            case "message.in":
                self._heard(each.at, each.text)
                if self.closed:
                    self.move(each.at, R.PROCESS, "Reopened")
            case "question.answered":
                self._heard(each.at, self.chance.choice(YES if each.data.get("said") == "yes" else NO))
            case "message.out" | "question.asked":
                by = R.BOT if each.actor == "automation" else self.agent
                self._answered(each.at, by, each.text)
                if self.status == "New":
                    self.move(each.at, by, "Working")
            case "human.queued":
                self.give(each.at, R.BOT, R.PEOPLE)
                self.changes.append(R.change(self.id, R.BOT, each.at, "Priority", "Medium", "High", "DynamicEnum"))
                if self.told.channel == "chat":
                    self.said[R.ENTRY].append(R.entry(self.session, each.at, R.BOT, "", "BotEscalated"))
            case "human.joined":
                self.give(each.at, self.agent, self.agent)
                self.accepted = self.accepted or each.at
            case "contact.closed":
                by = {"automation": R.BOT, "person": self.agent}.get(each.data["closed_by"], R.PROCESS)
                self.move(each.at, by, R.CLOSED if each.data["claimed_resolved"] else R.UNSOLVED)

    def _heard(self, at: int, words: str) -> None:
        """The customer writes: a mail, mostly with what it answers below it; what opens a form stands in its description alone; else a comment."""
        if self.told.channel == "app" and not self.description and at < self.created + 600:
            self.description = words
            return
        self.description = self.description or " "
        if self.told.channel != "mail":
            self._in_chat_or_portal(at, "", words)
            return
        quoted = f"\n\nOn Mon, Nov 9, 2026 at 10:22 AM Larkspur <help@larkspur.example> wrote:\n> {self.before}" if self.before else ""
        plain = words + quoted * (self.chance.random() < QUOTED_SHARE)
        html = f"<div>{escape(words)}</div><br><div>{escape(quoted.strip())}</div>" if self.chance.random() < HTML_SHARE else ""
        whose = R.address(self.told.customer)
        self.said[R.EMAIL].append(R.mail(self.id, R.PROCESS, at, incoming=True, whose=whose, plain=plain if not html else "", html=html))
        if len(self.said[R.EMAIL]) == 1 and self.chance.random() < AUTO_SHARE:
            notice = R.mail(self.id, R.PROCESS, at + 2, incoming=False, whose=whose, plain="We have your message, and will answer soon.")
            self.said[R.EMAIL].append(notice)

    def _answered(self, at: int, by: str, words: str) -> None:
        """Larkspur writes: a mail with a signature, or a comment; now and then a note, a draft, or a mail that came back."""
        self.before = words
        if self.told.channel == "mail":
            html = f"<p>{escape(words)}</p><p>--<br>Larkspur</p>" if self.chance.random() < HTML_SHARE else ""
            plain = "" if html else f"{words}\n\n-- \nLarkspur\nref:!00Dxx0000001gPL.!{self.id}:ref"
            whose, ai = R.address(self.told.customer), "AiAutomated" if by == R.BOT and self.chance.random() < HTML_SHARE else ""
            sent = R.mail(self.id, by, at, incoming=False, whose=whose, plain=plain, html=html, AutomationType=ai)
            self.said[R.EMAIL].append(sent)
            if self.chance.random() < DRAFT_SHARE:
                self.said[R.EMAIL] += [{**sent, "Status": R.DRAFT, "at": at + 1}, {**sent, "IsBounced": "true", "at": at + 1}]
        else:
            self._in_chat_or_portal(at, by, words)
        if self.chance.random() < NOTE_SHARE:
            note = "For us only: yes, it is solved. Did this solve it?"
            self.said[R.COMMENT].append(R.comment(self.id, self.agent, at, note, shown=False))

    def _in_chat_or_portal(self, at: int, by: str, words: str) -> None:
        """An entry of the chat's session, or a comment in the portal; without *by* it is the customer's."""
        if self.told.channel == "chat":
            self.said[R.ENTRY].append(R.entry(self.session, at, by or R.id_of(R.VISITOR, self.desk.customers[self.told.customer]), words))
        else:
            self.said[R.COMMENT].append(R.comment(self.id, by or self.author, at, words))

    def session_row(self) -> dict[str, Any]:
        """The session of a chat: it begins with the case."""
        number = self.desk.customers[self.told.customer]
        return {
            "Id": self.session, "Name": f"{self.number:08}", "CaseId": self.id, "MessagingEndUserId": R.id_of(R.VISITOR, number),
            "EndUserContactId": "", "AgentType": "BotToAgent" if self.accepted else "Bot", "ChannelType": "Text", "Status": "Ended",
            "StartTime": R.time(self.created), "AcceptTime": R.time(self.accepted) if self.accepted else "", "EndTime": R.time(self.last),
            "CreatedDate": R.time(self.created), "IsDeleted": "false",
        }  # fmt: skip

    def row(self) -> dict[str, Any]:
        """The case as it stands."""
        told, desk = self.told, self.desk
        who = told.customer
        moved = desk.joined.get(who, who)
        known = moved not in desk.gone
        named = who if who in desk.joined and self.number % 2 else moved  # exported before the contacts were merged, or after
        return {
            "Id": self.id, "IsDeleted": R.box(self.deleted), "MasterRecordId": self.master, "CaseNumber": f"{self.number:08}",
            "ContactId": desk.contact(named) if known else "", "AccountId": "", "Type": "", "Status": self.status, "Reason": told.kind,
            "SuppliedEmail": R.address(who) if known and told.channel == "mail" else "", "Origin": R.ORIGINS[told.channel], "Subject": told.kind,
            "Description": self.description.strip(),
            "Priority": "Medium", "IsClosed": R.box(bool(self.closed)), "ClosedDate": R.time(self.closed) if self.closed else "",
            "IsEscalated": R.box(self.owner != R.BOT), "OwnerId": self.owner, "CreatedDate": R.time(self.created), "CreatedById": self.author,
            "LastModifiedDate": R.time(self.last), "Order_Number__c": told.order,
        }  # fmt: skip


def _table(path: Path, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> int:
    """Write a file as Data Loader does: every cell in quotes."""
    made = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, quoting=csv.QUOTE_ALL, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(made)
    return len(made)
