"""The pages as files, for those who serve nothing: `index.html`, `style.css`, `decisions/`."""

from __future__ import annotations

from pathlib import Path

from ourword.app import Ourword
from ourword.errors import HomeError
from ourword.http.guard import file_policy
from ourword.http.listing import Listing
from ourword.http.pages import named, says, tell
from ourword.http.render import decision_page, file_name, list_page, style, written


def write_pages(ourword: Ourword, folder: Path, *, place: str, rows: int = 1000) -> Path:
    """Write the list and a page for each decision in it (the latest *rows*); give the list's file."""
    page = Listing(lambda after: ourword.log(after=after)).page(rows=rows)
    contract, policy = named(ourword), file_policy()
    try:
        (folder / "decisions").mkdir(parents=True, exist_ok=True)
        (folder / "style.css").write_text(style(), encoding="utf-8")
        for row in page.rows:
            html = decision_page(tell(ourword, row.decision_id), links=written(deep=True), contract=contract, policy=policy)
            (folder / "decisions" / file_name(row.decision_id)).write_text(html, encoding="utf-8")
        index = folder / "index.html"
        index.write_text(
            list_page(page, links=written(deep=False), contract=contract, place=place, says=says(ourword), policy=policy), encoding="utf-8"
        )
    except OSError as error:
        what = f"the page cannot be written: {error.strerror}"
        raise HomeError("home.page", what, place=str(error.filename or folder), hint="make room, or give another folder") from error
    return index
