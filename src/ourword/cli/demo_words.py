"""What `ourword demo` says of Larkspur: the sentence, a table by kind, the bill, and how far each vendor's rule is from the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourword.cli.bars import OUTCOME_MARKS, percent, stacked
from ourword.cli.words import wrapped
from ourword.demo.held import Held
from ourword.figures.board import Board
from ourword.figures.summary import chosen, recounted
from ourword.outcomes.bill import Assumed, bill
from ourword.outcomes.intervals import Share
from ourword.outcomes.metrics import Row
from ourword.outcomes.recount import Recounted
from ourword.outcomes.staying import difference

SILENT = "left_silently_excess"
_CLAIMED_WIDTH, _BECAME_WIDTH, _ERROR_WIDTH = 12, 34, 24


def words(board: Board, *, days: int, assumed: Assumed) -> Iterator[str]:
    """The sentence, the table by kind with small bars, and the bill of the rule that is spoken of; within 80 columns."""
    yield f"Larkspur is a fictional shop. For {days} days automation answered its customers."
    yield ""
    yield from wrapped(sentence(board.recounted, board.customers_owed))
    yield ""
    yield f"{'':<15} {'called resolved':<18}  what became of it{'contacts':>{_BECAME_WIDTH - 16 + 7}}"
    for kind in ("*", *board.kinds):
        yield from _kind(kind, board)
    yield " " * 36 + "█ confirmed   ▒ quiet: we do not know"
    yield " " * 36 + "/ came back   x gave up   ! promise broken"
    first = chosen(board.recounted)
    if first is not None and first.billed is not None:
        yield ""
        yield from bill_in_short(first, assumed)


def sentence(rows: Sequence[Recounted], owed: int) -> str:
    """What a vendor's rule says, what was, and how many customers are owed."""
    customers = "nobody is" if not owed else "1 customer is" if owed == 1 else f"{owed:,} customers are"
    return f"{recounted(chosen(rows)).removesuffix('.')}; {customers} still owed what they were promised."


def _kind(kind: str, board: Board) -> Iterator[str]:
    claimed = board.row("claimed_resolution", kind)
    became = {name: board.row(name, kind) for name in OUTCOME_MARKS}
    if claimed is None or claimed.value is None:
        yield f"{_name(kind):<15} no data"
        return
    bar = "█" * round(claimed.value * _CLAIMED_WIDTH)
    shares = stacked([(mark, _share(became[name])) for name, mark in OUTCOME_MARKS.items()], _BECAME_WIDTH)
    yield f"{_name(kind):<15} {bar:<{_CLAIMED_WIDTH}} {percent(claimed.value):>5}  {shares} {claimed.n:>8,}"


def _name(kind: str) -> str:
    return "all" if kind == "*" else kind[:15]


def _share(row: Row | None) -> float:
    return 0.0 if row is None or row.value is None else row.value


def bill_in_short(row: Recounted, assumed: Assumed) -> Iterator[str]:
    """The bill's amounts, each from low to high; what is assumed is told by `ourword recount`."""
    found = bill(row, assumed)
    yield f"The bill by the rule `{row.rule}`, in {found.currency} (its assumptions: `ourword recount`)"
    for each in found.lines:
        if each.low or each.high:
            yield f"  {each.id.replace('_', ' '):<16} {_amount(each.low):>10} to {_amount(each.high):>10}   {each.count:>7,}"
    if found.low is not None and found.high is not None:
        yield f"  {'worth':<16} {_amount(found.low):>10} to {_amount(found.high):>10}"


def _amount(minor: int) -> str:
    return f"{minor / 100:,.0f}"


# ---- against the truth ---------------------------------------------------------------------------------------------


def truths(rows: Sequence[Held], board: Board, by_prompt: Board, *, timers: int) -> Iterator[str]:
    """How far each rule and our band are from the truth, in points; then which planted stories can be seen."""
    whole = [row for row in rows if row.kind == "*"]
    if whole:
        yield f"Only a made-up shop has the truth: automation alone solved {percent(whole[0].true)} of {whole[0].n:,}."
        for row in whole:
            bar = "█" * round(abs(row.error) / 100 * 2 * _ERROR_WIDTH)
            yield f"  {row.rule:<10} says {percent(row.says):>5}   {points(row.error):>11}  {bar}"
        yield from _band(whole[0])
        yield ""
    yield from stories(board, by_prompt, timers=timers)


def points(error: float) -> str:
    """An error in points, with its sign.

    >>> points(24.2), points(-4.0), points(0.2)
    ('+24 points', '−4 points', '0 points')
    """
    whole = round(abs(error))
    return f"{'' if not whole else '+' if error > 0 else '−'}{whole} point{'' if whole == 1 else 's'}"


def _band(row: Held) -> Iterator[str]:
    says = f"{row.low * 100:.0f} to {row.high * 100:.0f} %"
    yield f"  {'our band':<10} {says:>10}   {points(row.band_error):>11}"
    if row.band_error < -0.5:
        seen = "The rest was solved and looked otherwise: closed by a timer, back all the same. Nobody can see that, so we do not count on it."
        yield from wrapped(seen, first=" " * 13, then=" " * 13)


def stories(board: Board, by_prompt: Board, *, timers: int) -> Iterator[str]:
    """The planted stories that these figures show, and those that nobody looks for yet; *timers* truly gave up after a timer closed.

    Seen is only what can be told from chance: where an interval holds 0 too, the figures say nothing yet.
    """
    told = {
        "a": (_prompt(by_prompt), _apart(*(by_prompt.row("stayed_resolved", version=prompt) for prompt in ("p-77", "p-78")))),
        "b": (_invoice(board), _apart(*_pays(board))),
        "c": (_timers(board, timers), any(row.gave_up for row in board.recounted if row.kind == "*")),
        "d": (_silent(board), _more_than_none(board.row(SILENT, "price_match"))),
        "e": (_language(board), _apart(*_speaks(board))),
    }
    for heading, wanted in (("Planted, and seen already", True), ("Planted, and not to be told from chance yet", False)):
        if any(seen is wanted for _, seen in told.values()):
            yield heading
        for letter, text in ((letter, text) for letter, (text, seen) in told.items() if seen is wanted):
            yield from wrapped(text, first=f"  {letter}  ", then="     ")
    yield "Planted, and not looked for yet"
    yield "     a phrase that gets a person (f)"
    yield "Planted, and to be asked for"
    yield from wrapped("people bend a clause: `ourword bends` finds which one, and for whom", first="  g  ", then="     ")


def _apart(one: Row | None, other: Row | None) -> bool:
    """Whether two shares differ by more than chance: the interval of their difference leaves 0 out."""
    if one is None or other is None:
        return False
    found = difference(*(Share(row.n, row.value, row.low, row.high) for row in (one, other)))
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def _more_than_none(row: Row | None) -> bool:
    return row is not None and row.low is not None and row.low > 0


def _pays(board: Board) -> tuple[Row | None, Row | None]:
    return board.row("promise_broken", "refund", segment="payment=invoice"), board.row("promise_broken", "refund", segment="payment=card")


def _speaks(board: Board) -> tuple[Row | None, Row | None]:
    return board.row("stayed_resolved", segment="language=pl"), board.row("stayed_resolved", segment="language=de")


def _prompt(board: Board) -> str:
    claimed, stayed = (
        f"{_percent(board.row(name, version='p-77'))} to {_percent(board.row(name, version='p-78'))}"
        for name in ("claimed_resolution", "stayed_resolved")
    )
    return f"with prompt p-78 more is called resolved ({claimed}) and less stays so (at most {stayed})"


def _invoice(board: Board) -> str:
    pays = _pays(board)
    return f"refunds: a promise was broken to {_percent(pays[0])} of those who pay by invoice, {_percent(pays[1])} by card"


def _timers(board: Board, timers: int) -> str:
    whole = [row for row in board.recounted if row.kind == "*"]
    most = max(whole, key=lambda row: (row.gave_up, row.rule), default=None)
    return f"{most.gave_up:,} contacts that `{most.rule}` counts were given up (the truth: {timers:,} by a timer's close)" if most else "no data"


def _silent(board: Board) -> str:
    """The excess over customers whom people served, with its interval; nobody is told apart who has no usual yet."""
    row = board.row(SILENT, "price_match")
    if row is None or row.value is None or row.low is None or row.high is None:
        return "leaving without a word after a price: no data"
    return (
        f"after a price decided by automation {row.value * 100:.0f} points more leave without a word than after one decided by people "
        f"({row.low * 100:.0f} to {row.high * 100:.0f})"
    )


def _language(board: Board) -> str:
    speak = _speaks(board)
    reach = [board.row("reached_a_person", segment=f"language={name}") for name in ("pl", "de")]
    stayed = f"at most {_percent(speak[0])} stayed resolved, German {_percent(speak[1])}"
    return f"Polish speakers: {stayed}; of those who ask for a person {_percent(reach[0])} reach one, German {_percent(reach[1])}"


def _percent(row: Row | None) -> str:
    return percent(None if row is None else row.value)
