"""A draft becomes a contract when nothing in it contradicts anything else; all flaws are given at once."""

from __future__ import annotations

from datetime import date
from itertools import chain

from ourword.contract import check_kinds, check_languages, check_promised, check_relationship, check_tables, check_wiring
from ourword.contract.check_conditions import conditions
from ourword.contract.digest import digest
from ourword.contract.flaws import People, first_errors
from ourword.contract.model import Contract, Draft, Flaw
from ourword.errors import ContractError


def check(draft: Draft, *, today: date) -> tuple[Contract | None, tuple[Flaw, ...]]:
    """Give the contract and every flaw; the contract is `None` when one of the flaws is an error.

    *today* is the day on which open choices are measured. Flaws stand in the order of level, then of place.
    """
    people = People(draft)
    typed = conditions(draft)
    flaws = sorted(
        chain(
            first_errors(typed.flaws),
            first_errors(check_relationship.flaws(draft, people, today)),
            first_errors(check_languages.flaws(draft)),
            first_errors(check_kinds.flaws(draft, people)),
            first_errors(check_promised.flaws(draft, typed.checked)),
            first_errors(check_wiring.flaws(draft)),
            first_errors(check_tables.flaws(draft)),
        ),
        key=_order,
    )
    if flaws and flaws[0].level == "error":
        return None, tuple(flaws)
    return Contract(draft=draft, digest=digest(draft), checked=typed.checked), tuple(flaws)


def sound(draft: Draft, *, today: date) -> Contract:
    """Give the contract; the first error among its flaws raises `ContractError`."""
    contract, flaws = check(draft, today=today)
    if contract is None:
        first = flaws[0]
        raise ContractError(first.code, first.what, place=first.place, hint=first.hint)
    return contract


def _order(flaw: Flaw) -> tuple[int, str, int, int]:
    file, line, column = flaw.place.rsplit(":", 2)
    return ("error", "warning", "note").index(flaw.level), file, int(line), int(column)
