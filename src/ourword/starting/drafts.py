"""The contract that was drafted in a first run: its two files, what was filled in, and what becomes of a draft that somebody has edited."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import msgspec

from ourword.contract.check import check
from ourword.contract.files import tables_beside
from ourword.contract.model import Draft, Flaw
from ourword.contract.prose import prose
from ourword.contract.read import read
from ourword.errors import ContractError, HomeError
from ourword.starting.proposing import Filled, Proposal, Written, write

_STATE = "drafted.json"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    """Under which number the two files lie; the first has none in its name."""
    digest: str
    """Of what we wrote: files that are another have been edited since."""
    filled: Filled


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """The latest draft as it lies there now, edited or not."""

    contract: Path
    wiring: Path
    draft: Draft | None
    """`None` when it cannot be read any more; then *wrong* says why."""
    flaws: tuple[Flaw, ...] = ()
    prose: str = ""
    wrong: str = ""


class Drafts:
    """The drafts in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def filled(self) -> Filled | None:
        """What was filled in last; nothing before."""
        kept = self._kept()
        return kept.filled if kept is not None else None

    def write(self, proposal: Proposal, filled: Filled, *, today: date) -> Written:
        """Write contract and wiring. A draft of ours that nobody has edited is replaced; one that was edited stays, and the new one gets a number."""
        written, kept = write(proposal, filled, today=today), self._kept()
        number = kept.number if kept is not None and self._is_ours(kept) else self._free()
        contract, wiring = self._named(number)
        new = _Kept(number=number, digest=_digest(written.contract.encode(), written.wiring.encode()), filled=filled)
        try:
            contract.write_text(written.contract, encoding="utf-8", newline="\n")
            wiring.write_text(written.wiring, encoding="utf-8", newline="\n")
            (self.folder / _STATE).write_bytes(msgspec.json.encode(new))
        except OSError as error:
            what = f"the contract cannot be written: {error.strerror}"
            raise HomeError("home.start", what, place=str(contract), hint="make room, and try again") from error
        return written

    def latest(self, *, today: date) -> Drafted | None:
        """The draft that was written last, checked as it lies there now; `None` when there is none."""
        kept = self._kept()
        if kept is None:
            return None
        contract, wiring = self._named(kept.number)
        try:
            draft = read(contract.read_bytes(), wiring.read_bytes(), tables=tables_beside(contract))
            sound, flaws = check(draft, today=today)
        except OSError:
            return None  # somebody took the files away: then there is no draft any more
        except ContractError as error:
            return Drafted(contract=contract, wiring=wiring, draft=None, wrong=f"{error.place}: {error.what}. {error.hint}")
        return Drafted(contract=contract, wiring=wiring, draft=draft, flaws=flaws, prose=prose(sound) if sound is not None else "")

    def edited(self) -> tuple[Path, ...]:
        """Contracts that lie there and are kept, since somebody has edited them or they are not ours."""
        kept = self._kept()
        spared = kept.number if kept is not None and self._is_ours(kept) else 0
        return tuple(self._named(number)[0] for number in range(1, self._free()) if number != spared)

    def _kept(self) -> _Kept | None:
        try:
            return msgspec.json.decode((self.folder / _STATE).read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None  # then the files that lie there are taken for somebody's own

    def _is_ours(self, kept: _Kept) -> bool:
        contract, wiring = self._named(kept.number)
        try:
            return _digest(contract.read_bytes(), wiring.read_bytes()) == kept.digest
        except OSError:
            return not contract.exists() and not wiring.exists()

    def _free(self) -> int:
        number = 1
        while any(each.exists() for each in self._named(number)):
            number += 1
        return number

    def _named(self, number: int) -> tuple[Path, Path]:
        end = "" if number == 1 else f"-{number}"
        return self.folder / f"contract{end}.yaml", self.folder / f"wiring{end}.yaml"


def _digest(contract: bytes, wiring: bytes) -> str:
    return hashlib.sha256(b"%d:%b%b" % (len(contract), contract, wiring)).hexdigest()
