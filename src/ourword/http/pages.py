"""The pages: the list of decisions, one decision, the style sheet."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.app import Ourword
from ourword.core.answer import Answer
from ourword.errors import LineError
from ourword.http.listing import Listing, Row
from ourword.http.render import SERVED, decision_page, error_page, list_page, style
from ourword.kept import draft_of
from ourword.told import Told, clause_words, told


async def decisions(request: Request) -> Response:
    """The list, filtered and paged by a plain form."""
    ourword: Ourword = request.app.state.ourword
    listing: Listing | None = request.app.state.listing
    if listing is None:
        hint = "Start it again with --home DIR to record what is decided. POST /v1/decisions answers all the same."
        return HTMLResponse(error_page("Nothing is recorded", "Ourword was started without a home.", hint, contract=named(ourword)))
    kind, answer, number = _wanted(request)
    page = await run_in_threadpool(listing.page, kind=kind, answer=answer, number=number)
    place = str(ourword.home.path) if ourword.home else ""
    return HTMLResponse(list_page(page, links=SERVED, contract=named(ourword), place=place, says=says(ourword), kind=kind, answer=answer))


async def decision(request: Request) -> Response:
    """One decision."""
    ourword: Ourword = request.app.state.ourword
    try:
        found = await run_in_threadpool(tell, ourword, request.path_params["decision_id"])
    except LineError as error:
        html = error_page("There is no such decision", error.what, "The list shows what is recorded.", contract=named(ourword))
        return HTMLResponse(html, status_code=404)
    return HTMLResponse(decision_page(found, links=SERVED, contract=named(ourword)))


async def style_sheet(request: Request) -> Response:
    """Our own style, and no other."""
    return Response(style(), media_type="text/css", headers={"cache-control": "max-age=300"})


def named(ourword: Ourword) -> str:
    """The contract's name and version."""
    draft = ourword.contract.draft
    return f"{draft.name} {draft.version}"


def tell(ourword: Ourword, decision_id: str) -> Told:
    """Look a decision up and put it into the words of the contract that decided it."""
    if ourword.home is None:
        raise LineError("why.unknown-decision", "nothing is recorded here", place="decision_id", hint="start with --home")
    record = ourword.why(decision_id)
    return told(record, draft_of(ourword.home.path, record["entry"]["lineage"]["contract"]))


def says(ourword: Ourword) -> Callable[[Row], str]:
    """Give the words for what decided a row of the list."""

    def words(row: Row) -> str:
        draft = draft_of(ourword.home.path, row.digest) if ourword.home else None
        return clause_words(draft, row.kind, row.decided_by)

    return words


def _wanted(request: Request) -> tuple[str, str, int]:
    """What the form asks for; an unknown kind or answer finds nothing, an unreadable page number is the first page."""
    query = request.query_params
    answer = query.get("answer", "")
    number = query.get("page", "1")
    number = number if number.isascii() and number.isdigit() and len(number) < 9 else "1"
    return query.get("kind", "")[:200], answer if answer in {each.value for each in Answer} else "", int(number)
