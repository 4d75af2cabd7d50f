"""Pages from templates: everything that comes from outside is escaped, and nothing on a page is fetched from elsewhere."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from ourword.contract.metrics import metric_words
from ourword.contract.words import many
from ourword.core.time import datetime_from_instant, day_in_words
from ourword.deciding.told import HEADLINES, moment
from ourword.figures.summary import OUTCOME_WORDS, interval, money, percent, waiting_words
from ourword.http.links import CALLED, SERVED, STARTED, THEN, ZONE, Links
from ourword.http.picture import LEGEND, ORDER

SHORT = {"allow": "allowed", "amend": "changed", "ask": "asked", "refuse": "refused", "escalate": "to a person"}

_HERE = {
    "our-word.html": "Our word",
    "recount.html": "Recount",
    "promises.html": "Promises",
    "contract.html": "Contract",
    "signals.html": "Signals",
    "coherence.html": "Coherence",
    "signal.html": "Signals",
    "decisions.html": "Decisions",
    **dict.fromkeys(
        [f"start{each}.html" for each in ("", "-questions", "-progress", "-found", "-contract", "-written", "-ask", "-guide")], "Your files"
    ),
}
"""Which page of the bar at the top a template is."""


def render(name: str, *, links: Links = SERVED, contract: str = "", policy: str = "", **values: Any) -> str:
    """Fill a template; *policy* is what a page in a file carries in its head."""
    return str(
        _environment()
        .get_template(name)
        .render(links=links, contract=contract, policy=policy, here=_HERE.get(name, ""), started=STARTED.get(), then=THEN.get()[0], **values)
    )


def error_page(title: str, what: str, hint: str, *, links: Links = SERVED, contract: str = "") -> str:
    """Something is wrong, and what to do."""
    return render("error.html", title=title, what=what, hint=hint, links=links, contract=contract)


def style() -> str:
    """Our one style sheet."""
    return _text("style.css")


def _local(at: int) -> datetime:
    """µs since 1970 by the clock that the reader answered."""
    return datetime_from_instant(at * 1000).astimezone(ZoneInfo(ZONE.get()))


def day(at: int | None) -> str:
    """µs since 1970 as a day of the reader's clock.

    >>> day(1_795_600_000_000_000), day(None)
    ('2026-11-25', '—')
    """
    return "—" if at is None else f"{_local(at):%Y-%m-%d}"


def day_words(at: int | None) -> str:
    """The same as a sentence says it: one paragraph writes days in one way.

    >>> day_words(1_795_600_000_000_000), day_words(None)
    ('25 November 2026', 'no day')
    """
    return "no day" if at is None else day_in_words(at, ZONE.get())


def minute(at: int | None) -> str:
    """µs since 1970 as day and minute: in UTC, which is named, or by the reader's clock, which the page names once.

    >>> minute(1_795_600_000_000_000)
    '2026-11-25 09:46 UTC'
    """
    return "—" if at is None else f"{_local(at):%Y-%m-%d %H:%M}{' UTC' if ZONE.get() == 'UTC' else ''}"


def size(count: int) -> str:
    """Bytes as people read them.

    >>> size(900), size(2_500_000)
    ('1 KB', '2.5 MB')
    """
    for unit, least in (("GB", 10**9), ("MB", 10**6)):
        if count >= least:
            return f"{count / least:,.1f} {unit}"
    return f"{max(1, round(count / 1000)):,} KB"


def kind_words(kind: str) -> str:
    """A kind as people read it.

    >>> kind_words("price_match"), kind_words("*"), kind_words("(none)")
    ('Price match', 'All contacts', 'Without a kind')
    """
    if kind in ("*", "(none)"):
        return "All contacts" if kind == "*" else "Without a kind"
    if kind in CALLED.get():
        return CALLED.get()[kind]
    words = kind.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def kind_in(kind: str, counted: str) -> str:
    """A contact's own kind; where it counts in another one for a decision in it, that one too.

    >>> kind_in("return", "goodwill"), kind_in("return", "*"), kind_in("return", "account_access")
    ('Return, with a goodwill decision', 'Return', 'Return, with an account access decision')
    """
    if counted in ("*", kind):
        return kind_words(kind)
    decided = kind_words(counted)
    words = f"{decided[:1].lower()}{decided[1:]}"
    return f"{kind_words(kind)}, with {'an' if words[:1] in 'aeiou' else 'a'} {words} decision"


def ticks(text: str) -> Markup:
    """Escape a text, and set what stands between backticks in the type of code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def _text(name: str) -> str:
    return files("ourword.http").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        metric=metric_words,
        kind=kind_words,
        kind_in=kind_in,
        ticks=ticks,
        moment=moment,
        day=day,
        day_words=day_words,
        minute=minute,
        percent=percent,
        money=money,
    )
    environment.filters.update(size=size, many_of=many)
    environment.filters.update(short=lambda text: f"{text[:10]} {text[11:16]}", many=lambda number: f"{number:,}")
    environment.globals.update(HEADLINES=HEADLINES, SHORT=SHORT, LEGEND=[(each.value, LEGEND[each]) for each in ORDER])
    environment.globals.update(OUTCOMES=list(OUTCOME_WORDS.items()), interval=interval, clock_zone=ZONE.get)
    environment.globals.update(waiting_words=lambda board: waiting_words(board, zone=ZONE.get()))
    return environment
