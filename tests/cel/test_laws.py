"""What holds for every condition, whatever its text and its facts."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cel.texts import CONDITIONS, KNOWN, NAMES, PARTLY_KNOWN, VALUES
from tests.cel.trees import TREES
from tests.tries import tries

from ourword.cel.check import check
from ourword.cel.expr import shape
from ourword.cel.parse import parse
from ourword.cel.python import Constants, exact, source
from ourword.cel.quote import quoted
from ourword.cel.types import BOOL, STRING, list_of, map_of
from ourword.cel.unknown import Unknown
from ourword.cel.unparse import unparse
from ourword.errors import ConditionError

SLOTS = {name: f"f{number}" for number, name in enumerate(NAMES)}
RAISED = object()


def fast(text: str, facts: dict[str, object]) -> object:
    """What the fast path gives, or `RAISED`."""
    constants = Constants()
    written = source(check(parse(text), NAMES, want=BOOL), SLOTS, constants)
    made: dict[str, Any] = {**constants.namespace(), "__builtins__": {}}
    exec(f"def run({', '.join(SLOTS.values())}):\n    return {written}", made)
    try:
        return made["run"](*(facts[name] for name in SLOTS))
    except Exception:
        return RAISED


def exactly(text: str, facts: dict[str, object]) -> object:
    """What the exact evaluator gives."""
    return exact(check(parse(text), NAMES, want=BOOL))(facts)


@given(TREES)
def test_a_condition_printed_and_read_again_says_the_same(tree: Any) -> None:
    """What `fmt` writes and `show --prose` prints is what was signed."""
    assert shape(parse(unparse(tree))) == shape(tree)


@given(TREES)
def test_a_condition_has_one_canonical_text(tree: Any) -> None:
    """Formatting twice changes nothing."""
    text = unparse(tree)

    assert unparse(parse(text)) == text


@given(CONDITIONS, KNOWN)
@settings(max_examples=tries(200))
def test_the_fast_path_gives_what_the_exact_one_gives(text: str, facts: dict[str, object]) -> None:
    """Being fast never changes what a customer is told: where the fast path answers, the exact one gives the same."""
    result = fast(text, facts)

    assert result is RAISED or result is exactly(text, facts)


@given(CONDITIONS, PARTLY_KNOWN, st.data())
@settings(max_examples=tries(200))
def test_what_is_certain_without_a_fact_stays_so_with_it(text: str, facts: dict[str, object], data: st.DataObject) -> None:
    """An answer given before a fact arrived is not taken back when it does."""
    before = exactly(text, facts)
    completed = {name: data.draw(VALUES[name]) if isinstance(value, Unknown) else value for name, value in facts.items()}

    assert isinstance(before, Unknown) or before is exactly(text, completed)


@given(CONDITIONS, PARTLY_KNOWN)
def test_an_unknown_blames_facts_that_the_condition_reads(text: str, facts: dict[str, object]) -> None:
    """Whoever is asked for a missing fact is asked for one that matters."""
    checked = check(parse(text), NAMES)
    result = exact(checked)(facts)

    assert not isinstance(result, Unknown) or (result.facts <= checked.reads and result.why)


@given(st.text() | st.text(alphabet="ab01.()[]{}?:&|!=<>+-*/%,'\"\\ \nrin", max_size=40))
@settings(max_examples=tries(300))
def test_any_text_is_a_condition_or_one_error_with_place_and_hint(text: str) -> None:
    """Whatever stands in a contract, its reader hears where it goes wrong and what to do."""
    try:
        said: object = parse(text, place="contract.yaml:3:7")
    except ConditionError as error:
        said = error.place.startswith("contract.yaml:") and error.hint

    assert said


@given(st.text(max_size=20), st.text(max_size=20))
def test_hostile_text_never_stands_in_generated_source(word: str, other: str) -> None:
    """A customer's or a contract's words are values, never code."""
    text = f"s == {quoted(word)} || s in [{quoted(other)}, {quoted(word)}] || s.startsWith({quoted(word)}) || m[{quoted(other)}] in l"
    checked = check(parse(text), {"s": STRING, "m": map_of(STRING, STRING), "l": list_of(STRING)})
    written = source(checked, {"s": "f0", "m": "f1", "l": "f2"}, Constants())

    assert re.sub(r"\b[cf]\d+\b", "_", written) == "(_ == _) or (_ in _) or (_.startswith(_)) or (_(_, _) in _)"
