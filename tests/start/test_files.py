"""Files as they are given to the first run: taken as they are or refused with what was seen, and nobody else's page gives any."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient
from tests.start.shop import HEAD, give, read_all, tickets

from ourword.app import Ourword
from ourword.errors import UsageError
from ourword.starting.run import Start


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
    assert "export.zip: 1 file in it is left out: <code>readme.md</code> (no ending that is read)" in caller.get("/start").text

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


# ---- several files -----------------------------------------------------------------------------------------------------


def weeks(start: int, end: int, *, of: str = "ann") -> bytes:
    """Tickets by number, as an export of some weeks has them."""
    lines = (
        f"{n},{of}{n}@mail.example,Solved,2026-09-{1 + n % 28:02} 10:00:00,2026-09-{1 + n % 28:02} 12:00:00,Mail,Refund\n" for n in range(start, end)
    )
    return (HEAD + "".join(lines)).encode()


def contacts(caller: TestClient, start: Start) -> int:
    read_all(caller)
    assert start.home is not None
    with Ourword.open_home(start.home, create=False) as word:
        return word.board().contacts


def test_the_same_file_is_not_taken_twice(caller: TestClient, start: Start) -> None:
    """Each ticket would count twice, and half of them would have come back."""
    give(caller, "tickets.csv", tickets())
    told = give(caller, "copy.csv", tickets())

    assert "the same file as <code>tickets.csv</code>" in told.text
    assert ["tickets.csv"] == [each.name for each in start.kept.files]


def test_a_ticket_that_two_exports_of_one_system_hold_counts_once(caller: TestClient, start: Start) -> None:
    give(caller, "week36.csv", weeks(0, 40))
    give(caller, "week37.csv", weeks(20, 60))

    assert 60 == contacts(caller, start)
    assert any("20 of 40 rows: a ticket that a newer file with the same columns has too" in each for each in start.kept.left)


def test_tickets_of_two_systems_that_count_alike_stay_apart(caller: TestClient, start: Start) -> None:
    """Two shops each have a ticket 1, of another customer."""
    give(caller, "north.csv", weeks(0, 40))
    give(caller, "south.csv", weeks(0, 40, of="bob"))

    assert 80 == contacts(caller, start)


def test_a_second_file_of_one_name_is_another_file(caller: TestClient, start: Start) -> None:
    """It stood in the first one's place, unsaid, and so did one that was refused."""
    give(caller, "tickets.csv", weeks(0, 30))
    give(caller, "tickets.csv", weeks(30, 60))
    give(caller, "tickets.csv", b"colour,size\nred,3\n")

    assert ["tickets.csv", "tickets-2.csv"] == [each.name for each in start.kept.files]
    assert 60 == contacts(caller, start)


@pytest.mark.parametrize("name", ["票" * 140 + ".csv", "a\x00b.csv", "con|<>.csv", "..", "x" * 400 + ".csv"])
def test_a_file_may_be_called_anything(caller: TestClient, start: Start, name: str) -> None:
    """A name of 140 Chinese letters has 420 bytes, more than a file may be called."""
    told = give(caller, name, tickets())

    assert told.status_code in (200, 303, 400), told.text
    assert all(len(each.name.encode()) < 200 for each in start.files.iterdir())


@pytest.mark.parametrize("path", ["~nosuchuser/x.csv", "x" * 300, "/proc/self/mem", "a\x00b", "/nowhere/x.csv"])
def test_a_path_that_leads_nowhere_is_one_error(caller: TestClient, start: Start, path: str) -> None:
    told = caller.post("/start/files", files=[("files", ("", b"", "application/octet-stream"))], data={"path": path})

    assert told.status_code == 400
    assert () == start.kept.files


def test_dates_that_lie_in_the_future_are_said(caller: TestClient, start: Start) -> None:
    """They count in nothing, and stood nowhere."""
    give(caller, "tickets.csv", weeks(0, 20) + b"90,x@mail.example,Solved,2062-09-01 10:00:00,2062-09-01 12:00:00,Mail,Refund\n")
    page = read_all(caller)

    assert "2 events lie in the future" in page.text


def test_a_file_that_changed_since_the_questions_is_not_read_by_their_answers(start: Start, tmp_path: Path) -> None:
    """What was called Solved may be called Done now, and nothing would have been called resolved."""
    file = tmp_path / "tickets.csv"
    file.write_bytes(tickets())
    start.add(file)
    start.look()
    file.write_bytes(tickets().replace(b"Solved,", b"Done,"))
    with pytest.raises(UsageError, match="has changed since the questions"):
        start.read()

    assert ("Done",) == start.answers().solved
    start.read()


def test_a_file_that_comes_while_others_are_read_is_not_taken_for_read(start: Start, tmp_path: Path) -> None:
    """Another price alone kept the home then, without that file."""
    for name, content in (("a.csv", weeks(0, 20)), ("b.csv", weeks(20, 40))):
        (tmp_path / name).write_bytes(content)
    start.add(tmp_path / "a.csv")
    came: list[bool] = []

    def moved(doing: str, done: int, of: int) -> None:
        if "worked out" in doing and not came:
            came.append(True)
            start.add(tmp_path / "b.csv")

    first = start.read(moved)
    start.answer(msgspec.structs.replace(start.answers(), price="0.99 EUR"))

    assert start.read() != first
    assert {"a.csv", "b.csv"} == {name for name, _ in start.kept.read}


def test_what_own_tests_took_away_is_said(caller: TestClient, start: Start) -> None:
    give(caller, "tickets.csv", tickets() + b"90,qa@shop.example,Solved,2026-09-01 10:00:00,2026-09-01 12:00:00,Mail,Refund\n")
    page = read_all(caller)

    assert "1 customer is your own tests by your answer, such as qa@shop.example" in page.text
