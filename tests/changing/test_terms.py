"""What binds beside the answers: each key that can be changed has its direction, and the other one when it is changed back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gate.small import FACTS, clause, contract_text, wiring_text
from tests.tries import tries

from ourword.changing.found import Change
from ourword.changing.order import Direction
from ourword.changing.terms import terms
from ourword.changing.terms_kind import kind_terms, kinds
from ourword.contract.model import Draft
from ourword.contract.read import read

REFUSE = clause("no", "vip", "refuse", contest="14 days")
PROMISE = {
    "id": "money",
    "when": 'answer == "allow"',
    "say": "Soon.",
    "kept_by": "payment.refunded",
    "within": "5 days",
    "amount": "at_least",
    "repair": {"credit": "10 EUR", "within": "5 days"},
}
WAY = {"steps": 2, "wait": "15 minutes", "desk": "care"}
TELL = {"automated": "before the first answer", "reasons": 2, "what_would_change": True}
TARGET = {"metric": "stayed_customer", "within": "180 days", "at_least": 0.5}


def draft_of(facts: dict[str, Any] | None = None, **more: Any) -> Draft:
    more = {"clauses": [REFUSE, clause("more", "!vip", {"ask": ["sure"]})], "promises": [PROMISE], **more}
    kind = more.pop("kind", {})
    text = contract_text(**more)
    if kind:
        made = json.loads(text)
        made["decisions"]["refund"] |= kind
        text = json.dumps(made).encode()
    return read(text, wiring_text(facts))


def changes(old: Draft, new: Draft) -> list[Change]:
    return [*terms(old, new), *kinds(old, new), *(each for name in old.kinds if name in new.kinds for each in kind_terms(old, new, name))]


def person(**more: Any) -> dict[str, Any]:
    return {"relationship": {"person": {**WAY, **more}}}


def tell(**more: Any) -> dict[str, Any]:
    return {"relationship": {"tell": {**TELL, **more}}}


def promise(**more: Any) -> dict[str, Any]:
    return {"promises": [{name: value for name, value in {**PROMISE, **more}.items() if value is not None}]}


def escalation(**more: Any) -> dict[str, Any]:
    return {"kind": {"escalation": {"to": "care", "carry": ["facts", "reasons"], "if_nobody": [{"after": "4 hours", "to": "mara"}], **more}}}


def target(**more: Any) -> dict[str, Any]:
    return {"kind": {"targets": [{**TARGET, **more}]}}


PLAIN: dict[str, Any] = {}
WORSE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a person is further away", PLAIN, person(steps=3)),
    ("the wait for a person", PLAIN, person(wait="1 hour")),
    ("fewer reasons are told", PLAIN, tell(reasons=1)),
    ("what would change the answer is not told any more", PLAIN, tell(what_would_change=False)),
    ("`money` is not promised any more", PLAIN, {"promises": []}),
    ("`money` may be kept later", PLAIN, promise(within="6 days")),
    ("`money` may be kept later", promise(within="1 month"), promise(within="1 year")),
    ("`money` may be kept later", PLAIN, promise(within="5 working days")),
    ("`money` may be kept later", promise(within="15 minutes", working="care"), promise(within="5 working days", working="care")),
    ("the wait for a person", PLAIN, person(wait="5 working days")),
    ("how long `no` can be contested", PLAIN, {"clauses": [{**REFUSE, "contest": "5 working days"}, clause("more", "!vip", {"ask": ["sure"]})]}),
    ("what happens if nobody answers", escalation(), escalation(if_nobody=[{"after": "2 working days", "to": "mara"}])),
    ("the repair of `money`", PLAIN, promise(repair={"credit": "10 EUR", "within": "1 month"})),
    ("`money` may be kept later", promise(within="4 hours"), promise(within="4 hours", working="care")),
    ("`money` may be kept later", promise(within="15 minutes", working="care"), promise(within="5 working days")),
    ("`money` binds its amount otherwise", PLAIN, promise(amount=None)),
    ("the repair of `money`", PLAIN, promise(repair={"credit": "9 EUR", "within": "5 days"})),
    ("the repair of `money`", PLAIN, promise(repair={"credit": "10 EUR", "within": "6 days"})),
    ("the repair of `money`", PLAIN, promise(repair=None)),
    ("how long `no` can be contested", PLAIN, {"clauses": [{**REFUSE, "contest": "7 days"}, clause("more", "!vip", {"ask": ["sure"]})]}),
    ("`more` asks the customer for more", PLAIN, {"clauses": [REFUSE, clause("more", "!vip", {"ask": ["sure", "reason"]})]}),
    ("the customer has to say more once again", escalation(), escalation(carry=["facts"])),
    ("what happens if nobody answers", escalation(), escalation(if_nobody=[{"after": "5 hours", "to": "mara"}])),
    ("what happens if nobody answers", escalation(), escalation(if_nobody=[])),
    ("the target of stayed_customer within 180 days is loosened", PLAIN, target(at_least=0.4)),
    ("the fact `count` is never told", PLAIN, {"facts": {**FACTS, "count": {**FACTS["count"], "tell": "never"}}}),
    ("the standard of fairness", {"relationship": {"fairness": {"measure": "ratio", "at_least": 0.9, "because": "ours"}}}, PLAIN),
]


@pytest.mark.parametrize(("what", "better", "worse"), WORSE, ids=[f"{at}-{each[0]}" for at, each in enumerate(WORSE)])
def test_what_is_less_for_the_customer_is_against_them_and_towards_them_when_it_is_taken_back(
    what: str, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    (there,), (back,) = changes(draft_of(**better), draft_of(**worse)), changes(draft_of(**worse), draft_of(**better))

    assert (what, Direction.AGAINST, Direction.TOWARDS) == (there.what, there.direction, back.direction)
    assert (there.was, there.now) == (back.now, back.was)
    assert there.place.rpartition(":")[0].rpartition(":")[0] in ("contract.yaml", "wiring.yaml")


OTHERWISE: list[tuple[str, dict[str, Any], Direction]] = [
    ("`money` is due by another count", promise(within="4 working days"), Direction.ARGUABLE),
    ("`money` is kept by something else", promise(kept_by="payment.sent"), Direction.ARGUABLE),
    ("`money` is said in other words", promise(say="Quickly."), Direction.ARGUABLE),
    ("the repair of `money`", promise(repair={"credit": "10 JPY", "within": "5 days"}), Direction.ARGUABLE),
    (
        "how long a refusal can be contested, if `nope` refuses whom `no` refused",
        {"clauses": [{key: value for key, value in REFUSE.items() if key != "contest"} | {"id": "nope"}, clause("more", "!vip", {"ask": ["sure"]})]},
        Direction.ARGUABLE,
    ),
    ("another desk answers", person(desk="mara"), Direction.ARGUABLE),
    ("the share of customers for whom people decide", {"relationship": {"holdout": "2%"}}, Direction.ARGUABLE),
    ("whether people decide for a share of customers", {"explore": True}, Direction.ARGUABLE),
    ("the zone in which due times are counted", {"zone": "Europe/Paris"}, Direction.ARGUABLE),
    ("`no` is said in other words", {"clauses": [{**REFUSE, "say": "No."}, clause("more", "!vip", {"ask": ["sure"]})]}, Direction.NEUTRAL),
    ("the question is said in other words", {"kind": {"question": "Shall we?"}}, Direction.NEUTRAL),
    ("the fact `count` comes from elsewhere", {"facts": {**FACTS, "count": {**FACTS["count"], "from": "order.number"}}}, Direction.ARGUABLE),
    ("the fact `more` is new", {"facts": {**FACTS, "more": {"type": "bool", "from": "order.more"}}}, Direction.NEUTRAL),
]


@pytest.mark.parametrize(("what", "changed", "way"), OTHERWISE, ids=[each[0] for each in OTHERWISE])
def test_what_can_be_argued_is_called_so_and_words_are_words(what: str, changed: dict[str, Any], way: Direction) -> None:
    (change,) = changes(draft_of(), draft_of(**changed))

    assert (what, way) == (change.what, change.direction)


FINAL = {**REFUSE, "final": True, "basis": "GwG", "owner": "mara"}


@pytest.mark.parametrize(
    ("what", "final", "changed"),
    [
        ("on what `no` rests", True, {"basis": "none"}),
        ("who alone may lift what `no` refuses", True, {"owner": "omar"}),
        ("on what `no` rests", False, {"basis": "none"}),
        ("whose `no` is", False, {"owner": "omar"}),
    ],
)
def test_on_what_a_final_refusal_stands_and_who_may_lift_it_is_arguable(what: str, final: bool, changed: dict[str, Any]) -> None:
    """Of another clause both bind nobody."""
    old, new = (draft_of(clauses=[{**FINAL, "final": final, **each}]) for each in ({}, changed))
    (change,) = changes(old, new)

    assert (what, Direction.ARGUABLE if final else Direction.NEUTRAL) == (change.what, change.direction)


def test_whoever_answers_for_a_kind_may_give_more_than_the_desk() -> None:
    (change,) = changes(draft_of(), draft_of(kind={"owner": "omar"}))

    assert ("owner", Direction.ARGUABLE) == (change.about, change.direction)


def test_what_is_said_instead_of_our_phrases_is_arguable() -> None:
    """They tell customers that a person comes, and how long they may disagree."""
    (change,) = changes(draft_of(), draft_of(phrases={"en": {"escalate": "No. Nobody will look at this."}}))

    assert (Direction.ARGUABLE, "`escalate` “No. Nobody will look at this.”") == (change.direction, change.now)


@pytest.mark.parametrize(("promised", "way"), [("You get {reason}.", Direction.ARGUABLE), ("You get it.", Direction.NEUTRAL)])
def test_what_a_value_is_called_is_arguable_where_a_promise_says_it(promised: str, way: Direction) -> None:
    """A promise of ten years of repair is hollowed out in the wiring as well as in its own words."""
    named = [{**FACTS, "reason": {**FACTS["reason"], "values": {"damaged": "broken", "late": each}}} for each in ("ten years of repair", "nothing")]
    (change,) = changes(*(draft_of(facts=each, **promise(say=promised)) for each in named))

    assert (way, "`late` “ten years of repair”", "`late` “nothing”") == (change.direction, change.was, change.now)


def test_more_in_one_thing_and_less_in_another_is_arguable() -> None:
    (change,) = changes(draft_of(), draft_of(**promise(repair={"credit": "11 EUR", "within": "6 days"})))

    assert change.direction is Direction.ARGUABLE


@settings(max_examples=tries(40), deadline=None)
@given(st.lists(st.sampled_from([each for _, *both in WORSE for each in both] + [each for _, each, _ in OTHERWISE]), min_size=1, max_size=4))
def test_every_change_turns_when_it_is_made_backwards(made: list[dict[str, Any]]) -> None:
    """And a contract beside itself has none."""
    merged: dict[str, Any] = {}
    for each in made:
        for key, value in each.items():
            merged[key] = {**merged.get(key, {}), **value} if key in ("relationship", "kind", "facts") else value
    old, new = draft_of(), draft_of(**merged)
    there, back = changes(old, new), changes(new, old)

    assert sorted((each.about, each.direction.turned) for each in there) == sorted((each.about, each.direction) for each in back)
    assert [] == changes(new, new)


def test_every_key_that_a_contract_may_have_is_compared() -> None:
    """Whoever adds one comes past here: compare it in `changing/terms.py` or `terms_kind.py`, then name it."""
    from ourword.contract import model

    compared = {
        model.Draft: "name version status since zone languages phrases keep holidays relationship people answerable incentives changes work_may "
        "hard_in_a_row trained_for exit kinds wiring unread canonical tables places",
        model.Relationship: "intent choices person tell segments fairness holdout",
        model.Telling: "automated reasons what_would_change cannot",
        model.WayToAPerson: "steps wait desk",
        model.Kind: "name question owner rights explore objective requires clauses table otherwise never monotone promises escalation targets "
        "examples place",
        model.Clause: "id say when then final basis owner contest place",
        model.Boundary: "id say when place",
        model.PromiseRule: "id when say kept_by amount within working repair place",
        model.Escalation: "to carry if_nobody",
        model.Target: "metric within bounds place",
        model.Wiring: "contract types facts segments sources",
        model.Fact: "name type source fresh_within stated_by tell signed paid_by derived history say values most place",
    }

    assert {} == {kind.__name__: kind.__struct_fields__ for kind, keys in compared.items() if list(kind.__struct_fields__) != keys.split()}
