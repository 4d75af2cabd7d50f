"""Signatures that are dated later than now: by a clock that was ahead, or because the one that is read now is behind.

Nothing is in force before its last signature, and a clock that was set back changes no past: so one signature dated in the year 2099 would have
every later one begin in that year. Who signs may say that the clock of an entry was ahead. The entry stays as it is, what they say is in the log
with their signatures, and it counts once everybody has signed it whom the version needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ourword.core.time import instant_from_text
from ourword.errors import LineError
from ourword.ledger.adoption_words import moment
from ourword.ledger.entry import ContractSigned, Decision
from ourword.ledger.store import Entry

if TYPE_CHECKING:
    from ourword.stores.home import Home

APART_MAX = 3600 * 10**9
"""By how much two clocks may differ and nobody is asked: what is signed then begins that much later."""
_LOOKED_AT_MAX = 10_000
"""Decisions after an entry that are looked at, from the latest back, for one that shows that its day had come."""


def ahead(entries: Iterable[Entry], now: int, said: Iterable[int] = ()) -> list[Entry]:
    """Give the signatures that are dated after *now* (ns since 1970), by more than clocks differ, and of which nobody has said so yet."""
    gone = frozenset(said)
    return [each for each in entries if each.seq not in gone and _dated(each) > now + APART_MAX]


def in_words(entry: Entry) -> str:
    """Say of a signature when it is dated, and by whom it is."""
    value = entry.value
    assert isinstance(value, ContractSigned)
    return f"entry {entry.seq}, by which {value.by} signed {value.contract} {value.version}, is dated {moment(_dated(entry))}"


def fit_clock(home: Home, entries: Sequence[Entry], said: Iterable[int], given: Sequence[int], now: int) -> None:
    """Nobody signs while a signature is dated later than now, unless it is said that its clock was ahead.

    Raises `LineError` (`adopt.clock`, `adopt.ahead`).
    """
    known = {each.seq: each for each in entries}
    for seq in given:
        _fit(home, known.get(seq), seq, now)
    late = ahead(entries, now, (*said, *given))
    if late:
        options = " ".join(f"--ahead {each.seq}" for each in late[:5])
        hint = f"set this machine's clock right if it is behind; if that one was ahead, say so: `{options}`"
        raise LineError("adopt.clock", f"{in_words(late[0])}, and it is {moment(now)} here", place="clock", hint=hint)


def _fit(home: Home, entry: Entry | None, seq: int, now: int) -> None:
    if entry is None:
        raise LineError("adopt.ahead", f"entry {seq} is no signature", place="ahead", hint="`ourword adopted --json` names the entry of each")
    if _dated(entry) <= now:
        raise LineError("adopt.ahead", f"{in_words(entry)}, which has come", place="ahead", hint="leave `--ahead` out")
    for each in islice(home.latest_decisions(), _LOOKED_AT_MAX):
        if each.seq < seq:
            return
        if isinstance(each.value, Decision) and (instant_from_text(each.value.time) or 0) >= _dated(entry):
            what = f"{in_words(entry)}, and entry {each.seq} after it shows that this day had come"
            raise LineError("adopt.ahead", what, place="ahead", hint="set this machine's clock right")


def _dated(entry: Entry) -> int:
    value = entry.value
    return instant_from_text(value.time) or 0 if isinstance(value, ContractSigned) else 0
