"""Which customer a decision is counted for: each has one number, and is found under it by their own id."""

from __future__ import annotations

from ourword.stores.home import Home
from ourword.verifying.flaws import Flaws


class Customers:
    """Holds the numbers of customers that rows of decisions name against what their entries and their personal data say."""

    def __init__(self, home: Home, flaws: Flaws) -> None:
        self._home = home
        self._flaws = flaws
        self._numbers: dict[str, int] = {}
        """By `sub`, which every entry of a customer has."""
        self._subs: dict[int, str] = {}
        self._found: set[int] = set()

    def row(self, entry: int, sub: str, number: int) -> None:
        """Hold a row against its entry: entries of one customer stand beside rows of one number, also when their key is gone."""
        if (self._numbers.setdefault(sub, number), self._subs.setdefault(number, sub)) != (number, sub):
            self._flaws.add("ledger.sqlite", "it is counted for another customer than the one of the entry: it was changed", entry=entry)

    def own_id(self, entry: int, customer: str, number: int) -> None:
        """Hold how a customer is found by their own id against their number, once each."""
        if number in self._found:
            return
        self._found.add(number)
        if self._home.store.number_of(customer) != number:
            what = "its customer is not found by their own id: the row that says under which number they are counted was deleted or changed"
            self._flaws.add("ledger.sqlite", what, entry=entry)
