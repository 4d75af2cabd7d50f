"""`GET /v1/outcomes`, `/v1/recount`, `/v1/promises`, `/v1/contacts`: the rows that the command line prints with `--json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.contacted import briefs
from ourword.core.time import micros_from_text
from ourword.errors import UsageError
from ourword.http.counted import counted, numbers
from ourword.http.decisions import JSON
from ourword.http.figures import Figures
from ourword.http.pages.promises import WANTED, fits
from ourword.http.pages.site import site_of
from ourword.http.problems import Refused
from ourword.outcomes.contacts import DAYS_MAX, NOW, Asked, GroupedBy
from ourword.outcomes.vendors import vendor_rule
from ourword.settling import promises, row_as_dict
from ourword.stores.events import EventStore
from ourword.stores.home import Home

LIMIT, LIMIT_MAX = 1_000, 10_000
_encode = msgspec.json.Encoder().encode


async def outcomes(request: Request) -> Response:
    """The rows of the report: `kind`, `version`, `segment`, `metric` choose among them; `by`, `window`, `since`, `as_of` say what is asked."""
    figures, query = figures_of(request), request.query_params
    board = await run_in_threadpool(figures.board, asked(request))
    wanted = {name: query[name] for name in ("kind", "version", "segment", "metric") if query.get(name)}
    return _rows(row for row in board.rows if all(getattr(row, name) == value for name, value in wanted.items()))


async def recount(request: Request) -> Response:
    """The rows of the recount: `rule` and `kind` choose among them."""
    figures, query = figures_of(request), request.query_params
    rule, kind = query.get("rule", ""), query.get("kind", "")
    if rule:
        vendor_rule(rule)
    board = await run_in_threadpool(figures.board, asked(request))
    return _rows(row for row in board.recounted if (not rule or row.rule == rule) and (not kind or row.kind == kind))


async def promised(request: Request) -> Response:
    """The promises and how they stand: `standing` and `kind` choose, `after` and `limit` page, `as_of` is an entry's number."""
    figures, query = figures_of(request), request.query_params
    standing, kind = query.get("standing", ""), query.get("kind", "")
    if standing and standing not in WANTED:
        raise UsageError("promises.standing", f"`{standing[:60]}` is no standing", place="standing", hint="one of " + ", ".join(WANTED))
    after, limit, entry = (_number(request, name, otherwise) for name, otherwise in (("after", 0), ("limit", LIMIT), ("as_of", -1)))
    rows = await run_in_threadpool(_promises, figures, site_of(request).home, entry)
    found = [row for row in rows if (not kind or row.kind == kind) and fits(row, standing)]
    return _rows(row_as_dict(row) for row in found[after : after + min(limit, LIMIT_MAX)])


async def contacts(request: Request) -> Response:
    """Exactly the contacts that a number counts: `metric` (or `rule`, `outcome`), its group, `part`, `window`; `after`, `limit` page."""
    figures, of, window = figures_of(request), counted(request.query_params), asked(request)
    after, limit = _number(request, "after", 0), min(_number(request, "limit", LIMIT), LIMIT_MAX)
    home = site_of(request).home
    assert home is not None
    return Response(_encode(await run_in_threadpool(_contacts, figures, home, of, window, after, limit)), media_type=JSON)


def asked(request: Request) -> Asked:
    """Read what a report is asked: `window` in days, `by`, `since`, `as_of`."""
    query = request.query_params
    window = _number(request, "window", NOW.window_days)
    if not 1 <= window <= DAYS_MAX:
        raise UsageError("outcomes.window", f"a window of {window} days", place="window", hint=f"watch contacts for 1 to {DAYS_MAX} days; 7 is usual")
    since, as_of = (_moment(query.get(name, ""), name) for name in ("since", "as_of"))
    return Asked(window_days=window, grouped_by=cast(GroupedBy, query.get("by") or NOW.grouped_by), since=since, as_of=as_of)


def _moment(text: str, place: str) -> int | None:
    if not text:
        return None
    found = micros_from_text(text)
    if found is None:
        hint = "write a day (2026-11-09) or RFC 3339 with a zone (2026-11-09T10:00:00Z)"
        raise UsageError("outcomes.moment", f"`{text[:60]}` is no moment", place=place, hint=hint)
    return found


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise UsageError("outcomes.number", f"`{text[:40]}` is no number", place=name, hint="write a whole number from 0")
    return int(text)


def figures_of(request: Request) -> Figures:
    """The figures of the served home; without one there are none."""
    figures = site_of(request).figures
    if figures is None:
        raise Refused(404, "no-home", "nothing is recorded here", place=request.url.path, hint="start `ourword serve` with --home")
    return figures


def _promises(figures: Figures, home: Home | None, entry: int) -> Iterable[Any]:
    return figures.promises() if entry < 0 or home is None else promises(home, as_of=entry)


def _contacts(figures: Figures, home: Home, of: Any, window: Asked, after: int, limit: int) -> dict[str, Any]:
    with figures.contacts(window) as connection, EventStore(home, write=False) as store:
        found = numbers(connection, of)
        return {"count": len(found), "contacts": briefs(connection, store.people, found[after : after + limit])}


def _rows(rows: Iterable[Any]) -> Response:
    return Response(_encode(list(rows)), media_type=JSON)
