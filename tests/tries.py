"""How many examples a law is tried with, and how many steps are broken off at."""

from __future__ import annotations

import os

CI = bool(os.environ.get("CI"))
"""CI draws the same examples each time, so that it judges a change and not the dice; everybody else draws new ones."""

STRIDE = 7 if CI else 1
"""Where each step in turn is the last one, and takes a database of its own: how far the next is from it."""


def tries(examples: int) -> int:
    """So many; in CI a third of them, and no fewer than five: drawn again each time they would tell nothing new."""
    return max(min(examples, 5), examples // 3) if CI else examples
