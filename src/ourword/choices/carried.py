"""Sentences that a contract means, each with what carries it: the part of the contract in words, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ourword.bends.counted import Bent
from ourword.choices.standing import Standing, Stands
from ourword.contract.model import Boundary, Clause, Draft, Intent, Kind, PromiseRule
from ourword.contract.words import listed
from ourword.figures.board import Board, Tally
from ourword.figures.summary import interval, percent
from ourword.ledger.settle import DUE
from ourword.ledger.settle import Standing as Kept
from ourword.outcomes.targets import Judged

HOLDS = {
    "met": "holds",
    "missed": "does not hold",
    "not proved yet": "not proved yet",
    "too few to say": "too few to say",
    "not measured": "not known",
    "open": "not decided",
    "overdue": "not decided",
}
SAYS_MAX = 12
WORDS_ONLY = "Words only: nothing in the contract carries it."


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the contract that carries a sentence: what it says, how it stands, what happens."""

    key: str
    says: tuple[str, ...]
    stands: Stands
    happens: str

    @property
    def holds(self) -> str:
        """Whether it holds, in a word or two."""
        return HOLDS[self.stands]


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that is meant; without a carrier it is words only."""

    say: str
    carriers: tuple[Carrier, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one contract's decisions and customers."""

    decided: Mapping[tuple[str, str], int]
    """By kind and what decided."""
    observed: Mapping[str, int]
    """By kind: decisions that stopped nobody."""
    bent: Sequence[Bent]
    choices: Mapping[str, Standing]
    board: Board | None

    def of(self, kind: str) -> int:
        """Decisions of a kind."""
        return sum(count for (name, _), count in self.decided.items() if name == kind)


def sentences(draft: Draft, seen: Seen) -> Iterator[Sentence]:
    """Each sentence with its carriers, in the contract's first language."""
    for each in draft.relationship.intent:
        yield Sentence(say=_said(draft, each), carriers=tuple(carrier(draft, key, seen) for key in each.carried_by))


def _said(draft: Draft, intent: Intent) -> str:
    return intent.say.get(draft.languages[0]) or next(iter(intent.say.values()))


def carrier(draft: Draft, key: str, seen: Seen) -> Carrier:
    """What a key of the contract says, and whether it holds."""
    parts = key.removeprefix("relationship.").split(".")
    match parts:
        case ["choices", name] if name in seen.choices:
            return _choice(key, seen.choices[name])
        case ["person", *_] if draft.relationship.person is not None:
            return _person(key, draft, seen)
        case ["decisions", kind, part, *_] if kind in draft.kinds:
            return _part(key, draft.kinds[kind], part.partition("[")[0], seen, draft.languages[0])
    return Carrier(key=key, says=(), stands="not measured", happens="It is part of the contract; nothing here counts whether it holds.")


def _choice(key: str, standing: Standing) -> Carrier:
    first, second = standing.between
    says = (
        f"Between {first} and {second}: {standing.chosen}{f', {standing.limit}' if standing.limit else ''}."
        if standing.chosen
        else standing.happens[0]
    )
    return Carrier(key=key, says=(says,), stands=standing.stands, happens=standing.happens[0])


def _person(key: str, draft: Draft, seen: Seen) -> Carrier:
    way = draft.relationship.person
    assert way is not None, "asked where there is one"
    wait = f" and {way.wait}" if way.wait else ""
    says = f"A customer who wants a person reaches {way.desk} within {way.steps} step{'' if way.steps == 1 else 's'}{wait}."
    row = seen.board.row("reached_a_person") if seen.board is not None else None
    if row is None or row.value is None:
        return Carrier(key=key, says=(says,), stands="not measured", happens="Nobody is known to have asked for a person: no data.")
    happens = f"{percent(row.value)} ({interval(row.low, row.high)}) of {row.n:,} contacts that asked for a person reached one."
    return Carrier(key=key, says=(says,), stands="met" if row.value == 1 else "missed", happens=happens)


def _part(key: str, kind: Kind, part: str, seen: Seen, lang: str) -> Carrier:
    match part:
        case "never":
            return _boundaries(key, kind, seen, lang)
        case "clauses":
            return _clauses(key, kind, seen, lang)
        case "promises":
            return _promises(key, kind, seen, lang)
        case "targets":
            return _targets(key, kind, seen)
    return Carrier(key=key, says=(), stands="not measured", happens="It is part of the contract; nothing here counts whether it holds.")


def _said_by(parts: Sequence[Clause | Boundary | PromiseRule], lang: str) -> tuple[str, ...]:
    """What parts of a kind say, the first of very many."""
    says = tuple(each.say.get(lang) or next(iter(each.say.values())) for each in parts[:SAYS_MAX])
    return says if len(parts) <= SAYS_MAX else (*says, f"… and {len(parts) - SAYS_MAX:,} more")


def _boundaries(key: str, kind: Kind, seen: Seen, lang: str) -> Carrier:
    """The gate keeps a boundary, so it holds wherever the gate's answers are enforced."""
    says = _said_by(kind.never, lang)
    stopped, all_of = sum(seen.decided.get((kind.name, each.id), 0) for each in kind.never), seen.of(kind.name)
    if not all_of:
        return Carrier(key=key, says=says, stands="not measured", happens="No decision of this kind is recorded: no data.")
    observed = seen.observed.get(kind.name, 0)
    happens = f"Checked at each of {all_of:,} decisions; {stopped:,} were stopped and brought to a person."
    if observed:
        return Carrier(key=key, says=says, stands="not measured", happens=f"{happens} {observed:,} were only observed: there nothing was stopped.")
    return Carrier(key=key, says=says, stands="met", happens=happens)


def _clauses(key: str, kind: Kind, seen: Seen, lang: str) -> Carrier:
    says = _said_by(kind.clauses, lang)
    by_clause = sum(seen.decided.get((kind.name, each.id), 0) for each in kind.clauses)
    bent = sum(each.n for each in seen.bent if each.about.kind == kind.name)
    if not by_clause:
        return Carrier(key=key, says=says, stands="not measured", happens="They have decided nothing that is recorded: no data.")
    happens = f"They decided {by_clause:,} of {seen.of(kind.name):,}; people departed from them {bent:,} times."
    return Carrier(key=key, says=says, stands="missed" if bent else "met", happens=happens)


def _promises(key: str, kind: Kind, seen: Seen, lang: str) -> Carrier:
    says = _said_by(kind.promises, lang)
    tallies: list[Tally] = [each for each in seen.board.promises if each.kind == kind.name] if seen.board is not None else []
    due = sum(each.standings.get(standing, 0) for each in tallies for standing in DUE)
    kept, unknown = (sum(each.standings.get(standing, 0) for each in tallies) for standing in (Kept.KEPT, Kept.UNKNOWN))
    if not due:
        return Carrier(key=key, says=says, stands="not measured", happens="None was due or kept before: no data.")
    happens = f"{kept:,} of {due:,} that were due or kept before were kept in time{f'; of {unknown:,} it is not known' if unknown else ''}."
    stands: Stands = "missed" if kept + unknown < due else "not proved yet" if unknown else "met"
    return Carrier(key=key, says=says, stands=stands, happens=happens)


def _targets(key: str, kind: Kind, seen: Seen) -> Carrier:
    judged: list[Judged] = [each for each in seen.board.judged if each.kind == kind.name] if seen.board is not None else []
    says = tuple(f"{each.metric.replace('_', ' ')} within {each.within}" for each in kind.targets)
    if not judged:
        return Carrier(key=key, says=says, stands="not measured", happens="Nothing is known that could be held against them: no data.")
    verdicts = [each.verdict for each in judged]
    counts = [f"{verdicts.count(word)} {word}" for word in ("met", "missed", "not proved yet") if word in verdicts]
    stands: Stands = "missed" if "missed" in verdicts else "not proved yet" if "not proved yet" in verdicts else "met"
    return Carrier(key=key, says=says, stands=stands, happens=f"{listed(counts)}.")
