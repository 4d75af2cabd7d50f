"""The contract as it is signed: sentences, numbered, in the order in which a customer would ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ourword.contract.check_relationship import CAUSES
from ourword.contract.inwords import plain
from ourword.contract.keys import CONTRACT, WIRING
from ourword.contract.model import Amount, Choice, Contract, Draft
from ourword.contract.phrases import MEANS
from ourword.contract.prose_facts import facts
from ourword.contract.prose_kind import kind
from ourword.contract.prose_words import Names, Numbered, percent
from ourword.contract.words import listed
from ourword.core.money import money_text
from ourword.core.span import Span

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
# The status is the author's word; whether it holds is what the signatures say, and this text is what they are given to.
_STATUS = {
    "draft": "It is a draft and binds nobody yet.",
    "active": "Its author calls it `active`; it is in force once all have signed it whom it needs.",
    "deprecated": "Its author calls it `deprecated`: it will be replaced, and until then is in force where all have signed it whom it needs.",
    "retired": "Its author calls it `retired`: nothing is to be decided by it any more.",
}


def prose(contract: Contract, lang: str | None = None) -> str:
    """Print what gets signed, as Markdown; *lang* chooses among the contract's languages for what customers are told."""
    draft = contract.draft
    names = Names(draft, lang or draft.languages[0])
    number = Numbered()
    parts = [
        *_opening(draft),
        *_section("What we intend", _intent(draft, names, number)),
        *_section("What we chose", _choices(draft, names, number)),
        *_section("The way to a person", _person(draft, names, number)),
        *_section("What every customer is told", _tell(draft, names, number)),
        *_section("How we keep ourselves honest", _honest(draft, number)),
    ]
    for each in draft.kinds.values():
        parts.extend(kind(each, contract, names, number))
    parts.extend(_section("Who answers", _answers(draft, names, number)))
    parts.extend(_section("How we work", _work(draft, names, number)))
    parts.extend(_section("The facts", facts(contract, names, number)))
    parts.extend(_section("What Ourword does not act on yet", _not_acted_on(draft)))
    parts.extend(_closing(contract))
    return "\n".join(parts) + "\n"


def day(when: date) -> str:
    """Write a date in full.

    >>> day(date(2026, 11, 1))
    '1 November 2026'
    """
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def _section(title: str, lines: Iterator[str]) -> list[str]:
    written = list(lines)
    return ["", f"## {title}", "", *written] if written else []


def _opening(draft: Draft) -> list[str]:
    since = f" It holds from {day(draft.since)}." if draft.since else ""
    keep = f" Decisions are kept for {draft.keep}." if draft.keep else ""
    holidays = f", with the public holidays of {draft.holidays}" if draft.holidays else ""
    return [
        f"# {plain(draft.name).capitalize()}, version {draft.version}",
        "",
        f"What we promise our customers wherever automation decides in our name. {_STATUS[draft.status]}{since}{keep}"
        f" Days and hours are counted in {draft.zone}{holidays}.",
    ]


def _intent(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    for intent in draft.relationship.intent:
        carried = (
            f"*Carried by {listed(f'`{key}`' for key in intent.carried_by)}.*" if intent.carried_by else "*Words only: nothing carries this yet.*"
        )
        yield number.line(f"{names.said(intent.say)} {carried}")


def _choices(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    for choice in draft.relationship.choices:
        first, _, second = choice.name.partition("_or_")
        if choice.open:
            yield number.line(f"Between {first} and {second} we have not chosen. {names.person(choice.open.by)} decides by {day(choice.open.until)}.")
        else:
            yield number.line(f"Between {first} and {second} we choose **{choice.choose}**{_limits(choice)}.")


def _limits(choice: Choice) -> str:
    words = {"give_up": ", and give up as much as {} for it", "at_most": ", up to {}", "rate": ", at a rate of {}"}
    return "".join(words[key].format(_limit(value, share=key == "at_most")) for key, value in choice.limits.items())


def _limit(value: str | float | Amount | Span, *, share: bool) -> str:
    if isinstance(value, Amount):
        return money_text(value.minor, value.currency) + (f" per {value.per}" if value.per else "")
    if isinstance(value, float):
        return percent(value) if share else f"{value:g}"
    return str(value)


def _person(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    way = draft.relationship.person
    if way:
        steps = "one step" if way.steps == 1 else f"{way.steps} steps"
        wait = f" and {way.wait}" if way.wait else ""
        yield number.line(f"A customer who wants a person reaches {names.person(way.desk)} within {steps}{wait}.")


def _tell(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    tell = draft.relationship.tell
    if tell.automated:
        yield number.line(f"{tell.automated.capitalize()}, customers are told that automation answers them.")
    reasons = "one reason" if tell.reasons == 1 else f"up to {tell.reasons} reasons"
    change = ", and what would have changed it" if tell.what_would_change else ""
    if tell.reasons or change:
        yield number.line(f"With each decision they are told {reasons if tell.reasons else 'no reasons'}{change}.")
    if tell.cannot:
        yield number.line(f"Where automation refuses, or lacks a fact that it needs, they are told what it cannot see: “{names.said(tell.cannot)}”")
    for key in names.phrases:
        yield number.line(f"{MEANS[key].partition(':')[0].rstrip('.')}, in our words: “{names.phrases[key]}” *(phrase {key})*")


def _honest(draft: Draft, number: Numbered) -> Iterator[str]:
    relationship = draft.relationship
    if relationship.segments:
        yield number.line(f"We compare how customers fare by {listed(plain(each) for each in relationship.segments)}.")
    if relationship.fairness:
        yield number.line(_fairness(relationship.fairness))
    if relationship.holdout:
        kinds = [plain(each.name) for each in draft.kinds.values() if each.explore]
        where = f"It applies to these decisions: {listed(kinds)}." if kinds else "It applies to no kind of decision yet."
        share = percent(relationship.holdout)
        yield number.line(
            f"For {share} of our customers, chosen by chance and for good, people decide instead: so we learn what automation changes. {where}"
        )


def _fairness(fairness: dict[str, str | float]) -> str:
    because = f" — {fairness['because']}" if "because" in fairness else ""
    if fairness["measure"] == "ratio":
        return f"Between any two groups, the less favoured one fares at least {fairness.get('at_least', 1)} times as well as the other{because}."
    return f"Between any two groups, the rates differ by at most {fairness.get('at_most', 0)}{because}."


def _answers(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    by_person: dict[str, list[str]] = {}
    for cause in CAUSES:
        if cause in draft.answerable:
            by_person.setdefault(draft.answerable[cause], []).append("whatever is unclear" if cause == "unclear" else f"the {cause}")
    for person, causes in by_person.items():
        yield number.line(f"{names.person(person)} answers for {listed(causes)}.")
    for paid in draft.incentives:
        rate = f" {paid.rate}" if paid.rate else ""
        yield number.line(f"The {paid.who} is paid{rate} for {plain(paid.paid_for)}; {plain(paid.guarded_by)} guards it.")


def _work(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    for kind_name, most in draft.work_may.items():
        amount = money_text(most.minor, most.currency)
        yield number.line(f"A person at the desk may depart from a clause about a {plain(kind_name)} up to {amount}; beyond that, its owner decides.")
    if draft.hard_in_a_row:
        yield number.line(f"After {draft.hard_in_a_row} hard conversations in a row, a person is given an easier one.")
    if draft.trained_for:
        yield number.line(
            f"Where a person answers a customer who is {listed(plain(each) for each in draft.trained_for)}, it is one who was trained for it."
        )
    yield from _changes(draft, names, number)
    yield from _exit(draft, number)


def _changes(draft: Draft, names: Names, number: Numbered) -> Iterator[str]:
    changes = draft.changes or {}
    need, against = changes.get("need"), changes.get("against_customers_also")
    if isinstance(need, list) and need:
        yield number.line(f"No change without {listed(names.person(each) for each in need)}.")
    if isinstance(against, list) and against:
        yield number.line(f"A change against the customer also needs {listed(names.person(each) for each in against)}.")
    if changes.get("review"):
        yield number.line(f"We read this contract again {_every(str(changes['review']))}.")


def _every(review: str) -> str:
    return {"weekly": "every week", "monthly": "every month", "quarterly": "every quarter", "yearly": "every year"}[review]


def _exit(draft: Draft, number: Numbered) -> Iterator[str]:
    way = draft.exit or {}
    if "back_to_people_in" in way:
        yield number.line(f"Within {way['back_to_people_in']} every decision can be back with people.")
    if isinstance(take := way.get("desk_can_take"), float):
        yield number.line(f"The desk can take {percent(take)} of them.")
    if isinstance(drill := way.get("last_drill"), date):
        yield number.line(f"We last tried it on {day(drill)}.")


def _not_acted_on(draft: Draft) -> Iterator[str]:
    """Who signs must know which sentences are a person's to keep: no software enforces or measures them yet."""
    if draft.unread:
        yield "These parts are as binding as the rest, but no software here enforces or measures them yet. Until it does, people keep them:"
        yield ""
        yield from (f"- `{key}`: {_meaning(key)}" for key in dict.fromkeys(each.key for each in draft.unread))


def _meaning(key: str) -> str:
    means = {each.path: each.doc for each in (*CONTRACT, *WIRING)}
    return means.get(key, "")


def _closing(contract: Contract) -> list[str]:
    return [
        "",
        "---",
        "",
        f"Version {contract.draft.version}. Whoever signs this signs the contract and its wiring, exactly as they were read:",
        "",
        f"`{contract.digest}`",
    ]
