"""A home opens whole or says why not, and never makes anew what is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ourword.checks.store import NOON, refund
from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Personal
from ourword.stores import keys
from ourword.stores.home import open_home


def trouble(path: Path, **options: bool) -> HomeError:
    """Open a home that cannot be opened."""
    with pytest.raises(HomeError) as caught:
        open_home(path, **options).close()
    error = caught.value
    assert error.place
    assert error.hint
    return error


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one decision in it."""
    with open_home(tmp_path / "home") as made:
        made.record(refund("d-1"))
    return tmp_path / "home"


def test_a_home_is_found_again_with_what_was_recorded(home: Path) -> None:
    """What was promised yesterday is known today."""
    marker = json.loads((home / "home.json").read_bytes())
    with open_home(home) as again:
        found = again.find("d-1")

        assert marker == {"format": 1, "id": again.id}
        assert found is not None
        assert found.personal == refund().personal
        assert [entry.seq for entry in again.log()] == [1, 2]


def test_a_closed_home_is_three_files_and_a_log(home: Path) -> None:
    """Nothing that belongs to it lies elsewhere: a copy of the folder is a backup."""
    assert sorted(each.name for each in home.iterdir()) == ["home.json", "keys.sqlite", "ledger.sqlite", "log"]


def test_no_file_holds_a_customers_id_in_clear(home: Path) -> None:
    """Who steals the ledger without the keys learns nothing about anybody."""
    with open_home(home) as opened:
        opened.record(refund("d-2", personal=Personal(customer="+49 170 5550100", facts={"iban": "DE02120300000000202051"})))
        opened.publish()
        held = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())

    assert b"5550100" not in held
    assert b"DE0212" not in held


def test_each_gate_process_counts_for_itself(home: Path) -> None:
    """A gap in one process's count shows, whatever the others did."""
    with open_home(home) as second:
        second.record(refund("d-2"))
        gates = [entry.value.gate for entry in second.log()]
        counters = [entry.value.counter for entry in second.log()]

    assert counters == [1, 2, 1, 2]
    assert gates[0] == gates[1] != gates[2] == gates[3]


def test_more_new_customers_than_keys_made_ahead(tmp_path: Path) -> None:
    """The next key is made before it is needed, and each customer keeps their own."""
    count = keys.MADE_AHEAD + 5
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number}", promises=()) for number in range(count)])
        subs = {entry.value.sub for entry in home.log()}

        assert len(subs) == count
        assert all(home.find(f"d-{number}") for number in (0, 255, 256, count - 1))
        assert home.history("c-256", "refund", until=NOON) == 1


def test_record_raises_what_record_many_gives(tmp_path: Path) -> None:
    """One line that cannot be kept is told to the one who handed it in."""
    with open_home(tmp_path / "home") as home:
        with pytest.raises(LineError):
            home.record(refund("d-1", amount=float("nan")))
        (result,) = home.record_many([refund("d-1", amount=float("nan"))])

        assert isinstance(result, LineError)
        assert home.commits == 2
        assert home.entries() == []


# ---- what cannot be opened ----


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX file modes")
def test_a_home_is_for_its_owner_alone(home: Path) -> None:
    """It holds the keys to what customers said."""
    modes = {each.name: each.stat().st_mode & 0o777 for each in (home, home / "keys.sqlite", home / "ledger.sqlite")}

    assert modes == {"home": 0o700, "keys.sqlite": 0o600, "ledger.sqlite": 0o600}


def test_a_missing_home_is_not_made_by_those_who_only_read(tmp_path: Path) -> None:
    """`ourword log` with a misspelt path says so, and leaves no folder behind."""
    assert trouble(tmp_path / "home", create=False).code == "home.missing"
    assert trouble(tmp_path / "home", write=False).code == "home.missing"
    assert not (tmp_path / "home").exists()


def test_a_file_is_no_home(tmp_path: Path) -> None:
    """A path that is a file is said to be one."""
    (tmp_path / "home").write_text("a letter")

    assert trouble(tmp_path / "home").code == "home.not-a-folder"
    assert trouble(tmp_path / "home" / "deeper").code in ("home.io", "home.not-a-folder")
    assert (tmp_path / "home").read_text() == "a letter"


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    """`--home .` by mistake does not turn somebody's photographs into a home."""
    (tmp_path / "photo.jpg").write_bytes(b"")
    error = trouble(tmp_path)

    assert error.code == "home.foreign"
    assert "photo.jpg" in error.what
    assert [each.name for each in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_folder_of_anothers_that_looks_like_ours_is_left_alone(tmp_path: Path) -> None:
    """Only what begins with our keys was on its way to be a home."""
    (tmp_path / "events").mkdir()

    assert trouble(tmp_path).code == "home.foreign"


def test_a_newer_home_is_not_touched(home: Path) -> None:
    """Whatever a newer version keeps there, an older one would misread it."""
    (home / "home.json").write_text('{"format": 2, "id": "x", "more": [1]}')
    before = (home / "ledger.sqlite").read_bytes()
    error = trouble(home)

    assert error.code == "home.newer-format"
    assert "newer ourword" in error.hint
    assert (home / "ledger.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "written",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b'{"format": "1", "id": "x"}', b'{"format": 0, "id": "x"}', b'{"format": true, "id": "x"}',
     b'{"format": 1}', b'{"format": 1, "id": ""}', b'{"format": 1, "id": 7}', b"[" * 60_000, b" " * 100_000, b'{"format": 1e999, "id": "x"}'],
)  # fmt: skip
def test_a_broken_marker_is_one_clear_error(home: Path, written: bytes) -> None:
    """Any bytes in `home.json` give an error with a hint, never a traceback, and never a new home over the old."""
    (home / "home.json").write_bytes(written)

    assert trouble(home).code == "home.damaged"


@pytest.mark.parametrize("missing", ["ledger.sqlite", "keys.sqlite"])
def test_a_missing_file_is_not_made_anew(home: Path, missing: str) -> None:
    """New keys would open nothing, and an empty ledger would say that nothing was ever promised."""
    (home / missing).unlink()

    assert trouble(home).code == "home.cannot-open"
    assert not (home / missing).exists()


def test_a_lost_marker_does_not_make_a_second_home(home: Path) -> None:
    """Without `home.json` the folder is finished as the same home, and nothing in it is lost."""
    marker = json.loads((home / "home.json").read_bytes())
    (home / "home.json").unlink()
    (home / "contracts").mkdir()
    (home / "people.sqlite-shm").touch()
    with open_home(home) as again:
        assert again.id == marker["id"]
        assert again.find("d-1") is not None


@pytest.mark.parametrize("broken", ["ledger.sqlite", "keys.sqlite"])
def test_a_broken_database_is_said_to_be_broken(home: Path, broken: str) -> None:
    """A file that is no database is an error with a hint."""
    (home / broken).write_bytes(b"no database at all" * 1000)

    assert trouble(home).code == "home.damaged"


def test_files_of_two_homes_do_not_go_together(home: Path, tmp_path: Path) -> None:
    """A half-restored backup is noticed before anything is written under the wrong keys."""
    open_home(tmp_path / "other").close()
    os.replace(tmp_path / "other" / "keys.sqlite", home / "keys.sqlite")

    assert trouble(home).code == "home.mixed"


def test_a_home_opened_for_reading_records_nothing(home: Path) -> None:
    """Who looks cannot change."""
    with open_home(home, write=False) as reader:
        assert reader.find("d-1") is not None
        with pytest.raises(HomeError) as caught:
            reader.record(refund("d-2"))

    assert caught.value.code == "home.read-only"


def test_a_closed_home_says_so(home: Path) -> None:
    """Not a traceback from the database."""
    closed = open_home(home)
    closed.close()
    closed.close()

    for act in (lambda: closed.record(refund("d-2")), lambda: closed.find("d-1"), closed.entries, lambda: closed.history("c-7", "refund")):
        with pytest.raises(HomeError) as caught:
            act()
        assert caught.value.code == "home.closed"


_AS_NOBODY = """
import os, sys, tempfile
from ourword.errors import HomeError
from ourword.stores.home import open_home
with tempfile.TemporaryDirectory() as scratch:
    open_home(scratch + "/home").close()  # loads all that is loaded late: nobody may not be able to read this checkout
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with open_home(sys.argv[1], write=sys.argv[2] == "write") as home:
        print(len(home.entries()))
except HomeError as error:
    print(error.code)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX file modes")
@pytest.mark.parametrize("what", ["folder", "ledger.sqlite", "keys.sqlite"])
def test_a_home_that_cannot_be_written_can_be_read(home: Path, what: str) -> None:
    """An auditor's copy on a read-only disk opens for reading; writing is refused before the first decision."""
    # pytest closes its own folders to others, again and again: this one is ours.
    with tempfile.TemporaryDirectory() as apart:
        copy = Path(shutil.copytree(home, Path(apart) / "home"))
        Path(apart).chmod(0o755)
        for each in copy.iterdir():
            each.chmod(0o666)
        copy.chmod(0o777)
        (copy if what == "folder" else copy / what).chmod(0o555 if what == "folder" else 0o444)
        said = [
            subprocess.run([sys.executable, "-c", _AS_NOBODY, str(copy), mode], capture_output=True, text=True, check=True).stdout.strip()
            for mode in ("write", "read")
        ]
        copy.chmod(0o777)

    assert said == ["home.read-only", "2"]


def test_several_processes_may_make_one_home_at_once(tmp_path: Path) -> None:
    """Services start together; SQLite tells one of two that switch a new file to WAL "busy" without waiting."""
    program = "import sys; from ourword.stores.home import open_home; open_home(sys.argv[1]).close()"
    for number in range(4):
        command = [sys.executable, "-c", program, str(tmp_path / f"home-{number}")]
        started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        said = [each.communicate(timeout=60)[1] for each in started]

        assert [0] * 4 == [each.returncode for each in started], said
