"""How far settling has come, kept beside the home, so that settling again with nothing new reads nothing again.

What is kept holds what the ledger says of promises, and no event. It is thrown away and worked out again at will: it
names the entry that it was made from, and what was made from anything else is not read.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from ourword.ledger.falling import Falling
from ourword.ledger.settle import Key
from ourword.ledger.standings import Book, Noted, book
from ourword.stores.sums import keep_sums, kept_sums

if TYPE_CHECKING:
    from ourword.stores.home import Home

FORMAT = 3
_FILE = "settled.msgpack"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """With what the promises were last settled, and what time alone does to them since; instants are ns since 1970."""

    now: int
    arrival: int
    """The event that had arrived last."""
    ahead: int | None = None
    """When the first of those events is that had not happened yet."""
    whole: bool = True
    """False when some promises could not be read: what is missing may be restored."""
    falling: Falling = Falling()

    def only_time_passed(self, *, now: int, arrival: int) -> bool:
        """Say whether at *now*, after as many events, nothing but the time is new; no entry may have been added."""
        return self.whole and self.now <= now and self.arrival == arrival and (self.ahead is None or now < self.ahead)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The promises up to entry number `seen`, and with what they were settled."""

    format: int = FORMAT
    home: str
    seen: int
    entry: bytes
    """The SHA-256 of that entry."""
    pruned: int
    """Up to which entry decisions had been let go of."""
    promises: list[Noted]
    otherwise: set[str]
    changed: int
    observed: frozenset[Key]
    progress: Progress | None

    def as_book(self) -> Book:
        """The promises by their names."""
        return Book({each.key: each for each in self.promises}, self.otherwise, self.seen, self.changed, self.observed)


def book_of(home: Home) -> tuple[Book, Progress | None]:
    """Read all promises off a home's entries, beginning where it was left off; `None` when an entry about promises has come since."""
    kept = _read(home)
    if kept is None:
        return book(home.log()), None
    before = kept.as_book()
    after = book(home.log(after=before.seen), before=before)
    return after, kept.progress if after.changed == before.changed else None


def keep(home: Home, known: Book, progress: Progress | None) -> None:
    """Keep it, whole or not at all; where nothing can be written it is read off the entries next time."""
    entry = home.entries(after=known.seen - 1, limit=1)
    if not entry or home.sums is None or home.store.pruning():
        return
    kept = Kept(
        home=home.id,
        seen=known.seen,
        entry=hashlib.sha256(entry[0].bytes).digest(),
        pruned=home.store.pruned_to(),
        promises=list(known.promises.values()),
        otherwise=known.otherwise,
        changed=known.changed,
        observed=known.observed,
        progress=progress,
    )
    keep_sums(home.sums / _FILE, msgspec.msgpack.encode(kept))


def _read(home: Home) -> Kept | None:
    """What was kept; `None` when there is nothing, it is damaged, or it is of another ledger (an older backup, say)."""
    if home.sums is None:
        return None
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        written = kept_sums(home.sums / _FILE)
        if written is None or msgspec.msgpack.decode(written, type=_Format).format != FORMAT:
            return None
        kept = msgspec.msgpack.decode(written, type=Kept)
        entry = home.entries(after=kept.seen - 1, limit=1)
        same = (kept.home, kept.pruned) == (home.id, home.store.pruned_to())
        if same and entry and hashlib.sha256(entry[0].bytes).digest() == kept.entry:
            return kept
    return None


class _Format(msgspec.Struct, frozen=True):
    format: int
