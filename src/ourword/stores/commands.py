"""Running somebody's command with a secret on its standard input: without a shell, for so long, and for so much output.

No secret stands among its arguments, in its environment, or in an error. What it writes to standard error goes where ours goes: it may ask there
for a token to be touched, and what it complains of is for whoever started us.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from ourword.errors import HomeError

OUTPUT_BYTES_MAX = 65_536
SECONDS_MAX = 120.0
DOING = "OURWORD_KEYS"
"""Tells the command whether to `wrap` or to `unwrap`: one script may do both."""
NAMED = "OURWORD_KEYS_ID"
"""Tells it which key that is: another one each time that a home is wrapped, so that a store can keep each under a name of its own."""


def run_command(command: str, given: bytes, *, doing: str, name: str, place: Path, seconds: float = SECONDS_MAX) -> bytes:
    """Run a command, *given* on its standard input and *name* in its environment, and give what it printed. Raises `HomeError` (`keys.command`)."""
    try:
        parts = shlex.split(command, posix=os.name == "posix")
    except ValueError as cause:
        raise _failed(f"cannot be read: {cause}", doing, place) from None
    if not parts:
        raise _failed("is empty", doing, place)
    try:
        running = subprocess.Popen(
            parts,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, DOING: doing, NAMED: name},
            start_new_session=True,  # so that it can be ended with all that it started; where there are no sessions this says nothing
        )
    except (OSError, ValueError) as cause:
        raise _failed(f"cannot be started: {getattr(cause, 'strerror', None) or 'it is no command'}", doing, place) from cause
    return _Talk(running, given).said(doing, place, seconds)


class _Talk:
    """What goes in and comes out, by two threads: a command that neither reads nor ends holds nobody up for longer than it may."""

    def __init__(self, running: subprocess.Popen[bytes], given: bytes) -> None:
        assert running.stdin is not None
        assert running.stdout is not None
        self._running, self._into, self._out = running, running.stdin, running.stdout
        self._given, self._found = given, b""
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._write, self._read)]
        for each in self._threads:
            each.start()

    def _write(self) -> None:
        with suppress(OSError, ValueError):  # it need not read: what it wants may lie elsewhere
            self._into.write(self._given)
        with suppress(OSError, ValueError):
            self._into.close()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            self._found = self._out.read(OUTPUT_BYTES_MAX + 1)

    def said(self, doing: str, place: Path, seconds: float) -> bytes:
        """Wait for its end, and give what it printed."""
        try:
            self._threads[1].join(seconds)
            too_much = len(self._found) > OUTPUT_BYTES_MAX
            if too_much or self._threads[1].is_alive():
                what = f"printed more than {OUTPUT_BYTES_MAX:,} bytes" if too_much else f"did not end within {seconds:g} seconds"
                raise _failed(what, doing, place)
            code = self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            raise _failed(f"did not end within {seconds:g} seconds", doing, place) from None
        finally:
            self._end()
        if code:
            raise _failed(f"ended with {code}", doing, place)
        return self._found

    def _end(self) -> None:
        """Leave nothing behind of a command that did not end by itself."""
        if self._running.poll() is None or self._threads[1].is_alive():
            self._kill()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(1)
        for thread in self._threads:
            thread.join(1)
        if not self._threads[1].is_alive():  # else somebody who left its session holds the pipe: closing it would wait for that one
            self._out.close()

    def _kill(self) -> None:
        """End it, and where there are sessions all that it started and that stayed in its own: a script's `sleep`, a client that waits."""
        with suppress(OSError):
            if os.name == "posix":
                os.kill(-self._running.pid, signal.SIGKILL)
            else:
                self._running.kill()


def _failed(what: str, doing: str, place: Path) -> HomeError:
    hint = "it reads from standard input, prints to standard output and ends with 0; no shell reads it: put pipes and variables into a script"
    return HomeError("keys.command", f"the command that {doing}s {what}", place=str(place), hint=hint)
