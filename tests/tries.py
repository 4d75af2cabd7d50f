"""How many examples a law is tried with."""

from __future__ import annotations

import os

CI = bool(os.environ.get("CI"))
"""CI draws the same examples each time, so that it judges a change and not the dice; everybody else draws new ones."""


def tries(examples: int) -> int:
    """So many; in CI a third of them, and no fewer than five: drawn again each time they would tell nothing new."""
    return max(min(examples, 5), examples // 3) if CI else examples
