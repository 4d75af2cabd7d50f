"""Erasing one customer: whom that means, what of other people's words is theirs, and what is said when it is done."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.adoption.adopting import words_when_signing
from ourword.errors import HomeError, LineError
from ourword.ledger.entry import instant_text
from ourword.ledger.holds import Held
from ourword.rights.holding_back import place_anew
from ourword.signals.signalling import reasons_of, signals
from ourword.stores.backup import missing
from ourword.stores.erasing import Finished, HeldError, begin, finish, note, was_erased
from ourword.stores.erasures import Known, known_of, list_of, list_up
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.theirs import aliases_of, arrivals_of, decisions_of, names_of, one_person

if TYPE_CHECKING:
    from ourword.stores.home import Home
    from ourword.stores.people import People


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure did."""

    customer: str
    new: bool
    """False where nothing was held under this id any more."""
    known: bool = True
    """False where nothing says that it ever was: never here, or here under another id."""
    ids: tuple[str, ...] = ()
    """The ids that were erased: this one, and those that are one person with it at all times."""
    others: tuple[str, ...] = ()
    """Ids that were theirs for a while: not erased."""
    decisions: int = 0
    events: int = 0
    reasons: int = 0
    """Reasons given by your own people that were deleted, since they name the customer or are about nobody else."""
    speaking: tuple[str, ...] = ()
    """Decisions whose ids hold an id of theirs: ids stand in the log, and stay."""
    finished: int = 0
    """Customers whose erasure had been broken off before, and was finished now."""
    left: tuple[str, ...] = ()
    """What a database server keeps, and this role could not take away: commands for whoever runs the server, and why."""
    unlisted: str = ""
    """Why the list beside the home, which backups need, could not be written; empty where it was."""


class _Theirs(msgspec.Struct, frozen=True, kw_only=True):
    numbers: tuple[int, ...]
    ids: tuple[str, ...]
    raw: frozenset[str]
    """Every id by which somebody might name them."""
    others: tuple[str, ...] = ()
    events: int = 0


def erase(home: Home, customer: str, *, now: int) -> Erased:
    """Erase a customer, durably and for good; run again after a crash it goes on where it stopped (*now* in ns since 1970).

    Raises `LineError` (`erase.held`), `HomeError`.
    """
    if not customer:
        raise LineError("erase.nobody", "no customer was named", place="customer", hint="give their own id, as proposals and events have it")
    before = finish(home)
    number = home.store.number_of(customer)
    if number is None:
        return _gone_already(home, customer, before)
    decisions: list[str] = []
    reasons: set[int] = set()
    with _nobody_merging(home) as people:
        theirs = _theirs(home, customer, number, people)

        def beside() -> set[int]:
            decisions.extend(decisions_of(home, theirs.numbers))
            reasons.update(_reasons(home, theirs, decisions, now))
            return reasons | set(_of_holds(home, theirs.numbers))

        try:
            left = begin(home, theirs.numbers, theirs.ids, beside=beside, now=now)
        except HeldError as error:
            raise _held(customer, error.holds) from error
    done = finish(home)
    if not left:  # somebody else erased them since they were looked up: what went is theirs to count
        return _gone_already(home, customer, Finished(before.customers + done.customers, done.left))
    return Erased(
        customer=customer,
        new=True,
        ids=theirs.ids,
        others=theirs.others,
        decisions=len(decisions),
        events=theirs.events,
        reasons=len(reasons),
        speaking=tuple(each for each in decisions if _names(each, theirs.ids)),
        finished=before.customers,
        left=done.left,
        unlisted=_unlisted(home),
    )


def _gone_already(home: Home, customer: str, done: Finished) -> Erased:
    known = was_erased(home, customer)
    return Erased(customer=customer, new=False, known=known, finished=done.customers, left=done.left, unlisted=_unlisted(home))


def _unlisted(home: Home) -> str:
    """Bring the list up to date, also where an earlier run could not, or another erasure wrote over ours meanwhile; why not, else."""
    try:
        list_up(home.path, home.store, home.id)
    except HomeError as error:
        return f"{error.place}: {error.what}"
    return ""


def erase_again(folder: Path, known: Known, *, now: int) -> tuple[int, int]:
    """Erase in a home that is older than these erasures whoever of them is in it, and place the holds anew that it lacks; give how many of both.

    Run it again after a crash. Raises `HomeError`.
    """
    with open_home(folder, create=False, even_older=True) as home:
        finish(home, listing=False)
        beside_it = known_of(list_of(home.path)) if list_of(home.path).exists() else Known()
        left = missing(home, [*known.erasures, *beside_it.erasures])
        for sub, number in left.items():
            if number is None:
                note(home, sub, now=now)
                continue
            keyed = home.keys.subject(number) is not None
            customer = _id_of(home, number) if keyed else ""
            with _nobody_merging(home) as people:
                theirs = _theirs(home, customer, number, people) if keyed else _Theirs(numbers=(number,), ids=(), raw=frozenset())
            ids, words = [customer] if customer else [], partial(_beside, home, theirs, now)
            begin(home, [number], ids, beside=words, now=now, past_holds=True, sub=sub)
        finish(home, listing=False)
        placed = place_anew(home, [*(known.holds or ()), *(beside_it.holds or ())], now=now)
        list_up(home.path, home.store, home.id)
        return sum(number is not None for number in left.values()), placed


def _beside(home: Home, theirs: _Theirs, now: int) -> set[int]:
    return {*_reasons(home, theirs, decisions_of(home, theirs.numbers), now), *_of_holds(home, theirs.numbers)}


def _id_of(home: Home, number: int) -> str:
    if home.has_events:
        with EventStore(home) as store:
            return store.people.customer(number) or ""
    return home.store.customer(number) or ""


@contextmanager
def _nobody_merging(home: Home) -> Iterator[People | None]:
    """While who is one person with whom is read and their erasure is written down, nobody says anything new of it; without events nobody has.

    First this file, then the ledger's: the order in which segments are sealed, so that neither waits for the other for ever.
    """
    if not home.has_events:
        yield None
        return
    with EventStore(home) as store, store.people.transaction():
        yield store.people


def _theirs(home: Home, customer: str, number: int, people: People | None) -> _Theirs:
    if people is None:
        return _Theirs(numbers=(number,), ids=(customer,), raw=frozenset((customer,)))
    numbers = one_person(people, number)
    ids = tuple(dict.fromkeys(people.customer(each) or customer for each in numbers))
    aliases = [each for every in numbers for each in aliases_of(people, every) if not each.always]
    return _Theirs(
        numbers=tuple(numbers),
        ids=ids,
        raw=frozenset(ids) | {name for each in numbers for name in names_of(people, each)},
        others=tuple(dict.fromkeys(each.id for each in aliases if each.id and each.id not in ids)),
        events=len(arrivals_of(people, numbers)),
    )


def _reasons(home: Home, theirs: _Theirs, decisions: Collection[str], now: int) -> Iterator[int]:
    """The entries beside which words of your own people lie that name the customer, or that are about a signal of theirs alone."""
    given = list(reasons_of(home))
    told = signals(home, now=now) if given else []  # reads all promises
    alone = {each.seq for each in told if each.decisions and set(each.decisions) <= set(decisions)}
    for seq, signal, reason in given:
        if signal in alone or _names(reason, theirs.raw):
            yield seq
    for seq, words in words_when_signing(home):
        if _names(words, theirs.raw):
            yield seq


def _of_holds(home: Home, numbers: Iterable[int]) -> Iterator[int]:
    """The entries of holds that are over: why they stood lies under the customer's key, and goes with it."""
    subs = {key.sub for number in numbers if (key := home.keys.subject(number)) is not None}
    yield from (entry.seq for entry in home.store.hold_entries() if getattr(entry.value, "sub", "") in subs)


def _names(text: str, ids: Iterable[str]) -> bool:
    """Whether a text holds one of these ids as a word of its own.

    >>> _names("c-7 called twice", ["c-7"]), _names("c-77 called twice", ["c-7"]), _names("abc-7", ["c-7"])
    (True, False, False)
    """
    return any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text) for each in ids if each)


def _held(customer: str, holds: Sequence[Held]) -> LineError:
    first, *others = (_since(each) for each in holds)
    what = f"`{customer}` may not be erased: {holds[0].by} holds what is kept on them {first}"
    what += "".join(f", and {each.by} {since}" for each, since in zip(holds[1:], others, strict=True))
    hint = f"`ourword hold {customer} --release --by {holds[0].by} --home DIR` ends the hold"
    return LineError("erase.held", what, place="customer", hint=f"{hint}; each is ended by whoever placed it" if others else hint)


def _since(hold: Held) -> str:
    until = "" if hold.until is None else f" until {instant_text(hold.until)[:10]}"
    return f"since {instant_text(hold.since)[:10]}{until}"
