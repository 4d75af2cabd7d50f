"""How a column writes its times: ISO 8601, a number that counts since some day, or a pattern that is derived from the values themselves."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

import msgspec

from ourword.core.time import instant_from_text
from ourword.outcomes.nothing import NO_TIME
from ourword.outcomes.profile import Column

VALUES_MAX = 500
"""So many different values of a column are looked at."""
ENOUGH = 0.9
"""Most values must be written alike; the others are told one by one when the file is read."""
EXCEL = "excel"
"""Days since 1899-12-30, as a spreadsheet keeps them: what is left of a date when a cell is not formatted as one."""
DAY, MONTH, EITHER = "day", "month", "either"
_UNITS = (("s", 10**9), ("ms", 10**12), ("us", 10**15), ("ns", 10**18))
_NUMBER = re.compile(r"\d{1,20}(\.\d{1,20})?", re.ASCII)
_EXAMPLE = datetime(2026, 11, 23, 14, 50, tzinfo=UTC)
_EXCEL_FIRST = datetime(1899, 12, 30)
_EXCEL_DAYS = (36_526, 73_050)
"""2000 to 2099: fewer days are as likely a count of something else."""
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{6})?", re.ASCII)
_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")
_IN_UTC = re.compile(r"\s*(?:UTC|GMT)$")
_SHAPE = re.compile(
    r"(?P<weekday>[A-Za-z]{3}, )?"
    r"(?:(?P<y>\d{4})(?P<s>[-/.])\d{1,2}(?P=s)\d{1,2}"
    r"|(?P<a>\d{1,2})(?P<t>[-/.])(?P<b>\d{1,2})(?P=t)(?P<yy>\d{4}|\d\d)"
    r"|\d{1,2}(?P<u>\.? |[-/])(?P<m>[A-Za-z]{3,9})(?P<v>[ .,]? |[-/])(?P<mm>\d{4}|\d\d)"
    r"|(?P<n>[A-Za-z]{3,9}) \d{1,2},? (?P<nn>\d{4}))"
    r"(?:(?P<gap>T|:|,?[\s\u00a0\u202f]+|[\s\u00a0\u202f]+at[\s\u00a0\u202f]+)\d{1,2}:\d\d(?P<seconds>:\d\d)?(?P<fraction>\.\d{1,6})?(?P<half>[\s\u00a0\u202f]*[AaPp][Mm])?)?"
    r"(?P<zone>[ ]?(?:Z|[+-]\d\d:?\d\d)| (?:UTC|GMT))?",
    re.ASCII,
)
_FIRST = re.compile(r"\s*(?:[A-Za-z]{3}, )?(\d{1,2})[-/](\d{1,2})[-/]\d", re.ASCII)
_SHORT = re.compile(r"\s*(\d\d)/\d\d/(\d\d)(?!\d)", re.ASCII)
_BOTH = re.compile(r"%d([-/])%m\1|%m([-/])%d\2")


class Written(msgspec.Struct, frozen=True):
    """How a column writes times, what share of its values is so written, and another pattern that fits as well."""

    unit: str
    share: float
    zoned: bool
    either: str = ""


def written(column: Column, *, numbers: bool = True) -> Written | None:
    """Say how the times of a column are written; `None` when most values are no times.

    A number is a time only where *numbers* allows it: an order's number may well have ten digits.

    >>> column = Column(path=("at",)); column.add("09/10/2012 14:50"); column.add("23/10/2012 08:00")
    >>> written(column).unit, written(column).zoned
    ('%d/%m/%Y %H:%M', False)
    """
    if numbers not in column.clocks:
        values = [each for each in column.values if each.strip().lower() not in NO_TIME]
        column.clocks[numbers] = _written(values[:VALUES_MAX], numbers=numbers)
    found: Written | None = column.clocks[numbers]
    return found


def _written(values: list[str], *, numbers: bool) -> Written | None:
    if not any(_may_be(text) for text in values[:20]):
        return None
    bare = [each for each in map(iso, values) if each is not None and each.tzinfo is None]
    found = [Written("text", _share(values, lambda text: instant_from_text(text) is not None or iso(text) is not None), not bare)]
    if numbers:
        found += [Written(unit, share, True) for unit, share in _units(values)]
        found.append(Written(EXCEL, _share(values, lambda text: excel(text) is not None), False))
    fitting = Counter(pattern for text in values for pattern in patterns(text, numbers=numbers))
    found += [Written(pattern, count / len(values), _names_zone(pattern)) for pattern, count in fitting.items()]
    year_first = _year_first(values)
    best = max(found, key=lambda each: (each.share, each.unit.startswith("%y") == year_first, _likely(each.unit)))
    if best.share < ENOUGH:
        return None
    other = turned(best.unit)
    return Written(best.unit, best.share, best.zoned, other) if other and fitting[other] / len(values) == best.share else best


def _year_first(values: Iterable[str]) -> bool:
    """Whether dates such as 26/03/01 begin with the year: it differs less from row to row than the day; and few tickets are of 2001."""
    parts = [found.groups() for found in map(_SHORT.match, values) if found is not None]
    first, last = {each[0] for each in parts}, {each[1] for each in parts}
    return _are_years(first) and (len(first) < len(last) or (len(first) == len(last) and not _are_years(last)))


def _are_years(parts: Iterable[str]) -> bool:
    return all("20" <= each < "40" for each in parts)


def _may_be(text: str) -> bool:
    """Whether a text could be a time at all; a column of names costs nothing more."""
    return 4 < len(text) <= 48 and any("0" <= each <= "9" for each in text)


def _likely(unit: str) -> int:
    """Where both orders fit: the day first, but the month before a clock of twelve hours, as the United States write."""
    return (unit == turned(unit, MONTH if "%p" in unit else DAY)) + (unit == "text")


def _names_zone(pattern: str) -> bool:
    return pattern.endswith(("%z", "UTC", "GMT"))


# ---- numbers -----------------------------------------------------------------------------------------------------------


def _units(values: list[str]) -> list[tuple[str, float]]:
    """Numbers since 1970 by their size: seconds, ms, µs and ns of the years 2001 to 2128 do not overlap."""

    def fits(least: int) -> float:
        return _share(values, lambda text: _NUMBER.fullmatch(text) is not None and least <= float(text) < least * 5)

    return [(unit, fits(least)) for unit, least in _UNITS]


def excel(text: str) -> datetime | None:
    """The moment of a spreadsheet's day number, to the second; `None` where it is none of this century.

    >>> excel("46266.375"), excel("12"), excel("46266,375")
    (datetime.datetime(2026, 9, 1, 9, 0), None, datetime.datetime(2026, 9, 1, 9, 0))
    """
    try:
        days = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not days.is_finite() or not _EXCEL_DAYS[0] <= days < _EXCEL_DAYS[1]:
        return None
    return _EXCEL_FIRST + timedelta(seconds=round(days * 86_400))


# ---- texts -------------------------------------------------------------------------------------------------------------


def iso(text: str) -> datetime | None:
    """A day with its time of day in ISO 8601, with a zone or without; also as databases print it.

    >>> iso("2026-09-01T09:00:00.000+0000") == iso("2026-09-01 11:00:00 +0200") == iso("2026-09-01 09:00 UTC")
    True
    >>> iso("2026-09-01 09:00"), iso("2026-09-01")
    (datetime.datetime(2026, 9, 1, 9, 0), None)
    """
    text = text.strip()
    if not 10 < len(text) <= 48 or text[4] != "-":
        return None
    try:
        return datetime.fromisoformat(_IN_UTC.sub("+00:00", _OFFSET.sub("", text)))
    except ValueError:
        return None


def patterns(text: str, *, numbers: bool = True) -> list[str]:
    """The patterns by which a text is a time; two where day and month may change places.

    >>> patterns("9/1/2026, 9:00 AM"), patterns("23/10/2026 9:00"), patterns("1 Sep 2026 9:00"), patterns("next week")
    (['%d/%m/%Y, %I:%M %p', '%m/%d/%Y, %I:%M %p'], ['%d/%m/%Y %H:%M'], ['%d %b %Y %H:%M'], [])
    """
    text = text.strip()
    if len(text) > 48:
        return []
    if numbers and (compact := _COMPACT.fullmatch(text)):
        return _fitting(text, ["%Y%m%d%H%M%S" if compact[1] else "%Y%m%d"])
    found = _SHAPE.fullmatch(text)
    if found is None or (found["zone"] and not found["gap"]):
        return []
    clock = _clock(found)
    return _fitting(text, [f"{'%a, ' if found['weekday'] else ''}{day}{clock}" for day in _days(found)])


def _fitting(text: str, some: Iterable[str]) -> list[str]:
    return [each for each in some if moment(text, each) is not None]


def moment(text: str, pattern: str) -> datetime | None:
    """Read a text by a pattern; with a zone where it names one."""
    try:
        found = datetime.strptime(text.strip(), pattern)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if pattern.endswith((" UTC", " GMT")) else found


def like(unit: str) -> str:
    """How a time of this unit looks.

    >>> like("%m/%d/%Y, %I:%M %p"), like("text"), like("s")
    ('such as `11/23/2026, 02:50 PM`', 'such as `2026-11-23 14:50:00`', 'a number in `s`')
    """
    if unit == "text" or "%" in unit:
        return f"such as `{_EXAMPLE.strftime('%Y-%m-%d %H:%M:%S' if unit == 'text' else unit)}`"
    return f"a number in `{unit}`" if unit != EXCEL else "days as a spreadsheet counts them, such as `46349.618`"


def _days(found: re.Match[str]) -> list[str]:
    """The day's part of a pattern; no country writes month or short year first with points, or a year of two digits between dashes."""
    if found["y"]:
        return [found["s"].join(("%Y", "%m", "%d"))]
    if found["a"]:
        mark, year = found["t"], "%Y" if len(found["yy"]) == 4 else "%y"
        if mark == "-" and year == "%y":
            return []
        orders = (("%d", "%m"),) if mark == "." else (("%d", "%m"), ("%m", "%d"))
        return [
            *(mark.join((*each, year)) for each in orders),
            *([mark.join(("%y", "%m", "%d"))] if year == "%y" and mark == "/" and not found["half"] else []),
        ]
    months = ["%b", "%B"] if len(found["m"] or found["n"]) == 3 else ["%B"]
    if found["m"]:
        year = "%Y" if len(found["mm"]) == 4 else "%y"
        return [f"%d{found['u']}{month}{found['v']}{year}" for month in months]
    comma = "," if "," in found[0].partition(found["nn"])[0][len(found["weekday"] or "") :] else ""
    return [f"{month} %d{comma} %Y" for month in months]


def _clock(found: re.Match[str]) -> str:
    if not found["gap"]:
        return ""
    gap = "".join(" " if each.isspace() else each for each in found["gap"])
    half = "" if not found["half"] else " %p" if found["half"][0].isspace() else "%p"
    zone = found["zone"] or ""
    ended = zone if zone[-3:] in ("UTC", "GMT") else f"{' ' if zone[:1].isspace() else ''}%z" if zone else ""
    seconds = ("%S" if found["seconds"] else "") and ":%S"
    return f"{gap}{'%I' if half else '%H'}:%M{seconds}{'.%f' if found['fraction'] else ''}{half}{ended}"


def _share(values: list[str], fits: Callable[[str], bool]) -> float:
    return sum(1 for text in values if fits(text)) / len(values)


# ---- which comes first, day or month -----------------------------------------------------------------------------------


def turned(unit: str, first: str = "") -> str:
    """A pattern with day and month in the other order, or in the one that is wanted; empty where the order says itself.

    >>> turned("%d/%m/%Y"), turned("%m/%d/%Y", DAY), turned("%m/%d/%Y", MONTH), turned("%d.%m.%Y"), turned("text")
    ('%m/%d/%Y', '%d/%m/%Y', '%m/%d/%Y', '', '')
    """
    found = _BOTH.search(unit)
    if found is None:
        return ""
    first = first or (MONTH if found[0].startswith("%d") else DAY)
    mark = found[1] or found[2]
    return unit.replace(found[0], f"%d{mark}%m{mark}" if first == DAY else f"%m{mark}%d{mark}")


def first_in(text: str) -> str:
    """What a date says of which comes first: a number above twelve is no month; `either` where both orders give a day, and not the same.

    >>> first_in("23/10/2026 9:00"), first_in("9/23/26"), first_in("9/10/2026"), first_in("9/9/2026"), first_in("2026-09-23")
    ('day', 'month', 'either', '', '')
    """
    found = _FIRST.match(text)
    if found is None or found[1] == found[2]:
        return ""
    return DAY if int(found[1]) > 12 else MONTH if int(found[2]) > 12 else EITHER


def both_days(text: str) -> tuple[str, str] | None:
    """A date in words, with the day first and with the month first; `None` where it can be read in one way alone.

    >>> both_days("01/02/2026 09:00"), both_days("23/10/2026")
    (('1 February', '2 January'), None)
    """
    found = _FIRST.match(text)
    if found is None or first_in(text) != EITHER or "0" in (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0"):
        return None
    a, b = int(found[1]), int(found[2])
    return f"{a} {month_name[b]}", f"{b} {month_name[a]}"
