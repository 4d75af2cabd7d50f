"""Where a page finds the others: by path when served, by file when written. A link that leads nowhere is empty, and the words stand alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from ourword.outcomes.chance import BY_CHANCE, EXCESS
from ourword.outcomes.metrics import METRICS, Row


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of the pages."""

    our_word: str
    recount: str
    promises: str
    signals: str
    decisions: str
    style: str
    decision: Callable[[str], str]
    served: bool = True
    """Whether forms and the contacts behind a number can be asked for."""

    @property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """What the bar at the top shows."""
        named = (self.our_word, "Our word"), (self.recount, "Recount"), (self.promises, "Promises"), (self.signals, "Signals")
        return tuple(each for each in (*named, (self.decisions, "Decisions")) if each[0])

    def listing(self, **wanted: Any) -> str:
        """The list of decisions, with what is wanted of it."""
        return asking(self.decisions, **wanted)

    def promised(self, **wanted: Any) -> str:
        """The list of promises, with what is wanted of it."""
        return asking(self.promises, **wanted) if self.served else ""

    def behind(self, row: Row, part: str = "") -> str:
        """What a number counted: its contacts, or its promises."""
        if not self.served or not row.n or row.metric in (BY_CHANCE, EXCESS) or unit_of(row.metric) == "customer":
            return ""
        if row.metric.startswith("promises_"):
            kind = row.kind if row.kind != "*" else ""
            return asking(self.promises, kind=kind, standing="due" if part else row.metric.removeprefix("promises_"))
        return self.contacts(metric=row.metric, kind=row.kind, version=row.version, segment=row.segment, part=part)

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
    style="/style.css",
    decision=lambda decision_id: f"/decisions/{quote(decision_id, safe='')}",
)


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
