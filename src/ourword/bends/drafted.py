"""A clause as people apply it: the written one narrowed, one more that allows, and what the gate would answer by them to everybody of the past.

Nothing here changes a contract. What comes out is text for those who sign it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from ourword.bends import condition
from ourword.bends.condition import Nothing, Told, told_apart
from ourword.bends.counted import Bent, Case
from ourword.bends.joined import both
from ourword.contract.check import check
from ourword.contract.model import Clause, Condition, Draft, Kind, Row, Table, Then
from ourword.contract.phrases import phrases_in, primary
from ourword.core.answer import Answer
from ourword.core.time import datetime_from_instant
from ourword.gate.bent import Money, weigh
from ourword.gate.code import Gate, KindGate
from ourword.gate.compile import compile_gate
from ourword.gate.decide import decide

RESERVED = ("requires", "otherwise")
_GRANTED = "We grant this."


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """What the drafted clauses turn to allow, decided by the gate: of the departures, of what people refused, of what nobody looked at."""

    bends: int
    of_bends: int
    kept: int
    of_kept: int
    alone: int
    """Decisions of automation's own that no person looked at."""
    of_alone: int
    alone_amounts: tuple[Money, ...] = ()


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a clause, for those who sign the contract; or why there is none."""

    contract: str
    kind: str
    clause: str
    text: str = ""
    """Two clauses as YAML, to stand in place of the one."""
    row: str = ""
    """Where the clause stands, if it is a row of a decision table: the row must go, and the two stand below `clauses`."""
    told: Told | None = None
    covered: Covered | None = None
    why_not: str = ""


def draft_change(gate: Gate, bent: Bent, cases: Iterable[Case], alone: Sequence[Case]) -> Drafted:
    """Draft the change of one clause that people bend towards customers; *alone*: what automation answered by it, nobody being there."""
    draft, about = gate.contract.draft, bent.about
    none = Drafted(contract=about.contract, kind=about.kind, clause=about.clause)
    kind = gate.kinds[about.kind]
    if about.clause in RESERVED:
        what = "a fact that is required was not known" if about.clause == "requires" else "no clause speaks of these customers"
        return msgspec.structs.replace(none, why_not=f"{what}: there is no clause to change")
    row = next((each for each in (kind.kind.table.rows if kind.kind.table else ()) if each.id == about.clause), None)
    if row is not None and kind.kind.table is not None and kind.kind.table.hit == "first":
        at = _beside(kind.kind.table, row)
        why = f"it is the row at {at}, where the first that holds decides: what it leaves to the rows below would change with it"
        return msgspec.structs.replace(none, why_not=why)
    theirs = [each for each in cases if each.about == about]
    granted = [each for each in theirs if each.weighed.stands == "granted"]
    kept = [each for each in theirs if each.weighed.stands == "as written"]
    if not kept and len(granted) >= condition.LEAST:
        return msgspec.structs.replace(none, why_not="people never kept to it: nothing tells customers apart, and the clause itself is the question")
    told = _told(kind, granted, kept)
    if isinstance(told, Nothing):
        return msgspec.structs.replace(none, why_not=told.why)
    narrowed, added = _clauses(draft, kind.kind, about.clause, told)
    changed, why = _compiled(draft, kind.kind, about.clause, (narrowed, added))
    if changed is None:
        return msgspec.structs.replace(none, why_not=f"the change would not pass `ourword check`: {why}")
    turned = [each for each in alone if answered_alone(changed, each) is Answer.ALLOW]
    amounts: Counter[str] = Counter()
    for each in turned:
        if each.weighed.amount is not None:
            amounts[each.weighed.amount.currency] += each.weighed.amount.minor
    return Drafted(
        contract=about.contract,
        kind=about.kind,
        clause=about.clause,
        text=_text(narrowed, added),
        row=_beside(kind.kind.table, row) if row is not None and kind.kind.table is not None else "",
        told=told,
        covered=Covered(
            bends=sum(written_by(changed, each) is Answer.ALLOW for each in granted),
            of_bends=len(granted),
            kept=sum(written_by(changed, each) is Answer.ALLOW for each in kept),
            of_kept=len(kept),
            alone=len(turned),
            of_alone=len(alone),
            alone_amounts=tuple(Money(minor, currency) for currency, minor in sorted(amounts.items())),
        ),
    )


def _beside(table: Table, row: Row) -> str:
    """Where a row stands in its table as the contract names it: a home keeps it elsewhere."""
    return ":".join((table.file, *row.place.rsplit(":", 2)[1:]))


def written_by(gate: Gate, case: Case) -> Answer | None:
    """What a contract's clauses answer to a decision of the past once a person is there."""
    return weigh(gate, msgspec.structs.replace(case.taken.proposal, answer=Answer.ALLOW), case.taken.facts, case.taken.at).written


def answered_alone(gate: Gate, case: Case) -> Answer:
    """What a contract answers to automation, nobody being there."""
    proposal = msgspec.structs.replace(case.taken.proposal, by="automation", answer=None, because="", amended=None)
    return decide(gate, proposal, case.taken.facts, datetime_from_instant(case.taken.at)).answer


def _told(kind: KindGate, granted: Sequence[Case], kept: Sequence[Case]) -> Told | Nothing:
    sorts = ((granted, True), (kept, False))
    cases = [condition.Case(each.taken.proposal.customer, each.weighed.values, bent) for some, bent in sorts for each in some]
    return told_apart(cases, list(kind.facts.values()), required=kind.kind.requires)


def _clauses(draft: Draft, kind: Kind, identity: str, told: Told) -> tuple[Clause, Clause]:
    old = next(each for each in kind.clauses if each.id == identity)
    was = old.when.text
    names = {each.id for each in kind.clauses} | {each.id for each in kind.never}
    name = next(each for each in (f"{identity}-as-people-do", *(f"{identity}-as-people-do-{n}" for n in range(2, 99))) if each not in names)
    narrowed = msgspec.structs.replace(old, when=Condition(both(was, told.otherwise), old.when.place))
    added = Clause(
        id=name,
        say={lang: _GRANTED if primary(lang) == "en" else phrases_in(lang, draft.phrases).get("allow", _GRANTED) for lang in old.say},
        when=Condition(both(was, told.when), f"{old.place}+"),
        then=Then(answer=Answer.ALLOW),
        place=old.place,
    )
    return narrowed, added


def _compiled(draft: Draft, kind: Kind, identity: str, new: tuple[Clause, Clause]) -> tuple[Gate | None, str]:
    clauses = tuple(part for each in kind.clauses for part in (new if each.id == identity else (each,)))
    kinds = {**draft.kinds, kind.name: msgspec.structs.replace(kind, clauses=clauses)}
    at = next(index for index, each in enumerate(kind.clauses) if each.id == identity)
    places = dict(_moved(draft.places, f"decisions.{kind.name}.clauses", at))
    contract, flaws = check(msgspec.structs.replace(draft, kinds=kinds, places=places), today=date.min)
    return (compile_gate(contract), "") if contract is not None else (None, flaws[0].what)


def _moved(places: Mapping[str, str], listed: str, at: int) -> Iterator[tuple[str, str]]:
    """Where each key stands, with one more clause behind number *at*: it stands where that one does, and what followed follows still."""
    for path, place in places.items():
        number, end, rest = path.removeprefix(f"{listed}[").partition("]")
        if not path.startswith(f"{listed}[") or not end or int(number) <= at:
            yield path, place
        if path.startswith(f"{listed}[") and int(number) >= at:
            yield f"{listed}[{int(number) + 1}]{rest}", place


# ---- as text ---------------------------------------------------------------------------------------------------------


def _text(narrowed: Clause, added: Clause) -> str:
    return "\n".join((*_lines(narrowed, ""), *_lines(added, "  # your words: customers hear them")))


def _lines(clause: Clause, beside: str) -> list[str]:
    """A clause as it is written in a contract, six blanks in."""
    one = len(clause.say) == 1  # of several languages each has its own, be they alike: `check` takes one string for none
    say = _quoted(next(iter(clause.say.values()))) if one else "{" + ", ".join(f"{lang}: {_quoted(text)}" for lang, text in clause.say.items()) + "}"
    lines = [f"- id: {clause.id}", f"  say: {say}{beside}", f"  when: {_single(clause.when.text)}", f"  then: {_then(clause.then)}"]
    if clause.final:
        lines.append("  final: true")
    lines += [f"  {name}: {_quoted(text)}" for name, text in (("basis", clause.basis), ("owner", clause.owner)) if text]
    if clause.contest is not None:
        lines.append(f"  contest: {clause.contest}")
    return [f"      {line}" for line in lines]


def _then(then: Then) -> str:
    if then.answer is Answer.ASK:
        return f"{{ask: [{', '.join(then.ask)}]}}"
    if then.answer is Answer.AMEND:
        return "{amend: {" + ", ".join(f"{name}: {_single(value.text)}" for name, value in then.amend) + "}}"
    return then.answer.value


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _single(text: str) -> str:
    one_line = " ".join(each.strip() for each in text.splitlines())  # blanks within a text of the condition are its own
    return "'" + one_line.replace("'", "''") + "'"
