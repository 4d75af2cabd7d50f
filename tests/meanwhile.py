"""What others do to a home while it is read or changed by somebody: in this very process, between two calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ourword.stores.home import open_home


def before_call(number: int, call: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    """The same call; before it is called for the so-and-so-manieth time (1, 2, 3 …), and no other time, something else happens."""
    left = [number]

    def called(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            act()
        return call(*given, **named)

    return called


def written(home: Path, *statements: str) -> None:
    """Write into a ledger what only somebody does who goes around us."""
    with open_home(home) as opened, opened.store.appending() as (writer, _):
        for each in statements:
            writer.execute(each)
