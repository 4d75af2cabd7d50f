"""Which version of Ourword this is: named by the command, and by what is kept and worked out again after an upgrade."""

from __future__ import annotations

VERSION = "0.1.0"
