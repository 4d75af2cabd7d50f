"""How promises stand: kept, late, broken, unknown or still open, from the events that came and the time it is now.

```
open      not due yet                                kept      the event came by the due time
late      the event came after it                    broken    due passed, and no event came (`repaired` beside it)
unknown   due passed, no event came, and whoever would have sent it is silent: never counted as kept
released  the customer let us off: owed no longer, and in no share
```

The same events give the same standings in whatever order they arrive, and one event settles one promise at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

from ourword.core.calendar import Calendar
from ourword.core.event import Event, data_bytes
from ourword.core.money import minor_from_text
from ourword.core.span import Span
from ourword.core.time import datetime_from_instant, instant_from_datetime

RELEASED = "promise.released"
REPAIRED = "promise.repaired"
CREDITED = "credit.booked"
"""What keeps a repair: `promise.repaired`, and where a credit was promised, `credit.booked` with at least its amount."""


class Standing(StrEnum):
    """How a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    RELEASED = "released"


CAME = (Standing.KEPT, Standing.LATE, Standing.RELEASED)
"""Standings that say that something came; no further event takes them back."""
DUE = (Standing.KEPT, Standing.LATE, Standing.BROKEN, Standing.UNKNOWN)
"""The shares of these sum to all promises that are due; one may be kept before it is."""
SHOWN = (*DUE, Standing.OPEN)
"""In the order in which every door shows them."""
_ALWAYS = -(2**63)


class Sum(msgspec.Struct, frozen=True):
    """An amount that an event must carry: equal to these minor units, or at least as many."""

    minor: int
    currency: str
    exactly: bool = False


class Source(msgspec.Struct, frozen=True):
    """Who sends the event that keeps a promise, and after how long a silence we no longer know."""

    name: str
    heard_within: Span | None = None


class Key(msgspec.Struct, frozen=True, order=True):
    """Names a promise: the decision that made it, and its id in the contract."""

    decision: str
    promise: str


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised for a broken promise, and until when."""

    due: int
    amount: Sum | None = None


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A promise with everything that tells which event keeps it; instants are nanoseconds since 1970."""

    key: Key
    made: int
    due: int
    kept_by: str
    customer: str = ""
    objects: frozenset[tuple[str, str]] = frozenset()
    amount: Sum | None = None
    sources: tuple[Source, ...] = ()
    calendar: Calendar = Calendar("UTC")
    """Reckons how long a source may be silent."""
    repair: Repair | None = None
    recorded: Standing | None = None
    """How the ledger says it stands already, and since when."""
    settled: int | None = None
    known: bool = True
    """False when nobody can say any more what would keep it: it is unknown once it is due."""


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """How one promise stands, since when (kept, late: when the event came; broken: when it was due), and whether it was repaired."""

    key: Key
    standing: Standing
    settled: int | None = None
    repaired: int | None = None
    """When the repair of a broken promise was kept."""
    untimed: bool = False
    """An event came for it, and nobody said when."""


class Heard(msgspec.Struct, frozen=True):
    """What was heard up to now: the events that matter, in order and once each, and when each source and type was last heard."""

    events: tuple[Event, ...]
    sources: dict[str, int]
    types: dict[str, int]


def settle(owed: Sequence[Owed], events: Iterable[Event], now: int) -> dict[Key, Stand]:
    """Say how each promise stands at *now*, from all events that came; their order does not matter.

    >>> callback = Owed(key=Key("d-1", "call"), made=0, due=100, kept_by="human.joined")
    >>> joined = Event(id="1", source="desk", type="human.joined", instant=120, subject="customer:c", data={"decision": "d-1"})
    >>> settle([callback], [joined], now=110)[callback.key].standing, settle([callback], [joined], now=130)[callback.key].standing
    (<Standing.BROKEN: 'broken'>, <Standing.LATE: 'late'>)
    """
    return settle_heard(owed, hear(events, types_of(owed), now), now)


def types_of(owed: Iterable[Owed]) -> set[str]:
    """The types of event that can change how these promises stand."""
    return {each.kept_by for each in owed} | {RELEASED, REPAIRED, CREDITED}


def hear(events: Iterable[Event], types: set[str], now: int) -> Heard:
    """Go once through all events: keep those of *types*, and note when each source was last heard. What lies after *now* has not happened."""
    kept: dict[tuple[str, str], tuple[tuple[bool, int, str, str, bytes], Event]] = {}
    sources: dict[str, int] = {}
    last: dict[str, int] = {}
    for event in events:
        if event.instant is not None:
            if event.instant > now:
                continue
            sources[event.source] = max(event.instant, sources.get(event.source, event.instant))
            last[event.type] = max(event.instant, last.get(event.type, event.instant))
        if event.type in types:
            ranked, name = (_rank(event), event), (event.source, event.id)
            kept[name] = min(ranked, kept.get(name, ranked), key=lambda each: each[0])
    ordered = sorted(kept.values(), key=lambda each: each[0])
    return Heard(tuple(event for _, event in ordered), sources, last)


def settle_heard(owed: Sequence[Owed], heard: Heard, now: int) -> dict[Key, Stand]:
    """Say how each promise stands at *now*, from what was heard up to now."""
    touching = _Touching(heard.events)
    takers = [each for each in owed if not _stays(each, touching)]
    came, used = _match([_want(each) for each in takers if each.known], heard.events)
    stands = {each.key: Stand(key=each.key, standing=each.recorded or Standing.OPEN, settled=each.settled) for each in owed}
    stands |= {each.key: _stand(each, came.get(each.key), heard, now) for each in takers}
    repairs = [_repair(each, each.repair) for each in takers if each.repair and stands[each.key].standing is Standing.BROKEN]
    mended, _ = _match(repairs, [event for event in heard.events if (event.source, event.id) not in used])
    for want in repairs:
        event = mended.get(want.key)
        if event is not None and event.instant is not None and event.instant <= want.due:
            stands[want.key] = msgspec.structs.replace(stands[want.key], repaired=event.instant)
    return stands


def _rank(event: Event) -> tuple[bool, int, str, str, bytes]:
    """A total order: by time (those without one last), then by name; two that claim one name and time, by what they say."""
    return event.instant is None, event.instant or 0, event.source, event.id, data_bytes(event)


# ---- which event keeps which promise -------------------------------------------------------------------------------


class _Want(msgspec.Struct, frozen=True):
    key: Key
    made: int
    due: int
    types: frozenset[str]
    amount: Sum | None
    of: Owed
    repairs: bool = False

    @property
    def age(self) -> tuple[int, int, Key]:
        return self.made, self.due, self.key


def _want(owed: Owed) -> _Want:
    return _Want(owed.key, owed.made, owed.due, frozenset((owed.kept_by,)), owed.amount, owed)


def _repair(broken: Owed, repair: Repair) -> _Want:
    types = frozenset((REPAIRED, CREDITED) if repair.amount else (REPAIRED,))
    return _Want(broken.key, broken.due, repair.due, types, repair.amount, broken, repairs=True)


def _match(wants: Sequence[_Want], events: Iterable[Event]) -> tuple[dict[Key, Event], set[tuple[str, str]]]:
    """Let each event, in order, settle the oldest promise that waits for it; give what each promise got, and the events used."""
    by_decision, by_object = defaultdict[str, list[_Want]](list), defaultdict[tuple[str, str], list[_Want]](list)
    for want in sorted(wants, key=lambda each: each.age):
        by_decision[want.key.decision].append(want)
        for each in want.of.objects:
            by_object[each].append(want)
    got: dict[Key, Event] = {}
    used: set[tuple[str, str]] = set()
    for event in events:
        decision = event.data.get("decision")
        near = by_decision.get(decision, []) if isinstance(decision, str) else _touched(by_object, event)
        oldest = min((each for each in near if each.key not in got and _keeps(event, each)), key=lambda each: each.age, default=None)
        if oldest is not None:
            got[oldest.key] = event
            used.add((event.source, event.id))
    return got, used


def _touched(by_object: dict[tuple[str, str], list[_Want]], event: Event) -> Iterator[_Want]:
    """Promises about an object that this event is about; an event of another customer, or from before the promise, is about none."""
    for each in objects_of(event.data.get("objects"), event.data.get("contact")):
        for want in by_object.get(each, ()):
            same = not event.subject or not want.of.customer or event.customer == want.of.customer
            if same and (event.instant is None or event.instant >= want.made):
                yield want


def _keeps(event: Event, want: _Want) -> bool:
    if event.type == RELEASED:
        asked = event.data.get("actor") == "customer" and event.data.get("promise") == want.key.promise
        return asked and not want.repairs and isinstance(event.data.get("decision"), str)
    if event.type not in want.types or (want.repairs and (event.instant is None or event.instant <= want.made)):
        return False
    return want.amount is None or _enough(event.data.get("amount"), want.amount)


def _enough(given: object, wanted: Sum) -> bool:
    """Say whether an amount is what was promised; a float, another currency or an inexact amount is no amount."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        return False
    minor = given if isinstance(given, int) else minor_from_text(given, wanted.currency)
    if minor is None:
        return False
    return minor == wanted.minor if wanted.exactly else minor >= wanted.minor


def objects_of(given: object, contact: object = None) -> frozenset[tuple[str, str]]:
    """Name the objects that a decision or an event is about by type and id; its contact is one of them.

    >>> sorted(objects_of([{"type": "order", "id": "o-9", "role": "about"}], "k-81"))
    [('contact', 'k-81'), ('order', 'o-9')]
    """
    listed = given if isinstance(given, list | tuple) else ()
    named = {(str(each.get("type", "")), str(each["id"])) for each in listed if isinstance(each, dict) and each.get("id")}
    return frozenset(named | ({("contact", contact)} if isinstance(contact, str) and contact else set()))


# ---- how it stands then --------------------------------------------------------------------------------------------


def _stays(owed: Owed, touching: _Touching) -> bool:
    """Recorded as kept by an event that was not handed in this time: that event came all the same."""
    if owed.recorded not in CAME:
        return False
    if not owed.known:
        return True
    want = _want(owed)
    return not any(event.instant == owed.settled and _keeps(event, want) for event in touching.events(owed))


class _Touching:
    """Events by what they touch: the decision that they name, else the objects that they are about."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._named, self._about = defaultdict[str, list[Event]](list), defaultdict[tuple[str, str], list[Event]](list)
        for event in events:
            decision = event.data.get("decision")
            if isinstance(decision, str):
                self._named[decision].append(event)
            else:
                for each in objects_of(event.data.get("objects"), event.data.get("contact")):
                    self._about[each].append(event)

    def events(self, owed: Owed) -> Iterator[Event]:
        yield from self._named.get(owed.key.decision, ())
        for each in owed.objects:
            yield from self._about.get(each, ())


def _stand(owed: Owed, event: Event | None, heard: Heard, now: int) -> Stand:
    if event is not None and event.instant is not None:
        if event.type == RELEASED:
            return Stand(key=owed.key, standing=Standing.RELEASED, settled=event.instant)
        return Stand(key=owed.key, standing=Standing.KEPT if event.instant <= owed.due else Standing.LATE, settled=event.instant)
    if now <= owed.due:
        return Stand(key=owed.key, standing=Standing.OPEN, untimed=event is not None)
    # It came, and nobody said when; or nobody is there to say that it came.
    if event is not None or not owed.known or _silent(owed, heard, now):
        return Stand(key=owed.key, standing=Standing.UNKNOWN)
    return Stand(key=owed.key, standing=Standing.BROKEN, settled=owed.due)


def _silent(owed: Owed, heard: Heard, now: int) -> bool:
    after = silent_after(owed, heard)
    return after is not None and now > after


def silent_after(owed: Owed, heard: Heard) -> int | None:
    """After which moment everyone who could have sent the event has been silent for too long; `None`: that never comes.

    Who was heard once the due time had passed, and did not send it, has answered: falling silent later takes no broken
    promise back, else a vendor could hide them by switching its events off.
    """
    until = [_silent_after(each, owed, heard) for each in owed.sources]
    known = [each for each in until if each is not None]
    return max(known) if until and len(known) == len(until) else None


def _silent_after(source: Source, owed: Owed, heard: Heard) -> int | None:
    """After which moment a source counts as silent about a promise that is due; `None`: it never does."""
    if source.heard_within is None:
        return None
    last = max((at for at in (heard.sources.get(source.name), heard.types.get(owed.kept_by)) if at is not None), default=None)
    if last is None:
        return _ALWAYS
    if last > owed.due:
        return None
    return instant_from_datetime(owed.calendar.due_at(datetime_from_instant(last), source.heard_within)) or 0
