"""What a change takes from those whom a person answers: automation's answers are as before, and it is not called words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing.test_examples import told
from tests.gate.small import answer_to, clause, gate_of

from ourword.adoption.direction import direction
from ourword.errors import LineError
from ourword.gate.code import Gate

pytest.importorskip("z3")
NOT_HARD = {"id": "not-hard", "say": "Who is a VIP is not refused.", "when": 'answer == "refuse" && vip'}
WHY = {"id": "why", "when": 'answer == "refuse"', "say": "We write why.", "kept_by": "letter.sent", "within": "3 days"}
YES = clause("yes", "amount <= eur(100)", "allow")
NO = clause("yes", "amount <= eur(100)", "refuse")


def changed(old: Gate, new: Gate) -> list[tuple[str, str, str]]:
    return [(each.about, each.direction.value, each.what) for each in told(old, new).changes]


def refused(gate: Gate, facts: dict[str, Any], because: str = "I felt so.") -> str:
    return answer_to(gate, facts, by="person", answer="refuse", because=because).answer.value


@pytest.mark.parametrize("rights", ["autonomous", "propose", "human"])
def test_a_boundary_that_held_a_persons_refusal_back_is_against_customers_if_it_goes(rights: str) -> None:
    old, new = (gate_of([YES], never=never, rights=rights) for never in ([NOT_HARD], []))
    let, held = "a person may refuse some where it went to the owner", "some whom a person might refuse go to the owner first"

    assert [("person", "against", let)] == changed(old, new)
    assert [("person", "towards", held)] == changed(new, old)
    assert ("against", "towards") == (direction(old, new), direction(new, old))
    (met,) = told(old, new).changes[0].customers
    assert ("escalate", "refuse") == (refused(old, met.facts), refused(new, met.facts))


def test_where_people_alone_decide_what_is_written_for_them_is_what_changes() -> None:
    """They may depart from it, and only with a reason."""
    old, new = (gate_of([each], rights="human") for each in (YES, NO))
    what = "what is written for a person who answers is {}, for some"

    assert [("person", "against", what.format("less"))] == changed(old, new)
    assert [("person", "towards", what.format("more"))] == changed(new, old)
    (met,) = told(old, new).changes[0].customers
    assert "refuse" == refused(new, met.facts, because="")
    with pytest.raises(LineError, match="a person answered refuse where `yes` says allow"):
        refused(old, met.facts, because="")


def test_a_smaller_share_that_people_give_is_against_them() -> None:
    """Who amends without figures of their own gives what is written; where it is proposed to them, too."""
    half, most = (clause("part", "opened", {"amend": {"amount": f"amount * {share} / 100"}}) for share in (50, 80))
    for rights, way in (("human", "against"), ("propose", "unknown")):  # what is proposed otherwise is arguable
        assert way == direction(gate_of([most], rights=rights), gate_of([half], rights=rights))


def test_a_promise_made_on_a_persons_answer_is_compared_like_one_made_on_automations() -> None:
    old, new = (gate_of([YES], promises=[{**WHY, "when": when}]) for when in ('answer == "refuse"', 'answer == "refuse" && count > 1000000'))

    assert [("promise", "against", "`why` is not promised any more to some whom a person answers as before")] == changed(old, new)
    assert "against" == direction(old, new)
    assert "towards" == direction(new, old)


def test_more_for_those_whom_automation_answers_is_still_towards_customers() -> None:
    """Nobody needs a second signature for a higher limit because people could be asked as well."""
    old, new = (
        gate_of([clause("asked", "sure", "escalate"), clause("yes", f"amount <= eur({most})", "allow")], never=[NOT_HARD], promises=[WHY])
        for most in (100, 200)
    )

    assert "towards" == direction(old, new)
    assert "against" == direction(new, old)
