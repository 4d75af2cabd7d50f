"""The command `ourword coherence`; what it does is imported when it runs."""

from __future__ import annotations

from ourword.cli.options import AsOf, Home, Json


def coherence(home: Home, as_of: AsOf = "", json: Json = False) -> int:
    """Tell what is written of each kind of decision, who is there for it, and what was done in 90 days; gaps first, and no score."""
    from ourword.cli.coherence import run

    return run(home, as_of=as_of, as_json=json)
