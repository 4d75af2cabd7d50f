"""Customers who have gone silent: no doing of their own for far longer than is usual for them.

Silence is worked out again whenever somebody asks, from what the customer did and one declared rule; late events change it.
The same rule twice: `silences` is a pure function over who did something when, and `watch_silence` makes the tables `visits`
and `silences` next to `events`, by queries in the subset that DuckDB, Spark and PostgreSQL share. Times are µs since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import UsageError
from ourword.outcomes.contacts import DAY, DAYS_MAX, last_known, query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DOINGS = ("customer.active", "message.in", "question.answered", "human.requested", "feedback.given", "contact.reopened")
"""What a customer does; any other event whose `actor` is the customer is a doing too. A message to them is none, nor a timer."""
LEFT = "customer.left"
VISIT = DAY
"""Doings less than a day apart are one visit: the seconds between two messages say nothing of how often a customer comes."""


class SilenceRule(msgspec.Struct, frozen=True, kw_only=True):
    """When a customer is called silent: nothing for `times_usual` times their own usual gap, and for `days_min` days at least.

    Silent churn has no published number: it is no formal leave and no complaint while activity falls against the customer's
    own history, over 30, 90 or 180 days (marketinsightstoday, priyankresearchnotes). The 30 days are theirs; three times, and
    four visits before anything is called usual, are ours, and everything here can be given otherwise.
    """

    times_usual: int = 3
    days_min: int = 30
    visits_min: int = 4
    """With fewer visits there is no usual gap: whether such a customer is silent is unknown, not no."""
    also: tuple[str, ...] = ()
    """Further types of events that are a customer's doing, such as `order.placed` and `payment.received`."""


USUAL = SilenceRule()


class Silence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A time in which a customer did nothing, longer than the rule allows."""

    subject: int
    since: int
    """Their last doing before it."""
    known_at: int
    """When it had lasted long enough to be called silence."""
    usual: int
    """Their mean gap between visits until then."""
    back_at: int | None = None
    """Their next doing, which ends it; `None` while it lasts."""


def silences(did: Iterable[tuple[int, int]], *, left: Iterable[tuple[int, int]] = (), rule: SilenceRule = USUAL, as_of: int) -> list[Silence]:
    """Give every silence known by *as_of*, by customer and time, from (customer, when they did something) in any order.

    After the times in *left* (customer, when they left for good) no silence begins: that leave was said.

    >>> weekly = [(7, week * 7 * DAY) for week in range(6)]
    >>> silences(weekly, as_of=64 * DAY)
    []
    >>> [(each.since // DAY, each.known_at // DAY, each.back_at) for each in silences(weekly, as_of=65 * DAY)]
    [(35, 65, None)]
    """
    _check(rule)
    doings = sorted({(subject, at, False) for subject, at in did if at <= as_of} | {(subject, at, True) for subject, at in left if at <= as_of})
    found = []
    for subject, each in groupby(doings, key=lambda doing: doing[0]):
        found += _of(subject, _visits([(at, gone) for _, at, gone in each]), rule, as_of)
    return found


def _visits(doings: list[tuple[int, bool]]) -> list[tuple[int, int, bool]]:
    """(start, end, whether it ended with a leave) of each visit."""
    visits = [(doings[0][0], *doings[0])]
    for (before, _), (at, gone) in pairwise(doings):
        if at - before <= VISIT:
            visits[-1] = (visits[-1][0], at, gone)
        else:
            visits.append((at, at, gone))
    return visits


def _of(subject: int, visits: list[tuple[int, int, bool]], rule: SilenceRule, as_of: int) -> list[Silence]:
    first, found = visits[0][0], []
    for number in range(rule.visits_min, len(visits) + 1):
        start, since, gone = visits[number - 1]
        back_at = visits[number][0] if number < len(visits) else None
        usual = (start - first) // (number - 1)
        known_at = since + max(rule.times_usual * usual, rule.days_min * DAY)
        if not gone and known_at <= (as_of if back_at is None else back_at - 1):
            found.append(Silence(subject=subject, since=since, known_at=known_at, usual=usual, back_at=back_at))
    return found


def watch_silence(connection: DuckDBPyConnection, *, rule: SilenceRule = USUAL, as_of: int | None = None) -> None:
    """Make the tables `visits` (of every customer) and `silences` (with the columns of `Silence`) next to `events`.

    Without *as_of* the last event is the present. Who is in `visits` with fewer than `visits_min` of them is unknown.
    """
    _check(rule)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE silence_rule AS SELECT CAST(? AS BIGINT) AS as_of, CAST(? AS BIGINT) AS visit_length, "
        "CAST(? AS BIGINT) AS length_min, CAST(? AS BIGINT) AS times_usual, CAST(? AS BIGINT) AS visits_min",
        [last_known(connection) if as_of is None else as_of, VISIT, rule.days_min * DAY, rule.times_usual, rule.visits_min],
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE doings AS SELECT UNNEST(?::VARCHAR[]) AS type", [[*dict.fromkeys((*DOINGS, *rule.also))]])
    for step in ("visits", "silences"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {query(step)}")


def silent_customers(connection: DuckDBPyConnection) -> list[Silence]:
    """Give every silence, ended ones too, by customer and time, after `watch_silence`."""
    names = Silence.__struct_fields__
    rows = connection.execute(f"SELECT {', '.join(names)} FROM silences ORDER BY subject, since").fetchall()
    return [Silence(**dict(zip(names, row, strict=True))) for row in rows]


def _check(rule: SilenceRule) -> None:
    if not (1 <= rule.times_usual <= 1_000 and 1 <= rule.days_min <= DAYS_MAX and 2 <= rule.visits_min <= 1_000):
        what = f"silence after {rule.times_usual} usual gaps, {rule.days_min} days, {rule.visits_min} visits"
        hint = f"at least 1 usual gap, 1 to {DAYS_MAX} days, and 2 visits, without which there is no gap"
        raise UsageError("outcomes.silence", what, place="silence", hint=hint)
