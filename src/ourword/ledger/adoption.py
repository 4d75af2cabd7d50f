"""Which contract was in force when: a fold over the signatures in the ledger, and nothing else.

```
waits      somebody whose signature it needs has not signed yet
adopted    all have signed: in force from the day that was said, or from the last signature if that came later
lapsed     another version was adopted meanwhile: what was signed would have changed a contract that is no longer the one
```

One contract of a name is in force at a time: the one that was adopted last, of those whose day has come. What was adopted
is never in force before its last signature, so nobody signs for the past. A contract may take the place of some of another name
(`instead_of`): they end as its own earlier versions do, and what waited to change them lapses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import UNSET

from ourword.core.time import instant_from_text
from ourword.ledger.entry import ContractSigned
from ourword.ledger.store import Entry

_DAY = 86_400 * 10**9
REVIEWS: dict[str, int] = {"weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
"""Days after which a contract that is read again so often is overdue: the longest month, quarter and year, so that nobody is called late early."""
FOREVER = 2**63 - 1


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed, and when (ns since 1970), by which entry."""

    by: str
    at: int
    seq: int
    because: str | None = None
    """What was said, where it is kept and the home was asked for it."""


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a contract that somebody has signed; times are ns since 1970."""

    contract: str
    version: str
    digest: str
    previous: str | None = None
    """The digest of what was adopted before."""
    instead_of: tuple[str, ...] = ()
    """The digests of contracts of another name whose place it takes."""
    ahead: tuple[int, ...] = ()
    """The numbers of signatures of which it says that they were dated by a clock that was ahead."""
    direction: str
    needs: tuple[str, ...] = ()
    effective: int | None = None
    """From when on it was to be in force; `None`: as soon as all have signed."""
    signed: tuple[Signature, ...] = ()
    reviewed: tuple[Signature, ...] = ()
    """Who read it again since, and found that it stands."""
    standing: Literal["waits", "adopted", "lapsed"] = "waits"
    begins: int | None = None
    """From when on it is, or will be, in force; `None` where it waits, lapsed, or was overtaken before its day."""
    ends: int | None = None
    """When the next one followed, or will; `None` where none was adopted yet."""

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Whose signatures are missing, while it waits."""
        there = {each.by for each in self.signed}
        return tuple(each for each in self.needs if each not in there) if self.standing == "waits" else ()

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signed, the first one first."""
        return tuple(each.by for each in self.signed)

    def in_force(self, at: int) -> bool:
        """Whether it is in force at a moment."""
        return self.begins is not None and self.begins <= at < (FOREVER if self.ends is None else self.ends)

    def review_due(self, every: str) -> int | None:
        """By when it must be read again, if it is read *every* so often: counted from when it was adopted, or read last."""
        if self.begins is None or every not in REVIEWS:
            return None
        read = self.reviewed[-1].at if self.reviewed else 0  # the last entry: one before it may have been dated by a clock that was ahead
        return max(self.begins, read) + REVIEWS[every] * _DAY


def adoptions(entries: Iterable[Entry]) -> list[Adoption]:
    """Read off the entries in order (others are passed over) what was signed, the oldest first.

    >>> adoptions([])
    []
    """
    told: list[Adoption] = []
    times: dict[int, int] = {}
    for entry in entries:
        value = entry.value
        if isinstance(value, ContractSigned):
            times[entry.seq] = instant_from_text(value.time) or 0
            # A clock that was set back changes no past: what is adopted now follows what was adopted before, but for what was dated by a clock
            # of which all who signed have said that it was ahead.
            before = times.keys() - said_ahead(told) - set(value.ahead or ())
            _read(told, value, Signature(by=value.by, at=max(times[entry.seq], *(times[seq] for seq in before), 0), seq=entry.seq))
    return told


def said_ahead(told: Iterable[Adoption]) -> set[int]:
    """The entries of which everybody whom an adopted version needed has said that their clock was ahead."""
    return {seq for each in told if each.standing == "adopted" for seq in each.ahead}


def _read(told: list[Adoption], entry: ContractSigned, signature: Signature) -> None:
    if entry.again is True:
        _add_review(told, entry, signature)
        return
    found = next((at for at, each in enumerate(told) if each.standing == "waits" and _is_of(each, entry)), None)
    if found is None:
        told.append(_proposed(entry))
        found = len(told) - 1
    of = told[found]
    if signature.by not in of.signers:
        of = told[found] = msgspec.structs.replace(of, signed=(*of.signed, signature))
    if not of.waits_for:
        _adopt(told, found, signature.at)


def _proposed(entry: ContractSigned) -> Adoption:
    return Adoption(
        contract=entry.contract,
        version=entry.version,
        digest=entry.digest,
        previous=entry.previous or None,
        instead_of=() if entry.instead_of is UNSET else entry.instead_of,
        ahead=() if entry.ahead is UNSET else entry.ahead,
        direction=entry.direction,
        needs=entry.needs,
        effective=instant_from_text(entry.effective) if entry.effective is not UNSET else None,
    )


def _is_of(adoption: Adoption, entry: ContractSigned) -> bool:
    return _what(adoption) == _what(_proposed(entry))


def _what(of: Adoption) -> tuple[object, ...]:
    """What everybody who signs it signs alike."""
    return of.contract, of.digest, of.previous, of.instead_of, of.ahead, of.effective, of.needs


def _adopt(told: list[Adoption], found: int, at: int) -> None:
    """All have signed: it is adopted. What waited beside it lapses, what would have begun later is overtaken, what is in force ends."""
    begins = max(at, told[found].effective or 0)
    touched = _names(told, told[found])
    for number, each in enumerate(told):
        if number != found and touched & (_names(told, each) if each.standing == "waits" else {each.contract}):
            if each.standing == "waits":
                told[number] = msgspec.structs.replace(each, standing="lapsed")
            elif each.begins is not None and each.begins >= begins:
                told[number] = msgspec.structs.replace(each, begins=None, ends=None)
            elif each.in_force(begins):
                told[number] = msgspec.structs.replace(each, ends=begins)
    told[found] = msgspec.structs.replace(told[found], standing="adopted", begins=begins)


def _names(told: Sequence[Adoption], of: Adoption) -> set[str]:
    """The names of the contracts that a version changes: its own, and those whose place it takes."""
    return {of.contract, *(each.contract for each in told if each.digest in of.instead_of)}


def _add_review(told: list[Adoption], entry: ContractSigned, signature: Signature) -> None:
    for number, each in enumerate(told):
        if each.contract == entry.contract and each.digest == entry.digest and each.in_force(signature.at):
            told[number] = msgspec.structs.replace(each, reviewed=(*each.reviewed, signature))


# ---- asking --------------------------------------------------------------------------------------------------------


def in_force(known: Sequence[Adoption], contract: str, at: int) -> Adoption | None:
    """Give the one that is in force at a moment.

    >>> in_force([], "care", 0)
    """
    return next((each for each in known if each.contract == contract and each.in_force(at)), None)


def last_adopted(known: Sequence[Adoption], contract: str) -> Adoption | None:
    """Give the one that was adopted last, whether its day has come or not."""
    lasting = [each for each in known if each.contract == contract and each.begins is not None and each.ends is None]
    return lasting[-1] if lasting else None


def spans(known: Iterable[Adoption]) -> Iterator[tuple[str, int, int]]:
    """Give the times in which each digest was in force: from, and before."""
    for each in known:
        if each.begins is not None:
            yield each.digest, each.begins, FOREVER if each.ends is None else each.ends
