"""A value that is not known, with the facts to blame."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Unknown(msgspec.Struct, frozen=True):
    """What a condition gives when facts it needs are not known, or when it fails while running.

    >>> united([Unknown(frozenset({"amount"}), "absent"), Unknown(frozenset({"opened"}), "stale")]).why
    'absent; stale'
    """

    facts: frozenset[str]
    why: str


def united(parts: Iterable[object]) -> Unknown:
    """Join the unknown ones among some values: all their facts, each reason once."""
    unknown = [part for part in parts if isinstance(part, Unknown)]
    if len(unknown) == 1:
        return unknown[0]
    why = "; ".join(dict.fromkeys(part.why for part in unknown))
    return Unknown(frozenset().union(*(part.facts for part in unknown)), why)
