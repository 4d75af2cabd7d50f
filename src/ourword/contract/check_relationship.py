"""Checks on what is intended and on who answers: choices, sentences, people, incentives, law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ourword.contract.flaws import People, error, note, twice, warning
from ourword.contract.metrics import CUSTOMER_SIDE
from ourword.contract.model import Choice, Draft, Flaw
from ourword.contract.words import listed, meant, shown
from ourword.core.calendar import public_holidays
from ourword.core.span import Span

CHOICES = ("speed_or_fairness", "consistency_or_discretion", "revenue_or_advocacy", "efficiency_or_trust")
CAUSES = ("data", "model", "prompt", "contract", "unclear")
KEEP_DAYS_MIN = 183
"""Six months: AI Act, articles 19(1) and 26(6)."""

_DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "working day": 1.4, "week": 7, "month": 30, "year": 365}


def days(span: Span) -> float:
    """Roughly how many days a span lasts: enough to tell long-term from short."""
    return span.count * _DAYS[span.unit]


def flaws(draft: Draft, people: People, today: date) -> Iterator[Flaw]:
    """Give what is wrong with the contract's first half."""
    yield from _choices(draft, people, today)
    yield from _intent(draft)
    yield from _way_to_a_person(draft, people)
    yield from twice(((person.id, draft.places[f"people[{index}].id"]) for index, person in enumerate(draft.people)), "the person or desk")
    yield from _answerable(draft, people)
    yield from _incentives(draft)
    yield from _changes(draft, people)
    yield from _law(draft)
    yield from _standing(draft, today)
    yield from _holidays(draft)


# ---- choices and sentences -----------------------------------------------------------------------------------------


def _choices(draft: Draft, people: People, today: date) -> Iterator[Flaw]:
    choices = {choice.name: choice for choice in draft.relationship.choices}
    for name in CHOICES:
        if name not in choices:
            first, second = name.split("_or_")
            hint = f"write `{name}: {{choose: {first}}}` or `{{choose: {second}}}`, or `{{open: {{by: <person>, until: <date>}}}}`"
            yield error("choice", f"nobody chose between {first} and {second}", draft.places["relationship.choices"], hint)
        else:
            yield from _choice(choices[name], draft, people, today)


def _choice(choice: Choice, draft: Draft, people: People, today: date) -> Iterator[Flaw]:
    if bool(choice.choose) == bool(choice.open):
        both = "is both decided and open" if choice.open else "is neither decided nor open"
        yield error("choice", f"`{choice.name}` {both}", choice.place, "write `choose: …`, or `open: {by: <person>, until: <date>}`")
    if choice.open is None:
        return
    place = draft.places[f"relationship.choices.{choice.name}.open.by"]
    yield from people.owner(choice.open.by, place, f"who owes `{choice.name}`")
    if choice.open.until < today:
        what = f"`{choice.name}` was to be decided by {choice.open.by} until {choice.open.until}, and is not"
        # A warning: a day gone by must not stop the decisions of a running shop overnight; `check` fails on it all the same.
        yield warning(
            "choice-overdue",
            what,
            draft.places[f"relationship.choices.{choice.name}.open.until"],
            f"{choice.open.by} decides it now, or gives a new date",
        )
    else:
        what = f"`{choice.name}` is open: {choice.open.by} decides it by {choice.open.until}"
        yield note("choice-open", what, choice.place, "after that day `ourword check` fails on it")


def _intent(draft: Draft) -> Iterator[Flaw]:
    for index, intent in enumerate(draft.relationship.intent):
        if not intent.carried_by:
            yield note(
                "words-only",
                "this sentence is words only: nothing carries it",
                intent.place,
                "name the keys that do: `carried_by: [decisions.refund.never]`",
            )
        for number, key in enumerate(intent.carried_by):
            if key not in draft.places and f"relationship.{key}" not in draft.places:
                known = [path for path in draft.places if "[" not in path and not path.startswith("wiring.")]
                place = draft.places[f"relationship.intent[{index}].carried_by[{number}]"]
                yield error("carried-by", f"there is no {shown(key)} to carry this sentence", place, meant(key, known, "name a key of this contract"))


# ---- people --------------------------------------------------------------------------------------------------------


def _way_to_a_person(draft: Draft, people: People) -> Iterator[Flaw]:
    person = draft.relationship.person
    if person is None:
        return
    yield from people.desk(person.desk, draft.places["relationship.person.desk"], "the desk that customers reach")
    if person.steps < 1:
        yield error(
            "way-to-a-person",
            "no step leads to a person",
            draft.places["relationship.person.steps"],
            "write how many steps a customer needs: 1 or more",
        )


def _answerable(draft: Draft, people: People) -> Iterator[Flaw]:
    missing = [cause for cause in CAUSES if cause not in draft.answerable]
    if missing:
        what = f"nobody answers for {listed(missing)}"
        yield error("answerable", what, draft.places["answerable"], f"add `{missing[0]}: <person>`: every cause ends in a name")
    for cause, name in draft.answerable.items():
        yield from people.owner(name, draft.places[f"answerable.{cause}"], f"who answers for `{cause}`")


def _incentives(draft: Draft) -> Iterator[Flaw]:
    measured = {target.metric for kind in draft.kinds.values() for target in kind.targets}
    guards = listed(sorted(measured & set(CUSTOMER_SIDE)), joined="or")
    hint = f"add `guarded_by:` with a target's metric: {guards or 'first add a target on the customer side'}"
    for incentive in draft.incentives:
        paid = f"{shown(incentive.who)} is paid for `{incentive.paid_for}`"
        if not incentive.guarded_by:
            yield error("unguarded", f"{paid} and nothing guards it", incentive.place, hint)
        elif incentive.guarded_by == incentive.paid_for:
            yield error("unguarded", f"{paid}, which cannot guard itself", incentive.place, hint)
        elif incentive.guarded_by not in measured:
            near = meant(incentive.guarded_by, measured, f"add `{{metric: {incentive.guarded_by}, within: …}}` to a kind's targets")
            yield error("unguarded", f"{paid}, guarded by `{incentive.guarded_by}`, which no target measures", incentive.place, near)


def _changes(draft: Draft, people: People) -> Iterator[Flaw]:
    for key in ("need", "against_customers_also"):
        names = (draft.changes or {}).get(key, ())
        for index, name in enumerate(names if isinstance(names, list) else ()):
            yield from people.owner(name, draft.places[f"changes.{key}[{index}]"], "whose consent a change needs")


# ---- law and standing ----------------------------------------------------------------------------------------------


def _law(draft: Draft) -> Iterator[Flaw]:
    if not draft.relationship.tell.automated:
        what = "we found no word to customers that automation answers them (AI Act, article 50(1))"
        place = draft.places.get("relationship.tell", draft.places["relationship"])
        yield warning("law.told", what, place, "add `tell: {automated: before the first answer}`, or have your lawyers say why it is obvious")
    if draft.keep is None or days(draft.keep) < KEEP_DAYS_MIN:
        kept = f"decisions are kept for {draft.keep}" if draft.keep else "we found no time for which decisions are kept"
        place = draft.places.get("keep", draft.places["contract"])
        yield warning(
            "law.keep",
            f"{kept}; logs are to be kept for six months at least (AI Act, articles 19 and 26(6))",
            place,
            "write for example `keep: 3 years`",
        )


def _standing(draft: Draft, today: date) -> Iterator[Flaw]:
    if draft.since and draft.since > today:
        yield note(
            "not-yet", f"the contract holds from {draft.since}, which is not yet", draft.places["from"], "until then it is good for rehearsals"
        )
    if draft.status == "retired":
        yield warning("retired", "the contract is retired", draft.places["status"], "decide with its successor")


def _holidays(draft: Draft) -> Iterator[Flaw]:
    try:
        public_holidays(draft.holidays)
    except KeyError:
        what = f"we know no public holidays of {shown(draft.holidays)}"
        yield error("holidays", what, draft.places["holidays"], "write a country such as `DE`, or a part of it such as `DE-BE`")
