"""`GET /v1/signals` and `POST /v1/signals/{id}/answer`: what `ourword signals` and `ourword answer` do, over HTTP."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.errors import LineError
from ourword.http.decisions import JSON, read_body
from ourword.http.outcomes import figures_of
from ourword.http.pages.site import site_of
from ourword.ledger.signal_words import as_dict

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says of a signal."""

    said: str
    by: str
    because: str = ""


async def listing(request: Request) -> Response:
    """Every signal, the oldest first; `open=1`: those that wait for an answer alone."""
    figures, only_open = figures_of(request), request.query_params.get("open", "") not in ("", "0", "false")
    known = await run_in_threadpool(figures.signals)
    return Response(_encode([as_dict(each) for each in known if each.waits or not only_open]), media_type=JSON)


async def take(request: Request) -> Response:
    """Take an answer: which of the nine it was, by whom, and why; gives the signal as it stands then."""
    figures_of(request)
    word, signal_id = site_of(request).word, request.path_params["signal_id"]
    body = await read_body(request)
    try:
        given = msgspec.json.decode(body, type=Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        hint = 'send {"said": "defect", "by": "omar", "because": "…"}'
        raise LineError("answer.unreadable", f"this is no answer: {error}", place="body", hint=hint) from error
    signal = await run_in_threadpool(word.answer, signal_id, said=given.said, by=given.by, because=given.because)
    return Response(_encode(as_dict(signal)), media_type=JSON)
