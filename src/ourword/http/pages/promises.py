"""*Promises*: how they stand, by sort, and the list of them; whom we owe first."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.figures.board import Board
from ourword.figures.settling import Row
from ourword.figures.summary import since_monday
from ourword.http.bars import promise_bar
from ourword.http.figures import Shown
from ourword.http.links import SERVED, Links
from ourword.http.pages.shown import dearest
from ourword.http.pages.site import Site, no_home, site_of, wanted_page
from ourword.http.promised import WANTED, Promised, chosen, promised
from ourword.http.render import render
from ourword.ledger.settle import DUE, SHOWN, Standing

PAGE_ROWS = 50


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    rows: tuple[Row, ...]
    found: int
    number: int
    pages: int


NONE = Listed(rows=(), found=0, number=1, pages=1)
"""The list where none is asked for."""
ALL = Promised()


async def page(request: Request) -> Response:
    """The promises of a served home."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    query = dict(request.query_params)
    return HTMLResponse(await run_in_threadpool(html_of, site, promised(query), query, wanted_page(request)))


def html_of(site: Site, of: Promised, query: dict[str, str], number: int) -> str:
    """The page; a home without events has promises all the same."""
    assert site.figures is not None
    found = listed(chosen(site.figures, of, site.figures.promises()), standing=of.standing, number=number)
    return render("promises.html", contract=site.contract, of=of, listed=found, turn=turn(found, query), **values(site.figures.promised()))


def turn(found: Listed, query: dict[str, str]) -> dict[str, str]:
    """Where the pages before and after are."""
    asked = {key: value for key, value in query.items() if key != "page"}
    ways = (("before", found.number - 1), ("after", found.number + 1))
    return {name: SERVED.promised(**asked, page=at) if 1 <= at <= found.pages else "" for name, at in ways}


def html(shown: Shown, *, links: Links, contract: str, policy: str = "") -> str:
    """The page in a file, without the list."""
    return render("promises.html", links=links, contract=contract, policy=policy, of=ALL, listed=NONE, **values(shown))


def values(shown: Shown) -> dict[str, Any]:
    """What the template shows; the same for the page and for its section in a report."""
    board = shown.board
    shown_sorts, more_sorts = dearest(board.promises, lambda tally: (tally.owed, sum(tally.standings.values())))
    return {
        "board": board,
        "sentence": sentence(board),
        "bars": [(tally, promise_bar(tally)) for tally in board.promises if tally in shown_sorts],
        "more_sorts": more_sorts,
        "standings": [each.value for each in SHOWN],
        "wanted": WANTED,
        "kinds": sorted({tally.kind for tally in board.promises}),
        "promised": sorted({tally.promise for tally in board.promises}),
    }


def sentence(board: Board) -> str:
    """What the page says first."""
    if not board.promises:
        return "No promise is known here."
    due = sum(tally.standings.get(each, 0) for tally in board.promises for each in DUE)
    kept = sum(tally.standings.get(Standing.KEPT, 0) for tally in board.promises)
    whole = f"Of {due:,} promises that were due or kept before, {kept:,} were kept in time" if due else "None of our promises is due or kept yet"
    return f"{whole}. {since_monday(board)}"


def listed(rows: list[Row], *, standing: str, number: int) -> Listed:
    """The list: the oldest due first where we owe, else the latest due first."""
    rows = sorted(rows, key=lambda row: (row.due, row.decision, row.promise), reverse=standing not in ("owed", "open"))
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    number = min(number, pages)
    return Listed(rows=tuple(rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]), found=len(rows), number=number, pages=pages)
