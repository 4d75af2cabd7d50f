"""How fast a log is verified, and how long one inclusion proof takes, each beside what cannot be left out.

    python -m benchmarks.verify [--size N] [--tree N] [--proofs N] [--json]

A home of so many decisions, a promise with each, is published and verified: from its folder alone and as a home, plain and `--full`. Beside it, in
the same round: the SHA-256 of the same bytes, and the root of RFC 6962 over them in plain Python, from entries that lie in memory.

Then inclusion proofs from the tiles of a tree of ten million entries. Its leaf hashes are made up (a proof needs no entry but its hash), tile by
tile, in a temporary folder of some 330 MB. Cold: every tile is dropped from the page cache as far as the system lets us, and nothing is remembered
between proofs; warm: the same proofs again. Beside it the same proof by whoever has no tiles: all hashes of the tree once. Every proof is held
against the root.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.erase import NOW, decided
from ourword.ledger.decided import Decided, Promised
from ourword.ledger.entry import Lineage
from ourword.stores.home import Home, open_home
from ourword.tlog.tiles import HEIGHT, WIDTH, Tile, hash_from
from ourword.tlog.tree import HASH_BYTES, full_root, inclusion_proof, node_hash, root, root_from_inclusion
from ourword.verifying.folder import LogFolder
from ourword.verifying.log import verify_home, verify_log

SIZE, TREE, PROOFS, ROUNDS = 50_000, 10_000_000, 200, 3


# ---- verifying a whole log ----------------------------------------------------------------------------------------------


def grown(folder: Path, size: int) -> Home:
    """A home of so many decisions, with a promise each: twice as many entries."""
    home = open_home(folder, clock=lambda: NOW)
    for start in range(0, size, 20_000):
        home.record_many([promised(number) for number in range(start, min(start + 20_000, size))])
    home.publish()
    return home


def promised(number: int) -> Decided:
    """A decision that promises something; under no contract, since this home keeps none."""
    return msgspec.structs.replace(decided(number), lineage=Lineage(), promises=(Promised(id="money-back", due=NOW + 5 * 86_400 * 10**9),))


def plain_root(entries: Sequence[bytes]) -> bytes:
    """The root of RFC 6962, as somebody would write it in a few lines."""
    hashes = [sha256(b"\x00" + each).digest() for each in entries]
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)] + odd
    return hashes[0]


def verified(size: int, folder: Path) -> dict[str, Any]:
    """Entries a second of each way, the median of the rounds; they take turns."""
    with grown(folder / "home", size) as home:
        entries = [entry.bytes for entry in home.log()]
        known = home.log_key()
        assert known is not None
        log, expected = home.path / "log", verify_log(home.path / "log", known).root
        ways: dict[str, Callable[[], object]] = {
            "sha256": lambda: [sha256(each).digest() for each in entries],
            "plain_root": lambda: plain_root(entries).hex() == expected,
            "folder": lambda: verify_log(log, known).holds,
            "folder_full": lambda: verify_log(log, known, full=True).holds,
            "home": lambda: verify_home(home).holds,
            "home_full": lambda: verify_home(home, full=True).holds,
        }
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                begun = time.process_time()
                assert way()
                took[name].append(time.process_time() - begun)
    told: dict[str, Any] = {"entries": len(entries), "bytes": sum(map(len, entries))}
    told["entries_per_cpu_second"] = {name: round(len(entries) / statistics.median(each)) for name, each in took.items()}
    bare = took["plain_root"]
    told["ratio_to_plain_root"] = {
        name: round(statistics.median(a / b for a, b in zip(each, bare, strict=True)), 2) for name, each in took.items() if name != "plain_root"
    }
    return told


# ---- one proof of a large tree ------------------------------------------------------------------------------------------


def leaves(size: int) -> Iterator[list[bytes]]:
    """The hashes of a tree's entries, a tile at a time: made up, and the same each time."""
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        made = hashlib.shake_256(b"tile %d" % number).digest(width * HASH_BYTES)
        yield [made[at : at + HASH_BYTES] for at in range(0, len(made), HASH_BYTES)]


def written(folder: Path, size: int) -> int:
    """Write every tile of hashes of such a tree; give how many files that were."""
    level, count = 0, 0
    rows: Iterator[list[bytes]] = leaves(size)
    while True:
        above: list[bytes] = []
        for number, hashes in enumerate(rows):
            path = folder / Tile(level, number, len(hashes)).path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(hashes))
            count += 1
            if len(hashes) == WIDTH:
                above.append(full_root(hashes))
        if not above:
            return count
        level, rows = level + 1, _by_tile(above)


def _by_tile(hashes: Sequence[bytes]) -> Iterator[list[bytes]]:
    return (list(hashes[at : at + WIDTH]) for at in range(0, len(hashes), WIDTH))


def forgotten(folder: Path) -> None:
    """Let the system drop from memory what it holds of these files, as far as it does so when asked."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file() and hasattr(os, "posix_fadvise"):
            opened = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(opened)


def without_tiles(index: int, size: int) -> list[bytes]:
    """The proof by whoever has the hashes of the entries and nothing else: each level of the whole tree once."""
    hashes, proof = [each for tile in leaves(size) for each in tile], []
    while len(hashes) > 1:
        beside = index ^ 1
        if beside < len(hashes):
            proof.append(hashes[beside])
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=False)] + odd
        index //= 2
    return proof


def proved(size: int, proofs: int, folder: Path) -> dict[str, Any]:
    """Microseconds of one proof, cold, warm and without tiles."""
    files = written(folder, size)
    forgotten(folder)
    whole = root(size, hash_from(LogFolder(folder).tile, size))
    chosen = random.Random(7).sample(range(size), min(proofs, size))
    forgotten(folder)
    cold = [_timed(index, size, LogFolder(folder), whole) for index in chosen]
    at_hand = LogFolder(folder)
    for index in chosen:
        _timed(index, size, at_hand, whole)
    warm = [_timed(index, size, at_hand, whole) for index in chosen]
    begun, busy_before = time.perf_counter(), time.process_time()
    naive = without_tiles(chosen[0], size)
    seconds, spent = time.perf_counter() - begun, time.process_time() - busy_before
    assert naive == inclusion_proof(chosen[0], size, hash_from(at_hand.tile, size))
    told = {"tree": size, "tiles": files, "levels": -(-(size - 1).bit_length() // HEIGHT), "proofs": len(chosen)}
    for name, each in (("cold", cold), ("warm", warm)):
        took, busy = (sorted(each_one) for each_one in zip(*each, strict=True))
        told |= {f"{name}_us": round(statistics.median(took) * 1e6), f"{name}_p99_us": round(took[-1 - len(took) // 100] * 1e6)}
        told |= {f"{name}_cpu_us": round(statistics.median(busy) * 1e6)}
    told |= {"without_tiles_seconds": round(seconds, 2), "without_tiles_cpu_seconds": round(spent, 2)}
    return told | {"ratio_to_warm": round(spent * 1e6 / max(1, told["warm_cpu_us"]))}


def _timed(index: int, size: int, folder: LogFolder, whole: bytes) -> tuple[float, float]:
    """One proof, by the clock and in processor time."""
    begun, busy = time.perf_counter(), time.process_time()
    proof = inclusion_proof(index, size, hash_from(folder.tile, size))
    took = time.perf_counter() - begun, time.process_time() - busy
    leaf = folder.tile(Tile(0, index // WIDTH, min(WIDTH, size - index // WIDTH * WIDTH)))[index % WIDTH]
    assert root_from_inclusion(index, size, leaf, proof) == whole
    return took


# ---- telling ------------------------------------------------------------------------------------------------------------


def measure(*, size: int = SIZE, tree: int = TREE, proofs: int = PROOFS) -> dict[str, Any]:
    """Both, one after the other."""
    with tempfile.TemporaryDirectory(prefix="ourword-verify-") as name:
        return {"verify": verified(size, Path(name)), "proofs": proved(tree, proofs, Path(name) / "tree")}


def table(told: dict[str, Any]) -> str:
    """The figures in words."""
    log, proofs = told["verify"], told["proofs"]
    lines = [f"{log['entries']:,} entries, {log['bytes'] / 1e6:,.0f} MB, verified (processor time, median of {ROUNDS}):"]
    for name, count in log["entries_per_cpu_second"].items():
        ratio = log["ratio_to_plain_root"].get(name)
        lines.append(f"  {name:<12} {count:>10,} entries/s" + (f"  {ratio} times the plain root's time" if ratio else ""))
    lines.append(f"one of {proofs['proofs']:,} proofs in a tree of {proofs['tree']:,}; without tiles {proofs['without_tiles_seconds']} s:")
    for each in ("cold", "warm"):
        took, longest, busy = (proofs[f"{each}_{name}us"] for name in ("", "p99_", "cpu_"))
        lines.append(f"  {each} {took:>8,} µs by the clock (p99 {longest:,}), {busy:,} µs at work")
    return "\n".join(lines)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=SIZE, help="decisions in the home")
    parser.add_argument("--tree", type=int, default=TREE, help="entries of the tree that proofs are made in")
    parser.add_argument("--proofs", type=int, default=PROOFS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = measure(size=given.size, tree=given.tree, proofs=given.proofs)
    print(json.dumps(told) if given.json else table(told))


if __name__ == "__main__":
    main()
