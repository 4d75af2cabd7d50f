"""The guides “Get your data” as pages: the same files as in the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourword.http.render import render
from ourword.http.start.shared import links_of, start_of

GUIDES = {"zendesk": "Zendesk", "intercom": "Intercom", "chatwoot": "Chatwoot", "salesforce": "Salesforce"}
"""The helpdesks that have a guide, and whose form the fictional shop's export may have."""


async def page(request: Request) -> Response:
    """One guide."""
    name = request.path_params["name"]
    text = guide(name) if name in GUIDES else ""
    if not text:
        return RedirectResponse("/start", status_code=303)
    title = f"Get your data out of {GUIDES[name]}"
    return HTMLResponse(render("start-guide.html", links=links_of(start_of(request)), title=title, html=html_of(text)))


def guide(name: str) -> str:
    """The text of a guide; where the package was not built, it lies in the documentation still. Empty where it is nowhere."""
    file = f"get-your-data-{name}.md"
    packed, beside = files("ourword.http").joinpath("guides", file), Path(__file__).parents[4] / "docs" / "how-to" / file
    found = next((each for each in (packed, beside) if each.is_file()), None)
    return found.read_text(encoding="utf-8") if found is not None else ""


def html_of(text: str, *, below: int = 0) -> Markup:
    """Headings (so many levels *below* the page's own), paragraphs, lists, tables, code, links to other hosts; no HTML of its own, no picture.

    >>> html_of("# A *guide*\\n\\nDo `this`\\nfirst.\\n\\n- <b>one</b>")
    Markup('<h1>A <em>guide</em></h1>\\n<p>Do <code>this</code>\\nfirst.</p>\\n<ul>\\n<li>&lt;b&gt;one&lt;/b&gt;</li>\\n</ul>\\n')
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "hr", "blockquote", "newline"])
    tokens = reader.parse(text)
    _below(tokens, below)
    _told_apart(tokens)
    for token in tokens:
        if token.children:
            token.children = _linked(token.children)
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # the reader escapes all that is text


def _below(tokens: Sequence[Token], levels: int) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + levels, 6)}"


_ROLES = {
    "table_open": "table",
    "thead_open": "rowgroup",
    "tbody_open": "rowgroup",
    "tr_open": "row",
    "th_open": "columnheader",
    "td_open": "cell",
}


def _told_apart(tokens: Sequence[Token]) -> None:
    """Tables as on our other pages: on a narrow screen each cell says its column's name."""
    heads: list[str] = []
    column = 0
    for at, token in enumerate(tokens):
        if token.type in _ROLES:
            token.attrSet("role", _ROLES[token.type])
        if token.type == "table_open":
            token.attrSet("class", "rows words")
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            heads.append(tokens[at + 1].content.replace("`", ""))
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column])
            column += 1


def _linked(tokens: Sequence[Token]) -> list[Token]:
    """Links to other hosts; a link within the documentation is its words."""
    kept: list[Token] = []
    leads: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            leads.append(str(token.attrGet("href")).startswith("https://"))
            token.attrSet("rel", "noreferrer")
        if token.type not in ("link_open", "link_close") or leads[-1]:
            kept.append(token)
        if token.type == "link_close":
            leads.pop()
    return kept
