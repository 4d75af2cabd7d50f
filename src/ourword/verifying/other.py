"""A key, a checkpoint or a receipt of another log: a slip of whoever verifies, and no sign that anything was changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ourword.errors import LogError
from ourword.tlog.checkpoint import said_of
from ourword.tlog.note import Verifier


def same_log(folder: Path, note: bytes | None, known: Verifier, old: Sequence[tuple[str, bytes]]) -> None:
    """Stop where the log in a folder (its checkpoint is *note*), the key and what was kept (*old*: where, its checkpoint) are of several logs.

    Raises `LogError` (`log.other`). What says nothing of a log is passed over: whether it holds is told by verifying it.
    """
    if note and (of := said_of(note)) and of != known.name:
        raise other_log(folder, of, "the key", known.name)
    for place, each in old:
        if (said := said_of(each)) and said != known.name:
            raise other_log(folder, known.name, f"the checkpoint in {place}", said)


def other_log(folder: Path, of: str, given: str, said: str) -> LogError:
    """The log is of one name, and what was given of another."""
    hint = "take what belongs to this log; a log's name stands before the first `+` of its key, and in the first line of a checkpoint"
    return LogError("log.other", f"this is the log `{of}`, and {given} is of the log `{said}`: nothing was verified", place=str(folder), hint=hint)
