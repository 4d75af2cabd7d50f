"""Instants and spans in SQL: whole nanoseconds, taken apart in UTC or at a fixed offset.

Named zones are refused: each database has a table of them of its own.
"""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING

from ourword.cel.arithmetic import SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN
from ourword.cel.expr import Call, Literal
from ourword.cel.said import Made, Said
from ourword.cel.times import zone
from ourword.cel.values import Failure

if TYPE_CHECKING:
    from ourword.cel.sql import Writer

_PARTS = {
    "getFullYear": ("year", 0),
    "getMonth": ("month", -1),
    "getDate": ("day", 0),
    "getDayOfMonth": ("day", -1),
    "getDayOfWeek": ("dayofweek", 0),
    "getDayOfYear": ("dayofyear", -1),
    "getHours": ("hour", 0),
    "getMinutes": ("minute", 0),
    "getSeconds": ("second", 0),
}


def _floored(writer: Writer, text: str, by: int) -> str:
    """Whole division, cut towards the past."""
    return writer.sql.divided(f"({text} - (({text} % {by} + {by}) % {by}))", str(by))


def _offset(writer: Writer, expr: Call) -> int:
    """The nanoseconds to add to UTC; 0 without a zone."""
    if len(expr.args) == 1:
        return 0
    if not isinstance(expr.args[1], Literal):
        raise writer.refused(expr, "takes its zone from a fact")
    name = str(expr.args[1].value)
    try:
        found = zone(name)
    except Failure:
        raise writer.refused(expr, "names no zone") from None
    if name != "UTC" and not isinstance(found, timezone):
        raise writer.refused(expr, "names a zone, whose rules each database has of its own")
    offset = found.utcoffset(None) if isinstance(found, timezone) else None
    return (offset.days * 86400 + offset.seconds) * SECOND if offset is not None else 0


def _part(name: str) -> Made:
    part, add = _PARTS[name]

    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        offset = _offset(writer, expr)
        if writer.sql.name == "spark":
            raise writer.refused(expr, "asks for the hour or the day, which there depends on the session's own zone")
        local = f"({writer.wide(args[0])} + ({offset}))" if offset else writer.wide(args[0])
        micros = writer.sql.cast(_floored(writer, local, 1000), "BIGINT")
        text = writer.sql.cast(f"({writer.sql.clock(micros, part)} + ({add}))", "BIGINT")
        if offset:  # the local time may leave the years 1 to 9999
            text = f"(CASE WHEN {local} BETWEEN ({TIMESTAMP_MIN}) AND {TIMESTAMP_MAX} THEN {text} END)"
        return Said(text, sure=args[0].sure, fails=fails or bool(offset))

    return made


def _milliseconds(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    _offset(writer, expr)
    whole = f"(({args[0].text} % {SECOND} + {SECOND}) % {SECOND})"
    return Said(writer.sql.cast(writer.sql.divided(whole, str(10**6)), "BIGINT"), sure=args[0].sure, fails=fails)


def _whole(unit: int) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        return Said(writer.sql.fit(writer.sql.divided(writer.wide(args[0]), str(unit)), "BIGINT"), fails=True)

    return made


def _part_of_second(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return Said(writer.sql.cast(writer.sql.divided(f"({args[0].text} % {SECOND})", str(10**6)), "BIGINT"), sure=args[0].sure, fails=fails)


def _length(unit: int) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        return Said(writer.sql.fit(f"({writer.wide(args[0])} * {unit})", "BIGINT"), fails=True)

    return made


def _seconds(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return Said(writer.sql.cast(_floored(writer, writer.wide(args[0]), SECOND), "BIGINT"), sure=args[0].sure, fails=fails)


TIME_CALLS: dict[tuple[str, str], Made] = {
    **{(name, "timestamp"): _part(name) for name in _PARTS},
    ("getMilliseconds", "timestamp"): _milliseconds,
    ("getHours", "duration"): _whole(3600 * SECOND),
    ("getMinutes", "duration"): _whole(60 * SECOND),
    ("getSeconds", "duration"): _whole(SECOND),
    ("getMilliseconds", "duration"): _part_of_second,
    ("days", "int"): _length(86400 * SECOND),
    ("hours", "int"): _length(3600 * SECOND),
    ("minutes", "int"): _length(60 * SECOND),
    ("int", "timestamp"): _seconds,
}
