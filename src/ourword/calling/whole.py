"""Calling quiet customers back, from beginning to end: what the command line, HTTP and Python do with a home."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ourword.calling.asking import Taken, Wanted, draw_quiet, quiet_by_handler, sample_of, sheet, take
from ourword.calling.called_back import Told, standing

if TYPE_CHECKING:
    from ourword.calling.sheet import Row
    from ourword.ledger.samples import Sample
    from ourword.stores.home import Home


class Calls:
    """The samples of a home: drawn by lot, handed out as a sheet, answered, and what follows for the band of what stayed resolved."""

    def __init__(self, home: Home, now: Callable[[], int]) -> None:
        self._home = home
        self._now = now

    def draw(self, wanted: Wanted) -> Sample:
        """Draw quiet customers by lot, durably: who is called is settled before anybody is. Raises `UsageError`, `HomeError`."""
        return draw_quiet(self._home, wanted, now=self._now())

    def quiet(self) -> dict[str, int]:
        """How many quiet contacts could be drawn, by who handled them: `automation`, `person`, and `any`."""
        return quiet_by_handler(self._home)

    def sample(self, name: str = "") -> Sample:
        """A sample by its name, such as `ask-12`; without one, the latest. Raises `LineError` where there is none."""
        return sample_of(self._home, name)

    def sheet(self, sample: Sample) -> list[Row]:
        """The calls to make, in their order, with what was answered so far; `ourword.calling.sheet.written` makes a table of it."""
        return sheet(self._home, sample)

    def take(self, text: bytes, *, place: str = "sheet") -> Taken:
        """Take the answers of a sheet, durably; every row that is wrong is told, and the others are kept."""
        return take(self._home, text, place=place, now=self._now())

    def standing(self, sample: Sample) -> Told:
        """How a sample stands, and between what the band lies since."""
        return standing(self._home, sample)
