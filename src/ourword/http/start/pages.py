"""The pages of the first run: plain forms, nothing that needs JavaScript, nothing that leaves this computer."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from ourword.app import Ourword
from ourword.calling.called_back import sentence
from ourword.core.zones import zone_said, zones
from ourword.errors import OurwordError, UsageError
from ourword.figures.summary import reached, recount_words, spoken_of, stayed
from ourword.helpdesks.questions import BOTS, CUSTOMER, SAME, SOLVED, TESTS, price_of, typed_tests, with_all
from ourword.helpdesks.shape import REACHED, Answers
from ourword.http.links import ZONE, Links, asking
from ourword.http.render import render
from ourword.http.start.guides import GUIDES
from ourword.http.start.here import zone_here
from ourword.http.start.shared import fields_of, links_of, start_of
from ourword.http.start.work import Moved, Work
from ourword.outcomes.guesses import ROLES
from ourword.outcomes.written import DAY, MONTH
from ourword.starting.recognising import HOW_READ, said_of
from ourword.starting.run import Start

FILES_MAX = 100
NAME_BYTES_MAX = 150
_NO_NAME = r"[\x00-\x1f]" if os.name != "nt" else r"[\x00-\x1f<>:\"|?*]"
ALL = "*"
"""Names all files, where one is to be left out; no file is called so, since ours keep the last part of a path."""
COLUMNS_LENGTH_MAX = 2_000
_SLOW_SECONDS = 0.25
_NEXT = {"look": "/start/questions", "read": "/start/found", "example": "/start"}
_DOING = {"look": "Your files are looked through", "read": "Your files are read", "example": "A fictional shop's files are written"}
_NEXT_WORDS = {"look": "Go on to the questions", "read": "See what they say", "example": "Go on with these files"}


# ---- files -----------------------------------------------------------------------------------------------------------------


async def files(request: Request) -> Response:
    """Where files are dropped."""
    return HTMLResponse(_files(start_of(request), examples=_examples(request)))


async def add(request: Request) -> Response:
    """Take in what was dropped, or a path on this computer; a file that is refused says what it saw and what it expected."""
    start = start_of(request)
    refused: list[OurwordError] = []
    columns = ""
    try:
        async with request.form(max_files=FILES_MAX, max_fields=10) as form:
            columns = str(form.get("columns") or "")[:COLUMNS_LENGTH_MAX]
            said = said_of(columns)
            for each in form.getlist("files"):
                if isinstance(each, UploadFile) and each.filename:
                    await run_in_threadpool(_take, start, each, said, refused)
            path = form.get("path")
            if isinstance(path, str) and path.strip():
                await run_in_threadpool(_add_typed, start, path.strip().strip("\"'"), said, refused)
    except UsageError as error:
        refused.append(error)
    except MultiPartException as error:
        refused.append(
            UsageError("start.form", f"the form cannot be read: {error.message}", place="files", hint=f"at most {FILES_MAX} files at once")
        )
    if refused:
        return HTMLResponse(_files(start, refused, columns, examples=_examples(request)), status_code=400)
    return RedirectResponse("/start", status_code=303)


async def example(request: Request) -> Response:
    """Write the export of a fictional shop and give it, as a file of one's own is given."""
    start, write = start_of(request), request.app.state.example
    vendor = (await fields_of(request)).get("vendor", [""])[0]
    if write is None or vendor not in GUIDES:
        return RedirectResponse("/start", status_code=303)

    def written(moved: Moved) -> None:
        moved("a fictional shop lives through 120 days", 0, 1)
        write(vendor, start)

    _work(request).begin("example", written)
    return RedirectResponse("/start/progress", status_code=303)


async def remove(request: Request) -> Response:
    """Leave a file out again, or all."""
    start, names = start_of(request), (await fields_of(request)).get("name", [])
    for name in [each.name for each in start.kept.files] if names == [ALL] else names:
        await run_in_threadpool(start.remove, name)
    return RedirectResponse("/start", status_code=303)


def _take(start: Start, upload: UploadFile, said: Mapping[str, str], refused: list[OurwordError]) -> None:
    """Copy an upload under its own last name, and add it; a name from elsewhere never chooses a folder."""
    name = _own_name(upload.filename or "")
    try:
        start.files.mkdir(parents=True, exist_ok=True, mode=0o700)
        to = _free(start.files, name)
    except OSError as error:
        refused.append(UsageError("start.copy", f"the file cannot be kept: {error.strerror}", place=name, hint="check the folder"))
        return
    try:
        with to.open("wb") as out:
            shutil.copyfileobj(upload.file, out, 1024 * 1024)
    except OSError as error:
        to.unlink(missing_ok=True)
        refused.append(UsageError("start.copy", f"the file cannot be kept: {error.strerror}", place=name, hint="make room on the disk"))
        return
    _add(start, to, said, refused)
    if str(to.resolve()) not in {each.path for each in start.kept.files}:
        to.unlink(missing_ok=True)  # refused, or unpacked into others


def _own_name(said: str) -> str:
    """The last name of a path, as a file may be called here: systems count bytes, and refuse some characters.

    >>> _own_name("C:\\\\x\\\\..\\\\tickets.csv"), _own_name("..."), len(_own_name("票" * 140 + ".csv").encode())
    ('tickets.csv', 'file', 148)
    """
    last = re.sub(_NO_NAME, "_", said.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    return last.encode(errors="replace")[-NAME_BYTES_MAX:].decode(errors="ignore") or "file"


def _free(folder: Path, name: str) -> Path:
    """A place that no file of ours has: a second file of one name is another file, and one that is refused spoils none."""
    made = Path(name)
    number = 1
    while (found := folder / (name if number == 1 else f"{made.stem}-{number}{made.suffix}")).exists():
        number += 1
    return found


def _add_typed(start: Start, typed: str, said: Mapping[str, str], refused: list[OurwordError]) -> None:
    """Add a file by the path that was typed."""
    try:
        path = Path(typed).expanduser()
        path.exists()
    except (OSError, RuntimeError, ValueError):  # a name that is too long, somebody who has no folder here, a NUL
        refused.append(UsageError("usage.file", "there is no such file", place=typed[:200], hint="check the path"))
        return
    _add(start, path, said, refused)


def _add(start: Start, path: Path, said: Mapping[str, str], refused: list[OurwordError]) -> None:
    try:
        start.add(path, said=said)
    except OurwordError as error:
        refused.append(error)


def _files(start: Start, refused: list[OurwordError] | None = None, columns: str = "", *, examples: dict[str, str]) -> str:
    return render(
        "start.html",
        links=links_of(start),
        given=start.kept.files,
        aside=start.aside,
        refused=refused or [],
        how=HOW_READ,
        folder=str(start.folder),
        has_home=start.home is not None,
        examples={} if start.kept.files else examples,
        guides=GUIDES,
        columns=columns,
        roles=list(ROLES),
    )


def _examples(request: Request) -> dict[str, str]:
    return GUIDES if request.app.state.example is not None else {}


# ---- work ------------------------------------------------------------------------------------------------------------------


async def look(request: Request) -> Response:
    """Look through all files; then come the questions."""
    start = start_of(request)
    _work(request).begin("look", lambda moved: _looked(start, moved))
    return RedirectResponse("/start/progress", status_code=303)


async def stop(request: Request) -> Response:
    """Stop what is being done."""
    _work(request).stop()
    return RedirectResponse("/start/progress", status_code=303)


async def progress(request: Request) -> Response:
    """How far it is: the page grows while it is open, and needs no script to do so."""
    work = _work(request)
    if not work.doing.name:
        return RedirectResponse("/start", status_code=303)
    return StreamingResponse(_progress(work, links_of(start_of(request))), media_type="text/html")


async def _progress(work: Work, links: Links) -> AsyncIterator[str]:
    doing = work.doing
    head, _, foot = render("start-progress.html", links=links, title=_DOING[doing.name], doing=doing, cut="\x00").partition("\x00")
    yield head
    last: tuple[str, int] | None = None
    while not (doing := work.doing).ended:
        if (doing.words, int(doing.share * 100)) != last:
            last = doing.words, int(doing.share * 100)
            yield render("start-tick.part.html", doing=doing, percent=last[1])
        await asyncio.sleep(_SLOW_SECONDS)
    yield render("start-ended.part.html", doing=doing, next=_NEXT[doing.name], next_words=_NEXT_WORDS[doing.name])
    yield foot


def _looked(start: Start, moved: Moved) -> None:
    start.look(moved)


def _read(start: Start, moved: Moved) -> None:
    start.read(moved)
    moved("the figures are added up", 1, 1)
    place = start.home
    assert place is not None
    with Ourword.open_home(place, create=False) as word:
        word.board()


# ---- questions -------------------------------------------------------------------------------------------------------------


async def questions(request: Request) -> Response:
    """The six questions, answered as guessed or as answered before; POST keeps the answers and reads the files."""
    start, work = start_of(request), _work(request)
    if not start.kept.files:
        return RedirectResponse("/start", status_code=303)
    if not work.doing.ended:
        return RedirectResponse("/start/progress", status_code=303)
    fields = await fields_of(request) if request.method == "POST" else {}
    answers, wrong = _answers(fields)
    if fields and not wrong:  # also of a page that was opened before Ourword was started anew: what was answered is not asked again
        await run_in_threadpool(start.answer, answers)
        work.begin("read", lambda moved: _read(start, moved))
        return RedirectResponse("/start/progress", status_code=303)
    if not start.looked:
        work.begin("look", lambda moved: _looked(start, moved))
        return RedirectResponse("/start/progress", status_code=303)
    if wrong:
        return HTMLResponse(_questions(start, answers, fields, wrong), status_code=400)
    answers, said = start.answers(), start.said_zone
    if not said:
        answers = msgspec.structs.replace(answers, zone=zone_here())
    return HTMLResponse(_questions(start, answers, {}, [], zone_guess="" if said else answers.zone))


def _questions(start: Start, answers: Answers, fields: dict[str, list[str]], wrong: list[str], *, zone_guess: str = "") -> str:
    ticked = {BOTS: set(answers.bots), SOLVED: set(answers.solved), TESTS: set(answers.tests), CUSTOMER: {answers.customer}, SAME: {answers.same}}
    listed = {choice.value for each in start.questions() for choice in each.choices}
    typed = "\n".join(each for each in answers.tests if each not in listed)
    price = fields.get("price", [answers.price])[0]
    look = start.look()
    return render(
        "start-questions.html",
        links=links_of(start),
        questions=start.questions(),
        ticked=ticked,
        typed=typed,
        price=price,
        zone=answers.zone,
        zones=zones(),
        zone_guess=zone_guess,
        dates=start.first_question(),
        first=answers.first,
        look=look,
        wrong=wrong,
        home=str(start.home or ""),
        own=start.own,
        tables=start.read_as(),
    )


def _answers(fields: dict[str, list[str]]) -> tuple[Answers, list[str]]:
    """Read the form; what cannot be read is told, and nothing is lost."""
    wrong: list[str] = []
    price = fields.get("price", [""])[0].strip()
    if price and price_of(price) is None:
        wrong.append(f"`{price[:40]}` is no price: write it like 0.99 USD or 0,99 €, or leave it empty")
    zone = fields.get("zone", ["UTC"])[0].strip() or "UTC"
    if not (known := zone_said(zone)):
        wrong.append(f"`{zone[:40]}` is no time zone that is known here: write it like Europe/Berlin, or UTC")
    customer = fields.get("customer", ["id"])[0]
    same = fields.get("same", ["object"])[0]
    answers = Answers(
        bots=tuple(fields.get("bots", ())),
        solved=tuple(fields.get("solved", ())),
        tests=tuple(fields.get("tests", ())),
        customer=customer if customer in ("id", "address") else "id",
        same=same if same in ("object", "kind", "customer") else "object",
        price=price,
        zone=known or zone,
        first=first if (first := fields.get("first", [""])[0]) in (DAY, MONTH) else "",
    )
    return with_all(answers, typed_tests(fields.get("tests_typed", [""])[0])), wrong


# ---- what they can tell ----------------------------------------------------------------------------------------------------


async def found(request: Request) -> Response:
    """What the files can and cannot tell, the sentence, and the ways on."""
    start = start_of(request)
    if start.home is None:
        return RedirectResponse("/start", status_code=303)
    return HTMLResponse(await run_in_threadpool(_found, start))


def _found(start: Start) -> str:
    assert start.home is not None
    with Ourword.open_home(start.home, create=False) as word:
        board = word.board()
    row, rungs = spoken_of(board.recounted, start.rule), start.ladder()
    return render(
        "start-found.html",
        recounted=recount_words(board, row),
        stayed=stayed(board, zone=ZONE.get()),
        called=sentence(board.asked()),
        board=board,
        ladder=rungs,
        reached=reached(board) if any(each.name == REACHED and each.known for each in rungs) else "",
        read=start.kept.read,
        assumed=start.kept.assumed,
        left=(*start.aside, *start.kept.left),
        files=start.kept.files,
        home=str(start.home),
        kept=start.kept_homes,
        rated=board.row("satisfaction"),
        tables=start.read_as(),
        drafted=start.drafts.filled is not None,
        bill=asking("/recount", rule=row.rule if row else ""),
    )


def _work(request: Request) -> Work:
    found: Work = request.app.state.work
    return found
