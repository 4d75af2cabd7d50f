"""*Coherence*: ownership, rights, escalation and targets of each kind of decision, as written, as staffed, as used; gaps first, and no score."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.adoption.signing import Versions
from ourword.coherence.gathered import sentence
from ourword.coherence.judged import USED_DAYS, Cell, Line
from ourword.http.links import SERVED, Links
from ourword.http.pages.site import Site, no_home, site_of
from ourword.http.render import render
from ourword.ledger.adoption import Adoption
from ourword.ledger.adoption_words import details, in_words, place_words

_OPENS = {"signals": "its signals", "decisions": "its decisions", "escalated": "what was handed over", "targets": "the contacts counted"}


async def page(request: Request) -> Response:
    """The page."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    return HTMLResponse(await run_in_threadpool(_html, site))


def _html(site: Site) -> str:
    assert site.figures is not None
    found = site.figures.coherence()
    signed = found.signed
    versions = [_version(each, signed) for each in reversed(signed.known)]
    return render(
        "coherence.html",
        sentence=sentence(found),
        found=found,
        versions=versions,
        days=USED_DAYS,
        opens=_opens,
        opens_words=_OPENS,
        contract=site.contract,
    )


def _version(of: Adoption, signed: Versions) -> tuple[str, str, list[str]]:
    zone, now = signed.zone(of), signed.now
    place = place_words(of, signed.known)
    return in_words(of, now, zone=zone), of.digest, [*filter(None, [place]), *details(of, every=signed.every(of), zone=zone, now=now)]


def _opens(line: Line, cell: Cell, links: Links = SERVED) -> str:
    """Where the rows behind a cell are; empty where the contract alone says it."""
    match cell.opens:
        case "signals":
            return links.signals
        case "decisions":
            return links.listing(kind=line.kind)
        case "escalated":
            return links.listing(kind=line.kind, answer="escalate")
        case "targets":
            return f"{links.our_word}#kinds"
        case _:
            return ""
