"""How fast decisions become durable in a home whose keys are wrapped, beside one whose keys lie in the clear; and what opening costs.

    python -m benchmarks.wrapped [--json]

Rounds are interleaved in one run on one disk, in slices, so that a slow second falls on both. `known` are customers whose keys were opened before,
`new` are customers who were never seen: each takes a key from the file. The ratio is wrapped to clear, by medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.decide import line
from benchmarks.rules.contract import counting_gate
from ourword.app import Ourword
from ourword.stores import wrapped
from ourword.stores.home import Home, open_home
from ourword.stores.wrapped import PASSPHRASE_FILE, by_passphrase
from ourword.stores.wrapping import wrap

ROUNDS, DECISIONS, SLICE = 5, 600, 50
PASSPHRASE = b"six words that were drawn by lot"


def made(folder: Path, *, wraps: bool) -> Home:
    """An open home."""
    open_home(folder).close()
    if wraps:
        wrap(folder, lambda place, home: by_passphrase(PASSPHRASE, chance=os.urandom))
    return open_home(folder)


def rate(home: Home, start: int, *, new: bool) -> float:
    """Seconds for a slice of decisions, one after the other."""
    word = Ourword(counting_gate(), home=home)
    begun = time.perf_counter()
    for number in range(start, start + SLICE):
        word.decide({**line(number), "customer": f"new-{number}"} if new else line(number))
    return time.perf_counter() - begun


def ratio(homes: dict[str, Home], *, new: bool, start: int, rounds: int, decisions: int) -> dict[str, float]:
    """Decisions per second of each, and wrapped to clear."""
    rates: list[dict[str, float]] = []
    for _ in range(rounds):
        taken = dict.fromkeys(homes, 0.0)
        for _ in range(decisions // SLICE):
            for name, home in homes.items():
                taken[name] += rate(home, start, new=new)
            start += SLICE
        rates.append({name: decisions / seconds for name, seconds in taken.items()})
    found = {name: round(statistics.median(each[name] for each in rates)) for name in homes}
    return {**found, "ratio": round(statistics.median(each["wrapped"] / each["clear"] for each in rates), 3)}


def opening(folder: Path, rounds: int) -> float:
    """Seconds to open a home, nothing being known of its keys before."""
    taken = []
    for _ in range(rounds):
        wrapped._opened.clear()
        begun = time.perf_counter()
        open_home(folder, write=False).close()
        taken.append(time.perf_counter() - begun)
    return round(statistics.median(taken), 3)


def one_key(home: Home) -> float:
    """Microseconds of processor time to read a customer's key that was not read before: what a busy disk does not hide."""
    rates = []
    for _ in range(20):
        home.keys._subjects.clear()
        begun = time.process_time()
        for number in range(1, 257):
            home.keys.subject(number)
        rates.append((time.process_time() - begun) / 256 * 1e6)
    return round(statistics.median(rates), 1)


def measure(*, rounds: int = ROUNDS, decisions: int = DECISIONS) -> dict[str, dict[str, float]]:
    """Measure all of it."""
    before = os.environ.get(PASSPHRASE_FILE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "passphrase").write_bytes(PASSPHRASE)
        os.environ[PASSPHRASE_FILE] = str(folder / "passphrase")
        try:
            homes = {each: made(folder / each, wraps=each == "wrapped") for each in ("clear", "wrapped")}
            found = {
                "known": ratio(homes, new=False, start=0, rounds=rounds, decisions=decisions),
                "new": ratio(homes, new=True, start=1_000_000, rounds=rounds, decisions=decisions),
            }
            found["key_microseconds"] = {name: one_key(home) for name, home in homes.items()}
            for home in homes.values():
                home.close()
            return {**found, "opening_seconds": {each: opening(folder / each, rounds) for each in homes}}
        finally:
            os.environ.pop(PASSPHRASE_FILE)
            if before is not None:
                os.environ[PASSPHRASE_FILE] = before


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    print(json.dumps(measure(), indent=None if parser.parse_args().json else 2))


if __name__ == "__main__":
    main()
