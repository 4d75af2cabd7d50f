"""Personal data is readable with the customer's key and for its own decision only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.errors import HomeError, LineError
from ourword.ledger.naming import decision_id_from_line, fit_decision_id
from ourword.ledger.seal import personal_commitment, sealed, subject, unsealed, who

KEY, OTHER_KEY, NONCE = bytes(32), bytes(31) + b"\x01", bytes(12)


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_is_sealed_is_opened_again(personal: bytes, decision_id: str) -> None:
    """The customer's own record can be shown to them."""
    of = subject(1, KEY)

    assert unsealed(of, decision_id, sealed(of, decision_id, personal, nonce=NONCE)) == personal


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_is_noticed(personal: bytes, data: st.DataObject) -> None:
    """Nobody rewrites what a customer was told."""
    of = subject(1, KEY)
    box = bytearray(sealed(of, "d-1", personal, nonce=NONCE))
    box[data.draw(st.integers(0, len(box) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(HomeError):
        unsealed(of, "d-1", bytes(box))


def test_another_decision_or_another_customer_cannot_open_it() -> None:
    """Moved from one decision to another, or read with another's key, it is nothing."""
    box = sealed(subject(1, KEY), "d-1", b"personal", nonce=NONCE)

    for of, decision_id in ((subject(1, KEY), "d-2"), (subject(2, OTHER_KEY), "d-1")):
        with pytest.raises(HomeError) as caught:
            unsealed(of, decision_id, box)
        assert caught.value.code == "home.damaged"


def test_a_box_cut_short_is_noticed() -> None:
    """So is one that lost its end."""
    with pytest.raises(HomeError):
        unsealed(subject(1, KEY), "d-1", b"short")


def test_commitments_need_the_key() -> None:
    """Without the key nobody can test a guess, so who deletes the key has erased the customer."""
    assert subject(1, KEY).sub != subject(1, OTHER_KEY).sub
    assert personal_commitment(KEY, "d-1", b"x") != personal_commitment(OTHER_KEY, "d-1", b"x")
    assert who(KEY, "c-7") != who(OTHER_KEY, "c-7")
    assert len({decision_id_from_line(key, contract="care", line=b"{}", ordinal=1) for key in (KEY, OTHER_KEY)}) == 2


parts = st.tuples(st.sampled_from(["", "a", "ab", "b"]), st.sampled_from([b"", b"a", b"ab", b"b"]), st.integers(1, 3))


@given(parts, parts)
def test_different_lines_have_different_ids(first: tuple[str, bytes, int], second: tuple[str, bytes, int]) -> None:
    """No two decisions are taken for one another because their parts run together."""
    ids = [decision_id_from_line(KEY, contract=contract, line=line, ordinal=ordinal) for contract, line, ordinal in (first, second)]

    assert (ids[0] == ids[1]) == (first == second)


@pytest.mark.parametrize("decision_id", ["", "x" * 201, "a\nb", "\x00", "\ud800"])
def test_an_id_that_cannot_be_shown_is_refused(decision_id: str) -> None:
    """An id is written on receipts and read out on the phone."""
    with pytest.raises(LineError):
        fit_decision_id(decision_id)
