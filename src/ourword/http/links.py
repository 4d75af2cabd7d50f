"""Where a page finds the others: by path when served, by file when written. A link that leads nowhere is empty, and the words stand alone."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from ourword.core.span import span_from_text
from ourword.outcomes.chance import BY_CHANCE, EXCESS
from ourword.outcomes.metrics import METRICS, Row
from ourword.outcomes.narrowing import ASKED, ASKED_BOUNDS
from ourword.outcomes.targets import HOLDOUT, Judged, counted_over

STARTED: ContextVar[bool] = ContextVar("started", default=False)
"""Whether pages are those of a first run: then the bar at the top leads to the files too."""

THEN: ContextVar[tuple[str, int]] = ContextVar("then", default=("", 0))
"""As of when a home that is not shown as it is: the words that stand on top of each page, and its present (ns since 1970)."""

ZONE: ContextVar[str] = ContextVar("zone", default="UTC")
"""In whose clock times are shown: in a first run that which was answered, else UTC."""

CALLED: ContextVar[Mapping[str, str]] = ContextVar("called", default=MappingProxyType({}))
"""By the id of a kind, what the files of a first run call it: people read their own word."""


def present() -> int:
    """Now, in ns since 1970; on the pages of a home as it was known, its present."""
    return THEN.get()[1] or time.time_ns()


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of the pages."""

    our_word: str
    recount: str
    promises: str
    signals: str
    decisions: str
    style: str
    coherence: str = ""
    contract: str = ""
    decision: Callable[[str], str]
    served: bool = True
    """Whether forms and the contacts behind a number can be asked for."""

    @property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """What the bar at the top shows."""
        named = (("/start" if self.served and STARTED.get() else "", "Your files"), (self.our_word, "Our word"), (self.recount, "Recount"))
        more = ((self.promises, "Promises"), (self.contract, "Contract"), (self.signals, "Signals"), (self.decisions, "Decisions"))
        return tuple(each for each in (*named, *more, (self.coherence, "Coherence")) if each[0])

    def listing(self, **wanted: Any) -> str:
        """The list of decisions, with what is wanted of it."""
        return asking(self.decisions, **wanted)

    def promised(self, **wanted: Any) -> str:
        """The list of promises, with what is wanted of it: the page opens where the list begins."""
        return f"{asking(self.promises, **wanted)}#list" if self.served else ""

    def behind(self, row: Row, part: str = "") -> str:
        """What a number counted: its contacts, or its promises."""
        return "" if not row.n else self.counted(row.metric, part=part, kind=row.kind, version=row.version, segment=row.segment)

    def target(self, judged: Judged) -> str:
        """All that a target was judged by; a difference to the holdout is of customers whom no list shows."""
        return "" if not judged.n or judged.bound == HOLDOUT else self.judged(judged.metric, judged.within, kind=judged.kind, part="denominator")

    def judged(self, name: str, within: str, **wanted: Any) -> str:
        """What a target counts, over its own time."""
        span = span_from_text(within)
        of, days = counted_over(name, span) if span is not None else ("", 0)
        return self.counted(of, window=days or 1, **wanted) if days or of != name else ""

    def counted(self, name: str, **wanted: Any) -> str:
        """The contacts, or the promises, that a metric counts; nothing where no list shows them."""
        unit = unit_of(name)
        if not self.served or name in (BY_CHANCE, EXCESS, ASKED, ASKED_BOUNDS) or unit not in ("contact", "promise"):
            return ""
        if unit == "contact":
            return self.contacts(metric=name, **wanted)
        return self.promised(metric=name, **{key: value for key, value in wanted.items() if key in ("kind", "part") and value != "*"})

    def contacts(self, **wanted: Any) -> str:
        """The contacts behind a number."""
        return asking("/contacts", **{key: value for key, value in wanted.items() if value != "*"}) if self.served else ""

    def signal(self, signal_id: str) -> str:
        """One signal."""
        return f"{self.signals}/{signal_id}" if self.served else ""

    def contact(self, number: int) -> str:
        """One contact."""
        return f"/contacts/{number}" if self.served else ""


def unit_of(name: str) -> str:
    """What a metric counts: contacts, promises or customers; a metric that is not declared counts nothing."""
    return next((each.unit for each in METRICS if each.id == name), "")


def asking(path: str, **wanted: Any) -> str:
    """An address with what is wanted; what is empty is left out.

    >>> asking("/promises", kind="refund", standing="")
    '/promises?kind=refund'
    """
    query = urlencode({key: value for key, value in wanted.items() if value})
    return f"{path}?{query}" if query else path


SERVED = Links(
    our_word="/",
    recount="/recount",
    promises="/promises",
    signals="/signals",
    decisions="/decisions",
    coherence="/coherence",
    style="/style.css",
    contract="/contract",
    decision=lambda decision_id: f"/decisions/{quote(decision_id, safe='')}",
)


UNREAD = msgspec.structs.replace(SERVED, our_word="", recount="", promises="", signals="", decisions="", contract="", coherence="")
"""Before anything was read, there is one page: where files are dropped."""


def written(*, deep: bool) -> Links:
    """Links between files: the pages at the top, one file a decision in a folder below."""
    up = "../" if deep else ""
    return Links(
        our_word=f"{up}index.html",
        recount=f"{up}recount.html",
        promises=f"{up}promises.html",
        signals="",
        decisions=f"{up}decisions.html",
        style=f"{up}style.css",
        contract="",
        decision=lambda decision_id: f"{up}decisions/{file_name(decision_id)}",
        served=False,
    )


def file_name(decision_id: str) -> str:
    """A file's name for a decision, whatever its id holds.

    >>> file_name("demo-allow")
    'demo-allow.html'
    """
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", decision_id)
    return f"{decision_id if plain else hashlib.sha256(decision_id.encode()).hexdigest()}.html"
