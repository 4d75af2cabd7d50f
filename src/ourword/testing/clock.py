"""A clock that stands still until it is told to move."""

from __future__ import annotations

from datetime import datetime, timedelta


class FixedClock:
    """Gives the same time whenever it is asked; time goes by when you say so.

    >>> from datetime import timezone
    >>> clock = FixedClock(datetime(2026, 1, 5, 12, tzinfo=timezone.utc))
    >>> clock.advance(timedelta(minutes=1))
    >>> clock().isoformat()
    '2026-01-05T12:01:00+00:00'
    """

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs a time with a zone")
        self.now = now

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time go by."""
        self.now += by
