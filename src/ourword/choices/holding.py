"""Decisions on hold: handed to a person and nobody has answered yet, or asked of the customer and not decided yet; and for how long.

A hold of the first sort begins with a decision that escalates, and ends when a person joins the contact or answers there; one of the second
begins with a question, and ends with the next decision of its kind there. A contact that is closed before that ended it without an answer:
never counted as within any time. By the clock, nights and weekends included: so customers wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median_low
from typing import TYPE_CHECKING, Literal

import msgspec

from ourword.outcomes.intervals import NO_DATA, Share, share, sums_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_HOLDS = """
SELECT h.subject, h.at, h.contact IS NULL AS lost, g.as_of,
  MIN(CASE
    WHEN h.answer = 'escalate' AND (x.type = 'human.joined' OR (x.type = 'decision.made' AND x.actor = 'person')) THEN x.at
    WHEN h.answer = 'ask' AND x.type = 'decision.made' AND x.kind = h.kind THEN x.at
  END) AS answered,
  MIN(CASE WHEN x.type = 'contact.closed' THEN x.at END) AS closed
FROM (
  SELECT e.event, e.subject, e.contact, e.at, e.kind, r.answer FROM events AS e JOIN remarks AS r ON r.event = e.event CROSS JOIN given AS n
  WHERE e.type = 'decision.made' AND r.answer = $2 AND e.at <= n.as_of AND list_contains($1, e.kind)
) AS h
CROSS JOIN given AS g
LEFT JOIN events AS x ON x.contact = h.contact AND x.event > h.event AND x.at <= g.as_of
  AND x.type IN ('human.joined', 'decision.made', 'contact.closed')
GROUP BY h.event, h.subject, h.at, h.contact, g.as_of
"""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How long decisions were on hold; times are µs."""

    n: int = 0
    """Decisions that were handed to a person, or asked of the customer."""
    answered: int = 0
    waiting: int = 0
    """Nobody has answered, and nothing was closed."""
    closed: int = 0
    """Closed before anybody answered."""
    lost: int = 0
    """Of no contact: nobody can say whether anybody answered."""
    median: int | None = None
    """Of the answered."""
    longest: int | None = None
    oldest: int | None = None
    """The longest that anybody waits now."""
    longer: Share = NO_DATA
    """Of those of whom it can be said: who waited longer than the time asked about, or was never answered."""


def held(connection: DuckDBPyConnection, *, most: int | None, kinds: Sequence[str], answer: Literal["escalate", "ask"] = "escalate") -> Held:
    """Measure the holds of some kinds, after `watch`; *most* is the time (µs) that they are held against."""
    waits: list[int] = []
    ages: list[int] = []
    closed = lost = n = 0
    sums: dict[int | str, list[int]] = defaultdict(lambda: [0, 0])
    rows = connection.execute(_HOLDS, [list(kinds), answer])
    while batch := rows.fetchmany(10_000):
        for subject, at, of_no_contact, as_of, answered, ended in batch:
            n += 1
            if of_no_contact:
                lost += 1
                continue
            of = sums[f"nobody {n}" if subject is None else int(subject)]
            if answered is not None and (ended is None or answered <= ended):
                waits.append(answered - at)
                of[0] += most is not None and answered - at > most
            elif ended is not None:
                closed += 1
                of[0] += 1
            else:
                ages.append(as_of - at)
                if most is None or as_of - at <= most:
                    continue  # too early to tell
                of[0] += 1
            of[1] += 1
    counted = [(y, n) for y, n in sums.values() if n]
    return Held(
        n=n,
        answered=len(waits),
        waiting=len(ages),
        closed=closed,
        lost=lost,
        median=median_low(waits) if waits else None,
        longest=max(waits, default=None),
        oldest=max(ages, default=None),
        longer=NO_DATA if most is None else share(sums_of(counted)),
    )
