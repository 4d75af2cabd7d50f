"""What a report is asked, read from the words of a command line or an address: refused before anything is opened or worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from ourword.core.time import micros_from_text, why_no_moment
from ourword.errors import UsageError
from ourword.outcomes.contacts import NOW, Asked, GroupedBy, check


def asked_from(*, window_days: int = NOW.window_days, by: str = "", since: str = "", as_of: str = "", place: Callable[[str], str] = str) -> Asked:
    """Read what is asked; *place* names each as its door does. Raises `UsageError`.

    >>> asked_from(since="1970-01-02").since
    86400000000
    """
    asked = Asked(
        window_days=window_days,
        grouped_by=cast(GroupedBy, by or NOW.grouped_by),
        since=moment(since, place("since")),
        as_of=moment(as_of, place("as_of")),
    )
    return check(asked, place=place)


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
