"""*Promises*: how they stand, by sort, and the list of them; whom we owe first."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.board import Board, is_owed
from ourword.http.bars import promise_bar
from ourword.http.figures import Shown
from ourword.http.links import Links
from ourword.http.pages.site import Site, no_home, site_of, wanted_page
from ourword.http.render import render
from ourword.ledger.settle import DUE, SHOWN, Standing
from ourword.settling import Row
from ourword.summary import since_monday

PAGE_ROWS = 50
WANTED = ("owed", "due", *(each.value for each in SHOWN), Standing.RELEASED.value)
"""What the list can be asked for."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    rows: tuple[Row, ...]
    found: int
    number: int
    pages: int


NONE = Listed(rows=(), found=0, number=1, pages=1)
"""The list where none is asked for."""


async def page(request: Request) -> Response:
    """The promises of a served home."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    standing, kind = request.query_params.get("standing", ""), request.query_params.get("kind", "")[:200]
    standing = standing if standing in WANTED else ""
    return HTMLResponse(await run_in_threadpool(html_of, site, standing, kind, wanted_page(request)))


def html_of(site: Site, standing: str, kind: str, number: int) -> str:
    """The page; a home without events has promises all the same."""
    assert site.figures is not None
    found = listed(site.figures.promises(), standing=standing, kind=kind, number=number)
    return render("promises.html", contract=site.contract, standing=standing, kind=kind, listed=found, **values(site.figures.promised()))


def html(shown: Shown, *, links: Links, contract: str, policy: str = "") -> str:
    """The page in a file, without the list."""
    return render("promises.html", links=links, contract=contract, policy=policy, standing="", kind="", listed=NONE, **values(shown))


def values(shown: Shown) -> dict[str, Any]:
    """What the template shows; the same for the page and for its section in a report."""
    board = shown.board
    return {
        "board": board,
        "sentence": sentence(board),
        "bars": [(tally, promise_bar(tally)) for tally in board.promises],
        "standings": [each.value for each in SHOWN],
        "wanted": WANTED,
        "kinds": sorted({tally.kind for tally in board.promises}),
    }


def sentence(board: Board) -> str:
    """What the page says first."""
    if not board.promises:
        return "Nothing has been promised here."
    due = sum(tally.standings.get(each, 0) for tally in board.promises for each in DUE)
    kept = sum(tally.standings.get(Standing.KEPT, 0) for tally in board.promises)
    whole = f"Of {due:,} promises that were due, {kept:,} were kept in time" if due else "None of our promises is due yet"
    return f"{whole}. {since_monday(board.promises)}"


def listed(rows: tuple[Row, ...], *, standing: str, kind: str, number: int) -> Listed:
    """The list: the oldest due first where we owe, else the latest due first."""
    fitting = [row for row in rows if (not kind or row.kind == kind) and fits(row, standing)]
    fitting.sort(key=lambda row: (row.due, row.decision, row.promise), reverse=standing not in ("owed", "open"))
    pages = max(1, -(-len(fitting) // PAGE_ROWS))
    number = min(number, pages)
    return Listed(rows=tuple(fitting[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]), found=len(fitting), number=number, pages=pages)


def fits(row: Row, standing: str) -> bool:
    """Say whether a promise is among those asked for."""
    match standing:
        case "":
            return True
        case "owed":
            return is_owed(row)
        case "due":
            return row.standing in DUE
        case _:
            return row.standing == standing
