"""What is read of how keys are wrapped comes from a file that others may have changed: it is bounded, bound to its row, and never run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourword.errors import HomeError
from ourword.ledger.seal import KEY_BYTES, NONCE_BYTES
from ourword.stores import wrapped
from ourword.stores.commands import OUTPUT_BYTES_MAX, run_command
from ourword.stores.wrapped import (
    HEADER,
    PASSPHRASE_BYTES_MAX,
    PASSPHRASE_FILE,
    TABLE,
    UNWRAP_COMMAND,
    Header,
    Wrapping,
    by_command,
    by_passphrase,
    header_of,
    passphrase_in,
    unlocked,
)

PLACE = Path("keys.sqlite")
ROWS = st.tuples(st.text(max_size=8), st.sampled_from(["home", "subject_key", "signal_key", "log_key"]), st.integers(0, 2**63 - 1))
KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
NONCES = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)


def a_wrapping(kek=bytes(32)):
    return Wrapping(Header(how="command", id="1", kek=b""), kek)


def python(code):
    """A command that runs everywhere, and needs no shell."""
    return f"{sys.executable} -c '{code}'" if os.name == "posix" else f"{sys.executable} -c {code}"


# ---- keys and rows --------------------------------------------------------------------------------------------------------


@given(KEYS, ROWS, NONCES)
def test_what_is_wrapped_opens_as_it_was_in_its_row(key, row, nonce):
    """The law of all wrapping."""
    home, table, number = row
    box = a_wrapping().wrapped(key, home=home, table=table, number=number, nonce=nonce)

    assert (a_wrapping().opened(box, PLACE, home=home, table=table, number=number), len(box)) == (key, wrapped.BOX_BYTES)


@given(KEYS, ROWS, ROWS, NONCES)
def test_in_no_other_row_and_under_no_other_key_it_opens(key, row, other, nonce):
    """Two customers' keys cannot be swapped, nor those of two homes."""
    home, table, number = row
    box = a_wrapping().wrapped(key, home=home, table=table, number=number, nonce=nonce)
    tries = [(a_wrapping(), other)] if other != row else []
    for by, (its_home, its_table, its_number) in [*tries, (a_wrapping(b"\x01" * 32), row)]:
        with pytest.raises(HomeError, match="was changed, or belongs elsewhere"):
            by.opened(box, PLACE, home=its_home, table=its_table, number=its_number)


@given(KEYS, st.integers(0, wrapped.BOX_BYTES * 8 - 1), st.one_of(st.none(), st.integers(), st.text(), st.binary(max_size=200)))
def test_a_changed_bit_or_anything_else_is_no_key(key, bit, anything):
    """What is not what was written is an error, and never another key."""
    box = bytearray(a_wrapping().wrapped(key, home="h", table="subject_key", number=1, nonce=bytes(NONCE_BYTES)))
    box[bit // 8] ^= 1 << bit % 8
    for each in (bytes(box), anything):
        with pytest.raises(HomeError, match="was changed, or belongs elsewhere"):
            a_wrapping().opened(each, PLACE, home="h", table="subject_key", number=1)


# ---- what the file says ----------------------------------------------------------------------------------------------------


def said(header):
    """A file that says this of itself."""
    connection = apsw.Connection(":memory:")
    connection.execute(HEADER.replace(" STRICT", "").replace(" BLOB", ""))
    connection.execute(f"INSERT INTO {TABLE} VALUES (1, ?)", (header,))
    return connection


PARTS = {
    "v": st.sampled_from([0, 1, 2, "1", None]),
    "how": st.sampled_from(["passphrase", "command", "shell", "", 1]),
    "id": st.one_of(st.just("0a" * 16), st.just("1-" + "0a" * 16), st.text(max_size=9)),
    "kek": st.text(max_size=9),
    "proof": st.sampled_from(["", "AAAA", "A" * 43 + "="]),
    "salt": st.one_of(st.text(max_size=90), st.binary(min_size=16, max_size=64).map(lambda each: msgspec.json.encode(each).decode()[1:-1])),
    "log_n": st.integers(-(2**63), 2**63 - 1),
    "r": st.integers(-5, 2**40),
    "p": st.integers(-5, 2**40),
    "command": st.just("rm -rf /"),
}


HEADERS = st.fixed_dictionaries({}, optional=PARTS).map(msgspec.json.encode)


@given(st.one_of(HEADERS, st.binary(max_size=300), st.text(), st.integers(-(2**63), 2**63 - 1), st.none()))
def test_whatever_the_file_says_it_is_bounded_or_refused(header):
    """Numbers that would take all memory, or a command to run, are damage."""
    try:
        found = header_of(said(header), PLACE)
    except (HomeError, apsw.ConstraintError):
        return
    assert found is not None
    assert found.how == "command" or 128 * 2**found.log_n * found.r * found.p <= 4 * 1024**3


@pytest.mark.parametrize(("log_n", "r", "p"), [(30, 8, 1), (17, 2**20, 1), (17, 8, 2**20), (22, 8, 1), (13, 8, 1), (17, 0, 1), (17, 8, 0), (0, 0, 0)])
def test_too_much_and_too_little_hashing_are_refused_before_any_is_done(log_n, r, p):
    """Somebody who can write the file could else stop the gate, or make guessing cheap for the passphrase that is wrapped next."""
    header = msgspec.json.encode(Header(how="passphrase", id="1" * 32, kek=b"k" * 60, salt=b"s" * 16, log_n=log_n, r=r, p=p))
    with pytest.raises(HomeError) as raised:
        header_of(said(header), PLACE)

    assert raised.value.code == "home.damaged"


def test_a_header_longer_than_any_is_not_read():
    """Bounded before it is decoded."""
    with pytest.raises(HomeError):
        header_of(said(b'{"how":"command","id":"a1","kek":"' + b"A" * 200_000 + b'"}'), PLACE)


# ---- the passphrase ---------------------------------------------------------------------------------------------------------


@settings(max_examples=5)
@given(st.binary(min_size=1, max_size=100), st.binary(min_size=1, max_size=100), st.sampled_from(["salt", "log_n", "id", "kek"]))
def test_only_its_passphrase_opens_it_and_only_as_it_was_written(passphrase, other, part):
    """Neither a guess nor a changed number gives a key."""
    wrapping = by_passphrase(passphrase, chance=os.urandom, log_n=14)
    assert wrapped._by_passphrase(wrapping.header, passphrase, PLACE, "f")
    changed = {"salt": os.urandom(16), "log_n": 15, "id": "0" * 32, "kek": wrapping.header.kek[:-1] + bytes([wrapping.header.kek[-1] ^ 1])}
    tries = [(msgspec.structs.replace(wrapping.header, **{part: changed[part]}), passphrase)]
    for header, words in tries if other == passphrase else [*tries, (wrapping.header, other)]:
        with pytest.raises(HomeError, match="does not open"):
            wrapped._by_passphrase(header, words, PLACE, "f")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_a_passphrase_ends_before_its_line_does(tmp_path, end):
    """Editors end a line, `printf` does not, Windows does so otherwise."""
    (tmp_path / "p").write_bytes(b" it may hold spaces " + end)

    assert passphrase_in(tmp_path / "p") == b" it may hold spaces "


@pytest.mark.parametrize("held", [b"", b"\n", b"x" * (PASSPHRASE_BYTES_MAX + 1), b"one line\nanother\n", b"one line\r\nanother", b"\nit\n", None])
def test_a_file_that_holds_none_is_named(tmp_path, held):
    """A path that is wrong by one letter may name anything."""
    if held is not None:
        (tmp_path / "p").write_bytes(held)
    with pytest.raises(HomeError) as raised:
        passphrase_in(tmp_path / "p")

    assert (raised.value.code, raised.value.place) == ("keys.passphrase", str(tmp_path / "p"))


@pytest.mark.skipif(os.name != "posix", reason="no pipe and no device has a path here")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["named pipe", "pipe", "device", "folder"])
def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path, kind):
    """A pipe that nobody writes into would hold a gate for ever; one that somebody does is empty for the next process."""
    reads, writes = os.pipe()
    os.mkfifo(tmp_path / "fifo")
    os.write(writes, b"six words that were drawn by lot\n")
    paths = {"named pipe": tmp_path / "fifo", "pipe": Path(f"/dev/fd/{reads}"), "device": Path("/dev/zero"), "folder": tmp_path}
    with pytest.raises(HomeError, match="does not lie in a plain file") as raised:
        passphrase_in(paths[kind])
    os.close(reads)
    os.close(writes)

    assert raised.value.code == "keys.passphrase"


def test_the_words_themselves_are_not_taken_from_the_environment():
    """A process's environment is read by its children, and by who lists processes: it names a file."""
    header = by_passphrase(b"six words that were drawn", chance=os.urandom, log_n=14).header
    with pytest.raises(HomeError) as raised:
        unlocked(header, PLACE, environment={"OURWORD_PASSPHRASE": "six words that were drawn"})
    assert raised.value.code == "keys.locked"
    with pytest.raises(HomeError) as raised:
        unlocked(header, PLACE, environment={PASSPHRASE_FILE: "six words that were drawn"})
    assert raised.value.code == "keys.passphrase"


# ---- commands ----------------------------------------------------------------------------------------------------------------

SWAPS = python('import sys, os; sys.stdout.write(sys.stdin.read()[::-1] + os.environ["OURWORD_KEYS"][-4:])')
BACK = python("import sys; sys.stdout.write(sys.stdin.read()[:-4][::-1] + chr(10))")


def test_a_command_wraps_and_another_opens():
    """Any program that reads, prints and ends with 0."""
    wrapping = by_command(SWAPS, BACK, home="a1", place=PLACE, chance=os.urandom)
    box = wrapping.wrapped(b"k" * 32, home="h", table="subject_key", number=1, nonce=bytes(12))
    again = unlocked(wrapping.header, PLACE, environment={UNWRAP_COMMAND: BACK})

    assert wrapping.header.kek.endswith(b"wrap")
    assert again.opened(box, PLACE, home="h", table="subject_key", number=1) == b"k" * 32


@pytest.mark.parametrize(
    ("unwrap", "says"),
    [
        (python("import sys; sys.stdout.write(sys.stdin.read())"), "gave no key"),
        (python("print(chr(65) * 43 + chr(61))"), "does not give back"),
        (python("pass"), "gave no key"),
        (python("raise SystemExit(3)"), "ended with 3"),
        ("there-is-no-such-program-anywhere", "cannot be started"),
        ("'", "cannot be read"),
        (" ", "is empty"),
    ],
)
def test_a_command_that_does_not_give_the_key_back_wraps_nothing(unwrap, says):
    """Found out now, and not when the machine is started again and nobody can open the home."""
    with pytest.raises(HomeError, match=says) as raised:
        by_command(SWAPS, unwrap, home="a1", place=PLACE, chance=lambda size: b"\x07" * size)

    assert raised.value.code == "keys.command"
    assert "BwcHBw" not in str(raised.value), "no key is ever quoted"


def test_a_command_is_not_read_by_a_shell(tmp_path):
    """What looks like a second command is an argument of the first."""
    code = "import sys; print(sys.argv[1:])"
    said = run_command(f'{sys.executable} -c "{code}" ; touch {tmp_path / "made"} $HOME `id`', b"", doing="wrap", name="a1", place=PLACE).decode()

    assert "'$HOME', '`id`'" in said
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import time; time.sleep(60)", "did not end within"),
        (f"print(chr(65) * {OUTPUT_BYTES_MAX + 1})", "printed more than"),
        ("import sys, time; sys.stdout.close(); time.sleep(60)", "did not end within"),
    ],
)
def test_a_command_that_hangs_or_floods_is_stopped(code, says):
    """A gate that starts must not wait for ever, nor swell."""
    with pytest.raises(HomeError, match=says):
        run_command(python(code), b"x" * 1_000_000, doing="unwrap", name="a1", place=PLACE, seconds=1)
