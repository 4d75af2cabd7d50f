"""Staying: who is still a customer, who left, and who left without a word, from the time of a decision about them.

A customer left when they said so (`customer.left` without a contact), or when they have been silent for longer than is usual
for them (`silence`, with what was usual before the decision). Silence takes time to know, so nobody's fate is read later than
that time before now: the same for those who stayed and those who left, or the last days would look better than they were.

Of those whose days are over the share is plain (`stayed_customer`); who left early in an immature group is left out with the
rest of it, since counting leavers at once and stayers only later makes staying look worse than it is. `survival` uses
everybody: Kaplan and Meier, *JASA* 53, 1958, 457–481.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import DAY, query
from ourword.outcomes.intervals import LEVEL, NO_DATA, Share, wilson
from ourword.outcomes.metric import Metric
from ourword.outcomes.silence import watch_silence

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STAY_DAYS = 30
"""At least so long is staying watched: a week says nothing of it (30, 90 and 180 days are usual: `silence`)."""
STEPS = ("firsts", "begun", "partings", "fates")
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)

_WINDOW = f"as asked; at least {STAY_DAYS} days"
_CLOCK = "the first decision about the customer in the group, else the start of their first contact there"
_MATURE = "the window is over, and so is the time after which a silence of theirs would be known"
_SOURCE = "outcomes.md: staying; definitions.md: churn, silent churn"
_TOLD = (
    "where customers are seen to be active (`customer.active`): those without four visits before, of whom nobody can tell; "
    "where they are not: everybody, unless some `customer.left` is told"
)
_USUAL = "customers without four visits before, who have nothing usual to be held against; everybody where no `customer.active` is told"


def _silent(name: str, says: str, among: str = "") -> Metric:
    return Metric(
        id=name,
        says=says,
        unit="customer",
        numerator="c.silently = 1",
        denominator=f"c.has_usual = 1 AND c.known = 1{among}",
        clock=_CLOCK,
        window=_WINDOW,
        maturity=_MATURE,
        exclusions=_USUAL,
        source=_SOURCE,
    )


STAYING: tuple[Metric, ...] = (
    Metric(
        id="stayed_customer",
        says="still a customer: has not said that they leave, and is not silent",
        unit="customer",
        numerator="c.gone_at IS NULL OR c.gone = 0",
        denominator="c.followed = 1 AND c.known = 1",
        clock=_CLOCK,
        window=_WINDOW,
        maturity=_MATURE,
        exclusions=_TOLD,
        source=_SOURCE,
    ),
    Metric(
        id="survival",
        says="still a customer at the end of the window, by Kaplan and Meier over everybody; the rows opened are those who left by then",
        unit="customer",
        numerator="c.gone = 1",
        denominator="c.followed = 1 AND c.known_until >= c.start_at",
        clock=_CLOCK,
        window=_WINDOW,
        maturity="none: who is not followed to the end counts for as long as they are; no data where nobody is followed that far",
        exclusions=_TOLD,
        source="Kaplan and Meier 1958; Greenwood's variance on the log-log scale",
        estimator="survival",
    ),
    _silent("left_silently", "left without a word: silent still, no farewell and no complaint"),
    _silent("left_silently_automation", "left without a word, of those whom automation alone handled first", " AND c.handled_by = 'automation'"),
    _silent("left_silently_people", "left without a word, of those whom a person handled first", " AND c.handled_by = 'person'"),
    msgspec.structs.replace(
        _silent("left_silently_excess", "left without a word after automation, beyond those after people: the difference of the two shares"),
        estimator="difference",
        source="outcomes.md: staying; interval: Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10",
    ),
)


TERMS = ("left_silently_automation", "left_silently_people")
"""Whose difference is the excess, in this order."""


class Step(msgspec.Struct, frozen=True):
    """A day of a survival curve: how many were still followed, how many left, who is still there and the interval."""

    day: int
    at_risk: int
    left: int
    value: float
    low: float
    high: float


def follow(connection: DuckDBPyConnection) -> None:
    """Work out what became of the customers, after `watch`: tables `firsts` and `fates`, made once and kept until the next `watch`."""
    found = connection.execute("SELECT g.as_of FROM given AS g").fetchone()
    watch_silence(connection, as_of=None if found is None else found[0])
    for step in STEPS:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {query(step)}")


def survival(days: Iterable[tuple[int, int, int]]) -> Iterator[Step]:
    """The Kaplan–Meier curve from (day, how many left on it, how many are followed no further), in order of the days.

    S(t) = Π (1 − dᵢ/nᵢ). The 95 % interval is pointwise, on the log-log scale, which keeps it within 0 and 1: with Greenwood's
    σ² = Σ dᵢ/(nᵢ(nᵢ − dᵢ)) / (log S)² it is S^exp(±1.96 σ) (Greenwood 1926; Kalbfleisch and Prentice, *The Statistical
    Analysis of Failure Time Data*, 2nd ed. 2002, §1.4). Where nobody or everybody left that says nothing, and it is Wilson's, of
    those still at risk. Who is followed until a day is at risk on it.

    >>> [(step.day, step.at_risk, round(step.value, 3)) for step in survival([(6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1)])]
    [(6, 8, 0.625), (7, 4, 0.469), (10, 2, 0.234)]
    """
    counted = list(days)
    at_risk = sum(left + no_further for _, left, no_further in counted)
    value, spread = 1.0, 0.0
    for day, left, no_further in counted:
        if left:
            value *= 1 - left / at_risk
            spread += left / (at_risk * (at_risk - left)) if at_risk > left else 0.0
            yield Step(day, at_risk, left, value, *_log_log(value, spread, at_risk))
        at_risk -= left + no_further


def _log_log(value: float, spread: float, at_risk: int) -> tuple[float, float]:
    if not 0 < value < 1:
        return wilson(value, at_risk)
    sigma = sqrt(spread) / -log(value)
    return value ** exp(_Z * sigma), value ** exp(-_Z * sigma)


def still_there(days: Iterable[tuple[int, int, int]], *, at_day: int) -> Share:
    """Who is still there at the end of a day, of all who were followed; no data where nobody is followed so far.

    >>> round(still_there([(6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1)], at_day=9).value, 3)
    0.469
    >>> still_there([(6, 3, 1)], at_day=9)
    Share(n=4, value=None, low=None, high=None)
    """
    counted = list(days)
    n = sum(left + no_further for _, left, no_further in counted)
    if not n:
        return NO_DATA
    beyond = sum(left * (day > at_day) + no_further * (day >= at_day) for day, left, no_further in counted)
    before = [step for step in survival(counted) if step.day <= at_day]
    if before and before[-1].value == 0:
        return Share(n, 0.0, before[-1].low, before[-1].high)
    if not beyond:
        return Share(n, None, None, None)
    if not before:
        return Share(n, 1.0, *wilson(1.0, beyond))
    return Share(n, before[-1].value, before[-1].low, before[-1].high)


def difference(one: Share, other: Share) -> Share:
    """How much larger one share is than another, of other customers, with its 95 % interval; no data unless both have some.

    Newcombe's hybrid score interval (method 10): d ± the root of the squared distances of both shares from their Wilson limits.

    >>> found = difference(Share(70, 56 / 70, *wilson(56 / 70, 70)), Share(80, 48 / 80, *wilson(48 / 80, 80)))
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    n = one.n + other.n
    if one.value is None or one.low is None or one.high is None or other.value is None or other.low is None or other.high is None:
        return Share(n, None, None, None)
    found = one.value - other.value
    down = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Share(n, found, found - down, found + up)


def curves(connection: DuckDBPyConnection) -> dict[tuple[str, str, str], list[tuple[int, int, int]]]:
    """For each group (kind, version, segment): by day, how many customers left on it and how many are followed no further.

    A leave counts on the day that it completes, an end of following on the last day that was whole: so day 30 is thirty days, to the microsecond.
    """
    whole = f"CASE WHEN c.gone_at IS NULL THEN FLOOR((c.known_until - c.start_at) / {DAY}) ELSE CEIL((c.gone_at - c.start_at) / {DAY}) END"
    text = (
        f"SELECT place.kind, place.version, place.segment, CAST({whole} AS BIGINT) AS day, "
        "COUNT(c.gone_at), COUNT(*) - COUNT(c.gone_at) FROM firsts AS place JOIN fates AS c ON c.contact = place.contact "
        "WHERE c.followed = 1 AND c.known_until >= c.start_at GROUP BY place.kind, place.version, place.segment, day "
        "ORDER BY place.kind, place.version, place.segment, day"
    )
    found: dict[tuple[str, str, str], list[tuple[int, int, int]]] = {}
    for kind, version, segment, day, left, no_further in connection.execute(text).fetchall():
        found.setdefault((kind, version, segment), []).append((int(day), int(left), int(no_further)))
    return found


def survivals(connection: DuckDBPyConnection) -> dict[tuple[str, str, str], Share]:
    """Who is still there at the end of the window, for each group."""
    days = stay_days(connection)
    return {group: still_there(counted, at_day=days) for group, counted in curves(connection).items()}


def stay_days(connection: DuckDBPyConnection) -> int:
    """How many days staying is watched in this connection."""
    found = connection.execute("SELECT g.window_length FROM given AS g").fetchone()
    return max(STAY_DAYS, 0 if found is None else int(found[0]) // DAY)


def known_on(connection: DuckDBPyConnection) -> int | None:
    """When (µs since 1970) the fate of the customers met so far will be known, for the first of them who waits; `None` when none waits."""
    text = (
        "SELECT MIN(c.start_at + c.stay_length + g.as_of - c.known_until) FROM fates AS c CROSS JOIN given AS g WHERE c.followed = 1 AND c.known = 0"
    )
    found = connection.execute(text).fetchone()
    return None if found is None or found[0] is None else int(found[0])
