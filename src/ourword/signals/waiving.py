"""Waiving a signal: that it need not be answered for a while, said by a person, for a reason, until a day; then it asks again by itself.

It can be renewed once. After that a level up must sign, each time one more (`ledger/answerable.py`), until nobody is left and it must be answered.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ourword.contract.words import listed
from ourword.core.time import datetime_from_instant, instant_from_datetime
from ourword.errors import LineError
from ourword.kept import deciding
from ourword.ledger.answering import waiver_entry
from ourword.ledger.signals import Signal
from ourword.reasons import fit_reason
from ourword.signals.signalling import TRIES_MAX, append_said, busy, find, fit_person, who_may_waive

if TYPE_CHECKING:
    from ourword.stores.home import Home

WAIVED_DAYS_MAX = 90
"""As long as an answer is watched: what need not be answered for longer is an answer, and one of nine words says which."""


def waive(home: Home, signal_id: str, *, by: str, until: date, because: str, now: int) -> Signal:
    """Say that a signal need not be answered until a day is over, by a person whom the contract names, and why; give the signal as it stands then.

    The same waiver again is taken as the first one. Raises `LineError` (`answer.no-signal`, `answer.by`, `waive.because`, `waive.until`,
    `waive.answered`, `waive.waived`, `waive.again`), `HomeError`.
    """
    reason = fit_reason(because, code="waive.because")
    if not reason:
        raise LineError(
            "waive.because", "no reason is given", place="because", hint="say why it need not be answered yet: who reads it was not there"
        )
    for _ in range(TRIES_MAX):
        seen = home.last_seq()
        signal = find(home, signal_id, now)
        fit_person(home, signal, by)
        ends = _ends(home, signal, until, now)
        if not signal.waits:
            what = f"signal `{signal.id}` was answered: {signal.said}, by {signal.answered_by}"
            raise LineError("waive.answered", what, place="signal", hint="it asks again by itself if it comes back, and can be waived then")
        if signal.standing == "waived" and signal.waiver is not None:
            if (signal.waiver.by, signal.waiver.until) == (by, ends):
                return signal
            what = f"signal `{signal.id}` is waived already, by {signal.waiver.by}, until {_day(signal.waiver.until, _zone(home, signal))}"
            raise LineError("waive.waived", what, place="signal", hint="it asks again by itself after that day; answer it if there is an answer")
        _fit_again(home, signal, by)
        if append_said(home, signal, waiver_entry(signal, until=ends, by=by, commitment="", now=now), reason, seen=seen):
            return find(home, signal_id, now)
    raise busy(home)


def _fit_again(home: Home, signal: Signal, by: str) -> None:
    named = who_may_waive(home, signal)
    if by not in named:
        what = f"signal `{signal.id}` was waived {signal.waivers} times since it asks"
        hint = f"a level up must sign now: {listed(named, joined='or')}; or answer it" if named else "those above have waived it too: answer it"
        raise LineError("waive.again", what, place="by", hint=hint)


def day_from(text: str) -> date:
    """Read the last day of a waiver; what is no day is a `LineError`.

    >>> day_from("2026-12-01").year
    2026
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise LineError("waive.until", f"`{text[:40]}` is no day", place="until", hint="write it as 2026-12-01") from error


def _ends(home: Home, signal: Signal, until: date, now: int) -> int:
    """The midnight after the day, in the contract's zone."""
    zone = ZoneInfo(_zone(home, signal))
    today = datetime_from_instant(now).astimezone(zone).date()
    last = today + timedelta(days=WAIVED_DAYS_MAX)
    if not today <= until <= last:
        what = f"{until} has passed" if until < today else f"{until} is more than {WAIVED_DAYS_MAX} days ahead"
        raise LineError("waive.until", what, place="until", hint=f"give a day up to {last}; after it the signal asks again")
    return instant_from_datetime(datetime.combine(until + timedelta(days=1), time(), zone)) or 0


def _zone(home: Home, signal: Signal) -> str:
    draft = deciding(home).get(signal.of.contract)
    return "UTC" if draft is None else draft.zone


def _day(ends: int, zone: str) -> date:
    return (datetime_from_instant(ends - 1).astimezone(ZoneInfo(zone))).date()
