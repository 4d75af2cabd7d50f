"""One customer of a home, as the law names their rights: what is held on them (`export`), that it is erased (`erase`), or may not be (`hold`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from ourword.ledger.holds import Held
    from ourword.rights.forgetting import Erased
    from ourword.stores.home import Home


class Customers:
    """The customers of a home, one at a time, by their own id."""

    def __init__(self, home: Home, now: Callable[[], int]) -> None:
        self._home = home
        self._now = now

    def export(self, customer: str) -> dict[str, Any]:
        """Everything that is held on a customer, as JSON values. Raises `HomeError`."""
        from ourword.rights.exporting import export

        return export(self._home, customer, now=self._now())

    def erase(self, customer: str) -> Erased:
        """Erase a customer for good: key, personal data, texts, raw ids. Raises `LineError` where a hold stands, `HomeError`."""
        from ourword.rights.forgetting import erase

        return erase(self._home, customer, now=self._now())

    def hold(self, customer: str, *, by: str, because: str, until: date | None = None) -> Held:
        """Say that a customer may not be erased: by whose word, why, and until which day. Raises `LineError`, `HomeError`."""
        from ourword.rights.holding_back import hold

        return hold(self._home, customer, by=by, because=because, until=until, now=self._now())

    def release(self, customer: str, *, by: str, because: str = "", of: str = "") -> Held:
        """Say that a role's own hold has ended, or that of another (*of*), with why; give the one that stood. Raises `LineError`, `HomeError`."""
        from ourword.rights.holding_back import release

        return release(self._home, customer, by=by, because=because, of=of, now=self._now())

    def standing(self, customer: str) -> tuple[Held, ...]:
        """Give the holds that stand on a customer, one of a role at most. Raises `LineError` where nothing is held on them."""
        from ourword.rights.holding_back import standing

        return standing(self._home, customer, now=self._now())

    def erased(self) -> int:
        """Count the ids that were erased in this home: their contacts are in no figure."""
        return len(self._home.store.erasures())
