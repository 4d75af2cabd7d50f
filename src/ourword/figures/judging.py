"""The targets of a home, judged: the contracts that decide in it now, joined with what became of its customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from ourword.contract.model import Draft, Target
from ourword.figures.asof import signals_at, was_by
from ourword.figures.watched import moment_of
from ourword.kept import deciding
from ourword.ledger.entry import Decision
from ourword.ledger.signals import TARGET, Signal
from ourword.outcomes.contacts import NOW, Asked
from ourword.outcomes.identity import END, START, whose
from ourword.outcomes.targets import HOLDOUT, Holdouts, Judged, judge_all
from ourword.signals.signalling import signals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home


def judge_targets(
    home: Home, connection: DuckDBPyConnection, *, asked: Asked = NOW, drafts: Iterable[Draft] | None = None, promised_since: int | None = None
) -> list[Judged]:
    """Judge every target of the contracts that decide in a home, in the order of the contracts.

    *connection* holds the home's tables (`ourword.figures.watched`); what was watched in it stays. *asked* says as of when and since
    when; its window is not used, since every target has its own. Without *drafts*, the contracts that decide now, or decided then.
    With *promised_since* (µs), of promises only those that were made later.
    """
    chosen = list(deciding_then(home, asked).values() if drafts is None else drafts)
    compared = any(HOLDOUT in target.bounds for draft in chosen for kind in draft.kinds.values() for target in kind.targets)
    plain = msgspec.structs.replace(asked, grouped_by="contract")
    return judge_all(
        connection, chosen, asked=plain, holdouts=holdouts_of(home, until=asked.as_of) if compared else None, promised_since=promised_since
    )


def judge_again(home: Home, connection: DuckDBPyConnection, asked: Asked = NOW) -> Iterator[tuple[int, Judged]]:
    """Judge the targets whose signal was answered by the contacts that began after and the promises that were made after: the older have had theirs.

    Gives them with the number of the answer's entry.
    """
    drafts = deciding_then(home, asked)
    known = signals(home, now=0, reasons=False) if asked.as_of is None else signals_at(home, moment_of(asked.as_of))
    for signal in known:
        if signal.of.about != TARGET or signal.waits or signal.answer_seq is None:
            continue
        answered = (signal.answered_at or 0) // 1000
        since = msgspec.structs.replace(asked, since=answered)
        for draft in _only(drafts.get(signal.of.contract), signal):
            for judged in judge_targets(home, connection, asked=since, drafts=[draft], promised_since=answered):
                yield signal.answer_seq, judged


def deciding_then(home: Home, asked: Asked) -> dict[str, Draft]:
    """The contracts that decide, by name, at the moment that is asked about."""
    return deciding(home, until=None if asked.as_of is None else moment_of(asked.as_of))


def _only(draft: Draft | None, signal: Signal) -> Iterator[Draft]:
    """The contract with the one kind and the targets that a signal is about; none when they are not in it any more."""
    kind = draft.kinds.get(signal.of.kind) if draft is not None else None
    targets = tuple(each for each in kind.targets if _is_about(signal, each)) if kind is not None else ()
    if draft is not None and kind is not None and targets:
        yield msgspec.structs.replace(draft, kinds={kind.name: msgspec.structs.replace(kind, targets=targets)})


def _is_about(signal: Signal, target: Target) -> bool:
    """Signals of targets that say no time are from before two that differ in it alone were two."""
    return " ".join((target.metric, *target.bounds)) == signal.of.what and signal.of.within in ("", str(target.within))


def holdouts_of(home: Home, *, until: int | None = None) -> Holdouts:
    """Give the numbers of the customers whose decisions people took for comparison, by contract and kind; with *until* (µs), until then.

    Where nobody was stopped (`observe`) nobody took the decision, so those do not count. A customer who is another one too is there as both.
    """
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    owners = _owners(home, until)
    for number, entry in home.store.decisions_by("holdout"):
        value = entry.value
        if was_by(entry, None if until is None else moment_of(until)) and isinstance(value, Decision) and value.mode != "observe":
            found[value.contract, value.kind] |= {number, owners.get(number, number)}
    return found


def _owners(home: Home, until: int | None) -> dict[int, int]:
    """Whose a customer's number is for all times, where two ids are one customer."""
    from ourword.stores.events import EventStore

    if not home.has_events:
        return {}
    with EventStore(home, write=False) as store:
        said = [each for each in store.people.same() if until is None or each.said_at <= until]
    return {each.other: each.owner for each in whose(said) if (each.since, each.until) == (START, END)}
