"""What the figures of a home say, in sentences: the same in the terminal, on the pages and in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ourword.contract.metrics import metric_words
from ourword.core.time import day_in_words
from ourword.figures.board import Board
from ourword.ledger.settle import DUE, Standing
from ourword.outcomes.intervals import Share
from ourword.outcomes.metrics import Row
from ourword.outcomes.narrowing import Narrowed
from ourword.outcomes.recount import Recounted
from ourword.outcomes.vendors import LACKING, OWN, rule_of

OUTCOME_WORDS = {
    "confirmed": "confirmed by the customer",
    "quiet": "quiet: we do not know",
    "came_back": "came back",
    "gave_up": "gave up",
    "promise_broken": metric_words("promise_broken"),
}
"""The outcomes in the order in which they are shown: from what we know went well to what we know went wrong."""


def of_all(found: Mapping[str, Row | Share]) -> dict[str, float]:
    """What is known to have become of all contacts that ended, as parts of them: they sum to 1.

    *Came back* alone is counted among fewer, those of which a return would be seen.

    >>> of_all({"quiet": Share(4, 0.75, None, None), "came_back": Share(2, 0.5, None, None), "gave_up": Share(0, None, None, None)})
    {'quiet': 0.75, 'came_back': 0.25}
    """
    every = found["quiet"].n
    known = ((name, found[name]) for name in OUTCOME_WORDS if name in found)
    return {name: each.value if each.n == every else each.value * each.n / every for name, each in known if each.value is not None}


def outcome_words(outcome: str) -> str:
    """An outcome as people read it.

    >>> outcome_words("still_open"), outcome_words("came_back")
    ('open, or too early to tell', 'came back')
    """
    return f"open, or {TOO_EARLY}" if outcome == "still_open" else OUTCOME_WORDS.get(outcome, outcome.replace("_", " "))


TOO_EARLY = "too early to tell"
"""A contact whose window is not over; "still open" said it of tickets that were closed five days ago."""


def waiting_words(board: Board, *, zone: str = "UTC") -> str:
    """Of how many contacts it is too early to tell, and how many nobody closed; empty where of none."""
    early = board.still_open - board.never_closed
    days, until = board.made.asked.window_days, "the last event" if board.as_of is None else day_in_words(board.as_of, zone)
    due = ", or a promise made in them has not fallen due" if board.promises else ""
    told = [f"{TOO_EARLY} of {early:,}: closed or last heard of less than {days} days before {until}{due}"] if early else []
    one, many = "1 was never closed, and nothing else is known of it", "were never closed, and nothing else is known of them"
    never = {0: [], 1: [one]}.get(board.never_closed, [f"{board.never_closed:,} {many}"])
    return "; ".join((*told, *never))


def percent(value: float | None, digits: int = 0) -> str:
    """A share as people read it; no data says so, and a share that is not all or nothing is never rounded to it.

    >>> percent(0.391), percent(0.9996, 1), percent(None), percent(1.0)
    ('39 %', 'over 99.9 %', 'no data', '100 %')
    """
    if value is None:
        return "no data"
    step = 10**-digits
    shown = f"{value * 100:.{digits}f}"
    if value < 1 and float(shown) >= 100:
        return f"over {100 - step:.{digits}f} %"
    if value > 0 and float(shown) <= 0:
        return f"under {step:.{digits}f} %"
    return f"{shown} %" if 0 < value < 1 else f"{value * 100:.0f} %"


def interval(low: float | None, high: float | None, digits: int = 0) -> str:
    """An interval beside a share, in per cent.

    >>> interval(0.18, 0.2), interval(None, None)
    ('18 to 20', '')
    """
    return "" if low is None or high is None else f"{low * 100:.{digits}f} to {high * 100:.{digits}f}"


NOT_WATCHED = "no promise is known, and no contract says what to watch"
"""Why nothing needs anybody in a home that an export filled: a good day it is not for that."""
UNWATCHED = f"Whether anything was promised and not kept nobody can say here: {NOT_WATCHED}."
"""What is said of it instead."""


def our_word(board: Board, *, needing: int = 0) -> str:
    """The sentence of *Our word*: promises since last Monday, signals that need an answer, customers whom we owe; each with its span."""
    return said(
        lately(board),
        _monday(board),
        needing=needing,
        broken=sum(each.owed for each in board.promises),
        customers=board.customers_owed,
        listed=len(board.owed),
        longest=board.owed[0].due if board.owed else None,
    )


def said(fell: Mapping[str, int], since: str, *, needing: int, broken: int, customers: int, listed: int, longest: int | None) -> str:
    """The same of promises that *fell* due since then, of how many signals wait, of whom we owe; *longest*: since when (µs since 1970)."""
    waiting = {0: "Nothing needs an answer", 1: "One signal needs an answer"}.get(needing, f"{needing:,} signals need an answer")
    return f"{fell_since(fell, since)} {waiting}; {_owed(broken, customers, listed, longest)}."


def lately(board: Board) -> dict[str, int]:
    """How the promises stand that fell due since last Monday, all sorts together."""
    counted: Counter[str] = sum((Counter(each.since_monday) for each in board.promises), Counter())
    return {each.value: counted[each] for each in DUE}


def since_monday(board: Board) -> str:
    """How many promises that fell due since last Monday were kept."""
    return fell_since(lately(board), _monday(board))


def _monday(board: Board) -> str:
    return f"Monday, {day_in_words(board.monday_named)}" if board.monday_named is not None else "last Monday"


def fell_since(fell: Mapping[str, int], since: str) -> str:
    """How many of the promises that fell due since then were kept; an unknown one is never counted as kept."""
    due = sum(fell.values())
    if not due:
        return f"No promise has fallen due since {since}."
    return f"Since {since}, we kept {percent(fell.get(Standing.KEPT, 0) / due, 1)} of the {due:,} promise{'' if due == 1 else 's'} that fell due."


def waited(days: int) -> str:
    """How long something has waited.

    >>> waited(0), waited(1), waited(12)
    ('since today', 'for a day', 'for 12 days')
    """
    return {0: "since today", 1: "for a day"}.get(days, f"for {days:,} days")


def _owed(broken: int, customers: int, listed: int, longest: int | None) -> str:
    if not broken:
        return "no customer is owed a broken promise"
    least = "at least " if broken > listed else ""
    since = "" if longest is None else f", the longest since {day_in_words(longest)}"
    return f"{least}{customers:,} customer{' is' if customers == 1 else 's are'} still owed something{since}"


def stayed(board: Board, *, zone: str = "UTC") -> str:
    """The band of what stayed resolved, of all contacts that ended; that no event tells of it; or that nothing can be said yet."""
    early = f" {_begun(waiting_words(board, zone=zone))}." if board.still_open else ""
    confirmed, band = board.row("confirmed"), board.row("stayed_resolved")
    return stayed_resolved(confirmed, band, board.made.asked.window_days, followed=board.followed, early=early, recent=_recent(board))


def _recent(board: Board) -> bool:
    """Whether some have ended of which it is too early to tell: then those counted are not all that ended."""
    return board.still_open > board.never_closed


def stayed_resolved(confirmed: Row | None, band: Row | None, days: int, *, followed: int = 0, early: str = "", recent: bool = False) -> str:
    """The same from its two ends: *confirmed*, and *confirmed or quiet*; of so many *followed* a return would be seen.

    *early*: of how many it is too early to tell, where that is known better than as a share; *recent*: whether some of these have ended.
    """
    said = _stayed(confirmed, band, days, followed=followed, recent=recent)
    if band is None or band.value is None:
        return f"{said}{early}"
    waiting = early or f" Of {percent(band.immature)} of all contacts it is {TOO_EARLY}: not over for {days} days." if band.immature else ""
    seen = f" Of {followed:,} a return would have been seen: they name a customer and a matter." if 0 < followed < band.n else ""
    return f"{said}{seen}{waiting}"


def reached(board: Board) -> str:
    """Of how many contacts a person took part, where that is seen; empty else. Who wished for one is another question, which exports rarely answer.

    It is what `containment` leaves over: a contact that a machine alone handled reached nobody.
    """
    alone = board.row("containment")
    if alone is None or alone.value is None or alone.low is None or alone.high is None:
        return ""
    said = f"{percent(1 - alone.value)} ({percent(1 - alone.high)} to {percent(1 - alone.low)}) reached a person"
    asked = board.row("reached_a_person")
    wished = "; who asked for one, no event says" if asked is None or asked.value is None else ""
    return f"Of {alone.n:,} closed contact{'' if alone.n == 1 else 's'} of which it is known who handled them, {said}{wished}."


def stayed_alone(board: Board) -> str:
    """The band in one sentence, to stand first where nothing is watched."""
    confirmed, band = board.row("confirmed"), board.row("stayed_resolved")
    return _stayed(confirmed, band, board.made.asked.window_days, followed=board.followed, recent=_recent(board))


def _stayed(confirmed: Row | None, band: Row | None, days: int, *, followed: int, recent: bool) -> str:
    if confirmed is None or band is None or band.value is None:
        return f"No data: no contact has been closed for {days} days."
    least = confirmed.value or 0.0  # where no yes could be heard nothing is known to be confirmed
    ended, kept = (f"ended and {{}} watched for {days} days", "stayed resolved") if recent else ("ended", f"stayed resolved for {days} days")
    contacts = f"Of all {band.n:,} contacts that {ended.format('were')}" if band.n > 1 else f"Of the one contact that {ended.format('was')}"
    if _tells_nothing(least, band.value):
        none = f"none came back within {days} days; {NOBODY_SAYS}"
        return f"{contacts} {none if followed else f'nobody can say how many stayed resolved: {NOTHING_SEEN}'}."
    if confirmed.value is None:
        return f"{contacts}, at most {percent(band.value)} {kept}; {NOT_ASKED}."
    return f"{contacts}, between {percent(least)} and {percent(band.value)} {kept}."


NOTHING_SEEN = "no event says that a customer confirmed it, came back or gave up, or that a promise was late or broken"
"""What a band from 0 to 100 % means."""
NOT_ASKED = "how many nobody can say, since no event says that a customer confirmed it"
"""What is said where no yes could be heard: that none confirmed is no lower end."""
NOBODY_SAYS = "whether they were solved nobody can say, since no event says that a customer confirmed it"
"""What it means where returns are seen, and there were none."""


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _tells_nothing(low: float, high: float) -> bool:
    return low <= 0 and high >= 1


def chosen(rows: Iterable[Recounted], name: str = "") -> Recounted | None:
    """The rule that every door speaks of first, over all kinds: the one named, else the dearest, else the one that claims most."""
    whole = [each for each in rows if each.kind == "*" and each.n]
    named = next((each for each in whole if each.rule == name), None)
    return named or max(whole, key=lambda each: (each.billed or 0, each.claimed, each.rule), default=None)


def spoken_of(rows: Iterable[Recounted], vendor: str) -> Recounted | None:
    """The rule to speak of to a company whose vendor is known: the vendor's where it has a rule that claims anything, else the company's own claim.

    Where nothing is known of the company, the one that every door speaks of.
    """
    listed = list(rows)
    if not vendor:
        return chosen(listed)
    first = chosen(listed, OWN if rule_of(vendor) is None else vendor)
    return first if first is None or first.claimed else chosen(listed, OWN)


def recount_words(board: Board, row: Recounted | None) -> str:
    """The sentence of the recount, the same at every door: narrower where quiet customers were called back."""
    days = board.made.asked.window_days
    return recounted(row, followed=board.followed, days=days, unseen=board.unseen, called=board.asked(), recent=_recent(board))


def recounted(
    row: Recounted | None, *, followed: int = 0, days: int = 7, unseen: Collection[str] = (), called: Narrowed | None = None, recent: bool = False
) -> str:
    """The same from its parts: the share of all closed contacts that a vendor would call resolved, and what of those is known.

    *followed*: of how many closed contacts a return within *days* would be seen; without any, that none came back says nothing.
    *unseen* could not be seen at all; *called*: what quiet customers said who were called back, in a rule that calls all that ended resolved.
    """
    if row is None:
        return "No data: no contact's window is over."
    rule = rule_of(row.rule)
    vendor = rule.vendor if rule else row.rule
    if not row.claimed:
        none = f"none of {row.n:,} contacts" if row.n > 1 else "the one contact not"
        return f"{vendor} would call {none} resolved: {why_none(row)}."
    of_those = f"the {row.claimed:,} contacts that it calls resolved" if row.claimed > 1 else "the one contact that it calls resolved"
    share = f"{percent(row.claimed / row.n)} resolved"
    if row.rule == OWN and row.claimed == row.n > 1:  # of a table of tickets it is always all: a ticket ends where the system says so
        share = f"that all {row.n:,} contacts that ended{f' and were watched for {days} days' if recent else ''} were resolved"
    return f"{vendor} would say {share}. Of {of_those}, {_known(row, followed, days, unseen, called)}."


def _known(row: Recounted, followed: int, days: int, unseen: Collection[str], called: Narrowed | None) -> str:
    low, high = row.confirmed / row.claimed, (row.confirmed + row.quiet) / row.claimed
    if called is not None and row.claimed == row.n:  # what was called back speaks of all that ended
        between = f"between {percent(called.asked.low)} and {percent(called.asked.high)} were"
        return f"{between}, by the {called.answered:,} quiet customer{'' if called.answered == 1 else 's'} who answered when called back"
    if _tells_nothing(low, high):
        return f"none came back within {days} days; {NOBODY_SAYS}" if followed else f"how many were nobody can say: {NOTHING_SEEN}"
    if known_count(row, "confirmed", unseen) is None:
        return f"at most {percent(high)} were; {NOT_ASKED}"
    return f"between {percent(low)} and {percent(high)} were"


def known_count(row: Recounted, outcome: str, unseen: Collection[str]) -> int | None:
    """How many of the claimed have an outcome; `None` where nothing here could show it.

    >>> row = Recounted(rule="x", kind="*", claimed=2, confirmed=0, quiet=2, came_back=0, gave_up=0, promise_broken=0, n=2,
    ...                 low=None, high=None, billed=0, unfollowed=2)
    >>> known_count(row, "quiet", ()), known_count(row, "came_back", ()), known_count(row, "gave_up", ["gave_up"])
    (2, None, None)
    """
    count: int = getattr(row, outcome)
    hidden = outcome in unseen or (outcome == "came_back" and row.unfollowed >= row.claimed > 0)
    return None if hidden and not count else count


def returns_seen(row: Recounted) -> str:
    """Of how many of the claimed a return would be seen; nothing where of all.

    >>> of = {"confirmed": 0, "quiet": 9, "came_back": 0, "gave_up": 0, "promise_broken": 0, "low": None, "high": None, "billed": None}
    >>> returns_seen(Recounted(rule="x", kind="*", claimed=9, n=9, unfollowed=4, **of))
    'of the 5 of which a return would be seen'
    """
    return f"of the {row.claimed - row.unfollowed:,} of which a return would be seen" if 0 < row.unfollowed < row.claimed else ""


def claiming_none(rows: Iterable[Recounted]) -> list[tuple[str, str]]:
    """The rules that claim none, named together where it is for the same reason, each with why."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if not row.claimed:
            rule = rule_of(row.rule)
            found.setdefault(why_none(row), []).append(rule.vendor if rule else row.rule)
    return [(", ".join(vendors), why) for why, vendors in found.items()]


OUR_ERROR = (
    "On a made-up shop, the only kind whose truth is known, this method's band missed the true share by 5 points, and the vendors' "
    "rules by 16 to 24 (Larkspur, read 2026-11-25)."
)
"""How far we are off ourselves, wherever a figure is forwarded: as `ourword demo` printed it that day.

No test holds it: look again when a metric changes.
"""


def why_none(row: Recounted) -> str:
    """Why a rule claims nothing.

    >>> why_none(Recounted(rule="x", kind="*", claimed=0, confirmed=0, quiet=0, came_back=0, gave_up=0, promise_broken=0, n=2,
    ...                    low=None, high=None, billed=0, lacking=("closed", "called_resolved")))
    'no event says that one was closed, and no event says that the source called one resolved'
    """
    reasons = [LACKING[each] for each in row.lacking]
    return ", and ".join(reasons) if reasons else "its conditions hold for none of them together"


def money(minor: int, currency: str = "") -> str:
    """Hundredths as an amount; cents are shown where there are some.

    >>> money(-350_000, "EUR"), money(99, "USD")
    ('-3,500 EUR', '0.99 USD')
    """
    text = f"{minor // 100:,}" if minor % 100 == 0 else f"{minor / 100:,.2f}"
    return f"{text} {currency}".rstrip()
