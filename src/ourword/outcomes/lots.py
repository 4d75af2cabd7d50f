"""Drawing lots among quiet contacts: whom to call back, at most one contact of each customer, the same for the same seed.

Customers come in the order of a hash of the seed and their first contact, and the first so many are drawn; of each the contact with the least hash.
Nobody can guess whom a seed will draw, and everybody can draw again. The order of the draw is the order of the calls: who stops early has a smaller
sample by lot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

METHOD = "sha256-1"
"""Which way of drawing this is; it stands in the record, so that a later way changes no old sample."""
SEED_MAX = 2**53 - 1


class Frame(msgspec.Struct, frozen=True):
    """Those among whom lots are drawn: contacts by number, ascending, and beside each its customer.

    A customer is a number from 0, in the order of their first contact here: what is kept of a draw names nobody.
    """

    contacts: tuple[int, ...] = ()
    customers: tuple[int, ...] = ()

    @property
    def theirs(self) -> list[list[int]]:
        """The contacts of each customer, ascending.

        >>> Frame((3, 5, 8), (0, 1, 0)).theirs
        [[3, 8], [5]]
        """
        found: list[list[int]] = [[] for _ in range(max(self.customers, default=-1) + 1)]
        for contact, customer in zip(self.contacts, self.customers, strict=True):
            found[customer].append(contact)
        return found


def frame_of(found: Iterable[tuple[int, int | None]]) -> Frame:
    """Make a frame of contacts and whose they are; one whose customer nobody could match is a customer of its own.

    >>> frame_of([(8, 70), (3, 70), (5, None), (6, None)])
    Frame(contacts=(3, 5, 6, 8), customers=(0, 1, 2, 0))
    """
    places: dict[tuple[bool, int], int] = {}
    rows = [(contact, places.setdefault((who is None, contact if who is None else who), len(places))) for contact, who in sorted(found)]
    return Frame(tuple(contact for contact, _ in rows), tuple(customer for _, customer in rows))


def draw(frame: Frame, *, size: int, seed: int) -> tuple[int, ...]:
    """Draw so many customers, or all where there are fewer; give one contact of each, in the order in which to call.

    >>> drawn = draw(frame_of([(3, 70), (5, 71), (8, 70)]), size=2, seed=7)
    >>> len(drawn), {5} < set(drawn)
    (2, True)
    """
    customers = sorted(frame.theirs, key=lambda contacts: _lot(seed, "customer", contacts[0]))
    return tuple(min(contacts, key=lambda contact: _lot(seed, "contact", contact)) for contacts in customers[:size])


def _lot(seed: int, of: str, number: int) -> bytes:
    return hashlib.sha256(f"{seed}:{of}:{number}".encode()).digest()
