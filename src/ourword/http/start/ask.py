"""Calling quiet customers back without a terminal: a list drawn by lot to download, and the filled list handed in again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourword.app import Ourword
from ourword.calling.asking import ANYBODY, SIZE_MAX, Wanted
from ourword.calling.called_back import words
from ourword.calling.sheet import BYTES_MAX, written
from ourword.errors import LineError, OurwordError, UsageError
from ourword.http.render import render
from ourword.http.start.shared import fields_of, start_of
from ourword.starting.run import Start

SIZE = 60
"""How many calls are an afternoon's work, and tell something."""
WRONG_SHOWN_MAX = 20
WHOSE = {"automation": "that automation handled", "person": "that a person handled", ANYBODY: "that anybody handled"}


async def page(request: Request) -> Response:
    """Draw a list; or the list that was drawn last, and what was answered so far."""
    start = start_of(request)
    if start.home is None:
        return RedirectResponse("/start", status_code=303)
    return HTMLResponse(await run_in_threadpool(_page, start))


async def draw(request: Request) -> Response:
    """Draw lots; what cannot be drawn is told, with what was typed."""
    start, fields = start_of(request), await fields_of(request)
    if start.home is None:
        return RedirectResponse("/start", status_code=303)
    size, whose = fields.get("size", [""])[0].strip()[:20], fields.get("whose", [ANYBODY])[0]
    try:
        if not (size.isascii() and size.isdigit()) or not 1 <= int(size) <= SIZE_MAX:
            raise UsageError(
                "ask.size", f"`{size}` is no number of customers", place="size", hint=f"write one from 1 to {SIZE_MAX:,}, such as {SIZE}"
            )
        await run_in_threadpool(_draw, start, Wanted(size=int(size), handled_by=whose if whose in WHOSE else ANYBODY))
    except OurwordError as error:
        return HTMLResponse(await run_in_threadpool(_page, start, [error], size, whose), status_code=400)
    return RedirectResponse("/start/ask", status_code=303)


async def sheet(request: Request) -> Response:
    """The list as a file for any spreadsheet."""
    start = start_of(request)
    if start.home is None:
        return RedirectResponse("/start", status_code=303)
    try:
        name, text = await run_in_threadpool(_sheet, start)
    except LineError:
        return RedirectResponse("/start/ask", status_code=303)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


async def answers(request: Request) -> Response:
    """Take a filled list in; every row that cannot be taken is told, and the others are kept."""
    start = start_of(request)
    if start.home is None:
        return RedirectResponse("/start", status_code=303)
    try:
        async with request.form(max_files=1, max_fields=2) as form:
            given = form.get("sheet")
            if not isinstance(given, UploadFile) or not given.filename:
                raise UsageError("ask.file", "no file was given", place="sheet", hint="choose the list that you filled in, saved as CSV")
            text, name = await given.read(BYTES_MAX + 1), given.filename[-100:]
        told, wrong = await run_in_threadpool(_take, start, text, name)
    except (OurwordError, MultiPartException) as error:
        first = error if isinstance(error, OurwordError) else UsageError("ask.form", error.message, place="sheet", hint="give one file")
        return HTMLResponse(await run_in_threadpool(_page, start, [first]), status_code=400)
    return HTMLResponse(await run_in_threadpool(lambda: _page(start, wrong, told=told)), status_code=400 if wrong else 200)


def _draw(start: Start, wanted: Wanted) -> None:
    assert start.home is not None
    with Ourword.open_home(start.home, create=False) as word:
        word.calls.draw(wanted)


def _sheet(start: Start) -> tuple[str, str]:
    assert start.home is not None
    with Ourword.open_home(start.home, create=False) as word:
        sample = word.calls.sample()
        return sample.id, written(word.calls.sheet(sample))


def _take(start: Start, text: bytes, name: str) -> tuple[str, Sequence[OurwordError]]:
    assert start.home is not None
    with Ourword.open_home(start.home, create=False) as word:
        taken = word.calls.take(text, place=name)
    kept = f"{taken.new:,} answer{'' if taken.new == 1 else 's'} kept, {taken.known:,} known already"
    return f"{kept}{f'; {len(taken.wrong):,} cannot be taken' if taken.wrong else ''}.", taken.wrong


def _joined(lines: Iterable[str]) -> list[str]:
    """Sentences as paragraphs: a line that is indented goes on with the one before."""
    found: list[str] = []
    for each in lines:
        if each.startswith(" ") and found:
            found[-1] += f" {each.strip()}"
        else:
            found.append(each)
    return found


def _page(start: Start, wrong: Sequence[OurwordError] = (), size: str = "", whose: str = "", *, told: str = "") -> str:
    assert start.home is not None
    with Ourword.open_home(start.home, create=False) as word:
        quiet = word.calls.quiet()
        try:
            sample = word.calls.sample()
            stands = _joined(words(word.calls.standing(sample)))
        except LineError:
            sample, stands = None, []
    among = {name: f"{quiet[name]:,} {said}" for name, said in WHOSE.items() if quiet[name]}
    return render(
        "start-ask.html",
        quiet=quiet[ANYBODY],
        among=among,
        whose=whose if whose in among else next(iter(among), ""),
        size=size or str(SIZE),
        sample=sample,
        stands=stands,
        wrong=list(wrong[:WRONG_SHOWN_MAX]),
        more_wrong=max(0, len(wrong) - WRONG_SHOWN_MAX),
        told=told,
    )
