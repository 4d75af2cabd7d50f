"""How a choice stands beside what happens: said in sentences, judged only where the contract's limit and the figures are of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from ourword.bends.counted import About, Bent
from ourword.choices.holding import Held
from ourword.choices.shown import OnTheTable
from ourword.contract.model import Amount, Choice
from ourword.contract.words import listed, many
from ourword.core.money import money_text
from ourword.core.span import Span
from ourword.figures.summary import interval, percent
from ourword.gate.say import duration_words
from ourword.outcomes.bill import Bill
from ourword.outcomes.intervals import Share, share, sums_of

Stands = Literal["met", "missed", "not proved yet", "too few to say", "not measured", "open", "overdue"]
FEW = 30
"""With fewer decisions or contacts no choice is judged, whatever its interval: by Wilson's, 1 of 1 would be at least 20.7 % for certain."""
CLOCK = "By the clock: nights and weekends count."
_COSTS = {"came_back": "customers who came back", "repairs": "repairs of promises"}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A choice, and what happens."""

    name: str
    chosen: str = ""
    """What comes first; empty while it is open."""
    limit: str = ""
    """At what cost, as the contract says it."""
    stands: Stands
    happens: tuple[str, ...]
    """Sentences; the first is the one that is judged."""
    by: str = ""
    until: str = ""
    """Of an open choice: who owes it, and until when."""
    counted: str = ""
    """What it was judged by: `5,504 decisions`; empty where it was not."""

    @property
    def between(self) -> tuple[str, str]:
        """The two that pull apart.

        >>> Standing(name="speed_or_fairness", stands="open", happens=()).between
        ('speed', 'fairness')
        """
        first, _, second = self.name.partition("_or_")
        return first, second


def undecided(choice: Choice, today: date) -> Standing | None:
    """A choice that nobody has made: by whom it is owed, and whether its day has passed."""
    if choice.open is None:
        return None
    overdue = choice.open.until < today
    what = f"It was to be decided until {choice.open.until}, and is not." if overdue else f"To be decided until {choice.open.until}."
    stands: Stands = "overdue" if overdue else "open"
    return Standing(name=choice.name, stands=stands, happens=(what,), by=choice.open.by, until=str(choice.open.until))


def decided(choice: Choice, stands: Stands, *happens: str, counted: str = "") -> Standing:
    """A choice that was made; *counted* says by what it was judged."""
    said = tuple(filter(None, happens))
    return Standing(name=choice.name, chosen=choice.choose, limit=limit_words(choice), stands=stands, happens=said, counted=counted)


def limit_words(choice: Choice) -> str:
    """At what cost, as the contract says it."""
    words = {"give_up": "giving up at most {}", "at_most": "at most {}", "rate": "at a rate of {}"}
    return ", ".join(words[key].format(_limit(value, is_share=key != "rate")) for key, value in choice.limits.items())


def _limit(value: str | float | Amount | Span, *, is_share: bool) -> str:
    if isinstance(value, Amount):
        return money_text(value.minor, value.currency) + (f" per {value.per}" if value.per else "")
    return (
        percent(value, 0 if round(value * 100, 6).is_integer() else 1)
        if isinstance(value, float) and is_share
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


# ---- one reader each -------------------------------------------------------------------------------------------------


def waiting_time(choice: Choice) -> int | None:
    """The time (µs) that a choice for fairness gives up, where it says one that a clock can measure."""
    limit = choice.limits.get("give_up")
    size = limit.nanoseconds if isinstance(limit, Span) else None
    return None if size is None else size // 1000


def speed_or_fairness(choice: Choice, held: Held | None, asked: Held | None = None, *, handed: int = 0) -> Standing:
    """What is on hold for a person, and how long, against the time that is given up; what is *asked* waits for customers, and is told.

    *handed* is how many decisions the ledger says were handed to a person: without them there is nothing to hear of.
    """
    questions = _asked(asked)
    if held is None or not held.n:
        heard = (
            f"{many(handed, 'decision')} {'was' if handed == 1 else 'were'} handed to a person, and no event tells when one answered"
            if handed
            else "No decision was handed to a person"
        )
        return decided(choice, "not measured", f"{heard}: no data.", questions)
    most, limit = waiting_time(choice), choice.limits.get("give_up")
    lost = f"Of {held.lost:,} nobody can say: they name no contact." if held.lost else ""
    closed = f"{held.closed:,} were closed before anybody answered." if held.closed else ""
    waits = f"Of {held.n:,} decisions handed to a person {held.answered:,} were answered"
    if held.median is not None and held.longest is not None:
        waits += f": half of them within {lasting(held.median)}, the longest after {lasting(held.longest)}"
    now = f"{held.waiting:,} wait now, the longest for {lasting(held.oldest)}." if held.oldest is not None else "Nobody waits now."
    if most is None:
        why = "The contract says no time to hold it against." if limit is None else f"`give_up: {limit}` is no time that a clock measures."
        return decided(choice, "not measured", f"{waits}.", now, closed, lost, questions, why)
    if held.longer.value is None:
        return decided(choice, "not measured", f"{waits}.", now, closed, lost, questions, "It is too early to hold them against the time given up.")
    late = f"{_of(held.longer)} waited longer than {limit}, or were never answered."
    stands: Stands = "too few to say" if held.longer.n < FEW else "missed" if held.longer.value else "met"
    return decided(choice, stands, late, f"{waits}.", now, closed, lost, questions, CLOCK, counted=many(held.longer.n, "decision"))


def _asked(asked: Held | None) -> str:
    if asked is None or not asked.n:
        return ""
    after = f", half of them within {lasting(asked.median)}" if asked.median is not None else ""
    first = f"Of {asked.n:,} that were asked of the customer first {asked.answered:,} were decided after{after}"
    return f"{first}; {asked.closed:,} were closed before, {asked.waiting:,} wait for the customer."


def consistency_or_discretion(choice: Choice, counts: Sequence[tuple[int, int]], bent: Sequence[Bent]) -> Standing:
    """How often people decide otherwise than the clauses, against the share that is allowed; *counts*: by customer, departures and all."""
    found = share(sums_of(counts))
    if found.value is None:
        return decided(choice, "not measured", "No person has decided where a clause says something: no data.")
    said = f"People departed from the clauses in {_of(found, 'decision')} in which these say something."
    where = _unlike(bent)
    limit = choice.limits.get("at_most")
    if not isinstance(limit, float):
        return decided(choice, "not measured", said, where, "The contract says no share to hold it against: `at_most: 10%`.")
    assert found.low is not None, "a share has an interval"
    assert found.high is not None, "a share has an interval"
    stands: Stands = "met" if found.high <= limit else "missed" if found.low > limit else "not proved yet"
    return decided(choice, "too few to say" if found.n < FEW else stands, said, where, counted=many(found.n, "decision"))


def _unlike(bent: Sequence[Bent]) -> str:
    """Where customers of one clause are decided in more than one way, most; one that is always departed from treats all alike."""
    ways: dict[About, list[Bent]] = defaultdict(list)
    for each in bent:
        ways[each.about].append(each)
    if not ways:
        return ""
    of = max(ways, key=lambda about: (_split(ways[about]), sum(each.n for each in ways[about])))
    name, some, kept = f"`{of.kind}/{of.clause}`", ways[of], ways[of][0].kept
    gone = listed(
        [
            f"{each.way} {_times(each.n)} {'to' if each.way == 'granted' else 'from'} {each.customers:,} customer{'' if each.customers == 1 else 's'}"
            for each in some
        ]
    )
    if _split(some):
        return f"Like customers are decided unlike most by {name}: {gone}, kept to {_times(kept)} (`ourword bends`)."
    return f"By no clause are like customers decided unlike, as far as people decided: {name} was {gone} and never kept to (`ourword bends`)."


def _split(some: Sequence[Bent]) -> float:
    """How far the decisions by one clause are from all being one way: 0 where they are."""
    counts = [some[0].kept, *(each.n for each in some)]
    return 1 - max(counts) / sum(counts)


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n:,} times"


def revenue_or_advocacy(choice: Choice, table: OnTheTable) -> Standing:
    """In how many decisions something better for the customer was there and never shown; the rate itself is not read off them yet."""
    rate = "What one is worth in the other (`rate`) is not worked out yet: it needs choices that differ in nothing else." if choice.limits else ""
    if not table.decisions:
        return decided(choice, "not measured", "No decision says which options there were (`options`): no data.", rate)
    if table.never_shown.value is None:
        return decided(
            choice, "not measured", f"{many(table.decisions, 'decision')} with options, and of none is it known what all were worth.", rate
        )
    said = f"In {_of(table.never_shown, 'decision')} with options one that was worth more to the customer was never shown."
    unknown = f"Of {table.unknown:,} more it is not known: an amount is missing, or currencies differ." if table.unknown else ""
    return decided(choice, "not measured", said, unknown, rate)


def efficiency_or_trust(choice: Choice, bill: Bill | None, contacts: int) -> Standing:
    """What lost trust costs a contact (come-backs, repairs), against what is given up for trust."""
    limit = choice.limits.get("give_up")
    lines = [] if bill is None else [line for line in bill.lines if line.id in _COSTS]
    if bill is None or not lines or not contacts:
        return decided(choice, "not measured", "What a come-back or a repair costs, nobody has said (`ourword recount --assume`): no data.")
    low, high = (-sum(getattr(line, end) for line in lines) / contacts for end in ("high", "low"))
    named = " and ".join(_COSTS[line.id] for line in lines)
    amount = f"{low / 100:,.2f}" if low == high else f"{low / 100:,.2f} to {high / 100:,.2f}"
    said = f"{named[:1].upper()}{named[1:]} cost {amount} {bill.currency} a contact, by the bill of `{bill.rule}` over {many(contacts, 'contact')}."
    if not isinstance(limit, Amount) or limit.per != "contact":
        return decided(choice, "not measured", said, "The contract says no amount per contact to hold it against.")
    if limit.currency != bill.currency:
        return decided(choice, "not measured", said, f"You would give up {limit_words(choice).removeprefix('giving up at most ')}: another currency.")
    least, most, given = low / 100, high / 100, float(money_text(limit.minor, limit.currency).split(" ")[0])
    stands: Stands = "missed" if least > given else "met" if most <= given else "not proved yet"
    why = {
        "missed": "That is more than you would give up to keep trust: what is saved is paid for with it.",
        "met": "That is no more than you would give up.",
        "not proved yet": "What you would give up lies between the two.",
    }[stands]
    return decided(choice, "too few to say" if contacts < FEW else stands, said, why, counted=many(contacts, "contact"))


def lasting(micros: int) -> str:
    """A length as people read it.

    >>> lasting(3_600_000_000), lasting(90_000_000_000)
    ('1 hour', '1 day 1 hour')
    """
    return duration_words(micros * 1000, "en")


def _of(found: Share, noun: str = "") -> str:
    return f"{percent(found.value, 1)} ({interval(found.low, found.high, 1)}) of {many(found.n, noun) if noun else f'{found.n:,}'}"
