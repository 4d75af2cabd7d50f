"""An entry: one record of the ledger, as one canonical byte string with no personal data and no names.

The bytes are RFC 8785 JSON, encoded once; the same bytes are stored, and later hashed and signed. `msgspec` writes them
(sorted keys, ASCII keys only, no floats, integers within ±(2^53 − 1)): 30 times faster than the general writer in
`core/canonical.py`, and a law in `tests/ledger` holds the two equal.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from ourword.errors import HomeError, LineError

BYTES_MAX = 64 * 1024 - 1
"""C2SP tlog-tiles: an entry's length is a 16-bit number, so an entry is less than 64 KB."""

INSTANT_END = 2**63
"""Instants are nanoseconds since 1970 in a signed 64-bit integer, as every store we write to has."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """What the decision came from: versions or digests of data, model, prompt; the contract's digest. Not known is null."""

    data: str | None = None
    model: str | None = None
    prompt: str | None = None
    contract: str | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A promise in its decision's entry: which one, and by when."""

    id: str
    due: str


class _Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    v: int = 1
    decision_id: str
    kind: str
    time: str
    contract: str
    owner: str
    gate: str
    counter: int
    sub: str


class Decision(_Entry, frozen=True, kw_only=True, tag="decision"):
    """What was decided, by which clause, from what; `pd` commits to the personal data beside the log."""

    answer: str
    decided_by: str
    clauses: tuple[str, ...]
    lineage: Lineage
    promises: tuple[Due, ...]
    pd: str
    by: str | UnsetType = UNSET
    """The role id of the person who decided; left out when automation did."""
    mode: str | UnsetType = UNSET
    """`observe` when nobody was stopped; left out when the answer was enforced."""


class PromiseMade(_Entry, frozen=True, kw_only=True, tag="promise"):
    """Something a customer was told would happen, from now on followed until it is kept or broken.

    Later entries of the same shape say how it stands: kept, late, broken, unknown, released, repaired.
    """

    standing: str = "made"
    promise: str
    due: str
    settled: str | UnsetType = UNSET
    """Since when it stands so: when the event came, or when a broken promise was due; left out where nobody knows."""


class Bend(_Entry, frozen=True, kw_only=True, tag="bend"):
    """A person departed from the written clauses; their reason is in the decision's personal data."""

    answer: str
    by: str
    clauses: tuple[str, ...]
    written: str
    """What the clauses answer."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a target's signal rests on: how many were counted, the interval of the share, the target; shares as text, since no entry holds a float."""

    n: int
    low: str
    high: str
    limit: str
    within: str


class SignalOpened(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="signal", forbid_unknown_fields=True):
    """Evidence that asks `owner` for an answer: what it is about, and the clauses, promise or target that it names.

    Later entries of the same shape say that it was answered, or that it recurred. One about a target or a promise is about no single decision and
    no single customer: then `decision_id` and `sub` are left out.
    """

    v: int = 1
    decision_id: str | UnsetType = UNSET
    kind: str
    time: str
    contract: str
    owner: str
    gate: str
    counter: int
    sub: str | UnsetType = UNSET
    standing: str = "open"
    """open, answered, recurred, or waived."""
    about: str
    clauses: tuple[str, ...]
    signal: int | UnsetType = UNSET
    """The number of the entry that opened it; left out in that one."""
    level: int | UnsetType = UNSET
    """How far up it has gone: 1 for who answers first."""
    said: str | UnsetType = UNSET
    """What it was: one of the nine sayings."""
    by: str | UnsetType = UNSET
    """The role id of who answered."""
    because: str | UnsetType = UNSET
    """Commits to the reason, which lies beside the log: people write names into reasons."""
    until: str | UnsetType = UNSET
    """When a waiver ends."""
    evidence: Evidence | UnsetType = UNSET


class _Alone(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every entry has that stands in no decision; `gate` and `counter` are put in by the store that appends it."""

    v: int = 1
    time: str
    gate: str = ""
    counter: int = 0


class SegmentSealed(_Alone, frozen=True, kw_only=True, tag="segment-sealed"):
    """A file of events will not change any more; `digest` is its SHA-256. It is about no decision and no customer."""

    gate: str
    counter: int
    file: str
    digest: str
    rows: int


class SampleDrawn(_Alone, frozen=True, kw_only=True, tag="sample-drawn"):
    """Quiet contacts were drawn by lot, to be called back: out of which, how many, by which seed.

    `frame` commits to the contacts that could be drawn, whose numbers lie beside the log: from it, `seed`, `size` and `method` follows who was drawn.
    """

    method: str
    seed: int
    size: int
    """How many were drawn, one contact of each customer."""
    contacts: int
    customers: int
    frame: str
    as_of: str
    """As of when they were quiet."""
    window_days: int
    kind: str | UnsetType = UNSET
    """Of which kind they were; left out where any could be drawn."""
    handled_by: str | UnsetType = UNSET
    """`automation` or `person`; left out where both could be drawn."""
    since: str | UnsetType = UNSET
    """Drawn were contacts that began then or later."""


class SampleAnswered(_Alone, frozen=True, kw_only=True, tag="sample-answered"):
    """What customers said who were called back, by their place in the draw (1, 2, 3 …): solved, not, partly; or nobody answered."""

    sample: int
    """The number of the entry that drew them."""
    yes: tuple[int, ...] = ()
    no: tuple[int, ...] = ()
    partly: tuple[int, ...] = ()
    no_answer: tuple[int, ...] = ()
    notes: dict[str, str] | UnsetType = UNSET
    """By place: commits to what the caller noted, which lies beside the log, under the customer's key."""


class ContractSigned(_Alone, frozen=True, kw_only=True, tag="contract-signed"):
    """A person signed a contract, or read it again; whether it is adopted, and in force, is a fold over these (`ledger/adoption.py`)."""

    contract: str
    """Its name; the digest says which."""
    version: str
    digest: str
    by: str
    """The role id of who signed."""
    needs: tuple[str, ...] = ()
    """Whose signatures it needs, as worked out when it was signed: so nobody needs the files to tell whether it is adopted."""
    direction: str
    """Against what was adopted last: `first`, `towards`, `against` or `unknown`."""
    previous: str | UnsetType = UNSET
    """The digest of what was adopted last; left out for the first."""
    effective: str | UnsetType = UNSET
    """In force from then on at the earliest; left out where it is to be in force as soon as all have signed."""
    instead_of: tuple[str, ...] | UnsetType = UNSET
    """The digests of contracts of another name whose place it takes: those that decided its kinds; left out where there are none."""
    ahead: tuple[int, ...] | UnsetType = UNSET
    """The numbers of signatures of which it says that they were dated by a clock that was ahead: their times move this one to no later day."""
    again: bool | UnsetType = UNSET
    """True where it is in force already, and was read again."""
    because: str | UnsetType = UNSET
    """Commits to what was said, which lies beside the log."""


class Erasure(_Alone, frozen=True, kw_only=True, tag="erasure"):
    """A customer was erased: key, personal data, texts and raw ids are gone; `sub` stands in all entries about them, and leads to nobody."""

    sub: str
    words: tuple[str, ...] | UnsetType = UNSET
    """Which words of your own people went with it, by keyed marks (`stores/apart.py`); left out by those from before this was said."""


class SegmentResealed(_Alone, frozen=True, kw_only=True, tag="segment-resealed"):
    """A file of events was written again without the rows of customers who were erased: `new` stands for `old`, digests as in `segment-sealed`."""

    file: str
    """The file that holds them now."""
    before: str
    """The file that held them, and is gone."""
    old: str
    new: str
    rows: int


class Hold(_Alone, frozen=True, kw_only=True, tag="hold"):
    """A customer may not be erased, since the law wants what is held on them kept; or that this has ended."""

    sub: str
    standing: str = "held"
    """held, or released."""
    by: str
    """Who says so: a role id."""
    of: str | UnsetType = UNSET
    """Whose hold has ended, where that is not the role that says so."""
    until: str | UnsetType = UNSET
    """When it ends by itself; left out where somebody must release it."""
    because: str | UnsetType = UNSET
    """Commits to the reason, which lies beside the log, under the customer's key."""


class Pruned(_Alone, frozen=True, kw_only=True, tag="pruned"):
    """Decisions up to an entry are past retention and are let go of; their hashes stay, so that every proof holds. What is not told here stays."""

    upto: int
    """The last entry of them: a multiple of 256."""
    bound: str
    """All that is older than this moment was past retention."""
    contracts: tuple[str, ...] = ()
    """The digests of the contracts whose `keep` was held to."""
    keep: str | UnsetType = UNSET
    """For how long the contracts that do not say it were to be kept; left out where nobody was asked."""
    stay: int
    """How many of the entries up to there stay: those that say what holds still, or what was done to the record."""
    numbers: str
    """Their numbers, by SHA-256: none of them is lost unseen."""
    owed: int | UnsetType = UNSET
    """How many promises go that were broken and never repaired; left out where none does."""
    by: str | UnsetType = UNSET
    """The role id of who said that these go too."""


class KeyRotated(_Alone, frozen=True, kw_only=True, tag="key-rotated"):
    """Another key signs the log from the next checkpoint on; the one that contains this entry as its last is signed by both."""

    old: str
    """The public key that signed so far, as the one line that is handed out."""
    new: str


Alone = SegmentSealed | SampleDrawn | SampleAnswered | ContractSigned | Erasure | SegmentResealed | Hold | Pruned | KeyRotated
"""Entries that stand in no decision."""
AnyEntry = Decision | PromiseMade | Bend | SignalOpened | Alone

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER: msgspec.json.Decoder[AnyEntry] = msgspec.json.Decoder(AnyEntry)
_PLAIN: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])
_Read = TypeVar("_Read")


def entry_bytes(entry: AnyEntry) -> bytes:
    """Write an entry as its one canonical byte string; more than 64 KB is a `LineError`.

    >>> common = dict(decision_id="d-1", kind="refund", time="2026-11-23T10:00:00Z", contract="care", owner="mara")
    >>> entry_bytes(PromiseMade(promise="money-back", due="2026-11-30T10:00:00Z", gate="g", counter=2, sub="s", **common))[:52]
    b'{"contract":"care","counter":2,"decision_id":"d-1","'
    """
    try:
        written = _ENCODER.encode(entry)
    except UnicodeEncodeError as cause:
        hint = "remove the broken character"
        raise LineError("entry.text", "text with half of a surrogate pair has no UTF-8 form", place="entry", hint=hint) from cause
    if len(written) > BYTES_MAX:
        of = getattr(entry, "decision_id", "")
        what = f"the entry of decision `{of[:40]}` would be {len(written):,} bytes, and an entry is at most {BYTES_MAX:,}"
        raise LineError("entry.too-large", what, place="entry", hint="fewer clauses or promises can apply at once; shorten their ids")
    return written


def entry_from_bytes(written: bytes) -> AnyEntry:
    """Read an entry that `entry_bytes` wrote; anything else is a `HomeError`."""
    return _read(_DECODER, written)


def entry_words(written: bytes) -> dict[str, Any]:
    """Read an entry as the words it is written in, those that only a newer ourword knows included; what is no entry is a `HomeError`."""
    entry_from_bytes(written)
    return _read(_PLAIN, written)


def _read(decoder: msgspec.json.Decoder[_Read], written: bytes) -> _Read:
    try:
        return decoder.decode(written)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        hint = "it was written by a newer ourword, or it was changed"
        raise HomeError("entry.unreadable", f"an entry cannot be read: {cause}", place="entry", hint=hint) from cause


def instant_text(instant: int) -> str:
    """Print nanoseconds since 1970 as RFC 3339 in UTC, with no more digits than needed.

    >>> instant_text(1_000_000_000), instant_text(1_500_000_000), instant_text(-1)
    ('1970-01-01T00:00:01Z', '1970-01-01T00:00:01.5Z', '1969-12-31T23:59:59.999999999Z')
    """
    if not -INSTANT_END <= instant < INSTANT_END:
        what = "the time lies outside of what 64 bits of nanoseconds can say"
        raise LineError("entry.time", what, place="entry", hint="give a time between the years 1678 and 2261")
    seconds, part = divmod(instant, 10**9)
    whole = _second_text(seconds)
    return f"{whole}.{part:09}".rstrip("0") + "Z" if part else whole + "Z"


@lru_cache(maxsize=4096)
def _second_text(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
