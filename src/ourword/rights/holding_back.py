"""Legal holds: a customer who may not be erased, said by a person, for a reason, until a day or until somebody releases it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from ourword.contract.words import listed
from ourword.core.time import instant_from_datetime
from ourword.errors import HomeError, LineError
from ourword.ledger.entry import Hold, instant_text
from ourword.ledger.holds import HELD, RELEASED, Held, held
from ourword.ledger.seal import NONCE_BYTES, Subject, words_apart
from ourword.reasons import fit_reason
from ourword.stores.apart import name_apart, words_of
from ourword.stores.backup import numbers_of
from ourword.stores.erasing import holds_on, was_erased
from ourword.stores.erasures import list_up

if TYPE_CHECKING:
    from ourword.ledger.store import Entry
    from ourword.stores.erasures import Holding
    from ourword.stores.home import Home

BY_MAX = 64


def hold(home: Home, customer: str, *, by: str, because: str, until: date | None = None, now: int) -> Held:
    """Say that a customer may not be erased, durably; *until* is the last day, in UTC. Of one role what it said last stands, beside others' holds.

    Raises `LineError` (`hold.customer`, `hold.by`, `hold.because`, `hold.until`), `HomeError`.
    """
    reason = fit_reason(because, code="hold.because")
    if not reason:
        raise LineError("hold.because", "a hold says why", place="because", hint="a case, a law, a date: whoever releases it will ask")
    ends = None if until is None else instant_from_datetime(datetime.combine(until + timedelta(days=1), time(), UTC))
    if ends is not None and ends <= now:
        raise LineError("hold.until", f"{until} is over", place="until", hint="give a day to come, or none")
    return _said(home, customer, HELD, by=by, reason=reason, until=ends, now=now)


def release(home: Home, customer: str, *, by: str, because: str = "", of: str = "", now: int) -> Held:
    """Say that a role's own hold has ended, or that of another (*of*), who cannot say it any more; give the hold that stood. Others stand on.

    Raises `LineError` (`hold.none` where none stands, `hold.of` where that role has none, `hold.because` where another's is ended without a
    reason, and as above), `HomeError`.
    """
    reason, whose = fit_reason(because, code="hold.because"), of.strip() or by.strip()
    if whose != by.strip() and not reason:
        hint = f"why {by} may, and {whose} cannot: whoever placed it will ask"
        raise LineError("hold.because", "who ends another's hold says why", place="because", hint=hint)
    ended: list[Held] = []

    def of_theirs(standing: tuple[Held, ...]) -> None:
        ended.extend(each for each in standing if each.by == whose)
        if not standing:
            raise LineError("hold.none", f"nothing holds what is kept on `{customer}`", place="customer", hint="there is nothing to release")
        if not ended:
            raise _not_theirs(customer, by.strip(), whose, [each.by for each in standing])

    said_of = UNSET if whose == by.strip() else whose
    _said(home, customer, RELEASED, by=by, reason=reason, until=None, now=now, of=said_of, fits=of_theirs)
    return ended[0]


def _not_theirs(customer: str, by: str, whose: str, holders: list[str]) -> LineError:
    """A hold is ended by whoever placed it: who releases theirs does not know why another stands."""
    what = f"{whose} holds nothing that is kept on `{customer}`: {listed(holders)} {'does' if len(holders) == 1 else 'do'}"
    other = f"`--release --by {by} --of {holders[0]} --because TEXT`"
    return LineError(
        "hold.of", what, place="by" if by == whose else "of", hint=f"who placed it releases it; who cannot any more is stood in for by {other}"
    )


def standing(home: Home, customer: str, *, now: int) -> tuple[Held, ...]:
    """Give the holds that stand on a customer, one of a role at most, in the order in which they were placed."""
    return held(home.store.hold_entries(), now=now).get(_key(home, customer).sub, ())


def place_anew(home: Home, holds: Iterable[Holding], *, now: int) -> int:
    """Place again those holds that stand by a list, on customers who are in a home that is older; give how many. Why they stood is not known here."""
    own = {(each.sub, each.by): each for each in holds if each.home == home.id and (each.until is None or each.until > now)}
    here = numbers_of(home, {sub for sub, _ in own})
    placed = 0
    with home.store.appending() as (writer, append):
        stand = {(each.sub, each.by): each.until for each in holds_on(writer, here, now)}
        for (sub, by), each in own.items():
            # The later end of the two: what was shortened since is released by whoever placed it, what was erased does not come back.
            if sub in here and _end(each.until) > (_end(stand[sub, by]) if (sub, by) in stand else now):
                append(Hold(time=instant_text(now), sub=sub, by=by, until=UNSET if each.until is None else instant_text(each.until)), b"")
                placed += 1
    return placed


def _end(until: int | None) -> float:
    return inf if until is None else until


def reason_of(home: Home, entry: Entry, key: Subject) -> str | None:
    """Why somebody held or released, by the entry and the customer's key; `None` where nothing was said."""
    value = entry.value
    return words_of(home, entry.seq, value, under=key) if isinstance(value, Hold) else None


def _said(
    home: Home,
    customer: str,
    word: str,
    *,
    by: str,
    reason: str,
    until: int | None,
    now: int,
    of: str | UnsetType = UNSET,
    fits: Callable[[tuple[Held, ...]], None] = lambda standing: None,
) -> Held:
    """Record it, once *fits*, given what stands, lets it: asked while nobody else can say anything."""
    if not by.strip() or len(by) > BY_MAX:
        raise LineError(
            "hold.by", "a hold says whose word it is", place="by", hint=f"a role id of at most {BY_MAX} characters: a person of the contract"
        )
    key = _key(home, customer)
    entry = Hold(time=instant_text(now), sub=key.sub, standing=word, by=by.strip(), of=of, until=UNSET if until is None else instant_text(until))
    box = b""
    if reason:
        box, commitment = words_apart(key, name_apart(entry), reason, nonce=os.urandom(NONCE_BYTES))
        entry = msgspec.structs.replace(entry, because=commitment)
    with home.store.appending() as (writer, append):
        if writer.execute("SELECT 1 FROM subject WHERE number = ? AND who IS NOT NULL", (key.number,)).get is None:
            raise _unknown(home, customer)
        fits(holds_on(writer, [key.sub], now))
        seq = append(entry, box)
    _list_it(home, seq)
    return Held(sub=key.sub, by=entry.by, since=now, until=until, seq=seq)


def _list_it(home: Home, seq: int) -> None:
    """Bring the list beside the home up to it: a backup from before knows nothing of it."""
    try:
        list_up(home.path, home.store, home.id)
    except HomeError as error:
        hint = "let it be written there; the next hold, release or erasure writes it, and until then a backup from before knows nothing of this"
        raise HomeError(error.code, f"it is recorded (entry {seq:,}), but {error.what}", place=error.place, hint=hint) from error


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
