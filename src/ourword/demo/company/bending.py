"""What people go by when they bend a clause: the order's age, told by chance of its own, so that everything else stays as it was."""

from __future__ import annotations

from random import Random

from ourword.demo.company import stories as S
from ourword.demo.company.clock import DAY, MINUTE, text
from ourword.demo.company.facts import Wish
from ourword.demo.company.talk import Talk


def tell_the_age(talk: Talk, made: Wish, *, bent: bool) -> None:
    """Give the order of this contact an age that fits what the person decides now, in every line that has been written of it.

    Both ages are past the clause's thirty days, so nobody but people ever answers otherwise for it.
    """
    own = Random(f"age {talk.contact}")
    (first, last), most = S.LATE_DAYS, S.BENT_UP_TO_DAYS
    since = own.randrange(first * DAY, most * DAY) if own.random() < S.BENT_WITHIN[bent] else own.randrange(most * DAY, last * DAY)
    delivered = text(talk.at - since)
    made.facts["order_age"] = {"value": delivered, "at": text(talk.at - MINUTE)}
    for name in (name for _, name, _ in talk.answers):
        line = next(each for _, each in reversed(talk.out) if each.get("decision_id") == name)
        if "order_age" in line["facts"]:
            line["facts"]["order_age"]["value"] = delivered
