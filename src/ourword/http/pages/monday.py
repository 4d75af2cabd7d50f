"""Monday as one file: what changed, whom we owe, what waits for whom; with its style inside and no request at all."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from ourword.core.money import money_text
from ourword.core.time import datetime_from_instant, text_from_datetime
from ourword.figures.summary import of_all, waited
from ourword.http.bars import Bar, bar_of
from ourword.http.guard import inline_policy
from ourword.http.render import kind_words, render, style
from ourword.ledger.signal_words import in_words
from ourword.ledger.signals import Signal
from ourword.monday import words as words
from ourword.monday.gathered import Monday
from ourword.outcomes.intervals import Share

OWED_SHOWN_MAX = 500
"""So many of those whom we owe are named, the longest first; all are counted."""

OWED_OPEN = 10
"""So many stand open; the others unfold, so that what waits is not far below."""


def html(told: Monday, *, named: bool = True) -> str:
    """The file. Without *named* it counts whom we owe and names nobody, nor any amount: that is what a mail carries."""
    css = style()
    return render("monday.html", css=Markup(css), policy=inline_policy(css), **values(told, named=named))


def values(told: Monday, *, named: bool) -> dict[str, Any]:
    """What the template shows."""
    every = words.figures_of(told)
    return {
        "told": told,
        "words": words,
        "named": named,
        "as_of_text": text_from_datetime(datetime_from_instant(told.at * 1000)),
        "title": words.day(told.at, told.zone),
        "bars": _bars(told),
        "whole": [each for each in every if each.kind == "*"],
        "by_kind": [each for each in every if each.kind != "*" and each.compared],
        "changed": [each for each in every if each.kind != "*" and each.told],
        "owed": told.owed[:OWED_SHOWN_MAX] if named else (),
        "OPEN": OWED_OPEN,
        "more_owed": max(0, len(told.owed) - OWED_SHOWN_MAX),
        "sums": _sums(told) if named else "",
        "kind_words": kind_words,
        "signal_words": _signal_words,
        "waited": lambda signal: waited(told.days(signal.since // 1000)),
    }


def _signal_words(signal: Signal) -> str:
    return f"{kind_words(signal.of.kind)}{in_words(signal).removeprefix(signal.of.kind)}"


def _bars(told: Monday) -> list[Bar]:
    """What became of the contacts of both spans, the younger one first."""
    found = {each.metric: each for each in (told.figures.changes if told.figures else ()) if each.kind == "*"}
    now, before = {name: each.now for name, each in found.items()}, {name: each.then for name, each in found.items()}
    return [bar for name, shares in (("now", now), ("before", before)) if (bar := _bar(name, shares)) is not None]


def _bar(name: str, shares: dict[str, Share]) -> Bar | None:
    quiet = shares.get("quiet")
    if quiet is None or quiet.value is None:  # the others may be what nothing here could show
        return None
    claimed = shares.get("claimed_resolution")
    return bar_of(name, quiet.n, of_all(shares), None if claimed is None else claimed.value)


def _sums(told: Monday) -> str:
    """What the promises that name an amount come to, by currency."""
    totals: dict[str, int] = {}
    for each in told.owed:
        if each.amount:
            totals[each.currency] = totals.get(each.currency, 0) + each.minor
    return " and ".join(_grouped(money_text(minor, currency)) for currency, minor in sorted(totals.items()))


def _grouped(amount: str) -> str:
    """An amount with its thousands parted.

    >>> _grouped("28891.66 EUR"), _grouped("7 JPY")
    ('28,891.66 EUR', '7 JPY')
    """
    whole = re.match(r"-?\d+", amount)
    return amount if whole is None else f"{int(whole[0]):,}{amount[whole.end() :]}"
