"""Laws of bends: who answers as written bends nothing, the parts make the whole, and a drafted clause does what is said of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.gate.small import FACTS, NOON, answer_to, clause, gate_of
from tests.gate.test_laws import clause_lists, facts_with_gaps
from tests.tries import tries

from ourword.bends.condition import LEAST, Nothing, told_apart
from ourword.bends.condition import Case as Answered
from ourword.bends.counted import Case, by_clause, months, most
from ourword.bends.drafted import draft_change
from ourword.bends.joined import both
from ourword.bends.taken import Taken
from ourword.cel import types as t
from ourword.cel.check import check
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.unknown import Unknown
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.gate.bent import weigh
from ourword.gate.code import Gate

SLOWLY = settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
AT = instant_from_datetime(NOON) or 0


def case(gate: Gate, facts: dict[str, Any], answer: str, *, customer: str = "c-1", because: str = "I looked.", days: int = 0) -> Case:
    proposal = Proposal(kind="refund", customer=customer, decision_id=customer, by="person", answer=Answer(answer), because=because)
    at = AT + days * 86_400 * 10**9
    taken = Taken(decision_id=customer, contract="small", digest="", at=at, proposal=proposal, facts=facts)
    return Case(taken, weigh(gate, proposal, facts, at))


@SLOWLY
@given(clause_lists(), facts_with_gaps)
def test_what_the_contract_itself_would_have_decided_is_never_a_bend(made, facts):
    """A person who gives the very answer that automation would have given has departed from nothing."""
    gate = gate_of(made[0])
    alone = answer_to(gate, facts)
    assume(alone.answer is not Answer.ESCALATE)

    assert case(gate, facts, alone.answer.value).weighed.stands in ("as written", "theirs")


@SLOWLY
@given(clause_lists(), facts_with_gaps, st.sampled_from(["autonomous", "propose", "human"]))
def test_what_automation_alone_would_have_answered_is_what_the_gate_answers_it(made, facts, rights):
    """Rights and boundaries hold for it too: where people decide a kind, automation refuses nobody."""
    gate = gate_of(made[0], rights=rights)

    assert case(gate, facts, "allow").weighed.alone is answer_to(gate, facts, customer="c-1").answer


@SLOWLY
@given(clause_lists(), facts_with_gaps, st.sampled_from(["allow", "amend", "ask", "refuse"]))
def test_what_is_counted_as_a_bend_is_what_the_gate_records_as_one(made, facts, answer):
    """Replayed under the contract of its time, a decision departs from what is written exactly where the gate said so when it was taken."""
    gate = gate_of(made[0])
    recorded = [signal for signal in answer_to(gate, facts, by="person", answer=answer, because="I looked.").signals if signal.signal == "bend"]
    weighed = case(gate, facts, answer).weighed
    departed = [(weighed.clause, weighed.written.value)] if weighed.stands in ("granted", "withheld") and weighed.written else []

    assert [(signal.id, signal.written) for signal in recorded] == departed


@SLOWLY
@given(clause_lists(), st.lists(st.tuples(facts_with_gaps, st.sampled_from(["allow", "amend", "ask", "refuse"]), st.integers(0, 70)), max_size=12))
def test_clauses_and_months_add_up_to_all_bends(made, decided):
    gate = gate_of(made[0])
    cases = [case(gate, facts, answer, customer=f"c-{n}", days=days) for n, (facts, answer, days) in enumerate(decided)]
    found, monthly = by_clause(cases), months(cases, {"small": "Europe/Berlin"})
    stands = Counter(each.weighed.stands for each in cases)

    for way in ("granted", "withheld"):
        assert sum(each.n for each in found if each.way == way) == stands[way] == sum(getattr(each, way) for each in monthly)
        assert (
            sum(each.share for each in found if each.way == way) == 1
            or not stands[way]
            or abs(sum(e.share for e in found if e.way == way) - 1) < 1e-9
        )
    assert sum(each.decided for each in monthly) == len(cases)
    assert all(sum(count for _, count in each.reasons) + each.other_reasons + each.without_reason == each.n for each in found)


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60))
def test_the_clauses_that_make_most_are_the_fewest_that_do(bent):
    gate = gate_of([clause(name, f'reason == "damaged" && count == {n}', "refuse") for n, name in enumerate("abcdef")])
    cases = [case(gate, {"reason": "damaged", "count": "abcdef".index(name)}, "allow", customer=f"c-{n}") for n, name in enumerate(bent)]
    found = most(by_clause(cases))
    counts = sorted(Counter(bent).values(), reverse=True)

    assert found is not None
    assert found[1] == sum(counts[: found[0]]) / len(bent) >= 0.8
    assert sum(counts[: found[0] - 1]) / len(bent) < 0.8


# ---- the drafted clause ----------------------------------------------------------------------------------------------

LATE = clause("late", "age > days(30) || vip", "refuse", contest="30 days")


def lived(seed: int, cut: int, gate: Gate, *, noise: float = 0.06, n: int = 260) -> list[Case]:
    """People bend `late` up to *cut* days, but for some *noise*; some customers are not late at all."""
    chance = Random(seed)
    cases = []
    for number in range(n):
        days = chance.randint(20, 70)
        allow = days <= 30 or (days <= cut) is (chance.random() > noise)
        facts = {"age": timedelta(days=days), "amount": chance.randint(1, 900), "vip": False, "opened": chance.random() < 0.2}
        cases.append(case(gate, facts, "allow" if allow else "refuse", customer=f"c-{number}"))
    return cases


@settings(max_examples=tries(12), deadline=None)
@given(st.integers(0, 10**6), st.integers(40, 60))
def test_the_drafted_clause_turns_exactly_what_was_counted_to_allow(seed, cut):
    """The text is read as a person would paste it, checked as any contract is, and decided by the gate: no number is taken from the draft."""
    other = clause("opened", "opened && amount > eur(5)", "refuse")
    fine = clause("fine", "age <= days(30)", "allow")
    gate = gate_of([LATE, other, fine], requires=["age"])
    cases = lived(seed, cut, gate)
    (bent,) = [each for each in by_clause(cases) if each.about.clause == "late"]
    alone = [
        case(gate, {"age": timedelta(days=days), "amount": 300, "vip": False, "opened": False}, "allow", customer=f"a-{days}")
        for days in range(31, 80)
    ]
    drafted = draft_change(gate, bent, cases, alone)
    pasted = YAML(typ="safe", pure=True).load(drafted.text)
    changed = gate_of([*pasted, other, fine], requires=["age"])

    def allowed(some: list[Case], stands: str) -> int:
        theirs = [each for each in some if each.weighed.clause == "late" and each.weighed.stands == stands]
        return sum(answer_to(changed, each.taken.facts).answer is Answer.ALLOW for each in theirs)

    assert drafted.covered is not None
    assert (drafted.covered.bends, drafted.covered.kept) == (allowed(cases, "granted"), allowed(cases, "as written"))
    assert drafted.covered.alone == allowed(alone, "granted")


@settings(max_examples=tries(12), deadline=None)
@given(st.integers(0, 10**6), st.integers(40, 60))
def test_where_people_keep_to_a_limit_the_drafted_one_lies_within_it(seed, cut):
    """Nobody whom people would refuse is let in; how close it comes is a matter of who was there, and the fact is the right one."""
    gate = gate_of([LATE], requires=["age"])
    cases = lived(seed, cut, gate, noise=0)
    (bent,) = [each for each in by_clause(cases) if each.about.clause == "late"]
    drafted = draft_change(gate, bent, cases, [])

    assert drafted.covered is not None
    assert drafted.covered.kept == 0
    assert drafted.told.when.startswith("age <= days(")
    assert int(drafted.told.when.removeprefix("age <= days(").removesuffix(")")) <= cut


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.integers(40, 60), st.booleans())
def test_the_drafted_clauses_pass_check_in_a_contract_of_two_languages(seed, cut, alike):
    """Pasted as they are: one text for both languages is an error there."""
    said = {"en": "Late.", "de": "Late." if alike else "Zu spät."}
    facts = {name: {**fact, "say": {"en": name, "de": name}} for name, fact in FACTS.items()}
    facts["reason"]["values"] = {each: {"en": each, "de": each} for each in ("damaged", "late", "changed_mind")}
    spoken: dict[str, Any] = {"requires": ["age"], "facts": facts, "languages": ["en", "de"]}
    gate = gate_of([{**LATE, "say": said}], **spoken)
    cases = lived(seed, cut, gate)
    drafted = draft_change(gate, by_clause(cases)[0], cases, [])
    pasted = YAML(typ="safe", pure=True).load(drafted.text)

    assert len(gate_of(pasted, **spoken).kinds["refund"].clauses) == 2


limits = st.builds("{} {} {}".format, st.sampled_from(["count", "other"]), st.sampled_from([">", ">=", "<", "<=", "=="]), st.integers(-3, 9))


@given(st.lists(limits, min_size=1, max_size=4), limits, st.booleans(), st.dictionaries(st.sampled_from(["count", "other"]), st.integers(-5, 11)))
def test_two_conditions_as_one_hold_where_both_do(some, other, guarded, given_):
    """Whatever was left out of them, and whatever is not known."""
    name = other.split(" ")[0]
    other = f"!known({name}) || {other}" if guarded else other
    names = {"count": t.INT, "other": t.INT}
    values = {each: given_.get(each, Unknown(frozenset((each,)), "absent")) for each in names}

    def read(text):
        found = exact(check(parse(text), names, want=t.BOOL))(values)
        return found if isinstance(found, bool) else "unknown"

    assert read(both(" && ".join(some), other)) == read(f"{' && '.join(some)} && ({other})")


def test_a_limit_is_not_written_twice():
    assert both("days_late > 3", "!known(days_late) || days_late > 7") == "days_late > 7"


@settings(max_examples=tries(25), deadline=None)
@given(st.integers(0, 10**6))
def test_where_chance_alone_bends_nearly_nothing_is_drafted(seed):
    """Nineteen in twenty times nothing passes the half held back; what passes all the same says how little it tells."""
    chance = Random(seed)
    kind = gate_of([LATE]).kinds["refund"]
    found = 0
    for _ in range(20):
        cases = [
            Answered(
                f"c-{n}",
                {"age": chance.randint(31, 70) * 86_400 * 10**9, "amount": chance.randint(1, 900), "count": chance.randint(0, 9)},
                chance.random() < 0.5,
            )
            for n in range(120)
        ]
        found += not isinstance(told_apart(cases, list(kind.facts.values()), required=()), Nothing)

    assert found <= 4


def test_too_few_say_nothing():
    gate = gate_of([LATE], requires=["age"])
    cases = lived(1, 45, gate, n=30)
    (bent,) = by_clause(cases)

    assert str(LEAST) in draft_change(gate, bent, cases, []).why_not


def test_what_may_never_be_told_is_no_condition():
    """A clause that reads it would betray it: who is frail is not drafted into a rule, however well it tells people apart."""
    kind = gate_of([LATE]).kinds["refund"]
    cases = [Answered(f"c-{n}", {"frail": n % 2 == 0}, n % 2 == 0) for n in range(200)]

    assert isinstance(told_apart(cases, list(kind.facts.values()), required=()), Nothing)
    seen = [msgspec.structs.replace(each, values={"vip": each.values["frail"]}) for each in cases]
    assert told_apart(seen, list(kind.facts.values()), required=()).when == "known(vip) && vip"


def test_amounts_are_what_is_granted_beyond_what_is_written():
    eighty = clause("eighty", "opened", {"amend": {"amount": "amount * 80 / 100"}})
    gate = gate_of([clause("no", "vip", "refuse"), eighty], requires=["amount"], facts=FACTS)
    whole = case(gate, {"amount": 1000, "vip": True, "opened": False}, "allow").weighed
    part = case(gate, {"amount": 1000, "vip": False, "opened": True}, "allow").weighed
    less = case(gate, {"amount": 1000, "vip": False, "opened": True}, "refuse").weighed

    assert [(each.stands, each.amount.minor) for each in (whole, part, less)] == [("granted", 1000), ("granted", 200), ("withheld", 800)]
