"""A customer's receipt: what it says holds without the company, and nobody can change a byte of it."""

from __future__ import annotations

import base64
import json
import random

import msgspec
import pytest

from ourword.checks.store import refund
from ourword.errors import HomeError, LineError, LogError
from ourword.stores.home import open_home
from ourword.tlog.checkpoint import read_proof, write_proof
from ourword.tlog.note import Signer
from ourword.verifying.receipt import receipt, verify_receipt


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with forty customers, its public key, and the receipt of one."""
    with open_home(tmp_path_factory.mktemp("receipt") / "home") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number}") for number in range(40)])
        home.publish()
        return home.path, home.log_key(), receipt(home, "d-17")


def test_a_receipt_says_what_was_decided_and_promised(made):
    """All a customer needs to hold the company to its word is in the file."""
    held = verify_receipt(made[2], made[1])

    assert (held.number, held.size) == (35, 80)
    assert (held.decision.decision_id, held.decision.answer) == ("d-17", "allow")
    assert held.personal == refund(customer="c-17").personal
    assert [(each.id, each.due) for each in held.decision.promises] == [("money-back", "2026-01-05T12:01:00Z")]


def test_it_holds_when_the_log_has_gone_on_and_the_customer_is_forgotten(made, tmp_path):
    """It needs nothing of the company: not its server, not its data, not its goodwill."""
    import shutil

    home = shutil.copytree(made[0], tmp_path / "home")
    with open_home(home) as opened:
        opened.record(refund("later"))
    shutil.rmtree(home)

    assert verify_receipt(made[2], made[1]).number == 35


def test_no_bit_of_it_can_be_changed(made):
    """Not the promise, not the due time, not the customer, not the place in the log."""
    chance = random.Random(6)
    for at in range(len(made[2])):
        changed = made[2][:at] + bytes([made[2][at] ^ 1 << chance.randrange(8)]) + made[2][at + 1 :]
        with pytest.raises(LogError):
            verify_receipt(changed, made[1])


def altered(written, change):
    proof = read_proof(written)
    record = json.loads(proof.extra)
    change(record)
    extra = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return write_proof(msgspec.structs.replace(proof, extra=extra))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda record: record.update(entry=record["entry"].replace('"allow"', '"refuse"')), "not in the log"),
        (lambda record: record.update(personal=record["personal"].replace("12.00", "99.00")), "not what was recorded"),
        (lambda record: record.update(key="00" * 32), "not what was recorded"),
        (lambda record: record.update(key="zz" * 32), "laid out"),
        (lambda record: record.update(more=1), "no record"),
        (lambda record: record.pop("key"), "no record"),
    ],
)
def test_what_it_says_beside_the_proof_is_taken_only_where_the_entry_commits_to_it(made, change, what):
    """The proof covers the entry; record and key are believed because the entry commits to them, and for no other reason."""
    with pytest.raises(LogError, match=what):
        verify_receipt(altered(made[2], change), made[1])


def test_another_companys_key_does_not_open_it(made):
    """A receipt is of one log."""
    with pytest.raises(LogError, match="the key is of the log `ourword/other`"):
        verify_receipt(made[2], Signer("ourword/other", bytes(32)).verifier)


def test_the_extra_is_one_line_that_other_programs_pass_over(made):
    """C2SP tlog-proof: `extra`, then `index`, then one hash a line."""
    lines = made[2].decode().split("\n")

    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[2] == "index 34"
    assert json.loads(base64.b64decode(lines[1].removeprefix("extra ")))["entry"].startswith('{"answer":"allow"')


def test_what_has_no_receipt_says_why(made, tmp_path):
    """A decision that is not there, and one that is not published yet."""
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1"))
        with pytest.raises(HomeError, match="not in the published log yet"):
            receipt(home, "d-1")
        with pytest.raises(LineError, match="no decision"):
            receipt(home, "d-2")
