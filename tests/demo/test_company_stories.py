"""Larkspur's hundred and twenty days: the planted stories, counted in what anybody would get."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from tests.demo.listened import NOW, WINDOW, Row, Told, at, attribute, share


def test_the_new_prompt_claims_more_and_less_of_it_stays_resolved(alone: dict[str, Told], true: Row) -> None:
    """Story (a): the vendor's number rises while customers write again sooner."""
    by = {prompt: [each for each in alone.values() if each.prompt == prompt] for prompt in ("p-77", "p-78")}
    claimed = {prompt: share(bool(each.closed and each.closed["data"]["claimed_resolved"]) for each in some) for prompt, some in by.items()}
    fates = {each["contact"]: each["fate"] for each in true["contacts"]}
    stayed = {prompt: share(fates[each.events[0]["data"]["contact"]] in ("confirmed", "quiet") for each in some) for prompt, some in by.items()}

    assert claimed["p-78"] > claimed["p-77"] + 0.05
    assert stayed["p-78"] < stayed["p-77"] - 0.05
    story = true["stories"]["prompt_change"]
    assert story["p-78"]["solved"] / story["p-78"]["n"] < story["p-77"]["solved"] / story["p-77"]["n"] - 0.12


def test_the_new_model_changes_nothing(alone: dict[str, Told]) -> None:
    """A control: under one prompt both models do alike."""
    claimed: dict[str, list[bool]] = defaultdict(list)
    for each in alone.values():
        if each.prompt == "p-77":
            claimed[each.events[0]["data"]["versions"]["model"]].append(bool(each.closed and each.closed["data"]["claimed_resolved"]))

    assert abs(share(claimed["m-3"]) - share(claimed["m-4"])) < 0.03


def test_refunds_to_those_who_pay_by_invoice_are_not_kept(heard: list[Row], decided: list[Row], true: Row) -> None:
    """Story (b): five working days are promised to all; on one payment method the promise breaks."""
    method = attribute(heard, "payment")
    paid = {each["data"]["decision"]: at(each["time"]) for each in heard if each["type"] == "payment.refunded"}
    answers = {name: answer for each in true["contacts"] for name, answer in each["decisions"].items()}
    in_time: dict[str, list[bool]] = defaultdict(list)
    for each in decided:
        granted = each["kind"] == "refund" and answers[each["decision_id"]] in ("allow", "amend")
        if granted and at(each["time"]) < NOW - timedelta(days=12):
            # Five working days are at least seven days; a holiday makes them eight.
            wait = paid.get(each["decision_id"], NOW + WINDOW) - at(each["time"])
            in_time[method[each["customer"]]].append(wait <= timedelta(days=7))

    assert share(in_time["invoice"]) < 0.35
    assert min(share(in_time["card"]), share(in_time["wallet"])) > 0.93
    stories = true["stories"]["invoice_refunds"]
    assert stories["invoice"]["kept"] < stories["invoice"]["late"]


def test_a_timer_that_closes_after_a_question_counts_as_resolved(alone: dict[str, Told], true: Row) -> None:
    """Story (c): "Anything else?", silence, resolved."""
    closed = [each for each in alone.values() if each.closed and each.closed["data"]["closed_by"] == "timer"]
    asked = [[e for e in each.events if e["type"] in ("message.out", "question.asked")][-1]["data"]["asks"] for each in closed]
    solved = {each["contact"]: each["solved"] for each in true["contacts"]}

    assert len(closed) / len(alone) > 0.15
    assert all(asked)
    assert all(each.closed["data"]["claimed_resolved"] for each in closed if each.closed)
    assert share(solved[each.events[0]["data"]["contact"]] for each in closed) < 0.7


def test_people_leave_without_a_word_after_automation_has_priced(heard: list[Row], told: dict[str, Told], true: Row) -> None:
    """Story (d): no complaint, no farewell; activity just ends."""
    active: dict[str, datetime] = {}
    for each in heard:
        if each["type"] == "customer.active":
            active[each["subject"]] = at(each["time"])
    left = {each["subject"] for each in heard if each["type"] == "customer.left"}
    ended: dict[str, list[bool]] = defaultdict(list)
    for each in true["contacts"]:
        if told.get(each["contact"]) and each["handled_by"] == "automation" and each["opened"] < NOW.timestamp() - 70 * 86400:
            subject = f"customer:{each['customer']}"
            quiet = active.get(subject, NOW - timedelta(days=200)) < NOW - timedelta(days=60) and subject not in left
            ended[each["kind"]].append(quiet)

    others = [quiet for kind, some in ended.items() if kind != "price_match" for quiet in some]
    assert share(ended["price_match"]) > share(others) + 0.12


def test_polish_speakers_are_served_worse(alone: dict[str, Told], heard: list[Row], told: dict[str, Told], true: Row) -> None:
    """Story (e): less solved by automation, and fewer reach a person when they ask for one."""
    language = attribute(heard, "language")
    no: dict[bool, list[bool]] = defaultdict(list)
    reached: dict[bool, list[bool]] = defaultdict(list)
    for name, each in told.items():
        worse = language[each.events[0]["subject"].removeprefix("customer:")] == "pl"
        if name in alone:
            no[worse] += [event["data"]["said"] == "no" for event in each.all("question.answered")]
        if _asked_at_once(each) and not _says(each, "formal complaint"):
            reached[worse].append(each.any("human.joined"))

    assert share(no[True]) > share(no[False]) + 0.1
    assert share(reached[True]) < share(reached[False]) - 0.08
    story = true["stories"]["language"]
    solved = {name: story[name]["by_automation"]["solved"] / story[name]["by_automation"]["n"] for name in ("de", "en", "tr", "pl")}
    assert solved["pl"] < min(solved["de"], solved["en"], solved["tr"]) - 0.1


def _asked_at_once(each: Told) -> bool:
    """Asked for a person in the first message, about something that automation may decide (an apology goes to people anyway)."""
    return any(event["type"] == "human.requested" for event in each.events[:4]) and each.events[0]["data"]["kind"] != "goodwill"


def _says(each: Told, phrase: str) -> bool:
    return any(phrase in event["data"]["text"] for event in each.all("message.in"))


def test_a_phrase_gets_a_person_and_is_learnt(told: dict[str, Told]) -> None:
    """Story (f): who says "formal complaint" is let through; more and more customers find out."""
    asked = [each for each in told.values() if _asked_at_once(each)]
    halves = {late: [each for each in asked if (each.opened > NOW - timedelta(days=60)) == late] for late in (False, True)}

    assert share(each.any("human.joined") for each in asked if _says(each, "formal complaint")) > 0.93
    assert share(each.any("human.joined") for each in asked if not _says(each, "formal complaint")) < 0.7
    assert share(_says(each, "formal complaint") for each in halves[True]) > 1.8 * share(_says(each, "formal complaint") for each in halves[False])


def test_people_bend_one_clause(decided: list[Row], true: Row) -> None:
    """Story (g): a change of mind after thirty days is refused in writing, and granted at the desk two times in five."""
    late = [
        each
        for each in decided
        if each.get("by")
        and each["kind"] == "refund"
        and each["facts"]["reason"] == "changed_mind"
        and at(each["time"]) - at(each["facts"]["order_age"]["value"]) > timedelta(days=30)
    ]
    bent = [each for each in late if each["answer"] == "allow"]

    assert 0.33 < share(each["answer"] == "allow" for each in late) < 0.5
    assert all(each["because"] for each in bent)
    story = true["stories"]["bends"]
    assert (len(late), len(bent)) == (story["decided_by_people"], story["bent"])


def test_people_bend_it_for_orders_up_to_a_certain_age(decided: list[Row]) -> None:
    """What nobody wrote down: up to 45 days most are granted, later hardly any; so a clause could say so."""
    late = [each for each in decided if each.get("by") and each.get("because") is not None and each["kind"] == "refund"] + [
        each for each in decided if each.get("by") and each["kind"] == "refund" and each["answer"] == "refuse"
    ]
    ages = [(at(each["time"]) - at(each["facts"]["order_age"]["value"]), each["answer"] == "allow") for each in late]
    young = [bent for age, bent in ages if age <= timedelta(days=45)]
    old = [bent for age, bent in ages if age > timedelta(days=45)]

    assert min(age for age, _ in ages) > timedelta(days=30)
    assert share(young) > 0.75
    assert share(old) < 0.12
