"""Laws of matters: nobody's decision is in two of them, a contact is one, and what is not known to be one stays apart."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from ourword.bends.matters import APART, Matters, Step, objects_of

HOUR = 3600 * 10**9


def step(name: str, at: int = 0, **more: object) -> Step:
    return Step(**{"decision_id": name, "customer": "c-1", "kind": "refund", "at": at * HOUR, **more})  # type: ignore[arg-type]


def named(steps: list[Step]) -> list[list[str]]:
    return [[each.decision_id for each in matter] for matter in Matters(steps)]


words = st.sampled_from(["", "a", "b"])
steps = st.lists(
    st.tuples(
        words,
        st.sampled_from(["refund", "cancel"]),
        words,
        st.frozensets(st.sampled_from("xyz")),
        st.dictionaries(st.sampled_from("fg"), st.integers(0, 1)),
        st.sampled_from(["decided", "asked", "passed on"]),
    ),
    max_size=30,
).map(
    lambda rows: [
        step(f"d-{n}", n, customer=who, kind=kind, contact=contact, objects=objects, facts=facts, left=left)
        for n, (who, kind, contact, objects, facts, left) in enumerate(rows)
    ]
)


@given(steps, st.randoms())
def test_each_decision_is_in_one_matter_of_its_customer_and_kind_in_whatever_order_they_come(made, chance):
    found = named(made)
    whose = {each.decision_id: (each.customer, each.kind) for each in made}
    mixed = chance.sample(made, len(made))

    assert sorted(name for matter in found for name in matter) == sorted(whose)
    assert all(len({whose[name] for name in matter}) == 1 for matter in found)
    assert named(mixed) == found


@given(steps)
def test_where_each_names_its_contact_and_no_object_a_matter_is_a_contact(made):
    known = [step(each.decision_id, n, customer=each.customer, kind=each.kind, contact=each.contact or "c") for n, each in enumerate(made)]
    key = lambda each: (each.customer, each.kind, each.contact)  # noqa: E731
    expected = [[each.decision_id for each in some] for _, some in groupby(sorted(known, key=key), key)]

    assert sorted(map(sorted, named(known))) == sorted(map(sorted, expected))


@given(steps)
def test_a_decision_looked_up_later_is_in_the_matter_that_it_was_put_into_or_in_one_like_it(made):
    """What automation decided is held beside the matters of people: the contact alone must find them."""
    known = [step(each.decision_id, n, customer=each.customer, kind=each.kind, contact=each.contact or "c") for n, each in enumerate(made)]
    matters = Matters(known)

    assert all(each in list(matters)[matters.number(each)] for each in known)


@given(st.integers(2, 12), st.booleans())
def test_answers_a_week_apart_without_a_contact_are_matters_of_their_own(count, same):
    made = [step(f"d-{n}", 0, facts={"amount": 5}, left="asked") for n in range(count)]
    apart = [Step(**{**{name: getattr(each, name) for name in each.__struct_fields__}, "at": n * (APART + same)}) for n, each in enumerate(made)]

    assert len(named(apart)) == (count if same else 1)


def test_a_question_a_proposal_and_the_last_answer_are_one_matter():
    """The facts change between them: what was asked is known by then."""
    made = [
        step("asked", 0, facts={"confirmed": False}, left="asked"),
        step("desk", 5, facts={"confirmed": True}, left="passed on"),
        step("owner", 9, facts={"confirmed": True, "amount": 5}),
        step("next", 12, facts={"confirmed": True, "amount": 9}),
    ]

    assert named(made) == [["asked", "desk", "owner"], ["next"]]


def test_two_orders_in_one_contact_are_two_matters():
    one, other = objects_of([{"type": "order", "id": "o-1"}]), objects_of([{"id": "o-2", "type": "order"}])
    made = [step("a", 0, contact="k", objects=one), step("b", 1, contact="k", objects=other), step("c", 2, contact="k", objects=one)]

    assert named(made) == [["a", "c"], ["b"]]


def test_a_thousand_decisions_under_one_name_take_no_time_of_their_square():
    made = [step(f"d-{n}", 0, customer="anonymous", facts={"n": n}) for n in range(20_000)]

    assert len(named(made)) == 20_000
