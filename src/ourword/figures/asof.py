"""What was so at a moment that has passed: promises and signals, without what happened, was recorded or was answered later.

The ledger says how promises stand now. How they stood at a moment is settled again, from the events that had happened by
then; nothing is written. So what is reported as of a moment is the same whenever it is reported, unless something of that
time arrives late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from ourword.core.time import instant_from_text
from ourword.figures.settling import Row, joined, rows_of, types_of
from ourword.ledger.settle import CAME, DUE, Heard, Key, Owed, Stand, Standing, settle_heard
from ourword.ledger.signals import Signal
from ourword.ledger.signals import signals as fold
from ourword.ledger.standings import Noted, book
from ourword.signals.signalling import with_reasons
from ourword.stores.heard import KeptEvents
from ourword.stores.settled import book_of

if TYPE_CHECKING:
    from ourword.ledger.store import Entry
    from ourword.stores.home import Home

_NOTHING = Heard((), {}, {})


class Past:
    """The promises of a home as they stood at moments (ns since 1970); each decision and each event is opened once, however many are asked."""

    def __init__(self, home: Home) -> None:
        self._home = home
        known = book_of(home)[0]
        self._noted = tuple(known.promises.values())
        self._types = types_of(home, known)
        self._owing = {each.key: each for each in joined(home, known, _NOTHING, 0)[0]}
        self._kept = KeptEvents(home)

    def noted(self, moment: int) -> list[Noted]:
        """The promises made by then, as they stood."""
        made = [each for each in self._noted if each.made <= moment]
        if not self._home.has_events:  # it was settled by events that it does not keep: only the ledger tells of them
            return [_told(each, moment) for each in made]
        heard = self._kept.heard(self._types, moment)[0]
        stands = settle_heard([_as_then(self._owing[each.key], moment) for each in made if each.key in self._owing], heard, moment)
        # Of an erased customer's promise that was settled the ledger alone tells still.
        return [_stood(each, stands[each.key], moment) if each.key in stands else _told(each, moment) for each in made]

    def rows(self, moment: int) -> list[Row]:
        """The same as rows."""
        return rows_of(self._home, self.noted(moment))

    def unsettled(self, moment: int) -> int:
        """How many promises had fallen due by then and are open in the ledger still: it has not been settled since."""
        stood = {each.key for each in self.noted(moment) if each.standing is not Standing.OPEN}
        return sum(each.standing is Standing.OPEN and each.key in stood for each in self._noted)

    def owed(self, decision: str, promise: str) -> Owed | None:
        """What a promise was joined with: its customer, the amount that was promised."""
        return self._owing.get(Key(decision, promise))


def promises_at(home: Home, moment: int) -> list[Row]:
    """Give the promises made by a moment (ns since 1970), as they stood then."""
    return Past(home).rows(moment)


def promised_at(home: Home, moment: int) -> tuple[list[Row], int]:
    """The same, and how many more would have been made by then by decisions that were only observed."""
    return promises_at(home, moment), len(book(each for each in home.log() if was_by(each, moment)).observed)


def signals_at(home: Home, moment: int, noted: Iterable[Noted] = ()) -> list[Signal]:
    """Give the signals as they stood at a moment (ns since 1970), with the promises as they stood; reasons are not decrypted."""
    return fold((each for each in home.signal_entries() if was_by(each, moment)), noted, now=moment)


def asked_at(home: Home, moment: int) -> list[Signal]:
    """The same with the promises as they stood, and with the reasons that had been given."""
    return [with_reasons(home, each) for each in signals_at(home, moment, Past(home).noted(moment))]


def was_by(entry: Entry, moment: int | None) -> bool:
    """Say whether what an entry tells was so by a moment (ns since 1970); `None` is now."""
    return moment is None or (instant_from_text(entry.value.time) or 0) <= moment


# ---- one promise -----------------------------------------------------------------------------------------------------


def _as_then(owed: Owed, moment: int) -> Owed:
    """What the ledger said later of a promise was not known; that something came for it by then was."""
    came = owed.recorded in CAME and owed.settled is not None and owed.settled <= moment
    return owed if came else msgspec.structs.replace(owed, recorded=None, settled=None)


def _stood(noted: Noted, stand: Stand, moment: int) -> Noted:
    repaired = stand.repaired
    if repaired is None and stand.standing is Standing.BROKEN and noted.repaired is not None and noted.repaired <= moment:
        repaired = noted.repaired
    return msgspec.structs.replace(noted, standing=stand.standing, settled=stand.settled, repaired=repaired)


def _told(noted: Noted, moment: int) -> Noted:
    """How a promise stood by the ledger alone: what came later had not come, and what was due and did not come was broken, or nobody knew."""
    if noted.standing in CAME and noted.settled is not None and noted.settled <= moment:
        return noted
    if noted.due >= moment:
        return msgspec.structs.replace(noted, standing=Standing.OPEN, settled=None, repaired=None)
    if noted.standing not in DUE or noted.standing is Standing.UNKNOWN:
        return msgspec.structs.replace(noted, standing=Standing.UNKNOWN, settled=None, repaired=None)
    repaired = noted.repaired if noted.repaired is not None and noted.repaired <= moment else None
    return msgspec.structs.replace(noted, standing=Standing.BROKEN, settled=noted.due, repaired=repaired)
