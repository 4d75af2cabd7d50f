"""Values of a contract as they were written: where they stand left out, so that two contracts can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

import msgspec

from ourword.cel.types import Type
from ourword.contract.model import Amount, Condition
from ourword.core.money import money_text
from ourword.core.span import Span

T = TypeVar("T")
WORDS = frozenset(("say", "question", "objective", "cannot", "name"))
"""Keys whose texts are words: they bind nobody."""


def plainly(value: object, *, without: frozenset[str] = frozenset()) -> Any:
    """A value as text, lists and mappings, without its places and without the keys named.

    >>> plainly(Condition("vip", "contract.yaml:3:1"))
    'vip'
    """
    match value:
        case Condition(text=text):
            return text
        case Type():
            return _type(value)
        case Span() | date() | Enum():
            return str(value)
        case Amount():
            return amount(value)
        case msgspec.Struct():
            fields = ((name, getattr(value, name)) for name in value.__struct_fields__ if name not in ("place", "places", *without))
            return {name: plainly(each, without=without) for name, each in fields}
        case dict():
            return {str(key): plainly(each, without=without) for key, each in value.items() if key not in without}
        case tuple() | list():
            return [plainly(each, without=without) for each in value]
        case frozenset() | set():
            return sorted(map(str, value))
    return value


def _type(type_: Type) -> str:
    """A type with the fields of its records, which its own text leaves out."""
    within = [_type(each) for each in type_.of] + [f"{name}: {_type(each)}" for name, each in type_.fields]
    return f"{type_} {{{', '.join(within)}}}" if within else str(type_)


def amount(value: Amount) -> str:
    """An amount as it is written."""
    text = money_text(value.minor, value.currency)
    return f"{text} per {value.per}" if value.per else text


def told(value: object) -> str:
    """A value for a line of a report: short, and readable.

    >>> told({"at_least": 0.9}), told(["a", "b"]), told(None), told(True)
    ('at_least 0.9', 'a, b', 'nothing', 'yes')
    """
    plain = plainly(value)
    if plain in (None, "", [], {}):  # as a pattern `{}` is any mapping
        return "nothing"
    match plain:
        case bool():
            return "yes" if plain else "no"
        case dict():
            return ", ".join(f"{key} {told(each)}" for key, each in plain.items() if each not in (None, "", [], {}))
        case list():
            return ", ".join(map(told, plain))
    return str(plain)


def texts_told(old: Mapping[tuple[str, str], str], new: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """The texts that are not in both, of what each is and in which language; that is named where there are several.

    >>> texts_told({("a", "en"): "ten years"}, {("a", "en"): "nothing", ("b", "en"): "two"})
    ('a “ten years”', 'a “nothing”; b “two”')
    """
    several = len({lang for _, lang in (*old, *new)}) > 1

    def side(texts: Mapping[tuple[str, str], str], other: Mapping[tuple[str, str], str]) -> str:
        differ = [(what, lang, text) for (what, lang), text in texts.items() if other.get((what, lang)) != text]
        return "; ".join(f"{what}{f' ({lang})' if several else ''} “{text}”".strip() for what, lang, text in differ)

    return side(old, new), side(new, old)


def parted(old: tuple[T, ...], new: tuple[T, ...], name: Callable[[T], str]) -> tuple[list[T], list[T], list[tuple[T, T]]]:
    """What is gone, what is new, and what is in both, by name."""
    before, after = {name(each): each for each in old}, {name(each): each for each in new}
    gone = [each for key, each in before.items() if key not in after]
    fresh = [each for key, each in after.items() if key not in before]
    return gone, fresh, [(before[key], each) for key, each in after.items() if key in before]
