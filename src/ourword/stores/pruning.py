"""Letting go of decisions that are past retention, in an order that can be broken off anywhere and gone on with.

1. `keys.sqlite`: what is asked for, by its digest. Who can write the ledger and has no key begins no pruning, and has none signed.
   `ledger.sqlite`, in one transaction: the hashes of the entries that go (C2SP tlog-tiles: pruning does not change the tree) and the entry
   `pruned`; the table `pruning` has a row from then on, so that whoever comes next goes on where this stopped.
2. The log is published: outsiders may miss what the signed entry says is gone, and nothing else.
3. Rows of the ledger, some thousand at a time: gates go on recording in between.
4. Keys of customers of whom nothing is left.
5. Bundles of entries in `log/`, the first ones first. Hash tiles stay, of all levels.
6. Whatever was worked out is thrown away, and the file of the ledger is written anew, without its gaps.

In PostgreSQL step 1 is two transactions of the database that holds both schemas, in the same order, and step 6 writes tables anew. Where several
folders are one home each deletes its own bundles, when it publishes next (`let_go_here`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import ContractSigned, Decision, Hold, Pruned
from ourword.ledger.holds import held
from ourword.ledger.standings import is_settling
from ourword.ledger.store import Entry
from ourword.stores.database import troubles_of
from ourword.stores.erasing import forget_sums
from ourword.stores.events import EventStore
from ourword.stores.gone import refuse_erasing, refuse_split
from ourword.stores.home import LOG, Home
from ourword.stores.pruned import DECIDES, asked_of, digest_of_numbers, is_asked, leaves_of
from ourword.stores.reader import HOLDS
from ourword.stores.whole import sync_folder
from ourword.tlog.checkpoint import Checkpoint
from ourword.tlog.tiles import HEIGHT, WIDTH, Growing, Tile
from ourword.tlog.tree import HASH_BYTES, leaf_hash

_ROWS = 4096
_A_FOLDER = 1000
"""So many bundles lie in one folder of a log."""
_HEARD = """
SELECT subject FROM event UNION SELECT subject FROM named UNION SELECT number FROM person UNION SELECT subject FROM attribute
UNION SELECT other FROM identity UNION SELECT owner FROM identity
"""


def refuse_pruner(home: Home) -> None:
    """Raises `HomeError` where who has opened the home may let go of nothing: `home.read-only` (a gate's role), `home.elsewhere` (the events)."""
    if not home.store.may_prune():
        what = "a role that does not own the home's tables lets go of nothing"
        raise HomeError("home.read-only", what, place=str(home.path), hint="run this as the role that made the home")
    refuse_split(home)


def refuse_changed(home: Home, signed: Checkpoint) -> None:
    """Holds, promises and contracts say how far it may go, and a clock: nothing goes by a ledger that is not what was *signed* last.

    Who can write it and has no key would have deleted what somebody's hold keeps. Raises `HomeError` (`home.damaged`).
    """
    before = home.store.pruned_to()
    what = _stays_changed(home, before) or _changed(home, before, signed)
    if what and home.store.pruned_to() == before and not home.store.pruning():  # else another process let go of decisions meanwhile
        hint = "`ourword verify --full --home DIR` says what is wrong"
        raise HomeError("home.damaged", f"{what}: nothing is let go of", place=str(home.store.path), hint=hint)


def _stays_changed(home: Home, before: int) -> str:
    """What is wrong with the entries that stayed when decisions were let go of; nothing where all are as they were."""
    entries, staying = home.store.pruned_entries(), home.store.staying(before)
    said = entries[-1].value if before and entries else None
    if before and not (isinstance(said, Pruned) and (said.stay, said.numbers) == (len(staying), digest_of_numbers(staying))):
        return "the entries that stayed are not those of which the entry `pruned` says so"
    leaves = {number: home.store.pruned_leaves(number) or [] for number in {each.seq - 1 >> HEIGHT for each in staying}}
    for each in staying:
        if leaves[each.seq - 1 >> HEIGHT][(each.seq - 1) % WIDTH :][:1] != [leaf_hash(each.bytes)]:
            return f"entry {each.seq:,} is not the one that was signed"
    return ""


def _changed(home: Home, before: int, signed: Checkpoint) -> str:
    """What is wrong with the hashes of what is gone, the entries after that, and what lies beside those of decisions."""
    tree = Growing()
    for leaf in islice(leaves_of(home.store, ()), signed.size):
        tree.add(leaf)
    for first in range(before, signed.size, _ROWS):
        last = min(first + _ROWS, signed.size)
        page = home.entries(after=first, limit=last - first)
        for each in page:
            tree.add(leaf_hash(each.bytes))
        said = {each.seq: value.decision_id for each in page if DECIDES in each.bytes and isinstance(value := each.value, Decision)}
        there = home.store.decided_between(first, last)
        wrong = [seq for seq in sorted({*said, *there}) if said.get(seq) != there.get(seq)]
        if wrong:
            return f"what lies beside entry {wrong[0]:,} is not that of its decision"
    return "" if tree.root() == signed.root else f"the first {signed.size:,} entries are not those that were signed"


def begin(home: Home, said: Pruned, *, seen: int) -> bool:
    """Append the entry that says what goes, with the hashes of what does; false where it was worked out too long ago, and must be again.

    *seen* is the last entry when it was worked out, `stay` and `numbers` are put in here. Raises `HomeError`: `home.damaged` where the
    entries are not those of the log, so that nothing is let go of.
    """
    before = home.store.pruned_to()
    leaves = [(number, _leaves(home, number)) for number in range(before >> HEIGHT, said.upto >> HEIGHT)]
    staying = home.store.staying(said.upto)
    entry = msgspec.structs.replace(said, stay=len(staying), numbers=digest_of_numbers(staying))
    with home.store.appending() as (writer, append):
        home.store.lay_pruning(writer)
        newer = (Entry(*row) for row in writer.execute("SELECT seq, bytes FROM entry WHERE seq > ?", (seen,)))
        if any(is_settling(each.value) or isinstance(each.value, Hold | Pruned | ContractSigned) for each in newer):
            return False
        writer.executemany("INSERT INTO leaf VALUES (?, ?)", leaves)
        writer.execute("INSERT INTO pruning VALUES (?)", (said.upto,))
        home.keys.ask_pruning(asked_of(entry))  # durable before the entry is, and nobody else prunes meanwhile
        append(entry, b"")
    return True


def _leaves(home: Home, number: int) -> bytes:
    """The hashes of a bundle's entries, as its tile in the log has them too."""
    first = number << HEIGHT
    found = [each for each in home.entries(after=first, limit=WIDTH) if each.seq <= first + WIDTH]
    hashes = b"".join(leaf_hash(each.bytes) for each in found)
    if len(found) != WIDTH or hashes != _published(home, number):
        what = f"entries {first + 1:,} to {first + WIDTH:,} are not those of the log: nothing is let go of"
        place = home.path / LOG / Tile(0, number).path
        raise HomeError("home.damaged", what, place=str(place), hint="`ourword verify --home DIR` says what is wrong")
    return hashes


def _published(home: Home, number: int) -> bytes:
    """The hashes of a bundle's entries as the log has them."""
    path = home.path / LOG / Tile(0, number).path
    with troubles_of(path):
        return path.read_bytes()


def finish(home: Home, *, now: int, progress: Callable[[str], None] = lambda step: None) -> tuple[str, ...] | None:
    """Do what is left of a pruning that was begun (*now* in ns since 1970); `None` where none was.

    Give what could not be done from here, in words: in PostgreSQL a server may keep what was deleted.

    Raises `HomeError`; run it again then. `home.damaged`: it is not the one that was asked for, `home.pruning`: a customer is on hold since.
    """
    begun = home.store.pruning_to()
    if begun is None:
        return None
    refuse_erasing(home)
    refuse_pruner(home)
    entry, said = _asked_for(home, begun)
    minimum = said.upto
    _refuse_held(home, minimum, now)
    if home.publish().size < entry.seq:
        raise _does_not_fit(home, "the entry that says what is let go of is not in the log")
    _refuse_strange(home, minimum)
    progress("published")
    for _ in _rows_go(home, minimum, said):
        progress("rows")
    _keys_go(home)
    progress("keys")
    for _ in _bundles_go(home.path / LOG, minimum):
        progress("bundle")
    forget_sums(home)
    left = home.store.wipe(anew=True)
    progress("written anew")
    with home.store.appending() as (writer, _):
        writer.execute("DELETE FROM pruning WHERE minimum <= ?", (minimum,))  # of two who went on, the other may have begun the next
    if home.keys.in_file:
        home.store.wipe()
    return left


def _asked_for(home: Home, begun: int) -> tuple[Entry, Pruned]:
    """The entry by which a pruning goes on, as far as the ledger fits what the keys keep of it: whoever can write the ledger alone begins none.

    *begun* is how far it goes, as the ledger has it; another process may have finished it since.
    """
    entries = home.store.pruned_entries()
    said = entries[-1].value if entries else None
    gone = home.store.pruned_to()
    if not isinstance(said, Pruned):
        what = "no entry says so"
    elif not is_asked(entries[-1], home.keys.pruning_asked()):
        what = f"entry {entries[-1].seq:,}, which says so, was not asked for here"
    elif not begun == gone == said.upto:
        what = f"entry {entries[-1].seq:,} says up to entry {said.upto:,}, and hashes are kept up to {gone:,}"
    else:
        return entries[-1], said
    raise _does_not_fit(home, f"the ledger says that decisions up to entry {begun:,} are being let go of, and {what}")


def _does_not_fit(home: Home, what: str) -> HomeError:
    return HomeError("home.damaged", f"{what}: nothing more is deleted", place=str(home.store.path), hint="restore the home from a backup")


def _refuse_strange(home: Home, minimum: int) -> None:
    """Without the right hashes no proof would follow any more."""
    for number in range(minimum >> HEIGHT):
        if b"".join(home.store.pruned_leaves(number) or ()) != _published(home, number):
            first = number << HEIGHT
            raise _does_not_fit(home, f"the hashes kept of entries {first + 1:,} to {first + WIDTH:,} are not those of the log")


def _refuse_held(home: Home, minimum: int, now: int) -> None:
    """The law may want kept since what was to go when it was begun: it waits for that hold's end."""
    for sub, (hold, *_) in held(home.store.hold_entries(), now=now).items():
        first = home.store.first_about(sub)
        if first is not None and first <= minimum:
            what = f"decisions up to entry {minimum:,} are being let go of, and entry {first:,} is about a customer whom {hold.by} holds"
            hint = "when the hold has ended, run `ourword prune` again"
            raise HomeError("home.pruning", f"{what} (entry {hold.seq:,})", place=str(home.path), hint=hint)


def _rows_go(home: Home, minimum: int, said: Pruned) -> Iterator[None]:
    """Delete what goes, a piece at a time; never what the entry does not say."""
    staying = home.store.staying(minimum)
    if (len(staying), digest_of_numbers(staying)) != (said.stay, said.numbers):
        raise _does_not_fit(home, "the entries that stay are not those of which the entry `pruned` says so")
    stay = [each.seq for each in staying]
    for first in reversed(range(0, minimum, _ROWS)):  # the last first, so that no promise stands there without its decision
        bounds = (first, min(first + _ROWS, minimum))
        with home.store.appending() as (writer, _):
            home.store.drop_rows(writer, *bounds, stay=stay)
        yield


# ---- keys -------------------------------------------------------------------------------------------------------------------


def _keys_go(home: Home) -> None:
    """Forget the customers of whom nothing is left: no decision, no event, no hold that stands or stood."""
    if home.has_events or not _unnamed(home):
        with EventStore(home) as store, store.people.transaction() as people:  # nobody hands an event in meanwhile
            gone = _cleared(home, {number for (number,) in people.execute(_HEARD)})
            people.executemany("INSERT OR IGNORE INTO erased VALUES (?)", [(number,) for number in gone])
    home.keys.forget([*home.keys.subs_of(home.store.nameless())])


def _unnamed(home: Home) -> bool:
    """Clear the names in a home without events; false where events have come meanwhile."""
    try:
        _cleared(home, None)
    except _HeardError:
        return False
    return True


class _HeardError(Exception):
    """There are events."""


def _cleared(home: Home, heard: set[int] | None) -> list[int]:
    """Clear the keyed names of those of whom nothing is left, and give them; *heard* has an event, `None`: there is none. Raises `_HeardError`."""
    seen = home.last_seq()
    held = {value.sub for each in home.store.hold_entries() if isinstance(value := each.value, Hold)}
    # Before the transaction: of a home with many customers this takes long, and gates would wait.
    held |= {value.sub for each in home.log() if DECIDES in each.bytes and isinstance(value := each.value, Decision)}  # whatever rows beside it say
    left = {number: sub for number, sub in home.keys.subs_of({*home.store.nothing_decided()} - (heard or set())).items() if sub not in held}
    with home.store.appending() as (writer, _):
        if heard is None and home.has_events:  # asked while no folder becomes the one that takes events in
            raise _HeardError
        newer = (Entry(*row) for row in writer.execute("SELECT seq, bytes FROM entry WHERE seq > ? AND instr(bytes, ?)", (seen, HOLDS)))
        since = {value.sub for each in newer if isinstance(value := each.value, Hold)}
        return home.store.unname(writer, [number for number, sub in left.items() if sub not in since])


# ---- the log ----------------------------------------------------------------------------------------------------------------


def _bundles_go(log: Path, minimum: int) -> Iterator[None]:
    """Delete the bundles below a minimum index, the first ones first: what is left of a log that was broken off is its end."""
    with troubles_of(log):
        for number in range(minimum >> HEIGHT):
            path = log / Tile(-1, number).path
            shutil.rmtree(f"{path}.p", ignore_errors=True)
            if path.exists():
                path.unlink()
                if not any(path.parent.iterdir()):
                    with suppress(OSError):
                        path.parent.rmdir()
                else:
                    sync_folder(path.parent)
                yield


def let_go_here(home: Home, published: Checkpoint) -> None:
    """Delete from this folder's log, of several that are one home, what was let go of in another: once the entry that says so is *published* here."""
    gone, log = home.store.pruned_to(), home.path / LOG
    if not gone or not _has_bundles(log, gone) or home.store.pruning():
        return
    entry = home.store.pruned_entries()[-1:]
    said = entry[0].value if entry and is_asked(entry[0], home.keys.pruning_asked()) else None
    if isinstance(said, Pruned) and said.upto == gone and entry[0].seq <= published.size:
        _refuse_strange(home, gone)
        for _ in _bundles_go(log, gone):
            pass


def _has_bundles(log: Path, minimum: int) -> bool:
    """Whether there is a bundle below a minimum index."""
    number = 0
    while number < minimum >> HEIGHT:
        path = log / Tile(-1, number).path
        if number >= _A_FOLDER and not path.parent.is_dir():
            number = (number // _A_FOLDER + 1) * _A_FOLDER
        elif path.exists() or path.with_name(f"{path.name}.p").exists():
            return True
        else:
            number += 1
    return False


def sizes(home: Home, before: int, minimum: int) -> int:
    """About how many bytes go: bundles in the log, and entries, personal data and marks in the ledger."""
    bundles = 0
    with troubles_of(home.path / LOG):
        for number in range(before >> HEIGHT, minimum >> HEIGHT):
            path = home.path / LOG / Tile(-1, number).path
            bundles += path.stat().st_size if path.exists() else 0
    return bundles + home.store.bytes_between(before, minimum) - (minimum - before) * HASH_BYTES
