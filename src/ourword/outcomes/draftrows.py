"""A draft's rules for tables whose rows are no messages: a step of a log, what a ticket's customer answered, a customer."""

from __future__ import annotations

import re
from collections.abc import Collection

from ourword.outcomes import guesses
from ourword.outcomes.draftwords import among, counts, equals, expression, looked, plain, rule, said, why
from ourword.outcomes.elsewhere import in_english
from ourword.outcomes.guesses import Guess, TimeGuess
from ourword.outcomes.nothing import NO_TIME
from ourword.outcomes.profile import Column
from ourword.outcomes.ratings import answers_in
from ourword.outcomes.speakers import Answered

VALUES_MAX = 60


def log_rules(happened: Guess) -> list[str]:
    """A log: one row a step, each step an event."""
    lines = [f"  {why(happened)}", f"  # {counts(happened.column)}"]
    for value in list(happened.column.values)[:VALUES_MAX]:
        words = re.findall(r"[a-z]+", in_english(value))
        emit, asked = {"type": plain(f"step.{re.sub(r'[^a-z0-9]+', '-', value.lower()).strip('-')[:60] or 'unnamed'}")}, ""
        if any(word in guesses.REOPENING_WORDS for word in words):
            emit, asked = {"type": "contact.reopened"}, "is that so"
        elif any(word in guesses.CLOSING_WORDS for word in words):
            emit, asked = (
                {"type": "contact.closed", "closed_by": "person"},
                "does it close, who does, and do you call it solved (claimed_resolved: true)",
            )
        elif any(word in guesses.OPENING_WORDS for word in words):
            emit, asked = {"type": "contact.opened", "actor": "customer"}, "is that the customer's coming"
        lines += rule(emit, when=equals(happened.column, value), asked=asked)
    return lines


def rating_rules(rating: Guess | None, closed: TimeGuess | None, answered: Answered | None) -> list[str]:
    """What the customer answered; nothing says when, so it is told when the ticket was closed. Of tickets still open no share reads it."""
    if rating is None:
        return []
    lines = [f"  {why(rating)}", f"  # {counts(rating.column)}", "  # ? when they answered: taken as when it was closed"]
    for each in answers_in(rating.column):
        emit = {"type": "feedback.given", "actor": "customer", "question": "satisfaction", "answer": str(each.rating), "scale": str(each.scale)}
        when = among(rating.column, each.written)
        if closed is not None:
            when, emit["time"] = f"{when} && {says_when(closed.column, answered)}", looked(closed.column.path)
        lines += rule(emit, when=when)
    return lines


def says_when(closed: Column, answered: Answered | None) -> str:
    """That a row has a time in this column, as a condition: an empty cell, a null, a dash and a nought say none."""
    column = expression(closed.path)
    none = {each for each in closed.values if each.strip().lower() in ("", *NO_TIME)}
    if answered is not None:  # nobody reads it, and rows behind those that are looked at may have other words for it
        none |= {each for word in NO_TIME for each in (word, word.upper(), word.capitalize())}
    listed = [said(each) for each in sorted(none - {""})] + (["0"] if "number" in closed.sorts else [])
    return f'!({column} in [null, "", {", ".join(listed)}])' if listed else f'({column} != null && {column} != "")'


def customer_rules(columns: Collection[Column], customer: Guess | None) -> list[str]:
    """One row a customer: what is known of them, and whether they left."""
    gone = guesses.left(columns)
    others = [each for each in columns if each not in (customer and customer.column, gone and gone.column)]
    few = [each for each in others if 1 < each.distinct <= 12 and not each.long and all(value.isprintable() for value in each.values)]
    lines = []
    if few:
        attributes = "{" + ", ".join(f"{plain(each.name[:90])}: {looked(each.path)}" for each in few[:20]) + "}"
        lines += rule({"type": "customer.updated", "attributes": attributes}, asked="keep those by which customers are to be compared")
    if gone is not None:
        value = next((each for each in gone.column.values if each.strip().lower() in ("yes", "true", "1", "y")), gone.column.example)
        lines += [f"  # {counts(gone.column)}", *rule({"type": "customer.left"}, when=equals(gone.column, value), asked="did they leave then")]
    return lines or rule({"type": "customer.active"}, asked="what does a row mean")
