"""What `ourword contract` may be told."""

from __future__ import annotations

from ourword.cli.options import AsOf, Home, Json


def contract(home: Home, as_of: AsOf = "", json: Json = False) -> int:
    """Tell what the contracts of a home chose and intend, beside what happens: each choice, each sentence with what carries it."""
    from ourword.cli.contract import run

    return run(home, as_of=as_of, as_json=json)
