"""Monday: what changed since the last one, whom we owe, and what waits for whom; as of a moment, and the same whenever it is told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ourword.adoption.signing import versions
from ourword.core.money import money_text
from ourword.core.time import instant_from_text
from ourword.errors import UsageError
from ourword.figures.asof import Past, signals_at, was_by
from ourword.figures.board import Tally, is_owed, last_monday, next_monday, tallies
from ourword.figures.compared import Change, Moved, Spans, changes, contact_shares, moved, promise_shares, spans
from ourword.figures.judging import judge_targets
from ourword.figures.watched import lay_promises, moment_of
from ourword.kept import deciding, draft_of, zone_of
from ourword.ledger.entry import Decision, SegmentResealed, SegmentSealed
from ourword.ledger.settle import DUE, Standing
from ourword.outcomes.contacts import DAY, Asked
from ourword.stores.about import UNHEARD
from ourword.stores.mondays import First, first, keep
from ourword.stores.tables import tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.contract.model import Draft
    from ourword.figures.settling import Row
    from ourword.ledger.signals import Signal
    from ourword.stores.home import Home


class Owes(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was broken and not repaired, or that came late: to whom, of what, for how long; times are µs since 1970."""

    customer: str
    """Empty once they are erased."""
    decision: str
    kind: str
    promise: str
    amount: str
    """Empty where the promise names none."""
    minor: int
    currency: str
    due: int
    waited: int
    """How long it has been due, or was when it came."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Promises of one sort that fall due before the next Monday: whose, how many, and when the first."""

    owner: str
    kind: str
    promise: str
    count: int
    first: int


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """What became since last Monday of the promises of one sort: newly broken, newly repaired, come at last and late."""

    kind: str
    promise: str
    owner: str
    broken: int
    repaired: int
    late: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of decision, or a version of contract, prompt or model, that was there for the first time."""

    what: str
    name: str
    since: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared with the span before: the spans, every figure, and the targets that stand otherwise."""

    spans: Spans
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]


class Monday(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a Monday's report says; times are µs since 1970."""

    at: int
    since: int
    """The moment that it is compared with: last Monday, unless another was asked for."""
    asked_since: bool
    """Whether another was asked for."""
    zone: str
    contracts: tuple[str, ...]
    names: Mapping[str, str]
    """The persons whom the contracts name, by role id."""
    last_event: int | None
    events: int
    """Events of the time up to `at`, and those without a time."""
    promises: tuple[Tally, ...]
    fell: Mapping[str, int]
    """How the promises stand that fell due since."""
    figures: Figures | None
    kept: tuple[Change, ...]
    """Promises kept in time, of those that fell due since, beside those of the span before, by kind."""
    not_compared: str
    """Why contacts are not compared; empty where they are."""
    turned: tuple[Turned, ...]
    opened: tuple[Signal, ...]
    recurred: tuple[Signal, ...]
    answered: tuple[Signal, ...]
    seen: tuple[Seen, ...]
    owed: tuple[Owes, ...]
    """Whom we owe, the longest first."""
    late: tuple[Owes, ...]
    """What came late since, the latest first."""
    waiting: tuple[Signal, ...]
    """Signals that wait for an answer, the longest first."""
    due: tuple[Due, ...]
    waived: int = 0
    """Signals that need not be answered yet, as somebody said."""
    late_events: int = 0
    """Of that time, arrived since this was told first."""
    late_entries: int = 0
    told_first: int | None = None
    """When this was told first, where that is known."""
    unsettled: int = 0
    """Promises that the ledger calls open still though they fell due: told here all the same, but their signals come with `settle`."""

    gaps: tuple[str, ...] = ()
    """What is not in order with the contracts and their signatures, in sentences."""

    @property
    def is_watched(self) -> bool:
        """Whether a promise is known, or a contract says what to watch: else that nothing needs anybody is no good news."""
        return bool(self.contracts or self.promises)

    @property
    def needs_you(self) -> bool:
        """Whether anything waits for an answer, or anybody is owed."""
        return bool(self.waiting or self.owed)

    @property
    def customers_owed(self) -> int:
        """How many customers are owed something; one whose name is erased counts for each promise."""
        return len({each.customer or f"erased {each.decision}" for each in self.owed})

    def name(self, identity: str) -> str:
        """The name of a person, or the id where there is none."""
        return self.names.get(identity) or identity

    def days(self, since: int) -> int:
        """Whole days from a moment to this Monday."""
        return max(0, self.at - since) // DAY


def monday(home: Home, *, at: int | None = None, since: int | None = None, zone: str = "") -> Monday:
    """Gather what a Monday's report says as of a moment (else now), compared with the Monday before it, or with *since*; µs since 1970.

    *zone* is for homes whose contracts say none, or several. Nothing is settled or raised. Raises `UsageError` (`monday.zone`,
    `monday.since`), `HomeError`.
    """
    at = time.time_ns() // 10**9 * 10**6 if at is None else at
    drafts = deciding(home, until=moment_of(at))
    where = the_zone(drafts, zone)
    begins = last_monday(at, where) if since is None else since
    if begins >= at:
        raise UsageError("monday.since", "it is not before the moment that is reported", place="--since", hint="give an earlier day")
    past, before = Past(home), first(home, at)
    heard, recorded = _heard(home, past, drafts, at, begins, before), _recorded(home, at, before)
    now, then = past.rows(moment_of(at)), past.rows(moment_of(begins))
    asking = signals_at(home, moment_of(at), past.noted(moment_of(at)))
    keep(home, First(as_of=at, arrival=heard.arrival, seq=recorded.seq, written=time.time_ns() // 1000))
    return Monday(
        at=at,
        since=begins,
        asked_since=since is not None,
        zone=where,
        contracts=tuple(f"{draft.name} {draft.version}" for draft in drafts.values()),
        names={person.id: person.name for draft in drafts.values() for person in draft.people},
        last_event=heard.last,
        events=heard.count,
        promises=tuple(tallies(now, since=begins, until=at)),
        fell=Counter(row.standing for row in now if row.standing in DUE and begins <= row.due < at),
        figures=heard.figures,
        kept=_kept(then, now, begins, at),
        not_compared=heard.not_compared,
        turned=tuple(_turned(then, now, begins)),
        opened=tuple(each for each in asking if begins * 1000 < each.opened),
        recurred=tuple(each for each in asking if each.standing == "recurred" and each.opened <= begins * 1000 < each.since),
        answered=tuple(each for each in asking if not each.waits and begins * 1000 < (each.answered_at or 0)),
        seen=tuple(_seen(heard.seen, recorded.seen, begins)),
        owed=tuple(sorted((_owes(past, row, at) for row in now if is_owed(row)), key=_longest)),
        late=tuple(sorted((_owes(past, row, row.settled or at) for row in now if _came_late(row, begins)), key=_longest)),
        waiting=tuple(sorted((each for each in asking if each.asks), key=lambda each: (each.since, each.seq))),
        waived=sum(each.standing == "waived" for each in asking),
        due=tuple(_due(now, next_monday(at, where))),
        late_events=heard.late,
        late_entries=recorded.late,
        told_first=None if before is None else before.written,
        unsettled=past.unsettled(moment_of(at)),
        gaps=versions(home, at * 1000, until=moment_of(at)).gaps(),
    )


def the_zone(drafts: Mapping[str, Draft], given: str = "") -> str:
    """Whose midnight a day begins at: the contracts', else the one that is given, else UTC's."""
    written = zone_of(drafts)
    if given and written and given != written:
        raise UsageError("monday.zone", f"the contract says `{written}`", place="--zone", hint="leave it out, or change the contract's `zone`")
    try:
        return ZoneInfo(written or given or "UTC").key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        what = f"`{given[:60]}` is no time zone"
        raise UsageError("monday.zone", what, place="--zone", hint="one like Europe/Berlin") from error


# ---- what the events say ---------------------------------------------------------------------------------------------


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    last: int | None = None
    count: int = 0
    arrival: int = 0
    late: int = 0
    figures: Figures | None = None
    not_compared: str = "no event has come"
    seen: Mapping[tuple[str, str], int] = {}


def _heard(home: Home, past: Past, drafts: Mapping[str, Draft], at: int, begins: int, before: First | None) -> _Heard:
    """What the events of the time up to a moment tell; figures are as of the last of them, for silence after it tells nothing of customers."""
    if not home.has_events:
        return _Heard()
    with closing(tables(home, until=at)) as connection:
        counted = connection.execute(
            'SELECT max("at") FILTER (WHERE "at" <= $1), min("at"), count(*) FILTER (WHERE "at" IS NULL OR "at" <= $1), coalesce(max(arrival), 0), '
            'count(*) FILTER (WHERE ("at" IS NULL OR "at" <= $1) AND arrival > $2) FROM raw WHERE arrival < $3',
            [at, 2**62 if before is None else before.arrival, UNHEARD],  # what the ledger alone says of decisions is counted as entries
        ).fetchone()
        last, oldest, count, arrival, late = counted or (None, None, 0, 0, 0)
        why_not = _not_comparable(last, oldest, begins)
        common = {"last": last, "count": count, "arrival": arrival, "late": late, "seen": _seen_in_events(connection, at), "not_compared": why_not}
        if why_not:
            return _Heard(**common)
        found = spans(begins, last)
        lay_promises(connection, past.rows(moment_of(last)))
        now = contact_shares(connection, as_of=last, since=found.now_from)
        judged = judge_targets(home, connection, asked=Asked(as_of=last), drafts=drafts.values())
    with closing(tables(home, until=begins)) as connection:
        lay_promises(connection, past.rows(moment_of(begins)))
        then = contact_shares(connection, as_of=begins, since=found.then_from)
        judged_then = judge_targets(home, connection, asked=Asked(as_of=begins))
    return _Heard(**common, figures=Figures(spans=found, changes=changes(then, now), moved=moved(judged_then, judged)))


def _not_comparable(last: int | None, oldest: int | None, begins: int) -> str:
    if last is None or oldest is None:
        return "no event that says its time has come"
    if last <= begins:
        return "no event has come since"
    return "no event is older" if oldest > begins else ""


def _seen_in_events(connection: DuckDBPyConnection, at: int) -> dict[tuple[str, str], int]:
    """When each kind and version was first there."""
    found: dict[tuple[str, str], int] = {}
    for what, column in (("kind", "kind"), ("contract", "version_contract"), ("prompt", "version_prompt"), ("model", "version_model")):
        text = f'SELECT {column}, min("at") FROM events WHERE {column} IS NOT NULL AND "at" <= ? GROUP BY {column}'
        found |= {(what, str(name)): int(since) for name, since in connection.execute(text, [at]).fetchall()}
    return found


# ---- what the ledger says --------------------------------------------------------------------------------------------


class _Recorded(msgspec.Struct, frozen=True, kw_only=True):
    seq: int
    late: int
    seen: Mapping[tuple[str, str], int]


def _recorded(home: Home, at: int, before: First | None) -> _Recorded:
    found: dict[tuple[str, str], int] = {}
    seq = late = 0
    for entry in home.log():
        value, seq = entry.value, entry.seq
        if was_by(entry, moment_of(at)):
            late += before is not None and entry.seq > before.seq and not isinstance(value, SegmentSealed | SegmentResealed)
            if isinstance(value, Decision):
                since = (instant_from_text(value.time) or 0) // 1000
                for name in _named(home, value):
                    found[name] = min(since, found.get(name, since))
    return _Recorded(seq=seq, late=late, seen=found)


def _named(home: Home, decision: Decision) -> Iterator[tuple[str, str]]:
    yield "kind", decision.kind
    lineage = decision.lineage
    draft = draft_of(home.path, lineage.contract)
    if draft is not None or lineage.contract:
        yield "contract", draft.version if draft is not None else str(lineage.contract)[:19]
    for what, name in (("prompt", lineage.prompt), ("model", lineage.model)):
        if name:
            yield what, name


def _seen(heard: Mapping[tuple[str, str], int], recorded: Mapping[tuple[str, str], int], begins: int) -> Iterator[Seen]:
    """What was there for the first time since; nothing where everything was, for then the home itself is new."""
    both = {each: min(heard.get(each, at), recorded.get(each, at)) for each, at in (*heard.items(), *recorded.items())}
    if any(at <= begins for at in both.values()):
        yield from (Seen(what=what, name=name, since=at) for (what, name), at in sorted(both.items()) if at > begins)


# ---- promises --------------------------------------------------------------------------------------------------------


def _kept(then: Iterable[Row], now: Iterable[Row], begins: int, at: int) -> tuple[Change, ...]:
    before = promise_shares(then, since=2 * begins - at, until=begins)
    return changes(before, promise_shares(now, since=begins, until=at))


def _turned(then: Iterable[Row], now: Iterable[Row], begins: int) -> Iterator[Turned]:
    """By sort: what was broken now and was not then, what was repaired since, and what came since, late."""
    broken_then = {(row.decision, row.promise) for row in then if row.standing == Standing.BROKEN}
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for row in now:
        counted = found.setdefault((row.kind, row.promise, row.owner), Counter())
        counted["broken"] += row.standing == Standing.BROKEN and (row.decision, row.promise) not in broken_then
        counted["repaired"] += row.repaired is not None and row.repaired > begins
        counted["late"] += _came_late(row, begins)
    for (kind, promise, owner), each in sorted(found.items()):
        if each.total():
            yield Turned(kind=kind, promise=promise, owner=owner, broken=each["broken"], repaired=each["repaired"], late=each["late"])


def _came_late(row: Row, begins: int) -> bool:
    return row.standing == Standing.LATE and row.settled is not None and row.settled > begins


def _owes(past: Past, row: Row, until: int) -> Owes:
    owed = past.owed(row.decision, row.promise)
    amount = owed.amount if owed is not None else None
    return Owes(
        customer=owed.customer if owed is not None else "",
        decision=row.decision,
        kind=row.kind,
        promise=row.promise,
        amount="" if amount is None else money_text(amount.minor, amount.currency),
        minor=0 if amount is None else amount.minor,
        currency="" if amount is None else amount.currency,
        due=row.due,
        waited=max(0, until - row.due),
    )


def _longest(owes: Owes) -> tuple[int, str, str]:
    return -owes.waited, owes.decision, owes.promise


def _due(rows: Iterable[Row], until: int) -> Iterator[Due]:
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        if row.standing == Standing.OPEN and row.due < until:
            found.setdefault((row.owner, row.kind, row.promise), []).append(row.due)
    for (owner, kind, promise), due in sorted(found.items()):
        yield Due(owner=owner, kind=kind, promise=promise, count=len(due), first=min(due))
