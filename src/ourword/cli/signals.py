"""`ourword signals` and `ourword answer`: what asks whom for an answer, and saying which of nine it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import json_line, line
from ourword.cli.words import wrapped
from ourword.ledger.entry import instant_text
from ourword.ledger.signal_words import as_dict, in_words
from ourword.ledger.signals import SAYINGS, Signal
from ourword.told import moment


def run(home: Path, *, only_open: bool = False, as_json: bool = False, as_of: int | None = None) -> int:
    """Print the signals of a home, those that wait first; or a JSON line for each."""
    with Ourword.open_home(home, create=False, write=False) as ourword:
        known = ourword.signals(as_of=as_of)
    shown = [each for each in known if each.waits or not only_open]
    if as_json:
        for each in shown:
            json_line(as_dict(each), indent=False)
    else:
        for text in words(shown, home):
            line(text)
    return 0


def run_answer(signal: str, home: Path, *, was: str, by: str, because: str = "") -> int:
    """Answer a signal."""
    with Ourword.open_home(home, create=False) as ourword:
        answered = ourword.answer(signal, said=was, by=by, because=because)
    for text in wrapped(f"{answered.id} was {answered.said}: {SAYINGS[answered.said or '']}. Said by {answered.answered_by}."):
        line(text)
    return 0


def words(known: Sequence[Signal], home: Path) -> Iterator[str]:
    """A sentence, what waits for an answer and how to give it, then what has been answered."""
    waiting = [each for each in known if each.waits]
    yield sentence(waiting)
    for each in waiting:
        yield ""
        yield from _waiting(each)
    if waiting:
        yield ""
        yield f'Answer: ourword answer {waiting[0].id} --was WORD --by {waiting[0].owner} --because "…" --home {home}'
        yield from (f"  {word:<10} {meaning}" for word, meaning in SAYINGS.items())
    for each in (each for each in known if not each.waits):
        yield ""
        yield from _answered(each)


def sentence(waiting: Sequence[Signal]) -> str:
    """Say how many wait, and for whom.

    >>> sentence([])
    'Nothing asks for an answer.'
    """
    if not waiting:
        return "Nothing asks for an answer."
    names = sorted({each.owner for each in waiting})
    return f"{len(waiting)} signal{' asks' if len(waiting) == 1 else 's ask'} for an answer, of {' and '.join(names)}."


def _waiting(signal: Signal) -> Iterator[str]:
    back = f", back after `{signal.said}`" if signal.standing == "recurred" else ""
    level = f", level {signal.level}" if signal.level > 1 else ""
    yield f"{signal.id}  {signal.owner} must answer, since {moment(instant_text(signal.since))[:10]}{back}{level}"
    yield from wrapped(in_words(signal), first="  ", then="  ")


def _answered(signal: Signal) -> Iterator[str]:
    when = moment(instant_text(signal.answered_at or 0))[:10]
    yield f"{signal.id}  {signal.standing}: {signal.said}, said {signal.answered_by} on {when}"
    yield from wrapped(in_words(signal), first="  ", then="  ")
    if signal.because:
        yield from wrapped(signal.because, first="  because: ", then="    ")
