"""The solver's reading of a condition is the gate's: the same value, the same gaps, the same facts to blame, for every customer."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.cel.texts import CONDITIONS, NAMES, PARTLY_KNOWN, ints, moneys, unknown
from tests.tries import tries

from ourword.cel.check import check
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.smt import SAYABLE, Facts, Speech, variable
from ourword.cel.smt_terms import Term
from ourword.cel.types import BOOL, Type
from ourword.cel.unknown import Unknown

z3 = pytest.importorskip("z3")

STATED = frozenset(("opened", "reason", "word", "n", "xs"))
"""What only the customer can state, here."""
BLAME = {name: (name in STATED, name not in STATED) for name in NAMES}
KNOWN: dict[str, object] = {
    **dict.fromkeys(("opened", "confirmed"), False), **dict.fromkeys(("n", "m", "amount", "total", "age"), 0),
    "x": 0.0, "word": "", "reason": "damaged", "xs": [], "items": [],
}  # fmt: skip
SAID = {name: type_ for name, type_ in NAMES.items() if type_.name in SAYABLE}


def open_facts() -> Facts:
    """Facts of which nothing is fixed: known or not, and any value."""
    terms = {name: Term(z3.Bool(f"known {name}"), variable(type_, name), *BLAME[name]) for name, type_ in SAID.items()}
    return Facts(terms, BLAME)


def fixed(term: Term, type_: Type, value: object, speech: Speech) -> list[Any]:
    """What the solver is told, so that a term has this value."""
    if isinstance(value, Unknown):
        return [_is(term.known, False), _is(term.stated, bool(value.facts & STATED)), _is(term.outside, bool(value.facts - STATED))]
    given = speech.constant(type_, value).value
    if type_.name == "money":
        return [_is(term.known, True), term.value[0] * given[1] == given[0] * term.value[1]]
    return [_is(term.known, True), _is(term.value, given)]


def _is(term: Any, value: Any) -> Any:
    return term == value if not isinstance(term, bool) else z3.BoolVal(term is value or term == value)


def said_by_the_solver(text: str, facts: dict[str, object], want: Type | None = None) -> list[object]:
    """What the solver says of a condition for one customer: its value, or the blame of its unknown."""
    speech = Speech()
    checked = check(parse(text), NAMES, want=want)
    solver = z3.Solver()
    opened = open_facts()
    term = speech.term(checked, opened)
    for name, type_ in SAID.items():
        solver.add(*fixed(opened.terms[name], type_, facts[name], speech))
    for atom in speech.atoms.values():
        solver.add(*fixed(atom.term, atom.type, exact(atom.checked)(facts), speech))
    assert solver.check() == z3.sat
    model = solver.model()

    def valued(part: Any) -> object:
        if isinstance(part, tuple):
            return Fraction(valued(part[0])) / valued(part[1])  # type: ignore[arg-type, operator]
        value = part if isinstance(part, bool | int) else model.eval(part, model_completion=True)
        return value if isinstance(value, bool | int) else z3.is_true(value) if z3.is_bool(value) else value.as_long()

    return [valued(term.value)] if valued(term.known) else ["unknown", valued(term.stated), valued(term.outside)]


def said_by_the_gate(text: str, facts: dict[str, object], want: Type | None = None) -> list[object]:
    value = exact(check(parse(text), NAMES, want=want))(facts)
    return ["unknown", bool(value.facts & STATED), bool(value.facts - STATED)] if isinstance(value, Unknown) else [value]


def readable(facts: dict[str, object]) -> dict[str, object]:
    """The gate takes no NaN for a number, and JSON has no infinity."""
    return {**facts, "x": facts["x"] if isinstance(facts["x"], Unknown) or math.isfinite(facts["x"]) else unknown("x")}  # type: ignore[arg-type]


@given(CONDITIONS, PARTLY_KNOWN)
@example("n < xs[1 + 9223372036854775807]", {**KNOWN, "n": unknown("n")})
@example("n < xs[0 / 0]", KNOWN)
@settings(max_examples=tries(300), deadline=None)
def test_the_solver_reads_a_condition_as_the_gate_does(text: str, facts: dict[str, object]) -> None:
    """A proof about another language than the one that decides would prove nothing for any customer."""
    facts = readable(facts)

    assert said_by_the_solver(text, facts, BOOL) == said_by_the_gate(text, facts, BOOL)


@given(st.one_of(ints(3), moneys(3)), PARTLY_KNOWN)
@example("n * xs[0 / 0]", {**KNOWN, "n": unknown("n")})
@settings(max_examples=tries(300), deadline=None)
def test_the_solver_counts_as_the_gate_does(text: str, facts: dict[str, object]) -> None:
    """To the cent, and with the same overflows: an amendment is worked out by both."""
    facts = readable(facts)

    assert said_by_the_solver(text, facts) == said_by_the_gate(text, facts)


NOTHING_KNOWN: dict[str, object] = {name: unknown(name) for name in NAMES}


@pytest.mark.parametrize(
    ("text", "facts", "value"),
    [
        ("n / m", {"n": -7, "m": 2}, -3),
        ("n / m", {"n": 7, "m": -2}, -3),
        ("n % m", {"n": -7, "m": 2}, -1),
        ("n % m", {"n": 7, "m": -2}, 1),
        ("amount / 3 * 3 == amount", {"amount": 100}, True),
        ("amount / 3 > eur(33)", {"amount": 9901}, True),
        ("false && n / m == 1", {"n": 1, "m": 0}, False),
        ("known(n) ? n : 5", {}, 5),
        ('reason in ["damaged", "wrong_item"]', {"reason": "damaged"}, True),
        ("cel.bind(k, n + 1, k * k)", {"n": 2}, 9),
        ("sum([amount, total]) > eur(1)", {"amount": 51, "total": 50}, True),
        ("size([n, m]) + 1", {"n": 1, "m": 1}, 3),
    ],
)
def test_numbers_are_worked_out_as_cel_has_it(text: str, facts: dict[str, object], value: object) -> None:
    """Division goes towards zero, a third of a cent is kept, what is false stays false beside an error."""
    assert [value] == said_by_the_solver(text, {**NOTHING_KNOWN, **facts})


@pytest.mark.parametrize("text", ["n + 1", "n * 2", "n / m", "n % m", "-m", "days(n)", "amount + amount", "amount / m"])
def test_what_overflows_or_divides_by_zero_is_unknown(text: str) -> None:
    """An error is an unknown here too: it allows nothing."""
    lowest = {**NOTHING_KNOWN, "n": 2**63 - 1, "m": 0 if "/" in text or "%" in text else -(2**63), "amount": 2**63 - 1}

    assert said_by_the_solver(text, lowest)[0] == "unknown"


def test_what_has_no_words_is_an_atom_that_is_the_same_for_the_same_text() -> None:
    """A list of items cannot be said; but `all are there` and `not all are there` still contradict each other."""
    speech = Speech()
    facts = open_facts()
    names = {"items": NAMES["items"]}
    one = speech.term(check(parse("items.all(i, i.available)"), names), facts)
    other = speech.term(check(parse("!items.all(i,   i.available)"), names), facts)
    solver = z3.Solver()
    solver.add(one.known, one.value, other.value)

    assert solver.check() == z3.unsat
