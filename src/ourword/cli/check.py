"""`ourword check`: every flaw with its place and what to do, then the keys that nothing reads yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ourword.cli.out import json_line, line
from ourword.contract.check import check
from ourword.contract.files import draft_of
from ourword.contract.model import Contract, Draft, Flaw

CLEAN, FLAWS = 0, 1

_STYLES = {"error": "bold red", "warning": "yellow", "note": ""}


def run(contract: Path, wiring: Path, *, strict: bool = False, as_json: bool = False) -> int:
    """Print what is wrong; exit 0 clean, 1 flaws. What cannot be read raises `ContractError` (exit 3).

    Errors and warnings are flaws; notes and keys not read yet are flaws with *strict* only.
    """
    draft = draft_of(contract, wiring)
    sound, flaws = checked(draft)
    if as_json:
        json_line({"digest": sound.digest if sound else None, "flaws": flaws, "not_read_yet": draft.unread})
    else:
        _words(draft, sound, flaws)
    return FLAWS if any(strict or flaw.level != "note" for flaw in flaws) or (strict and draft.unread) else CLEAN


def checked(draft: Draft) -> tuple[Contract | None, tuple[Flaw, ...]]:
    """Check a draft as of today."""
    return check(draft, today=datetime.now(UTC).date())


def _words(draft: Draft, sound: Contract | None, flaws: Sequence[Flaw]) -> None:
    for flaw in flaws:
        line(f"{flaw.place}: {flaw.level}: {flaw.what}", style=_STYLES[flaw.level])
        line(f"  hint: {flaw.hint}")
    if draft.unread:
        line(f"{_counted(len(draft.unread), 'key')} not read yet: written down, and no part of Ourword acts on it so far")
        for unread in draft.unread:
            line(f"  {unread.place}: {unread.key}{' (would change an answer: such a contract decides nothing)' if unread.changes_answer else ''}")
    line(_sentence(draft, sound, flaws))


def _sentence(draft: Draft, sound: Contract | None, flaws: Sequence[Flaw]) -> str:
    counted = [_counted(count, level) for level in ("error", "warning", "note") if (count := sum(flaw.level == level for flaw in flaws))]
    found = ", ".join(counted) or "no flaw found"
    return f"{draft.name} {draft.version}: {found}" + (f" · {sound.digest}" if sound else "; this is no contract yet")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
