"""Choices beside what happens: no data is never a choice kept, and a limit is held only against figures of its kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.gate.small import FACTS, clause, contract_text, wiring_text

from ourword.app import Ourword
from ourword.bends.counted import About, Bent, Way
from ourword.choices.carried import WORDS_ONLY
from ourword.choices.holding import Held
from ourword.choices.report import Choices, Chosen
from ourword.choices.shown import better_never_shown, on_the_table
from ourword.choices.standing import (
    FEW,
    Standing,
    consistency_or_discretion,
    efficiency_or_trust,
    revenue_or_advocacy,
    speed_or_fairness,
    undecided,
)
from ourword.contract.model import Amount, Choice, Open
from ourword.core.span import Span
from ourword.errors import LineError
from ourword.http.pages.contract import sentence
from ourword.http.server import make
from ourword.outcomes.bill import Bill, Line
from ourword.outcomes.intervals import Share, wilson

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIMITS: list[Any] = [Span(4, "hour"), Span(2, "working day"), 0.1, Amount(minor=40, currency="EUR", per="contact"), "much"]


def choice(name: str, chosen: str, **limits: Any) -> Choice:
    return Choice(name=name, choose=chosen, limits=limits, place="contract.yaml:1:1")


@pytest.mark.parametrize("limit", LIMITS)
def test_without_data_no_choice_is_called_kept(limit: Any) -> None:
    """Nothing was seen: that is no proof of anything, whatever the contract says."""
    for limits in ({"give_up": limit}, {"at_most": limit}, {"rate": 1.0}, {}):
        found = [
            speed_or_fairness(choice("speed_or_fairness", "fairness", **limits), None),
            speed_or_fairness(choice("speed_or_fairness", "fairness", **limits), Held()),
            consistency_or_discretion(choice("consistency_or_discretion", "discretion", **limits), [], ()),
            revenue_or_advocacy(choice("revenue_or_advocacy", "advocacy", **limits), on_the_table([])),
            efficiency_or_trust(choice("efficiency_or_trust", "trust", **limits), None, 0),
        ]

        assert {each.stands for each in found} == {"not measured"}
        assert all("no data" in each.happens[0] for each in found)


@pytest.mark.parametrize("limit", LIMITS[1:])
def test_a_limit_of_another_kind_is_held_against_nothing(limit: Any) -> None:
    held = Held(n=2, answered=2, median=1, longest=2, longer=Share(2, 0.0, 0.0, 0.6))

    assert speed_or_fairness(choice("speed_or_fairness", "fairness", give_up=limit), held).stands == "not measured"


@given(
    st.lists(st.integers(0, 3).flatmap(lambda y: st.tuples(st.just(y), st.integers(max(1, y), 4))), min_size=1, max_size=60), st.floats(0.01, 0.99)
)
def test_discretion_is_kept_only_where_the_whole_interval_says_so(counts: list[tuple[int, int]], limit: float) -> None:
    plain = sum(y for y, _ in counts) / sum(n for _, n in counts)
    stands = consistency_or_discretion(choice("consistency_or_discretion", "discretion", at_most=limit), counts, ()).stands

    assert stands in (("too few to say",) if sum(n for _, n in counts) < FEW else ("met", "missed", "not proved yet"))
    assert not (stands == "met" and plain > limit)
    assert not (stands == "missed" and plain <= limit)


ALIKE = "By no clause are like customers decided unlike, as far as people decided: "
UNLIKE = "Like customers are decided unlike most by "


def bent(clause: str, n: int, kept: int, *, way: Way = "granted", customers: int = 1) -> Bent:
    none: dict[str, Any] = {"handed_over": 0, "acted": 0, "amounts": (), "without_amount": 0, "reasons": (), "other_reasons": 0, "without_reason": 0}
    return Bent(about=About("care", "dates", clause), way=way, written="refuse", n=n, customers=customers, kept=kept, share=1.0, **none)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=5))
def test_customers_are_called_unlike_only_where_a_clause_was_both_kept_to_and_departed_from(found: list[tuple[int, int]]) -> None:
    """2 to 0 is one way for all; the clause that is named is the one nearest to half and half, said again in whole numbers."""
    some = [bent(f"c-{number}", n, kept) for number, (n, kept) in enumerate(found)]
    where = consistency_or_discretion(choice("consistency_or_discretion", "discretion", at_most=0.1), [(1, 2)], some).happens[1]
    named = found[int(where.split("`dates/c-")[1].split("`")[0])]

    assert where.startswith("Like customers are decided unlike") is any(kept for _, kept in found)
    assert all(min(named) * (n + kept) >= min(n, kept) * sum(named) for n, kept in found)


@pytest.mark.parametrize(
    ("some", "where"),
    [
        (
            [bent("full", 2, 0)],
            f"{ALIKE}`dates/full` was granted 2 times to 1 customer and never kept to",
        ),
        (
            [bent("full", 9, 0), bent("few", 1, 2)],
            f"{UNLIKE}`dates/few`: granted once to 1 customer, kept to 2 times",
        ),
        (
            [bent("full", 3, 0, customers=2), bent("full", 1, 0, way="withheld")],
            f"{UNLIKE}`dates/full`: granted 3 times to 2 customers and withheld once from 1 customer, kept to 0 times",
        ),
    ],
)
def test_where_like_customers_are_decided_unlike_is_said_as_it_is(some: list[Bent], where: str) -> None:
    found = consistency_or_discretion(choice("consistency_or_discretion", "discretion", at_most=0.1), [(1, 2)], some)

    assert found.happens[1] == f"{where} (`ourword bends`)."


BILL = Bill(rule="own", currency="EUR", lines=(), low=None, high=None, price=None, is_own_price=False, back=None, unsaid=())


@pytest.mark.parametrize(("low", "high", "stands"), [(30, 40, "met"), (41, 60, "missed"), (30, 50, "not proved yet")])
def test_what_lost_trust_costs_is_held_against_what_is_given_up_for_it(low: int, high: int, stands: str) -> None:
    lines = (
        Line(id="came_back", low=-high * 100, high=-low * 100, count=3, assumption=""),
        Line(id="saving", low=900, high=900, count=9, assumption=""),
    )
    bill = Bill(**{**{name: getattr(BILL, name) for name in Bill.__struct_fields__}, "lines": lines})
    given_up = Amount(minor=40, currency="EUR", per="contact")

    assert efficiency_or_trust(choice("efficiency_or_trust", "trust", give_up=given_up), bill, 100).stands == stands
    foreign = efficiency_or_trust(choice("efficiency_or_trust", "trust", give_up=Amount(minor=40, currency="USD", per="contact")), bill, 100)
    assert (foreign.stands, "another currency" in foreign.happens[1]) == ("not measured", True)


@given(st.integers(1, FEW + 20), st.floats(0, 1))
def test_what_befell_a_few_is_no_choice_kept_or_broken(n: int, part: float) -> None:
    """“2 of 4 choices are not what happens” rested on two decisions, and did not say so."""
    late = round(n * part)
    held = Held(n=n, answered=n, median=1, longest=2, longer=Share(n, late / n, *wilson(late / n, n)))
    found = speed_or_fairness(choice("speed_or_fairness", "fairness", give_up=Span(4, "hour")), held)

    assert found.stands == ("too few to say" if n < FEW else "missed" if late else "met")
    assert found.counted == ("1 decision" if n == 1 else f"{n} decisions")


def test_the_page_says_by_how_many_decisions_a_choice_is_not_what_happens() -> None:
    held = Held(n=5504, answered=5504, median=1, longest=2, longer=Share(5504, 0.128, 0.12, 0.138))
    some = [speed_or_fairness(choice("speed_or_fairness", "fairness", give_up=Span(4, "hour")), each) for each in (held, Held(n=2, longer=few()))]
    found = Choices(made="", as_of=None, contracts=(Chosen(contract="care", version="1", digest="", choices=tuple(some), intent=()),))

    assert sentence(found) == "1 of 2 choices is not what happens (speed or fairness, by 5,504 decisions); of 1 too little has happened to say."


def few() -> Share:
    return Share(2, 0.5, *wilson(0.5, 2))


def test_an_open_choice_is_overdue_the_day_after_its_date() -> None:
    owed = Choice(name="speed_or_fairness", open=Open(by="mara", until=date(2026, 11, 23)), place="contract.yaml:1:1")

    assert [undecided(owed, date(2026, 11, day)).stands for day in (23, 24)] == ["open", "overdue"]


# ---- options ---------------------------------------------------------------------------------------------------------

values = st.integers(0, 5)
options = st.lists(st.tuples(st.booleans(), values), max_size=6)


@given(options)
def test_a_better_one_was_hidden_where_the_best_of_all_is_better_than_the_best_that_was_shown(table: list[tuple[bool, int]]) -> None:
    """Said without the code's own parts: showing everything would have offered the customer more."""
    seen = [value for shown, value in table if shown]
    worth = max(seen, default=-1) < max((value for _, value in table), default=-1)
    found = better_never_shown([{"shown": shown, "customer_value": f"{value}.00 EUR"} for shown, value in table])

    assert found is (None if not table else worth)


@given(options.filter(len), st.sampled_from([{"shown": False}, {"customer_value": "9.00 EUR"}, {"shown": False, "customer_value": "9.00 USD"}]))
def test_what_is_not_known_of_one_option_makes_the_decision_unknown(table: list[tuple[bool, int]], unknown: dict[str, Any]) -> None:
    known = [{"shown": shown, "customer_value": f"{value}.00 EUR"} for shown, value in table]
    found = on_the_table([("c-1", [*known, unknown]), ("c-2", known)])

    assert (found.decisions, found.unknown, found.never_shown.n) == (2, 1, 1)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("repair", "options"),
        ([{"id": ""}], "options[0]"),
        ([{"id": "a", "margin": 4}], "options[0].margin"),
        ([{"id": "a", "customer_value": "4 euros"}], "options[0].customer_value"),
        ([{"id": "a", "shown": "yes"}], "options[0].shown"),
        ([{"id": "a", "price": "4.00 EUR"}], "options[0]"),
        ([{"id": "a"}, {"id": "a"}], "options"),
        ([{"id": "a", "chosen": True}, {"id": "b", "chosen": True}], "options"),
        ([{"id": f"o{n}"} for n in range(101)], "options"),
    ],
)
def test_bad_options_are_one_clear_error(home: Callable[..., Ourword], given: Any, place: str) -> None:
    with home() as word, pytest.raises(LineError) as error:
        word.decide({**REFUND, "options": given})

    assert (error.value.code, error.value.place) == ("line.options", f"line: {place}")


# ---- a home ----------------------------------------------------------------------------------------------------------

REFUND = {"kind": "refund", "customer": "c-1", "contact": "k-1", "facts": {"amount": "20.00 EUR", "opened": False}, "time": "2026-11-23T10:00:00Z"}
CHOICES = {
    "speed_or_fairness": {"choose": "fairness", "give_up": "4 hours"},
    "consistency_or_discretion": {"choose": "discretion", "at_most": "10%"},
    "revenue_or_advocacy": {"choose": "advocacy", "rate": 1.0},
    "efficiency_or_trust": {"open": {"by": "mara", "until": "2026-11-01"}},
}
INTENT = [
    {"say": "Nothing opened comes back.", "carried_by": ["decisions.refund.clauses", "choices.efficiency_or_trust"]},
    {"say": "We never pay twice.", "carried_by": ["decisions.refund.never"]},
    {"say": "We love our customers."},
]


@pytest.fixture
def home(tmp_path: Path) -> Callable[..., Ourword]:
    clauses = [clause("asked", "vip", "escalate"), clause("no", "opened", "refuse"), clause("fine", "!opened", "allow")]
    never = [{"id": "twice", "say": "We never pay twice.", "when": 'answer == "allow" && count > 1'}]
    text = contract_text(clauses, never=never, requires=["amount"], relationship={"choices": CHOICES, "intent": INTENT})
    (tmp_path / "contract.yaml").write_bytes(text)
    (tmp_path / "wiring.yaml").write_bytes(wiring_text(FACTS))

    def opened(clock: datetime = NOON) -> Ourword:
        return Ourword.open(tmp_path / "contract.yaml", tmp_path / "wiring.yaml", home=tmp_path / "home", clock=lambda: clock)

    return opened


def line(number: int, hour: int, *, vip: bool = False, opened: bool = False, count: int = 0, **more: Any) -> dict[str, Any]:
    facts = {"amount": "20.00 EUR", "opened": opened, "vip": vip, "count": count}
    return {**REFUND, "decision_id": f"d-{number}", "customer": f"c-{number}", "contact": f"k-{number}", "facts": facts, "time": at(hour), **more}


def at(hour: int) -> str:
    return (datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hour)).isoformat()


def event(number: int, type_: str, hour: int, **data: Any) -> dict[str, Any]:
    common = {"specversion": "1.0", "id": f"{type_}-{number}", "source": "desk", "subject": f"customer:c-{number}"}
    return {**common, "type": type_, "time": at(hour), "data": {"contact": f"k-{number}", **data}}


def lived(word: Ourword) -> None:
    """Four are handed to a person: one is answered within an hour, one after five, one waits for nine, and of one it is too early to tell.

    People bend, act, and keep to a clause, once each.
    """
    for each in (line(1, 0, vip=True), line(2, 0, vip=True), line(3, 9, vip=True), line(4, 1, opened=True), line(7, 1, count=5)):
        word.decide(each)
    word.decide(line(5, 1, opened=True, by="person", answer="allow", because="kind"))
    word.decide(line(6, 1, opened=True, by="person", answer="refuse"))
    events = [event(n, "contact.opened", 0, actor="customer") for n in range(1, 8)]
    joined = [event(1, "human.joined", 1, actor="person"), event(2, "human.joined", 5, actor="person")]
    done = [event(4, "action.executed", 2, actor="person", decision="d-4"), event(1, "message.out", 10, actor="person")]
    word.events([*events, *joined, *done])
    word.settle()


def standing(word: Ourword, name: str) -> Standing:
    return next(each for each in word.choices().contracts[0].choices if each.name == name)


def test_a_home_is_held_against_its_choices_and_its_sentences(home: Callable[..., Ourword]) -> None:
    with home() as word:
        lived(word)
        found = word.choices().contracts[0]
    stands = {each.name: each.stands for each in found.choices}
    carried = {sentence.say: [(each.key, each.stands) for each in sentence.carriers] for sentence in found.intent}

    assert stands == {
        "speed_or_fairness": "too few to say",
        "consistency_or_discretion": "too few to say",
        "revenue_or_advocacy": "not measured",
        "efficiency_or_trust": "overdue",
    }
    assert found.choices[0].happens[0].startswith("66.7 %")
    assert "of 3 waited longer than 4 hours" in found.choices[0].happens[0]
    assert "66.7 %" in found.choices[1].happens[0]
    assert found.choices[3].by == "Mara Lind"
    assert carried == {
        "Nothing opened comes back.": [("decisions.refund.clauses", "missed"), ("choices.efficiency_or_trust", "overdue")],
        "We never pay twice.": [("decisions.refund.never", "met")],
        "We love our customers.": [],
    }


def test_it_is_known_whether_nobody_was_handed_over_or_nobody_was_heard_to_answer(home: Callable[..., Ourword]) -> None:
    with home() as word:
        word.decide(line(1, 0))
        none = standing(word, "speed_or_fairness").happens[0]
        word.decide(line(2, 0, vip=True))
        one = standing(word, "speed_or_fairness").happens[0]
        word.decide(line(3, 0, vip=True))
        two = standing(word, "speed_or_fairness").happens[0]

    assert none == "No decision was handed to a person: no data."
    assert one == "1 decision was handed to a person, and no event tells when one answered: no data."
    assert two == "2 decisions were handed to a person, and no event tells when one answered: no data."


def test_options_are_recorded_told_and_counted(home: Callable[..., Ourword]) -> None:
    table = [
        {"id": "credit", "margin": "9.00 EUR", "customer_value": "5.00 EUR", "shown": True, "chosen": True},
        {"id": "repair", "margin": "1.00 EUR", "customer_value": "30.00 EUR", "shown": False, "chosen": False},
    ]
    with home() as word:
        word.decide(line(1, 0, options=table))
        word.decide(line(2, 0))
        told = word.why("d-1")["options"]
        found = standing(word, "revenue_or_advocacy")

    assert told == table
    assert found.happens[0].startswith("In 100 % (")
    assert " of 1 decision with options" in found.happens[0]


def test_what_was_kept_is_worked_out_again_when_something_comes_or_a_day_passes(home: Callable[..., Ourword]) -> None:
    with home() as word:
        lived(word)
        first = word.choices()
        again = word.choices()
        word.decide(line(8, 20, vip=True))
        later = word.choices()
    with home(NOON + timedelta(days=1)) as word:
        tomorrow = word.choices()

    assert first == again
    assert len({first.made, later.made, tomorrow.made}) == 3


def test_the_page_shows_both_and_says_what_is_words_only(home: Callable[..., Ourword]) -> None:
    with home() as word:
        lived(word)
        html = TestClient(make(word), base_url="http://127.0.0.1:8080").get("/contract").text

    assert all(text in html for text in ("“We love our customers.”", WORDS_ONLY, ">too few to say<", ">overdue<", "Mara Lind decides", ">holds<"))
    assert 'aria-current="page">Contract<' in html


def test_a_home_without_a_contract_or_events_has_a_page_too(tmp_path: Path, home: Callable[..., Ourword]) -> None:
    with home() as word:
        assert "To be decided" not in TestClient(make(word), base_url="http://127.0.0.1:8080").get("/contract").text
    with Ourword.open_home(tmp_path / "bare") as bare:
        page = TestClient(make(bare), base_url="http://127.0.0.1:8080").get("/contract")

    assert (page.status_code, "No contract decides here yet." in page.text) == (200, True)


def test_bends_of_a_home_count_answers_and_acts(home: Callable[..., Ourword]) -> None:
    """A person who acted where automation had refused has granted it, without a reason that anybody knows."""
    with home() as word:
        lived(word)
        found = word.bends()
    (clause_,) = found.clauses

    assert (found.decided, found.granted, found.as_written, found.theirs) == (3, 2, 1, 0)
    assert (clause_.bent.about.clause, clause_.bent.n, clause_.bent.acted, clause_.bent.reasons, clause_.bent.without_reason) == (
        "no",
        2,
        1,
        (("kind", 1),),
        1,
    )
    assert clause_.bent.amounts[0].minor == 4000
