"""Erasing customers from the files of a home, in an order that can be broken off anywhere and gone on with.

1. `ledger.sqlite`, in one transaction: the entry `erasure`, the keyed name, the personal data, the marks, callers' notes and the reasons
   that name them go; the number stands in the table `erasing` from then on, so that whoever comes next goes on where this stopped.
2. `people.sqlite`, in one transaction: events, texts, raw ids, attributes. What others' events and decisions name too is sealed anew, under
   the key of one of them; of each event its keyed mark stays, so that the same file read in again brings nothing back.
3. Parquet: segments with rows of theirs are written anew (`EventStore.reseal`).
4. `keys.sqlite`: the key. It goes last of all, since step 2 reads what others share.
5. Whatever was worked out is thrown away, and the logs of SQLite are emptied; in PostgreSQL small tables are written anew.

In PostgreSQL steps 1 and 4 are two transactions of the database that holds both schemas, in the same order.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

import apsw
import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure, SampleAnswered, instant_text
from ourword.ledger.holds import Held, held
from ourword.ledger.store import Entry
from ourword.stores.apart import mark_of_note, mark_of_words
from ourword.stores.database import troubles_of
from ourword.stores.erasures import list_up
from ourword.stores.events import EventStore
from ourword.stores.gone import refuse_split
from ourword.stores.home import Home
from ourword.stores.reader import HOLDS
from ourword.stores.samples import notes_in
from ourword.stores.spilling import sweep

WORDS_MAX = 1_500
"""Marks in one entry, some 35 bytes each: so it stays below 64 KB."""
_KEPT = "mondays.json"
"""Of what was worked out, this alone cannot be worked out again: which moments were told, no customer."""


class HeldError(Exception):
    """Legal holds stand: at least one."""

    def __init__(self, holds: tuple[Held, ...]) -> None:
        super().__init__(", ".join(each.by for each in holds))
        self.holds = holds


def begin(
    home: Home,
    numbers: Collection[int],
    customers: Iterable[str],
    *,
    beside: Callable[[], Collection[int]],
    now: int,
    past_holds: bool = False,
    sub: str = "",
) -> int:
    """Erase customers from the ledger's file, and note what is left to do; give how many there were still. Raises `HeldError`.

    *customers* are their own ids, *beside* gives the entries whose words, kept beside the log, are theirs too: it is asked once nobody else can
    record. With *past_holds* none is asked after; *sub* is theirs where their key is gone already. Raises `HomeError` (`home.elsewhere`) where
    the home's events lie in another folder.
    """
    with home.store.appending() as (writer, append):
        home.store.lay_erasing(writer)
        # Asked while nobody else can record: no folder becomes the one that takes events in before this is over. Who is one person, and which raw
        # ids others share, stands with the events: a key that went before they are seen to would take those along.
        refuse_split(home)
        left = [number for number in numbers if writer.execute("SELECT 1 FROM subject WHERE number = ? AND who IS NOT NULL", (number,)).get]
        subs = {number: of for number in left if (of := key.sub if (key := home.keys.subject(number)) is not None else sub)}
        if not past_holds and (holds := holds_on(writer, subs.values(), now)):
            raise HeldError(holds)
        theirs = beside()  # before anything is changed: it reads what is recorded, by a connection of its own
        gone = _drop_beside(home, writer, set(left), theirs if left else ())
        for entry in _erasures(list(subs.values()), gone, instant_text(now)):
            home.store.list_erasure(writer, append(entry, b""))
        for number in left:
            writer.execute("INSERT INTO erasing VALUES (?) ON CONFLICT DO NOTHING", (number,))
            writer.execute("UPDATE about SET contact = NULL, objects = NULL WHERE seq IN (SELECT seq FROM decision WHERE subject = ?)", (number,))
            writer.execute("UPDATE decision SET sealed = NULL WHERE subject = ?", (number,))
            writer.execute("UPDATE subject SET who = NULL WHERE number = ?", (number,))
        marks = [(_forgotten(home, customer),) for customer in customers]
        writer.executemany("INSERT INTO forgotten VALUES (?) ON CONFLICT DO NOTHING", marks if left else [])
        return len(left)


def _erasures(subs: Sequence[str], gone: Sequence[str], time: str) -> Iterator[Erasure]:
    """An entry for each `sub`; what went with them is said by the first that has room, and where there is more by further ones of the last."""
    parts = [tuple(gone[at : at + WORDS_MAX]) for at in range(0, len(gone), WORDS_MAX)]
    for sub, words in zip_longest(subs, parts, fillvalue=None) if subs else ():
        yield Erasure(time=time, sub=sub or subs[-1], words=words or ())


def note(home: Home, sub: str, *, now: int) -> None:
    """Write the entry alone: of a customer who is not in this home, and was erased in a newer one."""
    with home.store.appending() as (writer, append):
        home.store.lay_erasing(writer)
        home.store.list_erasure(writer, append(Erasure(time=instant_text(now), sub=sub, words=()), b""))


def holds_on(writer: apsw.Connection, subs: Iterable[str], now: int) -> tuple[Held, ...]:
    """The holds that stand on these customers, as who is writing sees them: nobody places or releases one meanwhile."""
    rows = writer.execute("SELECT seq, bytes FROM entry WHERE instr(bytes, ?) ORDER BY seq", (HOLDS,))
    standing = held((Entry(*row) for row in rows), now=now)
    return tuple(each for sub in subs for each in standing.get(sub, ()))


def _drop_beside(home: Home, writer: apsw.Connection, numbers: set[int], beside: Collection[int]) -> list[str]:
    """Drop the reasons of those entries, holds of theirs among them, and out of what callers noted the notes on them; give the marks of all that."""
    keys = home.keys
    gone = [mark_of_words(keys, seq) for seq in home.store.drop_reasons(writer, sorted(beside))]
    sql = "SELECT seq, sealed, bytes FROM reason JOIN entry USING (seq) WHERE instr(bytes, ?)"
    for seq, kept, entry in list(writer.execute(sql, (b'"type":"sample-answered"',))):
        if not kept or not isinstance(Entry(seq, entry).value, SampleAnswered):
            continue
        notes = notes_in(kept)
        stay = [note for note in notes if note.subject not in numbers]
        gone += [mark_of_note(keys, seq, note.place) for note in notes if note.subject in numbers]
        if len(stay) < len(notes):
            writer.execute("UPDATE reason SET sealed = ? WHERE seq = ?", (msgspec.msgpack.encode(stay), seq))
    return gone


# ---- what is left to do -------------------------------------------------------------------------------------------------


def unfinished(home: Home) -> list[int]:
    """The customers whose erasure was begun and is not done."""
    return home.store.erasing()


class Finished(msgspec.Struct, frozen=True):
    """How many customers' erasure was brought to its end, and what of it could not be done from here, in words."""

    customers: int = 0
    left: tuple[str, ...] = ()


def finish(home: Home, *, listing: bool = True) -> Finished:
    """Do what is left of every erasure that was begun. Raises `HomeError`; run it again then.

    Without *listing* the list beside the home stays as it is: a home that is older than it has not all of it yet.
    """
    numbers = unfinished(home)
    if not numbers:
        return Finished()
    if home.has_events:
        with EventStore(home) as store:
            store.erase(numbers)
            store.reseal()
            store.wipe()
    home.keys.forget(numbers)
    forget_sums(home)
    with suppress(HomeError):  # whoever erases is told by `list_up`; what is gone is gone
        if listing:
            list_up(home.path, home.store, home.id)
    left = home.store.wipe()
    with home.store.appending() as (writer, _):
        writer.executemany("DELETE FROM erasing WHERE number = ?", [(number,) for number in numbers])
    return Finished(len(numbers), left)


def forget_sums(home: Home) -> None:
    """Throw away what was worked out, to be worked out again; and what killed processes left."""
    folder = home.path / "sums"
    with troubles_of(folder):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name != _KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    sweep(home.path)


# ---- whether somebody was erased -----------------------------------------------------------------------------------------


def _forgotten(home: Home, customer: str) -> bytes:
    """The mark by which an erased id is known again. It leads to no number and no entry: it says that there was one, not which."""
    return home.keys.mark("forgotten", customer.encode("utf-8", "surrogatepass"))


def was_erased(home: Home, customer: str) -> bool:
    """Whether this id was erased in this home."""
    return home.store.is_forgotten(_forgotten(home, customer))
