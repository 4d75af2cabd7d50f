"""What quiet customers said who were called back, in sentences: the same in the terminal, on the pages and in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from ourword.core.time import instant_from_text
from ourword.figures.board import Board, board_of
from ourword.figures.summary import percent
from ourword.ledger.samples import QUESTION, Said, Sample
from ourword.outcomes.contacts import Asked
from ourword.outcomes.lots import Frame
from ourword.outcomes.narrowing import ASSUMED, Between, Narrowed, solved_share
from ourword.outcomes.quiet import Spoken, whole
from ourword.stores.home import Home
from ourword.stores.samples import drawn_of, frame_of

MARK = "≈"
"""Stands before a number that rests on a sample and on an assumption."""


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """What stayed resolved of the contacts that somebody handled: before and after calling back; `uncovered` were not among those drawn from."""

    handled_by: str
    n: int
    before: tuple[float, float]
    asked: Between
    bounds: Between
    uncovered: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A sample, what was answered, and what follows; shares of the quiet contacts that it was drawn from."""

    sample: str
    question: str
    drawn_at: str
    as_of: str
    kind: str
    handled_by: str
    since: str | None
    window_days: int
    method: str
    seed: int
    contacts: int
    customers: int
    drawn: int
    answered: int
    yes: int
    no: int
    partly: int
    no_answer: int
    not_called: int
    assumed: str
    solved: Between | None
    """If those who did not answer are like those who did; `None` while nobody has answered."""
    bounds: Between
    """Whatever they would have said, of all; `value` counts nobody as solved who did not say so."""
    of_the_drawn: tuple[float, float]
    """The same of those who were drawn alone: no lot is in it."""
    stayed_resolved: tuple[Band, ...]


def standing(home: Home, sample: Sample) -> Told:
    """How a sample of a home stands, with the band of its window and beginning, by who handled a contact. Raises `HomeError`."""
    drawn = sample.drawn
    since = (instant_from_text(drawn.since) or 0) // 1000 if isinstance(drawn.since, str) else None
    board = board_of(home, Asked(window_days=drawn.window_days, since=since, grouped_by="handled_by"))
    return told(sample, frame_of(home, sample), board)


def told(sample: Sample, frame: Frame, board: Board) -> Told:
    """Say how a sample stands; *board* is of its window and its beginning, by who handled a contact."""
    drawn, said = sample.drawn, Counter(each.said for each in sample.answers.values())
    answers = {place: each.said.solved for place, each in sample.answers.items()}
    solved = {contact: answers.get(place) for place, contact in enumerate(drawn_of(sample, frame), 1)}
    part = whole(Spoken(seq=sample.seq, frame=frame, solved=solved))
    least, most = (solved_share(part, otherwise=each) for each in (False, True))
    kind, handled_by = (word if isinstance(word, str) else "*" for word in (drawn.kind, drawn.handled_by))
    bands = (_band(board, kind, version) for version in dict.fromkeys(("*", handled_by)))
    return Told(
        sample=sample.id,
        question=QUESTION,
        drawn_at=drawn.time,
        as_of=drawn.as_of,
        kind=kind,
        handled_by=handled_by,
        since=drawn.since if isinstance(drawn.since, str) else None,
        window_days=drawn.window_days,
        method=drawn.method,
        seed=drawn.seed,
        contacts=drawn.contacts,
        customers=drawn.customers,
        drawn=drawn.size,
        answered=sample.answered,
        yes=said[Said.YES],
        no=said[Said.NO],
        partly=said[Said.PARTLY],
        no_answer=said[Said.NO_ANSWER],
        not_called=drawn.size - len(sample.answers),
        assumed=ASSUMED,
        solved=solved_share(part) if sample.answered else None,
        bounds=Between(least.value, least.low, most.high),
        of_the_drawn=(least.value, most.value),
        stayed_resolved=tuple(each for each in bands if each is not None),
    )


def _band(board: Board, kind: str, version: str) -> Band | None:
    confirmed, resolved, found = board.row("confirmed", kind, version), board.row("stayed_resolved", kind, version), board.asked(kind, version)
    if confirmed is None or resolved is None or resolved.value is None:
        return None
    before = confirmed.value or 0.0, resolved.value
    if found is None:
        unknown = Between(*before[:1], *before)
        return Band(handled_by=version, n=resolved.n, before=before, asked=unknown, bounds=unknown, uncovered=_quiet(board, kind, version))
    return Band(handled_by=version, n=found.n, before=before, asked=found.asked, bounds=found.bounds, uncovered=found.uncovered)


def _quiet(board: Board, kind: str, version: str) -> int:
    row = board.row("quiet", kind, version)
    return 0 if row is None else round((row.value or 0.0) * row.n)


def as_dict(of: Told) -> dict[str, Any]:
    """As JSON has it."""
    found: dict[str, Any] = msgspec.to_builtins(of)
    return found


# ---- in words ------------------------------------------------------------------------------------------------------


def sentence(found: Narrowed | None) -> str:
    """What calling back says of the band, for a report and a page: with its mark, its assumption, and what stays unknown.

    >>> sentence(None)
    ''
    >>> found = Narrowed(kind="*", version="*", segment="*", n=900, confirmed=180, quiet=400, uncovered=0, drawn=60, answered=42, solved=27,
    ...                  asked=Between(0.45, 0.38, 0.52), bounds=Between(0.4, 0.31, 0.58))
    >>> for text in sentence(found).replace(": so", ":|so").replace("; b", ";|b").split("|"): print(text)
    ≈ Of 42 quiet customers who answered when called back, 27 said it was solved:
    so between 38 % and 52 % stayed resolved, if those who did not answer are like those who did;
    between 31 % and 58 % whatever they would have said.
    """
    if found is None:
        return ""
    who = (
        f"Of {found.answered:,} quiet customer{'' if found.answered == 1 else 's'} who answered when called back, {found.solved:,} said it was solved"
    )
    text = f"{MARK} {who}: so {_between(found.asked)} stayed resolved, if {ASSUMED}; {_between(found.bounds)} whatever they would have said."
    return f"{text} {unknown_words(found.uncovered)}".rstrip()


def unknown_words(uncovered: int) -> str:
    """Which quiet contacts no sample speaks for.

    >>> unknown_words(1_203), unknown_words(0)
    ('1,203 more quiet contacts were not among those drawn from: both ranges leave them open.', '')
    """
    if not uncovered:
        return ""
    were = "contact was" if uncovered == 1 else "contacts were"
    return f"{uncovered:,} more quiet {were} not among those drawn from: both ranges leave them open."


def words(of: Told) -> Iterator[str]:
    """A sample in sentences, one a line; whoever prints them breaks them."""
    kind = "" if of.kind == "*" else f" of the kind {of.kind}"
    handled = "" if of.handled_by == "*" else f", handled by {'automation' if of.handled_by == 'automation' else 'a person'}"
    since = f", begun on {of.since[:10]} or later" if of.since else ""
    among = f"{_n(of.contacts, 'quiet contact')}{kind} of {_n(of.customers, 'customer')}{handled}{since}"
    when = f"{of.window_days} days, as of {of.as_of[:10]}, seed {of.seed}"
    yield f"{of.sample}: {_n(of.drawn, 'customer')} drawn by lot on {of.drawn_at[:10]}, one contact each, among {among} ({when})."
    yield f"Called back: {of.answered:,} answered, {of.no_answer:,} did not, {of.not_called:,} not called yet."
    if of.solved is None:
        yield "Nobody has answered yet: the band is as wide as it was."
        return
    partly = f" ({of.partly:,} said partly, which is no yes)" if of.partly else ""
    yield f"Solved: {of.yes:,} of {of.answered:,} who answered{partly}."
    weighed = " A customer with several quiet contacts counts once for each." if _is_weighed(of.yes / of.answered, of.solved.value) else ""
    yield f"  {MARK} {percent(of.solved.value)} of the quiet contacts ({_interval(of.solved)}), if {of.assumed}.{weighed}"
    yield (
        f"  {_interval(of.bounds)} whatever those would have said who did not answer; "
        f"of the {of.drawn:,} drawn alone {_interval(Between(0.0, *of.of_the_drawn))}."
    )
    for band in of.stayed_resolved:
        whose = "Stayed resolved" if band.handled_by == "*" else f"Handled by {'automation' if band.handled_by == 'automation' else 'a person'}"
        yield f"{whose}, of {band.n:,} contacts: {_between(Between(0.0, *band.before))} before, now {_between(band.asked)} if {of.assumed},"
        yield f"  {_between(band.bounds)} whatever they would have said. {unknown_words(band.uncovered)}".rstrip()


def _is_weighed(plain: float, value: float) -> bool:
    """Whether a share is shown as another one than those who answered give: then it must say why.

    >>> _is_weighed(14 / 20, 0.694), _is_weighed(14 / 20, 0.7), _is_weighed(14 / 20, 0.7000001)
    (True, False, False)
    """
    return percent(plain) != percent(value)


def _n(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _between(of: Between) -> str:
    return f"between {percent(of.low)} and {percent(of.high)}"


def _interval(of: Between) -> str:
    return f"{of.low * 100:.0f} to {of.high * 100:.0f} %"
