"""One bit of one file of a home is turned over, and the home is read by all that reads it: is it reported, harmless, or taken for true?"""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ourword import Ourword
from ourword.errors import OurwordError
from ourword.figures.settling import events_of
from ourword.stores.home import open_home
from ourword.verifying.log import verify_home

ROOT = Path(__file__).resolve().parents[2]
LARKSPUR = ROOT / "examples" / "larkspur-refund"
NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)


class Flip(msgspec.Struct, frozen=True):
    file: str
    offset: int
    bit: int


def make_home(folder: Path) -> Path:
    """A home with one of everything: decisions, promises, signals, events in a file and not yet, what was summed up."""
    home = folder / "home"
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=home, clock=lambda: NOW) as word:
        list(word.decide_lines((LARKSPUR / "decisions.jsonl").read_bytes().splitlines(), batch=100))
        events = (LARKSPUR / "events.jsonl").read_bytes().splitlines()
        list(word.event_lines(events[: len(events) // 2]))
        word._heard().store().seal()
        list(word.event_lines(events[len(events) // 2 :]))
        word.settle(now=NOW)
        word.report()
    return home


def read(home: Path) -> dict[str, str]:
    """What everybody who reads a home is told by it."""
    with Ourword.open_home(home, create=False, clock=lambda: NOW) as word:
        log = list(word.log())
        told: dict[str, object] = {
            "log": log,
            "why": [word.why(each["decision_id"]) for each in log if each["type"] == "decision"],
            "contracts": sorted(word.contracts()),
            "promises": word.promises(),
            "signals": word.signals(),
            "report": word.report(),
            "recount": word.recount(),
            "events": sorted(events_of(word._home()), key=lambda each: each.sequence or 0),
        }
    return {name: repr(value) for name, value in told.items()}


def files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and path.stat().st_size)


def flips(home: Path, count: int, chance: random.Random) -> list[Flip]:
    """So many in each file of the home."""
    return [Flip(name, chance.randrange((home / name).stat().st_size), chance.randrange(8)) for name in files(home) for _ in range(count)]


def tried(home: Path, flip: Flip, place: Path, sound: dict[str, str]) -> str:
    """Turn the bit in a copy and read it: `harmless`, `reported: CODE`, `unseen: WHAT` or `broke: …`."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(home, place)
    data = bytearray((place / flip.file).read_bytes())
    data[flip.offset] ^= 1 << flip.bit
    (place / flip.file).write_bytes(data)
    try:
        if not _verified(place):
            return "reported: verify"
        found = read(place)
    except OurwordError as error:
        return f"reported: {error.code}"
    except Exception as error:
        return f"broke: {error!r}"
    changed = [name for name, value in sound.items() if found[name] != value]
    return f"unseen: {', '.join(changed)}" if changed else "harmless"


def _verified(home: Path) -> bool:
    with open_home(home, create=False, write=False) as opened:
        return verify_home(opened, full=True).holds
