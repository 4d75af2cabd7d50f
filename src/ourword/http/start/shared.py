"""What the pages of the first run share: the folder, and forms read as they come."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request

from ourword.errors import LineError
from ourword.http.decisions import read_body
from ourword.http.links import SERVED, UNREAD, Links
from ourword.starting.run import Start

FIELDS_MAX = 3_000


def start_of(request: Request) -> Start:
    """The folder of this first run."""
    found: Start = request.app.state.start
    return found


def links_of(start: Start) -> Links:
    """The bar at the top: before anything was read, nothing else can be shown."""
    return SERVED if start.home is not None else UNREAD


async def fields_of(request: Request) -> dict[str, list[str]]:
    """The fields of a plain form; raises `LineError` for one with far too many: read as empty it would answer every question with nothing."""
    body = await read_body(request)
    if body.count(b"&") >= FIELDS_MAX:
        raise LineError("http.form", f"the form has more than {FIELDS_MAX:,} fields", place="form", hint="leave some out")
    read: dict[str, Any] = parse_qs(body.decode("utf-8", "replace"), max_num_fields=FIELDS_MAX, keep_blank_values=True)
    return msgspec.convert(read, dict[str, list[str]])
