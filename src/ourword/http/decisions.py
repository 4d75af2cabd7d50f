"""`POST /v1/decisions` and `GET /v1/decisions/{id}/why`: what the command line does, over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.app import Ourword
from ourword.core.language import accepted, matched
from ourword.core.line import LINE_BYTES_MAX
from ourword.errors import LineError
from ourword.http.pages.site import site_of
from ourword.http.problems import Refused
from ourword.http.then import as_of, known

BATCH_BYTES_MAX = 8 * LINE_BYTES_MAX
BATCH_ITEMS_MAX = 20_000
"""Proposals in one body: 2,700,000 times `{}` fit into 8 MiB, and their errors took 1.9 GB of memory."""
BATCH_SYNC = 256

JSON, LINES = "application/json", "application/x-ndjson"

_encode = msgspec.json.Encoder().encode


async def decide(request: Request) -> Response:
    """Decide one proposal (an object), several (an array), or JSON lines; the answer has the same form and order."""
    ourword = _at_work(request)
    lang = _language(request, ourword)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in (JSON, LINES):
        raise Refused(415, "media-type", f"`{media[:100]}` is not read", place="Content-Type", hint=f"send {JSON}, or {LINES} for lines")
    body = await read_body(request)
    if media == LINES:
        verdicts = await run_in_threadpool(_several, ourword, body.split(b"\n"), lang)
        return Response(b"".join(_encode(each) + b"\n" for each in verdicts), media_type=LINES)
    if body.lstrip()[:1] == b"[":
        verdicts = await run_in_threadpool(_several, ourword, _items(body), lang)
        return Response(_encode(verdicts), media_type=JSON)
    verdict = await run_in_threadpool(ourword.decide_json, body, lang=lang, place="body")
    return Response(_encode(verdict), media_type=JSON)


async def why(request: Request) -> Response:
    """Tell why one recorded decision was taken."""
    decision_id = request.path_params["decision_id"]
    return Response(_encode(await known(request, as_of(request), lambda figures: figures.word.why(decision_id))), media_type=JSON)


async def health(request: Request) -> Response:
    """Say that we are up, and under which contract; `null` where a home is only shown."""
    ourword = site_of(request).ourword
    contract = None
    if ourword is not None:
        draft = ourword.contract.draft
        contract = {"id": draft.name, "version": draft.version, "digest": ourword.contract.digest}
    return Response(_encode({"status": "ok", "contract": contract}), media_type=JSON)


def _at_work(request: Request) -> Ourword:
    ourword = site_of(request).ourword
    if ourword is None:
        hint = "start `ourword serve CONTRACT WIRING --home DIR`"
        raise Refused(404, "no-contract", "no contract is at work here: this home is only shown", place="/v1/decisions", hint=hint)
    return ourword


async def read_body(request: Request) -> bytes:
    """Read the body, and no more of it than is too much."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BATCH_BYTES_MAX:
            raise Refused(413, "too-large", f"the body has more than {BATCH_BYTES_MAX:,} bytes", place="body", hint="send it in several parts")
        parts.append(part)
    return b"".join(parts)


def _several(ourword: Ourword, lines: list[bytes], lang: str) -> list[dict[str, Any]]:
    if len(lines) > BATCH_ITEMS_MAX:
        raise Refused(413, "too-many", f"the body has more than {BATCH_ITEMS_MAX:,} proposals", place="body", hint="send them in several parts")
    return list(ourword.decide_lines(lines, lang=lang, place="body", batch=BATCH_SYNC))


def _items(body: bytes) -> list[bytes]:
    try:
        return [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LineError("line.not-json", f"this is not JSON: {error}", place="body", hint="send one object, or an array of objects") from error


def _language(request: Request, ourword: Ourword) -> str:
    """`?lang=` is the engineer's and must fit; `Accept-Language` is the customer's browser's, and is a wish."""
    lang = request.query_params.get("lang", "")
    languages = ourword.contract.draft.languages
    if lang and not matched(lang, languages):
        raise Refused(400, "lang", f"the contract has no `{lang[:20]}`", place="lang", hint=f"it speaks: {', '.join(languages)}")
    wished = accepted(request.headers.get("accept-language", ""))
    return lang or next((found for each in wished if (found := matched(each, languages))), "")
