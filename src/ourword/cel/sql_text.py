"""Text and lists joined, and what is asked of a text, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourword.cel.expr import Call, Expr, Literal
from ourword.cel.said import Made, Said
from ourword.cel.strings import SPACE
from ourword.cel.values import SIZE_MAX

if TYPE_CHECKING:
    from ourword.cel.sql import Writer

_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


def _asked(name: str) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        function = {"contains": "contains", "startsWith": "starts_with", "endsWith": "ends_with"}[name]
        if writer.sql.name == "spark":
            function = function.replace("_", "")
        return Said(f"{function}({args[0].text}, {args[1].text})", sure=args[0].sure and args[1].sure, fails=fails)

    return made


def _matches(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    if not writer.sql.patterns:
        raise writer.refused(expr, "needs RE2's patterns, and Spark's are Java's")
    if not isinstance(expr.args[1], Literal):
        raise writer.refused(expr, "makes its pattern from facts, and a bad one would stop the query")
    return Said(writer.sql.matches(args[0].text, args[1].text), sure=args[0].sure, fails=fails)


def _joined(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    """Put texts, bytes or lists together, within the bound that Python keeps to as well."""
    if any(arg.denominator > 1 for arg in args):
        raise writer.refused(expr, "joins lists of divided amounts")
    type_ = writer.type(expr).name
    size = writer.sql.functions[{"bytes": "bytes", "list": "items"}.get(type_, "length")]
    parts = tuple(part for arg in args for part in arg.joined or (arg.text,))
    sizes = " + ".join(f"{size}({part})" for part in parts)
    whole = writer.sql.appended(parts) if type_ == "list" else " || ".join(parts)
    return Said(f"(CASE WHEN {sizes} <= {SIZE_MAX} THEN {whole} END)", fails=True, joined=parts)


def _translated(given: str, wanted: str) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        return Said(f"translate({args[0].text}, '{given}', '{wanted}')", sure=args[0].sure, fails=fails)

    return made


def _trimmed(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return Said(writer.sql.trimmed(args[0].text, writer.sql.text(SPACE)), sure=args[0].sure, fails=fails)


def _char_at(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return _cut(writer, expr, args[0], args[1].text, "1")


def _substring(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    if len(args) == 2:
        return _cut(writer, expr, args[0], args[1].text, f"{writer.sql.functions['length']}({args[0].text})")
    start, end, text = args[1].text, args[2].text, args[0].text
    fits = f"{start} >= 0 AND {start} <= {end} AND {end} <= {writer.sql.functions['length']}({text})"
    return Said(f"(CASE WHEN {fits} THEN {writer.sql.part(text, start, f'({end} - {start})')} END)", fails=True)


def _cut(writer: Writer, expr: Expr, of: Said, start: str, count: str) -> Said:
    fits = f"{start} BETWEEN 0 AND {writer.sql.functions['length']}({of.text})"
    return Said(f"(CASE WHEN {fits} THEN {writer.sql.part(of.text, start, count)} END)", fails=True)


def _index_of(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    if len(args) > 2:
        raise writer.refused(expr, "looks from a position on")
    found = f"instr({args[0].text}, {args[1].text})"
    return Said(writer.sql.cast(f"({found} - 1)", "BIGINT"), sure=args[0].sure and args[1].sure, fails=fails)


def _text_of_bool(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return Said(f"(CASE {args[0].text} WHEN true THEN 'true' WHEN false THEN 'false' END)", sure=args[0].sure, fails=fails)


def _text_of_number(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return Said(writer.sql.cast(args[0].text, "VARCHAR" if writer.sql.name == "duckdb" else "STRING"), sure=args[0].sure, fails=fails)


TEXT_CALLS: dict[tuple[str, str], Made] = {
    **{(name, kind): _asked(name) for name in ("contains", "startsWith", "endsWith") for kind in ("string", "enum")},
    **{(name, kind): made for name, made in (("matches", _matches), ("trim", _trimmed), ("charAt", _char_at)) for kind in ("string", "enum")},
    **{("_+_", kind): _joined for kind in ("string", "enum", "bytes", "list")},
    **{("lowerAscii", kind): _translated(_UPPER, _LOWER) for kind in ("string", "enum")},
    **{("upperAscii", kind): _translated(_LOWER, _UPPER) for kind in ("string", "enum")},
    **{("substring", kind): _substring for kind in ("string", "enum")},
    **{("indexOf", kind): _index_of for kind in ("string", "enum")},
    ("string", "bool"): _text_of_bool,
    ("string", "int"): _text_of_number,
    ("string", "uint"): _text_of_number,
}
