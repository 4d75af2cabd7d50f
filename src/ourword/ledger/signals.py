"""What the ledger says of signals: a fold over its entries, and what must be written next.

One signal for one thing: a contract, a kind, and a promise, a target or a boundary in it; never one for each customer. While it is open, later
evidence adds to its count. It is closed only by saying which of nine it was: silence closes nothing.

```
open       asks its owner for an answer
answered   somebody said which it was; for 90 days more it is watched whether it comes back
recurred   it came back after the answer, and is open again: after a `defect`, one level up
closed     answered, and 90 days have passed
waived     open or recurred, and somebody has said why it need not be answered until a day, at most 90 days ahead; then it asks again by itself
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from ourword.core.time import instant_from_text
from ourword.ledger.entry import Evidence, SignalOpened, instant_text
from ourword.ledger.settle import Standing
from ourword.ledger.standings import EXECUTED_OTHERWISE, Noted
from ourword.ledger.store import Entry

PROMISE, TARGET, NOT_IN_FORCE = "promise", "target", "not-in-force"
DAY = 86_400 * 10**9
WATCHED = 90 * DAY
"""So long an answer is watched, and so far back a broken promise opens a signal."""


class Saying(StrEnum):
    """What a signal turned out to be: one of the nine."""

    INTENT = "intent"
    INCENTIVE = "incentive"
    CHOICE = "choice"
    BOUNDARY = "boundary"
    PROMISE = "promise"
    CONTEXT = "context"
    ROLE = "role"
    JOURNEY = "journey"
    DEFECT = "defect"


SAYINGS: dict[str, str] = {
    Saying.INTENT: "what we mean is not what we wrote, or nobody wrote it",
    Saying.INCENTIVE: "somebody is paid for what harms customers",
    Saying.CHOICE: "the price of a tension that we decided, or left undecided",
    Saying.BOUNDARY: "a boundary is missing, or stands in the wrong place",
    Saying.PROMISE: "we promise what we cannot keep",
    Saying.CONTEXT: "something that matters about the customer was not known",
    Saying.ROLE: "the wrong one decided, or nobody was answerable",
    Saying.JOURNEY: "what comes before or after sends customers here",
    Saying.DEFECT: "something is broken, and is mended",
}
"""Each saying in words."""

State = Literal["open", "answered", "closed", "recurred", "waived"]


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """That a signal need not be answered for a while: said by whom, when, until when (ns since 1970), by which entry."""

    by: str
    at: int
    until: int
    seq: int
    because: str | None = None
    """Why, where it is kept and the home was asked for it."""


class About(msgspec.Struct, frozen=True, order=True):
    """What a signal is about: it has one signal, however many customers it befell."""

    contract: str
    kind: str
    about: str
    """`promise`, `target`, `boundary`, `boundary-proposed`, `executed-otherwise`; `not-in-force` of a contract itself, whose kind is `*`."""
    what: str
    """A promise's or a boundary's id, a metric and its bound, or a contract's digest; empty for `executed-otherwise`."""
    within: str = ""
    """The time of a target, as written: two targets that differ in it alone are two."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as the ledger knows it at a moment; times are nanoseconds since 1970."""

    id: str
    """`s-` and the number of the entry that opened it."""
    seq: int
    of: About
    clauses: tuple[str, ...]
    owner: str
    """The role id of who must answer, or must have."""
    level: int = 1
    standing: State = "open"
    opened: int
    since: int
    """Since when it asks: when it was opened, or came back last."""
    said: str | None = None
    answered_by: str | None = None
    answered_at: int | None = None
    answer_seq: int | None = None
    because: str | None = None
    """The reason given, where it is kept and the home was asked for it."""
    waiver: Waiver | None = None
    """The last waiver since it asks, whether it runs still or has ended."""
    waivers: int = 0
    """How many times it was waived since it asks."""
    asked: tuple[tuple[int, int | None], ...] = ()
    """Each time that it asked: since when, and when it was answered; a waiver stops no clock."""
    evidence: Evidence | None = None
    """A target's figures when it was opened, or came back last."""
    decisions: tuple[str, ...] = ()
    """The decisions that it is about, since the answer before; none for a target."""
    customers: int = 0
    """How many customers these decisions befell."""
    owed: int = 0
    """How many of them we owe still: a promise broken and not repaired."""
    before: int | None = None
    """When it was answered before it came back, or before its last answer: what is older has had its answer."""
    version: str = ""
    """Of a contract that was not in force, as it says itself, where the home keeps it."""
    again: int = 0
    """Decisions that have come after the answer, and have not raised it yet."""
    again_at: int | None = None
    """When it came back first: it is raised whenever somebody settles, which may be weeks later."""

    @property
    def waits(self) -> bool:
        """Whether nobody has answered it, waived or not."""
        return self.standing in ("open", "recurred", "waived")

    @property
    def asks(self) -> bool:
        """Whether it asks for an answer now: while it is waived it does not."""
        return self.standing in ("open", "recurred")

    @property
    def count(self) -> int:
        """How many decisions it is about."""
        return len(self.decisions)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is now so, and asks for an answer: what, and whose it is, first name first."""

    of: About
    clauses: tuple[str, ...]
    ladder: tuple[str, ...]
    evidence: Evidence | None = None
    answer_seq: int | None = None
    """The number of the answer after which a target was judged again."""
    at: int | None = None
    """When it came back, where that is known of it; else it is so now."""


def about(entry: SignalOpened) -> About:
    """Say what a signal's entry is about."""
    what, figures = "" if entry.about == EXECUTED_OTHERWISE else " ".join(entry.clauses), _figures(entry)
    return About(entry.contract, entry.kind, entry.about, what, figures.within if figures is not None else "")


def number_of(signal_id: str) -> int | None:
    """Read a signal's id.

    >>> number_of("s-12"), number_of("12")
    (12, None)
    """
    digits = signal_id.removeprefix("s-")
    return int(digits) if digits != signal_id and digits.isascii() and digits.isdigit() and len(digits) < 19 else None


# ---- the fold ------------------------------------------------------------------------------------------------------


class _Told(msgspec.Struct, kw_only=True):
    """A signal while its entries are read."""

    signal: Signal
    before: int | None = None
    """When it was answered the time before: what is older has had its answer."""
    befell: list[tuple[str, str]]
    """Decision and customer, since the answer before."""
    after: list[tuple[str, str]]
    """The same, since the last answer."""
    after_at: int | None = None
    """When the first of these came."""


def signals(entries: Iterable[Entry], promised: Iterable[Noted] = (), *, now: int) -> list[Signal]:
    """Read the signals off the entries in order (others than a signal's are passed over), with the promises as they stand; the oldest first.

    >>> signals([], now=0)
    []
    """
    told: dict[About, _Told] = {}
    opened: dict[int, About] = {}
    for entry in entries:
        value = entry.value
        if isinstance(value, SignalOpened):
            of = opened.get(value.signal, about(value)) if isinstance(value.signal, int) else about(value)
            _read(told, entry.seq, of, value)
            opened.setdefault(entry.seq, of)
    broken = _broken(promised)
    return [_finished(each, broken.get(each.signal.of, ()), now) for each in told.values()]


def _read(told: dict[About, _Told], seq: int, of: About, entry: SignalOpened) -> None:
    befell, known = _befell(entry), told.get(of)
    if known is None:
        if entry.standing == "open":
            told[of] = _Told(signal=_opened(seq, of, entry), befell=befell, after=[])
    elif entry.standing == "answered":
        known.signal = _answered(known.signal, seq, entry)
    elif entry.standing == "waived":
        known.signal = _waived(known.signal, seq, entry)
    elif entry.standing == "recurred":
        known.before, known.befell, known.after, known.after_at = known.signal.answered_at, known.after, [], None
        known.signal = _recurred(known.signal, entry)
    elif known.signal.waits:
        known.befell.extend(befell)
    elif befell:
        known.after.extend(befell)
        known.after_at = _instant(entry.time) if known.after_at is None else known.after_at


def _befell(entry: SignalOpened) -> list[tuple[str, str]]:
    return [(entry.decision_id, str(entry.sub))] if isinstance(entry.decision_id, str) else []


def _opened(seq: int, of: About, entry: SignalOpened) -> Signal:
    time, level = _instant(entry.time), _level(entry, 1)
    figures = _figures(entry)
    return Signal(
        id=f"s-{seq}",
        seq=seq,
        of=of,
        clauses=entry.clauses,
        owner=entry.owner,
        level=level,
        opened=time,
        since=time,
        asked=((time, None),),
        evidence=figures,
    )


def _answered(signal: Signal, seq: int, entry: SignalOpened) -> Signal:
    said, by = (None if value is UNSET else str(value) for value in (entry.said, entry.by))
    at, (*asked, (since, first)) = _instant(entry.time), signal.asked
    rounds = (*asked, (since, at if first is None else first))
    return msgspec.structs.replace(
        signal, standing="answered", said=said, answered_by=by, answered_at=at, answer_seq=seq, waiver=None, waivers=0, asked=tuple(rounds)
    )


def _waived(signal: Signal, seq: int, entry: SignalOpened) -> Signal:
    """What was answered meanwhile needs no waiver."""
    if not signal.waits:
        return signal
    waiver = Waiver(by=str(entry.by), at=_instant(entry.time), until=_instant(str(entry.until)), seq=seq)
    return msgspec.structs.replace(signal, waiver=waiver, waivers=signal.waivers + 1)


def _recurred(signal: Signal, entry: SignalOpened) -> Signal:
    since, level, asked = _instant(entry.time), _level(entry, signal.level), signal.asked
    rounds = asked if asked[-1][1] is None else (*asked, (since, None))
    figures = _figures(entry)
    return msgspec.structs.replace(
        signal, standing="recurred", since=since, owner=entry.owner, level=level, waiver=None, asked=rounds, evidence=figures
    )


def _finished(told: _Told, broken: Iterable[Noted], now: int) -> Signal:
    """Count what it is about, and close what was answered long enough ago."""
    signal, pairs, owed, again, again_at = told.signal, told.befell, 0, len(told.after), told.after_at
    if signal.of.about == PROMISE:
        mine = [each for each in broken if _counts(each, told)]
        pairs = [(each.key.decision, each.sub) for each in mine]
        owed = len({each.sub for each in mine if each.repaired is None})
        later = [each.due for each in broken if _is_after(each, signal)]
        again, again_at = len(later), min(later, default=None)
    return msgspec.structs.replace(
        signal,
        standing=_stands(signal, now),
        decisions=tuple(dict.fromkeys(decision for decision, _ in pairs)),
        customers=len({sub for _, sub in pairs}),
        owed=owed,
        before=told.before,
        again=again,
        again_at=again_at,
    )


def _stands(signal: Signal, now: int) -> State:
    if signal.standing == "answered":
        return "closed" if now - (signal.answered_at or 0) >= WATCHED else "answered"
    return "waived" if signal.waiver is not None and now < signal.waiver.until else signal.standing


def _broken(promised: Iterable[Noted]) -> Mapping[About, list[Noted]]:
    found: dict[About, list[Noted]] = defaultdict(list)
    for each in promised:
        if each.standing is Standing.BROKEN:
            found[About(each.contract, each.kind, PROMISE, each.key.promise)].append(each)
    return found


def _counts(promise: Noted, told: _Told) -> bool:
    """Whether a broken promise belongs to this signal's question: made after the answer before, and before the last one, if it stands."""
    signal = told.signal
    if told.before is not None and promise.made <= told.before:
        return False
    return signal.waits or not _is_after(promise, signal)


def _is_after(promise: Noted, signal: Signal) -> bool:
    """A promise that was made before the answer could not be mended by it any more: it tells nothing about the answer."""
    return not signal.waits and promise.made > (signal.answered_at or 0)


def _instant(text: str) -> int:
    return instant_from_text(text) or 0


def _level(entry: SignalOpened, otherwise: int) -> int:
    return otherwise if isinstance(entry.level, UnsetType) else entry.level


def _figures(entry: SignalOpened) -> Evidence | None:
    return None if isinstance(entry.evidence, UnsetType) else entry.evidence


# ---- what must be written next -------------------------------------------------------------------------------------

Ladder = Callable[[About, str], tuple[str, ...]]
"""Gives the names that a signal goes to, first name first; the second argument is the owner in the ledger."""


def findings(known: Iterable[Signal], promised: Iterable[Noted], ladder: Ladder, *, now: int) -> Iterator[Finding]:
    """Give what the ledger alone shows: promises that were broken in the last 90 days, and what came again after an answer."""
    there = {each.of: each for each in known}
    for of, broken in _broken(promised).items():
        signal = there.get(of)
        asks = any(each.due >= now - WATCHED for each in broken) if signal is None else bool(signal.again)
        if asks:
            at = signal.again_at if signal is not None else None
            yield Finding(of=of, clauses=(of.what,), ladder=ladder(of, broken[-1].owner), at=at)
    for signal in there.values():
        if signal.of.about not in (PROMISE, TARGET) and signal.again and not signal.waits:
            yield Finding(of=signal.of, clauses=signal.clauses, ladder=ladder(signal.of, signal.owner), at=signal.again_at)


def raised(known: Iterable[Signal], found: Iterable[Finding], *, now: int) -> list[SignalOpened]:
    """Write the entries that are missing: a signal for what has none, and that it recurred for what has been answered.

    The store gives `gate` and `counter`. What waits for an answer already is not asked again. Within 90 days of `defect` it goes one
    level up; after any other answer, or later, it comes back at the level it had.
    """
    there = {each.of: each for each in known}
    new: dict[About, SignalOpened] = {}
    for each in found:
        signal = there.get(each.of)
        if each.of not in new and (signal is None or not signal.waits) and not _outdated(each, signal):
            new[each.of] = _entry(each, signal, now)
    return list(new.values())


def _outdated(finding: Finding, signal: Signal | None) -> bool:
    """A target is judged by what came after the last answer: one that was judged before that answer says nothing."""
    return finding.of.about == TARGET and finding.answer_seq != (None if signal is None else signal.answer_seq)


def _entry(of: Finding, before: Signal | None, now: int) -> SignalOpened:
    level = 1 if before is None else before.level + _rises(before, now if of.at is None else of.at)
    return SignalOpened(
        kind=of.of.kind,
        time=instant_text(now),
        contract=of.of.contract,
        owner=of.ladder[min(level, len(of.ladder)) - 1],
        gate="",
        counter=0,
        standing="open" if before is None else "recurred",
        about=of.of.about,
        clauses=of.clauses,
        signal=UNSET if before is None else before.seq,
        level=level,
        evidence=of.evidence or UNSET,
    )


def _rises(signal: Signal, at: int) -> bool:
    return signal.said == Saying.DEFECT and at - (signal.answered_at or 0) < WATCHED
