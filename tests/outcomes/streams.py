"""Random customers: what they and we do, in small worlds where much coincides."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.outcomes.tables import DAY

WINDOW_DAYS = 2
_BY = st.sampled_from([None, "customer", "automation", "person", "timer", "rule"])
_ACTOR = st.sampled_from([None, "automation", "automation", "person", "customer", "rule"])
_REASON = st.sampled_from([None, "confirmed", "no_reply", "left", "transferred", "refused"])
_KIND = st.sampled_from([None, None, "refund", "delivery"])
_TYPES = [
    "contact.opened",
    "message.in",
    "message.out",
    "question.asked",
    "question.answered",
    "contact.closed",
    "contact.closed",
    "contact.reopened",
]
_MORE = ["human.requested", "human.joined", "decision.made", "complaint.made", "customer.left", "action.executed"]


@st.composite
def event(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(_TYPES + _MORE))
    made: dict[str, Any] = {
        "type": kind, "subject": draw(st.sampled_from([1, 1, 1, 2, 2, 2, None])), "source": "chat", "actor": draw(_ACTOR),
        "kind": draw(_KIND), "about": draw(st.sampled_from([None, None, 7, 8])),
        "channel": draw(st.sampled_from(["chat", "phone"])),
        "version_contract": draw(st.sampled_from([None, "v1", "v2"])), "version_prompt": draw(st.sampled_from([None, "p1", "p2"])),
        "closed_by": None, "close_reason": None, "said": None, "asks": None, "decision": None,
        "objects": draw(st.sampled_from([(), (), ((7, "item"),)])),
    }  # fmt: skip
    if kind == "contact.closed":
        made |= {"closed_by": draw(_BY), "close_reason": draw(_REASON), "claimed": draw(st.booleans())}
    if kind == "question.answered":
        made |= {"said": draw(st.sampled_from(["yes", "no", "other"])), "actor": "customer"}
    if kind == "message.in":
        made |= {"said": draw(st.sampled_from([None, None, None, "yes", "no"])), "actor": "customer"}
    if kind == "message.out":
        made |= {"asks": draw(st.booleans())}
    if kind.startswith(("decision", "complaint")):
        made |= {"decision": draw(st.sampled_from([None, "d-1", "d-2"]))}
    return made


@st.composite
def streams(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events in their order; a few have no time.

    A contact is one customer's, whom some of its events, or all, do not name; now and then the other takes part in it.
    """
    events, at = [], 0
    for number, made in enumerate(draw(st.lists(event(), min_size=1, max_size=24))):
        at += draw(st.sampled_from([0, 1, DAY // 2, DAY, WINDOW_DAYS * DAY]))
        contact = (made["subject"] or 3) * 10 + draw(st.integers(1, 2))
        outside = made["type"] == "complaint.made" and made["subject"] is not None and draw(st.booleans())
        if not outside and draw(st.integers(0, 15)) == 0:
            made = {**made, "subject": None}
        timed = draw(st.integers(0, 25)) != 0
        if draw(st.integers(0, 14)) == 0:
            made = {**made, "subject": None if made["subject"] is None else 3 - made["subject"]}
        events.append({**made, "event": 3 * number, "at": at if timed else None, "contact": None if outside else contact})
    return events


@st.composite
def promised(draw: st.DrawFn, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    contacts: dict[int, int | None] = {}
    for each in events:
        if each["contact"] is not None and contacts.get(each["contact"]) is None:
            contacts[each["contact"]] = each["subject"]
    made = []
    for contact, subject in sorted(contacts.items()):
        for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
            due = draw(st.integers(0, 12)) * DAY
            standing = draw(st.sampled_from(["kept", "late", "broken", "unknown"]))
            settled = {"kept": due - draw(st.integers(0, 2)) * DAY, "late": due + draw(st.integers(1, 4)) * DAY}.get(standing)
            made.append(
                {"decision": f"p-{contact}-{number}", "subject": subject, "contact": contact, "promise": "money-back", "kind": "refund", "due": due,
                 "standing": standing, "settled": settled}
            )  # fmt: skip
    return made
