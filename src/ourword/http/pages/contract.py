"""*Contract*: what was chosen and intended, beside what happens; and what nothing carries."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.choices.carried import WORDS_ONLY
from ourword.choices.report import Choices
from ourword.contract.words import listed, many
from ourword.http.pages.site import Site, no_home, site_of
from ourword.http.render import render

WORDS = {"met": "met", "missed": "missed"}
"""How a standing is coloured; any other waits."""


async def page(request: Request) -> Response:
    """The choices and the sentences of the contracts that decide in a served home."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    return HTMLResponse(await run_in_threadpool(html_of, site))


def html_of(site: Site) -> str:
    """The page."""
    assert site.figures is not None
    found, renewing = site.figures.choices()
    return render(
        "contract.html", contract=site.contract, found=found, renewing=renewing, sentence=sentence(found), words_only=WORDS_ONLY, classes=WORDS
    )


def sentence(found: Choices) -> str:
    """What the page says first."""
    choices = [each for contract in found.contracts for each in contract.choices]
    if not choices:
        return "No contract decides here yet."
    stands = [each.stands for each in choices]
    missed, owed = [each for each in choices if each.stands == "missed"], stands.count("open") + stands.count("overdue")
    named = listed(f"{' or '.join(each.between)}, by {each.counted}" for each in missed)
    said = [f"{len(missed)} of {len(choices)} choices {'is' if len(missed) == 1 else 'are'} not what happens ({named})"] if missed else []
    said += [f"{many(owed, 'choice')} {'is' if owed == 1 else 'are'} not made yet"] if owed else []
    few = stands.count("too few to say")
    said += [f"of {few} too little has happened to say"] if few else []
    unknown = stands.count("not measured") + stands.count("not proved yet")
    said += [f"of {unknown} nobody can say yet"] if unknown else []
    return f"{'; '.join(said)}." if said else "What was chosen is what happens."
