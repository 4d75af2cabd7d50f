"""The command `ourword coherence`; what it does is imported when it runs."""

from __future__ import annotations

from ourword.cli.options import Home, Json


def coherence(home: Home, json: Json = False) -> int:
    """Tell what is written of each kind of decision, who is there for it, and what was done in 90 days; gaps first, and no score."""
    from ourword.cli.coherence import run

    return run(home, as_json=json)
