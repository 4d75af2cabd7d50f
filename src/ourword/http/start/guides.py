"""The guides “Get your data” as pages: the same files as in the documentation, read as the little Markdown that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourword.http.render import render
from ourword.http.start.shared import links_of, start_of

GUIDES = {"zendesk": "Zendesk", "intercom": "Intercom", "chatwoot": "Chatwoot", "salesforce": "Salesforce"}
"""The helpdesks that have a guide, and whose form the fictional shop's export may have."""
_BEGINS = re.compile(r"(?:#{1,4} |```|\||- |[0-9]{1,6}\. )")
_ITEM = re.compile(r"(?:- |[0-9]{1,6}\. )")


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
    """Headings (so many levels *below* the page's own), paragraphs, lists, tables, code; whatever else there is stays text, and all is escaped.

    >>> html_of("# A *guide*\\n\\nDo `this`\\nfirst.\\n\\n- one\\n  more\\n- two <b>")
    Markup('<h1>A <em>guide</em></h1>\\n<p>Do <code>this</code> first.</p>\\n<ul><li>one more</li><li>two &lt;b&gt;</li></ul>')
    """
    return Markup("\n").join(_blocks(text.splitlines(), below))


def _blocks(lines: Sequence[str], below: int) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        if line.startswith("```"):
            end = next((number for number in range(at + 1, len(lines)) if lines[number].startswith("```")), len(lines))
            yield Markup("<pre><code>{}</code></pre>").format("\n".join(lines[at + 1 : end]))
            end += 1
        elif line.startswith("#"):
            level = min(len(line) - len(line.lstrip("#")) + below, 6)
            yield Markup(f"<h{level}>{{}}</h{level}>").format(_inline(line.lstrip("# ")))
        elif line.startswith("|"):
            end = _while(lines, at, lambda each: each.startswith("|"))
            yield _table(lines[at:end])
        elif _ITEM.match(line):
            end = _while(lines, at, lambda each: bool(each.strip()) and (bool(_ITEM.match(each)) or each.startswith(" ")))
            number = re.match(r"[0-9]{1,6}(?=\. )", line)
            tag, begins = ("ol" if number else "ul"), (f' start="{number[0]}"' if number and number[0] != "1" else "")
            yield Markup(f"<{tag}{begins}>{{}}</{tag}>").format(_items(lines[at:end]))
        elif line.strip():
            end = _while(lines, at, lambda each: bool(each.strip()) and not _BEGINS.match(each))
            yield Markup("<p>{}</p>").format(_inline(" ".join(lines[at:end])))
        at = end


def _while(lines: Sequence[str], at: int, fits: object) -> int:
    assert callable(fits)
    end = at + 1
    while end < len(lines) and fits(lines[end]):
        end += 1
    return end


def _items(lines: Sequence[str]) -> Markup:
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line):
            items.append(_ITEM.sub("", line, count=1))
        else:
            items[-1] += f" {line.strip()}"
    return Markup("").join(Markup("<li>{}</li>").format(_inline(each)) for each in items)


def _table(lines: Sequence[str]) -> Markup:
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines]
    head, body = rows[0], [row for row in rows[1:] if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    heads = Markup("").join(Markup('<th role="columnheader" scope="col">{}</th>').format(_inline(cell)) for cell in head)
    told = Markup("").join(
        Markup('<tr role="row">{}</tr>').format(
            Markup("").join(
                Markup('<td role="cell" data-label="{}">{}</td>').format(name, _inline(cell)) for name, cell in zip(head, row, strict=False)
            )
        )
        for row in body
    )
    return Markup(
        '<table role="table" class="rows words"><thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>'
    ).format(heads, told)


def _inline(text: str) -> Markup:
    """Code, bold, emphasis, and links to other hosts; a link within the documentation is its words."""
    parts = re.split(r"`([^`]*)`", text.replace("\x00", ""))
    codes = [str(Markup("<code>{}</code>").format(each)) for each in parts[1::2]]
    shown = str(escape("\x00".join(parts[::2])))  # code stands apart meanwhile: what is in it is no mark
    shown = re.sub(r"\[([^\]]*)\]\((https://[^)\s\x00]*)\)", r'<a href="\2" rel="noreferrer">\1</a>', shown)
    shown = re.sub(r"\[([^\]]*)\]\([^)\x00]*\)", r"\1", shown)
    shown = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", shown)
    shown = re.sub(r"\*([^*<>]+)\*", r"<em>\1</em>", shown)
    return Markup(re.sub("\x00", lambda _: codes.pop(0), shown))
