"""`ourword keys`: what whoever keeps the machine types, and what they are told."""

from __future__ import annotations

import json
import secrets
import sys

import pytest

from ourword.checks.store import refund
from ourword.stores.home import open_home
from ourword.stores.wrapped import PASSPHRASE_FILE, UNWRAP_COMMAND


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in (PASSPHRASE_FILE, UNWRAP_COMMAND):
        monkeypatch.delenv(name, raising=False)
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}") for number in range(5)])
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"the passphrase number {name}\n")
    return tmp_path / "home"


def test_wrapped_by_a_passphrase_rotated_and_laid_in_the_clear(ourword, home, tmp_path, monkeypatch):
    """The whole way, as it is typed."""
    before = ourword("keys", "--home", home)
    done = ourword("keys", "wrap", "--home", home, "--passphrase-file", tmp_path / "one")
    shut = ourword("verify", "--home", home)
    told = ourword("keys", "--home", home, "--json")
    monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "one"))
    held = ourword("verify", "--home", home, "--full")
    turned = ourword("keys", "rotate", "--wrapping", "--home", home, "--passphrase-file", tmp_path / "two")
    stale = ourword("verify", "--home", home)
    monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "two"))
    again = ourword("keys", "unwrap", "--home", home)
    monkeypatch.delenv(PASSPHRASE_FILE)

    assert "in the clear: whoever can read the file has them" in before.out
    assert "are wrapped by a passphrase. Whoever opens this home needs the file that OURWORD_PASSPHRASE_FILE names" in " ".join(done.out.split())
    assert (shut.code, "OURWORD_PASSPHRASE_FILE" in shut.err) == (2, True)
    assert (told.code, json.loads(told.out)["wrapped"]) == (0, "passphrase")
    assert (held.code, turned.code, stale.code, again.code) == (0, 0, 2, 0)
    assert ourword("verify", "--home", home, "--full").code == 0


def test_wrapped_by_a_command(ourword, home, monkeypatch):
    """A program of the company's own choice keeps the key."""
    echo = f"{sys.executable} -c 'import sys; sys.stdout.write(sys.stdin.read().strip()[::-1])'"
    done = ourword("keys", "wrap", "--home", home, "--wrap-command", echo, "--unwrap-command", echo)
    shut = ourword("log", "--home", home)
    monkeypatch.setenv(UNWRAP_COMMAND, echo)
    held = ourword("verify", "--home", home, "--full")

    assert (done.code, shut.code, held.code) == (0, 4, 0)
    assert "OURWORD_UNWRAP_COMMAND" in shut.err


def test_in_postgresql_the_same_is_typed_and_what_is_left_for_the_server_is_said(ourword, home, tmp_path, monkeypatch, cluster):
    """The whole way, for a home whose keys lie in a schema."""
    schema, there = f"home_{secrets.token_hex(6)}", tmp_path / "there"
    assert 0 == ourword("migrate", home, there, "--postgres", cluster.address, "--schema", schema).code
    before = ourword("keys", "--home", there)
    done = ourword("keys", "wrap", "--home", there, "--passphrase-file", tmp_path / "one")
    shut = ourword("verify", "--home", there)
    monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "one"))
    held = ourword("verify", "--home", there, "--full")
    turned = ourword("keys", "rotate", "--wrapping", "--home", there, "--passphrase-file", tmp_path / "two", "--json")
    monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "two"))
    signed = ourword("keys", "rotate", "--log", "--home", there)
    after = ourword("keys", "--home", there)

    assert f"in the clear: whoever can read the schema {schema}_keys has them\ncustomers  1 key\n" in before.out
    assert "For whoever runs the database: SELECT pg_switch_wal(); CHECKPOINT" in " ".join(done.out.split())
    assert (before.code, done.code, shut.code, held.code, turned.code, signed.code, after.code) == (0, 0, 2, 0, 0, 0, 0)
    assert [(told["wrapped"], len(told["left"]), told["unwiped"]) for told in [json.loads(turned.out)]] == [("passphrase", 2, False)]
    assert "log        signed since entry 11 by ourword/" in after.out
    assert "Warning" not in after.out


@pytest.mark.parametrize(
    "given",
    [
        ["wrap"],
        ["unwrap", "--passphrase-file", "one"],
        ["--passphrase-file", "one"],
        ["wrap", "--wrap-command", "cat"],
        ["wrap", "--unwrap-command", "cat"],
        ["wrap", "--passphrase-file", "one", "--wrap-command", "cat", "--unwrap-command", "cat"],
        ["rotate"],
        ["rotate", "--wrapping"],
        ["wrap", "--wrapping", "--passphrase-file", "one"],
        ["turn"],
        ["wrap", "--passphrase-file", "short"],
    ],
)
def test_what_does_not_fit_together_changes_nothing(ourword, home, tmp_path, monkeypatch, given):
    """A slip of the hand must not wrap by the wrong thing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("elevenchars\n")
    before = (home / "keys.sqlite").read_bytes()

    assert 64 == ourword("keys", *given, "--home", home).code
    assert (home / "keys.sqlite").read_bytes() == before


def test_a_home_that_is_not_there_is_not_made(ourword, tmp_path):
    """Telling makes nothing."""
    assert 4 == ourword("keys", "--home", tmp_path / "nowhere").code
    assert not (tmp_path / "nowhere").exists()


def test_the_help_shows_what_is_typed_for_each_action_and_what_every_command_needs_then(ourword):
    """`keys wrap`, `unwrap` and `rotate` have one page: it must say which options go with which, and that cron's lines need the variable."""
    told = ourword("keys", "rotate", "--help")

    for typed in ("keys wrap --home DIR --passphrase-file FILE", "keys unwrap --home DIR", "keys rotate --log --home DIR"):
        assert typed in told.out
    assert PASSPHRASE_FILE in told.out
    assert UNWRAP_COMMAND in told.out
