"""Windows, as far as one can have it without one: what POSIX alone has raises when our code calls it, and folders cannot be opened.

Only calls that come from Ourword itself are trapped: its libraries, Python's own and the tests have their own ways on each system.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

POSIX_ONLY = (
    *("fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "getgroups", "setuid", "setgid", "setsid", "getpgid", "killpg", "nice", "chown"),
    *(
        "lchown",
        "fchown",
        "fchmod",
        "chroot",
        "mkfifo",
        "mknod",
        "openpty",
        "sync",
        "getloadavg",
        "sched_getaffinity",
        "posix_spawn",
        "wait3",
        "wait4",
    ),
    *("uname", "statvfs", "fstatvfs", "pread", "pwrite", "sendfile", "fdatasync", "posix_fallocate", "posix_fadvise", "ttyname", "ctermid"),
)
"""Of `os`: none of these is there on Windows."""
MODULES = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog", "crypt")
"""Which Windows does not have at all."""


class NotThere(AttributeError):
    """Our code called what only POSIX has."""


def _ours(depth: int) -> bool:
    return str(sys._getframe(depth).f_globals.get("__name__", "")).partition(".")[0] == "ourword"


@contextmanager
def without_posix() -> Iterator[None]:
    """Trap our own calls while this is open."""

    def trapped(name: str, real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if _ours(2):
                raise NotThere(f"os.{name} is not there on Windows")
            return real(*args, **kwargs)

        return call

    real_open = os.open

    def opened(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if _ours(2) and os.path.isdir(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, flags, *args, **kwargs)

    with mock.patch.object(os, "open", opened):
        patches = [mock.patch.object(os, name, trapped(name, getattr(os, name))) for name in POSIX_ONLY if hasattr(os, name)]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in patches:
                each.stop()
