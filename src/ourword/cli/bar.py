"""How far a long reading is, for people at a terminal: a bar with rows a second and the time left; quiet when piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypeVar

from ourword.proving.found import Step

T = TypeVar("T")


class Bar:
    """A bar on standard error while a file of *size* bytes is read; use it in a `with`."""

    def __init__(self, size: int, *, rows: Callable[[], int]) -> None:
        self._size = size
        self._rows = rows
        self._shown: Any = None
        self._task: Any = None

    def __enter__(self) -> Bar:
        if self._size and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[speed]}"), TimeRemainingColumn(compact=True))
            self._shown = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._shown.add_task("", total=self._size, speed="")
            self._shown.start()
        return self

    def moved(self, at: int) -> None:
        """Say how far the file has been read, in bytes."""
        if self._shown is not None:
            spent = self._shown.tasks[0].elapsed
            speed = f"{self._rows() / spent:,.0f} rows/s" if spent and self._rows() else ""
            self._shown.update(self._task, completed=min(at, self._size), speed=speed)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._shown is not None:
            self._shown.stop()


def watched(steps: Iterator[T | Step]) -> Iterator[T]:
    """Pass on what is found, and move a bar for whoever waits at a terminal; the first step says how many there are."""
    first = next(steps, None)
    if not isinstance(first, Step):
        return
    with Bar(first.of, rows=lambda: 0) as bar:
        for step in steps:
            if isinstance(step, Step):
                bar.moved(step.done)
            else:
                yield step
