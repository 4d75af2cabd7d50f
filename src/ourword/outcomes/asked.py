"""What a report is asked, read from the words of a command line or an address: refused before anything is opened or worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec

from ourword.core.time import micros_from_text, why_no_moment
from ourword.errors import UsageError
from ourword.outcomes.contacts import NOW, Asked, GroupedBy, check

_ENTRY = "entry"


class AsOf(msgspec.Struct, frozen=True):
    """As of when something is asked; neither: as it is.

    Of a moment (µs since 1970) is told what had happened by then, by all that is known now, or what the ledger says until then; of an entry
    what the ledger vouched for at it.
    """

    entry: int | None = None
    moment: int | None = None

    def __bool__(self) -> bool:
        return self.entry is not None or self.moment is not None

    @property
    def known(self) -> AsOf:
        """The same, where a moment is asked of the report and not of the ledger: the entry alone."""
        return AsOf(entry=self.entry)


def asked_from(
    *, window_days: int = NOW.window_days, by: str = "", since: str = "", as_of: AsOf | str = "", place: Callable[[str], str] = str
) -> Asked:
    """Read what is asked; *place* names each as its door does. Raises `UsageError`.

    >>> asked_from(since="1970-01-02").since
    86400000000
    """
    asked = Asked(
        window_days=window_days,
        grouped_by=cast(GroupedBy, by or NOW.grouped_by),
        since=moment(since, place("since")),
        as_of=as_of.moment if isinstance(as_of, AsOf) else moment(as_of, place("as_of")),
    )
    return check(asked, place=place)


def as_of_from(text: str, place: str, *, bare: bool = False) -> AsOf:
    """Read `entry:N`, a day, or a moment with its zone; with *bare* a number alone is an entry's too. Raises `UsageError`.

    >>> as_of_from("entry:41", "--as-of"), as_of_from("1970-01-02", "--as-of"), as_of_from("41", "--as-of", bare=True)
    (AsOf(entry=41, moment=None), AsOf(entry=None, moment=86400000000), AsOf(entry=41, moment=None))
    """
    entry = entry_in(text, place, bare=bare)
    return AsOf(entry=entry) if entry is not None else AsOf(moment=moment(text, place))


def entry_in(text: str, place: str, *, bare: bool = False) -> int | None:
    """The number in `entry:N`; `None` where something else is asked for."""
    of, colon, number = text.strip().partition(":")
    if bare and text.strip().isdecimal():
        return _number(text, place)
    return _number(number, place) if of.lower() == _ENTRY and colon else None


def _number(text: str, place: str) -> int:
    digits = text.strip()
    found = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0
    if not found:
        what = "entries are numbered from 1" if digits.strip("0") == "" and digits else f"`{text[:40]}` is no entry's number"
        raise UsageError("as-of.entry", what, place=place, hint="write entry:41, or a moment; `ourword log` lists the entries")
    return found


def moment(text: str, place: str) -> int | None:
    """A day, or a moment with its zone, as µs since 1970; nothing is `None`, anything else a `UsageError`.

    >>> moment("1970-01-02", "--since"), moment("", "--since")
    (86400000000, None)
    """
    if not text:
        return None
    found = micros_from_text(text)
    if found is None:
        what, hint = why_no_moment(text)
        raise UsageError("outcomes.moment", what, place=place, hint=hint)
    return found
