"""`GET /v1/signals`, `POST /v1/signals/{id}/answer` and `…/waive`, `GET /v1/answers`: what `ourword signals`, `answer` and `waive` do, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.errors import LineError
from ourword.figures.asof import asked_at
from ourword.figures.watched import moment_of
from ourword.http.decisions import JSON, read_body
from ourword.http.figures import Figures
from ourword.http.pages.site import site_of
from ourword.http.then import as_of, figures_of, known
from ourword.ledger.signal_words import as_dict
from ourword.ledger.signals import Signal
from ourword.outcomes.answers import answers, in_words
from ourword.outcomes.answers import as_dict as answers_as_dict
from ourword.outcomes.asked import AsOf
from ourword.signals.waiving import day_from

_Given = TypeVar("_Given", bound=msgspec.Struct)
_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says of a signal."""

    said: str
    by: str
    because: str = ""


class Waived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says who waives a signal."""

    by: str
    until: str
    because: str


async def listing(request: Request) -> Response:
    """Every signal, the oldest first; `open=1`: those that wait for an answer alone."""
    only_open, then = request.query_params.get("open", "") not in ("", "0", "false"), as_of(request, bare=True)
    found, _ = await known(request, then.known, lambda figures: _signals(figures, then))
    return Response(_encode([as_dict(each) for each in found if each.waits or not only_open]), media_type=JSON)


def _signals(figures: Figures, then: AsOf) -> tuple[Sequence[Signal], int]:
    """The signals as of then, and the present of then."""
    if then.moment is None:
        return figures.signals(), figures.home.clock()
    at = moment_of(then.moment)
    return asked_at(figures.home, at), at


async def take(request: Request) -> Response:
    """Take an answer: which of the nine it was, by whom, and why; gives the signal as it stands then."""
    figures_of(request)
    word, signal_id = site_of(request).word, request.path_params["signal_id"]
    given = _read(await read_body(request), Answer, 'send {"said": "defect", "by": "omar", "because": "…"}')
    signal = await run_in_threadpool(word.answer, signal_id, said=given.said, by=given.by, because=given.because)
    return Response(_encode(as_dict(signal)), media_type=JSON)


async def waive(request: Request) -> Response:
    """Let a signal wait until a day is over; gives the signal as it stands then."""
    figures_of(request)
    word, signal_id = site_of(request).word, request.path_params["signal_id"]
    given = _read(await read_body(request), Waived, 'send {"by": "omar", "until": "2026-12-01", "because": "…"}')
    signal = await run_in_threadpool(word.waive, signal_id, by=given.by, until=day_from(given.until), because=given.because)
    return Response(_encode(as_dict(signal)), media_type=JSON)


async def answered(request: Request) -> Response:
    """How long answers took, and which share had none after a week."""
    then = as_of(request, bare=True)
    signals, now = await known(request, then.known, lambda figures: _signals(figures, then))
    found = answers(signals, now=now)
    return Response(_encode({**answers_as_dict(found), "words": in_words(found)}), media_type=JSON)


def _read(body: bytes, kind: type[_Given], hint: str) -> _Given:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LineError("answer.unreadable", f"this is no answer: {error}", place="body", hint=hint) from error
