"""Files as they are given to the first run: taken as they are or refused with what was seen, and nobody else's page gives any."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.start.shop import HEAD, give, tickets

from ourword.starting import Start


def test_the_file_stays_where_it_was_told(caller: TestClient, start: Start, tmp_path: Path) -> None:
    """A path is read where it lies; leaving it out deletes copies of ours, and never somebody's own file."""
    own = tmp_path / "mine.csv"
    own.write_bytes(tickets())
    caller.post("/start/files", files=[("files", ("", b"", "application/octet-stream"))], data={"path": str(own)})
    give(caller, "tickets.csv", tickets(5))
    assert {"mine.csv", "tickets.csv"} == {each.name for each in start.kept.files}
    for name in ("mine.csv", "tickets.csv"):
        caller.post("/start/remove", data={"name": name})

    assert (True, [], ()) == (own.exists(), list(start.files.iterdir()), start.kept.files)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "no row of this file can be read"),
        ("photo.png", b"\x89PNG\r\n\x1a\n", "has no ending that is read"),
        ("odd.csv", b"colour,size\nred,3\nblue,4\n", "it has <code>colour</code>, <code>size</code>"),
        ("broken.json", b'{"tickets": [', "JSON"),
        ("none.zip", b"PK\x03\x04nothing", "the archive cannot be opened"),
        ("../../etc/x.csv", b"", "no row of this file can be read"),
    ],
)
def test_a_refused_file_says_what_it_saw_and_what_is_expected(caller: TestClient, start: Start, name: str, content: bytes, says: str) -> None:
    """Nothing half-done: a refused file is not kept, and the page says why."""
    told = give(caller, name, content)

    assert told.status_code == 400
    assert says in told.text
    assert "Zendesk, Intercom" in told.text or "name it" in told.text or "object" in told.text or "unpack" in told.text
    assert ((), []) == (start.kept.files, [each.name for each in start.files.rglob("*")])


def test_a_zip_is_unpacked_into_our_own_names(caller: TestClient, start: Start, tmp_path: Path) -> None:
    """An archive chooses no folder: its members lie in ours, whatever they are called."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../../tickets.csv", tickets())
        archive.writestr("__MACOSX/._tickets.csv", b"nothing")
        archive.writestr("readme.md", b"nothing")
    give(caller, "export.zip", packed.getvalue())

    assert ["export-tickets.csv"] == [each.name for each in start.kept.files]
    assert all(start.folder in each.parents for each in tmp_path.rglob("*.csv"))


def test_a_bomb_is_refused_before_it_fills_the_disk(caller: TestClient, start: Start) -> None:
    """What unpacks a thousandfold is no export; what was written of it is gone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.csv", "w") as out:
        for _ in range(200):
            out.write(b"0" * 1024 * 1024)
    told = give(caller, "export.zip", packed.getvalue())

    assert told.status_code == 400
    assert "unpacks to more than" in told.text
    assert [] == list(start.files.rglob("*"))


def test_pages_elsewhere_cannot_give_us_files(caller: TestClient, start: Start) -> None:
    """A page of another site must not make this computer read a path."""
    told = caller.post("/start/files", data={"path": "/etc/passwd"}, headers={"origin": "https://elsewhere.example"})

    assert told.status_code == 403
    assert start.kept.files == ()


def test_markup_in_a_file_is_shown_as_text(caller: TestClient) -> None:
    """A ticket's category with a script in it is words on our page."""
    content = HEAD + "".join(f"{n},a{n},<script>alert(1)</script>,2026-09-01 10:00:00,2026-09-01 12:00:00,Mail,<b>Refund</b>\n" for n in range(9))
    give(caller, "tickets.csv", content.encode())
    caller.post("/start/look")
    page = caller.get("/start/questions").text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page
