"""Letting go of decisions that are past retention: how far that may go, what stands in its way, and what was done.

The bound is the contracts' own `keep`, the longest of all that decided or were signed here. What is not known never deletes: a contract that
does not say it, or that the home has lost, keeps everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from ourword.contract.model import Draft
from ourword.core.calendar import Calendar
from ourword.core.span import Span
from ourword.errors import HomeError, LineError, UsageError
from ourword.ledger.entry import Bend, ContractSigned, PromiseMade, Pruned, SignalOpened, instant_text
from ourword.ledger.holds import held
from ourword.ledger.keeping import SECOND, bound_of, histories
from ourword.ledger.owing import calendar_of, repair_due, rule_of
from ourword.ledger.settle import Standing
from ourword.ledger.signals import Signal, signals
from ourword.ledger.standings import FROM_THE_GATE, Noted
from ourword.stores.contracts import draft_of
from ourword.stores.gone import refuse_erasing
from ourword.stores.pruning import begin, finish, refuse_changed, refuse_pruner, sizes
from ourword.stores.settled import book_of
from ourword.tlog.tiles import WIDTH

if TYPE_CHECKING:
    from ourword.stores.home import Home

BY_MAX = 64
_TRIES_MAX = 8
_IDLE_DAYS = 31
"""For so long a home in use may have recorded nothing; when more has passed the clock may be ahead."""


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """Something below the bound that keeps what comes after it: from which entry on, what in words, and how many times there is such a thing."""

    entry: int
    why: str
    """`open`, `repairable`, `owed`, `signal` or `hold`."""
    what: str
    """The first of them."""
    count: int = 1


class Pruning(msgspec.Struct, frozen=True, kw_only=True):
    """How far decisions are let go of, or would be; `done` where they were."""

    before: int
    """Up to which entry they had been let go of already."""
    minimum: int
    """Up to which entry they are now: a multiple of 256. C2SP tlog-tiles calls it the minimum index."""
    bound: str | None = None
    """What is older than this is past retention; `None` where nobody knows, or nothing is."""
    keep: str = ""
    """The longest time for which decisions are kept, as it is written."""
    contracts: tuple[str, ...] = ()
    """The digests of the contracts that were asked."""
    decisions: int = 0
    """How many decisions go."""
    entries: int = 0
    """How many entries go from the ledger: others stay, since they say what holds still."""
    bytes: int = 0
    """About how much smaller the home becomes."""
    owed: int = 0
    """How many of the promises that go were broken and never repaired."""
    obstacles: tuple[Obstacle, ...] = ()
    """What stands in its way below the bound, the first of each kind."""
    unknown: tuple[str, ...] = ()
    """Why nobody knows what is past retention; then nothing goes."""
    finished: bool = False
    """Whether a pruning that had been broken off was finished first."""
    done: bool = False
    left: tuple[str, ...] = ()
    """In PostgreSQL: what of it could not be done from here, as commands with their reason."""

    @property
    def whole(self) -> bool:
        """Whether all that is past retention goes: nothing stands in its way, but that bundles hold 256 entries."""
        return not (self.unknown or self.obstacles)


def prune(
    home: Home,
    *,
    now: int,
    keep: Span | None = None,
    even_owed: str = "",
    even_idle: bool = False,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> Pruning:
    """Let go of decisions past retention, durably and for good; run again after a crash it goes on (*now* in ns since 1970).

    *keep* stands in for contracts that do not say it. *even_owed* is the role id of who says that broken promises go too which nobody has
    repaired and whose repair is overdue, *even_idle* that *now* is right although nothing was recorded for a month.
    Raises `UsageError` (`prune.keep`, `prune.idle`), `LineError` (`prune.by`), `HomeError`.
    """
    refuse_erasing(home)
    if len(even_owed) > BY_MAX or (even_owed and not even_owed.strip()):
        raise LineError("prune.by", "nobody is named who says so", place="even_owed", hint=f"a role id of at most {BY_MAX} characters")
    if not even_idle:
        _refuse_idle(home, now)
    if dry_run:
        return plan(home, now=now, keep=keep, even_owed=even_owed)
    refuse_pruner(home)
    left = finish(home, now=now, progress=progress)
    for _ in range(_TRIES_MAX):
        signed = home.publish()
        found = plan(home, now=now, keep=keep, even_owed=even_owed, until=signed.size)
        found = msgspec.structs.replace(found, finished=left is not None, left=left or ())
        if found.minimum == found.before:
            return found
        refuse_changed(home, signed)
        size = _size(home)
        if begin(home, _entry(found, now, keep, even_owed), seen=signed.size):
            progress("begun")
            left = finish(home, now=now, progress=progress)
            return msgspec.structs.replace(found, done=True, bytes=size - _size(home), left=left or ())
    raise HomeError("home.busy", "promises, signals or holds are being written all the while", place=str(home.path), hint="run it again later")


def _refuse_idle(home: Home, now: int) -> None:
    """What a clock that is ahead lets go of is gone for good: without anything recorded of late nobody but a person knows what day it is."""
    newest = home.store.newest_until(instant_text(now))
    if newest is None or newest >= instant_text(now - _IDLE_DAYS * 86_400 * SECOND)[:19]:
        return
    what = f"it is {instant_text(now)[:10]} by this machine's clock, and the last that was recorded is of {newest[:10]}"
    hint = "if the clock is right, `--even-idle` says so"
    raise UsageError("prune.idle", f"{what}: nothing goes, for the clock may be ahead", place=str(home.path), hint=hint)


def _entry(found: Pruning, now: int, keep: Span | None, even_owed: str) -> Pruned:
    return Pruned(
        time=instant_text(now),
        upto=found.minimum,
        bound=str(found.bound),
        contracts=found.contracts,
        keep=UNSET if keep is None else str(keep),
        stay=0,
        numbers="",
        owed=found.owed or UNSET,
        by=even_owed.strip() if found.owed else UNSET,
    )


def _size(home: Home) -> int:
    """The bytes of what shrinks: the ledger and the log."""
    return home.store.size() + sum(each.stat().st_size for each in (home.path / "log" / "tile").rglob("*") if each.is_file())


# ---- how far it may go ----------------------------------------------------------------------------------------------


def plan(home: Home, *, now: int, keep: Span | None = None, even_owed: str = "", until: int | None = None) -> Pruning:
    """Work out how far decisions may be let go of, and what stands in the way; nothing is changed. Raises `UsageError` (`prune.keep`).

    *until* is how many entries are published: no other goes.
    """
    before = home.store.pruned_to()
    drafts, unknown = _contracts(home)
    unknown += [f"the contract `{draft.name}` ({digest[:19]}…) does not say `keep`" for digest, draft in drafts.items() if not (draft.keep or keep)]
    known = Pruning(before=before, minimum=before, contracts=tuple(drafts), unknown=tuple(unknown))
    if unknown or not drafts:
        return known
    bounds = [(bound_of(Calendar(draft.zone), draft.keep, now), str(draft.keep)) for draft in drafts.values() if draft.keep]
    if keep is not None:
        bounds.append((_asked(bounds, keep, now), str(keep)))
    counted = (now - within for within in histories(drafts.values()))
    (bound, written), least = min(bounds), min(counted, default=now)
    bound = min(bound, least) // SECOND * SECOND
    if bound <= 0:
        return msgspec.structs.replace(known, keep=written)
    first = home.store.first_since(instant_text(bound), after=before)
    last = home.last_seq() if until is None else until
    free = last if first is None else min(first - 1, last)
    found, owed = _obstacles(home, free, now=now, even_owed=even_owed)
    minimum = _clean(home, min((each.entry - 1 for each in found), default=free), before)
    gone = sum(1 for seq in owed if before < seq <= minimum)
    decisions, entries = home.store.counts_between(before, minimum)
    return msgspec.structs.replace(
        known,
        minimum=minimum,
        bound=instant_text(bound),
        keep=written,
        decisions=decisions,
        entries=entries,
        bytes=sizes(home, before, minimum) if minimum > before else 0,
        owed=gone,
        obstacles=tuple(found),
    )


def _contracts(home: Home) -> tuple[dict[str, Draft], list[str]]:
    """The contracts that decided or were signed here, by digest; and what is not known of them."""
    signed = [value.digest for each in home.store.signature_entries() if isinstance(value := each.value, ContractSigned)]
    found: dict[str, Draft] = {}
    unknown = []
    for digest in dict.fromkeys([*home.store.digests_decided(), *signed]):
        draft = draft_of(home.path, digest)
        if digest is None or draft is None:
            unknown.append("a decision names no contract" if digest is None else f"the contract {digest[:19]}… is not in this home any more")
        else:
            found[digest] = draft
    return found, unknown


def _asked(bounds: list[tuple[int, str]], keep: Span, now: int) -> int:
    bound = bound_of(Calendar("UTC"), keep, now)
    longer = min(bounds, default=(bound, ""))
    if bound > longer[0] + 2 * 86_400 * SECOND:  # a day of another zone is no shorter time
        hint = f"leave it out, or adopt a contract that says `keep: {keep}`, and wait until the last decision under the old one is past retention"
        raise UsageError("prune.keep", f"`{keep}` is shorter than a contract says: `keep: {longer[1]}`", place="--keep", hint=hint)
    return bound


def _clean(home: Home, free: int, before: int) -> int:
    """The last multiple of 256 up to there that does not part a decision from its promises."""
    minimum = max(free // WIDTH * WIDTH, before)
    while minimum > before and _goes_on(home, minimum + 1):
        minimum -= WIDTH
    return minimum


def _goes_on(home: Home, seq: int) -> bool:
    value = next((each.value for each in home.entries(after=seq - 1, limit=1)), None)
    made = isinstance(value, PromiseMade) and value.standing == "made"
    from_the_gate = isinstance(value, SignalOpened) and value.standing == "open" and value.about in FROM_THE_GATE
    return made or from_the_gate or isinstance(value, Bend)


# ---- what stands in the way -------------------------------------------------------------------------------------------


def _obstacles(home: Home, free: int, *, now: int, even_owed: str) -> tuple[list[Obstacle], list[int]]:
    """What is below the bound and must stay, the first first; and the decisions of broken promises that may go all the same."""
    found: list[Obstacle] = []
    owed: list[int] = []
    promised = book_of(home)[0].promises.values()
    for noted in promised:
        why = _promised(home, noted, now)
        seq = home.store.seq_of(noted.key.decision) if why else None
        if seq is None or seq > free:
            continue
        if why == OWED and even_owed:
            owed.append(seq)
        else:
            found.append(Obstacle(entry=seq, why=why, what=f"promise `{noted.key.promise}` of decision `{noted.key.decision}` {_WORDS[why]}"))
    for signal in signals(home.signal_entries(), promised, now=now):
        if (entry := _asked_after(home, signal)) is not None and entry <= free:
            found.append(Obstacle(entry=entry, why="signal", what=f"signal {signal.id} is not closed, and rests on it"))
    for sub, holds in held(home.store.hold_entries(), now=now).items():
        entry = home.store.first_about(sub)
        if entry is not None and entry <= free:
            by = ", ".join(f"{each.by} (entry {each.seq:,})" for each in holds)
            found.append(Obstacle(entry=entry, why="hold", what=f"it is about a customer on hold: by {by}"))
    return _by_kind(found), owed


def _by_kind(found: Iterable[Obstacle]) -> list[Obstacle]:
    """The first of each kind, with how many there are; the first first."""
    first: dict[str, Obstacle] = {}
    for each in sorted(found, key=lambda each: (each.entry, each.what)):
        before = first.get(each.why)
        first[each.why] = each if before is None else msgspec.structs.replace(before, count=before.count + 1)
    return list(first.values())


OPEN, OWED, REPAIRABLE = "open", "owed", "repairable"
_WORDS = {
    OPEN: "is open in the ledger: `ourword settle` says how it stands",
    OWED: "was broken, and nobody has repaired it: it is owed still",
    REPAIRABLE: "was broken, and its repair is not overdue yet",
}


def _promised(home: Home, noted: Noted, now: int) -> str:
    """Why a promise must stay; empty where nothing more can come of it."""
    if noted.standing is Standing.OPEN:
        return OPEN
    if noted.standing is not Standing.BROKEN or noted.repaired is not None:
        return ""
    draft = draft_of(home.path, noted.digest)
    rule = None if draft is None else rule_of(draft, noted.kind, noted.key.promise)
    until = None if draft is None or rule is None else repair_due(rule, noted.due, calendar_of(draft.zone, draft.holidays))
    return REPAIRABLE if until is not None and until > now else OWED


def _asked_after(home: Home, signal: Signal) -> int | None:
    """The first entry that a signal rests on which is not closed, or has come back since."""
    if signal.standing == "closed" and not signal.again:
        return None
    rests = [seq for each in signal.decisions if (seq := home.store.seq_of(each)) is not None]
    return min([*rests, *([signal.answer_seq or signal.seq] if signal.again else [])], default=None)
