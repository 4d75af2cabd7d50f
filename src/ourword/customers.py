"""One customer of a home, as the law names their rights: what is held on them (`export`), and that it is erased (`erase`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ourword.forgetting import Erased
    from ourword.stores.home import Home


class Customers:
    """The customers of a home, one at a time, by their own id."""

    def __init__(self, home: Home, now: Callable[[], int]) -> None:
        self._home = home
        self._now = now

    def export(self, customer: str) -> dict[str, Any]:
        """Everything that is held on a customer, as JSON values. Raises `HomeError`."""
        from ourword.exporting import export

        return export(self._home, customer, now=self._now())

    def erase(self, customer: str) -> Erased:
        """Erase a customer for good: key, personal data, texts, raw ids. Raises `LineError` where a hold stands, `HomeError`."""
        from ourword.forgetting import erase

        return erase(self._home, customer, now=self._now())
