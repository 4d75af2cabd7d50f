"""What does not hold, and where: gathered, bounded, the first entry first."""

from __future__ import annotations

import msgspec

from ourword.stores.rotating import Rotated

FLAWS_MAX = 100
"""So many are named; the rest are counted."""


class Flaw(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that does not hold; `entry` is the number of the entry that it is about (1, 2, 3 …), 0 where it is about none."""

    place: str
    what: str
    entry: int = 0


class Flaws:
    """All that does not hold, as it is found."""

    def __init__(self) -> None:
        self._found: list[Flaw] = []
        self.count = 0

    def add(self, place: str, what: str, *, entry: int = 0) -> None:
        """Note one more."""
        self.count += 1
        if len(self._found) < FLAWS_MAX:
            self._found.append(Flaw(place=place, what=what, entry=entry))

    @property
    def found(self) -> tuple[Flaw, ...]:
        """The named ones: those about entries first, in order."""
        return tuple(sorted(self._found, key=lambda each: (not each.entry, each.entry)))


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was verified: a log of `size` entries with this root holds where there are no flaws."""

    origin: str
    size: int
    root: str
    checkpoints: int
    """How many other checkpoints it was held against."""
    gates: int
    segments: int = 0
    """How many files of events were held against their digests."""
    opened: int = 0
    """How many decisions' personal data was held against its commitment."""
    erased: int = 0
    """Of how many decisions the personal data is gone: their entries still hold."""
    words: int = 0
    """How many reasons, notes and draws beside the log were held against the entries that commit to them."""
    words_erased: int = 0
    """How many of them went with an erasure, as it says."""
    pruned: int = 0
    """How many entries are past retention and not there any more, as a signed entry says; their hashes are, and held."""
    unpublished: int = 0
    """Entries of the home that its log does not have yet."""
    rotations: tuple[Rotated, ...] = ()
    """Which keys signed it, one after the other, as followed from the key that was given."""
    full: bool
    flaws: tuple[Flaw, ...] = ()
    flaws_count: int = 0
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all that was looked at holds."""
        return not self.flaws_count
