"""A comparison as Markdown, for a pull request: the verdict first, then what is against, then the rest, folded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourword.changing.found import Change, Part, Witness
from ourword.changing.order import Direction
from ourword.changing.told import AGAINST, NOT_PROVED, TAKEN_FOR_GRANTED, Compared
from ourword.cli.diff_words import (
    ORDER,
    change_words,
    counted_words,
    leaning_words,
    part_words,
    past_words,
    settled_words,
    shown,
    title_words,
    version_words,
    witness_words,
)
from ourword.cli.out import safe

_OPEN: dict[Direction, bool] = {Direction.AGAINST: True, Direction.TOWARDS: True, Direction.ARGUABLE: False, Direction.NEUTRAL: False}
_TITLES = {
    Direction.AGAINST: "Against the customer",
    Direction.TOWARDS: "Towards the customer",
    Direction.ARGUABLE: "Arguable",
    Direction.NEUTRAL: "Words",
}
_MARKS = re.compile(r"([\\<>&|*_\[\]#~!])")


def markdown(told: Compared) -> str:
    """The whole of it."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Compared) -> Iterator[str]:
    yield f"## {_plain(title_words(told))}: {_verdict(told)}"
    yield ""
    yield f"{_words(counted_words(told))}. {_words(version_words(told))}."
    yield ""
    for each in told.kinds:
        yield f"- {_words(settled_words(each))}"
    for way in ORDER:
        yield from _section(way, [each for each in told.changes if each.direction is way and not each.possible])
    yield from _open_questions(told)
    if told.parts:
        yield from _folded("Line by line", [_part(each) for each in told.parts])
    for past in told.past or ():
        head, *rest = past_words(past)
        yield from ("", f"### The past: {_words(head)}", "", *(f"- {_words(each)}" for each in rest))
    yield from ("", "<sub>Taken for granted: " + _words("; ".join(TAKEN_FOR_GRANTED)) + ".</sub>")
    if told.interrupted:
        yield from ("", "**Interrupted**: this is what was found so far, and the rest is not proved.")


def _verdict(told: Compared) -> str:
    if told.code == AGAINST:
        return "something is against the customer"
    return "not all of it could be proved" if told.code == NOT_PROVED else "nothing is against the customer"


def _section(way: Direction, changes: list[Change]) -> Iterator[str]:
    if not changes:
        return
    items = [_change(each) for each in changes]
    if _OPEN[way]:
        yield from ("", f"### {_TITLES[way]}", "", *items)
    else:
        yield from _folded(f"{_TITLES[way]} ({len(items)})", items)


def _open_questions(told: Compared) -> Iterator[str]:
    possible = [f"{_change(each)}" for each in told.changes if each.possible]
    unproved = [f"- {_words(each.kind)}: {_words(each.what)} (`{_code(each.place)}`)" for each in told.not_proved]
    if possible or unproved:
        yield from ("", "### Possible, or not proved", "", *possible, *unproved)


def _folded(title: str, items: list[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{title}</summary>", "", *items, "", "</details>")


def _change(change: Change) -> str:
    told = f"- {_words(change_words(change))} (`{_code(change.place)}`)"
    return told + "".join(map(_customer, shown(change))) + "".join(f"\n  - leans on {_words(each)}" for each in leaning_words(change))


def _customer(met: Witness) -> str:
    return "".join(f"\n  - {label}: {_words(words)}" for label, words in witness_words(met))


def _part(part: Part) -> str:
    return f"- {_words(part_words(part))} (`{_code(part.place)}`)\n  - was `{_code(part.was or 'nothing')}`\n  - now `{_code(part.now or 'nothing')}`"


def _plain(text: str) -> str:
    """A text in which nothing is markup: what a contract says may come from anybody's pull request."""
    return _MARKS.sub(r"\\\1", safe(text)).replace("\n", " ").replace("@", "@\u200b")


def _words(text: str) -> str:
    """A sentence of ours, with the names in it that stand between backticks; all else is plain."""
    parts = text.split("`")
    return "".join(_plain(each) if at % 2 == 0 or at == len(parts) - 1 else f"`{_code(each)}`" for at, each in enumerate(parts))


def _code(text: str) -> str:
    return safe(text).replace("`", "'").replace("\n", " ")
