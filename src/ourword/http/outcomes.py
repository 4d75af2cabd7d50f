"""`GET /v1/outcomes`, `/v1/recount`, `/v1/promises`, `/v1/contacts`, `/v1/adopted`, `/v1/coherence`: what the commands print with `--json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ourword.coherence.gathered import as_dict as coherence_as_dict
from ourword.errors import UsageError
from ourword.figures.asof import promises_at
from ourword.figures.contacted import briefs
from ourword.figures.counted import counted, numbers
from ourword.figures.settling import Row, row_as_dict
from ourword.figures.watched import moment_of
from ourword.http.decisions import JSON
from ourword.http.figures import Figures
from ourword.http.promised import Promised, chosen
from ourword.http.promised import promised as read_promised
from ourword.http.then import as_of, figures_of, known
from ourword.ledger.adoption_words import as_dict
from ourword.outcomes.asked import AsOf, asked_from
from ourword.outcomes.contacts import NOW, Asked
from ourword.outcomes.vendors import vendor_rule
from ourword.stores.events import EventStore

LIMIT, LIMIT_MAX = 1_000, 10_000
_encode = msgspec.json.Encoder().encode


async def outcomes(request: Request) -> Response:
    """The rows of the report: `kind`, `version`, `segment`, `metric` choose among them; `by`, `window`, `since`, `as_of` say what is asked."""
    query, of = request.query_params, asked(request)
    board = await known(request, as_of(request).known, lambda figures: figures.board(of))
    wanted = {name: query[name] for name in ("kind", "version", "segment", "metric") if query.get(name)}
    return _rows(row for row in board.rows if all(getattr(row, name) == value for name, value in wanted.items()))


async def recount(request: Request) -> Response:
    """The rows of the recount: `rule` and `kind` choose among them."""
    query, of = request.query_params, asked(request)
    rule, kind = query.get("rule", ""), query.get("kind", "")
    if rule:
        vendor_rule(rule)
    board = await known(request, as_of(request).known, lambda figures: figures.board(of))
    return _rows(row for row in board.recounted if (not rule or row.rule == rule) and (not kind or row.kind == kind))


async def promised(request: Request) -> Response:
    """The promises and how they stand: which ones is as on the page, `after` and `limit` page, `as_of` may be an entry's bare number."""
    figures_of(request)
    of, then = read_promised(request.query_params), as_of(request, bare=True)
    after, limit = (_number(request, name, otherwise) for name, otherwise in (("after", 0), ("limit", LIMIT)))
    found = await known(request, then.known, lambda figures: _promises(figures, of, then))
    return _rows(row_as_dict(row) for row in found[after : after + min(limit, LIMIT_MAX)])


async def adopted(request: Request) -> Response:
    """Who signed which version of a contract, in force from when to when; and first, in sentences, what is missing."""
    found = await known(request, as_of(request), lambda figures: figures.versions())
    versions = [as_dict(each, every=found.every(each), now=found.now) for each in found.known]
    return Response(_encode({"gaps": found.gaps(), "versions": versions}), media_type=JSON)


async def coherence(request: Request) -> Response:
    """What is written of each kind of decision, who is there for it, and what was done in 90 days; the gaps first, and no score."""
    return Response(_encode(coherence_as_dict(await known(request, as_of(request), lambda figures: figures.coherence()))), media_type=JSON)


async def contacts(request: Request) -> Response:
    """Exactly the contacts that a number counts: `metric` (or `rule`, `outcome`), its group, `part`, `window`; `after`, `limit` page."""
    figures_of(request)
    of, window = counted(request.query_params), asked(request)
    after, limit = _number(request, "after", 0), min(_number(request, "limit", LIMIT), LIMIT_MAX)
    found = await known(request, as_of(request).known, lambda figures: _contacts(figures, of, window, after, limit))
    return Response(_encode(found), media_type=JSON)


def asked(request: Request) -> Asked:
    """Read what a report is asked: `window` in days, `by`, `since`, `as_of`."""
    by, since = (request.query_params.get(name, "") for name in ("by", "since"))
    return asked_from(window_days=_number(request, "window", NOW.window_days), by=by, since=since, as_of=as_of(request))


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise UsageError("outcomes.number", f"`{text[:40]}` is no number", place=name, hint="write a whole number from 0")
    return int(text)


def _promises(figures: Figures, of: Promised, then: AsOf) -> list[Row]:
    return chosen(figures, of, figures.promises() if then.moment is None else promises_at(figures.home, moment_of(then.moment)))


def _contacts(figures: Figures, of: Any, window: Asked, after: int, limit: int) -> dict[str, Any]:
    with figures.contacts(window) as connection, EventStore(figures.home, write=False) as store:
        found = numbers(connection, of)
        return {"count": len(found), "contacts": briefs(connection, store.people, found[after : after + limit])}


def _rows(rows: Iterable[Any]) -> Response:
    return Response(_encode(list(rows)), media_type=JSON)
