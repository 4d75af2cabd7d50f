"""Keys wrapped by a command: no home is lost by a store that keeps what it is given, whatever else fails, and a command is held to its word."""

from __future__ import annotations

import base64
import os
import sys
import time

import msgspec
import pytest

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores import wrapping
from ourword.stores.commands import run_command
from ourword.stores.home import open_home
from ourword.stores.wrapped import UNWRAP_COMMAND, by_command, unlocked
from ourword.stores.wrapping import rotate, told_of, wrap

# What each keeps, and where: the folder is its first argument.
BY_ID = """
import os, pathlib, sys
at = pathlib.Path(sys.argv[1], os.environ["OURWORD_KEYS_ID"])
if os.environ["OURWORD_KEYS"] == "wrap":
    at.write_text(sys.stdin.read())
    print(at.name)
else:
    assert sys.stdin.read().strip() == at.name
    print(at.read_text())
"""
IN_ONE_PLACE = BY_ID.replace('os.environ["OURWORD_KEYS_ID"]', '"vault"')
SILENT = BY_ID.replace("print(at.name)", "pass").replace("assert ", "")


@pytest.fixture
def store(tmp_path):
    """A program that keeps keys in a folder."""
    (tmp_path / "store").mkdir()

    def made(code):
        (tmp_path / "store.py").write_text(code)
        return f'"{sys.executable}" "{tmp_path / "store.py"}" "{tmp_path / "store"}"'.replace("\\", "/")

    return made


def a_home(folder):
    with open_home(folder) as home:
        home.record(refund("d-1", customer="c-1"))
    return folder


def by(command):
    return lambda place, home: by_command(command, command, home=home, place=place, chance=os.urandom)


def opens(folder):
    with open_home(folder) as home:
        home.record(refund("d-2", customer="c-2"))
        return home.find("d-1") is not None


# ---- a store that keeps the key itself --------------------------------------------------------------------------------------


def test_a_store_keeps_the_keys_of_two_homes_apart(tmp_path, store, monkeypatch):
    """One script for all homes of a machine: the second key must not lie where the first did."""
    command = store(BY_ID)
    homes = [a_home(tmp_path / name) for name in ("one", "two")]
    for home in homes:
        wrap(home, by(command))
    monkeypatch.setenv(UNWRAP_COMMAND, command)
    names = [each.name for each in (tmp_path / "store").iterdir()]

    assert [opens(home) for home in homes] == [True, True]
    for home in homes:
        with open_home(home, write=False) as opened:
            assert any(name.startswith(f"{opened.id}-") for name in names)


def test_a_rotation_that_fails_after_the_store_was_given_the_new_key_leaves_the_old_one_there(tmp_path, store, monkeypatch):
    """A full disk, a kill, another process in the way: the home opens as it did, and can be rotated again."""
    command, home = store(BY_ID), a_home(tmp_path / "home")
    wrap(home, by(command))
    monkeypatch.setenv(UNWRAP_COMMAND, command)

    def full(*given):
        raise HomeError("home.full", "the disk is full", place="there", hint="")

    with monkeypatch.context() as patch:
        patch.setattr(wrapping, "_lay", full)
        with pytest.raises(HomeError, match="the disk is full"):
            rotate(home, by(command))
    monkeypatch.setattr("ourword.stores.wrapped._opened", {})  # as in a new process
    between = opens(home)
    rotate(home, by(command))

    assert (between, opens(home)) == (True, True)


@pytest.mark.parametrize(("code", "says"), [(IN_ONE_PLACE, "a key that was wrapped before another one"), (SILENT, "printed nothing")])
def test_a_store_that_would_lose_a_key_is_refused_before_anything_is_wrapped(tmp_path, store, code, says):
    """The next home, or the next rotation, would take the place of the key in use: nobody could open that home again."""
    command, home = store(code), a_home(tmp_path / "home")
    with pytest.raises(HomeError, match=says) as raised:
        wrap(home, by(command))

    assert (raised.value.code, "OURWORD_KEYS_ID" in raised.value.hint) == ("keys.command", True)
    assert (told_of(home).wrapped, opens(home)) == ("", True)


@pytest.mark.parametrize("home", ["", "../up", "-rf", "a\x00"])
def test_an_id_is_always_fit_for_a_files_name(store, tmp_path, home):
    """A script takes it as it comes; whoever could write the file could else lead it elsewhere."""
    with pytest.raises(HomeError) as raised:
        by_command(store(BY_ID), store(BY_ID), home=home, place=tmp_path, chance=os.urandom)

    assert (raised.value.code, list((tmp_path / "store").iterdir())) == ("home.damaged", [])


@pytest.mark.parametrize(
    "form",
    [
        "given",
        "'key: ' + given",
        "given[:20] + chr(10) + given[20:]",
        "base64.b64decode(given).hex().upper()",
        "base64.b64encode(given.encode()).decode()",
    ],
)
def test_a_key_that_lies_open_in_what_is_printed_is_not_wrapped(tmp_path, store, form):
    """`cat`, a script that lacks its pipe, `base64`: the keys would lie beside their key, and be told to be wrapped."""
    code = f"import base64, sys\ngiven = sys.stdin.read()\nprint({form})"
    with pytest.raises(HomeError, match="printed what it was given") as raised:
        by_command(store(code), store(code), home="a1", place=tmp_path, chance=os.urandom)

    assert raised.value.code == "keys.command"


# ---- held to its word -------------------------------------------------------------------------------------------------------


def test_a_command_that_gives_another_key_is_named_and_not_the_home(tmp_path, store, monkeypatch):
    """The home is sound: restoring a backup would help nobody."""
    command, home = store(BY_ID), a_home(tmp_path / "home")
    wrap(home, by(command))
    monkeypatch.setenv(UNWRAP_COMMAND, command)
    for kept in (tmp_path / "store").iterdir():
        kept.write_text(base64.b64encode(os.urandom(32)).decode())
    for write in (True, False):
        with pytest.raises(HomeError, match="gave another key") as raised:
            open_home(home, write=write)

        assert (raised.value.code, "backup" in raised.value.hint) == ("keys.command", False)


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"id": "a1-" + "0" * 32}, "gave another key"), ({"proof": b"p" * 32}, "gave another key"), ({"proof": b""}, "an Ourword from before")],
)
def test_what_the_header_says_is_part_of_what_is_proved(tmp_path, changed, says):
    """Changed by a hand, or written before there was any proof: one clear error, and nothing is called damaged."""
    there = f'"{sys.executable}" -c "import sys; print(sys.stdin.read()[::-1].strip())"'.replace("\\", "/")
    header = by_command(there, there, home="a1", place=tmp_path, chance=os.urandom).header
    with pytest.raises(HomeError, match=says) as raised:
        unlocked(msgspec.structs.replace(header, **changed), tmp_path, environment={UNWRAP_COMMAND: there})

    assert raised.value.code == "keys.command"


CHILD = """
import pathlib, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[2].replace("PLACE", sys.argv[1])])
while not pathlib.Path(sys.argv[1], "ticks").exists():
    time.sleep(0.01)
{then}
"""
TICKS = "import time\nwhile True:\n    open(r'PLACE/ticks', 'a').write('.')\n    time.sleep(0.02)"


@pytest.mark.skipif(os.name != "posix", reason="there are no sessions: the command is ended, and not what it started")
@pytest.mark.parametrize("then", ["time.sleep(600)", "pass", "print('x' * 70_000, flush=True); time.sleep(600)"])
def test_what_a_stopped_command_has_started_is_stopped_too(tmp_path, store, then):
    """A script's child would else go on, with the key that it was given."""
    ticks = tmp_path / "store" / "ticks"
    with pytest.raises(HomeError, match=r"did not end within|printed more than"):
        run_command(f'{store(CHILD.format(then=then))} "{TICKS}"', b"key", doing="wrap", name="a1", place=tmp_path, seconds=5)
    before = ticks.stat().st_size
    time.sleep(0.5)

    assert before > 0
    assert ticks.stat().st_size == before
