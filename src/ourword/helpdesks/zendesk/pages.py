"""What a row of a file is: one thing, or a page of an API that holds many of several sorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ourword.helpdesks.shape import Row
from ourword.helpdesks.zendesk.columns import is_table
from ourword.helpdesks.zendesk.parts import ident, items, text, word

TICKET, AUDIT, EVENT, COMMENT, METRIC, METRICS, RATING, USER, FIELD, FORM, TABLE = (
    *("ticket", "audit", "ticket_event", "comment", "metric_event", "metric_set", "rating", "user", "field", "form", "table"),
)
LISTS = {
    "tickets": TICKET, "audits": AUDIT, "ticket_events": EVENT, "comments": COMMENT, "ticket_metric_events": METRIC, "metric_sets": METRICS,
    "ticket_metrics": METRICS, "satisfaction_ratings": RATING, "users": USER, "ticket_fields": FIELD, "ticket_forms": FORM,
}  # fmt: skip
ONES = {"ticket": TICKET, "audit": AUDIT, "user": USER, "satisfaction_rating": RATING, "ticket_metric": METRICS, "comment": COMMENT}
ROLES = ("end-user", "agent", "admin")
SCORES = ("good", "bad", "offered", "unoffered", "good_with_comment", "bad_with_comment", "goodwithcomment", "badwithcomment")


def what(row: Row) -> str:
    """The sort of thing a row is, by the keys that only this sort has; empty when it is none of ours."""
    if isinstance(row.get("child_events"), list) and "ticket_id" in row:
        return EVENT
    if isinstance(row.get("events"), list) and "ticket_id" in row and "author_id" in row:
        return AUDIT
    if "metric" in row and "instance_id" in row and "ticket_id" in row:
        return METRIC
    if word(row.get("score")) in SCORES and "ticket_id" in row and ("requester_id" in row or "assignee_id" in row):
        return RATING
    if "requester_id" in row and "status" in row and ("submitter_id" in row or "ticket_form_id" in row or isinstance(row.get("via"), Mapping)):
        return TICKET
    if "solved_at" in row and "ticket_id" in row and ("replies" in row or "reopens" in row):
        return METRICS
    if "author_id" in row and "public" in row and ("body" in row or "html_body" in row) and "events" not in row:
        return COMMENT
    if word(row.get("role")) in ROLES and "id" in row and "email" in row:
        return USER
    if "title_in_portal" in row and "type" in row:
        return FIELD
    if "ticket_field_ids" in row and "name" in row:
        return FORM
    return TABLE if is_table(row) else ""


def is_page(row: Row) -> bool:
    """Whether a row is a page: it holds lists of our things, and none of its own."""
    return not what(row) and any(isinstance(row.get(name), list) for name in LISTS)


def things(row: Row) -> Iterator[Row]:
    """The things in a row; metrics that came beside their tickets are put into them, and comments know their ticket."""
    if isinstance(row.get("ticket"), Mapping) and not what(row):
        row = {**row, "tickets": [row["ticket"]]}  # one ticket with what was asked for beside it
    elif not is_page(row):
        inner = next((row[name] for name, sort in ONES.items() if isinstance(row.get(name), Mapping) and what(row[name]) == sort), None)
        yield row if inner is None or what(row) else inner
        return
    sets = {ident(each.get("ticket_id")): each for each in items(row.get("metric_sets"))}
    ticket = _ticket_of(row)
    for name in LISTS:
        for each in items(row.get(name)):
            if name == "tickets":
                yield _with_metrics(each, sets)
            elif name == "comments" and ticket and "ticket_id" not in each:
                yield {**each, "ticket_id": ticket}
            elif name != "metric_sets" or "tickets" not in row:
                yield each


def _with_metrics(ticket: Row, sets: Mapping[str, Any]) -> Row:
    found = sets.get(ident(ticket.get("id")))
    return ticket if found is None or isinstance(ticket.get("metric_set"), Mapping) else {**ticket, "metric_set": found}


def _ticket_of(row: Row) -> str:
    """The ticket whose comments a page holds: the comments do not say it, the addresses of its neighbours do."""
    links = row.get("links")
    neighbours = [row.get("next_page"), row.get("previous_page"), row.get("url"), links.get("next") if isinstance(links, Mapping) else None]
    for address in map(text, neighbours):
        before, found, after = address[:2000].partition("/tickets/")
        if found and before:
            return after.split("/")[0].split(".")[0][:20]
    return ident(row.get("ticket_id"))
