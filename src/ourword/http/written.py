"""The pages as files, for those who serve nothing: `index.html` is *Our word*, the others lie beside it, `decisions/` below."""

from __future__ import annotations

from pathlib import Path

from ourword.errors import HomeError
from ourword.http.figures import Shown
from ourword.http.guard import file_policy
from ourword.http.links import file_name, written
from ourword.http.pages import our_word, promises, recount
from ourword.http.pages.decisions import decision_page, list_page, listing_of, says, tell
from ourword.http.pages.site import Site
from ourword.http.render import render, style
from ourword.stores.home import Home
from ourword.stores.terms import said_of


def write_pages(home: Home, folder: Path, *, rows: int = 1000) -> Path:
    """Write the pages and one for each of the latest *rows* decisions; give *Our word*."""
    site = Site(None, home)
    contract, policy, links = site.contract, file_policy(), written(deep=False)
    page = listing_of(home).page(rows=rows)
    try:
        (folder / "decisions").mkdir(parents=True, exist_ok=True)
        (folder / "style.css").write_text(style(), encoding="utf-8")
        for row in page.rows:
            html = decision_page(tell(home, row.decision_id), links=written(deep=True), contract=contract, policy=policy)
            (folder / "decisions" / file_name(row.decision_id)).write_text(html, encoding="utf-8")
        html = list_page(page, links=links, contract=contract, place=str(home.path), says=says(home), policy=policy)
        (folder / "decisions.html").write_text(html, encoding="utf-8")
        for name, html in _figures(site, home, contract, policy).items():
            (folder / name).write_text(html, encoding="utf-8")
    except OSError as error:
        what = f"the page cannot be written: {error.strerror}"
        raise HomeError("home.page", what, place=str(error.filename or folder), hint="make room, or give another folder") from error
    return folder / "index.html"


def _figures(site: Site, home: Home, contract: str, policy: str) -> dict[str, str]:
    """The pages of figures; where no event has come, *Our word* says how the first come."""
    links = written(deep=False)
    if not home.has_events:
        none = render("our-word.html", board=None, place=str(home.path), links=links, contract=contract, policy=policy)
        return {"index.html": none}
    shown = Shown(site.word.board(), terms=said_of(home))
    return {
        "recount.html": recount.html(shown, recount.given({}, shown.terms), links=links, contract=contract, policy=policy),
        "promises.html": promises.html(shown, links=links, contract=contract, policy=policy),
        "index.html": our_word.html(
            shown, site.drafts(), tuple(site.word.signals()), site.word.adopting.versions(), links=links, contract=contract, policy=policy
        ),
    }
