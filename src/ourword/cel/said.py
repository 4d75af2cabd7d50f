"""What an expression is in SQL, and the one error where it has no such form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import ConditionError

if TYPE_CHECKING:
    from ourword.cel.expr import Call
    from ourword.cel.sql import Writer

DENOMINATOR_MAX = 2**31
"""The largest denominator of divided money: beyond it a numerator would outgrow 128 bits."""


class NotInSql(ConditionError):
    """A condition, or a part of one, that has no form in SQL: Python reads it instead."""


class Said(msgspec.Struct, frozen=True):
    """An expression in SQL. Money may have a denominator: then the text is the numerator."""

    text: str
    denominator: int = 1
    sure: bool = False
    """Never NULL."""
    fails: bool = False
    """May be NULL even where every fact it reads is known."""
    joined: tuple[str, ...] = ()
    """The parts of a text or list put together, so that a longer one need not say them twice for every `+`."""


Made = Callable[["Writer", "Call", list[Said], bool], Said]
"""Says one function: from the writer, the call, its arguments as said, and whether one of these may fail."""
