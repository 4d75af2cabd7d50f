"""Legal holds: a fold over the entries `hold`. Each role holds a customer for itself, and nobody's word takes the place of another's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from ourword.core.time import instant_from_text
from ourword.ledger.entry import Hold
from ourword.ledger.store import Entry

HELD, RELEASED = "held", "released"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """That a customer may not be erased: who says so, since and until when (ns since 1970; `None`: until somebody releases it), by which entry."""

    sub: str
    by: str
    since: int
    until: int | None
    seq: int


def held(entries: Iterable[Entry], *, now: int = -(2**63)) -> dict[str, tuple[Held, ...]]:
    """Give the holds that stand at a moment, by the customer's `sub`, in the order in which they were placed; none of a customer without one.

    Without a moment: all that nobody released, also those whose day may be over.

    >>> held([], now=0)
    {}
    """
    found: defaultdict[str, dict[str, Held]] = defaultdict(dict)
    for entry in entries:
        value = entry.value
        if not isinstance(value, Hold):
            continue
        standing = found[value.sub]
        time = instant_from_text(value.time) or 0
        if value.standing == HELD:
            until = None if value.until is UNSET else instant_from_text(str(value.until))
            standing.pop(value.by, None)  # placed anew it is the latest
            standing[value.by] = Held(sub=value.sub, by=value.by, since=time, until=until, seq=entry.seq)
        else:
            standing.pop(_ended(value, _at(standing.values(), time)), None)
    return {sub: left for sub, each in found.items() if (left := _at(each.values(), now))}


def _at(holds: Iterable[Held], now: int) -> tuple[Held, ...]:
    return tuple(each for each in holds if each.until is None or each.until > now)


def _ended(said: Hold, standing: tuple[Held, ...]) -> str:
    """Whose hold a release ended. Older entries do not say it where it was another's: whoever said so was shown the latest."""
    if said.of is not UNSET:
        return str(said.of)
    return said.by if not standing or any(each.by == said.by for each in standing) else standing[-1].by
