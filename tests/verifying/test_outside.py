"""Other people's verifiers agree with ours, on logs that hold and on logs that do not: nobody has to trust our own program."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.pruning.shop import NOW, years

from ourword.checks.store import refund
from ourword.rights.pruning import prune
from ourword.stores.home import open_home
from ourword.stores.moving import move
from ourword.stores.rotating import rotate_log_key
from ourword.tlog.checkpoint import open_checkpoint, read_proof
from ourword.tlog.note import verifier_from
from ourword.verifying.receipt import receipt

GO_MODULES = Path("/usr/share/gocode")
SOURCE = Path(__file__).parents[1] / "tlog" / "outside" / "main.go"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A log of 1,300 entries, a checkpoint of it from before, and a receipt with the entry it is of."""
    home = tmp_path_factory.mktemp("outside") / "home"
    for start, end in ((0, 100), (100, 650)):
        with open_home(home) as opened:
            opened.record_many([refund(f"d-{number}") for number in range(start, end)])
        if not start:
            (home.parent / "old").write_bytes((home / "log" / "checkpoint").read_bytes())
    with open_home(home, write=False) as opened:
        written = receipt(opened, "d-77")
    (home.parent / "receipt").write_bytes(written)
    (home.parent / "entry").write_bytes(json.loads(read_proof(written).extra)["entry"].encode())
    return home.parent


@pytest.fixture
def place(made, tmp_path):
    return shutil.copytree(made, tmp_path / "made")


def root_of(place):
    log = place / "home" / "log"
    found = open_checkpoint((log / "checkpoint").read_bytes(), verifier_from((log / "key").read_text()))
    return base64.b64encode(found.root).decode()


# What is done to a log, and whether it holds after it.
CHANGES = {
    "nothing": lambda log: None,
    "an entry": lambda log: _swap(log / "tile" / "entries" / "002", b'"answer":"allow"', b'"answer":"abide"'),
    "a hash": lambda log: _swap(log / "tile" / "0" / "001", (log / "tile" / "0" / "001").read_bytes()[:32], bytes(32)),
    "a hash of hashes": lambda log: _swap(log / "tile" / "1" / "000.p" / "5", (log / "tile" / "1" / "000.p" / "5").read_bytes()[32:64], bytes(32)),
    "the size": lambda log: _swap(log / "checkpoint", b"\n1300\n", b"\n1299\n"),
    "a bundle cut off": lambda log: (log / "tile" / "entries" / "000").write_bytes((log / "tile" / "entries" / "000").read_bytes()[:-9]),
}


def _swap(path, before, after):
    written = path.read_bytes()
    assert before in written
    path.write_bytes(written.replace(before, after, 1))


@pytest.fixture(scope="session")
def go_verifier(tmp_path_factory):
    """Go's own `golang.org/x/mod/sumdb`, as Debian packages it, behind a few lines that read files."""
    if shutil.which("go") is None or not (GO_MODULES / "src" / "golang.org" / "x" / "mod" / "sumdb").is_dir():
        pytest.skip("no Go: install Debian's packages golang-go and golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    environ = {**os.environ, "GOPATH": str(GO_MODULES), "GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": str(folder / "cache"), "GOPROXY": "off"}
    done = subprocess.run(["go", "build", "-o", str(folder / "outside"), str(SOURCE)], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return lambda *given: subprocess.run([str(folder / "outside"), *map(str, given)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("change", CHANGES)
def test_go_and_ours_agree_whether_a_log_holds(go_verifier, place, change):
    """Every entry by its own proof, made by Go out of our tiles, and the way from an older checkpoint."""
    from ourword.verifying.log import verify_log

    log = place / "home" / "log"
    root = root_of(place)
    CHANGES[change](log)
    ours = verify_log(log, verifier_from((log / "key").read_text()), old=[("old", (place / "old").read_bytes())])
    theirs = go_verifier(log, log / "key", place / "old")

    assert ours.holds is (theirs.returncode == 0) is (change == "nothing"), theirs.stdout
    assert theirs.returncode or theirs.stdout.strip() == root


def test_go_holds_a_log_whose_old_entries_were_let_go_of(go_verifier, tmp_path, monkeypatch):
    """Retention changes no tree: each entry that is gone by its hash, and the way from a checkpoint that was signed before."""
    years(tmp_path / "home", 700)
    log = tmp_path / "home" / "log"
    old = shutil.copy(log / "checkpoint", tmp_path / "old")
    with open_home(tmp_path / "home", clock=lambda: NOW) as home:
        gone = prune(home, now=NOW).minimum
    without = go_verifier(log, log / "key", old)
    monkeypatch.setenv("PRUNED", str(gone))
    held = go_verifier(log, log / "key", old)
    tile = log / "tile" / "0" / "000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    changed = go_verifier(log, log / "key", old)

    assert gone == 256
    assert (held.returncode, held.stdout.strip()) == (0, root_of(tmp_path))
    assert (without.returncode, changed.returncode) == (1, 1)


@pytest.mark.parametrize("postgres", [False, True], ids=["in files", "in PostgreSQL"])
def test_go_follows_a_log_whose_key_was_replaced(go_verifier, place, request, postgres):
    """At the entry that says so the log opens with either key; after it with the new one; from the one to the other there is a proof."""
    if postgres:
        move(place / "home", place / "moved", postgres=request.getfixturevalue("cluster").address, schema="followed")
        shutil.rmtree(place / "home")
        (place / "moved").rename(place / "home")
    log, old = place / "home" / "log", place / "old-key"
    shutil.copy(log / "key", old)
    with open_home(place / "home") as home:
        done = rotate_log_key(home)
    by_old, by_new = go_verifier(log, old, place / "old"), go_verifier(log, log / "key", log / "rotated" / str(done.entry))
    root = root_of(place)
    with open_home(place / "home") as home:
        home.record(refund("later"))
    after, too_old = go_verifier(log, log / "key", log / "rotated" / str(done.entry)), go_verifier(log, old, place / "old")

    assert [by_old.stdout.strip(), by_new.stdout.strip(), after.stdout.strip()] == [root, root, root_of(place)]
    assert too_old.returncode == 1


def test_go_takes_our_receipt_and_not_for_another_entry(go_verifier, place):
    """A customer can have it checked by anybody."""
    log = place / "home" / "log"
    held = go_verifier(log, log / "key", place / "receipt", place / "entry")
    (place / "entry").write_bytes((place / "entry").read_bytes().replace(b"allow", b"abide"))
    refused = go_verifier(log, log / "key", place / "receipt", place / "entry")

    assert (held.returncode, held.stdout.strip()) == (0, root_of(place))
    assert refused.returncode == 1


if sys.version_info >= (3, 12):  # what aics-tlog asks for

    @pytest.mark.parametrize("change", CHANGES)
    def test_aics_tlog_and_ours_agree_whether_a_log_holds(place, change):
        """Another verifier in Python, by other people, written from the same standards."""
        aics = pytest.importorskip("aics_tlog", reason="no aics-tlog: `pip install aics-tlog`")
        log = place / "home" / "log"
        root = root_of(place)
        CHANGES[change](log)

        assert aics_holds(aics, log) == (root if change == "nothing" else "")

    def aics_holds(aics, log):
        """The root where all of a log holds, as aics-tlog sees it; else nothing."""
        note = aics.parse_note((log / "checkpoint").read_bytes())
        checkpoint = aics.parse_checkpoint(note.text)
        if not aics.verify_checkpoint(note, aics.parse_vkey((log / "key").read_text().strip())).ok:
            return ""
        try:
            aics.audit_tiles(aics.FileSystemTileReader(log), checkpoint.size, checkpoint.root)
        except ValueError:
            return ""
        return base64.b64encode(checkpoint.root).decode()
