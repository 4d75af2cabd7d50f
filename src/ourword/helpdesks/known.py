"""The shapes that are known, and which of them a file is."""

from __future__ import annotations

from ourword.helpdesks import chatwoot, intercom, salesforce, zendesk
from ourword.helpdesks.shape import Row, Shape

SHAPES: tuple[Shape, ...] = (*zendesk.SHAPES, *intercom.SHAPES, *chatwoot.SHAPES, *salesforce.SHAPES)
"""The more particular first."""


def recognised(row: Row, name: str) -> Shape | None:
    """The shape of a file by its first row and its name; `None` for a table or document of no known helpdesk."""
    return next((each for each in SHAPES if each.recognises(row, name)), None)
