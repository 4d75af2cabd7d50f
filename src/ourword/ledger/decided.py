"""A decision as the gate left it, ready to be recorded; and how it becomes entries and personal data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import count
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from ourword.errors import LineError
from ourword.ledger import entry as entries
from ourword.ledger.entry import Lineage

PERSONAL_BYTES_MAX = 1024 * 1024


class Personal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one decision holds about a customer: kept beside the log, encrypted under the customer's own key, erasable.

    Every value is JSON: text, numbers, booleans, null, lists, objects with text keys.
    """

    customer: str
    facts: dict[str, Any] = {}
    """Facts as they were handed in."""
    history: dict[str, Any] = {}
    """Facts counted from our own record, by the value the gate saw."""
    contact: Any = None
    objects: Any = None
    confirmed_args: Any = None
    options: Any = None
    """What was laid on the table, and what else there was."""
    answer: str = ""
    """A person's own answer."""
    amended: Any = None
    because: str = ""
    lineage: dict[str, Any] = {}
    """What was said of the lineage beyond data, model and prompt."""
    verdict: dict[str, Any] = {}
    """The verdict as it was given, so that a retry gets the first one."""


class Promised(msgspec.Struct, frozen=True):
    """A promise that the verdict makes: its id in the contract, and its due time (nanoseconds since 1970)."""

    id: str
    due: int


class Bent(msgspec.Struct, frozen=True, kw_only=True):
    """A person decided otherwise than these clauses say; `written` is the answer they give."""

    clauses: tuple[str, ...]
    written: str


class Signalled(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that asks `owner` (a role id) for an answer, about a boundary, a clause, a promise."""

    about: str
    owner: str
    clauses: tuple[str, ...] = ()


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as the gate left it. No field but `personal` may hold a name, a customer id or a fact's value."""

    decision_id: str = ""
    """Given by the caller; else made from `line` and `ordinal`; else (no `line`) made by chance."""
    line: bytes = b""
    ordinal: int = 1
    kind: str
    instant: int
    """When it was decided, nanoseconds since 1970 (UTC)."""
    contract: str
    lineage: Lineage = Lineage()
    owner: str
    answer: str
    decided_by: str
    clauses: tuple[str, ...] = ()
    """The clauses that fired."""
    promises: tuple[Promised, ...] = ()
    by: str = "automation"
    mode: Literal["enforce", "observe"] = "enforce"
    bend: Bent | None = None
    signals: tuple[Signalled, ...] = ()
    personal: Personal


class Stamp(msgspec.Struct, frozen=True):
    """What the store adds: the decision's id, the gate process and what it has counted so far, the two commitments."""

    decision_id: str
    gate: str
    counter: int
    sub: str
    pd: str


def entries_of(decided: Decided, stamp: Stamp) -> list[bytes]:
    """Write all entries of one decision: the decision, its promises, its bend, its signals, counted on from the stamp."""
    common: dict[str, Any] = {
        "decision_id": stamp.decision_id,
        "kind": decided.kind,
        "time": entries.instant_text(decided.instant),
        "contract": decided.contract,
        "gate": stamp.gate,
        "sub": stamp.sub,
    }
    dues = tuple([entries.Due(id=each.id, due=entries.instant_text(each.due)) for each in decided.promises])
    counter = count(stamp.counter + 1)
    written = [entries.entry_bytes(_decision(decided, dues, stamp.pd, {**common, "counter": next(counter)}))]
    for due in dues:
        made = entries.PromiseMade(promise=due.id, due=due.due, owner=decided.owner, counter=next(counter), **common)
        written.append(entries.entry_bytes(made))
    if decided.bend:
        written.append(entries.entry_bytes(_bend(decided, decided.bend, {**common, "counter": next(counter)})))
    for each in decided.signals:
        opened = entries.SignalOpened(about=each.about, clauses=each.clauses, owner=each.owner, counter=next(counter), **common)
        written.append(entries.entry_bytes(opened))
    return written


def _decision(decided: Decided, dues: tuple[entries.Due, ...], pd: str, common: dict[str, Any]) -> entries.Decision:
    return entries.Decision(
        lineage=decided.lineage,
        owner=decided.owner,
        answer=decided.answer,
        decided_by=decided.decided_by,
        clauses=decided.clauses,
        promises=dues,
        by=UNSET if decided.by == "automation" else decided.by,
        mode=UNSET if decided.mode == "enforce" else decided.mode,
        pd=pd,
        **common,
    )


def _bend(decided: Decided, bend: Bent, common: dict[str, Any]) -> entries.Bend:
    return entries.Bend(answer=decided.answer, by=decided.by, clauses=bend.clauses, written=bend.written, owner=decided.owner, **common)


_LINEAGE_TEXT = re.compile(r"[A-Za-z0-9._:/@+=-]{1,128}")


def lineage_of(given: Mapping[str, Any], *, contract: str) -> tuple[Lineage, dict[str, Any]]:
    """Part a line's lineage: `data`, `model` and `prompt` go into the entry, everything else beside it with the personal data.

    What goes into the entry stays for good, so it must be a version or a digest: a prompt's text is a `LineError`.

    >>> lineage_of({"model": "m-3", "ticket": 7}, contract="sha256:ab")
    (Lineage(data=None, model='m-3', prompt=None, contract='sha256:ab'), {'ticket': 7})
    """
    named = {name: given[name] for name in ("data", "model", "prompt") if given.get(name) is not None}
    for name, value in named.items():
        if not isinstance(value, str) or not _LINEAGE_TEXT.fullmatch(value):
            what = f"`{name}` is not a version or a digest: up to 128 letters, digits and . _ : / @ + = -"
            raise LineError("line.lineage", what, place=f"lineage.{name}", hint=f'name the {name} by a version or a digest, such as "sha256:…"')
    return Lineage(contract=contract, **named), {name: value for name, value in given.items() if name not in named}


# ---- personal data -------------------------------------------------------------------------------------------------

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Personal)


def personal_bytes(personal: Personal) -> bytes:
    """Write personal data as the bytes that are committed to and encrypted: JSON with sorted keys.

    Raises `LineError` for what JSON cannot hold (NaN, a date, half a surrogate pair) and beyond 1 MB.

    >>> personal_bytes(Personal(customer="c-7", facts={"amount": "12.00 EUR"}))
    b'{"customer":"c-7","facts":{"amount":"12.00 EUR"}}'
    """
    try:
        written = _ENCODER.encode(personal)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as cause:
        raise _unfit(f"a value cannot be written as JSON ({cause})", "hand in text, numbers, booleans, lists and objects only") from cause
    # msgspec writes NaN and infinity as null, and a stored null would be a lie: look for one only where a null was written.
    if b"null" in written and _holds_nan([personal.facts, personal.objects, personal.confirmed_args, personal.amended, personal.lineage]):
        raise _unfit("NaN and infinity have no JSON number", "leave the fact out when there is no number")
    if len(written) > PERSONAL_BYTES_MAX:
        raise _unfit(f"the line holds {len(written):,} bytes, and at most {PERSONAL_BYTES_MAX:,} are kept", "hand in what the contract reads")
    return written


def personal_from_bytes(written: bytes) -> Personal:
    """Read what `personal_bytes` wrote."""
    return _DECODER.decode(written)


def asks_the_same(first: Personal, again: Personal) -> bool:
    """Say whether a retry hands in what was handed in first (what we counted and answered is not compared)."""
    return _handed_in(first) == _handed_in(again)


def _handed_in(personal: Personal) -> bytes:
    return _ENCODER.encode(msgspec.structs.replace(personal, history={}, verdict={}))


def _holds_nan(value: object) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(map(_holds_nan, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(map(_holds_nan, value))
    return False


def _unfit(what: str, hint: str) -> LineError:
    return LineError("line.not-recordable", what, place="line", hint=hint)
