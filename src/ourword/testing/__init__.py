"""For the tests of those who use ourword: a clock that stands still, a store in memory."""

from ourword.testing.clock import FixedClock
from ourword.testing.memory import MemoryStore

__all__ = ["FixedClock", "MemoryStore"]
