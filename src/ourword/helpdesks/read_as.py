"""Which column of a table was read as what, and which were left: what a person must see before they believe a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ourword.outcomes import guesses
from ourword.outcomes.guesses import Guess
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.outcomes.profile import Column, Profile, profile

LEFT_SHOWN_MAX = 20


class ReadAs(msgspec.Struct, frozen=True, kw_only=True):
    """Of one file: by what it means, the column; columns that were left, and what is to be said of some."""

    file: str
    columns: tuple[tuple[str, str], ...]
    """What it means, in words, and the column's name."""
    left: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The same for a terminal.

        >>> ReadAs(file="a.csv", columns=(("ticket", "Nr"), ("customer", "Wer")), left=("Ort",)).lines
        ('read as: a.csv: ticket = Nr, customer = Wer', 'not read: a.csv: Ort')
        """
        columns = ", ".join(f"{meaning} = {name}" for meaning, name in self.columns)
        shown = ", ".join(self.left[:LEFT_SHOWN_MAX]) + (f" and {len(self.left) - LEFT_SHOWN_MAX:,} more" if len(self.left) > LEFT_SHOWN_MAX else "")
        left = (f"not read: {self.file}: {shown}",) if self.left else ()
        return (f"read as: {self.file}: {columns or 'nothing'}", *left, *(f"note: {self.file}: {each}" for each in self.notes))


def read_as(rows: Sequence[Mapping[str, Any]], mapping: str, *, file: str, said: Mapping[str, str]) -> ReadAs:
    """Say it by the mapping that reads the file: a column that it does not name was left, whatever it is called."""
    seen, used = profile(rows, said=said), {each.name for each in mapping_from_yaml(mapping.encode()).columns}
    inside = [each for inner in seen.lists.values() for each in inner.columns.values()]
    meant = [(words, guess.column.name) for words, guess in _meanings(seen, inside) if guess is not None and _is_used(guess.column, used)]
    named = {name for _, name in meant}
    every = [each.name for each in seen.columns.values()]
    more = [("also", name) for name in every if name not in named and any(name == one or name.startswith(f"{one}.") for one in used)]
    left = tuple(name for name in every if name not in named and ("also", name) not in more)
    return ReadAs(file=file, columns=(*dict.fromkeys(meant), *more), left=left, notes=_notes(seen, left))


def _meanings(seen: Profile, inside: Sequence[Column]) -> list[tuple[str, Guess | None]]:
    columns = seen.columns.values()
    contact, times = guesses.contact(columns), guesses.times(inside) or guesses.times(columns)
    closed = guesses.closing(guesses.times(columns))
    stars = guesses.rating(columns)
    return [
        ("ticket", contact),
        ("customer", guesses.customer(columns, contact=contact)),
        ("opened, or sent", Guess(times[0].column, "") if times else None),
        ("closed", Guess(closed.column, "") if closed is not None else None),
        ("status", guesses.state(columns)),
        ("kind", guesses.kind(columns)),
        ("order", guesses.thing(columns)),
        ("who speaks", guesses.author([*inside, *columns])),
        ("text", guesses.text([*inside, *columns])),
        ("satisfaction, the most as the best", stars),
    ]


def _is_used(column: Column, used: set[str]) -> bool:
    return any(column.name == name or column.name.startswith(f"{name}.") or name.endswith(f".{column.name}") for name in used)


def _notes(seen: Profile, left: Sequence[str]) -> tuple[str, ...]:
    columns = list(seen.columns.values())
    found = []
    for each in guesses.called_ratings(columns):
        if each.name in left and each.filled:
            found.append(f"`{each.name}` is called a rating, and is not read: nothing tells what `{each.example[:40]}` is of how much")
    beside = guesses.assignee(columns)
    if beside is not None and beside.column.name in left:
        found.append(f"`{beside.column.name}` names people or machines beside tickets, and does not say who answered the customer")
    return tuple(found)
