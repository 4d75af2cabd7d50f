"""Legal holds: a customer who may not be erased, said by a person, for a reason, until a day or until somebody releases it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from ourword.core.time import instant_from_datetime
from ourword.errors import LineError
from ourword.ledger.entry import Hold, instant_text
from ourword.ledger.holds import HELD, RELEASED, Held, held
from ourword.ledger.seal import NONCE_BYTES, Subject, words_apart
from ourword.reasons import fit_reason
from ourword.stores.apart import name_apart, words_of
from ourword.stores.erasing import was_erased

if TYPE_CHECKING:
    from ourword.ledger.store import Entry
    from ourword.stores.home import Home

BY_MAX = 64


def hold(home: Home, customer: str, *, by: str, because: str, until: date | None = None, now: int) -> Held:
    """Say that a customer may not be erased, durably; *until* is the last day, in UTC. What was said last stands.

    Raises `LineError` (`hold.customer`, `hold.by`, `hold.because`, `hold.until`), `HomeError`.
    """
    reason = fit_reason(because, code="hold.because")
    if not reason:
        raise LineError("hold.because", "a hold says why", place="because", hint="a case, a law, a date: whoever releases it will ask")
    ends = None if until is None else instant_from_datetime(datetime.combine(until + timedelta(days=1), time(), UTC))
    if ends is not None and ends <= now:
        raise LineError("hold.until", f"{until} is over", place="until", hint="give a day to come, or none")
    return _said(home, customer, HELD, by=by, reason=reason, until=ends, now=now)


def release(home: Home, customer: str, *, by: str, because: str = "", now: int) -> Held:
    """Say that a hold has ended; give the hold that stood. Raises `LineError` (`hold.none` where none stands, and as above)."""
    found = standing(home, customer, now=now)
    if found is None:
        raise LineError("hold.none", f"nothing holds what is kept on `{customer}`", place="customer", hint="there is nothing to release")
    _said(home, customer, RELEASED, by=by, reason=fit_reason(because, code="hold.because"), until=None, now=now)
    return found


def standing(home: Home, customer: str, *, now: int) -> Held | None:
    """Give the hold that stands on a customer."""
    return held(home.store.hold_entries(), now=now).get(_key(home, customer).sub)


def reason_of(home: Home, entry: Entry, key: Subject) -> str | None:
    """Why somebody held or released, by the entry and the customer's key; `None` where nothing was said."""
    value = entry.value
    return words_of(home, entry.seq, value, under=key) if isinstance(value, Hold) else None


def _said(home: Home, customer: str, word: str, *, by: str, reason: str, until: int | None, now: int) -> Held:
    if not by.strip() or len(by) > BY_MAX:
        raise LineError(
            "hold.by", "a hold says whose word it is", place="by", hint=f"a role id of at most {BY_MAX} characters: a person of the contract"
        )
    key = _key(home, customer)
    entry = Hold(time=instant_text(now), sub=key.sub, standing=word, by=by.strip(), until=UNSET if until is None else instant_text(until))
    box = b""
    if reason:
        box, commitment = words_apart(key, name_apart(entry), reason, nonce=os.urandom(NONCE_BYTES))
        entry = msgspec.structs.replace(entry, because=commitment)
    with home.store.appending() as (writer, append):
        if writer.execute("SELECT 1 FROM subject WHERE number = ? AND who IS NOT NULL", (key.number,)).get is None:
            raise _unknown(home, customer)
        seq = append(entry, box)
    return Held(sub=key.sub, by=entry.by, since=now, until=until, seq=seq)


def _key(home: Home, customer: str) -> Subject:
    number = home.store.number_of(customer)
    key = None if number is None else home.keys.subject(number)
    if key is None:
        raise _unknown(home, customer)
    return key


def _unknown(home: Home, customer: str) -> LineError:
    erased = was_erased(home, customer)
    hint = "what is gone cannot be held" if erased else "give the id as proposals and events have it"
    return LineError("hold.customer", f"nothing is held on `{customer}`" + (": they were erased" if erased else ""), place="customer", hint=hint)
