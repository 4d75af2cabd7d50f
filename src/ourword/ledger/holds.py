"""Legal holds: a fold over the entries `hold`, of which the last about a customer stands."""

from __future__ import annotations

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


def held(entries: Iterable[Entry], *, now: int) -> dict[str, Held]:
    """Give the holds that stand at a moment, by the customer's `sub`.

    >>> held([], now=0)
    {}
    """
    found: dict[str, Held] = {}
    for entry in entries:
        value = entry.value
        if not isinstance(value, Hold):
            continue
        if value.standing == HELD:
            until = None if value.until is UNSET else instant_from_text(str(value.until))
            found[value.sub] = Held(sub=value.sub, by=value.by, since=instant_from_text(value.time) or 0, until=until, seq=entry.seq)
        else:
            found.pop(value.sub, None)
    return {sub: each for sub, each in found.items() if each.until is None or each.until > now}
