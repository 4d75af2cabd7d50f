"""Does a contract hold together: who owns, who may decide, the way to a person, targets; each as written, as staffed, as used in 90 days.

Pure: it lays side by side what the contract says, who is there, and what was done, and names the gaps in sentences. There is no score: a sum
of such things would be a number that nobody can answer for. Where nobody can know, it says *no data*, which is neither nothing nor well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from ourword.contract.digest import digest
from ourword.contract.metrics import metric_words
from ourword.contract.model import Draft, Kind, Person
from ourword.contract.words import listed, many
from ourword.figures.settling import Row
from ourword.ledger.signals import DAY, TARGET, Signal
from ourword.outcomes.answers import WEEK_DAYS
from ourword.outcomes.target_words import figure, in_words
from ourword.outcomes.targets import MISSED, Judged

USED_DAYS = 90
Part = Literal["ownership", "rights", "escalation", "targets"]
_RIGHTS = {
    "autonomous": "automation decides within the clauses",
    "propose": "automation proposes, people decide",
    "human": "people decide",
}
_JOINED = "human.joined"
_TOLD = ("kept", "late", "broken")
"""How a promise stands once something is known of it; one that is due and still open is not settled yet, which is no answer."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One fact in words, and where it comes from."""

    words: str
    source: str
    known: bool = True
    """False where nobody can know: no data, which is never 0 and never well."""
    opens: str = ""
    """What shows it: `signals`, `decisions`, `promises` or `targets` of the kind; empty where it is in the contract alone."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One part of one kind of decision."""

    contract: str
    kind: str
    part: Part
    written: Cell
    staffed: Cell
    used: Cell
    gaps: tuple[str, ...] = ()
    """What does not hold together here, in sentences."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions of one kind in 90 days that stopped or freed somebody: those only observed are left out."""

    automation: int = 0
    """Answered by automation: allowed, amended, asked back or refused."""
    escalated: int = 0
    persons: int = 0
    """Decided by a person."""

    @property
    def all(self) -> int:
        """All of them."""
        return self.automation + self.escalated + self.persons


class Put(msgspec.Struct, frozen=True):
    """A person put their name to a version of a contract, at a moment (ns since 1970): signed it, or read it again."""

    by: str
    at: int
    digest: str
    version: str
    again: bool = False


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a home, as of *now* (ns since 1970)."""

    now: int
    signals: tuple[Signal, ...] = ()
    promises: tuple[Row, ...] = ()
    judged: tuple[Judged, ...] | None = None
    """The targets as they stand; `None` where no event has ever come."""
    decisions: Mapping[tuple[str, str], Counted] = {}
    """By contract and kind."""
    joined: tuple[int, int] | None = None
    """How many times a person was heard to join in 90 days, and ever; `None` where no event has ever come."""
    signed: Mapping[str, Sequence[Put]] = {}
    """By contract."""

    @property
    def since(self) -> int:
        """When the 90 days begin."""
        return self.now - USED_DAYS * DAY


def lines(draft: Draft, given: Given) -> Iterator[Line]:
    """Lay a contract beside what is known of it: four lines for each kind of decision."""
    for kind in draft.kinds.values():
        yield _ownership(draft, kind, given)
        yield _rights(draft, kind, given)
        yield _escalation(draft, kind, given)
        yield _targets(draft, kind, given)


# ---- ownership -----------------------------------------------------------------------------------------------------


def _ownership(draft: Draft, kind: Kind, given: Given) -> Line:
    owner = _person(draft, kind.owner)
    name = _name(draft, kind.owner)
    asked, answered, waiting, longest = _asked(draft, kind, given)
    signed = [each for each in given.signed.get(draft.name, ()) if each.by == kind.owner and each.at >= given.since]
    gaps = []
    if owner is None or not owner.contact:
        gaps.append(f"Nobody can reach who owns `{kind.name}`: {name} has no contact in the contract.")
    if asked and not answered and longest <= given.now - WEEK_DAYS * DAY:
        gaps.append(f"Nobody has answered for `{kind.name}` in {USED_DAYS} days: {many(asked, 'question')} asked.")
    did = [f"{answered:,} of {many(asked, 'question')} answered" + (f", {waiting:,} waiting" if waiting else "")] if asked else []
    did += _signed(signed, digest(draft))
    quiet = f"no data: nothing asked {name} for an answer, and nothing was signed"
    return Line(
        contract=draft.name,
        kind=kind.name,
        part="ownership",
        written=Cell(words=f"{name} owns `{kind.name}`", source=f"contract, decisions.{kind.name}.owner"),
        staffed=Cell(
            words=f"{name} has a contact" if owner is not None and owner.contact else f"{name} has no contact",
            source="contract, people",
        ),
        used=Cell(words="; ".join(did) or quiet, source="ledger, signals and signatures", known=bool(did), opens="signals"),
        gaps=tuple(gaps),
    )


def _signed(put: Sequence[Put], digest: str) -> Iterator[str]:
    """What somebody signed, and how often they read what holds again, which is no second signature; another version is no word for this one."""
    for named in dict.fromkeys(of.digest for of in sorted(put, key=lambda of: of.digest != digest)):
        of_it = [of for of in put if of.digest == named]
        version = of_it[0].version if named == digest else f"{of_it[0].version} (another version)"
        again, was_signed = sum(of.again for of in of_it), any(not of.again for of in of_it)
        read = f"read {'it' if was_signed else version} again {_times(again)}" if again else ""
        yield " and ".join(filter(None, (f"signed {version}" if was_signed else "", read)))


def _asked(draft: Draft, kind: Kind, given: Given) -> tuple[int, int, int, int]:
    """The questions of a kind that were open at some time in the 90 days: how many, how many were answered, how many wait, since when the first."""
    asked = [
        (since, at)
        for signal in given.signals
        if (signal.of.contract, signal.of.kind) == (draft.name, kind.name)
        for since, at in signal.asked
        if at is None or at >= given.since
    ]
    answered = sum(at is not None for _, at in asked)
    return len(asked), answered, len(asked) - answered, min((since for since, _ in asked), default=given.now)


# ---- rights --------------------------------------------------------------------------------------------------------


def _rights(draft: Draft, kind: Kind, given: Given) -> Line:
    counted = given.decisions.get((draft.name, kind.name), Counted())
    desk = _desk(draft, kind)
    gaps = []
    if not counted.all:
        gaps.append(f"No decision about `{kind.name}` was taken in {USED_DAYS} days: what is written of it was not used.")
    elif kind.rights == "autonomous" and not counted.automation:
        gaps.append(f"Automation may decide `{kind.name}`, and decided nothing in {USED_DAYS} days: all {counted.all:,} went to people.")
    if kind.rights != "autonomous" and desk is None:
        gaps.append(f"People decide `{kind.name}`, and the contract names no desk for it.")
    explore = f", but for a holdout of {draft.relationship.holdout * 100:g} %" if kind.explore and draft.relationship.holdout else ""
    staffed = f"what automation may not decide goes to {_name(draft, desk.id)}" if desk is not None else "no desk is named"
    return Line(
        contract=draft.name,
        kind=kind.name,
        part="rights",
        written=Cell(words=f"{kind.rights}: {_RIGHTS[kind.rights]}{explore}", source=f"contract, decisions.{kind.name}.rights"),
        staffed=Cell(words=staffed, source="contract, escalation and person"),
        used=Cell(words=_decided(counted), source="ledger, decisions", known=bool(counted.all), opens="decisions" if counted.all else ""),
        gaps=tuple(gaps),
    )


def _decided(counted: Counted) -> str:
    if not counted.all:
        return "no data: nothing was decided"
    shares = (("answered by automation", counted.automation), ("handed to people", counted.escalated), ("decided by a person", counted.persons))
    said = [f"{number / counted.all * 100:.0f} % {words} ({number:,})" for words, number in shares if number]
    return f"{many(counted.all, 'decision')}: {listed(said)}"


# ---- escalation ----------------------------------------------------------------------------------------------------


def _escalation(draft: Draft, kind: Kind, given: Given) -> Line:
    desk, counted = _desk(draft, kind), given.decisions.get((draft.name, kind.name), Counted())
    person = draft.relationship.person
    wait = f" within {person.wait}" if person is not None and person.wait is not None else ""
    rules = {each.id for each in kind.promises if each.kept_by == _JOINED}
    due = [each for each in given.promises if each.kind == kind.name and each.promise in rules and given.since <= each.due * 1000 <= given.now]
    gaps = []
    if desk is None:
        gaps.append(f"No desk is written for `{kind.name}`: whom it is handed to is left open.")
    if given.joined is not None and not given.joined[1]:
        gaps.append(f"No event says that a person ever joined: nobody can tell whether anybody is there for `{kind.name}`.")
    elif counted.escalated and given.joined is not None and not given.joined[0]:
        gaps.append(f"{many(counted.escalated, 'decision')} about `{kind.name}` went to people in {USED_DAYS} days, and nobody was heard to join.")
    told = sum(each.standing in _TOLD for each in due)
    in_time = sum(each.standing == "kept" for each in due)
    if told and not in_time:
        gaps.append(f"Of {many(told, 'promise')} of a person for `{kind.name}` that fell due and of which anything is known, none was kept in time.")
    own = "" if kind.escalation is not None else ", as for all kinds"
    hours = f", open {desk.hours}" if desk is not None and desk.hours else ""
    where = f"decisions.{kind.name}.escalation" if kind.escalation is not None else "relationship.person"
    return Line(
        contract=draft.name,
        kind=kind.name,
        part="escalation",
        written=Cell(
            words="no desk is named" if desk is None else f"to {_name(draft, desk.id)}{wait}{hours}{own}",
            source=f"contract, {where}",
        ),
        staffed=_heard(given),
        used=Cell(
            words=_reached(counted, due),
            source="ledger, decisions and promises",
            known=bool(counted.all),
            opens="escalated" if counted.escalated else "",
        ),
        gaps=tuple(gaps),
    )


def _heard(given: Given) -> Cell:
    source = f"events, {_JOINED}"
    if given.joined is None:
        return Cell(words="no data: no event has come", source=source, known=False)
    lately, ever = given.joined
    if not ever:
        return Cell(words="no data: no event says when a person joins", source=source, known=False)
    return Cell(words=f"a person joined {_times(lately)}, in all kinds together" if lately else "nobody was heard to join", source=source)


def _reached(counted: Counted, due: Sequence[Row]) -> str:
    if not counted.all:
        return "no data: nothing was decided"
    said = f"{counted.escalated:,} of {many(counted.all, 'decision')} handed to people"
    if not due:
        return f"{said}; no data on how soon: no promise of a person fell due"
    standings = [each.standing for each in due]
    told, released = sum(each in _TOLD for each in standings), standings.count("released")
    unknown = len(due) - told - released
    if not told and not unknown:
        return f"{said}; no data on how soon: {many(released, 'promise')} of a person fell due, and no longer held"
    if not told:
        was = "it was" if unknown == 1 else "they were"
        return f"{said}; no data on how soon: of {many(unknown, 'promise')} of a person nobody knows whether {was} kept"
    more = f", of {unknown:,} more nobody knows" if unknown else ""
    return f"{said}; {standings.count('kept'):,} of {many(told, 'promise')} of a person kept in time{more}"


# ---- targets -------------------------------------------------------------------------------------------------------


def _targets(draft: Draft, kind: Kind, given: Given) -> Line:
    judged = None if given.judged is None else [each for each in given.judged if (each.contract, each.kind) == (draft.name, kind.name)]
    blind = [each for each in judged or () if each.value is None]
    missed = [each for each in judged or () if each.verdict == MISSED]
    of_targets = [each for each in given.signals if (each.of.contract, each.of.kind, each.of.about) == (draft.name, kind.name, TARGET)]
    asked = [at for each in of_targets for _, at in each.asked if at is None or at >= given.since]
    gaps = [f"Nobody can tell whether `{kind.name}` keeps its target ({in_words(each)}): {_unseen(each)}." for each in blind]
    if not kind.targets:
        gaps.append(f"No target is set for `{kind.name}`.")
    unasked = [each for each in missed if not any(_asks_for(signal, each) for signal in of_targets)]
    gaps += [f"`{kind.name}` misses its target ({in_words(each)}), and nobody was asked: `ourword settle` asks." for each in unasked]
    answered = sum(at is not None for at in asked)
    return Line(
        contract=draft.name,
        kind=kind.name,
        part="targets",
        written=Cell(words=_set(kind), source=f"contract, decisions.{kind.name}.targets"),
        staffed=_measured(kind, judged),
        used=Cell(
            words=f"{answered:,} of {many(len(asked), 'question')} about a missed target answered" if asked else _unasked(judged, blind, missed),
            source="ledger, signals",
            known=bool(asked) or len(blind) < len(judged or ()),
            opens="signals" if asked else "",
        ),
        gaps=tuple(gaps),
    )


def _set(kind: Kind) -> str:
    names = listed(metric_words(each.metric) for each in kind.targets)
    return f"{many(len(kind.targets), 'target')}: {names}" if kind.targets else "no target is set"


def _measured(kind: Kind, judged: Sequence[Judged] | None) -> Cell:
    source = "events, against each target"
    if not kind.targets:
        return Cell(words="no data: there is nothing to measure", source=source, known=False)
    if judged is None:
        return Cell(words="no data: no event has come", source=source, known=False)
    if all(each.value is None for each in judged):
        reasons = dict.fromkeys(_unseen(each).removeprefix("no data: ") for each in judged if each.because)
        return Cell(words=f"no data: {'; '.join(reasons) or 'nothing judges it yet'}", source=source, known=False)
    said = [f"{in_words(each)}: {each.verdict + _figure(each) if each.value is not None else _unseen(each)}" for each in judged]
    return Cell(words="; ".join(said), source=source, opens="targets")


def _unseen(judged: Judged) -> str:
    """Why nothing is known of a target, as the report says it too."""
    return judged.because if judged.because.startswith("no data") else f"no data{judged.because and ': '}{judged.because}"


def _figure(judged: Judged) -> str:
    return f" ({figure(judged)}, n = {judged.n:,})"


def _unasked(judged: Sequence[Judged] | None, blind: Sequence[Judged], missed: Sequence[Judged]) -> str:
    if len(blind) == len(judged or ()):
        return "no data: nothing is measured"
    return "missed, and nobody was asked" if missed else "nothing is proved to be missed, so nobody was asked"


def _asks_for(signal: Signal, judged: Judged) -> bool:
    return (signal.of.what, signal.of.within) == (f"{judged.metric} {judged.bound}", judged.within)


# ---- words ---------------------------------------------------------------------------------------------------------


def _person(draft: Draft, identity: str) -> Person | None:
    return next((each for each in draft.people if each.id == identity), None)


def _name(draft: Draft, identity: str) -> str:
    person = _person(draft, identity)
    return person.name if person is not None and person.name else identity


def _desk(draft: Draft, kind: Kind) -> Person | None:
    person = draft.relationship.person
    to = kind.escalation.to if kind.escalation is not None else person.desk if person is not None else ""
    return _person(draft, to)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
