"""Pages from templates: everything that comes from outside is escaped, and nothing on a page is fetched from elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from ourword.core.answer import Answer
from ourword.http.listing import Page, Row
from ourword.http.picture import LEGEND, ORDER, bars
from ourword.told import HEADLINES, Told, moment

SHORT = {"allow": "allowed", "amend": "changed", "ask": "asked", "refuse": "refused", "escalate": "to a person"}


class Links:
    """Where a page finds the others: by path when served, by file when written."""

    def __init__(self, *, home: str, style: str, decision: Callable[[str], str]) -> None:
        self.home = home
        self.style = style
        self.decision = decision

    def listing(self, **wanted: Any) -> str:
        """The list, with what is wanted of it."""
        query = urlencode({key: value for key, value in wanted.items() if value})
        return f"{self.home}?{query}" if query else self.home


SERVED = Links(home="/", style="/style.css", decision=lambda decision_id: f"/decisions/{quote(decision_id, safe='')}")


def written(*, deep: bool) -> Links:
    """Links between files: the list at the top, one file a decision in a folder below."""
    up = "../" if deep else ""
    return Links(home=f"{up}index.html", style=f"{up}style.css", decision=lambda decision_id: f"{up}decisions/{file_name(decision_id)}")


def file_name(decision_id: str) -> str:
    """A file's name for a decision, whatever its id holds.

    >>> file_name("demo-allow")
    'demo-allow.html'
    """
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", decision_id)
    return f"{decision_id if plain else hashlib.sha256(decision_id.encode()).hexdigest()}.html"


def style() -> str:
    """Our one style sheet."""
    return _text("style.css")


def list_page(
    page: Page, *, links: Links, contract: str, place: str, says: Callable[[Row], str], kind: str = "", answer: str = "", policy: str = ""
) -> str:
    """The list: a sentence, a picture, the decisions."""
    return _render(
        "list.html",
        page=page,
        bars=bars(page.counts),
        kinds=sorted({kind for kind, _ in page.counts}),
        sentence=sentence(page),
        links=links,
        contract=contract,
        place=place,
        says=says,
        kind=kind,
        answer=answer,
        policy=policy,
        form=not policy,
    )


def decision_page(told: Told, *, links: Links, contract: str, policy: str = "") -> str:
    """One decision with everything there is to know about it."""
    others = [clause for clause in told.clauses if clause.id != told.decided_by]
    return _render("decision.html", told=told, others=others, links=links, contract=contract, policy=policy)


def error_page(title: str, what: str, hint: str, *, links: Links = SERVED, contract: str = "") -> str:
    """Something is wrong, and what to do."""
    return _render("error.html", title=title, what=what, hint=hint, links=links, contract=contract, policy="")


def sentence(page: Page) -> str:
    """What the list says, in a sentence."""
    if not page.total:
        return "Nothing has been decided yet."
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


def _kind_words(kind: str) -> str:
    words = kind.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _ticks(text: str) -> Markup:
    """Escape a text, and set what stands between backticks in the type of code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def _text(name: str) -> str:
    return files("ourword.http").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(kind=_kind_words, ticks=_ticks, moment=moment, short=lambda text: f"{text[:10]} {text[11:16]}")
    environment.globals.update(HEADLINES=HEADLINES, SHORT=SHORT, LEGEND=[(each.value, LEGEND[each]) for each in ORDER])
    return environment


def _render(name: str, **values: Any) -> str:
    return str(_environment().get_template(name).render(**values))
