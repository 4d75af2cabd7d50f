"""An assistant's transcript: what it looked up, what it proposed, what was done, and what the customer had said yes to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.contract.model import Source
from ourword.core.event import Event
from ourword.errors import ContractError
from ourword.outcomes.calls import calls_of, shown_in
from ourword.outcomes.mapper import Mapper, Skipped
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.outcomes.sayings import answer_to_solved, asks_whether_solved, claims_success, promises_something, says_yes
from ourword.outcomes.transcript import Proposed

MAPPING = """
each: messages
source: bot
contact: run
customer: {is: 'results.filter(r, r.tool == "find")[0].value'}
tools:
  acts: tool == "cancel"
  at: 2026-11-23T12:00:00Z
  known: {order: result.order_id}
  objects: [{type: order, id: {from: args.order_id}}]
  facts:
    status: {is: 'known.order[args.order_id].status'}
    confirmed: {is: yes}
rules:
  - when: role == "user"
    emit: {type: message.in, actor: customer, text: {from: content}}
  - when: role == "assistant" && content != null
    emit: {type: message.out, actor: automation, text: {from: content}}
"""
CANCEL = Source(tool="cancel", decision="cancel_order", facts={"reason": "args.reason"}, place="")


def says(role: str, words: str) -> dict[str, Any]:
    return {"role": role, "content": words}


def calls(name: str, answer: object, number: int = 1, **args: Any) -> list[dict[str, Any]]:
    """A call as OpenAI writes it, and its answer."""
    call = {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(args)}}
    result = {"role": "tool", "tool_call_id": f"call_{number}", "name": name, "content": answer if isinstance(answer, str) else json.dumps(answer)}
    return [{"role": "assistant", "content": None, "tool_calls": [call]}, result]


FOUND = calls("find", "ada_1", 1, email="ada@example.org")
LOOKED = calls("get_order", {"order_id": "#W1", "status": "pending"}, 2, order_id="#W1")
DONE = calls("cancel", {"order_id": "#W1", "status": "cancelled"}, 3, order_id="#W1", reason="mistake")
ASKED = [says("assistant", "Shall I cancel #W1, ordered by mistake?"), says("user", "Yes, please.")]


def read(*messages: dict[str, Any], mapping: str = MAPPING, decides: tuple[Source, ...] = (CANCEL,)) -> list[Event | Proposed | Skipped]:
    mapper = Mapper(mapping_from_yaml(mapping.encode()), decides=decides)
    return list(mapper.take({"run": "r-1", "messages": list(messages)}, 1))


def proposals(*messages: dict[str, Any]) -> list[Proposed]:
    return [each for each in read(*messages) if isinstance(each, Proposed)]


def of_type(found: list[Any], type_: str) -> list[Event]:
    return [each for each in found if isinstance(each, Event) and each.type == type_]


# ---- proposals -------------------------------------------------------------------------------------------------------


def test_a_call_is_a_proposal_with_what_was_known_when_it_was_made() -> None:
    """The order was pending then; that it is cancelled now was not known before."""
    (proposed,) = proposals(says("user", "Cancel #W1"), *FOUND, *LOOKED, *ASKED, *DONE)

    assert {"status": "pending", "confirmed": True, "reason": "mistake"} == proposed.facts
    assert ("cancel_order", "ada_1", "r-1", "bot/1.8.c1") == (proposed.kind, proposed.customer, proposed.contact, proposed.decision_id)
    assert [{"type": "order", "id": "#W1"}] == proposed.objects


def test_what_was_never_looked_up_is_unknown() -> None:
    """A fact that the transcript does not show is absent, and never guessed from the call itself."""
    (proposed,) = proposals(*FOUND, *ASKED, *DONE)

    assert "status" not in proposed.facts


def test_a_refused_look_up_tells_nothing() -> None:
    """An error that names an order is no order."""
    refused = calls("get_order", {"order_id": "#W1", "status": "pending", "error": "try again"}, 2, order_id="#W1")
    (proposed,) = proposals(*FOUND, *refused, *ASKED, *DONE)

    assert "status" not in proposed.facts


def test_the_same_transcript_gives_the_same_proposals() -> None:
    """A second run finds the decisions of the first."""
    messages = [*FOUND, *LOOKED, *ASKED, *DONE]

    assert read(*messages) == read(*messages)


# ---- what was done ---------------------------------------------------------------------------------------------------


def test_what_the_tool_accepted_was_done_and_what_it_refused_was_not() -> None:
    """An action counts by its result, not by its call."""
    done = read(*FOUND, *ASKED, *DONE)
    refused = read(*FOUND, *ASKED, *calls("cancel", "Error: order was shipped", 3, order_id="#W1"))

    assert ["bot/1.5.c1"] == [each.data["decision"] for each in of_type(done, "action.executed")]
    assert [] == of_type(refused, "action.executed")
    assert ["Error: order was shipped"] == [each.data["because"] for each in of_type(refused, "action.refused")]


@pytest.mark.parametrize(
    ("answer", "done"),
    [
        ("ok", True), ("", True), ({"order_id": "#W1"}, True), ({"error": None, "id": 7}, True), ("No errors were found", True),
        ("Error: no", False), ("  Traceback (most recent call last)", False), ({"error": "no"}, False), ({"success": False}, False),
        ({"status": "failed"}, False), ({"isError": True}, False),
    ],
)  # fmt: skip
def test_acceptance_is_told_from_an_error(answer: object, done: bool) -> None:
    """Whoever writes errors otherwise says so in `failed:`."""
    found = read(*FOUND, *calls("cancel", answer, 2, order_id="#W1"))

    assert done == bool(of_type(found, "action.executed"))


def test_a_call_without_a_result_did_nothing() -> None:
    """The transcript breaks off: nobody knows, and nobody says that it was done."""
    found = read(*FOUND, *ASKED, DONE[0])

    assert [] == of_type(found, "action.executed") + of_type(found, "action.refused")


def test_a_transcript_without_contract_gives_messages_and_actions() -> None:
    """What was said and done is worth having before anybody writes a contract."""
    found = read(*FOUND, *LOOKED, *ASKED, *DONE, decides=())

    assert ["message.out", "message.in", "action.executed"] == [each.type for each in found if isinstance(each, Event)]
    assert {"ada_1"} == {each.customer for each in found if isinstance(each, Event)}


def test_a_decision_that_could_not_be_recorded_is_not_named_as_if_it_were() -> None:
    """The action stays, the decision does not."""
    mapper = Mapper(mapping_from_yaml(MAPPING.encode()), decides=(CANCEL,))
    found = []
    for each in mapper.take({"run": "r-1", "messages": [*FOUND, *ASKED, *DONE]}, 1):
        if isinstance(each, Proposed):
            mapper.undecided.add(each.decision_id)
        found.append(each)

    assert [None] == [each.data.get("decision") for each in of_type(found, "action.executed")]
    assert [] == of_type(found, "decision.made")


# ---- what was confirmed ----------------------------------------------------------------------------------------------


def test_what_the_customer_said_yes_to_stands_beside_what_was_done() -> None:
    """Asked about one order, another one was cancelled: the record shows it."""
    other = calls("cancel", {"order_id": "#W2"}, 3, order_id="#W2", reason="mistake")
    found = read(*FOUND, *ASKED, *other)
    (proposed,) = [each for each in found if isinstance(each, Proposed)]
    (executed,) = of_type(found, "action.executed")

    assert {"order_id": "#W1", "reason": "mistake"} == proposed.confirmed_args
    assert {"order_id": "#W2", "reason": "mistake"} == executed.data["args"]


def test_an_argument_that_nobody_wrote_down_is_no_difference() -> None:
    """ "Your Mastercard" is not in the call, and the card's number not in the question."""
    paid = calls("cancel", {"order_id": "#W1"}, 3, order_id="#W1", card="card_7")
    found = read(*FOUND, *ASKED, *paid)
    (executed,) = of_type(found, "action.executed")

    assert ({"order_id": "#W1"}, {"card": "card_7"}) == (executed.data["args"], executed.data["unshown"])


def test_a_longer_id_shows_no_shorter_one() -> None:
    """#W12 was confirmed, #W1 was not."""
    assert ({"order": "#W12"}, ()) == shown_in({"order": "#W1"}, asked="Cancel #W12?", said="Yes")


def test_without_a_yes_nothing_was_confirmed() -> None:
    """Neither thanks nor a question back is a yes."""
    for words in ("Thanks!", "Could you confirm the price first?", "No, wait."):
        (proposed,) = proposals(*FOUND, ASKED[0], says("user", words), *DONE)

        assert proposed.confirmed_args is None
        assert not proposed.facts["confirmed"]


def test_words_said_while_acting_take_no_yes_back() -> None:
    """ "One moment, I am cancelling it" stands between the yes and the call."""
    speaking = [{**DONE[0], "content": "One moment, I am cancelling it."}, DONE[1]]
    (proposed,) = proposals(*FOUND, *ASKED, *speaking)

    assert proposed.facts["confirmed"] is True


words = st.text(alphabet="ab1#_ .", max_size=12)


@given(st.dictionaries(words.filter(bool), words | st.lists(words, max_size=2) | st.integers(), max_size=4), words, words)
def test_nothing_is_shown_that_the_words_do_not_hold(args: dict[str, Any], asked: str, said: str) -> None:
    """Each confirmed value stands in the words, letter by letter; every argument is shown or not shown, none is both."""
    shown, unshown = shown_in(args, asked=asked, said=said)

    if shown is not None:
        assert set(args) == set(shown) | set(unshown)
        assert not set(shown) & set(unshown)
        for value in shown.values():
            for leaf in value if isinstance(value, list) else [value]:
                assert str(leaf).casefold() in f"{asked}\n{said}".casefold()


# ---- shapes ----------------------------------------------------------------------------------------------------------


def test_the_shape_of_anthropic_is_read() -> None:
    """Calls and results are parts of the content there."""
    tools = mapping_from_yaml(MAPPING.replace("  acts:", "  shape: anthropic\n  acts:").encode()).tools
    assert tools is not None
    call = {"role": "assistant", "content": [{"type": "text", "text": "…"}, {"type": "tool_use", "id": "t", "name": "cancel", "input": {"a": 1}}]}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "done"}]}]}
    (found,) = calls_of([call, result], tools)

    assert ("cancel", {"a": 1}, "done", True) == (found.tool, found.args, found.result, found.done)


def test_ids_that_come_again_belong_to_the_call_before_them() -> None:
    """Some agents count their calls from 1 in every turn."""
    tools = mapping_from_yaml(MAPPING.encode()).tools
    assert tools is not None
    found = calls_of([*calls("get", "one", 1), *calls("cancel", "two", 1)], tools)

    assert [("get", "one"), ("cancel", "two")] == [(each.tool, each.result) for each in found]


keys = st.sampled_from(["role", "content", "tool_calls", "tool_call_id", "function", "name", "arguments", "id"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)


@given(anything)
def test_any_messages_give_events_or_say_why_not(messages: Any) -> None:
    """Agents write all sorts of things into their logs."""
    for each in read(*(messages if isinstance(messages, list) else [messages])):
        assert isinstance(each, Event | Proposed | Skipped)


@pytest.mark.parametrize(
    "wrong",
    ["tools: [a]", "tools: klingon", "tools: {cals: x}", "tools: {calls: .}", "tools: {at: yesterday}", "tools: {known: x}", "tools: {acts: 'a ='}"],
)
def test_a_wrong_tools_part_says_where(wrong: str) -> None:
    """With place and next step."""
    text = MAPPING[: MAPPING.index("tools:")] + wrong + "\n" + MAPPING[MAPPING.index("rules:") :]
    with pytest.raises(ContractError) as caught:
        mapping_from_yaml(text.encode())

    assert caught.value.place.startswith("mapping.yaml:6")
    assert caught.value.hint


def test_tools_need_a_list_of_messages() -> None:
    """A row has no conversation."""
    with pytest.raises(ContractError):
        mapping_from_yaml(b"rows: .\nsource: s\ncustomer: c\ntools: openai\nrules: [{emit: {type: x}}]")


def test_a_plain_word_names_a_shape() -> None:
    """`tools: openai` is all that most need."""
    tools = mapping_from_yaml((MAPPING[: MAPPING.index("tools:")] + "tools: openai\n" + MAPPING[MAPPING.index("rules:") :]).encode()).tools

    assert tools is not None
    assert ("tool_calls",) == tools.calls.parts


# ---- in so many words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "yes", "claim", "promise"),
    [
        ("Yes, that's correct. Please go ahead.", True, False, False),
        ("Yes\u2014that\u2019s right.", True, False, False),
        ("Not yet, please.", False, False, False),
        ("Thank you so much, you were very helpful!", False, False, False),
        ("Your return has been successfully processed. You will receive an email.", False, True, True),
        ("I've cancelled your order.", False, True, False),
        ("I have located your account.", False, False, False),
        ("Once your order has been delivered you can return it.", False, False, False),
        ("The refund arrives within 5 - 7 business days.", False, False, True),
        ("Shall I refund it within 5 days?", False, False, False),
    ],
)
def test_phrase_lists_find_what_is_written_in_them(said: str, yes: bool, claim: bool, promise: bool) -> None:
    """And thanks are in none of them."""
    assert (yes, claim, promise) == (says_yes(said), claims_success(said), promises_something(said))


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("Did this solve it?", True),
        ("That is arranged. Has your issue been resolved?", True),
        ("Is your matter solved now?", True),
        ("Were we able to fix the problem?", True),
        ("Did that answer your question?", False),
        ("Is there anything else?", False),
        ("Your issue is resolved.", False),
        ("What did you do to fix it?", False),
        ("Once it is solved, may I close this?", False),
    ],
)
def test_only_the_question_itself_asks_whether_it_is_solved(said: str, asks: bool) -> None:
    """To have been answered is another thing, and what is not asked is no question."""
    assert asks == asks_whether_solved(said)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Yes", "yes"),
        ("yes it did!", "yes"),
        ("It\u2019s solved now, great", "yes"),
        ("That worked, thank you", "yes"),
        ("Yes\n\nOn Mon, 9 Nov 2026 Jo wrote:\n> Did it not?", "yes"),
        ("No, it didn't", "no"),
        ("Not really", "no"),
        ("It did not.", "no"),
        ("Thanks!", "other"),
        ("ok", "other"),
        ("Perfect, thank you", "other"),
        ("No problem", "other"),
        ("No thanks", "other"),
        ("Yes, but the second one is broken", "other"),
        ("Yes please call me", "other"),
        ("Yes? I am still waiting", "other"),
        ("Yesterday it broke again", "other"),
        ("> Yes", "other"),
        ("", "other"),
    ],
)
def test_politeness_is_no_answer_to_it(said: str, answer: str) -> None:
    """A yes takes nothing back and asks for nothing; what is quoted was said before."""
    assert answer == answer_to_solved(said)


@given(st.text(max_size=200), st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=50))
def test_whatever_is_said_is_some_answer(said: str, more: str) -> None:
    """And what asks back confirms nothing."""
    assert answer_to_solved(said) in ("yes", "no", "other")
    assert "yes" != answer_to_solved(f"Yes, {more}?")
