"""A ticket's history: audits, ticket events, comments and metric events."""

from __future__ import annotations

import re

from ourword.helpdesks.shape import Row
from ourword.helpdesks.zendesk import notes as N
from ourword.helpdesks.zendesk.parts import (
    channel_of,
    ident,
    is_notice,
    items,
    order,
    text,
    when,
    word,
    words_of,
)
from ourword.helpdesks.zendesk.said import TicketTelling, Told
from ourword.helpdesks.zendesk.seeing import is_solving
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.sayings import asks_whether_solved

_SENTENCES_MAX = 10
_COMMENTS = ("comment", "voicecomment")


def audit(row: Row, say: TicketTelling, place: str) -> Told:
    """Give the events of one update of a ticket: it was opened, something was said, its state changed, it was put on a desk, it was rated."""
    ticket, author, at = ident(row.get("ticket_id")), ident(row.get("author_id")), when(row.get("created_at"))
    if not ticket or at is None:
        yield Skipped(place, "this audit says no ticket (`ticket_id`) or no time (`created_at`)", "export it anew; audits come whole from the API")
        return
    opens = any(word(each.get("type")) == "create" for each in items(row.get("events")))
    if opens and not say.notes.has(ticket, N.TICKET | N.TABLED):
        yield from say.opened(ticket, at, place, via=row.get("via"), by=say.who(ticket, author), titled=_titled(row, say))
    for each in items(row.get("events")):
        sort, field, via = word(each.get("type")), word(each.get("field_name")), each.get("via") or row.get("via")
        if sort in _COMMENTS:
            yield from comment({**each, "ticket_id": ticket, "author_id": _speaker(each) or author, "created_at": at, "via": via}, say, place)
        elif sort == "satisfactionrating" and not say.notes.has(ticket, N.RATED):
            yield from say.rated(ticket, each.get("score"), f"rated-{ident(each.get('id'))}", at, place, order(ident(each.get("id")), 2))
        elif sort in ("create", "change") and field == "status":
            now, before = word(each.get("value")), word(each.get("previous_value"))
            if not (say.says_yes(ticket, row.get("events")) and say.is_reopening(now, before)):
                yield from say.state(ticket, now, before, ident(each.get("id")), author, via, at, place)
        elif sort == "change" and field == "assignee_id":
            yield from _assigned(ticket, each.get("previous_value"), each.get("value"), ident(each.get("id")), at, say, place)


def ticket_event(row: Row, say: TicketTelling, place: str) -> Told:
    """Give the events of one update as the incremental export has it: the same as its audit's, with fewer words."""
    ticket, author = ident(row.get("ticket_id")), ident(row.get("updater_id"))
    at = when(row.get("created_at")) or when(row.get("timestamp"))
    if not ticket or at is None:
        what = "this ticket event says no ticket (`ticket_id`) or no time (`created_at`, `timestamp`)"
        yield Skipped(place, what, "export it anew; Zendesk's own sample of this page shows metric events instead: those are a file of their own")
        return
    audited = say.notes.has(ticket, N.AUDITED)
    children = list(items(row.get("child_events")))
    opens = any(word(each.get("event_type")) == "create" for each in children)
    if opens and not audited and not say.notes.has(ticket, N.TICKET | N.TABLED):
        yield from say.opened(ticket, at, place, via=row.get("via"), by=say.who(ticket, author), titled=[])
    for each in children:
        sort, via, id_ = word(each.get("event_type")), each.get("via") or row.get("via"), ident(each.get("id"))
        if sort == "comment" and not (audited and say.notes.has(ticket, N.SAID)):
            said = {"public": each.get("comment_public"), **each, "ticket_id": ticket, "created_at": at, "via": via}
            yield from comment({**said, "author_id": _speaker(each) or author}, say, place)
        elif "status" in each and not say.notes.has(ticket, N.SOLVED_IN_AUDITS):
            now, before = word(each.get("status")), word(each.get("previous_value"))
            if not (say.says_yes(ticket, row.get("child_events")) and say.is_reopening(now, before)):
                yield from say.state(ticket, now, before, id_, author, via, at, place)
        elif "assignee_id" in each and sort == "change" and not audited:
            yield from _assigned(ticket, each.get("previous_value"), each.get("assignee_id"), id_, at, say, place)


def comment(row: Row, say: TicketTelling, place: str) -> Told:
    """Give what somebody said in public: a message; our question whether it is solved; the customer's answer to that question."""
    ticket, id_, author, at = ident(row.get("ticket_id")), ident(row.get("id")), ident(row.get("author_id")), when(row.get("created_at"))
    if not ticket or not id_ or at is None:
        hint = "name the file's tickets: `ticket_id` in every comment, or the page as Zendesk gave it, with its `next_page`"
        yield Skipped(place, "this comment says no ticket (`ticket_id`), no `id` or no time (`created_at`)", hint)
        return
    words = words_of(row) if row.get("public") is True else ""
    if row.get("public") is not True or is_notice(words):
        say.matched["left out: a private note or a notice"] += 1
        return
    here, whose = (ticket, at, place), say.who(ticket, author)
    if whose in ("customer", ""):
        yield from _heard(id_, words, whose, row.get("via"), here, say)
        return
    if whose == "person":
        yield from say.joined(ticket, id_, author, at, place)
    asks = asks_whether_solved(words)
    told = {"actor": whose, "text": words}
    if not (asks and _is_one_sentence(words)):
        ends = words.rstrip().endswith("?") if words else None
        yield from say.tell("a message of ours", "message.out", f"message-{id_}", *here, order(id_, 1), **told, asks=ends)
    if asks:
        yield from say.tell("asked whether it is solved", "question.asked", f"asked-{id_}", *here, order(id_, 1) + 1, **told, asks=True)


def metric(row: Row, say: TicketTelling, place: str) -> Told:
    """Give a ticket's becoming solved, where no history of it says who did it."""
    ticket, at = ident(row.get("ticket_id")), when(row.get("time"))
    if not ticket or at is None:
        yield Skipped(place, "this metric event says no ticket (`ticket_id`) or no `time`", "export it anew")
        return
    if is_solving(row) and not say.notes.has(ticket, N.SOLVED_IN_AUDITS | N.SOLVED_IN_EVENTS):
        yield from say.closed(ticket, at, place, state="solved")


def _heard(id_: str, words: str, whose: str, via: object, here: tuple[str, str, str], say: TicketTelling) -> Told:
    """A customer's comment; right after our question, a yes or a no answers it."""
    ticket = here[0]
    answer = say.notes.answers.get(id_)
    told = {"actor": whose or "customer", "text": words}
    if answer is not None and say.who(ticket, answer.asker) not in ("customer", ""):
        yield from say.tell("answered whether it is solved", "question.answered", f"answered-{id_}", *here, order(id_, 2), **told, said=answer.said)
        return
    yield from say.tell("a message of the customer", "message.in", f"message-{id_}", *here, order(id_, 1), **told, channel=channel_of(via))


def _assigned(ticket: str, before: object, now: object, change: str, at: str, say: TicketTelling, place: str) -> Told:
    """From a machine's desk to anybody else's, or to none: the customer waits for a person."""
    if say.who(ticket, ident(before)) == "automation" and say.who(ticket, ident(now)) != "automation":
        yield from say.tell(
            "put on a person's desk", "human.queued", f"queued-{change or at}", ticket, at, place, order(change, 0), actor="automation"
        )


def _speaker(comment: Row) -> str:
    """Who speaks: in a call that was answered, whoever answered it."""
    data = comment.get("data")
    answered = ident(data.get("answered_by_id")) if isinstance(data, dict) else ""
    return answered or ident(comment.get("author_id"))


def _titled(row: Row, say: TicketTelling) -> list[tuple[str, object]]:
    """Fields that were set when a ticket was created, by their names where a file of fields told them."""
    created = [each for each in items(row.get("events")) if word(each.get("type")) == "create"]
    named = [(say.notes.fields.get(ident(each.get("field_name")), ""), each.get("value")) for each in created]
    return [(title, value) for title, value in named if title]


def _is_one_sentence(words: str) -> bool:
    return len([each for each in re.split(r"[.!?]+(?:\s+|$)|\n+", text(words).strip(), maxsplit=_SENTENCES_MAX) if each.strip()]) == 1
