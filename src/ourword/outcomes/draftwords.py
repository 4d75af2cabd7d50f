"""How a draft is written: paths, expressions and rules as the mapping reads them, and comments that say what was seen."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ourword.cel.values import TYPE_NAMES
from ourword.outcomes.guesses import Guess
from ourword.outcomes.profile import DISTINCT_MAX, Column

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9._-]*", re.ASCII)
_MEAN_SOMETHING = ("true", "false", "null", "yes", "no", "on", "off")
_RESERVED = {
    *TYPE_NAMES,
    *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"),
    *("package", "namespace", "return", "var", "void", "while", "row", "parent"),
}


def path_text(path: tuple[str, ...]) -> str:
    """Write a path; one whose names hold dots or spaces is quoted, since that is one name.

    >>> path_text(("customer", "id")), path_text(("Ticket ID",))
    ('customer.id', '"Ticket ID"')
    """
    if all(_NAME.fullmatch(part) for part in path):
        return ".".join(path)
    return said(path[-1] if path[0] == "parent" else ".".join(path))


def expression(path: tuple[str, ...]) -> str:
    """Write a path as an expression of the condition language.

    >>> expression(("by",)), expression(("Ticket ID",)), expression(("parent", "type"))
    ('by', 'row["Ticket ID"]', 'parent["type"]')
    """
    plain = path[0] == "parent" or (_NAME.fullmatch(path[0]) and path[0] not in _RESERVED)
    first, *rest = path if plain else ("row", *path)
    return first + "".join(f".{part}" if _NAME.fullmatch(part) and part not in _RESERVED else f"[{said(part)}]" for part in rest)


def equals(column: Column, value: str, *, within: tuple[str, ...] = ()) -> str:
    """Write that a column has a value: a text, a number or a truth, as it is in the file.

    >>> equals(Column(path=("solved",), sorts={"bool"}), "true", within=("parent",))
    'parent.solved == true'
    """
    return f"{expression((*within, *column.path))} == {constant(column, value)}"


def among(column: Column, values: Collection[str], *, within: tuple[str, ...] = ()) -> str:
    """Write that a column has one of some values; of none it never has one.

    >>> among(Column(path=("state",), sorts={"text"}), ["closed", "solved"]), among(Column(path=("state",)), [])
    ('state in ["closed", "solved"]', 'false')
    """
    if len(values) < 2:
        return next((equals(column, value, within=within) for value in values), "false")
    listed = ", ".join(constant(column, value) for value in values)
    return f"{expression((*within, *column.path))} in [{listed}]"


def constant(column: Column, value: str) -> str:
    """A value as a condition writes it; a whole number beyond 64 bits has no place there but as a fraction's kind of number, and compares so."""
    if column.sort == "text":
        return said(value)
    digits = value.removeprefix("-")
    return f"{value}.0" if digits.isdecimal() and int(digits) >= 2**63 else value


def said(text: str) -> str:
    """Write a text in double quotes, as YAML and the condition language both read it.

    >>> print(said('a "b"\\n'))
    "a \\"b\\"\\U0000000a"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{_known_letter(each):08x}" for each in escaped) + '"'


def _known_letter(character: str) -> int:
    return 0xFFFD if "\ud800" <= character <= "\udfff" else ord(character)  # half a surrogate pair is no letter anywhere


def quoted(text: str) -> str:
    """Write an expression into YAML."""
    return "'" + text.replace("'", "''") + "'"


def plain(text: str) -> str:
    """Write a word into YAML, quoted where it would mean something else."""
    return text if _WORDS.fullmatch(text) and text.lower() not in _MEAN_SOMETHING else said(text)


def looked(path: tuple[str, ...]) -> str:
    """Write a value that is looked up."""
    return f"{{from: {path_text(path)}}}"


def worked_out(text: str) -> str:
    """Write a value that is worked out."""
    return f"{{is: {quoted(text)}}}"


def rule(emit: Mapping[str, str], *, when: str = "", asked: str = "") -> list[str]:
    """Write a rule, and below what it emits what only a person can say about it."""
    inner = "{" + ", ".join(f"{name}: {value}" for name, value in emit.items()) + "}"
    lines = [f"  - when: {quoted(when)}", f"    emit: {inner}"] if when else [f"  - emit: {inner}"]
    return [*lines, f"    # ? {asked}"] if asked else lines


def why(guess: Guess) -> str:
    """Say what a guess rests on."""
    return f"# guessed from {guess.why}; {full(guess.column)}"


def full(column: Column) -> str:
    """Say how full a column is, how varied, and what a value looks like."""
    return f"{column.share:.0%}".replace("%", " %") + f" of {column.rows:,}, {_different(column)} different, e.g. {short(column.example)}"


def _different(column: Column) -> str:
    return f"{column.distinct:,}" + (" or more" if column.distinct >= DISTINCT_MAX else "")


def counts(column: Column) -> str:
    """Say how often a column has which value."""
    some = [f"{short(value)} {count:,}" for value, count in column.values.most_common(8)]
    return ", ".join(some) + (", …" if column.distinct > 8 else "")


def short(text: str) -> str:
    """Give a value as it may stand in a comment: one line, printable, not long."""
    shown = "".join(character if character.isprintable() else " " for character in text[:41])
    return f"{shown[:40]}…" if len(shown) > 40 else shown
