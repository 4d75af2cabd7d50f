"""Clauses as a decision table: those that have the form of one, as CSV that reads as the same clauses."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ourword.cel.check import Checked
from ourword.cel.expr import AND, IN, NOT, OR, Call, Expr, ListOf, Name, walk
from ourword.cel.python import exact
from ourword.cel.unknown import Unknown
from ourword.contract.model import Clause, Contract, Fact, Kind
from ourword.contract.table import OWN_COLUMNS
from ourword.contract.unary import ORDERED, WORDS, Misread, Span, UnaryTest, read_cell
from ourword.contract.unary_text import cell

_FLIPPED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_", "_!=_": "_!=_"}
Tests = dict[str, UnaryTest]


class Printed(msgspec.Struct, frozen=True):
    """A kind's clauses as a table, and those that have no such form, each with why."""

    csv: str
    others: tuple[tuple[str, str], ...]


def printed(contract: Contract, kind: Kind) -> Printed:
    """Write those clauses of a kind as a table that are one row each."""
    facts = contract.draft.wiring.facts
    rows: list[tuple[Clause, Tests]] = []
    others = []
    for clause in kind.clauses:
        tests = _tests(contract.checked[clause.when], facts, contract.draft.zone)
        named = sorted(OWN_COLUMNS & (tests or {}).keys())
        if named:
            others.append((clause.id, f"a table has a column `{named[0]}` of its own, and the fact is called so too"))
        elif tests is None:
            others.append((clause.id, "its condition is no test of one fact after the other"))
        else:
            rows.append((clause, tests))
    return Printed(_csv(rows, contract), tuple(others))


def _csv(rows: list[tuple[Clause, Tests]], contract: Contract) -> str:
    draft = contract.draft
    facts = list(dict.fromkeys(name for _, tests in rows for name in tests))
    amended = list(dict.fromkeys(name for clause, _ in rows for name, _ in clause.then.amend))
    says = [f"say.{lang}" for lang in draft.languages] if any(len(set(clause.say.values())) > 1 for clause, _ in rows) else ["say"]
    asks = ["ask"] if any(clause.then.ask for clause, _ in rows) else []
    more = [name for name in ("final", "basis", "owner", "contest") if any(getattr(clause, name) for clause, _ in rows)]
    lines = [["id", *facts, "answer", *asks, *(f"amend.{name}" for name in amended), *says, *more]]
    for clause, tests in rows:
        changes = dict(clause.then.amend)
        lines.append(
            [
                clause.id,
                *(cell(tests.get(name, UnaryTest()), draft.wiring.facts[name].type) for name in facts),
                clause.then.answer.value,
                *([" ".join(clause.then.ask)] if asks else []),
                *(changes[name].text if name in changes else "" for name in amended),
                *(clause.say[name.removeprefix("say.")] if name != "say" else next(iter(clause.say.values())) for name in says),
                *(_value(getattr(clause, name)) for name in more),
            ]
        )
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value) if value else ""


def _quoted(text: str) -> str:
    bare = text == text.strip() and not any(sign in text for sign in '",;\n\r') and text
    return text if bare or not text else '"' + text.replace('"', '""') + '"'


# ---- from a condition to tests -------------------------------------------------------------------------------------


class _Other(Exception):
    """The condition has no such form."""


def _tests(checked: Checked, facts: Mapping[str, Fact], zone: str) -> Tests | None:
    """What a condition asks of each fact, one after the other; `None` where it asks otherwise."""
    try:
        tests: Tests = {}
        for part in _flat(checked.expr, AND):
            name, test = _test(checked, part, facts)
            tests[name] = _both(tests[name], test) if name in tests else test
        for name, test in tests.items():  # whatever is printed reads as the same
            fact = facts[name]
            if read_cell(cell(test, fact.type), fact.type, zone=zone, signed=fact.signed) != test:
                return None
    except (_Other, Misread):
        return {} if _is_true(checked) else None
    return tests


def _is_true(checked: Checked) -> bool:
    return not checked.reads and exact(checked)({}) is True


def _flat(expr: Expr, function: str) -> list[Expr]:
    if isinstance(expr, Call) and expr.function == function:
        return [part for arg in expr.args for part in _flat(arg, function)]
    return [expr]


def _both(one: UnaryTest, other: UnaryTest) -> UnaryTest:
    """Two halves of an interval."""
    if one.negated or other.negated or len(one.spans) != 1 or len(other.spans) != 1:
        raise _Other
    low, high = (one.spans[0], other.spans[0]) if one.spans[0].high is None else (other.spans[0], one.spans[0])
    if low.high is not None or high.low is not None:
        raise _Other
    return UnaryTest((Span(low.low, high.high, low.low_in, high.high_in),))


def _test(checked: Checked, expr: Expr, facts: Mapping[str, Fact]) -> tuple[str, UnaryTest]:
    if isinstance(expr, Name) and _testable(expr.name, facts):
        return expr.name, UnaryTest((Span(True, True),))
    if not isinstance(expr, Call):
        raise _Other
    if expr.function == NOT:
        inner = expr.args[0]
        together = isinstance(inner, Call) and inner.function in (AND, OR)
        name, test = _either(checked, inner, facts) if together else _test(checked, inner, facts)
        if test.negated:
            raise _Other
        if facts[name].type.name == "bool" and len(test.spans) == 1:
            return name, UnaryTest((Span(not test.spans[0].low, not test.spans[0].low),))
        return name, UnaryTest(test.spans, True)
    if expr.function == OR:
        return _either(checked, expr, facts)
    if expr.function == IN and isinstance(expr.args[1], ListOf) and isinstance(expr.args[0], Name):
        values = [_constant(checked, item) for item in expr.args[1].items]
        return _named(expr.args[0].name, facts), UnaryTest(tuple(Span(value, value) for value in values))
    return _compared(checked, expr, facts)


def _either(checked: Checked, expr: Expr, facts: Mapping[str, Fact]) -> tuple[str, UnaryTest]:
    """One of several spans of one fact; a span may have two ends."""
    spans: list[Span] = []
    names = set()
    for part in _flat(expr, OR):
        inner: UnaryTest | None = None
        for half in _flat(part, AND):
            name, test = _test(checked, half, facts)
            names.add(name)
            inner = test if inner is None else _both(inner, test)
        if inner is None or inner.negated or len(names) != 1:
            raise _Other
        spans += inner.spans
    return names.pop(), UnaryTest(tuple(spans))


def _compared(checked: Checked, expr: Call, facts: Mapping[str, Fact]) -> tuple[str, UnaryTest]:
    if expr.function not in _FLIPPED or len(expr.args) != 2:
        raise _Other
    left, right = expr.args
    function, name, other = (expr.function, left, right) if isinstance(left, Name) else (_FLIPPED[expr.function], right, left)
    if not isinstance(name, Name):
        raise _Other
    value = _constant(checked, other)
    spans = {
        "_<_": Span(None, value, True, False),
        "_<=_": Span(None, value),
        "_>_": Span(value, None, False, True),
        "_>=_": Span(value, None),
    }
    if function in spans and facts[_named(name.name, facts)].type.name not in ORDERED:
        raise _Other
    return _named(name.name, facts), UnaryTest((spans.get(function, Span(value, value)),), function == "_!=_")


def _constant(checked: Checked, expr: Expr) -> object:
    if any(isinstance(node, Name) for node in walk(expr)):
        raise _Other
    value = exact(msgspec.structs.replace(checked, expr=expr, type=checked.types[expr.id], reads=frozenset()))({})
    if type(value) is Unknown:
        raise _Other
    return value


def _named(name: str, facts: Mapping[str, Fact]) -> str:
    if not _testable(name, facts):
        raise _Other
    return name


def _testable(name: str, facts: Mapping[str, Fact]) -> bool:
    return name in facts and facts[name].type.name in ORDERED | WORDS
