"""`POST /v1/events`: what `ourword events` does, over HTTP; the answer has the same form and order as what was sent."""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.core.event import Event, event_from_json
from ourword.errors import EventError
from ourword.http.decisions import JSON, LINES, read_body
from ourword.http.problems import Refused
from ourword.stores.events import EventStore
from ourword.stores.home import Home

CLOUD_EVENT, CLOUD_EVENTS = "application/cloudevents+json", "application/cloudevents-batch+json"

_encode = msgspec.json.Encoder().encode


class Kept:
    """The home's events, opened when the first one comes."""

    def __init__(self, home: Home | None) -> None:
        self._home = home
        self._opened: EventStore | None = None
        self._opening = threading.Lock()

    def store(self) -> EventStore | None:
        """Where events are kept; nothing without a home."""
        with self._opening:
            if self._opened is None and self._home is not None:
                self._opened = EventStore(self._home)
            return self._opened

    def close(self) -> None:
        """Close what was opened."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None


async def take(request: Request) -> Response:
    """Keep one event (an object), several (an array), or JSON lines: `{"id": …, "kept": "new" | "known"}`, or an error in its place."""
    kept: Kept = request.app.state.events
    store = await run_in_threadpool(kept.store)
    if store is None:
        raise Refused(404, "no-home", "nothing is kept here", place="events", hint="start `ourword serve` with --home")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in (JSON, LINES, CLOUD_EVENT, CLOUD_EVENTS):
        what = f"`{media[:100]}` is not read"
        raise Refused(415, "media-type", what, place="Content-Type", hint=f"send {JSON}, {CLOUD_EVENTS}, or {LINES} for lines")
    body = await read_body(request)
    if media == LINES:
        answers = await run_in_threadpool(keep, store, [each for each in body.split(b"\n") if each.strip()])
        return Response(b"".join(_encode(each) + b"\n" for each in answers), media_type=LINES)
    if body.lstrip()[:1] == b"[":
        return Response(_encode(await run_in_threadpool(keep, store, _items(body))), media_type=JSON)
    answer = (await run_in_threadpool(keep, store, [body], "body"))[0]
    if "error" in answer:
        raise EventError(**answer["error"])
    return Response(_encode(answer), media_type=JSON)


def keep(store: EventStore, texts: list[bytes], place: str = "") -> list[dict[str, Any]]:
    """Keep events, durably before the answer; a bad one gives its error in its place, and the rest are kept."""
    answers: list[dict[str, Any]] = [{} for _ in texts]
    events: list[tuple[int, Event]] = []
    now = time.time_ns()
    for at, text in enumerate(texts):
        try:
            events.append((at, event_from_json(text, place=place or f"body:{at + 1}", now=now)))
        except EventError as error:
            answers[at] = {"error": error.as_dict()}
    for (at, event), result in zip(events, store.add([event for _, event in events]), strict=True):
        answers[at] = _answer(event, result, place or f"body:{at + 1}")
    return answers


def _answer(event: Event, result: str | EventError, place: str) -> dict[str, Any]:
    if isinstance(result, EventError):
        return {"error": {**result.as_dict(), "place": f"{place}: {result.place}"}}
    if result == "conflicting":
        hint = "the first one stands; give every event an id of its own within its source"
        what = "`source` and `id` are those of an earlier, different event"
        return {"error": EventError("event.conflicting", what, place=f"{place}: id", hint=hint).as_dict()}
    return {"source": event.source, "id": event.id, "kept": result, "time_quality": event.time_quality}


def _items(body: bytes) -> list[bytes]:
    try:
        return [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = "send one object, or an array of objects"
        raise EventError("event.not-json", f"this is not JSON: {error}", place="body", hint=hint) from error
