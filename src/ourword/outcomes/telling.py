"""What customers were told, and what they said back: that automation answers, the reasons, their ratings, complaints and contests.

Nothing here is guessed from a text: an event says it, or there is no data. A source that never says `discloses`, yes or no,
is no source that discloses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourword.outcomes.contacts import query
from ourword.outcomes.metric import CLOSED, Metric

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STEPS = ("complained", "rated", "disclosed", "after", "decided")
REMARKS = "event BIGINT, question VARCHAR, rating INTEGER, scale INTEGER, discloses BOOLEAN, reasons BOOLEAN, answer VARCHAR, changed BOOLEAN"
"""The columns of the table `remarks`: what few events say."""

_OF_THOSE = "contacts still open; contacts without a clock; contacts whose customer did not answer"
_CSAT = "definitions.md: CSAT (4 and 5 of 5) / responses; CES 2.0, 5 to 7 of 7; other scales from 0.7 of the scale"
_DECISION = "decisions whose answer neither the record nor an event says; contacts without a clock"

TELLING: tuple[Metric, ...] = (
    Metric(
        id="complaints",
        says="followed by a complaint of the same customer, on any channel and about anything",
        numerator="d.complained = 1",
        denominator=f"{CLOSED} AND d.complained IS NOT NULL",
        exclusions="contacts still open; contacts without a clock; all of them where no complaint was ever heard",
        source="outcomes.md: staying; definitions.md: silent churn is no complaint",
    ),
    Metric(
        id="satisfaction",
        says="the customer's last answer was content, of those who answered",
        numerator="d.satisfied = 1",
        denominator=f"{CLOSED} AND d.satisfied IS NOT NULL",
        exclusions=_OF_THOSE,
        source=_CSAT,
    ),
    Metric(
        id="satisfaction_answered",
        says="the customer answered how content they were",
        numerator="d.satisfied IS NOT NULL",
        denominator=f"{CLOSED} AND d.satisfaction_heard > 0",
        exclusions="contacts still open; contacts without a clock; all of them where nobody ever answered",
        source=_CSAT,
    ),
    Metric(
        id="effort",
        says="the customer's last answer was that it was easy, of those who answered",
        numerator="d.eased = 1",
        denominator=f"{CLOSED} AND d.eased IS NOT NULL",
        exclusions=_OF_THOSE,
        source=_CSAT,
    ),
    Metric(
        id="effort_answered",
        says="the customer answered how easy it was",
        numerator="d.eased IS NOT NULL",
        denominator=f"{CLOSED} AND d.effort_heard > 0",
        exclusions="contacts still open; contacts without a clock; all of them where nobody ever answered",
        source=_CSAT,
    ),
    Metric(
        id="told_before_answer",
        says="had been told by the first automated answer, or in it, that automation answers",
        numerator="d.disclosed = 1",
        denominator=f"{CLOSED} AND d.disclosed IS NOT NULL",
        exclusions="contacts still open; without a clock; that automation did not answer; of sources that never say `discloses`",
        source="AI Act article 50(1); definitions.md: legal duties",
    ),
    Metric(
        id="reasons_told",
        says="refused or cut, and the reasons were told",
        unit="decision",
        numerator="c.reasoned = 1",
        denominator="c.answer IN ('refuse', 'amend') AND c.reasons_are_said > 0",
        clock="none: the order alone",
        window="none",
        maturity="the decision",
        exclusions="decisions whose answer neither the record nor an event says; all of them where no event says `reasons`, yes or no",
        source="outcomes.md: telling; AI Act article 86",
    ),
    Metric(
        id="contested",
        says="the customer disagreed with the decision",
        unit="decision",
        numerator="c.contested_at - c.made_at <= c.window_length",
        denominator="c.made_at + c.window_length < c.as_of AND c.contests_are_said > 0",
        clock="the decision",
        maturity="the window is over",
        exclusions=f"{_DECISION}; all of them where no `decision.contested` was ever heard",
        source="outcomes.md: telling; GDPR article 22(3)",
    ),
    Metric(
        id="contests_answered",
        says="contested, and a person looked at it again within the window",
        unit="decision",
        numerator="c.reviewed_at - c.contested_at <= c.window_length",
        denominator="c.contested_at + c.window_length < c.as_of",
        clock="the contest",
        maturity="the window is over",
        exclusions=_DECISION,
        source="outcomes.md: telling; GDPR article 22(3)",
    ),
    Metric(
        id="contests_upheld",
        says="contested, and the person who looked at it changed it",
        unit="decision",
        numerator="c.changed = 1",
        denominator="c.contested_at IS NOT NULL AND c.reviewed_at IS NOT NULL",
        clock="the contest",
        window="until a person decides",
        maturity="a person decided",
        exclusions="contests nobody has decided; decisions whose answer neither the record nor an event says",
        source="outcomes.md: telling; GDPR article 22(3)",
    ),
)


def listen(connection: DuckDBPyConnection) -> None:
    """Make the tables `after` and `decided`, after `watch`; kept until the next `watch`. Without a table `remarks` nobody said anything."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS remarks ({REMARKS})")
    for step in STEPS:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {query(step)}")
