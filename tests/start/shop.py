"""A small shop's tickets, and the way through the first run that every test of it takes."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

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
