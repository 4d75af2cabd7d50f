"""What the ledger says of promises: a fold over its entries. The last entry about a promise says how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import UNSET, UnsetType

from ourword.core.time import instant_from_text
from ourword.ledger.entry import AnyEntry, Decision, PromiseMade, SignalOpened, instant_text
from ourword.ledger.settle import DUE, Key, Stand, Standing
from ourword.ledger.store import Entry

EXECUTED_OTHERWISE = "executed-otherwise"
REPAIRED = "repaired"
FROM_THE_GATE = ("boundary", "boundary-proposed")
"""What the gate's own signals are about: they come with their decision, at any time."""


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as the ledger knows it: when it was made and is due, and the last that was said of it."""

    key: Key
    kind: str
    contract: str
    owner: str
    sub: str
    made: int
    due: int
    digest: str | None = None
    """Of the contract that decided."""
    standing: Standing = Standing.OPEN
    settled: int | None = None
    repaired: int | None = None


class Book(msgspec.Struct, frozen=True):
    """All promises that customers were told of up to entry number `seen`, and the decisions known to be executed otherwise."""

    promises: dict[Key, Noted]
    otherwise: set[str]
    seen: int
    changed: int = 0
    """The last entry that said something of promises, or of a decision executed otherwise."""
    observed: frozenset[Key] = frozenset()
    """What would have been promised, had the decisions not only been observed: nobody was told, so that nothing is owed."""


def book(entries: Iterable[Entry], *, as_of: int | None = None, before: Book | None = None) -> Book:
    """Read the promises off the entries in order; with *as_of*, as they were known at that entry; with *before*, go on from there.

    >>> book([]).seen
    0
    """
    promises: dict[Key, Noted] = dict(before.promises) if before else {}
    otherwise: set[str] = set(before.otherwise) if before else set()
    observed: set[Key] = set(before.observed) if before else set()
    digests: dict[str, str | None] = {}
    untold: set[str] = set()
    seen, changed = (before.seen, before.changed) if before else (0, 0)
    for entry in entries:
        if as_of is not None and entry.seq > as_of:
            break
        value, seen = entry.value, entry.seq
        if isinstance(value, Decision):
            digests[value.decision_id] = value.lineage.contract
            if value.mode is not UNSET:
                untold.add(value.decision_id)
        elif isinstance(value, PromiseMade):
            key, changed = Key(value.decision_id, value.promise), entry.seq
            if key in observed or value.decision_id in untold:  # the standings that an older version wrote of these say nothing either
                observed.add(key)
                continue
            known = promises.get(key)
            if known is None and value.standing != "made":
                continue  # where it was made was past retention and was let go of
            promises[key] = _made(key, value, digests.get(value.decision_id)) if known is None else _after(known, value)
        elif isinstance(value, SignalOpened) and value.about == EXECUTED_OTHERWISE and isinstance(value.decision_id, str):
            otherwise.add(value.decision_id)
            changed = entry.seq
    return Book(promises, otherwise, seen, changed, frozenset(observed))


def _made(key: Key, entry: PromiseMade, digest: str | None) -> Noted:
    made, due = _instant(entry.time), _instant(entry.due)
    common = {"kind": entry.kind, "contract": entry.contract, "owner": entry.owner, "sub": entry.sub, "digest": digest}
    return Noted(key=key, made=made or 0, due=due or 0, **common)  # type: ignore[arg-type]


def _after(before: Noted, entry: PromiseMade) -> Noted:
    if entry.standing == REPAIRED:
        return msgspec.structs.replace(before, repaired=_instant(entry.settled))
    return msgspec.structs.replace(before, standing=Standing(entry.standing), settled=_instant(entry.settled), repaired=None)


def _instant(text: str | UnsetType) -> int | None:
    return None if text is UNSET else instant_from_text(str(text))


def is_settling(value: AnyEntry) -> bool:
    """Say whether an entry is written by settling, raising or answering, of which one may not overlook another: all signals but a gate's own."""
    if isinstance(value, PromiseMade):
        return value.standing != "made"
    return isinstance(value, SignalOpened) and (value.standing, value.about in FROM_THE_GATE) != ("open", True)


# ---- what is new ---------------------------------------------------------------------------------------------------


def transitions(noted: Mapping[Key, Noted], stands: Mapping[Key, Stand], now: int) -> list[PromiseMade]:
    """Write an entry for every promise that stands otherwise than the ledger says; the store gives `gate` and `counter`."""
    new: list[PromiseMade] = []
    for key, stand in sorted(stands.items()):
        before = noted[key]
        changed = (stand.standing, stand.settled) != (before.standing, before.settled)
        if changed and stand.standing is not Standing.OPEN:
            new.append(_entry(before, stand.standing.value, stand.settled, now))
        if stand.repaired is not None and (changed or before.repaired is None):
            new.append(_entry(before, REPAIRED, stand.repaired, now))
    return new


def _entry(of: Noted, standing: str, settled: int | None, now: int) -> PromiseMade:
    return PromiseMade(
        decision_id=of.key.decision,
        kind=of.kind,
        time=instant_text(now),
        contract=of.contract,
        owner=of.owner,
        gate="",
        counter=0,
        sub=of.sub,
        standing=standing,
        promise=of.key.promise,
        due=instant_text(of.due),
        settled=UNSET if settled is None else instant_text(settled),
    )


def shares(standings: Iterable[Standing]) -> dict[str, float] | None:
    """Give the share of each standing among these promises, without open and released ones; `None` when none is left: no data is no data.

    They are told by their standing alone, so one that is kept before it is due counts; who counts those due leaves it out first.

    >>> shares([Standing.KEPT, Standing.BROKEN, Standing.OPEN])
    {'kept': 0.5, 'late': 0.0, 'broken': 0.5, 'unknown': 0.0}
    """
    counted = Counter(standings)
    due = sum(counted[each] for each in DUE)
    return {each.value: counted[each] / due for each in DUE} if due else None
