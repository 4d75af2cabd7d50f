"""A file of a helpdesk as `stores.importing` reads it: its shape, what was answered, and what was seen in all files together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

import msgspec

from ourword.core.event import Event
from ourword.helpdesks.shape import Answers, Look, Reader, Row, Shape
from ourword.helpdesks.telling import named_in
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.transcript import Proposed

FORM = "2"
"""Raised when the same file gives other events than before: an import that was interrupted by an upgrade then starts anew."""

_encoder = msgspec.json.Encoder(order="sorted")


class ByShape(msgspec.Struct, frozen=True):
    """The way of one file: `import_file(store, path, ByShape(shape, answers, look))`."""

    shape: Shape
    answers: Answers
    look: Look
    encoding: str = "utf-8"

    @property
    def digest(self) -> str:
        """Names this way: another answer reads a file anew."""
        named = (self.shape.name, FORM, self.encoding, _encoder.encode(self.answers).decode())
        return hashlib.sha256("".join(f"{len(each)}:{each}" for each in named).encode()).hexdigest()

    def reader(self, *, place: str, now: int | None) -> PageReader:
        """Make what takes the rows of one file."""
        return PageReader(self.shape, self.shape.reader(self.answers, self.look, place=place, now=now))


class PageReader:
    """Takes rows, each one thing or a page of many, and hands a shape's reader one thing after the other."""

    def __init__(self, shape: Shape, reader: Reader) -> None:
        self._shape, self._reader = shape, reader

    @property
    def matched(self) -> dict[str, int]:
        """How often each sort of row gave an event."""
        return self._reader.matched

    @property
    def left(self) -> dict[str, int]:
        """How many rows do not count, or not as they stand, by why; of readers that say it."""
        return dict(getattr(self._reader, "left", {}))

    @property
    def undecided(self) -> set[str]:
        """Decisions that could not be recorded."""
        return self._reader.undecided

    @property
    def time(self) -> str | None:
        """The time of the last row."""
        return self._reader.time

    def take(self, row: Row, line: int) -> Iterator[Event | Proposed | Skipped]:
        """Give the events of a row."""
        for each in self._shape.documents(row):
            yield from self._reader.take(each, line)

    def after(self, row: Row, line: int, *, time: str | None) -> None:
        """Go on behind a row that an earlier run took."""
        for each in self._shape.documents(row):
            self._reader.after(each, line, time=time)

    def end(self) -> Iterator[Event | Skipped]:
        """Give what the end of the file gives."""
        yield from self._reader.end()


TABLE = "table"
"""The name of the shape that no helpdesk has."""
SAMPLE = 2_000
"""Rows of a file that are read to see what its events name."""


def sample(shape: Shape, rows: Iterator[Row], into: Look) -> None:
    """Read the first rows as they would be imported, and count what tells that two contacts are about the same matter."""
    reader = PageReader(shape, shape.reader(Answers(), into, place="", now=None))
    for line, row in enumerate(islice(rows, SAMPLE), 1):
        for each in reader.take(row, line):
            if isinstance(each, Event):
                into.objects += named_in(each.data)
                into.kinds += bool(each.data.get("kind"))
                if shape.name == TABLE and each.type == "contact.opened":
                    into.kind_alone += bool(each.data.get("kind")) and not named_in(each.data)


def look_at(shape: Shape, rows: Iterator[Row], into: Look) -> None:
    """See all rows of a file before anything is imported."""
    for row in rows:
        into.rows += 1
        for each in shape.documents(row):
            shape.look(each, into)
