"""A hundred and twenty days of Larkspur: customers approach, come back, and leave, in the order of time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random

from ourword.demo.company import stories as S
from ourword.demo.company.approach import Matter, approach, come_back_to_the_same
from ourword.demo.company.clock import DAY, HOUR, starts
from ourword.demo.company.contact import Contact
from ourword.demo.company.people import Customer, customers, known, seen
from ourword.demo.company.talk import Talk, Written

_CONTACTS_A_MATTER = 1.21
_APPROACHES_MAX = 4


@dataclass(slots=True)
class Life:
    """All that happened by `now`, and what is true of it."""

    now: int
    first: int
    customers: list[Customer]
    contacts: list[Contact] = field(default_factory=list)
    written: Written = field(default_factory=list)


def live(*, now: int, seed: int, days: int, contacts: int) -> Life:
    """Let the company live up to *now* (seconds since 1970)."""
    chance, first = Random(seed), now - days * DAY
    life = Life(now, first, customers(chance, count=max(20, contacts * 2 // 3), first=first))
    waiting: list[tuple[int, int, Matter | None, int]] = [
        (at, number, None, 0) for number, at in enumerate(starts(chance, first=first, now=now, count=int(contacts / _CONTACTS_A_MATTER)))
    ]
    number = len(waiting)
    while waiting:
        at, order, matter, times = heapq.heappop(waiting)
        matter = matter or _matter(chance, life, order)
        gone = matter.customer.left
        if gone is not None and gone <= at:
            continue
        again = _approach(chance, life, matter, at, times)
        if again is not None and again < now and times + 1 < _APPROACHES_MAX:
            number += 1
            heapq.heappush(waiting, (again, number, matter, times + 1))
    _tell(chance, life)
    return life


def _matter(chance: Random, life: Life, number: int) -> Matter:
    while (customer := life.customers[int(chance.random() * len(life.customers))]).left is not None:
        pass
    kind = chance.choices(tuple(S.KINDS), tuple(S.KINDS.values()))[0]
    if kind == "goodwill":
        if customer.apologies >= 2:
            kind = "refund"
        else:
            customer.apologies += 1
    return Matter(customer, kind, f"a-{customer.id[2:]}" if kind == "account_access" else f"L-{10_000 + number}")


def _approach(chance: Random, life: Life, matter: Matter, at: int, times: int) -> int | None:
    """One approach; gives the second at which the customer comes back with the same matter, if they do."""
    share = (at - life.first) / (life.now - life.first)
    name = f"k-{len(life.contacts) + 1:05}"
    true, talk = approach(chance, life.written, matter, contact=name, at=at, share=share, again=times > 0)
    life.contacts.append(true)
    again = _comes_back(chance, true, matter)
    if again is not None and _reopens(chance, life, true, talk, again):
        again = None
    if again is None:
        _may_leave(chance, true, matter.customer)
    return again


def _comes_back(chance: Random, true: Contact, matter: Matter) -> int | None:
    matter.money_missing = true.why.endswith("was not kept")
    if matter.money_missing:
        if chance.random() > 0.5:
            return None
        return max(true.ended, max(each.due for each in true.dues)) + chance.randint(3 * HOUR, 2 * DAY)
    roll, soon = chance.random(), S.COMES_BACK_SOLVED if true.solved else S.COMES_BACK_UNSOLVED
    if roll < soon:
        return true.ended + HOUR + min(int(chance.expovariate(1 / (1.8 * DAY))), 7 * DAY - 2 * HOUR)
    if not true.solved and roll < soon + S.COMES_BACK_LATER:
        return true.ended + chance.randint(8 * DAY, 21 * DAY)
    return None


def _reopens(chance: Random, life: Life, true: Contact, talk: Talk, at: int) -> bool:
    """One in ten comes back within the same contact."""
    if true.closed is None or at > true.closed + S.WINDOW_DAYS * DAY or at > life.now - 9 * DAY or chance.random() > 0.1:
        return False
    come_back_to_the_same(true, talk, at=at)
    return True


def _may_leave(chance: Random, true: Contact, customer: Customer) -> None:
    silent = S.SILENT_KIND in true.kinds and true.handled_by == "automation"
    likely = S.LEAVES_SILENTLY if silent else S.LEAVES_SOLVED if true.solved else S.LEAVES_UNSOLVED
    if chance.random() < likely:
        customer.left = true.ended + chance.randrange(HOUR, 3 * DAY)
        customer.said_so = not silent and chance.random() < 0.4


def _tell(chance: Random, life: Life) -> None:
    """Put everything in the order of its arrival, and forget what has not happened yet."""
    for each in life.customers:
        life.written.extend(known(each))
        life.written.extend(seen(each, chance, now=life.now))
    life.written = sorted((each for each in life.written if each[0] <= life.now), key=lambda each: each[0])
