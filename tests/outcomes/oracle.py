"""The outcome of a contact said a second time, in plain Python over lists, from the words of the definition: no window function, no join."""

from __future__ import annotations

from itertools import pairwise, zip_longest
from typing import Any

Event = dict[str, Any]


def outcomes(events: list[Event], promises: list[dict[str, Any]], *, as_of: int, window: int) -> dict[int, str]:
    """The outcome of each contact."""
    known = sorted((event for event in events if event.get("at") is None or event["at"] <= as_of), key=lambda event: event["event"])
    talks: dict[int, list[Event]] = {}
    for event in known:
        if event["contact"] is not None:
            talks.setdefault(event["contact"], []).append(event)
    return {contact: outcome(talk, talks, known, promises, as_of=as_of, window=window) for contact, talk in talks.items()}


def hands(events: list[Event], *, as_of: int) -> dict[int, str]:
    """Who handled each contact, as far as anybody said: walk through what our side did."""
    found: dict[int, str] = {}
    talks = talks_of(events, as_of)
    for event in talks:
        closer = (event.get("closed_by") or event.get("actor")) if event["type"] == "contact.closed" else None
        writer = event.get("actor") if event["type"] in ("message.out", "question.asked") else None
        if event["type"] == "human.joined" or closer == "person" or (event["type"] == "message.out" and writer == "person"):
            found[event["contact"]] = "person"
        elif "automation" in (event.get("actor"), event.get("closed_by")) or writer in ("timer", "rule"):
            found.setdefault(event["contact"], "automation")
    return {event["contact"]: found.get(event["contact"], "unknown") for event in talks}


def talks_of(events: list[Event], as_of: int) -> list[Event]:
    """What had happened in contacts by then."""
    return [event for event in events if event["contact"] is not None and (event.get("at") is None or event["at"] <= as_of)]


def end(talk: list[Event]) -> Event:
    """The last close, unless it was reopened since; else the last event."""
    for event in reversed(talk):
        if event["type"] == "contact.reopened":
            return talk[-1]
        if event["type"] == "contact.closed":
            return event
    return talk[-1]


def went_on(talk: list[Event]) -> bool:
    """Whether anything is known of the contact but that it was opened, and who took it up."""
    stands = ("contact.opened", "human.queued", "human.joined")
    return any(event["type"] not in stands and not event["type"].endswith(".updated") for event in talk)


def outcome(talk: list[Event], talks: dict[int, list[Event]], known: list[Event], promises: list[dict[str, Any]], *, as_of: int, window: int) -> str:
    """Ask the seven questions in order."""
    over, ours = end(talk), [each for each in promises if each["contact"] == talk[0]["contact"]]
    if over["at"] is None:
        return "unknown"
    if as_of <= max([over["at"] + window, *(each["due"] for each in ours)]) or not went_on(talk):
        return "still_open"
    if any(let_down(each, as_of) for each in ours):
        return "promise_broken"
    if (
        reopened(talk, window)
        or wrote_again(talk, window)
        or any(same_issue(talk, other) and within(over, {**other[0], "at": began(other)}, window) for other in talks.values() if other is not talk)
    ):
        return "came_back"
    if any(aggrieves(event, talk) and within(over, event, window) for event in known):
        return "came_back"
    yes = confirmed(talk)
    if gave_up(talk):
        return "gave_up"
    return "confirmed" if yes else "quiet"


def whose(talk: list[Event]) -> int | None:
    """The customer, whom some event names; nobody knows whether two unknown ones are one."""
    return next((event["subject"] for event in talk if event["subject"] is not None), None)


def began(talk: list[Event]) -> int | None:
    """The first time that is known of it."""
    return min((event["at"] for event in talk if event["at"] is not None), default=None)


def let_down(promise: dict[str, Any], as_of: int) -> bool:
    """Late or broken, as far as was known then."""
    return standing(promise, as_of) in ("late", "broken")


def standing(promise: dict[str, Any], as_of: int) -> str:
    """Kept, late, broken or unknown once it is due, as far as was known then; open before, whatever has happened."""
    if as_of <= promise["due"]:
        return "open"
    if promise["standing"] in ("unknown", "broken"):
        return str(promise["standing"])
    return str(promise["standing"]) if promise["settled"] <= as_of else "broken"


def within(over: Event, event: Event, window: int) -> bool:
    """After the end, and not later than the window."""
    return event["event"] > over["event"] and event["at"] is not None and event["at"] - over["at"] <= window


def reopened(talk: list[Event], window: int) -> bool:
    """A reopening soon enough after the close before it."""
    turns = [event for event in talk if event["type"] in ("contact.closed", "contact.reopened")]
    return any(
        one["type"] == "contact.closed" and two["type"] == "contact.reopened" and two["at"] - one["at"] <= window
        for one, two in pairwise(turns)
        if None not in (one["at"], two["at"])
    )


def wrote_again(talk: list[Event], window: int) -> bool:
    """The customer wrote into a contact that was closed then, not longer than the window after; a yes to a question we asked is none of this,
    nor is what they wrote with it."""
    closed: Event | None = None
    spoken = [event for event in talk if event["type"] in ("contact.closed", "contact.reopened", "message.in") or event.get("said")]
    for event, after in zip_longest(spoken, spoken[1:]):
        if event["type"] == "contact.closed":
            closed = event
        elif event["type"] == "contact.reopened":
            closed = None
        elif event["type"] == "message.in" and closed is not None and event.get("said") != "yes":
            with_yes = after is not None and after.get("said") == "yes" and after["at"] == event["at"]
            if not with_yes and None not in (event["at"], closed["at"]) and event["at"] - closed["at"] <= window:
                return True
    return False


def things(talk: list[Event], *, about: bool) -> set[int]:
    """The objects a contact names."""
    named = {event["about"] for event in talk if event.get("about") is not None}
    return named if about else named | {number for event in talk for number, _ in event.get("objects", ())}


def own_kind(talk: list[Event]) -> str | None:
    """The kind that it was opened with, or got first."""
    return next((event["kind"] for event in talk if event.get("kind") and not event["type"].startswith("decision.")), None)


def same_issue(one: list[Event], other: list[Event]) -> bool:
    """About the same object; else of a kind and with something in common."""
    if whose(one) is None or whose(one) != whose(other):
        return False
    if things(one, about=True) & things(other, about=True):
        return True
    return own_kind(one) is not None and own_kind(one) == own_kind(other) and bool(things(one, about=False) & things(other, about=False))


def aggrieves(event: Event, talk: list[Event]) -> bool:
    """A complaint or a cancellation that names this contact, a decision of it, or what it was about."""
    if not event["type"].startswith(("complaint", "cancellation")):
        return False
    if event["contact"] == talk[0]["contact"]:
        return True
    if event["subject"] is None or event["subject"] != whose(talk):
        return False
    decisions = {each["decision"] for each in talk if each.get("decision")}
    return event.get("decision") in decisions or bool(things([event], about=False) & things(talk, about=True))


def confirmed(talk: list[Event]) -> bool:
    """The customer's last word was a yes, or the contact was closed after it by somebody who reports a confirmation, and no other answer stands."""
    answers = [event["said"] for event in talk if event.get("said")]
    if answers and answers[-1] != "yes":
        return False
    closes = [event for event in talk if event["type"] == "contact.closed"]
    for event in reversed(talk):
        if event.get("said") == "yes" or (closes and event is closes[-1] and reports_confirmation(event)):
            return True
        if event["type"] in ("message.in", "contact.reopened"):
            return False
    return False


def reports_confirmation(event: Event) -> bool:
    """`confirmed`, by somebody."""
    return event["close_reason"] == "confirmed" and event["closed_by"] not in ("timer", "rule")


def gave_up(talk: list[Event]) -> bool:
    """Walk from the end to the last word that matters."""
    closed = [event for event in talk if event["type"] == "contact.closed"]
    last_close = closed[-1] if closed else None
    is_closed = last_close is not None and end(talk) is last_close
    for event in reversed(talk):
        if event is last_close and reports_confirmation(event):
            return False
        if event.get("said") and event["said"] == next(each["said"] for each in reversed(talk) if each.get("said")) == "yes":
            return False
        if event["type"] in ("message.in", "contact.reopened") or event.get("said") == "no":
            break
    left = [i for i, event in enumerate(talk) if event["type"] == "customer.left"]
    if left and (last_close is None or left[-1] < talk.index(last_close)):
        return True
    if is_closed and last_close is not None and last_close["close_reason"] == "left":
        return True
    for event in reversed(talk):
        if event["type"] == "message.in" or event.get("said") == "no":
            return True
        if event["type"] in ("message.out", "question.asked"):
            ghosted = not is_closed or (last_close is not None and (last_close["closed_by"] == "timer" or last_close["close_reason"] == "no_reply"))
            return bool(event.get("asks")) and event.get("actor") == "automation" and ghosted
    return False
