"""Words of your own people that lie apart from the log: under which name they are sealed, how they are opened, by which mark a gap is an erasure's.

Their entry commits to them. An erasure takes along those that are the customer's too, and says which by keyed marks: whoever has the home can tell
words that went with it from words that somebody deleted; whoever has the log alone learns nothing of which words named whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import ContractSigned, Hold, SignalOpened
from ourword.ledger.samples import named
from ourword.ledger.seal import Subject, words_again

if TYPE_CHECKING:
    from ourword.stores.home import Home
    from ourword.stores.keys import Keys

Spoken = SignalOpened | ContractSigned | Hold
"""Entries beside which a reason may lie."""


def name_apart(entry: Spoken) -> str:
    """Under which name the words beside an entry are sealed, and committed to.

    >>> name_apart(Hold(time="2026-11-23T10:00:00Z", sub="s", by="mara"))
    'hold:held:mara:2026-11-23T10:00:00Z'
    """
    if isinstance(entry, SignalOpened):
        return f"signal:s-{entry.signal}:{entry.time}"
    if isinstance(entry, ContractSigned):
        return f"signed:{entry.digest}:{entry.by}:{entry.time}"
    return f"hold:{entry.standing}:{entry.by}:{entry.time}"


def note_name(sample: int, place: int) -> str:
    """The same of what a caller noted, by the number of the sample's entry and the place in the draw.

    >>> note_name(12, 7)
    'note:ask-12-7'
    """
    return f"note:{named(sample, place)}"


def words_of(home: Home, seq: int, entry: Spoken, *, under: Subject | None = None) -> str | None:
    """The reason beside an entry, where it and its key are still there; that of a hold lies *under* its customer's key.

    Raises `HomeError` (`home.damaged`) where it is not the one that the log commits to.
    """
    kept = home.store.beside(seq)
    if kept is None:
        return None
    box, of, what = kept, under, f"the reason in entry {seq} is not the one that the log commits to"
    if isinstance(entry, SignalOpened):
        of = home.keys.of_signal(entry.signal) if isinstance(entry.signal, int) else None
    elif isinstance(entry, ContractSigned):
        what = f"what {entry.by} said when signing is not what the log commits to"
        try:
            number, box = msgspec.msgpack.decode(kept, type=tuple[int, bytes])
        except msgspec.MsgspecError as cause:
            raise HomeError("home.damaged", what, place="ledger.sqlite", hint="restore the home from a backup") from cause
        of = home.keys.of_signal(number)
    return None if of is None else words_again(of, name_apart(entry), box, entry.because, what=what)


def mark_of_words(keys: Keys, seq: int) -> str:
    """How an erasure says that the reason beside an entry went with it."""
    return keys.mark("words", str(seq).encode()).hex()


def mark_of_note(keys: Keys, seq: int, place: int | str) -> str:
    """The same of a note, by the entry of the answer and the place in the draw."""
    return keys.mark("words", f"{seq}/{place}".encode()).hex()
