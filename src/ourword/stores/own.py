"""What a home holds that no file gave: decisions of a gate, customers called back, answered signals, adoptions, events handed in."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ourword.contract.words import many
from ourword.errors import HomeError
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home
from ourword.stores.samples import samples

READING = -1
"""In place of the last event's number while files are being read into a home: until then every event is theirs."""


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What would be lost with a home's folder."""

    decisions: int = 0
    lists: int = 0
    """Drawn by lot, to be called back."""
    called: int = 0
    """Customers who answered, or did not pick up."""
    others: int = 0
    """Other entries of the record: promises settled, signals, adoptions."""
    events: int = 0
    """Handed in after the files were read."""
    contract: bool = False
    """Whether a gate was ever opened on it."""
    unknown: str = ""
    """Why nobody can say: then it counts as holding something."""

    def __bool__(self) -> bool:
        return self != _NOTHING

    @property
    def words(self) -> str:
        """What it is, in words.

        >>> Own(decisions=1, lists=1, called=18, contract=True).words
        '1 decision of a gate, its contract, 1 list of customers to call back with 18 answers'
        """
        if self.unknown:
            return f"nobody knows what, since it cannot be opened: {self.unknown}"
        answers = f" with {many(self.called, 'answer')}" if self.called else ""
        lists = f"{self.lists:,} list{'' if self.lists == 1 else 's'} of customers to call back{answers}"
        told = (
            (self.decisions, f"{many(self.decisions, 'decision')} of a gate"),
            (self.contract, "its contract"),
            (self.lists, lists),
            (self.others, f"{self.others:,} more {'entry' if self.others == 1 else 'entries'} of the record"),
            (self.events, f"{many(self.events, 'event')} handed in since"),
        )
        return ", ".join(words for there, words in told if there)


_NOTHING = Own()


def own_of(folder: Path, *, read: int) -> Own:
    """Say what a home holds beside the events up to number *read* (`READING`: all of them) and their seals.

    A folder that never became a home holds nothing; one that cannot be opened may hold anything.
    """
    contract = (kept := folder / "contracts").is_dir() and any(kept.iterdir())
    try:
        with open_home(folder, create=False, write=False) as home:
            return _own(home, read=read, contract=contract)
    except HomeError as error:
        return Own(contract=contract) if error.code == "home.missing" else Own(unknown=error.what)


def _own(home: Home, *, read: int, contract: bool) -> Own:
    drawn = samples(home)
    decisions, others = home.store.apart_from_seals()
    called = sum(len(each.answers) for each in drawn)
    asked = home.store.sample_entries()
    return Own(
        decisions=decisions,
        lists=len(drawn),
        called=called,
        others=others - len(asked),
        events=max(0, arrivals(home) - read) if read != READING else 0,
        contract=contract,
    )


def arrivals(home: Home) -> int:
    """The number of the event that arrived last in a home; 0 where none ever came."""
    if not home.has_events:
        return 0
    with EventStore(home, write=False) as store:
        return store.last_arrival()
