"""What kept a home's log from being published when the home was closed: nothing that is recorded is lost by it, and whoever listens is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ourword.errors import HomeError

_TOLD: ContextVar[list[HomeError] | None] = ContextVar("unpublished", default=None)


@contextmanager
def put_off() -> Iterator[None]:
    """Publish inside: an error ends nothing, for what is recorded is recorded. The next to close, or `ourword publish`, goes on."""
    try:
        yield
    except HomeError as error:
        if (told := _TOLD.get()) is not None:
            told.append(error)


@contextmanager
def listening() -> Iterator[list[HomeError]]:
    """Give the list of what is put off while inside, as it grows."""
    told: list[HomeError] = []
    token = _TOLD.set(told)
    try:
        yield told
    finally:
        _TOLD.reset(token)
