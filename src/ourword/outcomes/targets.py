"""Targets judged: met when the whole interval is on the right side, missed when it is on the wrong side, else not proved yet.

No data, nothing mature and a metric that nothing computes are not proved yet: never met. Each target is judged over its own time (`within`), whatever
a report's is. `stayed_resolved` is a band: its low end is that of *confirmed*, its high end that of *confirmed or quiet*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Literal

import msgspec

from ourword.contract.model import Draft, Kind, Target
from ourword.core.span import NANOSECONDS, Span, span_from_text
from ourword.errors import UsageError
from ourword.outcomes.contacts import DAYS_MAX, NOW, Asked, count_only, watch
from ourword.outcomes.intervals import Share
from ourword.outcomes.metric import Metric
from ourword.outcomes.metrics import Row, metric, report
from ourword.outcomes.staying import STAY_DAYS, difference

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Said = Literal["met", "missed", "not proved yet"]
MET, MISSED, NOT_PROVED = "met", "missed", "not proved yet"

BANDS = {"stayed_resolved": "confirmed"}
"""Metrics that are the high end of a band, and the metric that is its low end."""
LESS_IS_BETTER = frozenset(
    {"came_back", "gave_up", "promise_broken", "denied_a_person", "stuck", "left_silently", "left_silently_excess", "complaints"}
)
HOLDOUT = "not_below_holdout_by"

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_SHORT = {NANOSECONDS["minute"]: "1m", 15 * NANOSECONDS["minute"]: "15m", NANOSECONDS["hour"]: "1h", NANOSECONDS["day"]: "1d"}
_NO_HOLDOUT = "no data of customers whom people served (the holdout)"
_TIMED = "reached_a_person"
"""The one metric that is counted over minutes and hours too, under a name of its own for each."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A target of a contract and how it stands; shares are 0 to 1, `None` where there is no data.

    For a band, `low` is the low end's and `high` the high end's, and `value` is the high end. For `not_below_holdout_by` all three are of the
    difference between the customers whom automation served and those whom people served.
    """

    contract: str
    kind: str
    metric: str
    within: str
    """As written: `14 days`."""
    within_days: int
    """The days in which it is counted; 0 where the metric has a time of its own below a day."""
    bound: str
    """`at_least`, `at_most` or `not_below_holdout_by`."""
    limit: float
    owner: str
    n: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    immature: float | None = None
    verdict: Said = "not proved yet"
    because: str = ""


class Sought(msgspec.Struct, frozen=True):
    """A target, where it stands, and the metrics that judge it: the low end's, the high end's (the same one but for bands)."""

    contract: str
    kind: Kind
    target: Target
    days: int
    least: Metric | None = None
    most: Metric | None = None


Holdouts = Mapping[tuple[str, str], Collection[int]]
"""By contract and kind: the numbers of the customers whose decisions people took, for comparison."""


# ---- one target ----------------------------------------------------------------------------------------------------------


def said(low: float, high: float, bound: str, limit: float) -> Said:
    """Judge an interval by a bound.

    >>> said(0.86, 0.91, "at_least", 0.85), said(0.86, 0.91, "at_least", 0.88), said(0.86, 0.91, "at_most", 0.85)
    ('met', 'not proved yet', 'missed')
    """
    if bound == "at_most":
        return "met" if high <= limit else "missed" if low > limit else "not proved yet"
    floor = -limit if bound == HOLDOUT else limit
    return "met" if low >= floor else "missed" if high < floor else "not proved yet"


def judge(sought: Sought, ends: tuple[Row, Row] | None, held: tuple[Row, Row] | None = None) -> Judged:
    """Judge one target from the rows of its low and its high end; *held* are the same rows of the holdout's customers.

    With `not_below_holdout_by`, *ends* are of the customers who are not in the holdout.
    """
    bound, limit = next(iter(sought.target.bounds.items()), ("", 0.0))
    judged = Judged(
        contract=sought.contract,
        kind=sought.kind.name,
        metric=sought.target.metric,
        within=str(sought.target.within),
        within_days=sought.days,
        bound=bound,
        limit=limit,
        owner=sought.kind.owner,
    )
    why_not = _unjudgeable(sought, bound)
    if why_not:
        return msgspec.structs.replace(judged, because=why_not)
    if bound == HOLDOUT and held is None:
        return msgspec.structs.replace(judged, because=_NO_HOLDOUT)
    if ends is None:
        return msgspec.structs.replace(judged, because=f"no data: nothing of `{sought.kind.name}` is counted")
    judged = msgspec.structs.replace(judged, n=ends[1].n, immature=ends[1].immature)
    if bound == HOLDOUT and held is not None:
        if not held[1].n:
            return msgspec.structs.replace(judged, because=f"{_NO_HOLDOUT}: {_nothing(held[1], sought)}")
        return _compared(judged, sought, ends, held)
    return _measured(judged, sought, ends)


def _measured(judged: Judged, sought: Sought, ends: tuple[Row, Row]) -> Judged:
    least, most = _share(ends[0]), _share(ends[1])
    return _said(judged, most.value, least.low, most.high, nothing=_nothing(ends[1], sought))


def _compared(judged: Judged, sought: Sought, ends: tuple[Row, Row], held: tuple[Row, Row]) -> Judged:
    """Where a share is a band, its low end is held against the other's high end, and its high end against the other's low end."""
    lowest, highest = difference(_share(ends[0]), _share(held[1])), difference(_share(ends[1]), _share(held[0]))
    return _said(judged, highest.value, lowest.low, highest.high, nothing=_nothing(ends[1], sought))


def _nothing(row: Row, sought: Sought) -> str:
    """Why there is no data: nothing is old enough, or nothing that came tells of it."""
    if sought.most is not None and sought.most.unit == "customer" and row.immature:
        # Customers who cannot be followed never mature, so their share is below 1 though everybody who can be followed still waits.
        return f"of nobody is it known yet, {sought.target.within} on"
    return "no window is over yet" if row.immature is not None and row.immature >= 1 else "no event tells of it yet"


def _said(judged: Judged, value: float | None, low: float | None, high: float | None, *, nothing: str) -> Judged:
    if value is None or low is None or high is None:
        return msgspec.structs.replace(judged, because=f"no data: {nothing}")
    verdict = said(low, high, judged.bound, judged.limit)
    what = "the difference to the holdout" if judged.bound == HOLDOUT else "the interval"
    because = f"{what}, {_percent(low)} to {_percent(high)}, {_against(verdict, judged)}"
    return msgspec.structs.replace(judged, value=value, low=low, high=high, verdict=verdict, because=because)


def _against(verdict: Said, judged: Judged) -> str:
    floor = _percent(-judged.limit if judged.bound == HOLDOUT else judged.limit)
    if verdict == NOT_PROVED:
        return f"reaches to both sides of {floor}"
    on_top = (verdict == MET) != (judged.bound == "at_most")
    return f"lies wholly {'above' if on_top else 'below'} {floor}"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _share(row: Row) -> Share:
    return Share(row.n, row.value, row.low, row.high)


def _unjudgeable(sought: Sought, bound: str) -> str:
    if sought.most is None or sought.least is None:
        return f"nothing computes `{sought.target.metric}` within {sought.target.within}"
    if len(sought.target.bounds) != 1:
        return "the target has no single bound"
    if bound == HOLDOUT and sought.target.metric in LESS_IS_BETTER:
        return f"less `{sought.target.metric}` is better: say `at_most`"
    if bound == HOLDOUT and sought.most.unit == "promise":
        return "promises are not compared with the holdout's"
    if sought.most.unit == "customer" and sought.days < STAY_DAYS:
        return f"staying is watched for at least {STAY_DAYS} days"
    return ""


# ---- which metric, over how long ------------------------------------------------------------------------------------


def sought_by(draft: Draft) -> Iterator[Sought]:
    """Give the targets of a contract with the metrics that judge them."""
    for kind in draft.kinds.values():
        for target in kind.targets:
            name, days = counted_over(target.metric, target.within)
            least, most = _metric(BANDS.get(name, name)), _metric(name)
            counted = name != target.metric or 1 <= days <= DAYS_MAX
            yield Sought(draft.name, kind, target, days, least if counted else None, most if counted else None)


def counted_over(metric: str, within: Span) -> tuple[str, int]:
    """The id of the metric that a target is counted by, and the days of its window: 0 where it has a time of its own, or none that is counted.

    >>> counted_over("came_back", span_from_text("2 weeks")), counted_over("reached_a_person", span_from_text("1 hour"))
    (('came_back', 14), ('reached_a_person_1h', 0))
    """
    name = _counted(metric, within)
    return name, 0 if name != metric else _days(within)


def _counted(metric: str, within: Span | None) -> str:
    """The id of the metric that a report counts a target's by: an hour is an hour, also where it is written as 60 minutes."""
    short = _SHORT.get(within.nanoseconds or 0) if metric == _TIMED and within is not None else None
    return f"{metric}_{short}" if short else metric


def _days(span: Span) -> int:
    """A month counts as 30 days and a year as 365; what is shorter than a day, or no whole number of them, is not counted: 0."""
    if span.unit == "working day":
        return ceil(span.count * 7 / 5)
    if span.unit in _DAYS:
        return span.count * _DAYS[span.unit]
    days, rest = divmod(span.nanoseconds or 1, 86_400 * 10**9)
    return 0 if rest else days


def _metric(name: str) -> Metric | None:
    try:
        return metric(name)
    except UsageError:  # a contract may name what nothing computes yet
        return None


# ---- all targets ----------------------------------------------------------------------------------------------------------


def judge_all(
    connection: DuckDBPyConnection,
    drafts: Iterable[Draft],
    *,
    asked: Asked = NOW,
    holdouts: Holdouts | None = None,
    promised_since: int | None = None,
) -> list[Judged]:
    """Judge all targets of these contracts, each over its own time; `watch` is not needed before, and what it made stays as it is.

    *asked* says as of when and since when; its window is not used. With *promised_since* (µs) targets about promises are judged by those
    made later alone. Raises `UsageError` for what cannot be asked.
    """
    every = [each for draft in drafts for each in sought_by(draft)]
    judged: dict[int, Judged] = {}
    for days in sorted({each.days for each in every}):
        group = {at: each for at, each in enumerate(every) if each.days == days}
        judged |= _over(connection, group, msgspec.structs.replace(asked, window_days=days or 1), holdouts or {}, promised_since)
    return [judged[at] for at in range(len(every))]


def _over(
    connection: DuckDBPyConnection, group: Mapping[int, Sought], asked: Asked, holdouts: Holdouts, promised_since: int | None
) -> dict[int, Judged]:
    """Judge the targets of one window, in a cursor: its temporary tables are its own."""
    wanted = list(dict.fromkeys(each for sought in group.values() for each in (sought.least, sought.most) if each is not None))
    if not wanted:
        return {at: judge(sought, None) for at, sought in group.items()}
    with connection.cursor() as cursor:
        if promised_since is not None:  # this cursor's own table stands before the one of that name that all have
            cursor.execute("CREATE TEMP TABLE promises AS SELECT p.* FROM promises AS p WHERE p.made > ?", [promised_since])
        watch(cursor, asked)
        cursor.execute("DELETE FROM segments")  # targets are for all of them together
        rows = _rows(cursor, wanted)
        found = {}
        for at, sought in group.items():
            if HOLDOUT in sought.target.bounds:
                found[at] = judge(sought, *_both(cursor, sought, holdouts.get((sought.contract, sought.kind.name), ())))
            else:
                found[at] = judge(sought, _ends(rows, sought))
        return found


def _both(cursor: DuckDBPyConnection, sought: Sought, held: Collection[int]) -> tuple[tuple[Row, Row] | None, tuple[Row, Row] | None]:
    """The rows of the customers outside the holdout, and of those in it; contacts whose customer is not known are in neither."""
    if not held or sought.least is None or sought.most is None:
        return None, None
    cursor.execute("CREATE OR REPLACE TEMP TABLE held AS SELECT UNNEST(CAST(? AS BIGINT[])) AS subject", [list(held)])
    sides = []
    for among in ("NOT IN", "IN"):
        count_only(cursor, f"c.subject {among} (SELECT subject FROM held)")
        sides.append(_ends(_rows(cursor, list(dict.fromkeys([sought.least, sought.most]))), sought))
    return sides[0], sides[1]


def _rows(cursor: DuckDBPyConnection, wanted: Sequence[Metric]) -> dict[tuple[str, str], Row]:
    return {(row.kind, row.metric): row for row in report(cursor, metrics=wanted) if row.version == "*" and row.segment == "*"}


def _ends(rows: Mapping[tuple[str, str], Row], sought: Sought) -> tuple[Row, Row] | None:
    least = rows.get((sought.kind.name, sought.least.id)) if sought.least else None
    most = rows.get((sought.kind.name, sought.most.id)) if sought.most else None
    return None if least is None or most is None else (least, most)


# ---- in a report ----------------------------------------------------------------------------------------------------------


def with_targets(rows: Iterable[Row], judged: Iterable[Judged]) -> list[Row]:
    """Say in the rows of a report whether their target is met: `missed` if any of several is, `met` only if all are."""
    found: dict[tuple[str, str], set[str]] = {}
    for each in judged:
        found.setdefault((each.kind, _counted(each.metric, span_from_text(each.within))), set()).add(each.verdict)
    return [_with(row, found.get((row.kind, row.metric), set())) if row.version == row.segment == "*" else row for row in rows]


def _with(row: Row, verdicts: set[str]) -> Row:
    if not verdicts:
        return row
    target = MISSED if MISSED in verdicts else MET if verdicts == {MET} else NOT_PROVED
    return msgspec.structs.replace(row, target=target)
