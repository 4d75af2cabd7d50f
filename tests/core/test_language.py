"""Which of the contract's languages serves a customer (RFC 4647, lookup)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ourword.core.language import accepted, matched, spoken

CODES = st.from_regex(r"[a-z]{2}(-[A-Z]{2})?", fullmatch=True)
SEVERAL = st.lists(CODES, min_size=1, max_size=5, unique=True).map(tuple)


@given(declared=SEVERAL, wanted=st.text(max_size=40) | CODES, door=st.text(max_size=10))
def test_whatever_is_asked_for_one_declared_language_is_spoken(declared, wanted, door):
    assert spoken(declared, wanted, door) in declared


@given(declared=SEVERAL, which=st.integers(0, 4))
def test_a_declared_language_is_spoken_as_asked(declared, which):
    wanted = declared[which % len(declared)]

    assert wanted == matched(wanted, declared)


@given(declared=SEVERAL, wanted=CODES)
def test_nobody_is_served_in_another_tongue(declared, wanted):
    found = matched(wanted, declared)

    assert (found == "") == (wanted[:2] not in {each[:2] for each in declared})
    assert found == "" or found[:2] == wanted[:2]


@given(st.text(max_size=200))
def test_any_header_is_read(header):
    assert all(each not in ("", "*") for each in accepted(header))


def test_a_header_is_read_by_weight_and_a_zero_is_a_no():
    assert ("fr-CH", "fr", "de") == accepted("fr-CH, en;q=0, de;q=0.7, fr;q=0.9, *;q=0.5")


def test_the_order_of_the_contract_does_not_matter_where_the_region_is_there():
    assert ["de-CH", "de-AT"] == [matched(each, ("de-AT", "de-CH")) for each in ("de-CH", "de")]
