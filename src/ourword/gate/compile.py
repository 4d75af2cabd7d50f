"""Compile a checked contract to a gate: for each kind one generated Python function for the common path, and the exact one.

The generated function reads and types the facts, evaluates every clause into a bit mask, and is used while every fact it
reads is known. Its source holds no text of the user's: names and literals are generated identifiers, bound to the values
themselves. Where a fact is unknown, or anything raises, the exact three-valued reading decides instead; a law in the
tests holds the two together.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping, Sequence
from typing import Any

import msgspec

from ourword.cel.check import Checked
from ourword.cel.python import Constants, exact, source
from ourword.cel.unknown import Unknown
from ourword.contract.cost import FACT_ITEMS, Sizes, cost
from ourword.contract.model import ITEMS_MAX, Condition, Contract, Fact, Kind, PromiseRule
from ourword.core.answer import Answer, rank
from ourword.core.calendar import Calendar, DeskHours, desk_hours_from_text, public_holidays
from ourword.errors import ContractError
from ourword.gate.code import UNTYPED, BoundaryCode, ClauseCode, Fast, Gate, KindGate, Partly, PromiseCode, Typed
from ourword.gate.facts import ABSENT, inline_check, read_fact
from ourword.gate.judge import settling
from ourword.gate.thresholds import mirrored, thresholds


def compile_gate(contract: Contract) -> Gate:
    """Compile every kind of a checked contract; raise `ContractError` for a key that would change an answer and has no reader yet."""
    draft = contract.draft
    for unread in draft.unread:
        if unread.changes_answer:
            raise ContractError(
                "contract.not-read-yet",
                f"`{unread.key}` would change an answer, and nothing reads it yet",
                place=unread.place,
                hint="take the key out, or wait for a version of Ourword that reads it",
            )
    if draft.status == "retired":
        raise ContractError(
            "contract.retired", "a retired contract decides nothing", place="contract.yaml:1:1", hint="set `status:` or open its successor"
        )
    kinds = {name: _compile_kind(contract, kind) for name, kind in draft.kinds.items()}
    return Gate(contract, kinds, Calendar(draft.zone, public_holidays(draft.holidays)))


# ---- one kind ------------------------------------------------------------------------------------------------------


def _compile_kind(contract: Contract, kind: Kind) -> KindGate:
    draft = contract.draft
    declared = _bounded(kind, draft.wiring.facts, contract.checked)
    exprs = contract.checked
    conditions = [clause.when for clause in kind.clauses]
    others = (
        [boundary.when for boundary in kind.never]
        + [rule.when for rule in kind.promises]
        + [value for clause in kind.clauses for _, value in clause.then.amend]
    )
    amended = {name for clause in kind.clauses for name, _ in clause.then.amend}
    asked = {name for clause in kind.clauses for name in clause.then.ask}
    texts = {name for rule in kind.promises for text in rule.say.values() for name in declared if f"{{{name}}}" in text}
    direct = set(kind.requires) | amended | asked | texts
    for condition in (*conditions, *others):
        direct |= exprs[condition].reads & declared.keys()
    order = _derived_order(declared, exprs)
    below = {name: _outside(name, declared, exprs) for name in declared}
    needed = set(direct)
    for name in direct:
        needed |= _all_below(name, declared, exprs)
    hours = {person.id: desk_hours_from_text(person.hours) for person in draft.people if person.hours}
    facts = {name: fact for name, fact in declared.items() if name in needed and fact.derived is None}
    derived = tuple((name, exact(exprs[_condition(declared[name])])) for name in order if name in needed)
    answers = tuple(clause.then.answer.value for clause in kind.clauses)
    masks = {answer.value: sum(1 << i for i, each in enumerate(answers) if each == answer.value) for answer in Answer}
    masks["final"] = sum(1 << i for i, clause in enumerate(kind.clauses) if clause.final)
    generated = _Generated(kind, declared, exprs, order, masks)
    stated = frozenset(name for name, fact in declared.items() if fact.stated_by == "customer")
    never_told = frozenset(name for name in declared if any(declared[each].tell == "never" for each in {name, *_all_below(name, declared, exprs)}))
    open_ = {name: exprs[_condition(declared[name])] for name in order if name not in never_told}
    return KindGate(
        kind=kind,
        facts=facts,
        derived=derived,
        clauses=tuple(
            ClauseCode(
                clause,
                exact(exprs[clause.when]),
                tuple((declared[name], exact(exprs[value])) for name, value in clause.then.amend),
            )
            for clause in kind.clauses
        ),
        boundaries=tuple(BoundaryCode(boundary, exact(exprs[boundary.when])) for boundary in kind.never),
        promises=tuple(_promise(rule, exprs[rule.when], hours.get(rule.working)) for rule in kind.promises),
        answers=answers,
        masks=masks,
        customer_stated=frozenset(name for name in declared if below[name] and below[name] <= stated),
        never_told=never_told,
        mask=generated.function("mask", boundaries=False),
        fast=generated.function("fast", boundaries=True),
        typed=generated.typed(facts),
        partly=generated.partly(),
        python=generated.text("mask", boundaries=False),
        below=below,
        thresholds=thresholds(
            [exprs[each] for each in (*conditions, *(boundary.when for boundary in kind.never))],
            frozenset(facts),
            open_,
            [(name, exprs[value]) for clause in kind.clauses for name, value in clause.then.amend],
        ),
        mirrored=mirrored({name: open_[name] for name, _ in derived if name in open_}),
        timeless=not kind.explore and all(_timeless(fact) for fact in facts.values()),
        settle=settling(masks),
        outcomes={},
        memo={},
    )


# Steps of one decision's conditions, by the upper estimate of `cost`: at the worst a few seconds of Python.
STEPS_MAX = 20_000_000
_ITEMS = (ITEMS_MAX, 3_000, 1_000, 300, 100, FACT_ITEMS)


def _bounded(kind: Kind, declared: Mapping[str, Fact], exprs: Mapping[Condition, Checked]) -> dict[str, Fact]:
    """The facts, their lists holding at most so many items that this kind's conditions stay quick over all of them.

    What holds more counts as unknown: a line of a megabyte must neither hold up the decisions of others nor allow anything.
    """
    conditions = [clause.when for clause in kind.clauses] + [value for clause in kind.clauses for _, value in clause.then.amend]
    conditions += [boundary.when for boundary in kind.never] + [rule.when for rule in kind.promises]
    read = {name for each in conditions for name in exprs[each].reads if name in declared}
    needed = {*read, *(below for name in read for below in _all_below(name, declared, exprs))}
    derived = [name for name in _derived_order(declared, exprs) if name in needed]
    most = next((items for items in _ITEMS if _steps(conditions, derived, declared, exprs, items) <= STEPS_MAX), FACT_ITEMS)
    return {name: msgspec.structs.replace(fact, most=most) for name, fact in declared.items()}


def _steps(conditions: list[Condition], derived: list[str], declared: Mapping[str, Fact], exprs: Mapping[Condition, Checked], items: int) -> int:
    names: dict[str, int] = {}
    steps = 0
    for name in derived:
        checked = exprs[_condition(declared[name])]
        work = cost(checked.expr, Sizes(names, checked.types, items))
        names[name] = work.size
        steps += work.steps
    return steps + sum(cost(exprs[each].expr, Sizes(names, exprs[each].types, items)).steps for each in conditions)


def _timeless(fact: Fact) -> bool:
    return fact.fresh_within is None and not any(name in str(fact.type) for name in ("duration", "list", "map", "dyn")) and fact.type.name != "record"


def _promise(rule: PromiseRule, checked: Checked, hours: DeskHours | None) -> PromiseCode:
    holds = exact(checked)
    alone = checked.reads <= {"answer"}
    return PromiseCode(rule, holds, hours, frozenset(each.value for each in Answer if holds({"answer": each.value}) is True) if alone else None)


def _condition(fact: Fact) -> Condition:
    assert fact.derived is not None
    return fact.derived


def _all_below(name: str, declared: Mapping[str, Fact], exprs: Mapping[Condition, Checked]) -> set[str]:
    """Every declared fact that *name* is derived from, however far down."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        derived = declared[todo.pop()].derived
        for read in exprs[derived].reads if derived is not None else ():
            if read in declared and read not in seen:
                seen.add(read)
                todo.append(read)
    return seen


def _outside(name: str, declared: Mapping[str, Fact], exprs: Mapping[Condition, Checked]) -> frozenset[str]:
    return frozenset(each for each in {name, *_all_below(name, declared, exprs)} if declared[each].derived is None)


def _derived_order(declared: Mapping[str, Fact], exprs: Mapping[Condition, Checked]) -> tuple[str, ...]:
    derived = [name for name, fact in declared.items() if fact.derived is not None]
    depth = {name: _all_below(name, declared, exprs) for name in derived}
    # What a fact is derived from has strictly fewer facts below it: `check` has refused cycles.
    return tuple(sorted(derived, key=lambda name: len(depth[name])))


# ---- the generated function ----------------------------------------------------------------------------------------


class _Generated:
    """Writes one kind's Python: our own text, in which every name and literal of the user's is a bound identifier."""

    def __init__(
        self, kind: Kind, declared: Mapping[str, Fact], exprs: Mapping[Condition, Checked], order: tuple[str, ...], masks: dict[str, int]
    ) -> None:
        self.kind, self.declared, self.exprs, self.order, self.masks = kind, declared, exprs, order, masks
        self.constants = Constants()
        self.bound: dict[str, Any] = {"Unknown": Unknown, "read_fact": read_fact, "ABSENT": ABSENT}

    def function(self, name: str, *, boundaries: bool) -> Fast:
        made: Fast = self._made(name, self.text(name, boundaries=boundaries))
        return made

    def typed(self, facts: Mapping[str, Fact]) -> Typed:
        made: Typed = self._made("typed", self._typed_text(facts))
        return made

    def partly(self) -> Partly:
        made: Partly = self._made("partly", self._partly_text())
        return made

    def text(self, name: str, *, boundaries: bool) -> str:
        conditions = [clause.when for clause in self.kind.clauses] + [rule.when for rule in self.kind.never if boundaries]
        slots = self._slots(conditions)
        outside = [(self.declared[name], slot) for name, slot in slots.items() if self.declared[name].derived is None]
        lines = [f"def {name}(given, now):", *self._taking(outside), *(line for fact, slot in outside for line in self._checking(fact, slot))]
        lines += [f"    {slots[fact]} = {self._source(_condition(self.declared[fact]), slots)}" for fact in self.order if fact in slots]
        lines.append("    mask = 0")
        for index, clause in enumerate(self.kind.clauses):
            lines += [f"    if {self._source(clause.when, slots)}:", f"        mask |= {1 << index}"]
        if boundaries and self.kind.never:
            lines.append(f"    answer = {self._answered()}")
            for boundary in self.kind.never:
                lines += [f"    if {self._source(boundary.when, {**slots, 'answer': 'answer'})}:", f"        return {UNTYPED}"]
        return "\n".join([*lines, "    return mask", ""])

    def _typed_text(self, facts: Mapping[str, Fact]) -> str:
        """Every fact typed or unknown; what already fits its type is not looked at twice."""
        slots = self._numbered(facts)
        lines = ["def typed(given, now):", "    get = given.get"]
        for name, slot in slots.items():
            check, careful = self._check(self.declared[name], slot)
            lines += [f"    {slot} = get({self.constants.name(name)}, ABSENT)", f"    if not ({check}): {careful}" if check else f"    {careful}"]
        return "\n".join([*lines, "    return {" + ", ".join(f"{self.constants.name(name)}: {slot}" for name, slot in slots.items()) + "}", ""])

    def _partly_text(self) -> str:
        """Over typed facts, derived ones too: what is known is read fast, and what rests on a gap is left for later."""
        slots = self._numbered(frozenset().union(*(self.exprs[clause.when].reads for clause in self.kind.clauses)))
        gaps = {slot: 1 << at for at, slot in enumerate(slots.values())}
        lines = ["def partly(values):", *(f"    {slot} = values[{self.constants.name(name)}]" for name, slot in slots.items()), "    gaps = 0"]
        lines += [f"    if type({slot}) is Unknown: gaps |= {bit}" for slot, bit in gaps.items()]
        lines.append("    mask = later = 0")
        for index, clause in enumerate(self.kind.clauses):
            rests_on = sum(gaps[slots[name]] for name in self.exprs[clause.when].reads if name in slots)
            lines += [f"    if gaps & {rests_on}: later |= {1 << index}", f"    elif {self._source(clause.when, slots)}: mask |= {1 << index}"]
        return "\n".join([*lines, "    return mask, later", ""])

    def _answered(self) -> str:
        """What the clauses in `mask` answer, every fact known: as `judge` has it, the strongest, and a final refusal above all."""
        strongest_last = [(answer.value, self.masks[answer.value]) for answer in sorted(Answer, key=rank)]
        text = self.constants.name(self.kind.otherwise.value)
        for answer, mask in (*strongest_last, (Answer.REFUSE.value, self.masks["final"])):
            text = f"{self.constants.name(answer)} if mask & {mask} else {text}" if mask else text
        return text

    def _made(self, name: str, text: str) -> Any:
        namespace = {**self.constants.namespace(), **self.bound}
        exec(compile(_Bound(namespace).visit(ast.parse(text)), f"<gate {name}>", "exec"), namespace)
        return namespace[name]

    def _slots(self, conditions: list[Condition]) -> dict[str, str]:
        reads: set[str] = set(self.kind.requires)
        for condition in conditions:
            reads |= self.exprs[condition].reads & self.declared.keys()
        for name in tuple(reads):
            reads |= _all_below(name, self.declared, self.exprs)
        return self._numbered(reads)

    def _numbered(self, names: Container[str]) -> dict[str, str]:
        return {name: f"f{index}" for index, name in enumerate(self.declared) if name in names}

    def _source(self, condition: Condition, slots: Mapping[str, str]) -> str:
        return source(self.exprs[condition], slots, self.constants)

    def _taking(self, outside: Sequence[tuple[Fact, str]]) -> list[str]:
        taken = [f"        {slot} = given[{self.constants.name(fact.name)}]" for fact, slot in outside]
        return ["    try:", *taken, "    except KeyError:", f"        return {UNTYPED}"] if taken else []

    def _checking(self, fact: Fact, slot: str) -> list[str]:
        check, careful = self._check(fact, slot)
        known = f"if type({slot}) is Unknown: return {UNTYPED}"
        return [f"    if not ({check}):", f"        {careful}", f"        {known}"] if check else [f"    {careful}", f"    {known}"]

    def _check(self, fact: Fact, slot: str) -> tuple[str, str]:
        """The test that a value fits already, if it is short, and the statement that looks at it with care."""
        members = self.constants.name(frozenset(fact.type.members)) if fact.type.name == "enum" else ""
        self.bound[f"fact_{slot}"] = fact
        return inline_check(fact, slot, members), f"{slot} = read_fact(fact_{slot}, {slot}, now)"


class _Bound(ast.NodeTransformer):
    """Puts literals where their generated names stand: a value among the code's constants is found faster than a global."""

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self.namespace = namespace

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value: Any = self.namespace.get(node.id)
        return ast.copy_location(ast.Constant(value), node) if _can_stand_in_code(value) else node


def _can_stand_in_code(value: object) -> bool:
    """Python takes exact texts and numbers, and frozensets of them, among a function's constants."""
    return type(value) is str or (type(value) is frozenset and all(type(each) in (str, int) for each in value))
