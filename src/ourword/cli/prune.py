"""`ourword prune`: what is past retention goes, and it is said how far, what keeps the rest, and how much smaller the home is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from ourword.cli.out import json_line, line, usage
from ourword.cli.words import wrapped
from ourword.contract.words import many
from ourword.core.span import Span, span_from_text
from ourword.deciding.told import moment
from ourword.rights.pruning import Obstacle, Pruning, prune
from ourword.stores.home import open_home

WHOLE, HELD_BACK = 0, 1


def run(home: Path, *, keep: str = "", even_owed: str = "", even_idle: bool = False, dry_run: bool = False, as_json: bool = False) -> int:
    """Let go of what is past retention, or say what would go."""
    span = _span(keep)
    with open_home(home, create=False, write=not dry_run) as opened:
        server = not opened.keys.in_file
        found = prune(opened, now=opened.clock(), keep=span, even_owed=even_owed, even_idle=even_idle, dry_run=dry_run)
    if as_json:
        json_line({"whole": found.whole, **msgspec.structs.asdict(found)})
    else:
        for text in _words(found, dry_run, server):
            for each in wrapped(text):
                line(each)
    return WHOLE if found.whole else HELD_BACK


def _span(keep: str) -> Span | None:
    span = span_from_text(keep) if keep else None
    if keep and (span is None or not span.count):
        raise usage("keep", f"`{keep}` is no time", place="--keep", hint="write it as a contract does: `3 years`, `400 days`")
    return span


def _words(found: Pruning, dry_run: bool, server: bool) -> Iterator[str]:
    if found.finished:
        yield "A pruning had been broken off; it is finished now."
    yield from _found(found, dry_run)
    if server and (found.done or found.finished):
        yield "Not reached from here: the server's own log (WAL), its archive, replicas and backups, which hold it until they go themselves."
    yield from (f"For whoever runs the database: {each}." for each in found.left)


def _found(found: Pruning, dry_run: bool) -> Iterator[str]:
    if found.unknown:
        yield "Nothing goes, since nobody knows how long decisions are kept:"
        yield from (f"- {each}" for each in found.unknown)
        return
    if found.bound is None:
        yield "Nothing goes: nothing is past retention" + (f" (kept for {found.keep})." if found.keep else ", since nothing was decided.")
        return
    yield f"Decisions are kept for {found.keep}: what is older than {moment(found.bound)} is past retention."
    if found.minimum == found.before:
        yield "Nothing goes" + ("." if found.obstacles else ": there is no whole bundle of 256 entries that is older.")
    else:
        yield f"{_gone(found, dry_run)} {_shrunk(found, dry_run)}"
        if found.owed:
            yield f"{many(found.owed, 'promise')} that we broke and never repaired {'is' if found.owed == 1 else 'are'} among it."
    if found.before:
        yield f"Entries up to {found.before:,} were let go of before."
    if found.obstacles:
        yield "What comes after is older too, and must stay:"
        yield from (f"- entry {each.entry:,}: {each.what}{_others(each)}" for each in found.obstacles)


def _others(obstacle: Obstacle) -> str:
    return f"; and {obstacle.count - 1:,} more like it" if obstacle.count > 1 else ""


def _gone(found: Pruning, dry_run: bool) -> str:
    what = f"{many(found.decisions, 'decision')} of entries {found.before + 1:,} to {found.minimum:,}"
    return f"{what} would go." if dry_run else f"{what} {'is' if found.decisions == 1 else 'are'} gone; every proof still holds."


def _shrunk(found: Pruning, dry_run: bool) -> str:
    size = f"{max(found.bytes, 0) / 1_000_000:,.1f} MB"
    return f"The home would be about {size} smaller." if dry_run else f"The home is {size} smaller."
