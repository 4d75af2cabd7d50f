"""Seeing one thing of Zendesk's before anything is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ourword.helpdesks.shape import Look, Row
from ourword.helpdesks.zendesk import notes as N
from ourword.helpdesks.zendesk.columns import ticket_of
from ourword.helpdesks.zendesk.pages import AUDIT, COMMENT, EVENT, FIELD, FORM, METRIC, METRICS, RATING, TABLE, TICKET, USER
from ourword.helpdesks.zendesk.parts import (
    CHANNELS_RULED,
    MERGED_TAG,
    SOLVED,
    SYSTEM,
    channel_of,
    followed,
    ident,
    items,
    merged_into,
    number,
    order,
    rel_of,
    seconds,
    tags,
    text,
    when,
    word,
    words_of,
)

DEEDS = ("assignee_id", "group_id", "priority", "type")
"""Fields that only staff change."""
_DOMAINS_MAX, _FORMS_MAX, _STATES_MAX = 100_000, 1_000, 200


def see(row: Row, sort: str, look: Look) -> None:
    """See one thing."""
    seen = _SEEING.get(sort)
    if seen is not None:
        seen(row, look)


def _ticket(row: Row, look: Look) -> None:
    ticket, notes = ident(row.get("id")), N.notes_of(look)
    if not ticket:
        return
    _state(look, ticket, row.get("status"))
    look.at(when(row.get("created_at")))
    look.at(when(row.get("updated_at")))
    N.requester(look, ticket, ident(row.get("requester_id")), sure=True)
    notes.mark(ticket, N.TICKET, seconds(when(row.get("updated_at"))))
    N.follow_up(notes, ticket, followed(row))
    _merged_by(look, ticket, tags(row.get("tags")))
    _left_out(look, ticket, row.get("via"))
    assignee = ident(row.get("assignee_id"))
    if assignee:
        N.staff(look, assignee)
    form = ident(row.get("ticket_form_id"))
    if form and len(notes.forms) < _FORMS_MAX:
        notes.forms.setdefault(form, "")
    for each in items(row.get("comments")):
        _said(each, look, ticket, ident(each.get("author_id")), when(each.get("created_at")), TICKET)
    metrics = row.get("metric_set")
    if isinstance(metrics, Mapping):
        look.at(when(metrics.get("solved_at")))


def _table(row: Row, look: Look) -> None:
    found = ticket_of(row)
    ticket, notes = found["id"], N.notes_of(look)
    if not ticket:
        return
    _state(look, ticket, found["status"])
    look.at(when(found["created_at"]))
    look.at(when(found["updated_at"]))
    notes.mark(ticket, N.TABLED)
    N.requester(look, ticket, found["requester_id"], sure=False)
    if found["requester_email"] and found["requester_id"]:
        _address(look, found["requester_id"], found["requester_email"])
    _merged_by(look, ticket, found["tags"])
    if found["assignee_id"]:
        N.staff(look, found["assignee_id"], named=found["assignee_name"])


def _audit(row: Row, look: Look) -> None:
    ticket, author, at = ident(row.get("ticket_id")), ident(row.get("author_id")), when(row.get("created_at"))
    if not ticket:
        return
    notes, audit_via = N.notes_of(look), row.get("via")
    notes.mark(ticket, N.AUDITED)
    look.at(at)
    for each in items(row.get("events")):
        sort, field, via = word(each.get("type")), word(each.get("field_name")), each.get("via") or audit_via
        if sort in ("create", "change"):
            _change(look, ticket, sort, field, each.get("value"), author, via)
        if sort in ("create", "change") and field == "status" and word(each.get("value")) in SOLVED:
            notes.mark(ticket, N.SOLVED_IN_AUDITS)
            _closes(notes, (AUDIT, ticket), each, author, at)
        if sort == "create":
            _left_out(look, ticket, audit_via)
            N.follow_up(notes, ticket, followed(row))
        if sort in ("comment", "voicecomment"):
            _said(each, look, ticket, ident(each.get("author_id")) or author, at, AUDIT)


def _event(row: Row, look: Look) -> None:
    ticket, author = ident(row.get("ticket_id")), ident(row.get("updater_id"))
    at = when(row.get("created_at")) or when(row.get("timestamp"))
    if not ticket:
        return
    notes = N.notes_of(look)
    look.at(at)
    for each in items(row.get("child_events")):
        via = each.get("via") or row.get("via")
        for field in ("requester_id", "assignee_id", "group_id", "priority", "type", "status", "tags"):
            if field in each and word(each.get("event_type")) in ("create", "change"):
                _change(look, ticket, word(each.get("event_type")), field, each.get(field), author, via)
        if word(each.get("status")) in SOLVED and "previous_value" in each:
            notes.mark(ticket, N.SOLVED_IN_EVENTS)
            _closes(notes, (EVENT, ticket), each, author, at)
        if word(each.get("event_type")) == "comment":
            _said({"public": each.get("comment_public"), **each}, look, ticket, ident(each.get("author_id")) or author, at, EVENT)


def _change(look: Look, ticket: str, sort: str, field: str, value: object, author: str, via: object) -> None:
    """See a field set or changed: by whom tells who is staff, to what tells whose ticket it is and who looks after it."""
    if field == "status":
        _state(look, ticket, value)
    elif field == "requester_id" and (sort == "create" or not look.requesters.get(ticket)):
        N.requester(look, ticket, ident(value), sure=False)
    elif field == "assignee_id" and ident(value):
        N.staff(look, ident(value))
    elif field == "tags":
        _merged_by(look, ticket, tags(value))
    by_rule = channel_of(via) in CHANNELS_RULED or author == SYSTEM
    if sort == "change" and field in DEEDS and not by_rule and author and author != look.requesters.get(ticket):
        N.staff(look, author)
    if rel_of(via) == "merge" or channel_of(via) in ("merge", "19"):
        N.notes_of(look).mark(ticket, N.MERGED if field == "status" else 0)


def _said(comment: Row, look: Look, ticket: str, author: str, at: str | None, sort: str) -> None:
    id_, target = ident(comment.get("id")), merged_into(text(comment.get("body")) or words_of(comment))
    if target:
        N.notes_of(look).mark(ticket, N.MERGED)
        look.merged[ticket] = target
    if comment.get("public") is False and author:
        N.staff(look, author)
    if comment.get("public") is not True or not id_:
        return
    N.public_comment(look, ticket, N.Heard(seconds(at), order(id_, 1), id_, author), words_of(comment), sort)


def _comment(row: Row, look: Look) -> None:
    ticket = ident(row.get("ticket_id"))
    if ticket:
        look.at(when(row.get("created_at")))
        _said(row, look, ticket, ident(row.get("author_id")), when(row.get("created_at")), COMMENT)


def _metric(row: Row, look: Look) -> None:
    ticket = ident(row.get("ticket_id"))
    if ticket and is_solving(row):
        N.notes_of(look).mark(ticket, N.SOLVED_IN_METRICS)
        look.at(when(row.get("time")))


def is_solving(row: Row) -> bool:
    """Whether a metric event says that its ticket became solved: then the customer waits no more."""
    return word(row.get("metric")) == "requester_wait_time" and word(row.get("type")) == "fulfill" and row.get("deleted") is not True


def _metrics(row: Row, look: Look) -> None:
    ticket = ident(row.get("ticket_id"))
    if ticket:
        solved, replies = when(row.get("solved_at")) or "", row.get("replies")
        N.notes_of(look).metrics[ticket] = (solved, when(row.get("assigned_at")) or "", None if replies is None else number(replies))
        look.at(solved)


def _rating(row: Row, look: Look) -> None:
    if ident(row.get("ticket_id")) and word(row.get("score"))[:3] in ("goo", "bad"):
        N.notes_of(look).mark(ident(row.get("ticket_id")), N.RATED)


def _user(row: Row, look: Look) -> None:
    who, role, notes = ident(row.get("id")), word(row.get("role")), N.notes_of(look)
    if not who:
        return
    notes.people = True
    if role in ("agent", "admin"):
        N.staff(look, who, named=text(row.get("name"))[:100], email=word(row.get("email")), role=role)
    else:
        N.customer(look, who)
        _address(look, who, word(row.get("email")))


def _named(row: Row, look: Look) -> None:
    id_, title = N.title_of(row)
    notes = N.notes_of(look)
    names = notes.forms if "ticket_field_ids" in row else notes.fields
    if id_ and title and len(names) < _FORMS_MAX:
        names[id_] = title


def _address(look: Look, who: str, email: str) -> None:
    look.addresses[who] = email
    domain = email.rpartition("@")[2]
    if domain and (domain in look.domains or len(look.domains) < _DOMAINS_MAX):
        look.domains[domain] += 1


def _state(look: Look, ticket: str, value: object) -> None:
    """Count a ticket in a state: once, whether its list, its audits or both say so. A state of one's own counts its rows."""
    state, notes = word(value), N.notes_of(look)
    bit = N.STATES.get(state, 0)
    if not state or notes.has(ticket, bit):
        return
    if state in look.statuses or len(look.statuses) < _STATES_MAX:
        look.statuses[state] += 1
        notes.mark(ticket, bit)


def _closes(notes: N.Notes, where: tuple[str, str], change: Row, author: str, at: str | None) -> None:
    id_ = ident(change.get("id"))
    if id_:
        N.follow(notes, where, N.Heard(seconds(at), order(id_, 2), id_, author, closes=True))


def _merged_by(look: Look, ticket: str, found: list[str]) -> None:
    if MERGED_TAG in found:
        N.notes_of(look).mark(ticket, N.MERGED)


def _left_out(look: Look, ticket: str, via: object) -> None:
    if channel_of(via) == "side_conversation":
        N.notes_of(look).mark(ticket, N.LEFT_OUT)


_SEEING: dict[str, Callable[[Row, Look], None]] = {
    TICKET: _ticket,
    TABLE: _table,
    AUDIT: _audit,
    EVENT: _event,
    COMMENT: _comment,
    METRIC: _metric,
    METRICS: _metrics,
    RATING: _rating,
    USER: _user,
    FIELD: _named,
    FORM: _named,
}
