"""From a promise in the ledger to what keeps it: the rule of its own contract, and what is known of its decision."""

from __future__ import annotations

from functools import lru_cache

from ourword.contract.amounts import amount_fact
from ourword.contract.model import Amount, Draft, PromiseRule
from ourword.core.calendar import Calendar, public_holidays
from ourword.core.canonical import canonical
from ourword.core.span import Span
from ourword.core.time import datetime_from_instant, instant_from_datetime
from ourword.errors import OurwordError
from ourword.ledger.decided import Personal
from ourword.ledger.settle import Owed, Repair, Source, Sum, objects_of
from ourword.ledger.standings import Noted


def rule_of(draft: Draft, kind: str, promise: str) -> PromiseRule | None:
    """Find a promise in the contract that made it."""
    found = draft.kinds.get(kind)
    return next((each for each in found.promises if each.id == promise), None) if found else None


def owed(noted: Noted, rule: PromiseRule, draft: Draft, personal: Personal, minor: int | None) -> Owed:
    """Join a promise with its rule and its decision; *minor* is the amount promised, in minor units.

    A rule that compares amounts keeps nothing without one: the promise is then not known.
    """
    _, currency = amount_fact(rule, draft)
    calendar = calendar_of(draft.zone, draft.holidays)
    return Owed(
        key=noted.key,
        made=noted.made,
        due=noted.due,
        kept_by=rule.kept_by,
        customer=personal.customer,
        objects=objects_of(personal.objects, personal.contact),
        amount=Sum(minor, currency, exactly=rule.amount == "equals") if rule.amount and minor is not None else None,
        sources=tuple(Source(each.by, each.heard_within) for each in draft.wiring.sources if each.event == rule.kept_by),
        calendar=calendar,
        repair=_repair(rule, noted.due, calendar),
        recorded=noted.standing,
        settled=noted.settled,
        known=not rule.amount or minor is not None,
    )


def unknowable(noted: Noted) -> Owed:
    """A promise whose customer is erased, or whose contract is lost: nobody can say any more what would keep it."""
    return Owed(key=noted.key, made=noted.made, due=noted.due, kept_by="", recorded=noted.standing, settled=noted.settled, known=False)


def _repair(rule: PromiseRule, due: int, calendar: Calendar) -> Repair | None:
    until = repair_due(rule, due, calendar)
    if rule.repair is None or until is None:
        return None
    credit = rule.repair.get("credit")
    return Repair(due=until, amount=Sum(credit.minor, credit.currency) if isinstance(credit, Amount) else None)


def repair_due(rule: PromiseRule, due: int, calendar: Calendar) -> int | None:
    """By when what was broken at *due* must be repaired (ns since 1970); `None` where no repair is written."""
    within = rule.repair.get("within") if rule.repair else None
    return (instant_from_datetime(calendar.due_at(datetime_from_instant(due), within)) or 0) if isinstance(within, Span) else None


@lru_cache(maxsize=32)
def calendar_of(zone: str, holidays: str) -> Calendar:
    """The calendar of a contract, by its zone and whose holidays it keeps."""
    return Calendar(zone, public_holidays(holidays))


# ---- confirmed against executed ------------------------------------------------------------------------------------


def differences(confirmed: object, executed: object) -> tuple[str, ...]:
    """Name what was executed otherwise than the customer confirmed: the arguments that differ, are missing or were added.

    >>> differences({"order": "o-9", "amount": "20.00 EUR"}, {"order": "o-9", "amount": "25.00 EUR", "note": "x"})
    ('amount', 'note')
    """
    if not isinstance(confirmed, dict) or not isinstance(executed, dict):
        return () if confirmed is None or _same(confirmed, executed) else ("args",)
    return tuple(sorted(str(name) for name in confirmed.keys() | executed.keys() if not _same(confirmed.get(name), executed.get(name))))


def _same(one: object, other: object) -> bool:
    try:
        return canonical(one) == canonical(other)
    except OurwordError:  # what JSON cannot hold
        return one == other
