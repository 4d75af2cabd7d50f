"""Notes, checkpoints and proofs as text: other people's notes open, ours is theirs, and no changed byte passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.test_tree import flipped, hash_at, numbered

from ourword.errors import LogError
from ourword.tlog.checkpoint import Proof, holds, open_checkpoint, read_proof, sign_checkpoint, write_proof
from ourword.tlog.note import Signer, opened, verifier_from
from ourword.tlog.tree import inclusion_proof, root

# From the documentation of Go's golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
WISDOM = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = Signer("shop.example/log", bytes(range(32)))


def test_a_note_of_the_go_project_opens_and_says_what_it_says():
    """Not only our own notes: the format is theirs."""
    assert opened(WISDOM.encode(), verifier_from(NEUMANN)) == WISDOM.partition("\n\n")[0] + "\n"


def test_a_key_is_one_line_that_reads_back():
    """It is handed to an auditor by mail or on paper, and typed in by somebody."""
    assert verifier_from(NEUMANN).text == NEUMANN
    assert verifier_from(SIGNER.verifier.text + "\n") == SIGNER.verifier


@pytest.mark.parametrize("text", ["", "name", NEUMANN[:-1], NEUMANN.replace("c7", "c8"), NEUMANN.replace("Peter", "peter"), "a b" + NEUMANN])
def test_a_mistyped_key_is_told_apart(text):
    """Who types a digit wrong hears of the key, not of a log that does not hold."""
    with pytest.raises(LogError, match="key"):
        verifier_from(text)


@given(st.integers(0, 10**6))
def test_no_bit_of_a_note_can_be_changed(bit):
    """Not the text, not the name below it, not the signature, not even a space."""
    with pytest.raises(LogError):
        opened(flipped(WISDOM.encode(), bit), verifier_from(NEUMANN))


def test_signatures_of_others_are_passed_over_and_one_of_ours_that_fails_is_not():
    """A witness may sign below; a second signature in our name must hold like the first."""
    note = SIGNER.signed("hello\n")
    other = Signer("witness.example", bytes(32)).signed("hello\n").rpartition("\n\n")[2]
    forged = SIGNER.signed("hallo\n").rpartition("\n\n")[2]

    assert opened((note + other).encode(), SIGNER.verifier) == "hello\n"
    with pytest.raises(LogError, match="does not hold"):
        opened((note + forged).encode(), SIGNER.verifier)
    with pytest.raises(LogError, match="did not sign"):
        opened(("hello\n\n" + other).encode(), SIGNER.verifier)


@given(st.integers(1, 40), st.binary(max_size=60), st.data())
def test_a_proof_reads_back_and_no_changed_one_holds(size, extra, data):
    """A customer keeps it for years as a small text file; a byte that was lost in a mail makes it void, never wrong."""
    entries, index = numbered(size), data.draw(st.integers(0, size - 1))
    at = hash_at(entries)
    checkpoint = sign_checkpoint(SIGNER, size, root(size, at))
    proof = Proof(index, tuple(inclusion_proof(index, size, at)), checkpoint.note, extra)
    written = write_proof(proof)

    assert proof == read_proof(written)
    assert checkpoint == holds(proof, entries[index], SIGNER.verifier)
    changed = flipped(written, data.draw(st.integers(0, 8 * len(written) - 1)))
    try:
        found = read_proof(changed)
        still = holds(found, entries[index], SIGNER.verifier) is not None and found.extra == extra
    except LogError:
        still = False
    assert not still


@pytest.mark.parametrize("text", ["x\n1\nAAAA\n", "shop.example/log\n01\n", "shop.example/log\n1\n", "other.example\n1\n" + "A" * 43 + "=\n", "a\n"])
def test_a_signed_text_that_is_no_checkpoint_of_this_log_is_none(text):
    """A signature alone makes no checkpoint."""
    with pytest.raises(LogError):
        open_checkpoint(SIGNER.signed(text).encode(), SIGNER.verifier)
