"""Single values of a helpdesk's file, read without trust: what every vendor's shapes share."""

from __future__ import annotations

import re

from ourword.helpdesks.zendesk.columns import kind_in, objects_in
from ourword.helpdesks.zendesk.notes import WAITED
from ourword.helpdesks.zendesk.parts import ident, items, number, order, seconds, text, when, word

__all__ = ["WAITED", "ident", "is_one_sentence", "items", "kind_in", "number", "objects_in", "order", "seconds", "text", "when", "word"]

_SENTENCES_MAX = 10


def is_one_sentence(words: str) -> bool:
    """Whether a message is one sentence and no more.

    >>> is_one_sentence("Did this solve it?"), is_one_sentence("That is done. Did this solve it?")
    (True, False)
    """
    return len([each for each in re.split(r"[.!?]+(?:\s+|$)|\n+", words.strip(), maxsplit=_SENTENCES_MAX) if each.strip()]) == 1
