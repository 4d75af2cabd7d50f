"""Which contract was in force when, read off the signatures: never two of a name, never before all have signed, whatever the order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.ledger.adoption import FOREVER, Adoption, adoptions, in_force, last_adopted, spans
from ourword.ledger.entry import ContractSigned, entry_bytes, instant_text
from ourword.ledger.store import Entry

DAY = 86_400 * 10**9
PEOPLE = ("mara", "omar", "ines")


def signed(
    contract: str, digest: str, by: str, at: int, *, needs: Sequence[str] = ("mara",), effective: int | None = None, again: bool = False
) -> ContractSigned:
    return ContractSigned(
        time=instant_text(at),
        contract=contract,
        version=digest,
        digest=digest,
        by=by,
        needs=tuple(needs),
        direction="first",
        effective=msgspec.UNSET if effective is None else instant_text(effective),
        again=again or msgspec.UNSET,
    )


def fold(entries: Sequence[ContractSigned]) -> list[Adoption]:
    return adoptions(Entry(seq, entry_bytes(each)) for seq, each in enumerate(entries, 1))


DIGESTS = {"d-1": ("mara",), "d-2": ("mara", "omar"), "d-3": ("omar", "ines"), "d-4": ()}
"""Whose signatures each version needs; the last one anybody's."""

times = st.integers(0, 20).map(lambda days: days * DAY)
signatures = st.builds(
    lambda contract, digest, by, at, effective, again: signed(contract, digest, by, at, needs=DIGESTS[digest], effective=effective, again=again),
    st.sampled_from(("care", "prices")),
    st.sampled_from(tuple(DIGESTS)),
    st.sampled_from(PEOPLE),
    times,
    st.none() | times,
    st.booleans(),
)
histories = st.lists(signatures, max_size=12)


# ---- laws ---------------------------------------------------------------------------------------------------------------


@given(histories)
def test_at_any_instant_at_most_one_contract_of_a_name_is_in_force(entries: list[ContractSigned]) -> None:
    """Else nobody could say by which one a customer was answered. Every day, and the moment before it, for days beyond any signature."""
    known = fold(entries)

    for at in range(-1, 25):
        for moment in (at * DAY - 1, at * DAY):
            for name in ("care", "prices"):
                assert sum(each.contract == name and each.in_force(moment) for each in known) <= 1


@given(histories)
def test_nothing_is_in_force_without_all_signatures_or_before_the_last(entries: list[ContractSigned]) -> None:
    """By a second reading: of everything in force, each person needed has an entry of that digest, at or before the day on which it began."""
    for each in fold(entries):
        if each.begins is not None:
            there = {of.by for of in entries if (of.contract, of.digest) == (each.contract, each.digest) and of.again is not True}

            assert set(DIGESTS[each.digest]) <= there
            assert each.signed
            assert all(of.at <= each.begins for of in each.signed[: len(each.needs)])
            assert each.effective is None or each.effective <= each.begins


@given(histories)
def test_what_was_in_force_once_stays_so_for_that_time(entries: list[ContractSigned]) -> None:
    """No later signature changes the past: what a day was told of, once it was over, it is told of for ever."""
    before, clock = fold(entries[:-1]), max((_at(each) for each in entries[:-1]), default=0)
    after = fold(entries)

    for name in ("care", "prices"):
        for at in range(clock // DAY):
            was, held = in_force(before, name, at * DAY), in_force(after, name, at * DAY)
            assert (None if was is None else was.digest) == (None if held is None else held.digest)


@given(st.permutations(PEOPLE), st.none() | times)
def test_in_whatever_order_they_sign_the_same_is_adopted(order: list[str], effective: int | None) -> None:
    known = fold([signed("care", "d-1", by, at * DAY, needs=PEOPLE, effective=effective) for at, by in enumerate(order)])
    (one,) = known

    assert (set(PEOPLE), "adopted", max(2 * DAY, effective or 0), None, ()) == (set(one.signers), one.standing, one.begins, one.ends, one.waits_for)


@given(histories)
def test_every_version_stands_in_one_way_and_a_retry_changes_none(entries: list[ContractSigned]) -> None:
    """Whoever signs twice what waits has signed once."""
    known = fold(entries)

    for each in known:
        assert (each.standing == "waits") is bool(each.waits_for)
        assert each.begins is None or each.standing == "adopted"
        assert len(set(each.signers)) == len(each.signers)
    if entries and known and any(each.standing == "waits" and each.signed and each.signed[-1].seq == len(entries) for each in known):
        assert [msgspec.structs.replace(each, signed=()) for each in known] == [
            msgspec.structs.replace(each, signed=()) for each in fold([*entries, entries[-1]])
        ]


@given(histories)
def test_times_in_force_lie_end_to_end(entries: list[ContractSigned]) -> None:
    """Once a contract is in force, one always is: no customer falls between two versions."""
    known = fold(entries)
    for name in ("care", "prices"):
        of = sorted((begins, ends) for each in known if each.contract == name for _, begins, ends in spans([each]))

        assert all(first[1] == then[0] for first, then in pairwise(of))
        assert not of or of[-1][1] == FOREVER
        assert (last_adopted(known, name) is not None) is bool(of)


def _at(entry: ContractSigned) -> int:
    return int(entry.time[8:10]) * DAY - DAY  # all of them lie in January 1970


# ---- examples -----------------------------------------------------------------------------------------------------------


def test_what_waits_lapses_when_another_version_is_adopted() -> None:
    """Mara signed a change of the first version; by the time omar reads it, there is a second one, of which he would know nothing."""
    both = ("mara", "omar")
    known = fold(
        [signed("care", "d-2", "mara", 0, needs=both), signed("care", "d-1", "mara", DAY), signed("care", "d-2", "omar", 2 * DAY, needs=both)]
    )

    assert [("d-2", "lapsed"), ("d-1", "adopted"), ("d-2", "waits")] == [(each.digest, each.standing) for each in known]


def test_a_later_day_begins_on_that_day_and_the_version_before_ends_there() -> None:
    first, second = fold([signed("care", "d-1", "mara", 0), signed("care", "d-4", "mara", DAY, needs=(), effective=5 * DAY)])

    assert ((0, 5 * DAY), (5 * DAY, None)) == ((first.begins, first.ends), (second.begins, second.ends))


def test_what_would_have_begun_later_is_overtaken_by_what_is_adopted_after_it() -> None:
    """The second was to begin on the fifth day; on the second day they signed another, for the third."""
    entries = [
        signed("care", "d-1", "mara", 0),
        signed("care", "d-4", "mara", DAY, needs=(), effective=5 * DAY),
        signed("care", "d-3", "omar", 2 * DAY, needs=(), effective=3 * DAY),
    ]
    first, second, third = fold(entries)

    assert [(0, 3 * DAY), (None, None), (3 * DAY, None)] == [(each.begins, each.ends) for each in (first, second, third)]


def test_the_day_that_passes_while_one_waits_for_a_signature_is_not_signed_for() -> None:
    (late,) = fold([signed("care", "d-1", by, at, needs=("mara", "omar"), effective=DAY) for by, at in (("mara", 0), ("omar", 9 * DAY))])

    assert 9 * DAY == late.begins


def test_a_clock_that_was_set_back_changes_no_past() -> None:
    first, second = fold([signed("care", "d-1", "mara", 9 * DAY), signed("care", "d-4", "omar", DAY, needs=())])

    assert (9 * DAY, None) == (second.begins, first.begins)


@pytest.mark.parametrize(("every", "days"), [("weekly", 7), ("monthly", 31), ("quarterly", 92), ("yearly", 366)])
def test_a_review_is_due_after_the_longest_such_time_and_reading_again_moves_it(every: str, days: int) -> None:
    (one,) = fold([signed("care", "d-1", "mara", 0)])
    (read,) = fold([signed("care", "d-1", "mara", 0), signed("care", "d-1", "mara", 40 * DAY, again=True)])

    assert (days * DAY, (40 + days) * DAY, None) == (one.review_due(every), read.review_due(every), one.review_due(""))


def test_all_orders_of_two_versions_that_two_sign_end_in_one_in_force() -> None:
    for order in permutations([("d-1", "mara"), ("d-1", "omar"), ("d-3", "mara"), ("d-3", "omar")]):
        known = fold([signed("care", digest, by, at * DAY, needs=("mara", "omar")) for at, (digest, by) in enumerate(order)])
        adopted = [each.digest for each in known if each.standing == "adopted"]

        assert 1 <= len(adopted) <= 2
        assert 1 == sum(each.in_force(9 * DAY) for each in known)
