"""`POST /v1/events`: what `ourword events` does, over HTTP; the answer has the same form and order as what was sent."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.errors import EventError
from ourword.http.decisions import JSON, LINES, read_body
from ourword.http.pages.site import site_of
from ourword.http.problems import Refused

CLOUD_EVENT, CLOUD_EVENTS = "application/cloudevents+json", "application/cloudevents-batch+json"

_encode = msgspec.json.Encoder().encode


async def take(request: Request) -> Response:
    """Keep one event (an object), several (an array), or JSON lines: `{"id": …, "kept": "new" | "known"}`, or an error in its place."""
    word = site_of(request).word
    if word.home is None:
        raise Refused(404, "no-home", "nothing is kept here", place="events", hint="start `ourword serve` with --home")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in (JSON, LINES, CLOUD_EVENT, CLOUD_EVENTS):
        what = f"`{media[:100]}` is not read"
        raise Refused(415, "media-type", what, place="Content-Type", hint=f"send {JSON}, {CLOUD_EVENTS}, or {LINES} for lines")
    body = await read_body(request)
    if media == LINES:
        answers = await run_in_threadpool(lambda: list(word.event_lines(body.split(b"\n"), place="body")))
        return Response(b"".join(_encode(each) + b"\n" for each in answers), media_type=LINES)
    if body.lstrip()[:1] == b"[":
        return Response(_encode(await run_in_threadpool(word.events, _items(body), place="body")), media_type=JSON)
    return Response(_encode(await run_in_threadpool(word.event, body, place="body")), media_type=JSON)


def _items(body: bytes) -> list[bytes]:
    try:
        return [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = "send one object, or an array of objects"
        raise EventError("event.not-json", f"this is not JSON: {error}", place="body", hint=hint) from error
