"""The recount on one A4, to forward: every figure with its source line and what it takes for granted. Printed by the browser."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.adoption.signing import NOTHING_SIGNED, Versions
from ourword.contract.model import Draft
from ourword.core.version import VERSION
from ourword.figures.board import Board
from ourword.figures.summary import OUR_ERROR, claiming_none
from ourword.http.figures import Shown
from ourword.http.guard import inline_policy
from ourword.http.links import SERVED, Links
from ourword.http.pages.our_word import signed_by
from ourword.http.pages.recount import Given, given, values
from ourword.http.pages.report import LINKS
from ourword.http.pages.site import named, no_home, site_of
from ourword.http.render import render, style
from ourword.outcomes.vendors import rule_of
from ourword.stores.terms import NO_TERMS, Terms


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """What another rule would say of the same contacts."""

    vendor: str
    claimed: int
    n: int
    dated: str


async def page(request: Request) -> Response:
    """The page of a served home; `rule` and the bill's assumptions as on *Recount*."""
    site = site_of(request)
    if site.home is None or site.figures is None:
        return no_home(site)
    shown = await run_in_threadpool(site.figures.shown)
    found = given(request.query_params, shown.terms)
    rule, signed = request.query_params.get("rule", "")[:100], signed_by(site.drafts(), site.figures.versions())
    return HTMLResponse(html(shown, found, signed=signed, rule=rule, links=SERVED, contract=site.contract))


def html(shown: Shown, given: Given, *, signed: str, rule: str = "", links: Links, contract: str = "", css: str = "") -> str:
    """The page itself; with *css* it is a file of its own, which asks nobody for anything."""
    found = values(shown, given, rule=rule)
    whole = [(each, of) for each in shown.board.recounted if each.kind == "*" and (of := rule_of(each.rule)) is not None]
    others = [Other(vendor=of.vendor, claimed=each.claimed, n=each.n, dated=of.dated) for each, of in whole if of != found["rule"] and each.claimed]
    return render(
        "one-page.html",
        links=links,
        contract=contract,
        policy=inline_policy(css) if css else "",
        css=Markup(css),
        others=others,
        claiming_none=claiming_none(each for each, of in whole if of != found["rule"]),
        signed=signed,
        version=VERSION,
        files=shown.terms.files,
        granted=shown.terms.granted,
        error_words=OUR_ERROR,
        **found,
    )


def file(
    board: Board, drafts: Mapping[str, Draft], given: Given, versions: Versions = NOTHING_SIGNED, *, rule: str = "", terms: Terms = NO_TERMS
) -> str:
    """The page as one file with its style inside."""
    return html(Shown(board, terms=terms), given, signed=signed_by(drafts, versions), rule=rule, links=LINKS, contract=named(drafts), css=style())
