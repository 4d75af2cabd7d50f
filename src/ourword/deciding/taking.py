"""A company's export into its home: its rows as events and, with a contract, its transcripts' tool calls as decisions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ourword.errors import UsageError
from ourword.outcomes.mapping import Map
from ourword.stores.events import EventStore
from ourword.stores.importing import Deciding, Imported, Way, import_file

if TYPE_CHECKING:
    from ourword.deciding.recording import Decider
    from ourword.stores.home import Home


def names_calls(mapping: Map | Way) -> bool:
    """Whether a mapping says which tool calls of a transcript are decisions."""
    return isinstance(mapping, Map) and mapping.tools is not None


def take_in(
    home: Home,
    path: Path,
    mapping: Map | Way,
    *,
    under: Decider | None = None,
    moved: Callable[[int], None] = lambda at: None,
    seen: Callable[[Imported], None] = lambda told: None,
    again: bool = False,
) -> Imported:
    """Read a file into a home, and seal what is new; *under* decides its tool calls, as observed, and records them.

    Run again it takes in nothing twice: a decision is named by where its call stands in the file. A file that gave events by
    another mapping is refused, unless it is to be taken in *again*. Raises `UsageError`, `HomeError`.
    """
    deciding = None
    if under is not None:
        if not names_calls(mapping):
            what = "this mapping names no tool calls, so that there is nothing to decide"
            raise UsageError("usage.tools", what, place="--contract", hint="add `tools: openai` to the mapping, or leave the contract out")
        sources = tuple(each for each in under.contract.draft.wiring.sources if each.tool and each.decision)
        deciding = Deciding(sources, lambda proposed: under.decide_json(proposed.as_line(), place=proposed.place), under.contract.digest)
    with EventStore(home) as store:
        told = import_file(store, path, mapping, moved=moved, seen=seen, deciding=deciding, again=again)
        if told.events["new"]:
            store.seal()
    return told


def bytes_of(path: str | Path) -> bytes:
    """A file's bytes; one that cannot be read is a `UsageError`."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error
