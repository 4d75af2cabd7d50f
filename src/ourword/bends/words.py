"""Bends in words: the same sentences in the terminal and on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ourword.bends.counted import most
from ourword.bends.drafted import Drafted
from ourword.bends.report import Bends, Clause
from ourword.contract.metrics import metric_words
from ourword.contract.words import listed
from ourword.core.money import money_text
from ourword.figures.summary import interval, percent
from ourword.gate.bent import Money
from ourword.outcomes.intervals import Share
from ourword.outcomes.sides import Fate

_WOULD = {"refuse": "refuse {n}", "ask": "ask first about {n}", "amend": "change {n}", "allow": "allow {n}"}
UNLIKE = "Who asks for a person is not like who does not, and people choose for whom they bend: the difference need not come from the clause."
NEVER_BY_ITSELF = "Nothing is changed by this: a contract changes when those whom it names sign a new version."


def headline(of: Bends) -> str:
    """What the contract would do to customers for whom people bend it, in a sentence or two."""
    if not of.decided:
        return "No decision that a person took is recorded here, so nothing can be held beside what is written."
    if not of.granted:
        return f"None of the {of.decided:,} decisions that people took grants more than is written."
    written: Counter[str] = Counter()
    for each in of.clauses:
        if each.bent.way == "granted":
            written[each.bent.written] += each.bent.n
    would = listed([_WOULD[answer].format(n=f"{count:,}") for answer, count in written.most_common()])
    monthly = "" if of.a_month is None else f", about {of.a_month:,.0f} a month"
    if handed := _handed(of):
        rest = f"automation would hand {'all' if handed == of.granted else f'{handed:,}'} of them to a person"
        return f"As written, the clauses {would} that your people granted{monthly}, and {rest}; {_concentrated(of)}."
    return f"As written, automation would {would} that your people granted{monthly}; {_concentrated(of)}."


def _handed(of: Bends) -> int:
    """How many of the granted automation would not have answered by itself."""
    return sum(each.bent.handed_over for each in of.clauses if each.bent.way == "granted")


def _concentrated(of: Bends) -> str:
    found = most(each.bent for each in of.clauses)
    assert found is not None, "something was granted"
    number, share = found
    name = "one clause makes" if number == 1 else f"{number} clauses make"
    return f"{name} all of them" if share == 1 else f"{name} {percent(share)} of them"


def left_out(of: Bends) -> Iterator[str]:
    """What is not counted, and what cannot be known, a sentence each."""
    if of.passed_on:
        did = "1 answer of a person did" if of.passed_on == 1 else f"{of.passed_on:,} answers of people did"
        yield f"{did} not stand: it is with an owner or somebody else, whose answer is awaited, and who then decides the matter."
    if of.asked:
        did = "In 1 matter a person" if of.asked == 1 else f"In {of.asked:,} matters a person"
        yield f"{did} asked something back, and nobody has decided since: a question grants nothing and refuses nothing."
    if of.erased:
        yield f"{of.erased:,} decisions are of customers who were erased: their facts are gone."
    if of.unlisted:
        yield f"{of.unlisted:,} decisions are of a contract or a kind that this contract does not have."
    if of.unreadable:
        yield f"{of.unreadable:,} decisions cannot be read by this contract: what the person changed does not fit it."
    if handed := _handed(of):
        why = "another clause, the rights of the kind, the holdout or a boundary calls one"
        yield f"Of the granted, automation would have handed {handed:,} to a person by itself: {why}."
    acted = sum(each.bent.acted for each in of.clauses)
    if acted:
        yield f"{acted:,} are known by what a person did (`action.executed`), without an answer or a reason."
    yield "What people did elsewhere, without an answer or an event, is not known."
    if not of.followed:
        yield "No event was handed in, so what became of these customers is not known."


def clause_words(each: Clause) -> str:
    """A clause, the way in which it is bent, and how often, in a sentence."""
    bent = each.bent
    way, towards = ("granted", "to") if bent.way == "granted" else ("withheld", "from")
    asked = bent.n + bent.kept
    return (
        f"{bent.about.kind}/{bent.about.clause} says {bent.written}; people {way} it {bent.n:,} {_times(bent.n)} in {asked:,} "
        f"({percent(bent.n / asked)}), {towards} {bent.customers:,} customer{'' if bent.customers == 1 else 's'}{_amounts(each)}."
    )


def _times(n: int) -> str:
    return "time" if n == 1 else "times"


def _amounts(each: Clause) -> str:
    bent = each.bent
    without = f" (of {bent.without_amount:,} no amount is known)" if bent.without_amount and bent.amounts else ""
    if not bent.amounts or all(money.minor == 0 for money in bent.amounts):
        return "; no amount is known" if bent.without_amount else ""
    return f", {amounts(bent.amounts)}{' less than is written' if bent.way == 'withheld' else ''}{without}"


def amounts(some: Iterable[Money]) -> str:
    """Amounts as people read them, each currency by itself.

    >>> amounts((Money(2425685, "EUR"), Money(100, "USD")))
    '24,256.85 EUR and 1.00 USD'
    """
    return listed([_grouped(money_text(each.minor, each.currency)) for each in some])


def _grouped(text: str) -> str:
    number, currency = text.split(" ")
    whole, point, part = number.partition(".")
    return f"{int(whole):,}{point}{part} {currency}"


def reasons(each: Clause) -> Iterator[tuple[str, int]]:
    """The reasons that people gave and how often, with what is left."""
    yield from each.bent.reasons
    if each.bent.other_reasons:
        yield "other reasons", each.bent.other_reasons
    if each.bent.without_reason:
        yield "no reason was given", each.bent.without_reason


def fate_words(fate: Fate) -> tuple[str, str, str]:
    """A share, its interval and its n, as words; no data says so.

    >>> fate_words(Fate("came_back", Share(0, None, None, None), 3))
    ('no data', '', '')
    """
    found = fate.found
    return percent(found.value), interval(found.low, found.high), f"{found.n:,}" if found.n else ""


def metric_name(name: str) -> str:
    """A metric in words."""
    return metric_words(name)


def drafted_words(of: Drafted) -> Iterator[str]:
    """How a drafted condition was found, how well it does, and whom it would cover."""
    told, covered = of.told, of.covered
    if told is None or covered is None:
        yield f"No change of `{of.clause}` is drafted: {of.why_not}."
        return
    yield (
        f"One fact tells them apart: `{told.when}`. Found among half of the customers; among the others people bent it for "
        f"{_of(told.holds)} where it holds and for {_of(told.fails)} where it does not."
    )
    yield (
        f"As below, `{of.clause}` would allow {covered.bends:,} of the {covered.of_bends:,} that people granted, {covered.kept:,} of the "
        f"{covered.of_kept:,} that they did not grant, and {covered.alone:,} of {covered.of_alone:,} on which automation decided and nobody looked"
        f"{f' ({amounts(covered.alone_amounts)})' if covered.alone_amounts else ''}."
    )
    yield "Not known: whether people would grant these too, what they go by that is no fact here, and what customers do once all may count on it."


def place_words(of: Drafted) -> str:
    """Where the drafted clauses go.

    >>> place_words(Drafted(contract="care", kind="refund", clause="late"))
    'in place of `late`, in decisions.refund.clauses'
    """
    if not of.row:
        return f"in place of `{of.clause}`, in decisions.{of.kind}.clauses"
    return f"below decisions.{of.kind}.clauses of the contract; the row `{of.clause}` ({of.row}) goes out of its table"


def _of(share: Share) -> str:
    return f"{percent(share.value)} ({interval(share.low, share.high)}) of {share.n:,}"
