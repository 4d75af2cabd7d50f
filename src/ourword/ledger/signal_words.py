"""A signal in words, and as values for JSON: what the command line prints and the pages show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ourword.contract.metrics import metric_words
from ourword.ledger.entry import SignalOpened, instant_text
from ourword.ledger.signals import NOT_IN_FORCE, PROMISE, TARGET, About, Signal, Waiver, about
from ourword.ledger.standings import EXECUTED_OTHERWISE

DECISIONS_SHOWN_MAX = 100
_BOUNDS = {"at_least": "at least", "at_most": "at most", "not_below_holdout_by": "not below the holdout by more than"}


def asks(entry: SignalOpened) -> str:
    """Say in one sentence what a new entry asks, and whom.

    >>> of = dict(kind="refund", time="2026-11-23T10:00:00Z", contract="care", owner="mara", gate="", counter=0)
    >>> asks(SignalOpened(about="promise", clauses=("money-back",), **of))
    'A signal asks mara: `money-back` of `refund` was broken.'
    """
    if isinstance(entry.decision_id, str):
        return f"A signal asks {entry.owner}: {entry.decision_id} was executed otherwise than confirmed ({', '.join(entry.clauses)})."
    again = " again" if entry.standing == "recurred" else ""
    return f"A signal asks {entry.owner}{again}: {_what(about(entry))}."


def _what(of: About) -> str:
    match of.about:
        case about if about == PROMISE:
            return f"`{of.what}` of `{of.kind}` was broken"
        case about if about == TARGET:
            return f"`{of.kind}` misses its target for {metric_words(of.what.split(' ')[0])}"
        case about if about == EXECUTED_OTHERWISE:
            return f"a decision of `{of.kind}` was executed otherwise than confirmed"
        case about if about == NOT_IN_FORCE:
            return f"decisions were taken under a version of `{of.contract}` that was not in force"
        case "boundary-proposed":
            return f"automation proposed what the boundary `{of.what}` of `{of.kind}` forbids"
        case _:
            return f"the boundary `{of.what}` of `{of.kind}` was about to be crossed"


def in_words(signal: Signal) -> str:
    """Say in a sentence what a signal is about, and how much of it there is.

    >>> known = {"id": "s-9", "seq": 9, "clauses": ("money-back",), "owner": "mara", "opened": 0, "since": 0}
    >>> in_words(Signal(of=About("care", "refund", "promise", "money-back"), decisions=("d-1", "d-2"), customers=2, owed=1, **known))
    'refund: the promise `money-back` was broken 2 times, for 2 customers; 1 is owed still.'
    """
    of = signal.of
    customers = f"{signal.customers:,} customer{'' if signal.customers == 1 else 's'}"
    match of.about:
        case about if about == PROMISE:
            if not signal.count:
                return f"{of.kind}: the promise `{of.what}` was taken for broken; by what came later none is."
            owed = f"; {signal.owed:,} {'is' if signal.owed == 1 else 'are'} owed still" if signal.owed else ""
            return f"{of.kind}: the promise `{of.what}` was broken {_times(signal)}, for {customers}{owed}."
        case about if about == TARGET:
            return f"{of.kind}: {_target(signal)}."
        case about if about == EXECUTED_OTHERWISE:
            return f"{of.kind}: executed otherwise than the customer had confirmed {_times(signal)}, for {customers}."
        case about if about == NOT_IN_FORCE:
            of_it = signal.version or (f"a version that is not kept here ({of.what[:19]}…)" if of.what else "no digest")
            return f"{of.contract}: decisions were taken under {of_it}, which was not in force then."
        case "boundary-proposed":
            return f"{of.kind}: automation proposed what the boundary `{of.what}` forbids {_times(signal)}, for {customers}."
        case _:
            return f"{of.kind}: the boundary `{of.what}` was about to be crossed {_times(signal)}, for {customers}."


def _times(signal: Signal) -> str:
    return "once" if signal.count == 1 else f"{signal.count:,} times"


def _target(signal: Signal) -> str:
    """A target in words, with the figures that it was missed by."""
    metric, bound = (*signal.clauses, "", "")[:2]
    said = f"the target {metric_words(metric)} {_BOUNDS.get(bound, bound)}"
    if signal.evidence is None:
        return f"{said} is missed"
    low, high = (f"{float(text) * 100:.1f}" for text in (signal.evidence.low, signal.evidence.high))
    limit = f"{float(signal.evidence.limit) * 100:.6g}"
    unit = "points" if bound == "not_below_holdout_by" else "%"
    return f"{said} {limit} {unit} within {signal.evidence.within} is missed: {low} to {high} {unit} of {signal.evidence.n:,}"


def stands(signal: Signal, *, name: Callable[[str], str] = str) -> str:
    """Say how a signal stands, and whose word that is; days are those of UTC.

    >>> known = {"id": "s-9", "seq": 9, "clauses": ("money-back",), "owner": "mara", "opened": 0, "since": 0}
    >>> stands(Signal(of=About("care", "refund", "promise", "money-back"), **known))
    'open: mara must answer, since 1970-01-01'
    """
    since = instant_text(signal.since)[:10]
    if signal.standing == "waived" and signal.waiver is not None:
        until = instant_text(signal.waiver.until)[:16].replace("T", " ")
        again = f" for the {_ordinal(signal.waivers)} time since it asks" if signal.waivers > 1 else ""
        return f"waived by {name(signal.waiver.by)} until {until} UTC{again}; then {name(signal.owner)} must answer, since {since}"
    if not signal.waits:
        return f"{signal.standing}: {signal.said}, said {name(signal.answered_by or '')} on {instant_text(signal.answered_at or 0)[:10]}"
    back = f", back after `{signal.said}`" if signal.standing == "recurred" else ""
    level = f", level {signal.level}" if signal.level > 1 else ""
    times = f", its {_ordinal(signal.waivers)}," if signal.waivers > 1 else ""
    ended = f"; a waiver by {name(signal.waiver.by)}{times} has ended" if signal.waiver is not None else ""
    return f"{signal.standing}: {name(signal.owner)} must answer, since {since}{back}{level}{ended}"


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")


def as_dict(signal: Signal) -> dict[str, Any]:
    """A signal as JSON values: times as RFC 3339, at most a hundred of its decisions (`count` has all)."""
    times = {"opened": signal.opened, "since": signal.since, "answered_at": signal.answered_at}
    return {
        "id": signal.id,
        "about": signal.of.about,
        "contract": signal.of.contract,
        "kind": signal.of.kind,
        "what": signal.of.what,
        "words": in_words(signal),
        "owner": signal.owner,
        "standing": signal.standing,
        "level": signal.level,
        "count": signal.count,
        "customers": signal.customers,
        "owed": signal.owed,
        "said": signal.said,
        "answered_by": signal.answered_by,
        "because": signal.because,
        "waiver": None if signal.waiver is None else _waiver(signal.waiver),
        "waivers": signal.waivers,
        "asked": [{"since": instant_text(since), "answered": None if at is None else instant_text(at)} for since, at in signal.asked],
        "evidence": None if signal.evidence is None else msgspec.to_builtins(signal.evidence),
        "decisions": list(signal.decisions[:DECISIONS_SHOWN_MAX]),
        **{name: None if at is None else instant_text(at) for name, at in times.items()},
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {"by": waiver.by, "at": instant_text(waiver.at), "until": instant_text(waiver.until), "because": waiver.because}
