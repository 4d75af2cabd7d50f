"""The written contract replayed over what people decided: how often they departed from it, by clause, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from ourword.bends.counted import About, Bent, Case, Month, by_clause, months
from ourword.bends.drafted import Drafted, draft_change
from ourword.bends.matters import Matters
from ourword.bends.taken import Taken, contacts_of, step_of, taken
from ourword.contract.check import check
from ourword.contract.model import Draft
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_text
from ourword.errors import LineError
from ourword.figures.watched import moment_of, watching
from ourword.gate.bent import weigh
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.kept import deciding
from ourword.ledger.entry import Decision
from ourword.ledger.store import Recorded
from ourword.outcomes.contacts import NOW, Asked
from ourword.outcomes.sides import Fate, fates_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home

EVER = 2**63 - 1
DRAFTED_MAX = 5


class Beside(msgspec.Struct, frozen=True):
    """A metric for those for whom a clause was bent, and for those to whom it was applied."""

    bent: Fate
    applied: Fate


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that people depart from: the counts, its words, what became of those customers beside the others."""

    bent: Bent
    say: str
    applied: int
    """How often it was applied, by automation or by people, where nobody bent it; a contact counts once."""
    later: tuple[Beside, ...] = ()
    """Empty where no event tells what became of anybody."""


class Bends(msgspec.Struct, frozen=True, kw_only=True):
    """Every decision that people took, held beside what is written."""

    contracts: tuple[str, ...]
    """By what it was held: name and version of each."""
    since: int | None
    until: int | None
    """The first and the last of these decisions, µs since 1970."""
    decided: int
    """By people, and held beside what is written."""
    as_written: int
    theirs: int
    """The contract calls a person and says nothing else: the decision is the person's own."""
    granted: int
    withheld: int
    erased: int
    passed_on: int
    asked: int
    """Matters in which a person asked something back, and nobody has decided since."""
    unlisted: int
    """Of a contract or a kind that these contracts do not have."""
    unreadable: int
    """What the person changed, the contract cannot read."""
    months: tuple[Month, ...] = ()
    clauses: tuple[Clause, ...] = ()
    drafted: tuple[Drafted, ...] = ()
    followed: bool = False
    """Whether events tell what became of customers."""

    @property
    def a_month(self) -> float | None:
        """How many grants beyond what is written come to 30 days; `None` for less than 30 days."""
        if self.since is None or self.until is None:
            return None
        days = (self.until - self.since) / 86_400_000_000
        return self.granted * 30 / days if days >= 30 else None


def bends(home: Home, *, gate: Gate | None = None, asked: Asked | None = None) -> Bends:
    """Hold what people decided beside a contract (else those that decide in the home), from *asked*'s `since` to its `as_of`.

    Nothing is written. Raises `HomeError`.
    """
    asked = asked or NOW
    since = 0 if asked.since is None else asked.since * 1000
    until = EVER if asked.as_of is None else moment_of(asked.as_of)
    gates = {gate.contract.draft.name: gate} if gate is not None else gates_of(deciding(home, until=None if asked.as_of is None else until))
    with events_of(home, asked) as connection:
        contacts = contacts_of(connection)
        decided, left, matters = taken(home, connection, contacts, since=since, until=until)
        cases, unlisted, unreadable = weighed(gates, decided)
        found = by_clause(cases)
        alone = _alone(home, gates, found, since, until)
        matter = partial(_matter, matters, contacts)
        clauses = _with_what_became(connection, contacts, matter, gates, found, cases, alone)
    chosen = [each for each in found if each.way == "granted"][:DRAFTED_MAX]
    unseen = {about: [each for each in some if not isinstance(matter(each.taken), int)] for about, some in alone.items()}
    stands = [each.weighed.stands for each in cases]
    return Bends(
        contracts=tuple(f"{each.contract.draft.name} {each.contract.draft.version}" for each in gates.values()),
        since=min((each.taken.at // 1000 for each in cases), default=None),
        until=max((each.taken.at // 1000 for each in cases), default=None),
        decided=len(cases),
        as_written=stands.count("as written"),
        theirs=stands.count("theirs"),
        granted=stands.count("granted"),
        withheld=stands.count("withheld"),
        erased=left.erased,
        passed_on=left.passed_on,
        asked=left.asked,
        unlisted=unlisted,
        unreadable=unreadable,
        months=months(cases, {name: each.contract.draft.zone for name, each in gates.items()}),
        clauses=clauses,
        drafted=tuple(draft_change(gates[each.about.contract], each, cases, unseen[each.about]) for each in chosen),
        followed=connection is not None,
    )


def gates_of(drafts: Mapping[str, Draft]) -> dict[str, Gate]:
    """The contracts compiled; an open choice that is overdue today is no affair of what was decided then."""
    checked = {name: check(draft, today=date.min)[0] for name, draft in drafts.items()}
    return {name: compile_gate(contract) for name, contract in checked.items() if contract is not None}


@contextmanager
def events_of(home: Home, asked: Asked) -> Iterator[DuckDBPyConnection | None]:
    """The home's tables with what became of every contact; `None` where no event was ever handed in."""
    if not home.has_events:
        yield None
        return
    with watching(home, msgspec.structs.replace(asked, since=None)) as (connection, _):
        yield connection


def weighed(gates: Mapping[str, Gate], decided: Iterable[Taken]) -> tuple[list[Case], int, int]:
    """Weigh each by its contract; how many are of a contract or kind that is not there, and how many the contract cannot read."""
    cases, unlisted, unreadable = [], 0, 0
    for each in decided:
        gate = gates.get(each.contract)
        if gate is None or each.proposal.kind not in gate.kinds:
            unlisted += 1
            continue
        try:
            cases.append(Case(each, weigh(gate, each.proposal, each.facts, each.at)))
        except LineError:
            unreadable += 1
    return cases, unlisted, unreadable


def _matter(matters: Matters, contacts: Mapping[str, int], each: Taken) -> object:
    """Which matter a decision is about: the number of one that people decided, else its contact, else itself."""
    step = step_of(each, contacts)
    number = matters.number(step)
    return (step.customer, step.kind, step.contact or step.decision_id) if number is None else number


def _alone(home: Home, gates: Mapping[str, Gate], found: Sequence[Bent], since: int, until: int) -> dict[About, list[Case]]:
    """Automation's own decisions by clauses that people depart from, as if granted: for the facts, and for the amount that was not."""
    written: dict[About, set[str]] = defaultdict(set)
    for each in found:
        written[each.about].add(each.written)
    named: dict[str, About] = {}
    for entry in home.latest_decisions() if written else ():
        value = entry.value
        if isinstance(value, Decision) and value.by is UNSET and since <= (instant_from_text(value.time) or 0) <= until:
            about = About(value.contract, value.kind, value.decided_by)
            if value.answer in written.get(about, ()):
                named[value.decision_id] = about
    alone: dict[About, list[Case]] = {about: [] for about in written}
    for recorded in home.decisions(named.keys()):
        if recorded.personal is not None:
            about = named[recorded.decision_id]
            alone[about].append(_as_if_granted(gates[about.contract], recorded))
    return alone


def _as_if_granted(gate: Gate, recorded: Recorded) -> Case:
    entry, personal = recorded.decision, recorded.personal
    assert personal is not None, "asked of those whose facts are there"
    contact = personal.contact or ""
    proposal = Proposal(
        kind=entry.kind,
        customer=personal.customer,
        decision_id=recorded.decision_id,
        answer=Answer.ALLOW,
        contact=contact,
        objects=tuple(personal.objects or ()),
    )
    at, facts = instant_from_text(entry.time) or 0, {**personal.facts, **personal.history}
    digest = entry.lineage.contract or ""
    made = Taken(decision_id=recorded.decision_id, contract=entry.contract, digest=digest, at=at, proposal=proposal, facts=facts)
    return Case(made, weigh(gate, proposal, facts, at))


def _with_what_became(
    connection: DuckDBPyConnection | None,
    contacts: Mapping[str, int],
    matter: Callable[[Taken], object],
    gates: Mapping[str, Gate],
    found: Sequence[Bent],
    cases: Sequence[Case],
    alone: Mapping[About, Sequence[Case]],
) -> tuple[Clause, ...]:
    """Each clause with its words, and the outcomes of the bent beside those of the contacts in which it was applied."""
    sides: dict[str, list[str]] = {}
    applied = []
    for number, each in enumerate(found):
        bent = [case for case in cases if case.about == each.about and case.weighed.stands == each.way]
        spared = {matter(case.taken) for case in cases if case.about == each.about and case.weighed.stands in ("granted", "withheld")}
        kept = [case for case in cases if case.about == each.about and case.weighed.stands == "as written"]
        others = [case for case in (*kept, *alone[each.about]) if matter(case.taken) not in spared]
        applied.append(len({matter(case.taken) for case in others}))
        sides[f"{number} bent"] = [case.taken.decision_id for case in bent]
        sides[f"{number} applied"] = [case.taken.decision_id for case in others]
    fates: dict[str, dict[str, Fate]] = {}
    if connection is not None:
        fates = fates_of(connection, {side: [contacts[name] for name in names if name in contacts] for side, names in sides.items()})
    return tuple(
        Clause(bent=each, say=_say(gates[each.about.contract], each.about), applied=applied[number], later=_later(fates, number))
        for number, each in enumerate(found)
    )


def _later(fates: Mapping[str, Mapping[str, Fate]], number: int) -> tuple[Beside, ...]:
    bent, applied = fates.get(f"{number} bent", {}), fates.get(f"{number} applied", {})
    names = dict.fromkeys((*bent, *applied))
    return tuple(Beside(bent.get(name) or Fate(name), applied.get(name) or Fate(name)) for name in names)


def _say(gate: Gate, about: About) -> str:
    kind = gate.contract.draft.kinds[about.kind]
    return next((next(iter(each.say.values())) for each in kind.clauses if each.id == about.clause), "")
