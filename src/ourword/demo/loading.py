"""Larkspur's 120 days into a home, through the doors that everybody has: decisions are decided, events handed in, promises settled.

Decisions are recorded by a process of their own beside the events, so that two processors are used where there are two.
What was begun is written down first; run again after any end, it goes on, and nothing is there twice.
"""

from __future__ import annotations

import gc
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import msgspec

from ourword.adoption.adopting import Files, adopted, sign
from ourword.app import Ourword
from ourword.contract.read import read
from ourword.core.event import event_from_mapping
from ourword.demo.company import decisions, events, make, truth
from ourword.demo.company.stories import CONTRACTS
from ourword.errors import HomeError
from ourword.figures.settling import Settled, events_of, settle_home
from ourword.outcomes.bill import Assumed
from ourword.stores.events import BATCH_MAX, EventStore
from ourword.stores.home import open_home
from ourword.stores.terms import Terms, keep_terms

FOLDER = Path("demo", "company")
"""Below the home: what the company was made from, and the truth that nobody has in life."""
_BEGUN, _TRUTH = "company.json", "truth.json"
_TOGETHER = 1024
TERMS = Terms(assumed=Assumed(currency="USD", saving_a_contact=(400, 400), come_back_handled=(500, 700), repair_of_a_promise=(800, 1200)))
"""What Larkspur says of its own costs; as made up as Larkspur is."""

Moved = Callable[[str], None]
"""Called with what is being done."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """What a company is made from: the moment up to which it lives, its size, its seed; and whether it is wholly there."""

    now: int
    """Seconds since 1970."""
    contacts: int = make.CONTACTS
    days: int = make.DAYS
    seed: int = make.SEED
    loaded: bool = False

    @property
    def moment(self) -> datetime:
        """The moment up to which it lives."""
        return datetime.fromtimestamp(self.now, UTC)

    @property
    def size(self) -> dict[str, int]:
        """Size and seed, as the generator takes them."""
        return {"contacts": self.contacts, "days": self.days, "seed": self.seed}


def load(place: Path, now: datetime, *, contacts: int = make.CONTACTS, moved: Moved = lambda doing: None) -> tuple[Company, Settled]:
    """Load the company that lives up to *now* into a home, or go on with the one that was begun there; then settle.

    Raises `HomeError` where the home cannot be written.
    """
    begun = _begun(place, Company(now=int(now.timestamp()), contacts=contacts))
    if not begun.loaded:
        moved("Larkspur lives through 120 days")
        with _recorded_beside(place):
            _hand_in(place, begun, moved)
            make.forget()
            moved("decisions are recorded")
        begun = msgspec.structs.replace(begun, loaded=True)
        _write(place / FOLDER / _BEGUN, begun)
    moved("promises are settled")
    keep_terms(place, TERMS)
    with open_home(place) as home:
        return begun, settle_home(home, events_of(home), begun.now * 10**9)


def record(place: Path) -> None:
    """Decide all that was proposed, in a process of its own, and write the truth down."""
    begun = msgspec.json.decode((place / FOLDER / _BEGUN).read_bytes(), type=Company)
    encode = msgspec.json.Encoder().encode
    made = decisions(begun.moment, **begun.size)
    with _unswept(made) as lines, ExitStack() as stack:
        _sign(place, begun)
        words = {version: stack.enter_context(_opened(place, version)) for _, version in CONTRACTS}
        for version, some in groupby(lines, key=lambda line: line["lineage"]["contract"]):
            for verdict in words[version].decide_lines(map(encode, some), place="demo", batch=_TOGETHER):
                if "error" in verdict:
                    error = verdict["error"]
                    raise HomeError(error["code"], error["what"], place=error["place"], hint=error["hint"])
    _write(place / FOLDER / _TRUTH, truth(begun.moment, **begun.size))


def _opened(place: Path, version: str) -> Ourword:
    contract = _in_version(place, version)
    with as_file(files("ourword.demo")) as ours:
        return Ourword.open(contract, ours / "wiring.yaml", home=place)


def _in_version(place: Path, version: str) -> Path:
    """The contract as it was in a version: of the same clauses, so that nothing but the version tells the two apart."""
    contract = place / FOLDER / f"contract-{version}.yaml"
    text = files("ourword.demo").joinpath("contract.yaml").read_text(encoding="utf-8")
    contract.write_text(re.sub("^version: .*$", f"version: {version}", text, count=1, flags=re.MULTILINE), encoding="utf-8")
    return contract


def _sign(place: Path, begun: Company) -> None:
    """Each version is signed on the day on which automation begins to decide by it, by both who answer for it; once, however often this is run."""
    first = begun.now - begun.days * 86_400
    wiring = files("ourword.demo").joinpath("wiring.yaml").read_bytes()
    with open_home(place) as home:
        there = {(each.version, by) for each in adopted(home) for by in each.signers}
        for share, version in CONTRACTS:
            contract, at = _in_version(place, version).read_bytes(), first + int(share * (begun.now - first))
            for by in ("omar", "mara"):
                if (version, by) not in there:
                    sign(home, Files(read(contract, wiring), contract, wiring), by=by, now=at * 10**9)


def truth_in(place: Path) -> dict[str, Any]:
    """The truth that was written beside the home."""
    found: dict[str, Any] = msgspec.json.decode((place / FOLDER / _TRUTH).read_bytes())
    return found


def _hand_in(place: Path, begun: Company, moved: Moved) -> None:
    with _unswept(events(begun.moment, **begun.size)) as heard, open_home(place) as home, EventStore(home, clock=lambda: begun.now * 10**9) as store:
        handed = 0
        for batch in _batches(heard):
            read = [event_from_mapping(each, now=begun.now * 10**9) for each in batch]
            for result in store.add(read):
                if not isinstance(result, str):
                    raise result
            handed += len(batch)
            moved(f"{handed:,} events are handed in")
        store.seal()


@contextmanager
def _unswept(lines: Iterator[dict[str, Any]]) -> Iterator[Iterator[dict[str, Any]]]:
    """Make a company, and read it, without sweeping it: millions of small values that all stay; looking for garbage took half of the time."""
    gc.disable()
    try:
        first = next(lines)
        gc.freeze()
        gc.enable()
        yield chain([first], lines)
    finally:
        gc.enable()
        gc.unfreeze()


def _batches(heard: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(heard, BATCH_MAX)):
        yield batch


@contextmanager
def _recorded_beside(place: Path) -> Iterator[None]:
    """Record the decisions meanwhile; what goes wrong there is our error, and no process is left behind."""
    code = "import sys; from pathlib import Path; from ourword.demo.loading import record; record(Path(sys.argv[1]))"
    process = subprocess.Popen([sys.executable, "-c", code, str(place)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        yield
        _, said = process.communicate()
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate()
    if process.returncode:
        what = "the decisions could not be recorded: " + (said.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise HomeError("home.demo", what, place=str(place), hint="run this again: it goes on where it stopped, and nothing is recorded twice")


def _begun(place: Path, wanted: Company) -> Company:
    """The company that was begun here, else the one that is wanted, written down before anything of it is."""
    file = place / FOLDER / _BEGUN
    try:
        if file.exists():
            return msgspec.json.decode(file.read_bytes(), type=Company)
    except (OSError, msgspec.MsgspecError) as error:
        raise HomeError("home.demo", f"`{file.name}` cannot be read: {error}", place=str(file), hint="give a new folder with --home") from error
    open_home(place).close()
    _write(file, wanted)
    return wanted


def _write(file: Path, value: Company | Mapping[str, Any]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(value) + b"\n")
        new.replace(file)
    except OSError as error:
        what = f"`{file.name}` cannot be written: {error.strerror}"
        raise HomeError("home.demo", what, place=str(file), hint="make room, or give another folder with --home") from error
