"""Exactly the promises that a number counts, for the page and for `GET /v1/promises`: what is asked, read and checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ourword.errors import LineError, UsageError
from ourword.figures.board import is_owed
from ourword.figures.counted import Part, behind, part_of
from ourword.figures.settling import Row
from ourword.http.figures import Figures
from ourword.ledger.settle import DUE, SHOWN, Standing
from ourword.ledger.signals import number_of
from ourword.outcomes.asked import moment
from ourword.outcomes.metrics import Group, metric

WANTED = ("owed", "due", *(each.value for each in SHOWN), Standing.RELEASED.value)
"""How the promises asked for may stand."""


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the promises; what is empty leaves none out."""

    standing: str = ""
    kind: str = ""
    promise: str = ""
    since: int | None = None
    """Due then or later, in µs since 1970."""
    until: int | None = None
    """Due before then."""
    metric: str = ""
    """A metric of promises: those that its share counts, as of the last event."""
    part: Part = "numerator"
    signal: str = ""
    """Those that a signal is about."""

    @property
    def words(self) -> str:
        """What was counted, in words; empty where the form says it all."""
        if self.signal:
            return f"Those that the signal {self.signal} is about."
        if self.metric:
            says = metric(self.metric).says
            counted = {"numerator": says, "denominator": "all that were due", "rest": f"all that were due, but {says}"}[self.part]
            return f"Exactly those that the number counts, as of the last event: {counted}."
        return ""


def promised(query: Mapping[str, str]) -> Promised:
    """Read what is asked; what does not exist is a `UsageError` with the place and what may stand there."""
    standing, name, part = (query.get(key, "") for key in ("standing", "metric", "part"))
    if standing and standing not in WANTED:
        raise UsageError("promises.standing", f"`{standing[:60]}` is no standing", place="standing", hint="one of " + ", ".join(WANTED))
    if name and metric(name[:60]).unit != "promise":
        hint = "ask for contacts, or name a metric of promises: promises_kept"
        raise UsageError("outcomes.unit", f"`{name[:60]}` counts no promises", place="metric", hint=hint)
    return Promised(
        standing=standing,
        kind=query.get("kind", ""),
        promise=query.get("promise", ""),
        since=moment(query.get("since", ""), "since"),
        until=moment(query.get("until", ""), "until"),
        metric=name,
        part=part_of(part),
        signal=query.get("signal", "")[:40],
    )


def chosen(figures: Figures, of: Promised, rows: Iterable[Row]) -> list[Row]:
    """The promises asked for, of these, in their order."""
    counted = _counted(figures, of)
    return [row for row in rows if _fits(row, of) and all((row.decision, row.promise) in each for each in counted)]


def _fits(row: Row, of: Promised) -> bool:
    if (of.kind and row.kind != of.kind) or (of.promise and row.promise != of.promise) or (of.since is not None and row.due < of.since):
        return False
    if of.until is not None and row.due >= of.until:
        return False
    match of.standing:
        case "":
            return True
        case "owed":
            return is_owed(row)
        case "due":
            return row.standing in DUE
        case _:
            return row.standing == of.standing


def _counted(figures: Figures, of: Promised) -> list[set[tuple[str, str]]]:
    """The promises behind a share and behind a signal, each by its decision and its id."""
    found = []
    if of.metric:
        with figures.contacts() as connection:
            found.append({_key(str(each)) for each in behind(connection, of.metric, Group(kind=of.kind or "*"), of.part)})
    if of.signal:
        signal = next((each for each in figures.signals() if each.seq == number_of(of.signal)), None)
        if signal is None:
            raise LineError("answer.no-signal", f"there is no signal `{of.signal}`", place="signal", hint="*Signals* lists them")
        found.append({(decision, signal.of.what) for decision in signal.decisions})
    return found


def _key(numbered: str) -> tuple[str, str]:
    """A metric names a promise `decision/promise`; only the decision's id may hold a `/`."""
    decision, _, promise = numbered.rpartition("/")
    return decision, promise
