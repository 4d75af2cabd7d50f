"""Figures of a span of days beside those of the span before, equally mature; and what can be told from chance.

A share over all time hardly moves in a week, and old contacts are in both of its readings. So two groups of contacts are compared
that have none in common: those that began in a span and were watched to its end, and those that began in the span before, of the same
length, watched to the end of that one. Each had the same window, and in each the same days are left out because they are too young.
What came later to those of the span before has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourword.ledger.settle import DUE, Standing
from ourword.outcomes.contacts import DAY, NOW, Asked, watch
from ourword.outcomes.intervals import NO_DATA, Share, share, sums_of
from ourword.outcomes.metrics import metric, report
from ourword.outcomes.staying import difference
from ourword.outcomes.targets import LESS_IS_BETTER, Judged
from ourword.outcomes.unseen import told, unseen_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.figures.settling import Row as PromiseRow

FIGURES = ("confirmed", "quiet", "came_back", "gave_up", "promise_broken", "claimed_resolution", "reached_a_person")
"""What is compared of contacts, in the order in which it is shown; the first five are what became of all that are closed."""
KEPT = "promises_kept"
"""What is compared of promises: those that fell due in a span, kept in time."""
_NEUTRAL = frozenset({"quiet", "claimed_resolution"})
"""Neither good nor bad by itself: nobody knows about the quiet, and a claim is a claim."""

Shares = Mapping[tuple[str, str], Share]
"""By kind (`*`: all) and metric."""


class Spans(msgspec.Struct, frozen=True, kw_only=True):
    """The two spans in which the contacts compared began, and until when each was watched; µs since 1970."""

    then_from: int
    now_from: int
    now_to: int
    """Where the younger span ends; the older one ends where it begins."""
    then_at: int
    now_at: int
    window_days: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One figure then and now, and the interval of their difference."""

    kind: str
    metric: str
    then: Share
    now: Share
    difference: Share

    @property
    def compared(self) -> bool:
        """Whether there is data on both sides."""
        return self.difference.value is not None

    @property
    def told(self) -> bool:
        """Whether the change can be told from chance: the interval of the difference excludes zero."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and (low > 0 or high < 0)

    @property
    def verdict(self) -> str:
        """`better` or `worse`, `more` or `less` where neither is good, `` where no change can be told from chance, or there is no data."""
        if not self.told or self.difference.value is None:
            return ""
        more = self.difference.value > 0
        if self.metric in _NEUTRAL:
            return "more" if more else "less"
        return "worse" if more == (self.metric in LESS_IS_BETTER) else "better"


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A target that stands otherwise than it did."""

    then: Judged
    now: Judged


def spans(since: int, at: int, *, window_days: int = NOW.window_days) -> Spans:
    """The contacts whose window was over between two moments began a window before; those of the span before, as long a time before that.

    >>> found = spans(100 * DAY, 107 * DAY)
    >>> found.then_from // DAY, found.now_from // DAY, found.now_to // DAY
    (86, 93, 100)
    """
    window = window_days * DAY
    begins = since - window
    return Spans(then_from=begins - (at - since), now_from=begins, now_to=at - window, then_at=since, now_at=at, window_days=window_days)


def contact_shares(connection: DuckDBPyConnection, *, as_of: int, since: int) -> Shares:
    """The shares of the contacts that began since a moment, as they were at another, by kind; what was watched in the connection is gone.

    What nothing in the whole home could show by then is no data, and not 0 %.
    """
    watch(connection, Asked(as_of=as_of, since=since))
    rows = told(report(connection, metrics=[metric(each) for each in FIGURES]), unseen_in(connection))
    return {(row.kind, row.metric): Share(row.n, row.value, row.low, row.high) for row in rows if row.version == row.segment == "*"}


def promise_shares(rows: Iterable[PromiseRow], *, since: int, until: int) -> Shares:
    """The shares kept of the promises that fell due from one moment to before another, by kind; the unit of chance is the customer."""
    by_kind: dict[str, dict[int, tuple[int, int]]] = {}
    for row in rows:
        if row.standing in DUE and since <= row.due < until:
            for kind in ("*", row.kind):
                kept, due = by_kind.setdefault(kind, {}).get(row.subject, (0, 0))
                by_kind[kind][row.subject] = kept + (row.standing == Standing.KEPT), due + 1
    return {(kind, KEPT): share(sums_of(counted.values())) for kind, counted in by_kind.items()}


def changes(then: Shares, now: Shares) -> tuple[Change, ...]:
    """Every figure that is there on either side: all kinds together first, the metrics as they are declared."""
    order = (KEPT, *FIGURES)
    kinds = sorted({kind for kind, _ in (*then, *now)}, key=lambda kind: (kind != "*", kind))
    return tuple(_changes(then, now, [(kind, each) for kind in kinds for each in order]))


def _changes(then: Shares, now: Shares, wanted: Sequence[tuple[str, str]]) -> Iterator[Change]:
    for kind, name in wanted:
        before, after = then.get((kind, name), NO_DATA), now.get((kind, name), NO_DATA)
        if before.n or after.n:
            yield Change(kind=kind, metric=name, then=before, now=after, difference=difference(after, before))


def moved(then: Iterable[Judged], now: Iterable[Judged]) -> tuple[Moved, ...]:
    """The targets that were judged otherwise then than now, in the order of now."""
    before = {_target(each): each for each in then}
    found = ((before.get(_target(each)), each) for each in now)
    return tuple(Moved(then=old, now=new) for old, new in found if old is not None and old.verdict != new.verdict)


def _target(judged: Judged) -> tuple[str, str, str, str, str]:
    return judged.contract, judged.kind, judged.metric, judged.bound, judged.within
