"""Clocks: where the time comes from, and moments as nanoseconds since 1970."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from ourword.core.time import instant_from_datetime
from ourword.errors import UsageError


def now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def instants(clock: Callable[[], datetime]) -> Callable[[], int]:
    """The same clock, in nanoseconds since 1970."""
    return time.time_ns if clock is now else lambda: nanoseconds(clock())


def nanoseconds(moment: datetime) -> int:
    """A moment in nanoseconds since 1970; one without a zone is a `UsageError`."""
    instant = instant_from_datetime(moment)
    if instant is None:
        raise UsageError("usage.moment", f"`{moment}` has no zone", place="now", hint="say it with one: `datetime.now(UTC)`")
    return instant
