"""What a file says of a ticket as it is now, of its rating, and of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ourword.core.event import Event
from ourword.errors import EventError
from ourword.helpdesks.shape import Row
from ourword.helpdesks.zendesk import notes as N
from ourword.helpdesks.zendesk.columns import nameless_in, ticket_of
from ourword.helpdesks.zendesk.history import comment
from ourword.helpdesks.zendesk.parts import ident, is_short, items, number, order, seconds, when, word
from ourword.helpdesks.zendesk.said import TicketTelling, Told
from ourword.outcomes.mapper import Skipped


def ticket(row: Row, say: TicketTelling, place: str) -> Told:
    """Give a ticket's beginning, the comments that it carries, and how it stands as far as no history of it tells more."""
    id_, created = ident(row.get("id")), when(row.get("created_at"))
    if not id_ or created is None:
        yield Skipped(place, "this ticket has no `id` or no time (`created_at`)", "export it anew")
        return
    if word(row.get("status")) == "deleted":
        say.matched["left out: a deleted ticket"] += 1
        return
    newest = say.notes.is_newest(id_, seconds(when(row.get("updated_at"))))
    if newest:
        submitter = ident(row.get("submitter_id"))
        titled = [(say.notes.fields.get(ident(each.get("id")), ""), each.get("value")) for each in items(row.get("custom_fields"))]
        form = _form(ident(row.get("ticket_form_id")), say)
        yield from say.opened(
            id_,
            created,
            place,
            via=row.get("via"),
            by=say.who(id_, submitter) or "customer",
            titled=[(title, value) for title, value in titled if title],
            form=form,
        )
    for each in items(row.get("comments")):
        yield from comment({**each, "ticket_id": id_}, say, place)
    yield from _stands(row, id_, created, "UTC", say, place, newest=newest)


def table(row: Row, say: TicketTelling, place: str) -> Told:
    """Give the same of a table's row; times without a zone are in the account's, which was asked for."""
    found, zone = ticket_of(row), say.answers.zone
    id_, created = found["id"], when(found["created_at"], zone)
    if not id_ or created is None:
        what = "this row has no ticket id, or no time of creation that can be read"
        yield Skipped(place, what, "export the view with the columns ID and Requested (Created at), times like 2026-11-09 10:22")
        return
    if say.notes.has(id_, N.TICKET):
        say.matched["left out: a table's row of a ticket that is there whole"] += 1
        return
    say.left.update(nameless_in(row))
    yield from say.opened(id_, created, place, via=found["via"], by="customer", titled=found["titled"], form=found["form"])
    yield from _stands(found, id_, created, zone, say, place, newest=True)


def rating(row: Row, say: TicketTelling, place: str) -> Told:
    """Give a customer's rating."""
    of, id_ = ident(row.get("ticket_id")), ident(row.get("id"))
    at = when(row.get("updated_at")) or when(row.get("created_at"))
    if not of or not id_ or at is None:
        yield Skipped(place, "this rating has no ticket (`ticket_id`), no `id` or no time", "export it anew")
        return
    yield from say.rated(of, row.get("score"), f"rated-{id_}", at, place, order(id_, 2))


def user(row: Row, say: TicketTelling, place: str) -> Told:
    """Give the language that a customer has chosen, as it is now."""
    who, at, language = ident(row.get("id")), when(row.get("created_at")), ident(row.get("locale"))
    if not who:
        yield Skipped(place, "this person has no `id`", "export it anew")
        return
    if at is None or not is_short(language) or N.is_staff(say.look, who) or say.is_test(who):
        return
    told: dict[str, Any] = {"attributes": {"language": language}}
    try:
        event: Event = say.event("customer.updated", f"user-{who}", contact="", customer=who, time=at, place=place, **told)
    except EventError as error:
        yield Skipped(error.place, error.what, error.hint)
        return
    say.matched["a customer's language"] += 1
    yield event


def _stands(row: Row, id_: str, created: str, zone: str, say: TicketTelling, place: str, *, newest: bool) -> Told:
    """How a ticket stands: solved, by whom it was looked after, how it was rated; or when something last happened to it.

    A record that is not the ticket's newest says only that it was solved once.
    """
    state, notes = word(row.get("status")), say.notes
    metrics = row.get("metric_set")
    metrics = metrics if isinstance(metrics, Mapping) else {}
    solved, assigned, replies = notes.metrics.get(id_, ("", "", None))
    replies = replies if metrics.get("replies") is None else number(metrics.get("replies"))
    solved_at = when(metrics.get("solved_at"), zone) or solved or None
    known = notes.has(id_, N.AUDITED | N.SAID) or not newest
    if not known and replies != 0:  # nobody knows how many: then whoever has it on their desk has it
        yield from _looked_after(row, id_, when(metrics.get("assigned_at"), zone) or assigned or created, say, place)
    if state not in say.closing:
        last = when(metrics.get("latest_comment_added_at"), zone) or when(row.get("updated_at"), zone)
        if last is not None and not known:
            yield from say.tell("updated", "ticket.updated", f"updated-{last}", id_, last, place, order("", 0))
        return
    if not notes.has(id_, N.SOLVED_IN_AUDITS | N.SOLVED_IN_EVENTS | N.SOLVED_IN_METRICS):
        yield from say.closed(id_, solved_at, place, state=state)
    score = row.get("satisfaction_rating")
    if newest and isinstance(score, Mapping) and not notes.has(id_, N.RATED | N.AUDITED):
        own = ident(score.get("id")) or "as it is"
        yield from say.rated(id_, score.get("score"), f"rated-{own}", None, place, order("", 0))


def _looked_after(row: Row, id_: str, at: str, say: TicketTelling, place: str) -> Told:
    """Where no words are known: a ticket on a person's desk that was replied to was a person's."""
    if say.who(id_, ident(row.get("assignee_id"))) == "person":
        yield from say.tell("a person joined", "human.joined", "joined", id_, at, place, 1, actor="person")


def _form(form: str, say: TicketTelling) -> str:
    """A ticket's form, where there are several: one form for everything says nothing."""
    if not form or len(say.notes.forms) < 2:
        return ""
    return say.notes.forms.get(form) or f"form {form}"
