"""What a helpdesk has no place for, as named rules over Larkspur's own events: what is left is what its files can say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.helpdesks.desk import Known, became, handed_in

from ourword.outcomes.contacts import Asked

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CONTACTS = 1_500
ASKED = Asked(as_of=int(NOW.timestamp()) * 10**6)
NANOS = int(NOW.timestamp()) * 10**9
HELD = (
    *("contact.opened", "contact.closed", "contact.reopened", "message.in", "message.out", "question.asked", "question.answered"),
    *("human.queued", "human.joined", "feedback.given"),
)
"""What a helpdesk can hold: no decision, no promise, no act of another system, and nobody who is one with somebody else."""

ENOUGH = 60
"""Of so many contacts that a rule touches one mostly shows that it is needed."""

Event = dict[str, Any]
Rule = Callable[[list[Event]], Iterable[Event]]


def in_contacts(some: Iterable[Event]) -> dict[str, list[Event]]:
    """Events by the contact that they belong to."""
    found: dict[str, list[Event]] = {}
    for each in some:
        found.setdefault(each["data"]["contact"], []).append(each)
    return found


def by_contact(rule: Rule) -> Rule:
    """Apply a rule to each contact's events, in the order of time."""

    @wraps(rule)
    def applied(some: list[Event]) -> Iterable[Event]:
        for mine in in_contacts(some).values():
            yield from rule(sorted(mine, key=lambda each: (each.get("time", "9"), int(each["id"].rpartition("-")[2]))))

    return applied


def named(event: Event, type_: str = "", **data: Any) -> Event:
    """The same event under another type, or with other data; `None` takes a word away."""
    told = {key: value for key, value in {**event["data"], **data}.items() if value is not None}
    return {**event, "type": type_ or event["type"], "data": told}


@by_contact
def ended_and_not_solved(mine: list[Event]) -> Iterable[Event]:
    """A contact that ends without being called resolved just stays open: nobody sees that it ended, nor that a customer left it."""
    closed = False
    for each in mine:
        if each["type"] == "contact.closed":
            closed = closed or each["data"]["claimed_resolved"]
            if not each["data"]["claimed_resolved"]:
                continue
        if each["type"] != "contact.reopened" or closed:
            yield each


def an_account_is_no_order(some: list[Event]) -> Iterable[Event]:
    """Only a field that is called an order is an object; two contacts about one account are not known to be the same issue."""
    for each in some:
        yield named(each, objects=[thing for thing in each["data"].get("objects", ()) if thing["type"] == "order"])


def who_is(names: dict[str, str]) -> Rule:
    """Some customers are known under another name; one whose name is empty is nobody."""

    def applied(some: list[Event]) -> Iterable[Event]:
        for each in some:
            who = each.get("subject", "").removeprefix("customer:")
            now = names.get(who, who)
            yield {**each, "subject": f"customer:{now}"} if now else {key: value for key, value in each.items() if key != "subject"}

    return applied


def in_local_time(zone: str, *, to_the_minute: bool = False) -> Rule:
    """Times on a local clock: the hour that comes twice in autumn is taken for the first."""

    def applied(some: list[Event]) -> Iterable[Event]:
        for each in some:
            if "time" in each:
                local = datetime.fromisoformat(each["time"].replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).replace(fold=0)
                local = local.replace(second=0) if to_the_minute else local
                each = {**each, "time": local.astimezone(UTC).isoformat().replace("+00:00", "Z")}
            yield each

    return applied


def ruled(some: list[Event], rules: Iterable[Rule]) -> list[Event]:
    """What the rules leave of events."""
    for rule in rules:
        some = list(rule(some))
    return some


def native(home: Path, some: list[Event], rules: Iterable[Rule] = ()) -> Known:
    """What becomes of the contacts when their own events are handed in, but for what the rules take away."""
    handed_in(home, ruled(some, rules), NANOS)
    return became(home, ASKED)


def apart(left: Known, right: Known) -> dict[str, Any]:
    """Where two differ. A file that names nobody leaves *who handled it* unknown, and so do our rules; that contradicts nothing."""

    def agree(ours: Any, theirs: Any) -> bool:
        unknown = bool(ours and theirs) and "unknown" in (ours[1], theirs[1])
        return bool(ours == theirs or (unknown and (ours[0], ours[2]) == (theirs[0], theirs[2])))

    return {each: (left.get(each), right.get(each)) for each in {*left, *right} if not agree(left.get(each), right.get(each))}


def excuses_for_nothing(home: Path, some: list[Event], rules: Sequence[Rule], found: Known) -> list[str]:
    """The rules without which nothing more would be otherwise, *unknown* counted as a difference: each is needed, or hides what it does not name."""
    with_all, excuses = in_contacts(ruled(some, rules)), []
    for place, rule in enumerate(rules):
        left = [*rules[:place], *rules[place + 1 :]]
        touched = [contact for contact, told in in_contacts(ruled(some, left)).items() if told != with_all.get(contact)]
        some_touched = touched[:: max(1, len(touched) // ENOUGH)]
        for number, part in enumerate((_around(some, some_touched, with_all), some)):  # what some contacts do not show all may
            kept, without = (native(home / f"{place}-{number}-{name}", part, each) for name, each in (("with", rules), ("without", left)))
            if any(kept.get(each) == found.get(each) != without.get(each) for each in {*kept, *without}):
                break
        else:
            excuses.append(rule.__qualname__)
    return excuses


def _around(some: list[Event], contacts: Collection[str], told: Mapping[str, Collection[Event]]) -> list[Event]:
    """All events of these contacts, and of every contact of the same customers: by their own names, and as they are *told* of."""
    named_by = {contact: {each["subject"] for each in said if "subject" in each} for contact, said in told.items()}
    for each in some:
        named_by.setdefault(each["data"]["contact"], set()).update({each["subject"]} if "subject" in each else ())
    customers = {customer for contact in contacts for customer in named_by.get(contact, ())}
    known = {*contacts, *(contact for contact, names in named_by.items() if names & customers)}
    return [each for each in some if each["data"]["contact"] in known]
