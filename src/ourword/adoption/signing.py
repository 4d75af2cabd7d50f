"""Signing contracts, from beginning to end: what the command line, HTTP and Python do with a home."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.adoption.adopting import Files, Outside, adopted, outside, sign
from ourword.adoption.dated import ahead, in_words
from ourword.adoption.governing import doubled, gave_way, governing
from ourword.contract.files import opened_files
from ourword.contract.words import listed
from ourword.kept import deciding, draft_of
from ourword.ledger.adoption import FOREVER, Adoption, in_force, last_adopted, said_ahead
from ourword.ledger.adoption_words import NOBODY, day, named, overdue

if TYPE_CHECKING:
    from ourword.contract.model import Contract, Draft
    from ourword.stores.home import Home


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What was signed in a home, and what was decided without; times are ns since 1970."""

    now: int
    known: tuple[Adoption, ...]
    """Every version that somebody signed, the oldest first."""
    outside: tuple[Outside, ...] = ()
    """Decisions taken under a contract that was not in force."""
    deciding: dict[str, str] = {}
    """By name, the version of each contract that took the latest decisions."""
    reviews: dict[str, str] = {}
    """By digest, how often a contract is to be read again."""
    zones: dict[str, str] = {}
    """By digest, the zone in which its days are counted."""
    doubled: tuple[str, ...] = ()
    """Of each kind of decision that more than one contract in force decides, a sentence."""
    ahead: tuple[str, ...] = ()
    """Of each signature that is dated later than now, and of which nobody has said so, in words."""

    def in_force(self, contract: str) -> Adoption | None:
        """The version of a contract that is in force now."""
        return in_force(self.known, contract, self.now)

    @property
    def begun(self) -> bool:
        """Whether anything was ever adopted here."""
        return any(each.standing == "adopted" for each in self.known)

    @property
    def waiting(self) -> tuple[Adoption, ...]:
        """What waits for somebody's signature."""
        return tuple(each for each in self.known if each.standing == "waits")

    def every(self, adoption: Adoption) -> str:
        """How often a version is to be read again; empty where it does not say."""
        return self.reviews.get(adoption.digest, "")

    def zone(self, adoption: Adoption) -> str:
        """The zone in which a version counts its days."""
        return self.zones.get(adoption.digest, "UTC")

    def gaps(self) -> tuple[str, ...]:
        """What is to be said of signatures, in sentences, the gravest first; nothing where all is in order."""
        said: list[str] = list(self.doubled)
        said += [f"{each[0].upper()}{each[1:]}, which has not come: a clock was ahead, or this one is behind." for each in self.ahead]
        if not self.begun:
            said += [f"Nobody has signed the contract that decides here ({name} {version})." for name, version in self.deciding.items()]
        for of in self.outside:
            said.append(f"{_decisions(of.count)} under {_what(of)} while it was not in force, {_days(of)}.")
        said += [f"{named(each)} waits for {' and '.join(each.waits_for)}." for each in self.waiting]
        for each in self.known:
            due = each.review_due(self.every(each)) if each.in_force(self.now) and each == last_adopted(self.known, each.contract) else None
            if due is not None and due <= self.now:
                said.append(f"{named(each)} was to be read again ({self.every(each)}): {overdue(due, self.now, self.zone(each))}.")
        return tuple(said)


NOTHING_SIGNED = Versions(now=0, known=())
"""Where nobody has been asked who signed."""


def _decisions(count: int) -> str:
    return "1 decision was taken" if count == 1 else f"{count:,} decisions were taken"


def _what(of: Outside) -> str:
    if of.version:
        return f"{of.contract} {of.version}"
    return f"{of.contract} ({'no digest' if of.digest is None else f'{of.digest[:19]}…'})"


def _days(of: Outside) -> str:
    return f"on {day(of.first)}" if day(of.first) == day(of.last) else f"from {day(of.first)} to {day(of.last)}"


def versions(home: Home, now: int, *, until: int | None = None) -> Versions:
    """Gather what was signed in a home, as of *now*; with *until* (ns since 1970), as it was known then."""
    known = adopted(home, reasons=True, until=until)
    drafts = {each.digest: draft for each in known if (draft := draft_of(home.path, each.digest)) is not None}
    return Versions(
        now=now,
        known=tuple(known),
        outside=tuple(outside(home, known, until=FOREVER if until is None else until)),
        deciding={name: draft.version for name, draft in deciding(home, until=until).items()},
        reviews={digest: str((draft.changes or {}).get("review") or "") for digest, draft in drafts.items()},
        zones={digest: draft.zone for digest, draft in drafts.items()},
        doubled=tuple(doubled(home.path, known, now)),
        ahead=tuple(in_words(each) for each in ahead(home.store.signature_entries(), now, said_ahead(known))) if until is None else (),
    )


def holding(home: Home, decides: Mapping[str, Draft], now: int) -> dict[str, Draft]:
    """Give the contracts that a home's pages speak of: of each that *decides*, the version in force by signatures, else itself.

    One stray decision by another version is no change of the word: it is a gap, and said as one. Nor is one by a contract whose place one of
    another name has taken: that one is spoken of, from its first day.
    """
    known = adopted(home)
    gone = gave_way(known, now)
    found = {name: draft for name, draft in decides.items() if name not in gone}
    for each in known:
        if (
            each.in_force(now)
            and (each.contract in found or (each.instead_of and gone & decides.keys()))
            and (draft := draft_of(home.path, each.digest)) is not None
        ):
            found[each.contract] = draft
    return dict(sorted(found.items()))


class Adopting:
    """The contracts of a home: signed, and in force from when to when."""

    def __init__(self, home: Home, now: Callable[[], int]) -> None:
        self._home = home
        self._now = now

    def sign(
        self,
        contract: str | Path,
        wiring: str | Path,
        *,
        by: str | Sequence[str],
        because: str = "",
        start: date | None = None,
        again: bool = False,
        ahead: Sequence[int] = (),
    ) -> Adoption:
        """Sign a contract for one person, or each for themselves; adopted once everybody has whose signature it needs.

        In force from *start*, else at once. With *again* it is in force already, was read again, and stands; *ahead* names entries of signatures
        that were dated by a clock that was ahead. Raises `ContractError`, `LineError`, `HomeError`.
        """
        texts, draft = opened_files(contract, wiring)
        files = Files(draft, *texts)
        people = [by] if isinstance(by, str) else list(dict.fromkeys(by))
        signed = (sign(self._home, files, by=each, because=because, start=start, again=again, ahead=ahead, now=self._now()) for each in people)
        return list(signed)[-1]

    def doubt(self, contract: Contract) -> str:
        """Say that a contract at work is not in force in this home now; empty where it is, and where nobody ever adopted one."""
        known, now, draft = adopted(self._home), self._now(), contract.draft
        held = in_force(known, draft.name, now)
        if not any(each.standing == "adopted" for each in known) or (held is not None and held.digest == contract.digest):
            return ""
        others = dict.fromkeys(named(each) for kind in draft.kinds for each in governing(self._home.path, known, kind, now))
        instead = f"{named(held)} is" if held is not None else f"{listed(others)} decides here" if others else "no version is"
        then = "what it decides is recorded, and opens a signal at the next `ourword settle`"
        return f"{draft.name} {draft.version} is not in force in this home ({instead}): {then}"

    def versions(self) -> Versions:
        """Who signed what, in force from when to when, and what was decided without."""
        return versions(self._home, self._now())


__all__ = ["NOBODY", "NOTHING_SIGNED", "Adopting", "Versions", "holding", "versions"]
