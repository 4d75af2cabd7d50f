"""The metrics that a contract may name: what each measures, and whose side it is on (definitions: the outcomes part)."""

from __future__ import annotations

CUSTOMER_SIDE: dict[str, str] = {
    "stayed_resolved": "nothing more on the same issue, on any channel",
    "confirmed": "the customer said that it was solved",
    "came_back": "the customer was back with the same issue",
    "gave_up": "the customer left without an answer",
    "promise_broken": "a promise was late or broken",
    "promises_kept": "promises kept in time, of those due",
    "reached_a_person": "customers who asked for a person and reached one",
    "denied_a_person": "customers who asked for a person and reached none",
    "stuck": "the customer went round in circles",
    "contests_upheld": "contested decisions that a person changed",
    "stayed_customer": "still a customer",
    "left_silently": "customers who left without a word",
    "complaints": "contacts followed by a complaint",
    "satisfaction": "customers who said that they were content, of those who were asked",
    "effort": "customers who said that it was easy, of those who were asked",
}
OUR_SIDE: dict[str, str] = {
    "claimed_resolution": "contacts that a vendor's rule counts as resolved",
    "containment": "conversations that ended without a person",
    "deflection": "contacts that no person handled",
    "automation_rate": "decisions that no person took",
    "handle_time": "time that people spend on a contact",
    "cost_per_contact": "what a contact costs us",
    "revenue": "what customers spend",
}
KNOWN: dict[str, str] = {**CUSTOMER_SIDE, **OUR_SIDE}
LONG_TERM_DAYS = 30


def metric_words(name: str) -> str:
    """A metric as people read it in a list or a sentence.

    >>> metric_words("came_back"), metric_words("promise_broken")
    ('came back', 'promise late or broken')
    """
    return "promise late or broken" if name == "promise_broken" else name.replace("_", " ")
