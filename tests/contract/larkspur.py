"""The sample contract, and what becomes of it when one thing is written otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ourword.contract.check import check
from ourword.contract.model import Contract, Draft, Flaw
from ourword.contract.read import read
from ourword.errors import ContractError

FOLDER = Path(__file__).parents[2] / "examples" / "larkspur-refund"
CONTRACT = (FOLDER / "contract.yaml").read_text("utf-8")
WIRING = (FOLDER / "wiring.yaml").read_text("utf-8")
TODAY = date(2026, 11, 23)


def changed(text: str, changes: dict[str, str]) -> str:
    """The text with each piece replaced; a piece that is not there is a mistake in the test."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def draft(contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None) -> Draft:
    return read(changed(CONTRACT, contract or {}).encode(), changed(WIRING, wiring or {}).encode())


def checked(
    contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None, *, today: date = TODAY
) -> tuple[Contract | None, list[Flaw]]:
    found, flaws = check(draft(contract, wiring), today=today)
    return found, list(flaws)


def flaws(contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None, *, today: date = TODAY) -> list[tuple[str, str]]:
    """The level and code of each flaw that the change brings, beyond those of the sample itself."""
    before = [(flaw.level, flaw.code) for flaw in checked()[1]]
    after = [(flaw.level, flaw.code) for flaw in checked(contract, wiring, today=today)[1]]
    for each in before:
        if each in after:
            after.remove(each)
    return after


def the_flaw(contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None, *, today: date = TODAY) -> Flaw:
    """The one error that the change brings; no contract comes of it."""
    found, all_flaws = checked(contract, wiring, today=today)
    errors = [flaw for flaw in all_flaws if flaw.level == "error"]
    assert found is None
    assert len(errors) == 1, errors
    return errors[0]


def unread(contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None) -> ContractError:
    """The error with which reading ends."""
    with pytest.raises(ContractError) as caught:
        draft(contract, wiring)
    return caught.value
