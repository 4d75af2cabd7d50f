"""Monday in words: the sentence that every form of it begins with, and the mail as plain text, which names counts and no customer."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ourword.contract.words import many
from ourword.core.time import datetime_from_instant
from ourword.figures.compared import KEPT, Change, Moved, Spans
from ourword.figures.summary import NOT_WATCHED, OUTCOME_WORDS, UNWATCHED, fell_since, percent, said, waited
from ourword.ledger.settle import DUE
from ourword.ledger.signal_words import in_words
from ourword.ledger.signals import Signal
from ourword.monday.gathered import Monday, Owes
from ourword.outcomes.target_words import figure
from ourword.outcomes.target_words import in_words as target_words

WIDTH = 78
"""Mail programs break lines that are longer."""
NO_CHANGE = "no change that can be told from chance"
FIGURE_WORDS = {
    **OUTCOME_WORDS,
    KEPT: "promises kept in time",
    "claimed_resolution": "called resolved",
    "reached_a_person": "asked for a person and reached one",
}
BY_CHANCE = 0.05
"""Of figures that did not change, so many look changed by their 95 % intervals."""
_DUE_WORDS = {"kept": "in time", "late": "late", "broken": "broken", "unknown": "not known"}


def subject(told: Monday) -> str:
    """What stands above a mail."""
    return f"Our word, {day(told.at, told.zone)}: {_needs(told)}"


def sentence(told: Monday) -> str:
    """What is said first."""
    if not told.needs_you and not told.is_watched:
        return UNWATCHED
    if not told.needs_you:
        return f"Nothing needs you. {fell_since(told.fell, since(told))}"
    longest = min((each.due for each in told.owed), default=None)
    owed = len(told.owed)
    return said(told.fell, since(told), needing=len(told.waiting), broken=owed, customers=told.customers_owed, listed=owed, longest=longest)


def since(told: Monday) -> str:
    """Since when, in words."""
    return day(told.since, told.zone) if told.asked_since else "last Monday"


def text(told: Monday) -> Iterator[str]:
    """The mail, within 78 columns: counts, and whose they are; no customer, no amount."""
    yield from _wrapped(sentence(told))
    yield ""
    yield from _wrapped(as_of(told))
    yield from (each for note in notes(told) for each in ("", *_wrapped(note)))
    for title, lines in (
        (f"What changed since {day(told.since, told.zone)}", _changed(told)),
        ("Whom we owe", _owed(told)),
        ("What waits, for whom, and for how long", _waits(told)),
    ):
        yield from ("", title, "-" * len(title))
        yield from (each for point in lines for each in _wrapped(point, first="- ", then="  "))


def as_of(told: Monday) -> str:
    """Under whose word, as of when, from how much."""
    contracts = ", ".join(told.contracts) or "No contract"
    events = many(told.events, "event") + ("" if told.last_event is None else f", the last of {minute(told.last_event, told.zone)}")
    return f"{contracts}. As of {minute(told.at, told.zone)} ({told.zone}), from {events}."


def notes(told: Monday) -> Iterator[str]:
    """What has to be known to read it."""
    if not told.is_watched and told.needs_you:
        yield f"Not watched: {NOT_WATCHED}."
    yield from told.gaps
    if told.waived:
        yield f"{many(told.waived, 'signal')} need{'s' if told.waived == 1 else ''} no answer yet: somebody said why, and until when."
    if told.late_events or told.late_entries:
        late = [many(told.late_events, "event")] * bool(told.late_events) + [many(told.late_entries, "entry", "entries")] * bool(told.late_entries)
        first = "" if told.told_first is None else f" on {minute(told.told_first, told.zone)}"
        verb = "has" if told.late_events + told.late_entries == 1 else "have"
        news = f"since then {' and '.join(late)} of that time {verb} arrived late"
        yield f"This was told first{first}; {news}, so some figures may not be those told then."
    if told.figures is not None and round((told.at - told.since) / 86_400_000_000) % 7:
        yield "The two spans compared hold different days of the week: on a Monday they are alike."


# ---- what changed ----------------------------------------------------------------------------------------------------


def _changed(told: Monday) -> Iterator[str]:
    yield fell_due(told)
    yield from (change_words(each) for each in figures_of(told) if each.told)
    yield from unchanged_words([each for each in figures_of(told) if each.kind == "*" and each.compared and not each.told])
    yield compared_words(told)
    yield from (moved_words(each) for each in (told.figures.moved if told.figures else ()))
    yield from (f"{turned.kind}, {turned.promise}: {turned_words(turned)}." for turned in told.turned)
    yield from signals_words(told)
    yield from (f"First seen: {each.what} {each.name}, on {day(each.since, told.zone)}." for each in told.seen)


def figures_of(told: Monday) -> tuple[Change, ...]:
    """All that is compared: promises, then contacts."""
    return (*told.kept, *(told.figures.changes if told.figures else ()))


def fell_due(told: Monday) -> str:
    """How the promises stand that fell due."""
    if not told.is_watched:
        return f"Promises: nobody can say, since {NOT_WATCHED}."
    due = sum(told.fell.values())
    if not due:
        return f"No promise has fallen due since {since(told)}."
    parts = [f"{told.fell[each]:,} {_DUE_WORDS[each]}" for each in DUE if told.fell.get(each)]
    return f"{many(due, 'promise')} fell due: {', '.join(parts)}."


def change_words(change: Change, named: Callable[[str], str] = str) -> str:
    """A figure that changed, in a line; *named* says how a kind is called."""
    kind = "" if change.kind == "*" else f"{named(change.kind)}, "
    low, high = points(change.difference.low), points(change.difference.high)
    then, now = (f"{percent(each.value, 1)} of {each.n:,}" for each in (change.then, change.now))
    return f"{kind}{_figure(change)}: {then} before, {now} now; {change.verdict}, by {low} to {high} points."


def unchanged_words(unchanged: Sequence[Change]) -> Iterator[str]:
    """The figures of all kinds together that did not change, in one breath."""
    if unchanged:
        parts = (f"{_figure(each)} {percent(each.then.value, 1)} before, {percent(each.now.value, 1)} now" for each in unchanged)
        yield f"N{NO_CHANGE[1:]}: {'; '.join(parts)}."


def _figure(change: Change) -> str:
    return FIGURE_WORDS[change.metric].partition(":")[0]


def points(difference: float | None) -> str:
    """A difference of shares in points, with its sign.

    >>> points(0.034), points(-0.1), points(None)
    ('+3.4', '−10.0', '—')
    """
    return "—" if difference is None else f"{'−' if difference < 0 else '+'}{abs(difference) * 100:.1f}"


def compared_words(told: Monday) -> str:
    """How many figures were compared, how many changed, and how many would look so by chance; or why none was."""
    if told.figures is None:
        return f"Contacts are not compared: {told.not_compared}."
    every = [each for each in figures_of(told) if each.compared]
    if not every:
        return "No figure has data on both sides."
    changed = sum(each.told for each in every)
    counted = f"{many(len(every), 'figure')} compared, {changed} changed; by chance alone about {round(len(every) * BY_CHANCE)} would look so."
    return f"{counted} {spans_words(told.figures.spans, told.zone)}"


def spans_words(spans: Spans, zone: str) -> str:
    """Which contacts are compared with which."""
    now, then = (f"from {minute(begins, zone)} to {minute(ends, zone)}" for begins, ends in _begun(spans))
    return f"Contacts: those that began {now}, beside those that began {then}; each was watched for {spans.window_days} days."


def _begun(spans: Spans) -> tuple[tuple[int, int], tuple[int, int]]:
    return (spans.now_from, spans.now_to), (spans.then_from, spans.now_from)


def moved_words(moved: Moved) -> str:
    """A target that stands otherwise."""
    return f"{moved.now.kind}: the target {target_words(moved.now)} was {moved.then.verdict}, and is {moved.now.verdict} ({figure(moved.now)})."


def turned_words(turned: object) -> str:
    """What became of the promises of one sort."""
    counts = [(getattr(turned, name), name) for name in ("broken", "repaired", "late")]
    words = {"broken": "newly broken", "repaired": "repaired", "late": "came late"}
    return ", ".join(f"{count:,} {words[name]}" for count, name in counts if count)


def signals_words(told: Monday) -> Iterator[str]:
    """New signals, those that came back, those that were answered."""
    for known, what in ((told.opened, "new"), (told.recurred, "back")):
        if known:
            yield f"{many(len(known), 'signal')} {'is' if len(known) == 1 else 'are'} {what}: {', '.join(each.id for each in known)}."
    yield from (f"Answered {each.id}: {each.said}, by {told.name(each.answered_by or '')}." for each in told.answered)


# ---- whom we owe, and what waits ---------------------------------------------------------------------------------------


def _owed(told: Monday) -> Iterator[str]:
    if not told.owed:
        yield owed_to_nobody(told)
    for (kind, promise), owes in by_sort(told.owed):
        customers = many(len({each.customer or each.decision for each in owes}), "customer")
        yield f"{kind}, {promise}: {many(len(owes), 'promise')} broken and not repaired, to {customers}; the longest for {length(owes[0].waited)}."
    if told.late:
        yield f"{many(len(told.late), 'promise')} came late since {since(told)}, the latest {length(told.late[0].waited)} after its time."


def owed_to_nobody(told: Monday) -> str:
    """What is said where nobody is known to be owed anything."""
    return "Nobody: no promise is broken and not repaired." if told.is_watched else f"Nobody can say: {NOT_WATCHED}."


def nothing_waits(told: Monday) -> str:
    """What is said where no signal waits."""
    return "No signal waits for an answer." if told.is_watched else "Nothing is watched, so nothing can wait: signals open for promises and targets."


def none_due(told: Monday) -> str:
    """What is said where no promise falls due soon."""
    return "No promise falls due before next Monday." if told.is_watched else f"What is due before next Monday nobody can say: {NOT_WATCHED}."


def by_sort(owed: Iterable[Owes]) -> list[tuple[tuple[str, str], list[Owes]]]:
    """What is owed by kind and promise, the most first."""
    found: dict[tuple[str, str], list[Owes]] = {}
    for each in owed:
        found.setdefault((each.kind, each.promise), []).append(each)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _waits(told: Monday) -> Iterator[str]:
    if not told.waiting:
        yield nothing_waits(told)
    for owner, known in by_owner(told):
        yield f"{told.name(owner)}: {many(len(known), 'signal')}, the longest {waited(told.days(known[0].since // 1000))}."
        yield from (f"{each.id}, {waited(told.days(each.since // 1000))}: {in_words(each)}" for each in known)
    counted: Counter[str] = Counter()
    for each in told.due:
        counted[each.owner] += each.count
    yield from (f"{told.name(owner)}: {many(count, 'promise')} due before next Monday." for owner, count in sorted(counted.items()))
    if not counted:
        yield none_due(told)


def by_owner(told: Monday) -> list[tuple[str, list[Signal]]]:
    """What waits, by who must answer: who has waited longest first."""
    found: dict[str, list[Signal]] = {}
    for each in told.waiting:
        found.setdefault(each.owner, []).append(each)
    return list(found.items())


def _needs(told: Monday) -> str:
    if not told.needs_you:
        return "nothing needs you" if told.is_watched else "nothing is watched"
    parts = [f"{many(len(told.waiting), 'signal')} to answer"] * bool(told.waiting)
    parts += [f"{many(told.customers_owed, 'customer')} owed"] * bool(told.owed)
    return ", ".join(parts)


# ---- days and numbers --------------------------------------------------------------------------------------------------


def day(at: int, zone: str) -> str:
    """A day in a zone, with its name.

    >>> day(1_795_388_400_000_000, "Europe/Berlin")
    'Monday, 2026-11-23'
    """
    return f"{local(at, zone):%A, %Y-%m-%d}"


def minute(at: int, zone: str) -> str:
    """A minute in a zone.

    >>> minute(1_795_388_400_000_000, "Europe/Berlin")
    '2026-11-23 00:00'
    """
    return f"{local(at, zone):%Y-%m-%d %H:%M}"


def local(at: int, zone: str) -> datetime:
    """A moment as the clocks of a zone show it."""
    return datetime_from_instant(at * 1000).astimezone(ZoneInfo(zone))


def length(micros: int) -> str:
    """How long, in whole days."""
    days = micros // 86_400_000_000
    return "less than a day" if not days else "1 day" if days == 1 else f"{days:,} days"


def _wrapped(text: str, *, first: str = "", then: str = "") -> Sequence[str]:
    whole = text.replace(" %", "\u00a0%")  # a number and its sign stay on one line
    lines = textwrap.wrap(whole, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\u00a0%", " %") for line in lines] or [""]
