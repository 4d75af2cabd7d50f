"""The contacts behind a number, and one contact with its events, its words and why it has its outcome."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.errors import UsageError
from ourword.figures.contacted import briefs, contacted
from ourword.figures.counted import Counted, counted, numbers
from ourword.http.links import asking
from ourword.http.outcomes import asked
from ourword.http.pages.site import Site, no_home, site_of, wanted_page
from ourword.http.render import error_page, render
from ourword.outcomes.contacts import Asked
from ourword.stores.events import EventStore

PAGE_ROWS = 50


async def listing(request: Request) -> Response:
    """The list: exactly the contacts that a number counted."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    query = dict(request.query_params)
    try:
        of, window = counted(query), asked(request)
    except UsageError as error:
        return HTMLResponse(error_page("There is no such number", error.what, error.hint, contract=site.contract), status_code=400)
    return HTMLResponse(await run_in_threadpool(_list, site, of, window, query, wanted_page(request)))


async def one(request: Request) -> Response:
    """One contact."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    number = request.path_params["number"]
    known = number.isascii() and number.isdigit() and len(number) < 19
    found = await run_in_threadpool(_one, site, int(number)) if known else None
    if found is None:
        hint = "Open it from a number of *Our word*."
        return HTMLResponse(error_page("There is no such contact", f"No contact has the number {number[:30]}.", hint), status_code=404)
    return HTMLResponse(found)


def _list(site: Site, of: Counted, window: Asked, query: dict[str, str], number: int) -> str:
    assert site.home is not None
    assert site.figures is not None
    with site.figures.contacts(window) as connection, EventStore(site.home, write=False) as store:
        found = numbers(connection, of)
        pages = max(1, -(-len(found) // PAGE_ROWS))
        number = min(number, pages)
        rows = briefs(connection, store.people, found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS])
    query = {key: value for key, value in query.items() if key != "page"}
    turn = {name: asking("/contacts", **query, page=at) if 1 <= at <= pages else "" for name, at in (("before", number - 1), ("after", number + 1))}
    asked: dict[str, Any] = {"of": of, "days": window.window_days, "since": window.since}
    return render("contacts.html", **asked, rows=rows, found=len(found), number=number, pages=pages, turn=turn, contract=site.contract)


def _one(site: Site, number: int) -> str | None:
    assert site.home is not None
    assert site.figures is not None
    with site.figures.contacts() as connection, EventStore(site.home, write=False) as store:
        found = contacted(connection, store.people, number)
    if found is None:
        return None
    decisions = list(dict.fromkeys(each.decision for each in found.happened if each.decision))
    promises = [row for row in site.figures.promises() if row.decision in set(decisions)]
    return render("contact.html", found=found, decisions=decisions, promises=promises, contract=site.contract)
