"""A file read by its shape: what the import takes where there is no mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from ourword.core.event import Event
from ourword.helpdesks.shape import Answers, Look, Reader, Row, Shape
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.transcript import Proposed

FORM = "1"
"""Raised when the same rows give other events than before."""


class ByShape:
    """How the rows of one file become events: its shape, the answers, and what all files say together."""

    def __init__(self, shape: Shape, answers: Answers, look: Look, *, encoding: str = "utf-8") -> None:
        self._shape, self._answers, self._look = shape, answers, look
        self.encoding = encoding
        self.digest = hashlib.sha256(msgspec.json.encode([FORM, shape.name, encoding, answers])).hexdigest()

    def reader(self, *, place: str, now: int) -> Reader:
        """Make what takes the rows of one file."""
        return _Documents(self._shape, self._shape.reader(self._answers, self._look, place=place, now=now))


class _Documents:
    """A reader of rows that may hold many documents each."""

    def __init__(self, shape: Shape, reader: Reader) -> None:
        self._shape, self._reader = shape, reader

    @property
    def matched(self) -> dict[str, int]:
        return self._reader.matched

    @property
    def undecided(self) -> set[str]:
        return self._reader.undecided

    @property
    def time(self) -> str | None:
        return self._reader.time

    def take(self, document: Row, line: int) -> Iterator[Event | Proposed | Skipped]:
        for each in self._shape.documents(document):
            yield from self._reader.take(each, line)

    def after(self, document: Row, line: int, *, time: str | None) -> None:
        self._reader.after(document, line, time=time)

    def end(self) -> Iterator[Event | Skipped]:
        return self._reader.end()
