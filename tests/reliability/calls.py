"""One small workload under `strace`, in which any system call can be made to fail, or to be the last."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
from tests.reliability.forker import Order

ROOT = Path(__file__).resolve().parents[2]
WRITING = (
    *("openat", "mkdir", "rename", "unlink", "unlinkat", "rmdir", "chmod", "fchmod", "fchown"),
    *("write", "pwrite64", "writev", "pwritev", "ftruncate", "fallocate", "fsync", "fdatasync"),
)
"""The system calls by which a file or a folder is changed."""
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "SIGKILL": "signal=SIGKILL"}
_CALL = re.compile(r"(\w+)\((?:\d+<([^>]*)>)?(.*)")


class Fault(msgspec.Struct, frozen=True):
    """What happens at the so-manieth call of a name: 1, 2, 3 …"""

    call: str
    nth: int
    what: str


class Outcome(msgspec.Struct, frozen=True):
    """What the process said, and which calls it made."""

    said: dict[str, int]
    errors: list[str]
    kept: set[str]
    erased: bool
    broke: str
    done: bool
    calls: list[str]


class Traced:
    """Runs the workload again and again."""

    def __init__(self, folder: Path, *, shop: Path | None = None) -> None:
        self._folder = folder
        self._work = "erase" if shop else "record"
        self._address = str(folder / "socket")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self._address)
        self._listener.listen()
        self._listener.settimeout(60)
        command = [sys.executable, "-m", "tests.reliability.forker", self._address, *([str(shop)] if shop else [])]
        self._forker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True)

    def close(self) -> None:
        assert self._forker.stdin
        self._forker.stdin.close()
        self._forker.wait(60)
        self._listener.close()

    def run(self, home: Path, fault: Fault | None = None, mistake: str = "") -> Outcome:
        """Do the workload on *home* with one fault; raises `PermissionError` where tracing is not allowed."""
        assert self._forker.stdin
        self._forker.stdin.write(msgspec.json.encode(Order(str(home), mistake, self._work)).decode() + "\n")
        self._forker.stdin.flush()
        channel, _ = self._listener.accept()
        with channel, channel.makefile("r") as lines:
            channel.settimeout(60)
            log = self._folder / "calls"
            with _strace(int(lines.readline()), fault, log):
                channel.send(b"g")
                told = lines.read()
            return _outcome(told, log.read_text(errors="replace").splitlines())


@contextmanager
def traced(folder: Path, *, shop: Path | None = None) -> Iterator[Traced]:
    """Start the program that forks the workloads: of recording, or, with a home, of erasing a customer from it."""
    running = Traced(folder, shop=shop)
    try:
        yield running
    finally:
        running.close()


@contextmanager
def _strace(pid: int, fault: Fault | None, log: Path) -> Iterator[None]:
    what = ["-e", f"trace={','.join(WRITING)},sendto"]
    if fault:
        what += ["-e", f"inject={fault.call}:{FAULTS[fault.what]}:when={fault.nth}"]
    command = ["strace", "-p", str(pid), "-y", "-s", "80", *what, "-o", str(log)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        errors: IO[str] | None = process.stderr
        assert errors
        attached = errors.readline()
        if "attached" not in attached:
            os.kill(pid, 9)
            process.kill()
            raise PermissionError(attached)
        yield


def _outcome(told: str, calls: list[str]) -> Outcome:
    plain, _, broke = told.partition("broke ")
    words = [line.split() for line in plain.splitlines()]
    return Outcome(
        said={each[1]: int(each[2]) for each in words if each[0] == "said"},
        errors=[each[1] for each in words if each[0] == "error"],
        kept={each[1] for each in words if each[0] == "kept"},
        broke=broke,
        erased=["erased"] in words,
        done=["done"] in words,
        calls=calls,
    )


def faults(sound: Outcome, *, opening: str = "") -> list[Fault]:
    """Every call that a sound run makes, with every fault; of files that are opened, those whose path holds *opening*."""
    made, found = Counter[str](), []
    for match in (match for line in sound.calls if (match := _CALL.match(line)) and match[1] in WRITING):
        call = match[1]
        made[call] += 1
        if call != "openat" or opening in match[3]:
            found += [Fault(call, made[call], what) for what in FAULTS]
    return sorted(found, key=lambda fault: (fault.call, fault.nth))


def unsynced_when_acknowledged(outcome: Outcome) -> list[str]:
    """Which acknowledgements were given while the log of the ledger held something that was not synced."""
    unsynced, found = False, []
    for line in outcome.calls:
        match = _CALL.match(line)
        if not match:
            continue
        call, path, rest = match[1], match[2] or "", match[3]
        if call == "sendto" and '"said ' in rest and unsynced:
            found.append(rest.split('"')[1])
        elif path.endswith("ledger.sqlite-wal"):
            unsynced = call in ("write", "pwrite64") or (unsynced and call not in ("fsync", "fdatasync"))
    return found
