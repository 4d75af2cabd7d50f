"""`ourword signals` and `ourword answer`: what asks whom for an answer, and saying which of nine it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import json_line, known_words, line, options_named
from ourword.cli.words import wrapped
from ourword.figures.asof import asked_at
from ourword.figures.watched import moment_of
from ourword.ledger.signal_words import as_dict, in_words, stands
from ourword.ledger.signals import SAYINGS, Signal
from ourword.outcomes.answers import answers
from ourword.outcomes.answers import in_words as in_words_of
from ourword.outcomes.asked import as_of_from
from ourword.signals.waiving import day_from


def run(home: Path, *, only_open: bool = False, as_json: bool = False, as_of: str = "") -> int:
    """Print the signals of a home, those that wait first; or a JSON line for each."""
    then = as_of_from(as_of, "--as-of", bare=True)
    with Ourword.open_home(home, create=False, write=False, as_of=then.known) as ourword:
        assert ourword.home is not None
        now = ourword.home.clock() if then.moment is None else moment_of(then.moment)
        known = ourword.signals() if then.moment is None else asked_at(ourword.home, now)
        first = known_words(ourword, moment=then.moment)
    shown = [each for each in known if each.waits or not only_open]
    if as_json:
        for each in shown:
            json_line(as_dict(each), indent=False)
    else:
        for text in (*first, *words(shown, home, now=now)):
            line(text)
    return 0


def run_answer(signal: str, home: Path, *, was: str, by: str, because: str = "") -> int:
    """Answer a signal."""
    with options_named(said="--was", by="--by", because="--because"), Ourword.open_home(home, create=False) as ourword:
        answered = ourword.answer(signal, said=was, by=by, because=because)
    for text in wrapped(f"{answered.id} was {answered.said}: {SAYINGS[answered.said or '']}. Said by {answered.answered_by}."):
        line(text)
    return 0


def run_waive(signal: str, home: Path, *, by: str, until: str, because: str) -> int:
    """Waive a signal for a while."""
    with Ourword.open_home(home, create=False) as ourword:
        waived = ourword.waive(signal, by=by, until=day_from(until), because=because)
    for text in wrapped(f"{waived.id} is {stands(waived)}."):
        line(text)
    return 0


def words(known: Sequence[Signal], home: Path, *, now: int) -> Iterator[str]:
    """A sentence, what waits for an answer and how to give it, what is waived, then what has been answered; at the end how long answers took."""
    asking = [each for each in known if each.asks]
    yield from wrapped(sentence(asking, [each for each in known if each.standing == "waived"]))
    for each in asking:
        yield from _told(each, each.because if each.standing == "recurred" else None)
    if asking:
        yield ""
        yield f'Answer: ourword answer {asking[0].id} --was WORD --by {asking[0].owner} --because "…" --home {home}'
        yield from (f"  {word:<10} {meaning}" for word, meaning in SAYINGS.items())
    for each in (each for each in known if each.standing == "waived"):
        yield from _told(each, each.waiver.because if each.waiver is not None else None)
    for each in (each for each in known if not each.waits):
        yield from _told(each, each.because)
    if known:
        yield ""
        yield from wrapped(in_words_of(answers(known, now=now)))


def sentence(waiting: Sequence[Signal], waived: Sequence[Signal] = ()) -> str:
    """Say how many wait, for whom, and how many are waived.

    >>> sentence([])
    'Nothing asks for an answer.'
    """
    more = f" {len(waived)} {'is' if len(waived) == 1 else 'are'} waived." if waived else ""
    if not waiting:
        return f"Nothing asks for an answer.{more}"
    names = sorted({each.owner for each in waiting})
    return f"{len(waiting)} signal{' asks' if len(waiting) == 1 else 's ask'} for an answer, of {' and '.join(names)}.{more}"


def _told(signal: Signal, because: str | None) -> Iterator[str]:
    yield ""
    yield from wrapped(f"{signal.id}  {stands(signal)}")
    yield from wrapped(in_words(signal), first="  ", then="  ")
    if because:
        yield from wrapped(because, first="  because: ", then="    ")
