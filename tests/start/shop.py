"""A small shop's tickets, and the way through the first run that every test of it takes."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.testclient import TestClient

from ourword.http.start.app import close, make
from ourword.starting.run import Start

HERE = "http://127.0.0.1:8080"
HEAD = "Ticket ID,Requester,Status,Created at,Solved at,Channel,Category\n"


def tickets(rows: int = 40) -> bytes:
    """Every fifth ticket is a customer who comes back three days later."""
    lines = []
    for number in range(rows):
        day = 1 + number // 4
        who = number if number % 5 else max(0, number - 5)
        kind = "Refund" if number % 2 else "Delivery"
        lines.append(f"{number},ann{who}@mail.example,Solved,2026-09-{day:02} 10:00:00,2026-09-{day:02} 12:00:00,Mail,{kind}\n")
    return (HEAD + "".join(lines)).encode()


def give(caller: TestClient, name: str, content: bytes) -> Any:
    return caller.post("/start/files", files=[("files", (name, content, "application/octet-stream"))])


def read_all(caller: TestClient, **answers: Any) -> Any:
    """Go through the questions by what is guessed, changed by *answers*."""
    caller.post("/start/look")
    page = caller.get("/start/questions").text
    ticked = re.findall(r'name="(\w+)" value="([^"]*)" checked', page)
    fields: dict[str, Any] = {}
    for name, value in ticked:
        fields.setdefault(name, []).append(value)
    told = caller.post("/start/questions", data={"zone": "UTC", **fields, **answers})
    assert "Done, in" in told.text, told.text
    return caller.get("/start/found")


def as_read(start: Start, content: bytes, **answers: str) -> None:
    """The folder of a start as it is when these tickets were given and read through the pages: that is done once, and then copied."""
    made = _read_once(content, tuple(answers.items()))
    shutil.copytree(made, start.folder, dirs_exist_ok=True)
    file = start.folder / "start.json"
    file.write_text(file.read_text().replace(str(made), str(start.folder.resolve())))
    start.kept = Start(start.folder).kept


_ONCE = TemporaryDirectory(prefix="ourword-read-", ignore_cleanup_errors=True)
"""It goes with the process."""


@cache
def _read_once(content: bytes, answers: tuple[tuple[str, str], ...]) -> Path:
    start = Start(Path(_ONCE.name).resolve() / str(len(list(Path(_ONCE.name).iterdir()))))
    app = make(start)
    with TestClient(app, base_url=HERE) as caller:
        give(caller, "tickets.csv", content)
        read_all(caller, **dict(answers))
    close(app)
    return start.folder
