"""The first run among people who mean harm, and machines that die: a file's text stays text, a stranger's page changes nothing, a run ends whole."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ourword.cli.main import run
from ourword.contract.check import check
from ourword.contract.read import read
from ourword.errors import HomeError
from ourword.starting.run import Start
from ourword.stores.alone import alone

SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'
FORMULAS = ['=HYPERLINK("http://elsewhere.example","x")', "@SUM(1)", "+1", "-1+2", "=1+1"]
LINES = [
    '"\n  evil: true',
    "a: b\n- c",
    "{{7*7}}",
    "!!python/object:os.system x",
    "'; DROP TABLE x;--",
    "x\u2028evil: true",
    "# \x85 no",
    "a\x00b",
    SCRIPT,
    IMAGE,
]


def table(cell: list[str], *, names: str = "", rows: int = 60) -> bytes:
    """A table in which every cell of text, and with *names* every column's name, is somebody's attempt."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [f"{each}{names}" for each in ("Ticket ID", "Requester", "Status", "Created at", "Solved at", "Category", "Order number", "Comment")]
    )
    for number in range(rows):
        text, at = cell[number % len(cell)], f"2026-09-{number % 28 + 1:02}"
        writer.writerow([f"{number}{text}", f"{text}{number % 7}", text, f"{at} 10:00", f"{at} 12:00", text, f"{text}{number % 9}", text])
    return out.getvalue().encode("utf-8", "replace")


def through(caller: TestClient, name: str, content: bytes) -> dict[str, str]:
    """Every page of a whole first run, by its address."""
    given = caller.post("/start/files", files=[("files", (name, content, "text/csv"))])
    caller.post("/start/look")
    pages = {"given": given.text, "progress": caller.get("/start/progress").text}
    pages["questions"] = caller.get("/start/questions").text
    read_ = caller.post("/start/questions", data={"zone": "UTC", "solved": list(dict.fromkeys(_states(content))), "same": "kind"})
    pages |= {
        each: caller.get(each).text for each in ("/start", "/start/found", "/start/contract", "/", "/recount", "/promises", "/signals", "/decisions")
    }
    return {**pages, "read": read_.text}


def _states(content: bytes) -> list[str]:
    return [row[2] for row in csv.reader(io.StringIO(content.decode()))][1:]


def test_markup_in_every_cell_name_and_file_name_is_text_on_every_page(caller: TestClient, start: Start) -> None:
    """A customer writes a script into a subject, an agent into a category, somebody names a file so."""
    pages = through(caller, f"{IMAGE.replace('/', '')}{SCRIPT.replace('/', '')}.csv", table([SCRIPT, IMAGE], names=SCRIPT))

    for name, page in pages.items():
        assert "<script" not in page, name
        assert "<img" not in page, name
    assert "&lt;script" in pages["questions"]
    assert "&lt;img" in pages["/start"]
    assert [told.skipped for _, told in start.kept.read] == [0]


def test_whatever_a_kind_is_called_all_rows_are_read_and_the_draft_is_a_contract(caller: TestClient, start: Start) -> None:
    """Lines, comments and tags in a category once lost the rows, or made a draft that nobody could mend."""
    cells = LINES
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Ticket ID", "Requester", "Status", "Created at", "Solved at", "Category"])
    for number in range(80):
        at = f"2026-09-{number % 28 + 1:02}"
        writer.writerow([number, f"a{number}@mail.example", "Solved", f"{at} 10:00", f"{at} 12:00", cells[number % len(cells)]])
    through(caller, "tickets.csv", out.getvalue().encode())
    kinds = [each.id for each in start.proposal(today=date(2026, 11, 25)).kinds]
    filled = {"signer": IMAGE, "name": LINES[0], "desk": LINES[1], "contact": SCRIPT, "open_until": "2099-01-01", "steps": "2"}
    filled |= {f"owner_{each}": LINES[3] for each in kinds} | {f"at_most_{each}": "20" for each in kinds}
    page = caller.post("/start/contract", data=filled).text
    contract, wiring = ((start.folder / name).read_bytes() for name in ("contract.yaml", "wiring.yaml"))
    sound, flaws = check(read(contract, wiring), today=datetime.now(UTC).date())

    assert [told.skipped for _, told in start.kept.read] == [0]
    assert sound is not None
    assert [] == [each for each in flaws if each.level == "error"]
    assert len(cells) == len(kinds) == len(sound.draft.kinds)
    assert not [text for text in contract.decode().splitlines() if text.lstrip().startswith("evil:")]
    assert "<script" not in page
    assert "<img" not in page


def test_formulas_stay_text_in_what_a_spreadsheet_opens(caller: TestClient, start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """From a cell of the export into the sheet of those who call: a formula there runs on the desk of a colleague."""
    through(caller, "tickets.csv", table(FORMULAS))
    home = str(start.home)
    assert run(["report", "--home", home, "--csv"]) == 0
    told = capsys.readouterr().out
    cells = [cell for row in csv.reader(io.StringIO(told)) for cell in row]
    listed = caller.get("/").text

    assert len(cells) > 10
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "+", "\t") or (cell[:1] == "-" and not cell[1:2].isdigit())]
    assert "=HYPERLINK" in listed


POSTS = ("/start/files", "/start/remove", "/start/look", "/start/questions", "/start/stop", "/start/contract")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"host": "elsewhere.example"}, 421),
        ({"host": "127.0.0.1.elsewhere.example"}, 421),
    ],
)
def test_a_strangers_page_can_do_nothing_here(caller: TestClient, start: Start, path: str, headers: dict[str, str], status: int) -> None:
    """Each form of the first run: another site's page, and a name that was made to point at this computer, change nothing."""
    start.add(_file(start.folder.parent))
    before = start.kept
    told = caller.post(path, data={"name": "tickets.csv", "path": "/etc/passwd", "zone": "UTC"}, headers=headers, follow_redirects=False)

    assert told.status_code == status
    assert start.kept == before


def _file(folder: Path, rows: int = 40) -> Path:
    file = folder / "tickets.csv"
    lines = [f"{n},a{n % 997}@mail.example,Solved,2026-09-{n % 28 + 1:02} 10:00,2026-09-{n % 28 + 1:02} 12:00,Refund\n" for n in range(rows)]
    file.write_text("Ticket ID,Requester,Status,Created at,Solved at,Category\n" + "".join(lines), encoding="utf-8")
    return file


# ---- machines that die, and two at once ------------------------------------------------------------------------------------

_ONCE = "import sys; from ourword.cli.main import run; sys.exit(run(sys.argv[1:]))"


def _begun(tmp_path: Path, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _ONCE, "start", str(file), "--folder", str(tmp_path / "Ourword"), "--once"]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )


def test_a_run_that_was_killed_leaves_nothing_in_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed while it reads: the next run reads all, tells the same figures, and the half-made home is gone."""
    file = _file(tmp_path, rows=20_000)
    killed = _begun(tmp_path, file)
    until = time.monotonic() + 120
    while not list((tmp_path / "Ourword").glob("home-*/*")) and killed.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert killed.returncode == -signal.SIGKILL

    assert run(["start", str(file), "--folder", str(tmp_path / "Ourword"), "--once"]) == 0
    assert "read: tickets.csv: 20,000 rows, 40,000 events" in capsys.readouterr().out
    assert [Start(tmp_path / "Ourword").home] == list((tmp_path / "Ourword").glob("home-*"))


def test_who_comes_second_is_told_so_and_disturbs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second once tidied away the home that the first was reading into."""
    file = _file(tmp_path)
    with alone(tmp_path / "Ourword"):
        second = _begun(tmp_path, file)
        second.wait(timeout=300)
        with pytest.raises(HomeError, match="another run is in this folder"), alone(tmp_path / "Ourword"):
            pass

    assert second.returncode == 4
    assert ["start.lock"] == [each.name for each in (tmp_path / "Ourword").iterdir()]
    assert run(["start", str(file), "--folder", str(tmp_path / "Ourword"), "--once"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("place", ["file/Ourword", "file"])
def test_a_folder_that_cannot_be_made_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    """A file lies in the way: the place and the way out, and no traceback."""
    (tmp_path / "file").write_text("somebody's own", encoding="utf-8")

    assert run(["start", str(_file(tmp_path)), "--folder", str(tmp_path / place), "--once"]) == 4
    assert "give another one with --folder" in capsys.readouterr().err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "somebody's own"
