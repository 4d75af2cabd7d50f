"""A database that was put back to an older moment, beside a `log/` that goes beyond it: said when it is opened, before a second history begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ourword.errors import HomeError, LogError
from ourword.stores.database import troubles_of
from ourword.stores.keys import Keys
from ourword.stores.publishing import read_checkpoint
from ourword.stores.sqlite import SqliteStore
from ourword.tlog.checkpoint import Checkpoint, open_checkpoint
from ourword.tlog.note import Signer, Verifier

if TYPE_CHECKING:
    from ourword.stores.home import Home


def refuse_beyond(log: Path, store: SqliteStore, keys: Keys) -> None:
    """What a folder's log was signed for must be what the ledger kept, and no more than it holds: asked by whoever may write.

    Raises `HomeError`: `home.log-forked`.
    """
    if not store.writes:
        return
    with troubles_of(log):
        published = read_checkpoint(log)  # before the ledger is asked: what others publish meanwhile was kept there before
    head, seed = keys.log_head(), keys.log_seed()
    if seed is None:
        return  # nothing was signed, or `publish` says that the key is lost
    known = Signer(keys.log_name, seed).verifier
    there, signed = _opened(published, known), _opened(head, known)
    if signed and signed.size > (size := store.last_seq()):
        what = f"{signed.size:,} entries were signed, as the schema of keys says, and the ledger holds {size:,}: it is of an older moment"
        hint = "put both schemas back from one dump, and `log/` from the backup of the folder that was made before it"
        raise HomeError("home.log-forked", what, place=str(log.parent), hint=hint)
    if there and not any((each.size, each.root) == (there.size, there.root) for each in (_opened(store.kept(there.size), known), signed) if each):
        what = f"`{log}` was signed for {there.size:,} entries, and the database knows nothing of that: it was put back to an older moment"
        hint = f"put `{log.name}` back from the same backup as the database; where there is none see docs/how-to/run-on-postgresql.md"
        raise HomeError("home.log-forked", what, place=str(log.parent), hint=hint)


def signed_of(home: Home) -> list[Checkpoint]:
    """The newest checkpoints that this home's key has signed: as the ledger kept it, as the keys did, as it is published."""
    known = home.log_key()
    with troubles_of(home.path / "log"):
        published = read_checkpoint(home.path / "log")
    found = [published, home.keys.log_head(), *home.store.checkpoints(limit=1)]
    return [opened for note in found if known and (opened := _opened(note, known))]


def _opened(note: bytes | None, known: Verifier) -> Checkpoint | None:
    """A checkpoint; what was damaged, or signed by an earlier key, says nothing here: publishing and verifying judge it."""
    try:
        return open_checkpoint(note, known) if note else None
    except LogError:
        return None
