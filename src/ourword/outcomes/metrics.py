"""Metrics are declared, and compiled once: card, drill-down, export and alarm read the same predicate.

A metric is a share: of the contacts that `denominator` holds for, those that `numerator` holds for too. Both are
conditions on a row of `became` (alias `c`) or, for promises, of `standings`. Sums are integers; a share and its interval are made of
them in `intervals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from ourword.errors import UsageError
from ourword.outcomes.intervals import NO_DATA, Sums, share
from ourword.outcomes.metric import CLOSED as CLOSED
from ourword.outcomes.metric import OUTCOMES_SOURCE
from ourword.outcomes.metric import Metric as Metric
from ourword.outcomes.staying import STAYING, TERMS, difference, follow, survivals
from ourword.outcomes.sums import add_up
from ourword.outcomes.telling import TELLING, listen

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OUTCOMES = OUTCOMES_SOURCE
_FCR = "callcentrehelper: within 7 days, failed first-contact resolution; definitions.md"


class Group(msgspec.Struct, frozen=True):
    """A row of a report: a kind, a version and a segment, or `*` for all."""

    kind: str = "*"
    version: str = "*"
    segment: str = "*"


ALL = Group()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a report, with what is needed to believe it."""

    kind: str
    version: str
    segment: str
    metric: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    immature: float | None
    unmatched: float | None
    target: str | None = None


def _outcome(name: str, says: str) -> Metric:
    return Metric(id=name, says=says, numerator=f"c.outcome = '{name}'", denominator=CLOSED, source=_OUTCOMES)


def _unclocked(name: str, says: str, numerator: str, denominator: str, source: str) -> Metric:
    return Metric(
        id=name,
        says=says,
        numerator=numerator,
        denominator=denominator,
        clock="none: the order alone",
        window="none",
        maturity="the contact's last event",
        exclusions="none",
        source=source,
    )


METRICS: tuple[Metric, ...] = (
    _outcome("confirmed", "the customer said that it was solved"),
    _outcome("quiet", "nothing more on the same issue, on any channel; we do not know"),
    Metric(
        id="came_back",
        says="reopened or written to again after its close, back with the same issue on any channel, or a complaint or cancellation linked to it",
        numerator="c.outcome = 'came_back'",
        denominator=f"{CLOSED} AND c.followed = 1",
        exclusions="contacts still open; contacts without a clock; those of which nothing could show a return",
        source=_FCR,
    ),
    Metric(
        id="came_back_observed",
        says="had a new contact on the same issue within the window, whatever else became of it: what chance is held against",
        numerator="c.back_at - c.end_at <= c.window_length",
        denominator="c.start_at IS NOT NULL AND c.end_at + c.window_length < c.as_of",
        maturity="the window is over",
        exclusions="contacts without a clock",
        source=_FCR,
    ),
    _outcome("gave_up", "the last message got no answer, they left before any close, or a timer closed it after the automation's question"),
    _outcome("promise_broken", "a promise made in it was late or broken"),
    Metric(
        id="stayed_resolved",
        says="confirmed, and at most confirmed or quiet: its low end is `confirmed`",
        numerator="c.outcome IN ('confirmed', 'quiet')",
        denominator=CLOSED,
    ),
    Metric(
        id="claimed_resolution",
        says="the source called it resolved",
        numerator="c.claimed = 1",
        denominator=CLOSED,
        source="the events' claimed_resolved",
    ),
    Metric(
        id="containment",
        says="ended without a person, of those where an event says who on our side did something",
        numerator="c.handled_by = 'automation'",
        denominator=f"{CLOSED} AND c.handled_by <> 'unknown'",
        source="Ada; definitions.md",
    ),
    _unclocked(
        "ended_unanswered", "gave up, on the order of events alone: for records without times", "c.gave_up = 1", "c.contact IS NOT NULL", _OUTCOMES
    ),
    _unclocked("said_yes", "the last explicit answer was yes, of those who answered", "c.said = 'yes'", "c.said IS NOT NULL", _OUTCOMES),
    Metric(
        id="reached_a_person",
        says="asked for a person and was connected",
        numerator="c.asked_event IS NOT NULL AND c.joined_event IS NOT NULL",
        denominator=f"{CLOSED} AND c.asked_event IS NOT NULL",
    ),
    Metric(
        id="denied_a_person",
        says="asked for a person and was never connected",
        numerator="c.asked_event IS NOT NULL AND c.joined_event IS NULL",
        denominator=f"{CLOSED} AND c.asked_event IS NOT NULL",
    ),
    Metric(
        id="asked_for_a_person",
        says="asked for a person",
        numerator="c.asked_event IS NOT NULL",
        denominator=CLOSED,
    ),
    Metric(
        id="offered_a_person",
        says="was offered a person without asking: by the automation, a rule or a timer",
        numerator="c.asked_event IS NULL AND c.offered_event IS NOT NULL",
        denominator=CLOSED,
    ),
    Metric(
        id="denied_after_3_messages",
        says="asked for a person, wrote three more messages, and was not connected before the third",
        numerator="c.steps_to_person >= 3",
        denominator=f"{CLOSED} AND c.asked_event IS NOT NULL",
        window="the customer's next three messages",
    ),
    *(
        Metric(
            id=f"reached_a_person_{label}",
            says=f"asked for a person and was connected within {words}: cumulative incidence, ended without one counts as not reached",
            numerator=f"c.joined_at - c.asked_at <= {minutes * 60_000_000}",
            denominator=f"{CLOSED} AND c.asked_at IS NOT NULL",
            clock="the customer's first request for a person",
            window=words,
        )
        for label, words, minutes in (("1m", "a minute", 1), ("15m", "15 minutes", 15), ("1h", "an hour", 60), ("1d", "a day", 1440))
    ),
    *(
        Metric(
            id=name,
            says=says,
            numerator=f"c.{column} = 1",
            denominator=CLOSED + (" AND c.readable = 1" if read else ""),
            exclusions="contacts still open; contacts without a clock"
            + ("; contacts whose replies nobody read (no `says` or `asks`)" if read else ""),
            source="outcomes.md: stuck",
        )
        for name, says, column, read in (
            ("stuck_no_person", "asked for a person and none came", "no_person", False),
            ("stuck_loop", "two automated replies in a row that repeat an earlier one, the customer's facts unchanged", "in_loop", True),
            ("stuck_asked_again", "was asked the same again", "asked_again", True),
            ("stuck_switched_channel", "wrote on two channels, or took the same issue to another within the window", "switched", False),
            ("stuck_empty_reply", "a reply that brought no new fact, act, promise or question", "empty_reply", True),
        )
    ),
    Metric(
        id="stuck",
        says="stuck in at least one of the ways that can be seen here",
        numerator="c.no_person + c.in_loop + c.asked_again + c.switched + c.empty_reply > 0",
        denominator=CLOSED,
    ),
    *(
        Metric(
            id=f"promises_{standing}",
            says=f"promises {standing}, of those due",
            unit="promise",
            numerator=f"c.standing = '{standing}'",
            denominator="c.standing <> 'open'",
            clock="the promise",
            window="until it is due",
            maturity="due",
            exclusions="promises not due yet",
            source="ledger.md: promises",
        )
        for standing in ("kept", "late", "broken", "unknown")
    ),
    *TELLING,
    *STAYING,
)

# `place` is where a unit counts; a promise counts in its kind and in `*`.
_UNITS = {
    "contact": "FROM members AS place JOIN became AS c ON c.contact = place.contact",
    "promise": (
        "FROM (SELECT DISTINCT kind AS promise_kind, kind, '*' AS version, '*' AS segment FROM standings "
        "UNION ALL SELECT DISTINCT kind AS promise_kind, '*' AS kind, '*' AS version, '*' AS segment FROM standings) AS place "
        "JOIN standings AS c ON c.kind = place.promise_kind"
    ),
    "customer": "FROM firsts AS place JOIN fates AS c ON c.contact = place.contact",
    "decision": "FROM members AS place JOIN decided AS c ON c.contact = place.contact AND (place.kind = '*' OR place.kind = c.kind)",
}
_HEARD = f"{_UNITS['contact']} JOIN after AS d ON d.contact = c.contact"
_NUMBERED = {"contact": "c.contact", "promise": "c.decision || '/' || c.promise", "customer": "c.subject", "decision": "c.decision"}
_MATURING = {
    "contact": "c.outcome = 'still_open'",
    "promise": "c.standing = 'open'",
    "customer": "c.followed = 1 AND c.known = 0",
    "decision": "c.made_at + c.window_length >= c.as_of",
}


def metric(name: str) -> Metric:
    """Find a declared metric by its id."""
    for each in METRICS:
        if each.id == name:
            return each
    raise UsageError("outcomes.metric", f"there is no metric `{name}`", place="metric", hint="one of " + ", ".join(each.id for each in METRICS))


def report(connection: DuckDBPyConnection, *, metrics: Sequence[Metric] = METRICS) -> Iterator[Row]:
    """Every metric in every group, after `watch`: the groups in order, the metrics as declared."""
    for unit in ("contact", "promise"):
        chosen = [each for each in metrics if each.unit == unit and not _is_heard(each)]
        if chosen:
            yield from _rows(connection, unit, chosen)
    heard = [each for each in metrics if _is_heard(each)]
    if heard:
        prepare(connection, heard[0])
        yield from _rows(connection, "contact", heard, of=_HEARD)
    for unit in ("decision", "customer"):
        chosen = [each for each in metrics if each.unit == unit]
        if chosen:
            prepare(connection, chosen[0], anew=True)
            yield from _rows(connection, unit, chosen)


def rows_behind(
    connection: DuckDBPyConnection, name: str, group: Group = ALL, *, part: Literal["numerator", "denominator"] = "numerator"
) -> list[int] | list[str]:
    """Exactly the contacts (`decision/promise`, customers, decisions) that a number counts, in order: the same predicate over the same rows."""
    of = metric(name)
    prepare(connection, of)
    condition = of.denominator if part == "denominator" else f"({of.denominator}) AND ({of.numerator})"
    text = (
        f"SELECT {_NUMBERED[of.unit]} AS counted {_HEARD if _is_heard(of) else _UNITS[of.unit]} "
        f"WHERE place.kind = ? AND place.version = ? AND place.segment = ? AND ({condition}) ORDER BY counted"
    )
    return [row[0] for row in connection.execute(text, [group.kind, group.version, group.segment]).fetchall()]


def prepare(connection: DuckDBPyConnection, of: Metric, *, anew: bool = False) -> None:
    """Make the tables that a metric reads beyond those of `watch`: who only counts outcomes does not pay for them.

    A report makes those of customers anew, since who is a group's customer follows from `members`, which may have been narrowed.
    """
    if of.unit == "customer" and (anew or not _is_there(connection, "fates")):
        follow(connection)
    elif (of.unit == "decision" or _is_heard(of)) and not _is_there(connection, "decided"):
        listen(connection)


def _is_there(connection: DuckDBPyConnection, table: str) -> bool:
    found = connection.execute("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = ?", [table]).fetchone()
    return found is not None and bool(found[0])


def _is_heard(of: Metric) -> bool:
    """Whether it reads what customers said and were told about contacts (`after`, alias `d`)."""
    return of.unit == "contact" and of.numerator.startswith("d.")


def _rows(connection: DuckDBPyConnection, unit: str, metrics: Sequence[Metric], *, of: str = "") -> Iterator[Row]:
    terms = [each for each in METRICS if each.id in TERMS] if any(each.estimator == "difference" for each in metrics) else []
    added = [*metrics, *terms]
    surviving = survivals(connection) if any(each.estimator == "survival" for each in metrics) else {}
    text = contact_sums(connection, added) if unit == "contact" and not of else sums_query(unit, added, of=of)
    for kind, version, segment, all_of, maturing, unmatched, *sums in connection.execute(text).fetchall():
        counted = [share(Sums(*(int(number) for number in sums[6 * i : 6 * i + 6]))) for i in range(len(added))]
        for each, found in zip(metrics, counted, strict=False):
            if each.estimator == "survival":
                found = surviving.get((kind, version, segment), NO_DATA)
            elif each.estimator == "difference":
                found = difference(*counted[len(metrics) :])
            yield Row(
                kind=kind,
                version=version,
                segment=segment,
                metric=each.id,
                n=found.n,
                value=found.value,
                low=found.low,
                high=found.high,
                immature=maturing / all_of,
                unmatched=unmatched / all_of,
            )


def contact_sums(connection: DuckDBPyConnection, metrics: Sequence[Metric]) -> str:
    """The same as `sums_query("contact", metrics)` gives, by counters packed side by side: a quarter of a minute less for ten million events."""
    maturing, unmatched, everyone = _MATURING["contact"], "c.subject IS NULL", "c.contact IS NOT NULL"
    both = [f"({each.denominator}) AND ({each.numerator})" for each in metrics]
    counters = add_up(connection, [everyone, maturing, unmatched, *both, *(each.denominator for each in metrics)])
    return f"SELECT kind, version, segment, {counters.total(everyone)}, {counters.total(maturing)}, {counters.total(unmatched)}, " + (
        ", ".join(counters.sums(y, each.denominator) for y, each in zip(both, metrics, strict=True))
        + " FROM added GROUP BY kind, version, segment ORDER BY kind, version, segment"
    )


def sums_query(unit: str, metrics: Sequence[Metric], *, of: str = "") -> str:
    """The query that adds up several metrics at once: first within each customer, then over customers; integers only.

    A contact whose customer nobody could match is a customer of its own.
    """
    inner = ", ".join(
        f"COUNT(CASE WHEN ({each.denominator}) AND ({each.numerator}) THEN 1 END) AS y{i}, COUNT(CASE WHEN {each.denominator} THEN 1 END) AS n{i}"
        for i, each in enumerate(metrics)
    )
    outer = ", ".join(
        f"SUM(y{i}), SUM(n{i}), COUNT(CASE WHEN n{i} > 0 THEN 1 END), SUM(y{i} * y{i}), SUM(y{i} * n{i}), SUM(n{i} * n{i})"
        for i in range(len(metrics))
    )
    alone = "CASE WHEN c.subject IS NULL THEN c.contact END"
    return (
        f"SELECT kind, version, segment, SUM(all_of), SUM(maturing), SUM(unmatched), {outer} FROM ("
        "SELECT place.kind, place.version, place.segment, COUNT(*) AS all_of, "
        f"COUNT(CASE WHEN {_MATURING[unit]} THEN 1 END) AS maturing, COUNT(CASE WHEN c.subject IS NULL THEN 1 END) AS unmatched, {inner} "
        f"{of or _UNITS[unit]} GROUP BY place.kind, place.version, place.segment, c.subject, {alone}) AS customer "
        "GROUP BY kind, version, segment ORDER BY kind, version, segment"
    )
