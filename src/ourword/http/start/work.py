"""Long work behind a page: one piece at a time, in a thread, that tells how far it is and can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec

from ourword.errors import OurwordError

Moved = Callable[[str, int, int], None]


class Stopped(Exception):
    """Somebody asked for the work to stop."""


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a piece of work is."""

    name: str = ""
    """What it is: `look` or `read`; empty when nothing was ever asked for."""
    words: str = ""
    done: int = 0
    of: int = 1
    seconds: float = 0.0
    ended: bool = True
    stopped: bool = False
    error: OurwordError | None = None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.done / max(self.of, 1))

    @property
    def failed(self) -> bool:
        """Whether it ended without its result."""
        return self.stopped or self.error is not None


class Work:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doing = Doing()
        self._since = 0.0
        self._stop = False
        self._thread: threading.Thread | None = None

    @property
    def doing(self) -> Doing:
        """How far it is now."""
        with self._lock:
            return self._doing

    def begin(self, name: str, work: Callable[[Moved], None]) -> bool:
        """Begin a piece of work; `False` when another one is going on."""
        with self._lock:
            if not self._doing.ended:
                return False
            self._doing, self._since, self._stop = Doing(name=name, words="it begins", ended=False), time.monotonic(), False
            self._thread = threading.Thread(target=self._run, args=(work,), name=f"start-{name}", daemon=True)
            self._thread.start()
            return True

    def stop(self) -> None:
        """Ask for it to stop; it does so at the next thing it tells."""
        with self._lock:
            self._stop = True

    def close(self) -> None:
        """Stop, and wait until it has."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self, work: Callable[[Moved], None]) -> None:
        stopped, error = False, None
        try:
            work(self._moved)
        except Stopped:
            stopped = True
        except OurwordError as cause:
            error = cause
        except Exception as cause:
            error = OurwordError("start.unexpected", f"something went wrong in Ourword itself: {type(cause).__name__}", place="", hint="tell us")
            threading.excepthook(threading.ExceptHookArgs((type(cause), cause, cause.__traceback__, threading.current_thread())))
        with self._lock:
            self._doing = msgspec.structs.replace(self._doing, ended=True, stopped=stopped, error=error, seconds=time.monotonic() - self._since)

    def _moved(self, words: str, done: int, of: int) -> None:
        with self._lock:
            if self._stop:
                raise Stopped
            self._doing = msgspec.structs.replace(self._doing, words=words, done=done, of=of, seconds=time.monotonic() - self._since)
