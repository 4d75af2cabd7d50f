"""Gates record while keys are wrapped, wrapped otherwise, laid in the clear, and the log gets new ones: what was acknowledged is there, and holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.entry import KeyRotated
from ourword.stores import keys
from ourword.stores.home import open_home
from ourword.stores.rotating import rotate_log_key
from ourword.stores.wrapped import PASSPHRASE_FILE, by_passphrase, header_of
from ourword.stores.wrapping import rotate, told_of, unwrap, wrap
from ourword.verifying.log import verify_home, verify_log

WRITER = str(Path(__file__).with_name("writer.py"))
WORDS = b"six words that were drawn by lot"
WRITERS, COUNT = 4, 160


def by(place, home):
    return by_passphrase(WORDS, chance=os.urandom, log_n=14)


def done_by(act):
    """A writer may be in the way: what was done stays done, and is wiped by the next; what found no gap in ten seconds is run again."""
    while True:
        try:
            return act()
        except HomeError as error:
            if error.code == "keys.unwiped":
                return None
            if error.code != "home.busy":
                raise


def rotate_log(folder):
    with open_home(folder) as home:
        rotate_log_key(home)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_gates_that_record_meanwhile_lose_nothing_and_write_no_key_in_the_clear(tmp_path, monkeypatch):
    """Four processes, each with customers of its own: their keys are made ahead while the file is laid otherwise under them."""
    folder = tmp_path / "home"
    (tmp_path / "words").write_bytes(WORDS)
    monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "words"))
    with open_home(folder) as home:
        home.record(refund("first"))
    old = verify_key(folder)
    running = [
        subprocess.Popen([sys.executable, WRITER, str(folder), f"w-{number}", str(COUNT), "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for number in range(WRITERS)
    ]
    acts, done = [lambda: wrap(folder, by), lambda: rotate(folder, by), lambda: rotate_log(folder), lambda: unwrap(folder)], 0
    while any(each.poll() is None for each in running):
        done_by(acts[done % 4])
        done += 1
    told = {}
    for each in running:
        said, errors = each.communicate(timeout=120)
        assert (each.returncode, errors) == (0, b""), errors.decode()
        told.update(line.split()[:2] for line in said.decode().splitlines())
    if not told_of(folder).wrapped:
        wrap(folder, by)
    with open_home(folder) as home:
        home.publish()
        found, rotated = verify_home(home, full=True), sum(isinstance(each.value, KeyRotated) for each in home.log())

    assert (found.flaws, found.opened, len(told)) == ((), WRITERS * COUNT + 1, WRITERS * COUNT)
    assert rotated == len(found.rotations) == (done + 1) // 4 >= 1
    assert verify_log(folder / "log", old, full=True).flaws == ()


def test_a_home_that_is_opened_while_its_keys_are_laid_there_and_back_is_sound(tmp_path, monkeypatch):
    """Wrapped, in the clear and wrapped again: each time right after, or right before, it is looked how they lie."""
    folder, looks = tmp_path / "home", []
    (tmp_path / "words").write_bytes(WORDS)
    monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "words"))
    monkeypatch.setattr("ourword.stores.database.BUSY_MILLISECONDS_MAX", 50)  # who opens is in the way of wiping
    with open_home(folder) as home:
        home.record(refund("d-1"))

    def meanwhile(act):
        monkeypatch.setattr(keys, "header_of", header_of)
        done_by(act)
        monkeypatch.setattr(keys, "header_of", look)

    def look(connection, path):
        looks.append(path)
        if len(looks) == 2:
            meanwhile(lambda: unwrap(folder))
        found = header_of(connection, path)
        if len(looks) < 3:
            meanwhile(lambda: wrap(folder, by))
        return found

    monkeypatch.setattr(keys, "header_of", look)
    with open_home(folder) as home:
        found = home.find("d-1")
        home.record(refund("d-2", customer="another"))

    assert (told_of(folder).wrapped, found.personal) == ("passphrase", refund("d-1").personal)
    assert len(looks) > 2


def verify_key(folder):
    with open_home(folder, write=False) as home:
        return home.log_key()
