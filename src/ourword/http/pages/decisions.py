"""The list of decisions, and one decision with everything there is to know about it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.core.answer import Answer
from ourword.deciding.explaining import log, why
from ourword.deciding.told import Told, clause_words, told
from ourword.errors import HomeError, LineError
from ourword.figures.contacted import outcome_of
from ourword.figures.settling import Row as PromiseRow
from ourword.http.links import SERVED, Links
from ourword.http.listing import ROWS_MAX, Listing, Page, Row
from ourword.http.pages.shown import dearest
from ourword.http.pages.site import Site, no_home, site_of, wanted_page
from ourword.http.picture import bars
from ourword.http.render import error_page, render
from ourword.kept import draft_of
from ourword.stores.events import EventStore
from ourword.stores.home import Home


async def decisions(request: Request) -> Response:
    """The list, filtered and paged by a plain form."""
    site, listing = site_of(request), request.app.state.listing
    if site.home is None or listing is None:
        return no_home(site)
    kind, answer = _wanted(request)
    page = await run_in_threadpool(listing.page, kind=kind, answer=answer, number=wanted_page(request))
    html = list_page(page, links=SERVED, contract=site.contract, place=str(site.home.path), says=says(site.home), kind=kind, answer=answer)
    return HTMLResponse(html)


async def decision(request: Request) -> Response:
    """One decision."""
    site = site_of(request)
    try:
        found, after = await run_in_threadpool(_with_what_came, site, request.path_params["decision_id"])
    except LineError as error:
        html = error_page("There is no such decision", error.what, "The list shows what is recorded.", contract=site.contract)
        return HTMLResponse(html, status_code=404)
    return HTMLResponse(decision_page(found, links=SERVED, contract=site.contract, after=after))


def list_page(
    page: Page, *, links: Links, contract: str, place: str, says: Callable[[Row], str], kind: str = "", answer: str = "", policy: str = ""
) -> str:
    """The list: a sentence, a picture, the decisions."""
    shown, more_kinds = dearest(bars(page.counts), lambda bar: bar.total)
    return render(
        "decisions.html",
        page=page,
        bars=shown,
        more_kinds=more_kinds,
        rows_max=ROWS_MAX,
        kinds=sorted({kind for kind, _ in page.counts}),
        sentence=sentence(page),
        links=links,
        contract=contract,
        place=place,
        says=says,
        kind=kind,
        answer=answer,
        policy=policy,
    )


class After(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a decision: how its promises stand now, and what became of its contact."""

    promises: dict[str, PromiseRow] = {}
    contact: int | None = None
    outcome: str = ""
    because: str = ""


NOTHING_YET = After()


def decision_page(told: Told, *, links: Links, contract: str, policy: str = "", after: After = NOTHING_YET) -> str:
    """One decision: why, what was told and promised, what came of it, the facts, who answers for it."""
    others = [clause for clause in told.clauses if clause.id != told.decided_by]
    return render("decision.html", told=told, others=others, after=after, links=links, contract=contract, policy=policy)


def sentence(page: Page) -> str:
    """What the list says, in a sentence."""
    if not page.total:
        return "No decision is recorded here yet."
    by_answer = {answer: sum(count for (_, each), count in page.counts.items() if each == answer.value) for answer in Answer}
    told = [
        (by_answer[Answer.ALLOW] + by_answer[Answer.AMEND], "allowed", "allowed"),
        (by_answer[Answer.ASK], "waited for the customer's word", "waited for the customer's word"),
        (by_answer[Answer.REFUSE], "was refused", "were refused"),
        (by_answer[Answer.ESCALATE], "went to a person", "went to a person"),
    ]
    parts = [f"{count:,} {one if count == 1 else many}" for count, one, many in told if count]
    parts = [part.replace(" allowed", " was allowed" if part.startswith("1 ") else " were allowed") for part in parts]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Of {page.total:,} decision{'' if page.total == 1 else 's'}, {listed}."


def tell(home: Home | None, decision_id: str) -> Told:
    """Look a decision up and put it into the words of the contract that decided it."""
    if home is None:
        raise LineError("why.unknown-decision", "nothing is recorded here", place="decision_id", hint="start with --home")
    record = why(home, decision_id)
    return told(record, draft_of(home.path, record["entry"]["lineage"]["contract"]))


def _with_what_came(site: Site, decision_id: str) -> tuple[Told, After]:
    found = tell(site.home, decision_id)
    return found, after_of(site, found)


def after_of(site: Site, found: Told) -> After:
    """What came of a decision, as far as events have come."""
    if site.figures is None or site.home is None:
        return NOTHING_YET
    promises = {row.promise: row for row in site.figures.promises() if row.decision == found.decision_id}
    try:
        heard = bool(found.contact) and site.home.has_events
    except HomeError:  # another folder of this home has the events; the record is here all the same
        heard = False
    if not heard:
        return After(promises=promises)
    with site.figures.contacts() as connection, EventStore(site.home, write=False) as store:
        of = outcome_of(connection, store.people, found.contact)
    return After(promises=promises) if of is None else After(promises=promises, contact=of[0], outcome=of[1], because=of[2])


def says(home: Home) -> Callable[[Row], str]:
    """Give the words for what decided a row of the list."""
    return lambda row: clause_words(draft_of(home.path, row.digest), row.kind, row.decided_by)


def listing_of(home: Home) -> Listing:
    """The list of a home's decisions, kept while it is served."""
    return Listing(lambda after: log(home, after=after))


def _wanted(request: Request) -> tuple[str, str]:
    """What the form asks for; an unknown kind or answer finds nothing or all."""
    answer = request.query_params.get("answer", "")
    return request.query_params.get("kind", ""), answer if answer in {each.value for each in Answer} else ""
