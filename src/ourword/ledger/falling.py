"""What time alone will do to promises: open ones fall due, and where everybody falls silent we no longer know.

While no event and no decision comes, nothing else changes: so the promises that wait are enough to settle at a later moment.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ourword.ledger.settle import Heard, Key, Owed, Stand, Standing, silent_after


class Waiting(msgspec.Struct, frozen=True):
    """An open promise, and what it becomes when it is due and nothing more comes; instants are ns since 1970."""

    key: Key
    due: int
    silent_after: int | None
    """After which moment everybody who could send the event is silent; `None`: never."""
    unknown: bool
    """It came and nobody said when, or nobody can say what would keep it."""

    def stand(self, now: int) -> Stand:
        """Say how it stands at *now*, nothing having come."""
        if now <= self.due:
            return Stand(key=self.key, standing=Standing.OPEN)
        if self.unknown or (self.silent_after is not None and now > self.silent_after):
            return Stand(key=self.key, standing=Standing.UNKNOWN)
        return Stand(key=self.key, standing=Standing.BROKEN, settled=self.due)


class Falling(msgspec.Struct, frozen=True):
    """The open promises, and until when those that are broken stay so."""

    waiting: tuple[Waiting, ...] = ()
    broken_until: int | None = None

    def untouched(self, now: int) -> bool:
        """Say whether every promise stands at *now* as it stood, when nothing more comes."""
        return self.told_by_time(now) and all(now <= each.due for each in self.waiting)

    def told_by_time(self, now: int) -> bool:
        """Say whether the waiting ones are all that can stand otherwise at *now*, when nothing more comes."""
        return self.broken_until is None or now <= self.broken_until

    def later(self, now: int) -> tuple[dict[Key, Stand], Falling]:
        """Settle those that have fallen due by *now*, and give what waits then."""
        due = [each for each in self.waiting if now > each.due]
        stands = {each.key: each.stand(now) for each in due}
        until = [each.silent_after for each in due if stands[each.key].standing is Standing.BROKEN]
        return stands, Falling(tuple(each for each in self.waiting if now <= each.due), _first([self.broken_until, *until]))


def falling(owed: Iterable[Owed], stands: dict[Key, Stand], heard: Heard) -> Falling:
    """Say what time alone will do to promises that stand so.

    >>> call = Owed(key=Key("d-1", "call"), made=0, due=100, kept_by="human.joined")
    >>> waits = falling([call], {call.key: Stand(key=call.key, standing=Standing.OPEN)}, Heard((), {}, {}))
    >>> waits.untouched(100), waits.later(101)[0][call.key].standing
    (True, <Standing.BROKEN: 'broken'>)
    """
    waiting, until = [], []
    for each in owed:
        stand = stands[each.key]
        if stand.standing is Standing.OPEN:
            waiting.append(Waiting(each.key, each.due, silent_after(each, heard), stand.untimed or not each.known))
        elif stand.standing is Standing.BROKEN:
            until.append(silent_after(each, heard))
    return Falling(tuple(waiting), _first(until))


def _first(moments: Iterable[int | None]) -> int | None:
    return min((at for at in moments if at is not None), default=None)
