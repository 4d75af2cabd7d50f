"""Settling the promises of a home: what it promised, joined with the contracts that promised it and the events that came."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from ourword.contract.amounts import amount_fact
from ourword.core.event import Event
from ourword.errors import HomeError
from ourword.kept import draft_of, gate_of, verdict_again
from ourword.ledger.entry import PromiseMade, SignalOpened, instant_text
from ourword.ledger.falling import falling
from ourword.ledger.owing import differences, owed, rule_of, unknowable
from ourword.ledger.settle import CREDITED, RELEASED, REPAIRED, Heard, Key, Owed, Stand, Standing, hear, settle_heard
from ourword.ledger.standings import EXECUTED_OTHERWISE, Book, Noted, book, transitions
from ourword.signals.signalling import raise_signals
from ourword.stores.heard import KeptEvents
from ourword.stores.settled import Progress, book_of, keep

if TYPE_CHECKING:
    from ourword.ledger.store import Recorded
    from ourword.stores.home import Home

BATCH_MAX = 1024
"""Entries in one commit."""
TRIES_MAX = 8
_EXECUTED = "action.executed"
_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One promise as outcomes read it; times are microseconds since 1970."""

    decision: str
    subject: int
    contact: int | None = None
    promise: str
    kind: str
    made: int = 0
    due: int
    standing: str
    """open, kept, late, broken, unknown, or released."""
    settled: int | None = None
    """When it was kept, or when a broken one was due; `None` while nobody knows."""
    repaired: int | None = None
    """When the repair of a broken promise was kept."""
    owner: str = ""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What settling found: how every promise stands now, what was written about it, and what was executed otherwise."""

    now: int
    rows: tuple[Row, ...]
    new: tuple[PromiseMade, ...] = ()
    """The transitions that were appended this time."""
    signals: tuple[SignalOpened, ...] = ()
    """The signals that were opened this time."""
    observed: int = 0
    """How many more would have been promised by decisions that were only observed."""
    unreadable: tuple[str, ...] = ()
    """Decisions whose customer is erased or whose contract is not kept: their promises are unknown once they are due."""


def promises(home: Home, *, as_of: int | None = None, contact: Callable[[str], int | None] | None = None) -> list[Row]:
    """Give every promise of a home as its entries say, in the order they were made; with *as_of*, as known at that entry.

    What was only observed is none of them: nobody was told. *contact* turns a contact's own id into its number; without it the column is empty.
    """
    return promised(home, as_of=as_of, contact=contact)[0]


def promised(home: Home, *, as_of: int | None = None, contact: Callable[[str], int | None] | None = None) -> tuple[list[Row], int]:
    """The same, and how many more would have been made by decisions that were only observed."""
    known = book_of(home)[0] if as_of is None else book(home.log(), as_of=as_of)
    return rows_of(home, known.promises.values(), contact), len(known.observed)


def settle_home(home: Home, events: Iterable[Event], now: int) -> Settled:
    """Settle all promises of a home at *now* (nanoseconds since 1970) and append what is new, durably and once.

    *events* are all that came so far, in any order, read once; of those that the home keeps (`events_of`) only what can
    matter is read. What was broken asks for an answer then (`signalling`). Settling again with the same events appends
    nothing; after a crash, settle again. Raises `HomeError`.
    """
    _ = home.has_events  # nothing is recorded where another folder of this home has the events
    settled, known = _settle(home, events, now)
    raised = raise_signals(home, now, promised=known.promises.values())
    return msgspec.structs.replace(settled, signals=(*settled.signals, *raised)) if raised else settled


def _settle(home: Home, events: Iterable[Event], now: int) -> tuple[Settled, Book]:
    first, progress = book_of(home)
    kept = events if isinstance(events, KeptEvents) else None
    if kept is not None and progress is not None and progress.only_time_passed(now=now, arrival=kept.last_arrival()):
        if progress.falling.untouched(now):
            return Settled(now=now, rows=tuple(rows_of(home, first.promises.values())), observed=len(first.observed)), first
        if progress.falling.told_by_time(now):
            return _fallen(home, first, progress, now)
    types = types_of(home, first)
    heard, arrival, ahead = kept.heard(types, now) if kept is not None else (hear(events, types, now), 0, None)
    owing, unreadable, signals = joined(home, first, heard, now)
    stands = settle_heard(owing, heard, now)
    new, opened, last = _append(home, first, stands, signals, now)
    if kept is not None:
        waits = falling(owing, stands, heard)
        _keep(home, first, last, Progress(now=now, arrival=arrival, ahead=ahead, whole=not unreadable, falling=waits))
    rows = rows_of(home, last.promises.values())
    return Settled(now=now, rows=tuple(rows), new=tuple(new), signals=tuple(opened), observed=len(last.observed), unreadable=unreadable), last


def _fallen(home: Home, first: Book, progress: Progress, now: int) -> tuple[Settled, Book]:
    """Nothing came since the last time: what was promised until now has fallen due, and nothing else has changed."""
    stands, waits = progress.falling.later(now)
    new, _, last = _append(home, first, stands, [], now)
    _keep(home, first, last, msgspec.structs.replace(progress, now=now, falling=waits))
    return Settled(now=now, rows=tuple(rows_of(home, last.promises.values())), new=tuple(new), observed=len(last.observed)), last


def _keep(home: Home, first: Book, last: Book, progress: Progress) -> None:
    """Keep how far this came; what others promised meanwhile is not settled yet."""
    keep(home, last, progress if last.promises.keys() == first.promises.keys() else None)


def events_of(home: Home) -> KeptEvents:
    """Give all events that the home keeps; those of erased customers are gone."""
    return KeptEvents(home)


# ---- what was promised ---------------------------------------------------------------------------------------------


def types_of(home: Home, of: Book) -> set[str]:
    """The types of event that settling reads: those that keep these promises, by the contracts that made them, and those that say more of them."""
    made = {(each.digest, each.kind, each.key.promise) for each in of.promises.values()}
    drafts = {digest: draft_of(home.path, digest) for digest, _, _ in made}
    rules = (rule_of(draft, kind, promise) for digest, kind, promise in made if (draft := drafts[digest]) is not None)
    return {rule.kept_by for rule in rules if rule is not None} | {RELEASED, REPAIRED, CREDITED, _EXECUTED}


def joined(home: Home, of: Book, heard: Heard, now: int) -> tuple[list[Owed], tuple[str, ...], list[SignalOpened]]:
    """Join promises and executions with their decisions, each read once: what is owed, what cannot be read, what was executed otherwise."""
    executed = _executed(heard)
    noted = defaultdict[str, list[Noted]](list)
    for each in of.promises.values():
        noted[each.key.decision].append(each)
    found: dict[Key, Owed] = {}
    erased: set[str] = set()
    signals: dict[str, SignalOpened] = {}
    for recorded in home.decisions(noted.keys() | executed.keys()):
        for each in noted.get(recorded.decision_id, ()):
            made = _owed(home, each, recorded)
            if made is not None:
                found[each.key] = made
        if recorded.personal is None:
            erased.add(recorded.decision_id)
        args = executed.get(recorded.decision_id)
        signal = _signal(home, recorded, args, now) if args is not None else None
        if signal is not None:
            signals[recorded.decision_id] = signal
    # What was settled before its customer was erased stays so: the events that showed it are gone, the entry that says it is not.
    left = [each for each in of.promises.values() if each.key.decision not in erased or each.standing is Standing.OPEN]
    lost = dict.fromkeys(each.key.decision for each in left if each.key not in found)
    owing = [found.get(each.key) or unknowable(each) for each in left]
    return owing, tuple(lost), [signals[decision] for decision in executed if decision in signals]


def _owed(home: Home, noted: Noted, recorded: Recorded) -> Owed | None:
    draft = draft_of(home.path, noted.digest)
    rule = rule_of(draft, noted.kind, noted.key.promise) if draft else None
    if recorded.personal is None or draft is None or rule is None:
        return None
    name, _ = amount_fact(rule, draft)
    return owed(noted, rule, draft, recorded.personal, _minor(home, recorded, noted.digest, name) if name else None)


def _minor(home: Home, recorded: Recorded, digest: str | None, name: str) -> int | None:
    """The amount promised, as the gate saw it when it promised: typed, amended, in minor units."""
    gate = gate_of(home.path, digest)
    verdict = verdict_again(recorded, gate) if gate else None
    value = verdict.typed_values.get(name) if verdict else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# ---- what follows --------------------------------------------------------------------------------------------------


def _append(
    home: Home, first: Book, stands: dict[Key, Stand], signals: list[SignalOpened], now: int
) -> tuple[list[PromiseMade], list[SignalOpened], Book]:
    """Append what the ledger does not say yet, looking again whenever another process has settled meanwhile; give what it says then."""
    known, written = first, list[PromiseMade | SignalOpened]()
    for _ in range(TRIES_MAX):
        missing: list[PromiseMade | SignalOpened] = [*transitions(known.promises, stands, now)]
        missing += [each for each in signals if each.decision_id not in known.otherwise]
        seen: int | None = known.seen
        while missing and seen is not None:
            batch = missing[:BATCH_MAX]
            seen = home.follow(batch, seen=seen)
            if seen is not None:
                written += batch
                missing = missing[BATCH_MAX:]
        known = book(home.log(after=known.seen), before=known)
        if not missing:
            promised = [each for each in written if isinstance(each, PromiseMade)]
            return promised, [each for each in written if isinstance(each, SignalOpened)], known
    what = "other processes keep settling this home"
    raise HomeError("home.busy", what, place=str(home.path), hint="let one of them settle, then run this again")


def _executed(heard: Heard) -> dict[str, list[object]]:
    """What was executed, by decision, in order: the arguments of each time."""
    found: dict[str, list[object]] = {}
    for event in heard.events:
        decision = event.data.get("decision")
        if event.type == _EXECUTED and isinstance(decision, str):
            found.setdefault(decision, []).append(event.data.get("args"))
    return found


def _signal(home: Home, recorded: Recorded, executed: list[object], now: int) -> SignalOpened | None:
    """Ask who is answerable for a decision that was executed otherwise than the customer had confirmed.

    Only names of arguments go into the log, and only those that look like names: values are the customer's.
    """
    if recorded.personal is None:
        return None
    compared = (differences(recorded.personal.confirmed_args, args) for args in executed)
    differing = next((each for each in compared if each), ())
    if not differing:
        return None
    entry = recorded.decision
    draft = draft_of(home.path, entry.lineage.contract)
    answerable = draft.answerable.get("unclear") if draft else None
    named = [each if _ARGUMENT.fullmatch(each) else "args" for each in differing]
    return SignalOpened(
        decision_id=recorded.decision_id,
        kind=entry.kind,
        time=instant_text(now),
        contract=entry.contract,
        owner=answerable or entry.owner,
        gate="",
        counter=0,
        sub=entry.sub,
        about=EXECUTED_OTHERWISE,
        clauses=tuple(dict.fromkeys(named)),
    )


# ---- the table -----------------------------------------------------------------------------------------------------


def rows_of(home: Home, noted: Iterable[Noted], contact: Callable[[str], int | None] | None = None) -> list[Row]:
    """Promises as outcomes read them."""
    numbers = home.subject_numbers()
    # A decision may be let go of between the two readings: it is past retention.
    return [_row(each, numbers[each.key.decision], _contact(home, each, contact)) for each in noted if each.key.decision in numbers]


def _contact(home: Home, noted: Noted, number: Callable[[str], int | None] | None) -> int | None:
    recorded = home.find(noted.key.decision) if number else None
    raw = recorded.personal.contact if recorded and recorded.personal else None
    return number(raw) if number and isinstance(raw, str) else None


def _row(noted: Noted, subject: int, contact: int | None) -> Row:
    return Row(
        decision=noted.key.decision,
        subject=subject,
        contact=contact,
        promise=noted.key.promise,
        kind=noted.kind,
        made=noted.made // 1000,
        due=noted.due // 1000,
        standing=noted.standing.value,
        settled=None if noted.settled is None else noted.settled // 1000,
        repaired=None if noted.repaired is None else noted.repaired // 1000,
        owner=noted.owner,
    )


def row_as_dict(row: Row) -> dict[str, object]:
    """One promise as JSON values, times as RFC 3339.

    >>> row_as_dict(Row(decision="d-1", subject=1, promise="call", kind="help", due=10**6, standing="open"))["due"]
    '1970-01-01T00:00:01Z'
    """
    named = {"decision": row.decision, "kind": row.kind, "promise": row.promise, "subject": row.subject, "owner": row.owner}
    times = {name: None if at is None else instant_text(at * 1000) for name, at in (("settled", row.settled), ("repaired", row.repaired))}
    return {**named, "due": instant_text(row.due * 1000), "standing": row.standing, **times}
