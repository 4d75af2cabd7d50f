"""What is signed of the way to a person is kept by something, or said to be words only."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.test_table import TODAY
from tests.gate.small import FACTS, answer_to, clause, contract_text, wiring_text

from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.core.answer import Answer
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.proving.found import Found
from ourword.proving.prove import prove

HEARD = {**FACTS, "asked_human": {"type": "bool", "from": "conversation.asked_human"}}
ASKED = clause("asked", "asked_human", "escalate")
LATE = clause("late", "vip", "refuse", contest="30 days")
REST = clause("rest", "!vip", "allow")


def gate(clauses: list[dict[str, Any]], *, facts: dict[str, Any] = HEARD, within: str = "15 minutes", **more: Any) -> Gate:
    joined = {"id": "joins", "when": 'answer == "escalate"', "say": "A person answers.", "kept_by": "human.joined", "within": within}
    text = contract_text(clauses, promises=[joined] if within else None, **more)
    return compile_gate(sound(read(text, wiring_text(facts)), today=TODAY))


def person(of: Gate) -> list[Found]:
    return [each for each in prove(of, seconds=300) if isinstance(each, Found) and each.code == "prove.unkept"]


def test_who_is_heard_to_ask_and_is_handed_over_finds_nothing_amiss() -> None:
    assert person(gate([ASKED, LATE, REST])) == []


@pytest.mark.parametrize(
    ("clauses", "what"),
    [
        ([LATE, REST], "`asked_human` is not read here"),
        ([clause("asked", "asked_human && vip", "escalate"), LATE, REST], "`asked_human` does not lead to one"),
    ],
)
def test_who_asks_and_is_decided_by_automation_is_shown(clauses: list[dict[str, Any]], what: str) -> None:
    """Her prose said that who wants a person reaches one, and the clause was gone."""
    of = gate(clauses)
    (found,) = person(of)
    (met,) = found.customers

    assert (found.level, what in found.what) == ("warning", True)
    assert met.facts.get("asked_human", True) is True
    assert answer_to(of, met.facts).answer is not Answer.ESCALATE


def test_what_the_law_makes_final_is_no_flaw() -> None:
    final = clause("law", "vip", "refuse", final=True, basis="a law", owner="mara")

    assert person(gate([ASKED, final, REST])) == []


def test_where_nobody_can_be_heard_to_ask_it_is_words_only() -> None:
    (found,) = person(gate([LATE, REST], facts=FACTS))

    assert (found.level, found.what.startswith("words only: that who wants a person reaches one.")) == ("note", True)


def test_where_a_person_decides_everything_nobody_need_ask() -> None:
    assert person(gate([LATE, REST], facts=FACTS, rights="propose")) == []


@pytest.mark.parametrize(("within", "kept"), [("", False), ("1 hour", False), ("15 minutes", True), ("5 minutes", True)])
def test_a_waiting_time_that_no_promise_holds_anybody_to_is_words_only(within: str, kept: bool) -> None:
    found = [each for each in person(gate([ASKED, LATE, REST], within=within)) if "within 15 minutes" in each.what]

    assert [each.level for each in found] == ([] if kept else ["note"])
