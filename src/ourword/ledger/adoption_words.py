"""Who signed what, in words and as values for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from ourword.contract.words import listed
from ourword.core.time import datetime_from_instant
from ourword.ledger.adoption import Adoption, Signature
from ourword.ledger.entry import instant_text

NOBODY = "Nobody has signed a contract here."
_WAYS = {
    "towards": "No customer is worse off by it than by the one before.",
    "against": "Some customers are worse off by it than by the one before.",
    "unknown": "It is not proved that no customer is worse off by it, so those sign too whom a change against customers needs.",
}


def named(adoption: Adoption) -> str:
    """A contract's name and version."""
    return f"{adoption.contract} {adoption.version}"


def in_words(adoption: Adoption, now: int, *, zone: str = "UTC", name: Callable[[str], str] = str) -> str:
    """Say in a sentence how a version stands at a moment; days are those of a *zone*, and *name* gives a person's name.

    >>> of = dict(contract="care", version="1.0", digest="sha256:0", direction="first", needs=("mara", "omar"))
    >>> in_words(Adoption(signed=(Signature(by="mara", at=0, seq=1),), **of), 0)
    'care 1.0 waits for omar; signed by mara.'
    """
    by = listed(name(each) for each in adoption.signers)
    if adoption.standing == "waits":
        return f"{named(adoption)} waits for {listed(name(each) for each in adoption.waits_for)}; signed by {by}{_when(adoption, zone)}."
    if adoption.standing == "lapsed":
        return f"{named(adoption)} was not adopted: another version was, while it waited; signed by {by}."
    if adoption.begins is None:
        return f"{named(adoption)} was adopted and never in force: another version was adopted before its day; signed by {by}."
    if adoption.begins > now:
        return f"{named(adoption)} will be in force from {day(adoption.begins, zone)}; signed by {by}."
    if adoption.ends is not None and adoption.ends <= now:
        first, last = day(adoption.begins, zone), day(adoption.ends, zone)
        return f"{named(adoption)} was in force {f'on {first}' if first == last else f'from {first} to {last}'}; signed by {by}."
    until = "" if adoption.ends is None else f" until {day(adoption.ends, zone)}"
    return f"{named(adoption)} is in force since {day(adoption.begins, zone)}{until}; signed by {by}."


def place_words(adoption: Adoption, known: Sequence[Adoption]) -> str:
    """Whose place of another name a version takes; empty where there is none."""
    names = listed(dict.fromkeys(named(each) for each in known if each.digest in adoption.instead_of))
    takes = "takes" if adoption.standing == "adopted" else "would take"
    return f"It {takes} the place of {names}, and needs the signatures that are asked for there, too." if names else ""


def _when(adoption: Adoption, zone: str) -> str:
    return "" if adoption.effective is None else f", to be in force from {day(adoption.effective, zone)}"


def details(adoption: Adoption, *, every: str = "", zone: str = "UTC", now: int) -> Iterator[str]:
    """The lines below that sentence: why which signatures are needed, what was said, when it is to be read again."""
    if adoption.direction in _WAYS:
        yield _WAYS[adoption.direction]
    if adoption.ahead:
        yield f"It says of entry {listed(map(str, adoption.ahead))} that the clock was ahead: what was dated so moves nothing to a later day."
    yield from (f"{each.by}, {moment(each.at)}" + (f": {each.because}" if each.because else "") for each in adoption.signed)
    yield from (f"{each.by} read it again, {moment(each.at)}" + (f": {each.because}" if each.because else "") for each in adoption.reviewed)
    due = adoption.review_due(every) if adoption.in_force(now) else None
    if due is not None:
        yield f"It is to be read again ({every}): {overdue(due, now, zone)}."


def overdue(due: int, now: int, zone: str = "UTC") -> str:
    """When it is to be read again, and whether that has passed.

    >>> overdue(0, 86_400 * 10**9 * 3)
    'overdue since 1970-01-01'
    """
    return f"overdue since {day(due, zone)}" if due <= now else f"by {day(due, zone)}"


def day(at: int, zone: str = "UTC") -> str:
    """The day of a moment in a zone."""
    return str(datetime_from_instant(at).astimezone(ZoneInfo(zone)).date())


def moment(at: int) -> str:
    """A moment to the minute, in UTC."""
    return f"{instant_text(at)[:16].replace('T', ' ')} UTC"


def as_dict(adoption: Adoption, *, every: str = "", now: int) -> dict[str, Any]:
    """An adoption as JSON values: times as RFC 3339."""
    due = adoption.review_due(every)
    return {
        "contract": adoption.contract,
        "version": adoption.version,
        "digest": adoption.digest,
        "previous": adoption.previous,
        "instead_of": list(adoption.instead_of),
        "ahead": list(adoption.ahead),
        "direction": adoption.direction,
        "standing": adoption.standing,
        "in_force": adoption.in_force(now),
        "begins": _text(adoption.begins),
        "ends": _text(adoption.ends),
        "effective": _text(adoption.effective),
        "needs": list(adoption.needs),
        "waits_for": list(adoption.waits_for),
        "signed": [_signature(each) for each in adoption.signed],
        "reviewed": [_signature(each) for each in adoption.reviewed],
        "review_due": _text(due),
        "review_overdue": None if due is None else due <= now,
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {"by": signature.by, "at": instant_text(signature.at), "entry": signature.seq, "because": signature.because}


def _text(at: int | None) -> str | None:
    return None if at is None else instant_text(at)
