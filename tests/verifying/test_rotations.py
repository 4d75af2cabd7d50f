"""A log whose key was replaced: whoever has any of its keys follows, and nobody who has lost the right to sign is followed."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourword.checks.store import refund
from ourword.errors import LogError
from ourword.stores.home import open_home
from ourword.stores.rotating import Both, Rotated, rotate_log_key
from ourword.tlog.checkpoint import open_checkpoint, sign_checkpoint
from ourword.tlog.note import Signer
from ourword.verifying.folder import LogFolder
from ourword.verifying.log import verify_home, verify_log
from ourword.verifying.receipt import receipt, verify_receipt, verify_receipt_in
from ourword.verifying.rotations import Chain, chain_of


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home of three keys: rotated at entry 9 and at entry 14; its seeds, as a thief of each time has them; a receipt from before each."""
    folder = tmp_path_factory.mktemp("rotations") / "home"
    seeds, receipts = [], []
    with open_home(folder) as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number % 3}") for number in range(4)])
        for number in (4, 5, 6):
            home.publish()
            seeds.append(home.keys.log_seed())
            receipts.append(receipt(home, f"d-{number - 1}"))
            if number < 6:
                rotate_log_key(home)
            home.record_many([refund(f"d-{number}"), refund(f"f-{number}")])
    return folder, seeds, receipts


@pytest.fixture
def home(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "home")


def signers(home, made):
    name = (home / "log" / "key").read_text().partition("+")[0]
    return [Signer(name, seed) for seed in made[1]]


def now(home, made):
    return open_checkpoint((home / "log" / "checkpoint").read_bytes(), signers(home, made)[-1].verifier)


def test_a_receipt_holds_with_the_key_of_its_time_and_with_every_other_beside_the_log(home, made):
    """A customer keeps a file for years, and whoever checks it has the key of today."""
    for number, written in enumerate(made[2]):
        for each, signer in enumerate(signers(home, made)):
            beside = verify_receipt_in(home / "log", written, signer.verifier)
            assert beside.decision.decision_id == f"d-{number + 3}"
            if each == number:
                assert verify_receipt(written, signer.verifier) == beside
            else:
                with pytest.raises(LogError, match="another key of"):
                    verify_receipt(written, signer.verifier)


def test_a_receipt_of_a_log_that_was_rewritten_since_does_not_hold_beside_it(home, made):
    """With the old key it would: the thief's, or the company's, other history."""
    forged = sign_checkpoint(signers(home, made)[0], 8, bytes(32)).note
    written = made[2][0].partition(b"\n\n")[0] + b"\n\n" + forged
    with pytest.raises(LogError):
        verify_receipt_in(home / "log", written, signers(home, made)[2].verifier)


@pytest.mark.parametrize("thief", [0, 1])
def test_a_key_that_was_replaced_signs_nothing_longer_any_more(home, made, thief):
    """Whoever has stolen it: what it signs beyond the entry that replaced it is refused, by its own word."""
    checkpoint, of = now(home, made), signers(home, made)
    (home / "log" / "checkpoint").write_bytes(sign_checkpoint(of[thief], checkpoint.size, checkpoint.root).note)
    for known in of:
        found = verify_log(home / "log", known.verifier)
        assert not found.holds, known.verifier.short
    assert "signed by a key that was not the log's then" in verify_log(home / "log", of[thief].verifier).flaws[0].what


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_kept_checkpoint_counts_by_the_key_of_its_time(home, made, kept):
    """What a thief signs today, dated back by its size, shows as what it is: not what the log was."""
    checkpoint, of = now(home, made), signers(home, made)
    real, late = sign_checkpoint(of[kept], checkpoint.size, checkpoint.root).note, sign_checkpoint(of[kept], 5, bytes(32)).note
    for known in of:
        found = verify_log(home / "log", known.verifier, old=[("real", real), ("late", late)])
        assert {each.place for each in found.flaws} == ({"late"} if kept == 2 else {"late", "real"})


@pytest.mark.parametrize("entry", [9, 14])
def test_where_the_old_key_did_not_sign_nobody_is_led_on(home, made, entry):
    """The file is missing, or a stranger's: with the old key nothing holds, and with the new one the gap is told."""
    path, of = home / "log" / "rotated" / str(entry), signers(home, made)
    older, newer = of[0].verifier, of[2].verifier
    before = open_checkpoint(path.read_bytes(), of[0 if entry == 9 else 1].verifier)
    stranger = Both(Signer(older.name, b"\x07" * 32), of[2])
    for written in (None, sign_checkpoint(stranger, before.size, before.root).note, (home / "log" / "checkpoint").read_bytes(), b""):
        if written is None:
            path.unlink()
        else:
            path.write_bytes(written)
        led, told = verify_log(home / "log", older), verify_log(home / "log", newer)
        assert (led.holds, told.holds) == (False, False)
        assert told.flaws[0].place in ("rotated", f"rotated/{entry}")


def test_a_key_that_signed_at_that_place_something_else_does_not_vouch(home, made):
    """It signed nine entries once, of which the last gave its place to nobody: that leads to no other key."""
    of = signers(home, made)
    (home / "log" / "rotated" / "9").write_bytes(sign_checkpoint(of[0], 9, bytes(32)).note)

    assert not verify_log(home / "log", of[0].verifier).holds


def test_a_strangers_key_is_no_key_of_this_log(home, made):
    """It has the log's name, and nothing more."""
    stranger = Signer(signers(home, made)[0].verifier.name, b"\x07" * 32).verifier
    with pytest.raises(LogError, match="another key of"):
        chain_of(LogFolder(home / "log"), stranger)


@given(st.lists(st.integers(1, 50), unique=True, max_size=4).map(sorted), st.integers(0, 60))
def test_at_every_size_one_key_signs(replaced, size):
    """The law of the chain: the older one up to the entry that replaces it, the newer one from there on, and no other opens."""
    of = [Signer("log", bytes([number]) * 32) for number in range(len(replaced) + 1)]
    texts = [each.verifier.text for each in of]
    chain = Chain(
        tuple(each.verifier for each in of), tuple(Rotated(entry=entry, old=texts[at], new=texts[at + 1]) for at, entry in enumerate(replaced))
    )
    opens = []
    for number, signer in enumerate(of):
        try:
            chain.open(sign_checkpoint(signer, size, bytes(32)).note)
            opens.append(number)
        except LogError:
            pass

    assert opens == [sum(each < size for each in replaced)]


@settings(max_examples=6)
@given(acts=st.lists(st.sampled_from(["record", "rotate", "publish", "reopen", "lose"]), max_size=9))
def test_whatever_was_done_in_whichever_order_every_key_and_every_receipt_holds(tmp_path_factory, acts):
    """The law of rotating: nothing that was handed out once is worth less after it."""
    folder = tmp_path_factory.mktemp("law") / "home"
    home, known, receipts = open_home(folder), [], []
    for number, act in enumerate(["record", "publish", *acts]):
        if act == "record":
            home.record(refund(f"d-{number}"))
            home.publish()
            receipts.append((receipt(home, f"d-{number}"), home.log_key()))
        elif act == "rotate":
            rotate_log_key(home)
        elif act == "publish":
            home.publish()
        elif act == "lose":
            shutil.rmtree(folder / "log")
            home.publish()
        else:
            home.close()
            home = open_home(folder)
        if home.log_key() not in known:
            known.append(home.log_key())
    home.close()
    for key in known:
        with open_home(folder, write=False) as opened:
            assert (verify_log(folder / "log", key, full=True).flaws, verify_home(opened, known=key, full=True).flaws) == ((), ())
        for written, of_then in receipts:
            assert verify_receipt_in(folder / "log", written, key) == verify_receipt(written, of_then)


def test_the_files_that_a_folder_holds_for_rotations_are_bounded_and_need_not_be_any(home, made, tmp_path):
    """Whoever hands out a log could let its readers wait: names that are no numbers, numbers that are no entries."""
    for name in ("0", "007", "x", "99999999999999999999", "15", "3", "²"):
        (home / "log" / "rotated" / name).write_bytes(b"x" * 10)
    (home / "log" / "rotated" / "4").mkdir()
    found = verify_log(home / "log", signers(home, made)[0].verifier, full=True)

    assert (found.flaws, len(found.notes), [each.entry for each in found.rotations]) == ((), 7, [9, 14])


def test_where_old_bundles_were_let_go_of_keys_are_followed_all_the_same(home, made):
    """The entries lie beside the checkpoints once more; a changed one leads nowhere, since its hash is in the tree."""
    shutil.rmtree(home / "log" / "tile" / "entries")
    of = [each.verifier for each in signers(home, made)]
    chains = [chain_of(LogFolder(home / "log"), known)[0] for known in of]
    beside = home / "log" / "rotated" / "9.entry"
    beside.write_bytes(beside.read_bytes().replace(b'"v":1', b'"v":2'))
    with pytest.raises(LogError):
        chain_of(LogFolder(home / "log"), of[0])

    assert [each.keys for each in chains] == [tuple(of)] * 3


def test_an_entry_beside_that_is_not_the_logs_is_told(home, made):
    """It is what is read when the bundle is gone."""
    (home / "log" / "rotated" / "14.entry").write_bytes(b"{}")
    found = verify_log(home / "log", signers(home, made)[2].verifier)

    assert [each.place for each in found.flaws] == ["rotated/14.entry"]
