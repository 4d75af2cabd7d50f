"""A home that stays open for days is published while it is at work, not only at its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ourword.errors import HomeError
from ourword.stores.home import Home

SECONDS = 60.0


@contextmanager
def published_regularly(home: Home | None, *, seconds: float = SECONDS) -> Iterator[None]:
    """Publish a home now and then while inside; in a thread of its own, so that nobody who decides waits. No home: nothing is done."""
    if home is None or not home.store.writes:
        yield
        return
    ended = threading.Event()

    def publish() -> None:
        while True:
            with suppress(HomeError):  # it is tried again; what is recorded is recorded
                home.publish()
            if ended.wait(seconds):
                return

    thread = threading.Thread(target=publish, name="ourword-publish", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
