"""Looking a mapping's values up in a row: paths followed, expressions worked out, what is missing is `None`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ourword.cel.unknown import Unknown
from ourword.cel.values import Failure
from ourword.cel.values import Map as CelMap
from ourword.core.time import text_from_datetime
from ourword.outcomes.values import Path, Worked

_MISSING = object()


def look(value: Any, row: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Give a value of the mapping for this row: a path looked up, an expression worked out, a constant as it is.

    >>> look(Path(("customer", "id")), {"customer": {"id": 7}}, {})
    7
    """
    if isinstance(value, Path):
        found = _looked_up(value.parts, row, document)
        return None if found is _MISSING else plain(found)
    if isinstance(value, Worked):
        return run(value, row, document)
    if isinstance(value, dict):
        return {name: look(each, row, document) for name, each in value.items()}
    if isinstance(value, list):
        return [look(each, row, document) for each in value]
    return value


def holds(parts: tuple[str, ...], row: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Say whether there is something at this path, be it null."""
    return _looked_up(parts, row, document) is not _MISSING


def _looked_up(parts: tuple[str, ...], row: Mapping[str, Any], document: Mapping[str, Any]) -> object:
    found = _found(parts, row)
    if found is _MISSING and document:
        found = _found(parts[1:] if parts[0] == "parent" and len(parts) > 1 else parts, document)
    return found


def run(worked: Worked, row: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Work an expression out over a row; what cannot be worked out (an absent column, a text where a number was meant) is `None`."""
    facts: dict[str, object] = {}
    for name in worked.names:
        if name in row:
            facts[name] = cel(row[name])
        elif name in document:
            facts[name] = cel(document[name])
        elif name in ("row", "parent"):
            facts[name] = cel(row if name == "row" else document)
    try:
        value = worked.run(facts, [None] * worked.slots)
    except (Failure, RecursionError):
        return None
    return None if isinstance(value, Unknown) else plain(value)


def cel(value: object) -> object:
    """Give a JSON value as the condition language has it."""
    if isinstance(value, Mapping):
        return CelMap((str(key), cel(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return [cel(each) for each in value]
    return plain(value)


def plain(value: object) -> Any:
    """Give a value as JSON has it: times as text, decimals as text, maps as objects."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, datetime):
        return text_from_datetime(value) if value.tzinfo else value.isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, CelMap):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and value - value != 0:
        return None  # NaN and infinities are missing numbers
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return str(value)


def _found(parts: tuple[str, ...], at: object) -> object:
    if isinstance(at, Mapping) and len(parts) > 1 and ".".join(parts) in at:
        return at[".".join(parts)]
    for part in parts:
        if isinstance(at, Mapping):
            at = at.get(part, _MISSING)
        elif isinstance(at, list) and part.isdecimal() and len(part) < 7:
            at = at[int(part)] if int(part) < len(at) else _MISSING
        else:
            return _MISSING
    return at


def word(value: object) -> str | None:
    """Give a value as a short word; nothing is `None`."""
    if value is None or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
