"""What Salesforce's files say of a case, as events: built alike whichever file says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ourword.core.event import Event
from ourword.errors import EventError
from ourword.helpdesks.salesforce import lines as L
from ourword.helpdesks.salesforce import notes as N
from ourword.helpdesks.salesforce import parts as P
from ourword.helpdesks.salesforce.seeing import state_of
from ourword.helpdesks.shape import AUTOMATION, CUSTOMER, PERSON, Answers, Look, Row
from ourword.helpdesks.telling import Telling
from ourword.helpdesks.values import ident, kind_in, objects_in, seconds, text, word
from ourword.outcomes.mapper import Skipped

Told = Iterator[Event | Skipped]
VENDOR, RULE = "salesforce", "rule"
OPENS, SAYS, CHANGES = 0, 1, 2
"""What comes first among what happened in one second: Salesforce does not tell, so a change is put after the words that led to it."""
_HOW = "export it anew, with API names and times as Data Loader writes them (`2026-11-09T10:22:00.000Z`)"


def place_of(rank: int, id_: str, place: int = 0) -> int:
    """Where something stands in its second; each sort upwards by id."""
    return rank * 2**58 + min(4 * P.serial(id_), 2**57) + place


class CaseTelling(Telling):
    """What every file's reader knows: whose case it is, who is a machine, and which states are closed ones."""

    def __init__(self, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        super().__init__(VENDOR, answers, look, place=place, now=now)
        self.notes = N.notes_of(look)
        self.machines = frozenset(answers.bots)
        self.lines = L.Lines(self.notes.spoken, self.who)
        self.matched: Counter[str] = Counter()

    def tell(self, label: str, type_: str, own: str, case: str, time: str | None, place: int, where: str, **data: Any) -> Told:
        """Give an event of a case, unless it is a test; what does not hold together is skipped, and told."""
        whose = self.look.requesters.get(case, "")
        if self.notes.has(case, N.AWAY):
            self.matched["left out: a case that was merged into another, or deleted"] += 1
            return
        if whose and self.is_test(whose):
            self.matched["left out: a test"] += 1
            return
        try:
            event = self.event(type_, own, contact=case, customer=whose or None, time=time, place=where, sequence=place, **data)
        except EventError as error:
            yield Skipped(error.place, error.what, error.hint)
            return
        self.matched[label] += 1
        yield event

    def who(self, user: str) -> str:
        """Who did something: a machine, a flow (`rule`), a person of ours, a customer; empty for whoever no file tells of.

        Where no file of users was given, only whoever has had a case on their desk is known to be a person of ours.
        """
        type_ = self.notes.users.get(user, "")
        if user == L.THEM:
            return CUSTOMER
        if user == L.MACHINE or user.removeprefix(L.AGENT) in self.machines:
            return AUTOMATION
        if user == L.SYSTEM or user.startswith(L.AGENT):
            return RULE if user == L.SYSTEM else PERSON
        if type_ == P.PROCESS:
            return RULE
        if type_ in P.CUSTOMERS:
            return CUSTOMER
        return PERSON if type_ in P.STAFF or (not type_ and user in self.notes.owners) else ""

    def moment(self, value: object) -> str | None:
        """A time; one that names no zone is of the zone that was answered."""
        return P.moment(value, self.answers.zone)

    # ---- a case -------------------------------------------------------------------------------------------------------------

    def case(self, row: Row, where: str) -> Told:
        """Tell that it began and, as far as its history does not, that it is closed: by whom is not known then."""
        found = P.called(row)
        id_, created = P.record(found.get("id")), self.moment(found.get("createddate"))
        if not id_ or created is None:
            yield Skipped(where, "this case has no `Id`, or its `CreatedDate` cannot be read", _HOW)
            return
        own = P.titled(row)
        told = {"actor": CUSTOMER, "channel": word(found.get("origin")), "kind": _kind(found, own), "objects": objects_in(own) or None}
        yield from self.tell("opened", "contact.opened", "opened", id_, created, place_of(OPENS, ""), where, **told)
        if self.notes.worded and word(found.get("origin")) == "web" and text(found.get("description")).strip() and not self._began(id_, found):
            words = text(found.get("description")).strip()
            yield from self.tell(
                "a message of the customer", "message.in", "described", id_, created, place_of(OPENS, "", 1), where, actor=CUSTOMER, text=words
            )
        closed = self.moment(found.get("closeddate"))
        if closed is not None and not self.notes.moved_at(id_, P.second(found.get("closeddate"))):
            yield from self._closed(id_, f"closed-{seconds(closed)}", state_of(found.get("status")), closed, place_of(CHANGES, ""), where, "")
        elif closed is None and id_ not in self.notes.moves and self._is_closed(found):
            yield from self._closed(id_, "closed-at some time", state_of(found.get("status")), None, place_of(CHANGES, ""), where, "")

    def _is_closed(self, found: Mapping[str, Any]) -> bool:
        """Whether a case is closed, as the file says or, where it does not, by its state."""
        said = text(found.get("isclosed")).strip() or found.get("isclosed")
        return P.is_true(said) if said not in (None, "") else state_of(found.get("status")) in self.answers.solved

    def _began(self, case: str, found: Mapping[str, Any]) -> bool:
        """Whether the words with which it began are told by an e-mail or a comment; else they are in the form's description alone."""
        return self.lines.began_with(case, P.second(found.get("createddate")))

    def _closed(self, case: str, own: str, state: str, time: str | None, place: int, where: str, by: str) -> Told:
        claimed = state in self.answers.solved
        reason = "no_reply" if by != CUSTOMER and self.lines.waited(case, seconds(time)) else ""
        told = {"actor": by, "closed_by": by, "close_reason": reason, "claimed_resolved": claimed}
        yield from self.tell("closed" if claimed else "closed, and not called solved", "contact.closed", own, case, time, place, where, **told)

    # ---- its history --------------------------------------------------------------------------------------------------------

    def change(self, row: Row, where: str) -> Told:
        """Tell what a change of a field says: closed, opened again, put on people's desk, taken over by a person."""
        found = P.called(row)
        case, id_, at = P.record(found.get("caseid")), P.record(found.get("id")), self.moment(found.get("createddate"))
        if not case or at is None:
            yield Skipped(where, "this change names no case (`CaseId`), or its `CreatedDate` cannot be read", _HOW)
            return
        own = id_ or str(seconds(at))
        here, field, by = (case, at, where), word(found.get("field")), self.who(P.record(found.get("createdbyid")))
        if P.is_true(found.get("isdeleted")):
            self.matched["left out: a change that was deleted"] += 1
        elif field == "created" and not self.notes.has(case, N.CASED):
            yield from self.tell("opened", "contact.opened", "opened", case, at, place_of(OPENS, ""), where, actor=CUSTOMER)
        elif field == "status":
            yield from self._moved(state_of(found.get("oldvalue")), state_of(found.get("newvalue")), by, own, here)
        elif field in P.OWNERS:
            yield from self._owned(found, by, own, here)

    def _moved(self, before: str, state: str, by: str, own: str, here: tuple[str, str, str]) -> Told:
        """From one state to another; from one closed state to another it is closed anew only where that calls it otherwise."""
        case, at, where = here
        was, is_ = (self.notes.is_closed(each, self.answers.solved) for each in (before, state))
        place = place_of(CHANGES, own)
        if is_ and not (was and (before in self.answers.solved) == (state in self.answers.solved)):
            yield from self._closed(case, f"closed-{own}", state, at, place, where, by)
        elif was and not is_:
            yield from self.tell("reopened", "contact.reopened", f"reopened-{own}", case, at, place, where, actor=by)
        elif by == PERSON and not is_:
            yield from self.tell("a person joined", "human.joined", f"joined-{own}", case, at, place, where, actor=PERSON)

    def _owned(self, found: Mapping[str, Any], by: str, own: str, here: tuple[str, str, str]) -> Told:
        """From a machine's desk to anybody else's: the customer waits for a person. Whoever takes a case over themselves has come."""
        case, at, where = here
        before, now = P.record(found.get("oldvalue")), P.record(found.get("newvalue"))
        if not P.is_owner(now):
            self.matched["left out: the same change by names"] += 1
            return
        if self.who(before) == AUTOMATION and self.who(now) != AUTOMATION:
            yield from self.tell("put on a person's desk", "human.queued", f"queued-{own}", case, at, place_of(CHANGES, own), where, actor=AUTOMATION)
        if by == PERSON and now == P.record(found.get("createdbyid")):
            yield from self.tell("a person joined", "human.joined", f"joined-{own}", case, at, place_of(CHANGES, own, 1), where, actor=PERSON)


def _kind(found: Mapping[str, Any], own: list[tuple[str, Any]]) -> str:
    """What it is about: a field of one's own that is called so, else the case's reason, else its type."""
    return kind_in(own) or ident(text(found.get("reason")).strip()) or ident(text(found.get("type")).strip())
