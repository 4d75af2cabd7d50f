"""A key, a checkpoint or a receipt of another log: exit 2, since nothing was verified; a forged one stays exit 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourword.checks.store import refund
from ourword.cli.main import run
from ourword.stores.home import open_home
from ourword.tlog.checkpoint import sign_checkpoint
from ourword.tlog.note import Signer


@pytest.fixture
def homes(tmp_path):
    """Two homes of one entry each, with a receipt beside them."""
    for name in ("ours", "theirs"):
        with open_home(tmp_path / name) as home:
            home.record(refund("d-1"))
        assert run(["receipt", "d-1", "--home", str(tmp_path / name), "--out", str(tmp_path / f"{name}.tlog-proof")]) == 0
    return tmp_path


def name_of(home):
    return (home / "log" / "key").read_text().partition("+")[0]


def test_the_key_of_another_log_is_no_forgery(homes, capsys):
    """Whoever mixed up two files had read that the log does not hold, and may have called the police."""
    ours, theirs = homes / "ours", homes / "theirs"
    for given in (["verify", str(ours / "log")], ["verify", "--home", str(ours)]):
        capsys.readouterr()
        assert 2 == run([*given, "--key", str(theirs / "log" / "key")])
        said = capsys.readouterr()
        assert (said.out, f"this is the log `{name_of(ours)}`, and the key is of the log `{name_of(theirs)}`" in said.err) == ("", True)


def test_the_checkpoint_of_another_log_is_no_forgery(homes, capsys):
    """It is named by its file."""
    ours, kept = homes / "ours", homes / "theirs" / "log" / "checkpoint"
    for given in (["verify", str(ours / "log"), "--key", str(ours / "log" / "key")], ["verify", "--home", str(ours)]):
        capsys.readouterr()
        assert 2 == run([*given, "--old", str(kept)])
        said = capsys.readouterr()
        assert (said.out, f"the checkpoint in {kept} is of the log `{name_of(homes / 'theirs')}`" in said.err) == ("", True)


def test_the_receipt_of_another_log_is_no_forgery(homes, capsys):
    """With the log's folder too it is said which of the three is not of it."""
    ours, receipt = homes / "ours", homes / "theirs.tlog-proof"
    key = ["--key", str(ours / "log" / "key")]
    capsys.readouterr()
    assert 2 == run(["verify", "--receipt", str(receipt), *key])
    assert f"{receipt}: this is of the log `{name_of(homes / 'theirs')}`, and the key is of the log" in capsys.readouterr().err
    assert 2 == run(["verify", str(ours / "log"), "--receipt", str(receipt), *key])
    assert f"{ours / 'log'}: this is the log `{name_of(ours)}`, and the checkpoint in the receipt is of" in capsys.readouterr().err
    assert 2 == run(["verify", str(homes / "theirs" / "log"), "--receipt", str(homes / "ours.tlog-proof"), *key])
    assert "and the key is of the log" in capsys.readouterr().err


def test_another_log_put_into_a_home_is_told_as_what_it_is(homes, capsys):
    """Nobody mixed anything up: the home's own keys say which log is its."""
    (homes / "ours" / "log" / "checkpoint").write_bytes((homes / "theirs" / "log" / "checkpoint").read_bytes())

    assert 1 == run(["verify", "--home", str(homes / "ours")])


def test_a_stranger_who_takes_the_name_of_the_log_is_a_forger(homes):
    """The name is what anybody can write; the signature is not."""
    log, kept = homes / "ours" / "log", homes / "kept"
    stranger = Signer(name_of(homes / "ours"), b"\x07" * 32)
    kept.write_bytes(sign_checkpoint(stranger, 2, bytes(32)).note)

    assert 1 == run(["verify", str(log), "--key", str(log / "key"), "--old", str(kept)])


def test_a_name_that_was_changed_in_one_place_makes_no_other_log(homes):
    """A name of the text that no signature bears, or of a signature that the text does not: it was changed."""
    log = homes / "ours" / "log"
    key, whole = homes / "key", (log / "checkpoint").read_bytes()
    key.write_bytes((log / "key").read_bytes())
    name = name_of(homes / "ours").encode()
    for changed in (whole.replace(name, b"another", 1), whole.replace(b"\xe2\x80\x94 " + name, b"\xe2\x80\x94 another")):
        assert changed != whole
        (log / "checkpoint").write_bytes(changed)
        assert 1 == run(["verify", str(log), "--key", str(key)])


def test_a_receipt_given_as_a_log_is_told_what_to_type(homes, capsys):
    """A customer has one file and one key, and leaves `--receipt` out."""
    receipt, key = homes / "ours.tlog-proof", homes / "ours" / "log" / "key"
    capsys.readouterr()
    assert 2 == run(["verify", str(receipt), "--key", str(key)])

    assert f"hint: ourword verify --receipt {receipt} --key {key}" in capsys.readouterr().err


def test_a_receipt_of_before_the_key_was_replaced_says_what_is_lacking(homes, capsys):
    """The customer has the receipt of then, and the key of today."""
    ours, receipt = homes / "ours", homes / "ours.tlog-proof"
    assert run(["keys", "rotate", "--log", "--home", str(ours)]) == 0
    key = ["--key", str(ours / "log" / "key")]
    capsys.readouterr()
    assert 1 == run(["verify", "--receipt", str(receipt), *key])
    assert f"hint: give the log's folder too, `ourword verify LOGDIR --receipt {receipt} --key FILE`" in capsys.readouterr().out

    assert 0 == run(["verify", str(ours / "log"), "--receipt", str(receipt), *key])


def test_a_kept_checkpoint_is_named_by_its_file(homes, capsys):
    """Whose checkpoints a log was held against is what makes it worth something."""
    log, kept = homes / "ours" / "log", homes / "kept"
    kept.write_bytes((log / "checkpoint").read_bytes())
    assert 0 == run(["verify", str(log), "--key", str(log / "key"), "--old", str(kept)])

    assert f"  held against the checkpoint in {kept}\n" in capsys.readouterr().out


def test_what_is_no_checkpoint_at_all_is_no_forgery(homes, capsys):
    """A key, a table, an empty file: nothing was verified."""
    ours = homes / "ours"
    (homes / "empty").write_bytes(b"")
    for given in (ours / "log" / "key", homes / "empty"):
        assert 2 == run(["verify", "--home", str(ours), "--old", str(given)])
        assert f"{given}: this is no checkpoint of a log" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--full"], ["--old", "log/checkpoint"]])
def test_a_receipt_is_told_what_does_not_belong_to_it(homes, capsys, more):
    """It was passed over without a word, as if a checkpoint had been held against it."""
    assert 64 == run(["verify", "--receipt", str(homes / "ours.tlog-proof"), "--key", str(homes / "ours" / "log" / "key"), *more])
    assert "a receipt is verified whole, by itself" in capsys.readouterr().err


def test_a_contract_that_cannot_be_read_is_no_forgery(homes, capsys, monkeypatch):
    """Who may not read it has not found out that it was changed."""
    kept = homes / "ours" / "contracts" / ("0" * 64)
    kept.mkdir(parents=True)
    for name in ("contract.yaml", "wiring.yaml"):
        (kept / name).write_text("decide: {}\n")
    opened = Path.open

    def refused(path, *given, **named):
        if path.name == "wiring.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *given, **named)

    monkeypatch.setattr(Path, "open", refused)
    assert 2 == run(["verify", "--home", str(homes / "ours")])
    assert "it cannot be read" in capsys.readouterr().err
