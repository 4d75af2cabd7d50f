"""Promises that cannot be kept, or of which nobody can tell: due before their source speaks, or while the desk that keeps them is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ourword.cel.smt_terms import Truth, both, either
from ourword.contract.model import PromiseRule
from ourword.core.answer import Answer
from ourword.core.calendar import DeskHours, desk_hours_from_text
from ourword.gate.code import PromiseCode, Values
from ourword.proving.customers import Trial
from ourword.proving.found import Finding, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.report import reported
from ourword.proving.said import holds
from ourword.proving.solve import Nobody

_STEP, _STEPS = timedelta(minutes=30), 14 * 48
"""Moments at which a promise is tried: every half hour of two weeks, in which desk hours come round."""


def promises(inquiry: Inquiry) -> Iterator[Finding]:
    """Each promise beside its source and its desk."""
    for index, code in enumerate(inquiry.kind.promises):
        yield from _unheard(inquiry, index, code)
        yield from _closed(inquiry, code)


# ---- the source ----------------------------------------------------------------------------------------------------


def _unheard(inquiry: Inquiry, index: int, code: PromiseCode) -> Iterator[Finding]:
    rule = code.rule
    for source in inquiry.gate.contract.draft.wiring.sources:
        silence = source.heard_within.nanoseconds if source.event == rule.kept_by and source.heard_within else None
        if silence is None or _shortest(inquiry, code) >= timedelta(microseconds=silence // 1000):
            continue
        kind = inquiry.kind.kind.name
        place = inquiry.gate.contract.draft.places.get(f"decisions.{kind}.promises[{index}].within", rule.place)
        what = (
            f"`{rule.id}` falls due within {rule.within}, and whether it was kept is heard within {source.heard_within}: until then nobody can tell"
        )
        somebody = inquiry.find(lambda side: [_made(side, rule)])
        if somebody is Nobody.NOT_PROVED:
            yield Unproved(kind=kind, what=f"whether `{rule.id}` is ever made", place=place)
        if isinstance(somebody, Somebody):
            yield reported(
                inquiry,
                somebody,
                lambda values: _minted(inquiry.trial, rule, values),
                code="promise",
                level="warning",
                what=what,
                place=place,
                also=(source.place,),
                hint=f"promise it for later than {source.heard_within}, or have `{source.event}` heard sooner",
            )


def _shortest(inquiry: Inquiry, code: PromiseCode) -> timedelta:
    """The least time that the promise leaves, whenever it is made."""
    starts = (inquiry.trial.at + number * timedelta(hours=6) for number in range(4 * 14))
    return min(inquiry.gate.calendar.due_at(start, code.rule.within, code.hours) - start for start in starts)


def _made(side: Side, rule: PromiseRule, answers: tuple[Answer, ...] = tuple(Answer)) -> Truth:
    """The promise is made, with one of these answers. What was amended counts where it is amended."""
    made = []
    for answer in answers:
        customer = side.decided.after if answer in (Answer.AMEND, Answer.ASK) else side.customer
        made.append(both(side.decided.final[answer], holds(side.said.term(rule.when, customer.facts, answer))))
    return either(*made)


def _minted(trial: Trial, rule: PromiseRule, values: Values) -> bool:
    return any(minted.id == rule.id for minted in trial.verdict(values).minted)


# ---- the desk ------------------------------------------------------------------------------------------------------


def _closed(inquiry: Inquiry, code: PromiseCode) -> Iterator[Finding]:
    """A promise that is made with escalations alone is the desk's to keep: it must not fall due before the desk has opened."""
    kind, rule = inquiry.kind.kind, code.rule
    desk = next((each for each in inquiry.gate.contract.draft.people if kind.escalation and each.id == kind.escalation.to and each.hours), None)
    hours = desk_hours_from_text(desk.hours) if desk is not None else None
    if desk is None or hours is None or code.hours is not None:
        return
    at = _moment(inquiry, code, hours)
    if at is None or not isinstance(inquiry.find(lambda side: [_made(side, rule, _WITHOUT_A_PERSON)]), Nobody):
        return
    somebody = inquiry.find(lambda side: [_made(side, rule, (Answer.ESCALATE,))])
    if not isinstance(somebody, Somebody):
        return
    local = at.astimezone(ZoneInfo(inquiry.gate.contract.draft.zone))
    trial = Trial(inquiry.gate, inquiry.kind, at)
    yield reported(
        inquiry,
        somebody,
        lambda values: _minted(trial, rule, values),
        code="promise",
        level="error",
        what=f"`{rule.id}`, made on {local:%A at %H:%M}, falls due while `{desk.id}` is still closed ({desk.hours})",
        place=rule.place,
        also=(desk.place,),
        hint=f"count the desk's hours: `working: {desk.id}`",
    )


_WITHOUT_A_PERSON = tuple(answer for answer in Answer if answer is not Answer.ESCALATE)


def _moment(inquiry: Inquiry, code: PromiseCode, hours: DeskHours) -> datetime | None:
    """A moment at which the promise would fall due before the desk opens again."""
    zone = ZoneInfo(inquiry.gate.contract.draft.zone)
    start = inquiry.trial.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for at in (start + number * _STEP for number in range(_STEPS)):
        if _open(hours, at.astimezone(zone)):
            continue
        due = inquiry.gate.calendar.due_at(at, code.rule.within)
        if due - at < timedelta(days=7) and not any(_open(hours, each.astimezone(zone)) for each in _between(at, due)):
            return at
    return None


def _between(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += timedelta(minutes=5)
    yield end


def _open(hours: DeskHours, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in hours.days[local.weekday()])
