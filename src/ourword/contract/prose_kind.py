"""One kind of decision, as it is signed."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.contract.inwords import plain, worded
from ourword.contract.metrics import KNOWN
from ourword.contract.model import DUE, Amount, Clause, Contract, Example, Kind, PromiseRule, Target
from ourword.contract.prose_words import Names, Numbered, percent
from ourword.contract.words import listed
from ourword.core.answer import Answer
from ourword.core.money import money_text
from ourword.core.time import text_from_datetime

_RIGHTS = {
    "human": "People decide.",
    "propose": "Automation proposes; a person decides.",
    "autonomous": "Automation decides on its own, within the clauses below.",
}
_THEN = {Answer.ALLOW: "the answer is yes", Answer.REFUSE: "the answer is no", Answer.ESCALATE: "a person decides"}


def kind(kind: Kind, contract: Contract, names: Names, number: Numbered) -> Iterator[str]:
    """Print a kind of decision: who, by which clauses, never, promises, the way to a person, targets, examples."""
    yield from ("", f"## {plain(kind.name).capitalize()}: {names.said(kind.question)}", "")
    yield number.line(f"{names.person(kind.owner)} answers for this. {_RIGHTS[kind.rights]}")
    if kind.objective:
        yield number.line(f"It is there for this: {names.said(kind.objective)}")
    if kind.requires:
        facts = listed((names.fact(name) for name in kind.requires), most=20)
        yield number.line(
            f"Nothing is decided before we know {facts}. What only the customer can say is asked for; for anything else, a person steps in."
        )
    yield from ("", "### How it is decided", "")
    yield "All clauses are read. A person comes before a no, a no before a question, a question before a change, a change before a yes."
    yield ""
    yield from (number.line(_clause(clause, contract, names)) for clause in kind.clauses)
    yield number.line(f"When no clause applies, {_THEN[kind.otherwise]}.")
    yield from _never(kind, contract, names, number)
    yield from _promises(kind, contract, names, number)
    yield from _escalation(kind, names, number)
    yield from _targets(kind, number)
    yield from _examples(kind, names, number)


def _clause(clause: Clause, contract: Contract, names: Names) -> str:
    when = names.condition(clause.when, contract.checked)
    when = "Always" if when == "always" else f"When {when}"
    then = _then(clause, contract, names)
    final = f" This is final, by {clause.basis}; {names.person(clause.owner)} answers for it." if clause.final else ""
    contest = f" The customer can contest it for {clause.contest}." if clause.contest else ""
    return f"**{names.said(clause.say)}** {when}, {then}.{final}{contest} *({clause.id})*"


def _then(clause: Clause, contract: Contract, names: Names) -> str:
    then = clause.then
    if then.answer is Answer.ASK:
        return f"the customer is asked for {listed(names.fact(name) for name in then.ask)}"
    if then.answer is Answer.AMEND:
        return "the answer is yes, but " + listed(f"{names.fact(name)} becomes {names.value(value, contract.checked)}" for name, value in then.amend)
    return _THEN[then.answer]


def _never(kind: Kind, contract: Contract, names: Names, number: Numbered) -> Iterator[str]:
    if kind.never:
        yield from ("", "### What never happens", "", "These are read last. Where one holds, or may hold, a person decides.", "")
    for boundary in kind.never:
        yield number.line(f"**{names.said(boundary.say)}** Never: {names.condition(boundary.when, contract.checked)}. *({boundary.id})*")


def _promises(kind: Kind, contract: Contract, names: Names, number: Numbered) -> Iterator[str]:
    if kind.promises:
        yield from ("", "### What we promise", "")
    for promise in kind.promises:
        yield number.line(_promise(promise, contract, names))


def _promise(promise: PromiseRule, contract: Contract, names: Names) -> str:
    said = names.said(promise.say)
    for name in contract.draft.wiring.facts:
        said = said.replace(f"{{{name}}}", f"[{names.fact(name)}]")
    said = said.replace(f"{{{DUE}}}", "[the day it is due]")
    hours = f", counted in the hours of {names.desk(promise.working)}" if promise.working else ""
    amount = {"": "", "equals": " with exactly that amount", "at_least": " with at least that amount"}[promise.amount]
    when = names.condition(promise.when, contract.checked)
    made = "Always said" if when == "always" else f"Said when {when}"
    kept = f"Due within {promise.within}{hours}, and kept by `{promise.kept_by}`{amount}."
    return f"**“{said}”** {made}. {kept}{_repair(promise)} *({promise.id})*"


def _repair(promise: PromiseRule) -> str:
    if not promise.repair:
        return ""
    credit = promise.repair.get("credit")
    what = f"{money_text(credit.minor, credit.currency)} is credited" if isinstance(credit, Amount) else "we make it good"
    return f" If we break it, {what} within {promise.repair['within']}."


def _escalation(kind: Kind, names: Names, number: Numbered) -> Iterator[str]:
    way = kind.escalation
    if way is None:
        return
    yield from ("", "### How it reaches a person", "")
    carry = f", together with the {listed(way.carry)}" if way.carry else ""
    yield number.line(f"It goes to {names.desk(way.to)}{carry}.")
    for after, to in way.if_nobody:
        yield number.line(f"After {after} without an answer it goes to {names.desk(to)}.")


def _targets(kind: Kind, number: Numbered) -> Iterator[str]:
    if kind.targets:
        yield from ("", "### What we hold ourselves to", "")
    for target in kind.targets:
        yield number.line(_target(target))


def _target(target: Target) -> str:
    key, bound = next(iter(target.bounds.items()))
    points = percent(bound)[:-1]
    words = {"at_least": f"at least {percent(bound)}", "at_most": f"at most {percent(bound)}"}
    below = f"at most {points} percentage point{'' if points == '1' else 's'} below customers whose decisions people took"
    meaning = f" ({KNOWN[target.metric]})" if target.metric in KNOWN else ""
    return f"**{plain(target.metric).capitalize()}**{meaning}: {words.get(key, below)}, within {target.within}."


def _examples(kind: Kind, names: Names, number: Numbered) -> Iterator[str]:
    if kind.examples:
        yield from ("", "### For example", "")
    for example in kind.examples:
        yield number.line(_example(example, names))


def _example(example: Example, names: Names) -> str:
    given = listed((f"{names.fact(name)} {_given(value)}" for name, value in example.given.items()), most=20) or "nothing known"
    when = f", at {text_from_datetime(example.at)}" if example.at else ""
    who = names.person(example.by) if example.by and example.by != "person" else "a person"
    theirs = f", and {who} answering {example.their_answer.value}" if example.by and example.their_answer else ""
    because = f" because “{example.because}”" if example.because else ""
    return (
        f"{example.name[:1].upper()}{example.name[1:]}: with {given}{when}{theirs}{because}, {_answered(example.answer)}{_expected(example, names)}."
    )


def _expected(example: Example, names: Names) -> str:
    """What the example says beyond its answer."""
    parts = []
    if example.amended:
        parts.append(listed(f"{names.fact(name)} becomes {_given(value)}" for name, value in example.amended.items()))
    if example.asked:
        parts.append(f"the question is {listed(names.fact(name) for name in example.asked)}")
    if example.promises is not None:
        parts.append(f"we promise {listed(example.promises)}" if example.promises else "nothing is promised")
    said = f": {'; '.join(parts)}" if parts else ""
    return f"{said} (*{example.decided_by}*)" if example.decided_by else said


def _answered(answer: Answer) -> str:
    return {**_THEN, Answer.ASK: "the customer is asked", Answer.AMEND: "the answer is yes with a change"}[answer]


def _given(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return f"as given ({len(value)} items)"
    return worded(str(value))
