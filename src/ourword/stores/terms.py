"""What somebody has said of a home's bill, kept in it: whose rule is spoken of, the price, one's own amounts. Every door begins with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.outcomes.bill import UNSAID, Assumed

if TYPE_CHECKING:
    from ourword.stores.home import Home

FILE = "terms.json"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Whose rule a home's figures speak of first (empty: the dearest), and what its bill takes for granted."""

    rule: str = ""
    assumed: Assumed = UNSAID
    files: tuple[str, ...] = ()
    """The names of the files that were read into the home."""
    granted: tuple[str, ...] = ()
    """What was taken for granted when they were read, in words."""

    def beside(self, other: Terms) -> Terms:
        """The same with the other's amounts, where they are in the same currency; price and rule stay."""
        if other.assumed.currency != self.assumed.currency:
            return self
        return msgspec.structs.replace(self, assumed=msgspec.structs.replace(other.assumed, price=self.assumed.price))


NO_TERMS = Terms()
"""While nobody has said anything."""


def terms_of(home: Path) -> Terms:
    """What was said; nothing where nobody has. Raises `HomeError` for a file that cannot be read, since the bill would be another."""
    try:
        return msgspec.json.decode((home / FILE).read_bytes(), type=Terms)
    except FileNotFoundError:
        return NO_TERMS
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        what = f"what was said of the bill cannot be read: {error}"
        raise HomeError("home.terms", what, place=str(home / FILE), hint="mend the file, or delete it and say it again") from error


def said_of(home: Home) -> Terms:
    """What was said of an open home's bill; nothing of one as known at an entry, since the ledger knows of none of it."""
    return terms_of(home.path) if home.known_at is None else NO_TERMS


def keep_terms(home: Path, terms: Terms) -> None:
    """Keep what was said, in place of what was said before."""
    new = home / f"{FILE}.new"
    try:
        new.write_bytes(msgspec.json.encode(terms) + b"\n")
        os.replace(new, home / FILE)
    except OSError as error:
        what = f"what was said of the bill cannot be kept: {error.strerror}"
        raise HomeError("home.terms", what, place=str(home / FILE), hint="make room, and try again") from error
