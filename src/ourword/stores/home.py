"""A home: one folder that holds what was decided and promised. `open_home` finds it or makes it, whole or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Decided
from ourword.ledger.entry import PromiseMade, SignalOpened
from ourword.ledger.store import Entry, Recorded
from ourword.stores.beyond import refuse_beyond
from ourword.stores.database import troubles_of
from ourword.stores.elsewhere import PEOPLE, refuse_address, refuse_elsewhere, refuse_unfit
from ourword.stores.erasures import list_up, refuse_older
from ourword.stores.keys import Keys
from ourword.stores.known import arrived, present
from ourword.stores.sqlite import SqliteStore
from ourword.stores.turns import BATCH_MAX, Turns
from ourword.stores.unpublished import put_off
from ourword.stores.whole import sync_folder, write_whole
from ourword.tlog.checkpoint import Checkpoint, open_checkpoint
from ourword.tlog.note import Signer, Verifier

FORMAT = 1
"""The format this version writes. An older one will be readable, a newer one is an error."""

_MARKER, _LEDGER, KEYS, _SUMS = "home.json", "ledger.sqlite", "keys.sqlite", "sums"
_MARKER_BYTES_MAX = 65_536
LOG = "log"
_OTHERS = {"contracts", "events", "mappings", LOG, _SUMS, "spilled", "terms.json", "terms.json.new"}
_OURS = _OTHERS | {name + end for name in (_LEDGER, KEYS, PEOPLE) for end in ("", "-wal", "-shm", "-journal")}
"""What may lie in a home, besides its marker. `keys.sqlite` is made first: a folder that has it was on its way to be a home."""


class Marker(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `home.json` says."""

    format: int
    id: str
    postgres: str = ""
    """Where the ledger and the keys lie, when they lie in no files: the database's address, without a password."""
    schema: str = "ourword"
    moved: str = ""
    """Where the home lies now, when it was moved: then it is opened there only."""
    restoring: str = ""
    """The backup that is being put back into the folder: it is no home before that is done."""


class Home:
    """An opened home. Safe to use from several threads; close it, or use it in a `with`."""

    def __init__(
        self, path: Path, keys: Keys, store: SqliteStore, *, clock: Callable[[], int] = time.time_ns, chance: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.path = path
        self.clock = clock
        """The present, in ns since 1970: when an event came, and until when events can tell."""
        self.id = keys.home_id
        self._keys = keys
        self._store = store
        self._chance = chance
        self._arrived: int | None = None
        self._turns: Turns[Any, Recorded | LineError] = Turns(store.commit, place=str(path))

    @property
    def keys(self) -> Keys:
        """The keys, for what is stored beside the ledger under the same customers."""
        return self._keys

    @property
    def store(self) -> SqliteStore:
        """The ledger's file, which numbers customers and is told of sealed segments."""
        return self._store

    @property
    def gate(self) -> str:
        """The id of this gate process, which its entries count under."""
        return self._store.gate

    @property
    def has_events(self) -> bool:
        """Whether an event has ever been handed in; as known at an entry, whether any was sealed by then. Raises `HomeError`: `home.elsewhere`."""
        refuse_elsewhere(self.path, self._store)
        here = (self.path / PEOPLE).exists()
        return here if self.known_at is None else self.arrived > 0

    @property
    def known_at(self) -> int | None:
        """The entry as of which the home is shown; `None`: as it is. Nothing is then added to it, and no figure is kept or found kept."""
        return self._store.known_at

    @property
    def arrived(self) -> int:
        """The arrival of the last event in the files that the ledger calls sealed."""
        if self._arrived is None or self.known_at is None:
            self._arrived = arrived(sealed for _, sealed in self._store.sealed_segments())
        return self._arrived

    @property
    def sums(self) -> Path | None:
        """Where figures are kept; `None` where none is kept or found kept."""
        return self.path / _SUMS if self.known_at is None else None

    @property
    def commits(self) -> int:
        """How many commits this gate process has made so far: fewer than decisions when many writers share one."""
        return self._turns.commits

    def record(self, decided: Decided) -> Recorded:
        """Record a decision; return once it is durable. A retry under the same id gets the first decision (`new` is false)."""
        result = self._turns.take(self._store.prepared((decided,)))[0]
        if isinstance(result, LineError):
            raise result
        return result

    def record_many(self, batch: Sequence[Decided]) -> list[Recorded | LineError]:
        """Record several decisions with one sync for up to 1,024; one that cannot be written gives its error in its place."""
        results: list[Recorded | LineError] = []
        for start in range(0, len(batch), BATCH_MAX):
            results += self._turns.take(self._store.prepared(batch[start : start + BATCH_MAX]))
        return results

    def find(self, decision_id: str) -> Recorded | None:
        """Give a recorded decision."""
        return self._store.find(decision_id)

    def history(self, customer: str, kind: str, *, answers: Collection[str] = (), since: int | None = None, until: int | None = None) -> int:
        """Count a customer's recorded decisions of a kind with one of *answers* (none: any), both instants included."""
        return self._store.history(customer, kind, answers=answers, since=since, until=until)

    def entries(self, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Give the entries numbered above *after*, in order, at most *limit*."""
        return self._store.entries(after=after, limit=limit)

    def log(self, *, after: int = 0) -> Iterator[Entry]:
        """Go through all entries numbered above *after*, reading a thousand at a time."""
        while page := self._store.entries(after=after):
            yield from page
            after = page[-1].seq

    def latest_decisions(self) -> Iterator[Entry]:
        """Go through the entries of decisions from the latest back."""
        return self._store.latest_decisions()

    def decisions(self, named: Collection[str]) -> Iterator[Recorded]:
        """Go through the recorded decisions of these names, in order, reading a thousand at a time."""
        after: int | None = 0 if named else None
        while after is not None:
            page, after = self._store.decisions(named, after=after)
            yield from page

    def decided(self, kind: str) -> Iterator[Recorded]:
        """Go through the recorded decisions of a kind, in order, reading a thousand at a time."""
        after: int | None = 0
        while after is not None:
            page, after = self._store.decided(kind, after=after)
            yield from page

    def decided_by_people(self) -> Iterator[Recorded]:
        """Go through the recorded decisions that a person took, in order, reading a thousand at a time."""
        after: int | None = 0
        while after is not None:
            page, after = self._store.decided_by_people(after=after)
            yield from page

    def last_seq(self) -> int:
        """The number of the last entry; 0 before the first."""
        return self._store.last_seq()

    def follow(self, entries: Sequence[PromiseMade | SignalOpened], *, seen: int) -> int | None:
        """Append what follows from the entries up to number *seen*; `None` when somebody else has settled, raised or answered since."""
        return self._store.follow(entries, seen=seen)

    def follow_with(self, entry: SignalOpened, reason: bytes, *, seen: int) -> int | None:
        """Append an answer whose reason, sealed, lies beside the log; `None` when somebody else has settled, raised or answered since."""
        return self._store.follow([entry], seen=seen, beside=reason)

    def signal_entries(self, *, until: int | None = None) -> list[Entry]:
        """Give the entries of signals in order, up to entry number *until*."""
        return self._store.signal_entries(until=until)

    def subject_numbers(self) -> dict[str, int]:
        """Give the number of the customer of every decision, by the decision's id."""
        return self._store.subject_numbers()

    def keep_contract(self, digest: str, *, contract: bytes, wiring: bytes, tables: Mapping[str, bytes] | None = None) -> None:
        """Keep a contract under its digest, for as long as there are decisions under it; on every machine of this home."""
        from ourword.stores.contracts import keep_contract

        keep_contract(self.path, digest, contract=contract, wiring=wiring, tables=tables)
        self._store.share_contracts(self.path / "contracts")

    def publish(self) -> Checkpoint:
        """Bring the folder `log/`, which outsiders verify, up to the last entry; it is done at closing too. Raises `HomeError`."""
        from ourword.stores.rotating import publish_by_its_key

        return publish_by_its_key(self, self._chance)

    @property
    def log_name(self) -> str:
        """The name of this home's log, and of its key: what every checkpoint begins with."""
        return self._keys.log_name

    def log_key(self) -> Verifier | None:
        """The public key of this home's log; `None` before anything was published."""
        seed = self._keys.log_seed()
        return None if seed is None else Signer(self.log_name, seed).verifier

    def published_size(self) -> int:
        """How many entries the newest signed checkpoint covers; 0 before the first."""
        known, kept = self.log_key(), self._store.checkpoints(limit=1)
        return open_checkpoint(kept[0], known).size if known and kept else 0

    def checkpoints(self) -> list[bytes]:
        """Every checkpoint that was signed, the smallest first."""
        return self._store.checkpoints()

    def close(self) -> None:
        """Finish what is being recorded, publish it, then close the files."""
        self._turns.close()
        with put_off():
            if self._store.writes and self._store.last_seq():  # a home without an entry has nothing to show
                self.publish()
        self._store.close()
        self._keys.close()

    def __enter__(self) -> Home:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_home(
    path: str | os.PathLike[str],
    *,
    create: bool = True,
    write: bool = True,
    at: int | None = None,
    clock: Callable[[], int] = time.time_ns,
    chance: Callable[[int], bytes] = os.urandom,
    even_older: bool = False,
) -> Home:
    """Open a home folder, making it first when it is missing or empty and *create* is true.

    With *at* it is opened for reading, as known at that entry: entries up to it, and events in files that these call sealed. Its present is
    the latest moment that they say, never after *clock*. An entry that is not there is a `UsageError` (`as-of.entry`); 0 is before the first.
    One that is older than the erasures known of it is opened with *even_older* alone, to erase again.
    Raises `HomeError`: `home.missing`, `home.not-a-folder`, `home.foreign` (holds other things), `home.newer-format`, `home.older`,
    `home.restoring`, `home.damaged`, `home.mixed`, `home.cannot-open`, `home.read-only`, `home.full`, `home.busy`, `home.io`; `keys.…`.
    """
    folder, write = Path(path), write and at is None
    refuse_address(path)
    marker = marker_of(folder)
    if marker is not None and marker.postgres:
        return _open_postgres(folder, marker, write=write, at=at, clock=clock, chance=chance, even_older=even_older)
    if marker is None:
        _create(folder, allowed=create and write, chance=chance)
    keys = Keys.open(folder / KEYS, chance, write=write)
    try:
        if marker is not None and marker.id != keys.home_id:
            what = f"`{_MARKER}` and `{KEYS}` belong to different homes"
            raise HomeError("home.mixed", what, place=str(folder), hint="restore both from the same backup")
        if at is not None and not even_older:
            whole = SqliteStore(folder / _LEDGER, keys, write=False, chance=chance)  # as known at an entry, later erasures are not seen
            with closing(whole):
                refuse_older(folder, whole, keys.home_id)
        store = SqliteStore(folder / _LEDGER, keys, write=write, at=at, chance=chance)
    except BaseException:
        keys.close()
        raise
    try:
        if not even_older and at is None:
            refuse_older(folder, store, keys.home_id)
    except BaseException:
        store.close()
        keys.close()
        raise
    return Home(folder, keys, store, clock=clock if at is None else present(store.latest, clock), chance=chance)


def _open_postgres(
    folder: Path, marker: Marker, *, write: bool, at: int | None, clock: Callable[[], int], chance: Callable[[int], bytes], even_older: bool
) -> Home:
    from ourword.stores.postgres.opening import opened

    def opened_at(entry: int | None, *, checked: bool) -> Home:
        keys, store = opened(marker.postgres, schema=marker.schema, place=str(folder), write=write, at=entry, chance=chance)
        try:
            if marker.id != keys.home_id:
                what = f"`{_MARKER}` and the database belong to different homes"
                raise HomeError("home.mixed", what, place=str(folder), hint="mend the address in `home.json`, or restore the database")
            if checked:
                refuse_older(folder, store, keys.home_id)
            refuse_beyond(folder / LOG, store, keys)
            with suppress(HomeError):  # words that cannot be fetched now keep nobody from deciding
                store.share_contracts(folder / "contracts")
                if checked and write:
                    list_up(folder, store, keys.home_id)  # of erasures that were begun on another machine
        except BaseException:
            store.close()
            keys.close()
            raise
        return Home(folder, keys, store, clock=clock if entry is None else present(store.latest, clock), chance=chance)

    if at is not None and not even_older:
        opened_at(None, checked=True).close()
    return opened_at(at, checked=not even_older and at is None)


def make_postgres_home(path: str | os.PathLike[str], address: str, *, schema: str = "ourword", chance: Callable[[int], bytes] = os.urandom) -> str:
    """Make a folder a home whose ledger and keys lie in a PostgreSQL database, made there where there are none; give the home's id.

    A folder that is this very home already stays as it is. Several folders, on several machines, may be one home.
    """
    from ourword.stores.postgres.opening import kept_address, make

    folder = Path(path)
    refuse_address(path)
    marker, kept = marker_of(folder), kept_address(address)
    if marker is not None and not marker.postgres:
        hint = "give a new folder, or move it: `ourword migrate`"
        raise HomeError("home.foreign", f"`{folder}` is a home already, and its ledger is a file", place=str(folder), hint=hint)
    make_folder(folder)
    home_id = make(address, schema=schema, place=str(folder), chance=chance)
    if marker is not None and marker.id != home_id:
        raise HomeError("home.mixed", f"`{folder}` is another home than the one in that database", place=str(folder), hint="give a new folder")
    mark(folder, Marker(FORMAT, home_id, kept, schema), chance)
    return home_id


def marker_of(folder: Path) -> Marker | None:
    """Read `home.json`; `None` when there is none."""
    place = folder / _MARKER
    if folder.exists() and not folder.is_dir():
        raise HomeError("home.not-a-folder", f"`{folder}` is not a folder", place=str(folder), hint="a home is a folder: give another path")
    with troubles_of(place):
        if not place.exists():
            return None
        with place.open("rb") as file:
            written = file.read(_MARKER_BYTES_MAX + 1)
    try:
        version = msgspec.json.decode(written, type=dict[str, msgspec.Raw])["format"]
        number = msgspec.json.decode(version, type=int)
        if number > FORMAT:
            what = f"this home has format {number}, and this ourword knows up to {FORMAT}"
            raise HomeError("home.newer-format", what, place=str(place), hint="open it with a newer ourword")
        marker = msgspec.json.decode(written, type=Marker)
        if number == FORMAT and marker.id:
            refuse_unfit(folder, moved=marker.moved, restoring=marker.restoring)
            return marker
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError):
        pass
    hint = f'restore it from a backup; it reads like {{"format": {FORMAT}, "id": "…"}}'
    raise HomeError("home.damaged", f"`{_MARKER}` is not the marker of a home", place=str(place), hint=hint)


def _create(folder: Path, *, allowed: bool, chance: Callable[[int], bytes]) -> None:
    """Make a home: keys, ledger, and last the marker, which is what makes the folder a home."""
    if not allowed:
        hint = "check the path; `ourword decide --home` makes one"
        raise HomeError("home.missing", f"there is no home in `{folder}`", place=str(folder), hint=hint)
    make_folder(folder)
    keys = Keys.create(folder / KEYS, chance)
    home_id = keys.home_id
    keys.close()
    SqliteStore.create(folder / _LEDGER, home_id)
    with troubles_of(folder):
        for name in (KEYS, _LEDGER):
            (folder / name).chmod(0o600)  # SQLite gives its side files the same mode
    mark(folder, Marker(FORMAT, home_id), chance)


def mark(folder: Path, marker: Marker, chance: Callable[[int], bytes]) -> None:
    """What makes the folder a home: written last, whole or not at all."""
    with troubles_of(folder):
        write_whole(folder / _MARKER, msgspec.json.encode(marker) + b"\n", beside=folder / f"{_MARKER}.{chance(8).hex()}.new")
        sync_folder(folder)


def make_folder(folder: Path) -> None:
    """Make the folder, or find it empty, or a home that was being made."""
    with troubles_of(folder):
        new = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # for its owner alone: it holds the keys
        for each in new:  # a power cut must not take the folder with all that is in it
            sync_folder(each.parent)
        names = {each.name for each in folder.iterdir() if not each.name.startswith(_MARKER)}
    foreign = sorted(names - _OURS if KEYS in names or (folder / _MARKER).exists() else names)
    if foreign:
        what = f"`{folder}` is not empty and not a home: it holds `{foreign[0]}`"
        raise HomeError("home.foreign", what, place=str(folder), hint="give an empty or a new folder")
