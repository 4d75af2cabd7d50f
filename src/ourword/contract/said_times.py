"""Times that a promise's own words name, in the languages that we ship: what a customer hears, and what we hold ourselves to, must be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourword.core.span import NANOSECONDS, Span, Unit

_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("minute", "minutes", "minuten", "minuto", "minutos"), "minute"),
    **dict.fromkeys(("hour", "hours", "stunde", "stunden", "heure", "heures", "hora", "horas"), "hour"),
    **dict.fromkeys(("day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dia", "dias"), "day"),
    **dict.fromkeys(("week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas"), "week"),
    **dict.fromkeys(("arbeitstag", "arbeitstage", "arbeitstagen", "werktag", "werktage", "werktagen"), "working day"),
}
_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_TIME = re.compile(rf"\b(\d{{1,4}})[\s\u00a0-]*(working |business )?({_NAMES})\b( ouvr\w+| hábiles?| laborables?)?", re.IGNORECASE)


def times_in(text: str) -> Iterator[Span]:
    """The spans that a text names.

    >>> [str(each) for each in times_in("Back within 5 working days, in 24 hours at best; dans 3 jours ouvrés; binnen 2 Werktagen")]
    ['5 working days', '24 hours', '3 working days', '2 working days']
    """
    for count, working, unit, after in _TIME.findall(text):
        named = _UNITS[unit.lower()]
        yield Span(int(count), "working day" if (working or after) and named == "day" else named)


def agrees(said: Span, due: Span) -> bool:
    """Whether two spans are one, however they are written.

    >>> agrees(Span(24, "hour"), Span(1, "day")), agrees(Span(5, "day"), Span(5, "working day"))
    (True, False)
    """
    exact = said.unit in NANOSECONDS and due.unit in NANOSECONDS
    return said.nanoseconds == due.nanoseconds if exact else said == due
