"""Verify a log from its folder and a public key, or a home with all that it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ourword.errors import LogError
from ourword.stores.home import LOG, Home
from ourword.stores.publishing import CHECKPOINT, read_checkpoint
from ourword.tlog.checkpoint import Checkpoint
from ourword.tlog.note import Verifier
from ourword.verifying.beside import Beside, Signed, ledger_against
from ourword.verifying.flaws import Flaws, Verified
from ourword.verifying.folder import LogFolder, Reading, Told, every_file, held_against, some_proofs
from ourword.verifying.other import other_log, same_log
from ourword.verifying.rotations import Chain, Rotations, chain_in, chain_of, hold_between

_BEYOND = "goes beyond the checkpoint: a publishing is under way or broke off, or the log was set back; a later checkpoint that was kept tells"
"""No flaw by itself: tiles are written before the checkpoint that covers them."""
_TRIES_MAX = 4
"""How often at most a log or a home at work is read once more."""


def verify_log(folder: Path, known: Verifier, *, old: Sequence[tuple[str, bytes]] = (), full: bool = False) -> Verified:
    """Verify a log's folder with a public key; *old* are checkpoints that somebody kept, each with where it came from.

    What does not hold is told as flaws. Raises `LogError`: `log.none` where there is no log, `log.other` where it, the key and the checkpoints are
    of several logs; and `OSError` where it cannot be read.
    """

    def once() -> Verified:
        same_log(folder, read_checkpoint(folder), known, old)
        return _verified(LogFolder(folder), known, old=old, full=full, home=None)

    return _calmly(once, lambda: read_checkpoint(folder))


def verify_home(home: Home, *, known: Verifier | None = None, old: Sequence[tuple[str, bytes]] = (), full: bool = False) -> Verified:
    """Verify a home: its log, and that its entries, its files of events and the checkpoints that it kept agree with it; *full*: personal data too.

    Errors as of `verify_log`, and `HomeError` where the home cannot be read.
    """
    return _calmly(lambda: _home_verified(home, known, old=old, full=full), lambda: _moving(home))


def _calmly(once: Callable[[], Verified], moving: Callable[[], object]) -> Verified:
    """Verify, and again where something does not hold and others took away or replaced what was being read: that alone may be why."""
    for _ in range(_TRIES_MAX):
        before = moving()
        try:
            found = once()
        except OSError:
            if moving() == before:
                raise
            continue
        if found.holds or moving() == before:
            return found
    return once()


def _moving(home: Home) -> tuple[object, ...]:
    """What changes where a home that is at work lets go of something, gives it another form or another key, or publishes."""
    store, key = home.store, home.log_key()
    gone = (store.pruned_to(), store.pruning_to(), tuple(each.seq for each in store.erasures()), tuple(store.erasing()))
    return (*gone, key and key.text, read_checkpoint(home.path / LOG))


def _home_verified(home: Home, known: Verifier | None, *, old: Sequence[tuple[str, bytes]], full: bool) -> Verified:
    known = known or home.log_key()
    if known is None:
        hint = f"`ourword publish --home {home.path}` brings it under the tree"
        raise LogError("log.none", "this home has published no log yet", place=str(home.path), hint=hint)
    own = home.log_key()
    if own is not None and own.name != known.name:
        raise other_log(home.path, own.name, "the key", known.name)
    same_log(home.path, None, known, old)
    head = home.keys.log_head()  # before the others: of a home that is at work they may be newer, not older
    kept = home.checkpoints()
    if read_checkpoint(home.path / LOG) is None and (kept or head):
        return _gone(home, known, signed=[*kept, *([head] if head else [])], full=full)
    # A crash between keeping a checkpoint and publishing it leaves the folder one checkpoint behind; whoever closes the home next goes on. Where
    # several folders are one home the others publish on, and this one is behind by as many.
    published, several = read_checkpoint(home.path / LOG), not home.keys.in_file
    there = kept.index(published) + 1 if published in (kept if several else kept[-2:]) else len(kept)
    kept, signed = kept[:there], kept[there:]
    if head is not None and head not in (*kept, *signed):  # nor was it kept in the ledger: a crash one step before; or the ledger was cut
        signed.append(head)
    old = [*(("ledger.sqlite", note) for note in kept), *old]
    whole = chain_in(home, known) if several else None
    return _verified(LogFolder(home.path / LOG), _here(known, whole, published), old=old, full=full, home=home, signed=signed, whole=whole)


def _here(known: Verifier, whole: Chain | None, published: bytes | None) -> Verifier:
    """The key that signed the log in this folder: of one that is behind, an older one, where the home's own keys say that it was the log's then."""
    with suppress(LogError):
        return whole.at(whole.open(published).size) if whole and published else known
    return known


def _gone(home: Home, known: Verifier, *, signed: Sequence[bytes], full: bool) -> Verified:
    """A log was signed and none is here: deleted, or not written yet, on this machine or after a crash. Raises `LogError` for the latter."""
    flaws = Flaws()
    try:
        chain = chain_in(home, known)
        last = max((chain.open(note) for note in signed), key=lambda each: each.size)
        ledger_against(home, [last], flaws)
    except LogError as error:
        flaws.add("ledger.sqlite", f"a checkpoint does not hold: {error.what}")
    broke_off = len(set(signed)) == 1 and (home.path / LOG).is_dir()
    if not flaws.count and (broke_off or not home.keys.in_file):
        what = f"the log of this home was signed, and is not published in `{home.path / LOG}` yet"
        raise LogError("log.none", what, place=str(home.path), hint=f"`ourword publish --home {home.path}` writes it, from the entries")
    flaws.add(LOG, "the log was deleted: it was signed, and its checkpoint is not there")
    return Verified(origin=known.name, size=0, root="", checkpoints=0, gates=0, full=full, flaws=flaws.found, flaws_count=flaws.count)


def _verified(
    folder: LogFolder,
    known: Verifier,
    *,
    old: Sequence[tuple[str, bytes]],
    full: bool,
    home: Home | None,
    signed: Sequence[bytes] = (),
    whole: Chain | None = None,
) -> Verified:
    """*signed* are checkpoints of the home that were signed and may not be published here yet; *whole* are its keys, where several folders are it."""
    flaws = Flaws()
    try:
        chain, checkpoint = chain_of(folder, known)
    except LogError as error:
        if error.code == "log.none":
            raise
        flaws.add(CHECKPOINT, error.what)
        return Verified(origin=known.name, size=0, root="", checkpoints=0, gates=0, full=full, flaws=flaws.found, flaws_count=flaws.count)
    reading = Reading(folder, checkpoint, flaws)
    beside = None if home is None else Beside(home, checkpoint, flaws)
    rotations = Rotations(chain, flaws)

    def each(number: int, entry: bytes, told: Told) -> None:
        rotations.entry(number, told)
        if beside:
            beside.entry(number, entry, told)

    if beside:
        reading.run(each, beside.gone)
        elsewhere = [_size(whole, note) for note in (*signed, *(note for _, note in old))] if whole else []
        beside.let_go(reading.upto, signed=max([checkpoint.size, *elsewhere]))
    else:
        reading.run(each)
    strange: tuple[str, ...] = ()
    between = hold_between(folder, chain, checkpoint, flaws)
    beyond = [Signed("keys", note) for note in signed]
    for place, note in old:
        if beside and whole and _size(whole, note) > checkpoint.size:
            beyond.append(Signed(place, note))
        else:
            _against(folder, checkpoint, chain, flaws, place, note)
    if full:
        some_proofs(folder, checkpoint, flaws)
        now = (chain.at(checkpoint.size), chain.at(checkpoint.size + 1))
        strange = every_file(folder, checkpoint, now, flaws, besides=between)
    if beside:
        beside.finish(full=full)
        beside.go_on(folder, beyond, whole or chain, several=whole is not None)
    return Verified(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        checkpoints=len(old),
        rotations=chain.rotations,
        gates=len(reading.counters),
        segments=beside.segments if beside else 0,
        opened=beside.opened if beside else 0,
        erased=beside.erased if beside else 0,
        words=beside.words.held if beside else 0,
        words_erased=beside.words.erased if beside else 0,
        pruned=reading.pruned,
        unpublished=beside.unpublished if beside else 0,
        full=full,
        flaws=flaws.found,
        flaws_count=flaws.count,
        notes=(
            *(f"`{name}` {_BEYOND if name.startswith('tile/') else 'is no file of this log as it is signed'}" for name in strange),
            *(beside.notes if beside else ()),
        ),
    )


def _against(folder: LogFolder, checkpoint: Checkpoint, chain: Chain, flaws: Flaws, place: str, note: bytes) -> None:
    try:
        held_against(folder, checkpoint, chain.open(note), flaws, place=place)
    except LogError as error:
        flaws.add(place, f"a checkpoint does not hold: {error.what}")


def _size(chain: Chain, note: bytes) -> int:
    with suppress(LogError):
        return chain.open(note).size
    return 0  # what cannot be read is told where it is held against the log
