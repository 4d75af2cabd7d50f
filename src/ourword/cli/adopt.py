"""`ourword adopt` and `ourword adopted`: signing a contract, and who signed what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from ourword.adoption.signing import Versions
from ourword.app import Ourword
from ourword.cli.out import json_line, known_words, line, options_named, usage
from ourword.cli.words import wrapped
from ourword.ledger.adoption_words import NOBODY, as_dict, details, in_words, place_words
from ourword.outcomes.asked import as_of_from


def run(
    contract: Path,
    wiring: Path,
    home: Path,
    *,
    by: Sequence[str],
    because: str = "",
    start: str = "",
    again: bool = False,
    ahead: Sequence[int] = (),
    as_json: bool = False,
) -> int:
    """Sign, and say what the contract waits for, or since when it is in force."""
    day = _day(start)
    options = {"by": "--by", "because": "--because", "from": "--from", "again": "--again", "ahead": "--ahead"}
    with options_named(**options), Ourword.open_home(home) as ourword:
        signed = ourword.adopting.sign(contract, wiring, by=by, because=because, start=day, again=again, ahead=ahead)
        found = ourword.adopting.versions()
    if as_json:
        json_line(as_dict(signed, every=found.every(signed), now=found.now))
        return 0
    for said in filter(None, (in_words(signed, found.now, zone=found.zone(signed)), place_words(signed, found.known))):
        for text in wrapped(said):
            line(text)
    line(signed.digest)
    if signed.waits_for:
        why = " --because WHY" if because else ""  # what one has to explain the next has to, too
        for text in wrapped(f"Then: ourword adopt {contract} {wiring} --by {signed.waits_for[0]}{why} --home {home}"):
            line(text)
    return 0


def run_adopted(home: Path, *, as_of: str = "", as_json: bool = False) -> int:
    """Print every version that was signed; or a JSON line for each."""
    with Ourword.open_home(home, create=False, write=False, as_of=as_of_from(as_of, "--as-of")) as ourword:
        found, known = ourword.adopting.versions(), known_words(ourword)
    if as_json:
        for each in found.known:
            json_line(as_dict(each, every=found.every(each), now=found.now), indent=False)
    else:
        for text in (*known, *words(found)):
            line(text)
    return 0


def words(found: Versions) -> Iterator[str]:
    """What is to be said first, then every version, the newest first."""
    gaps = found.gaps()
    if not found.known and not gaps:
        yield NOBODY
    for gap in gaps:
        yield from wrapped(gap)
    for each in reversed(found.known):
        if gaps or each is not found.known[-1]:
            yield ""
        yield from wrapped(in_words(each, found.now, zone=found.zone(each)))
        yield f"  {each.digest}"
        if place := place_words(each, found.known):
            yield from wrapped(place, first="  ", then="    ")
        for text in details(each, every=found.every(each), zone=found.zone(each), now=found.now):
            yield from wrapped(text, first="  ", then="    ")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise usage("date", f"`{text[:40]}` is no day", place="--from", hint="write it as 2026-12-01") from error
