"""With what each Monday's report was written first, kept beside the home: so that one written again can say what arrived late."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from ourword.stores.sums import keep_sums, kept_sums

if TYPE_CHECKING:
    from ourword.stores.home import Home

FORMAT = 1
KEPT_MAX = 500
"""So many are kept, those of the latest moments: nine years of Mondays."""
_FILE = "mondays.json"


class First(msgspec.Struct, frozen=True, kw_only=True):
    """A report as of a moment, and what had come when it was written first; times are µs since 1970."""

    as_of: int
    arrival: int
    """The event that had arrived last."""
    seq: int
    """The last entry."""
    written: int


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    format: int = FORMAT
    home: str
    reports: tuple[First, ...]


def first(home: Home, as_of: int) -> First | None:
    """What a report as of this moment was written with first; `None` where none was, or where it has been thrown away."""
    return next((each for each in _read(home) if each.as_of == as_of), None)


def keep(home: Home, new: First) -> None:
    """Keep it, unless a report as of that moment was written before; where nothing can be written it is not kept."""
    known = _read(home)
    if home.sums is None or any(each.as_of == new.as_of for each in known):
        return
    kept = sorted((*known, new), key=lambda each: each.as_of)[-KEPT_MAX:]
    file = home.sums / _FILE
    keep_sums(file, msgspec.json.encode(_Kept(home=home.id, reports=tuple(kept))))


def _read(home: Home) -> tuple[First, ...]:
    if home.sums is None:
        return ()
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        written = kept_sums(home.sums / _FILE)
        kept = None if written is None else msgspec.json.decode(written, type=_Kept)
        return kept.reports if kept and (kept.format, kept.home) == (FORMAT, home.id) else ()
    return ()
