"""A disk whose power is cut: ext4 on a loop device, shut down in the middle of writing by its own ioctl, mounted again.

Only root may. What was not synced is in the memory of the system, and is thrown away; ext4 then replays its journal as after a real cut.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXT4_IOC_SHUTDOWN = 0x8004587D
"""_IOR('X', 125, __u32), of Linux' fs/ext4/ext4.h."""
NO_LOG_FLUSH = struct.pack("I", 2)
"""EXT4_GOING_FLAGS_NOLOGFLUSH: stop at once, not even the journal is written."""
SIZE = 64 * 2**20
WRITER = str(Path(__file__).with_name("careless_writer.py"))


class CannotMount(Exception):
    """Not root, or no loop devices here."""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMount(f"{' '.join(command)}: {done.stderr.strip()}")


class Disk:
    """A disk in a file."""

    def __init__(self, folder: Path) -> None:
        self.image = folder / "disk.img"
        self.place = folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(SIZE)
        try:
            _run("mkfs.ext4", "-q", "-F", str(self.image))
        except FileNotFoundError as error:
            raise CannotMount(str(error)) from error

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.place))

    def umount(self) -> None:
        _run("umount", str(self.place))

    def cut(self) -> None:
        """From now on the disk takes nothing, and what it has not got is lost."""
        folder = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(folder)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A mounted disk; raises `CannotMount`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Disk(folder)
    made.mount()
    try:
        yield made
    finally:
        made.umount()


def cut_while_writing(on: Disk, home: Path, *, prefix: str, after: float, making: bool = False, synchronous: str = "FULL") -> dict[str, int]:
    """Let four threads record and cut the power some seconds after their first acknowledgement; mount again, and give what was acknowledged.

    With *making* nothing is waited for: the cut may come while the home is being made. What the process says later does not count: a real
    cut would have ended it, and a sync that is under way while ext4 is shut down may be told "done" by Linux 6.18 without having been.
    """
    command = [sys.executable, WRITER, str(home), prefix, synchronous]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        said = b"" if making else process.stdout.readline()
        time.sleep(after)
        os.set_blocking(process.stdout.fileno(), False)
        said += process.stdout.read() or b""
        on.cut()
        time.sleep(0.05)
        process.kill()
    on.umount()
    on.mount()
    lines = [line.split() for line in said[: said.rfind(b"\n") + 1].decode().splitlines()]
    return {decision_id: int(seq) for decision_id, seq, _ in lines}
