"""`GET /v1/ask` and `POST /v1/ask`: the sheet of a sample, and its answers, as `ourword ask` writes and takes them.

Lots are drawn by the command alone.
"""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourword.calling.called_back import as_dict
from ourword.calling.sheet import written
from ourword.calling.whole import Calls
from ourword.errors import UsageError
from ourword.http.decisions import JSON, read_body
from ourword.http.pages.site import site_of
from ourword.http.problems import Refused
from ourword.http.then import as_of, figures_of, known

CSV = "text/csv"
_MARK = "\ufeff"
"""By which a spreadsheet knows UTF-8."""

_encode = msgspec.json.Encoder().encode


async def ask(request: Request) -> Response:
    """GET: a sample, how it stands, and its calls; `sample` names an earlier one, `format=csv` gives the sheet alone. POST: its answers."""
    if request.method == "POST":
        return await _answers(request)
    name, form = request.query_params.get("sample", ""), request.query_params.get("format", "json")
    if form not in ("json", "csv"):
        raise UsageError("ask.format", f"`{form[:40]}` is no form that is given", place="format", hint="json or csv")
    say = _sheet if form == "csv" else _standing
    return await known(request, as_of(request), lambda figures: say(figures.word.calls, name))


async def _answers(request: Request) -> Response:
    """Take a sheet that was filled in; every row that is wrong is told, and the others are kept."""
    calls = _calls(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != CSV:
        raise Refused(415, "media-type", f"`{media[:100]}` is not read", place="Content-Type", hint=f"send the sheet as {CSV}")
    return await run_in_threadpool(_take, calls, await read_body(request))


def _calls(request: Request) -> Calls:
    figures_of(request)
    return site_of(request).word.calls


def _standing(calls: Calls, name: str) -> Response:
    sample = calls.sample(name)
    return Response(_encode({**as_dict(calls.standing(sample)), "calls": calls.sheet(sample)}), media_type=JSON)


def _sheet(calls: Calls, name: str) -> Response:
    sample = calls.sample(name)
    headers = {"content-disposition": f'attachment; filename="{sample.id}.csv"'}
    return Response(_MARK + written(calls.sheet(sample)), media_type=CSV, headers=headers)


def _take(calls: Calls, text: bytes) -> Response:
    taken = calls.take(text, place="body")
    stands = [as_dict(calls.standing(calls.sample(f"ask-{number}"))) for number in taken.samples]
    wrong = [error.as_dict() for error in taken.wrong]
    return Response(_encode({"new": taken.new, "known": taken.known, "wrong": wrong, "samples": stands}), media_type=JSON)
