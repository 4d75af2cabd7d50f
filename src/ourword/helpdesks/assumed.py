"""What was assumed of dates, clocks and letters where a file does not say it: asked where nothing proves it, and told beside every figure."""

from __future__ import annotations

from ourword.helpdesks.questions import Choice, Question
from ourword.helpdesks.shape import Answers, Look, Order
from ourword.outcomes.written import DAY, MONTH, both_days

FIRST = "first"
ASKED_FIRST = "Which comes first in your dates, the day or the month?"
FILES_MAX = 5


def first_question(look: Look) -> Question | None:
    """The question which comes first, with a date of the files read in both ways; `None` where every file proves it, or has no such date."""
    open_ones = [each for each in look.orders.values() if _is_open(each)]
    shown = next((each.either for each in open_ones if each.either), None)
    if not open_ones:
        return None
    order = open_ones[0]
    mixed = bool(order.day and order.month)
    words = both_days(shown[0]) if shown else None
    says = {DAY: f": `{shown[0]}` is {words[0]}", MONTH: f": `{shown[0]}` is {words[1]}"} if shown and words else {DAY: "", MONTH: ""}
    because = _mixed(order) if mixed else "no date of the file proves it" + (", and its clock has twelve hours" if order.guess == MONTH else "")
    choices = tuple(
        Choice(value=each, words=f"the {each}{says[each]}", guessed=each == order.guess, because=because if each == order.guess else "")
        for each in (DAY, MONTH)
    )
    return Question(id=FIRST, asked=ASKED_FIRST, choices=choices, several=False)


def _is_open(order: Order) -> bool:
    return not order.proven and bool(order.either or order.day)


def _mixed(order: Order) -> str:
    day, month = order.day or ("", ""), order.month or ("", "")
    return f"the file has both: `{day[0]}` in `{day[1]}`, `{month[0]}` in `{month[1]}`"


def assumed(look: Look, answers: Answers) -> tuple[str, ...]:
    """What stands behind every moment and every text that was read, one sentence each."""
    found = [_order(name, order, answers) for name, order in look.orders.items() if order.proven or _is_open(order)]
    if look.bare:
        which = ", ".join(look.bare[:FILES_MAX]) + (f" and {len(look.bare) - FILES_MAX:,} more" if len(look.bare) > FILES_MAX else "")
        found.append(f"{which}: the times name no zone, and are read as {answers.zone}")
    return (*found, *look.letters)


def _order(name: str, order: Order, answers: Answers) -> str:
    if order.proven:
        value, column = (order.day if order.proven == DAY else order.month) or ("", "")
        return f"{name}: the {order.proven} comes first in dates, since `{value}` in `{column}` can be nothing else"
    first = answers.first or order.guess
    said = "as you said" if answers.first and answers.first != order.guess else "a guess: no date proves it"
    if order.day and order.month:
        said = f"though {_mixed(order)}: what does not fit is left out"
    shown = order.either or order.day or ("", "")
    words = both_days(shown[0])
    return f"{name}: the {first} is taken to come first in dates, {said}" + (
        f"; `{shown[0]}` in `{shown[1]}` is {words[first == MONTH]}" if words else ""
    )
