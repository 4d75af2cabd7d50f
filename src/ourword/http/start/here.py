"""The zone of the computer on which the first run is opened: a guess for times that name none."""

from __future__ import annotations

import os
from pathlib import Path

from ourword.core.zones import zone_said

_LOCAL, _NAMED = Path("/etc/localtime"), Path("/etc/timezone")

_UTC = ("UTC", "UCT", "Universal", "Zulu")
"""Names of one zone."""


def zone_here() -> str:
    """The computer's own zone, as far as it says one; else UTC."""
    for find in (_by_variable, _by_link, _by_name):
        try:
            found = zone_said(find())
        except OSError:
            continue
        if found:
            return "UTC" if found.rpartition("/")[2] in _UTC else found
    return "UTC"


def _by_variable() -> str:
    return os.environ.get("TZ", "").lstrip(":")


def _by_link() -> str:
    return os.readlink(_LOCAL).rpartition("zoneinfo/")[2]


def _by_name() -> str:
    return _NAMED.read_text(encoding="utf-8").strip()
