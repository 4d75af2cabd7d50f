"""Time zones as people say them: `Berlin`, `MEZ`, `new york`; and the name that computers know."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_SAID = {
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "deutschland": "Europe/Berlin",
    "germany": "Europe/Berlin",
    "bst": "Europe/London",
    "uk": "Europe/London",
    "et": "America/New_York",
    "edt": "America/New_York",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "z": "UTC",
}
"""Short names that the list of zones has not. `CET` and `GMT` it has; `CST` and `IST` are several, and are not taken."""
_LANDS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_said(text: str) -> str:
    """The zone that somebody means; empty where nobody can tell.

    >>> zone_said("Europe/Berlin"), zone_said("berlin"), zone_said("MEZ"), zone_said("New York"), zone_said("CET"), zone_said("Bielefeld")
    ('Europe/Berlin', 'Europe/Berlin', 'Europe/Berlin', 'America/New_York', 'CET', '')
    """
    said = "_".join(text.split())
    try:
        if said and ZoneInfo(said).key == said:
            return said
    except (ValueError, OSError, KeyError):
        pass
    return _SAID.get(said.lower()) or _by_name().get(said.lower(), "")


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The zones to choose from: those that are named after a place, and UTC."""
    return ("UTC", *sorted(each for each in available_timezones() if each.partition("/")[0] in _LANDS))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    """By its name in small letters, and by its place alone; of two places of one name the shorter zone is the older one, and both are one."""
    found: dict[str, str] = {}
    for each in sorted(zones(), key=lambda each: (len(each), each)):
        found.setdefault(each.lower(), each)
        found.setdefault(each.rpartition("/")[2].lower(), each)
    return found
