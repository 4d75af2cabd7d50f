"""What was laid on the table for a customer: each option with what it earns the company and what it is worth to the customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ourword.core.money import money_from_text
from ourword.errors import LineError

OPTIONS_MAX = 100
_AMOUNTS, _SAID = ("margin", "customer_value"), ("shown", "chosen")
_HINT = 'write [{"id": "repair", "margin": "4.00 EUR", "customer_value": "30.00 EUR", "shown": true, "chosen": false}]'


def options_from(value: object, place: str) -> tuple[dict[str, Any], ...]:
    """Read the options of a line; an amount or an answer that is not known may be left out, and counts as not known.

    >>> options_from([{"id": "repair", "shown": True}], "line: options")
    ({'id': 'repair', 'shown': True},)
    """
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise LineError("line.options", "`options` is no list of options", place=place, hint=_HINT)
    if len(value) > OPTIONS_MAX:
        raise LineError("line.options", f"{len(value):,} options", place=place, hint=f"at most {OPTIONS_MAX} are read")
    options = tuple(_option(dict(each), f"{place}[{number}]") for number, each in enumerate(value))
    names = [each["id"] for each in options]
    if len(set(names)) < len(names):
        raise LineError("line.options", "two options have one id", place=place, hint="give each an id of its own")
    if sum(each.get("chosen") is True for each in options) > 1:
        raise LineError("line.options", "more than one option is chosen", place=place, hint="say `chosen: true` of one")
    return options


def _option(option: dict[str, Any], place: str) -> dict[str, Any]:
    for key in option:
        if key not in ("id", *_AMOUNTS, *_SAID):
            raise LineError("line.options", f"`{str(key)[:100]}` is no key of an option", place=place, hint=_HINT)
    if not isinstance(option.get("id"), str) or not option["id"]:
        raise LineError("line.options", "an option has no id", place=place, hint=_HINT)
    for key in _AMOUNTS:
        given = option.get(key)
        if given is not None and (not isinstance(given, str) or money_from_text(given) is None):
            raise LineError("line.options", f"`{key}` is no amount", place=f"{place}.{key}", hint='write it like "12.50 EUR"')
    for key in _SAID:
        if option.get(key) is not None and not isinstance(option[key], bool):
            raise LineError("line.options", f"`{key}` is neither true nor false", place=f"{place}.{key}", hint="write true or false, without quotes")
    return {key: given for key, given in option.items() if given is not None}
