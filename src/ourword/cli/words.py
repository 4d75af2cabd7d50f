"""A decision as lines of at most 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from ourword.deciding.told import Told

WIDTH = 80
COLOURS = {"allow": "green", "amend": "green", "ask": "yellow", "refuse": "red", "escalate": "blue"}
"""For people at a terminal; the words say it too."""

_MARGIN = 18


def headline_words(told: Told) -> list[str]:
    """The answer, and who or what gave it."""
    return wrapped(f"{told.headline}. {told.because}")


def decision_words(told: Told) -> Iterator[str]:
    """Tell one decision below its headline, down to its proof."""
    yield ""
    yield from _row("decision", f"{told.decision_id}, {told.time}, by {told.by}")
    yield from _row("question", f"{told.question} ({told.kind})" if told.question else told.kind)
    if told.erased:
        yield from _row("customer", "erased on request; what remains names nobody")
    else:
        yield from _row("customer", told.customer + (f", contact {told.contact}" if told.contact else ""))
    yield from _rows("about", told.objects)
    yield from _rows("option", told.options)
    yield from _rows("clauses held", (f"{each.id} ({each.answer}): {each.say}" if each.say else each.id for each in told.clauses))
    yield from _rows("changed", (f"{name}: {value}" for name, value in told.amended))
    yield from _row("customer hears", told.tell)
    yield from _rows("would change it", told.near)
    yield from _row("customer may add", ", ".join(told.may_add))
    yield from _rows(
        "would promise" if told.observed else "promised", (f"{(each.what or each.id).rstrip('.')}, due {each.due}" for each in told.promises)
    )
    yield from _row("missing", ", ".join(told.missing))
    yield from _rows("signals", told.signals)
    yield from _rows("facts", (_fact(each.name, each.value, each.at, each.notes) for each in told.facts))
    yield from _rows("confirmed", (f"{name}: {value}" for name, value in told.confirmed))
    yield from _rows("came from", (f"{name} {value}" for name, value in told.lineage))
    yield from _row("owner", told.owner)
    yield from _row("contract", told.contract)
    if told.digest:
        yield " " * _MARGIN + told.digest
    if told.in_force:
        yield from wrapped(told.in_force, first=" " * _MARGIN, then=" " * _MARGIN)
    yield from _row("entry", f"{told.seq}, the {_ordinal(told.counter)} of gate {told.gate}")


def _fact(name: str, value: str, at: str, notes: Iterable[str]) -> str:
    more = ", ".join([*([f"read {at}"] if at else []), *notes])
    return f"{name} = {value}" + (f"  ({more})" if more else "")


def _row(title: str, text: str) -> Iterator[str]:
    return _rows(title, [text] if text else [])


def _rows(title: str, texts: Iterable[str]) -> Iterator[str]:
    """A title in the margin and texts beside it."""
    heading = title
    for text in texts:
        yield from wrapped(text, first=f"{heading:<{_MARGIN}}", then=" " * _MARGIN)
        heading = ""


def wrapped(text: str, *, first: str = "", then: str = "") -> list[str]:
    """Break a text at spaces, ids and digests nowhere.

    >>> wrapped("Refused. The parcel has left.", first="x: ", then="   ")
    ['x: Refused. The parcel has left.']
    """
    parts = text.splitlines() or [""]
    lines: list[str] = []
    for part in parts:
        start = first if not lines else then
        broken = textwrap.wrap(part, WIDTH, initial_indent=start, subsequent_indent=then, break_long_words=False, break_on_hyphens=False)
        lines += broken or [start.rstrip()]
    return lines


def _ordinal(number: int) -> str:
    end = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{end}"
