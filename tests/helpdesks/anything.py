"""Rows that nobody would write, for readers that must not fall over them: any JSON, and true rows with anything in one place."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ourword.core.event import Event, data_bytes
from ourword.errors import EventError
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look, Shape
from ourword.helpdesks.way import ByShape, look_at
from ourword.outcomes.mapper import Skipped
from ourword.stores.reading import rows_of

WORDS = st.sampled_from(
    [
        *("", "0", "1", "7", "true", "open", "closed", "resolved", "admin", "bot", "user", "comment", "close"),
        *("1795000000", "2026-11-09 10:22", "<p>Yes", "\ud800", "Did this solve it?"),
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    WORDS,
    st.sampled_from([10**400, datetime(2026, 11, 9, tzinfo=UTC), datetime(1, 1, 1), Decimal("NaN"), Decimal(7), b"\xff"]),
)


def any_json(keys: Iterable[str]) -> st.SearchStrategy[Any]:
    """Any value, whose objects mostly have the keys that readers look for."""
    names = st.one_of(st.sampled_from(sorted(keys)), st.text(max_size=10))
    return st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=6)), max_leaves=25)


def keys_in(value: Any) -> set[str]:
    """Every key of a row."""
    if isinstance(value, Mapping):
        return set(value) | {key for each in value.values() for key in keys_in(each)}
    return {key for each in value[:5] for key in keys_in(each)} if isinstance(value, list) else set()


def places_in(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a row, by the keys and numbers that lead to it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, each in inside:
        yield (*before, at)
        yield from places_in(each, (*before, at))


def bent(row: Any, draw: Any, anything: st.SearchStrategy[Any]) -> Any:
    """A true row with anything in one place of it, wherever that is."""
    made = copy.deepcopy(row)
    *way, last = draw(st.sampled_from(list(places_in(made))))
    place = made
    for at in way:
        place = place[at]
    place[last] = draw(st.one_of(SCALARS, anything))
    return made


def samples(folder: Path, names: Iterable[str], *, most: int = 25) -> list[Any]:
    """Some true rows of each file."""
    return [row for name in names for _, row in islice(rows_of(folder / name), most) if not isinstance(row, Skipped)]


def withstood(row: Any, shapes: Iterable[Shape], answers: Answers) -> None:
    """Look at a row and read it with every shape: each thing is an event that can be kept, or is skipped with its place and a hint."""
    if not isinstance(row, Mapping):
        return
    recognised(row, "any.jsonl")
    for shape in shapes:
        look = Look()
        look_at(shape, iter([row, row]), look)
        reader = ByShape(shape, answers, look).reader(place="any", now=0)
        for each in (*reader.take(row, 1), *reader.take(row, 2), *reader.end()):
            if isinstance(each, Event):
                with suppress(EventError):  # half a letter: the store tells it
                    data_bytes(each)
            else:
                assert isinstance(each, Skipped)
                assert each.place
                assert each.what
                assert each.hint
        reader.after(row, 3, time=None)
