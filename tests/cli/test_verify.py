"""`ourword verify`, `receipt`, `publish`: what an auditor and a customer type, and the three exit codes."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest

from ourword.checks.store import refund
from ourword.cli.main import run
from ourword.stores.home import open_home


@pytest.fixture
def home(tmp_path):
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}") for number in range(5)])
    return tmp_path / "home"


def test_a_log_that_holds_is_0_one_that_does_not_1_and_what_cannot_be_read_2(home, tmp_path, capsys):
    """A script that runs every night tells the three apart."""
    log, key = home / "log", str(home / "log" / "key")
    assert 0 == run(["verify", "--home", str(home), "--full"])
    assert 0 == run(["verify", str(log), "--key", key])
    assert "holds: 10 entries, none missing, none changed" in capsys.readouterr().out

    (bundle,) = (log / "tile" / "entries" / "000.p").iterdir()
    bundle.write_bytes(bundle.read_bytes().replace(b'"counter":3', b'"counter":4'))
    assert 1 == run(["verify", str(log), "--key", key])
    assert "tile/entries/000.p/10, entry 3: it is not the entry that was signed" in capsys.readouterr().out

    (log / "checkpoint").unlink()
    assert 2 == run(["verify", str(log), "--key", key])
    assert 2 == run(["verify", str(tmp_path / "nowhere"), "--key", key])
    assert 2 == run(["verify", "--home", str(tmp_path / "nowhere")])
    assert 2 == run(["verify", str(log), "--key", str(tmp_path / "no-key")])
    assert 2 == run(["verify", str(log), "--key", str(bundle)])
    assert "no Ed25519 key" in capsys.readouterr().err


def test_which_log_and_which_key_must_be_said(home, capsys):
    """A log verified with the key that lies in it proves nothing, so no key is ever taken from there."""
    for given in ([], [str(home / "log")], ["--home", str(home), str(home / "log")], ["--receipt", "r"]):
        assert 64 == run(["verify", *given])
    assert "which key" in capsys.readouterr().err


def test_an_auditor_who_kept_a_checkpoint_holds_it_against_the_log(home, tmp_path, capsys):
    """Five lines kept are what a company that holds the key cannot change."""
    kept = tmp_path / "kept"
    kept.write_bytes((home / "log" / "checkpoint").read_bytes())
    with open_home(home) as opened:
        opened.record(refund("d-9"))
    assert 0 == run(["verify", "--home", str(home), "--old", str(kept), "--json"])
    found = json.loads(capsys.readouterr().out)

    assert (found["holds"], found["size"], found["checkpoints"], found["flaws"]) == (True, 12, 3, [])


def test_a_customer_checks_a_receipt_without_the_home(home, tmp_path, capsys):
    """It is written for them, and read by them."""
    key, file = tmp_path / "key", tmp_path / "d-3.tlog-proof"
    assert 0 == run(["publish", "--home", str(home), "--json"])
    key.write_text(json.loads(capsys.readouterr().out)["key"])
    assert 0 == run(["receipt", "d-3", "--home", str(home), "--out", str(file)])
    assert 0 == run(["verify", "--receipt", str(file), "--key", str(key)])
    told = capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b"index 6", b"index 7"))
    assert 1 == run(["verify", "--receipt", str(file), "--key", str(key)])

    assert "12.00 EUR back" in told
    assert "money-back, by 2026-01-05 12:01 UTC" in told
    assert "not in the log" in capsys.readouterr().out


def test_a_receipt_says_the_words_of_the_promise_and_the_version_that_its_proof_covers(tmp_path, capsys):
    """An id such as `money-back` is the company's word; and a version stands there only beside the digest that the entry has."""
    personal = refund("d-1").personal
    promises = [{"id": "money-back", "what": "12.00 EUR back within 5 days", "due": "2026-01-05T12:01:00Z"}, 7]
    with open_home(tmp_path / "home") as opened:
        for name, digest, mode in (("d-1", "sha256:ab", "enforce"), ("d-2", "sha256:cd", "observe")):
            verdict = {**personal.verdict, "promises": promises, "contract": {"digest": digest, "version": "3.2.0"}}
            opened.record(msgspec.structs.replace(refund(name), mode=mode, personal=msgspec.structs.replace(personal, verdict=verdict)))
    told = []
    for name in ("d-1", "d-2"):
        assert 0 == run(["receipt", name, "--home", str(tmp_path / "home"), "--out", str(tmp_path / name)])
        assert 0 == run(["verify", "--receipt", str(tmp_path / name), "--key", str(tmp_path / "home" / "log" / "key")])
        told.append(capsys.readouterr().out)

    assert "  promised  money-back, by 2026-01-05 12:01 UTC: 12.00 EUR back within 5 days\n" in told[0]
    assert ("  contract  version 3.2.0, sha256:ab\n" in told[0], "  contract  sha256:ab\n" in told[1]) == (True, True)
    assert ["nobody was told" in each for each in told] == [False, True]


def test_the_root_reads_as_verify_prints_it_and_as_the_checkpoint_holds_it(home, capsys):
    """Whoever compares two roots compares letters: under one name they are written in one way."""
    assert [0, 0] == [run(["publish", "--home", str(home), "--json"]), run(["verify", "--home", str(home), "--json"])]
    published, verified = (json.loads(each) for each in capsys.readouterr().out.replace("}\n{", "}\0{").split("\0"))

    assert published["root"] == verified["root"]
    assert published["root_base64"] == (home / "log" / "checkpoint").read_text().splitlines()[2]


def test_a_receipt_is_written_over_a_receipt_and_over_nothing_else(home, tmp_path, capsys):
    """`--out contract.yaml` was a contract that is gone."""
    file = tmp_path / "contract.yaml"
    file.write_text("ourword: 1\n")
    assert 64 == run(["receipt", "d-3", "--home", str(home), "--out", str(file)])
    assert "no receipt, and would be lost" in capsys.readouterr().err
    assert file.read_text() == "ourword: 1\n"

    file.write_text("")
    assert [run(["receipt", name, "--home", str(home), "--out", str(file)]) for name in ("d-3", "d-4")] == [0, 0]
    assert file.read_text().startswith("c2sp.org/tlog-proof@v1\n")


def test_a_receipt_of_what_is_not_published_yet_publishes_it_first(home, capsys):
    """A customer at the counter does not wait for a minute to pass."""
    opened = open_home(home)
    opened.record(refund("d-new"))
    try:
        assert 0 == run(["receipt", "d-new", "--home", str(home)])
    finally:
        opened.close()

    assert capsys.readouterr().out.startswith("c2sp.org/tlog-proof@v1\n")


def test_a_home_that_never_published_says_what_to_do(tmp_path, capsys):
    """A home without an entry; one from before is the same to whoever verifies."""
    with open_home(tmp_path / "home"):
        pass
    assert 2 == run(["verify", "--home", str(tmp_path / "home")])
    assert "ourword publish --home" in capsys.readouterr().err
    assert 0 == run(["publish", "--home", str(tmp_path / "home")])

    assert 0 == run(["verify", "--home", str(tmp_path / "home")])


def test_a_log_that_was_signed_and_deleted_does_not_hold(home, capsys):
    """It is not that this cannot be read: something that was there is gone. Publishing writes it again, from the entries that were signed."""
    shutil.rmtree(home / "log")
    assert 1 == run(["verify", "--home", str(home)])
    assert "the log was deleted" in capsys.readouterr().out
    assert 0 != run(["receipt", "d-3", "--home", str(home)])
    assert "ourword publish" in capsys.readouterr().err
    assert 0 == run(["publish", "--home", str(home)])

    assert 0 == run(["verify", "--home", str(home)])


def test_a_first_publishing_that_broke_off_is_gone_on_from(tmp_path, capsys, monkeypatch):
    """The keys and the ledger know of a checkpoint that nobody has seen: nothing was deleted."""
    with open_home(tmp_path / "home") as opened, monkeypatch.context() as patched:
        opened.record(refund("d-1"))
        patched.setattr("ourword.stores.publishing._announce", lambda *_: None)
        opened.close()
    assert 2 == run(["verify", "--home", str(tmp_path / "home")])
    assert "ourword publish --home" in capsys.readouterr().err


def test_what_no_signature_covers_yet_is_warned_of(home, capsys):
    """It is no flaw, a gate may be at work; and it is not covered by “holds”."""
    opened = open_home(home)
    opened.record(refund("d-new"))
    try:
        assert 0 == run(["verify", "--home", str(home)])
    finally:
        opened.close()
    told = " ".join(capsys.readouterr().out.split())
    assert 0 == run(["verify", "--home", str(home)])

    assert "Warning: 2 entries are recorded and not signed yet; what is changed in them now is not found." in told
    assert "Warning" not in capsys.readouterr().out
