"""The targets of a home, judged: the contracts that decide in it now, joined with what became of its customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from ourword.contract.model import Draft
from ourword.kept import deciding
from ourword.ledger.entry import Decision
from ourword.ledger.signals import TARGET, Signal
from ourword.outcomes.contacts import NOW, Asked
from ourword.outcomes.identity import END, START, whose
from ourword.outcomes.targets import HOLDOUT, Holdouts, Judged, judge_all
from ourword.signalling import signals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home


def judge_targets(home: Home, connection: DuckDBPyConnection, *, asked: Asked = NOW, drafts: Iterable[Draft] | None = None) -> list[Judged]:
    """Judge every target of the contracts that decide in a home, in the order of the contracts.

    *connection* holds the home's tables (`ourword.watched`); what was watched in it stays. *asked* says as of when and since
    when; its window is not used, since every target has its own. Without *drafts*, the contracts that decide now.
    """
    chosen = list(deciding(home).values() if drafts is None else drafts)
    compared = any(HOLDOUT in target.bounds for draft in chosen for kind in draft.kinds.values() for target in kind.targets)
    plain = msgspec.structs.replace(asked, grouped_by="contract")
    return judge_all(connection, chosen, asked=plain, holdouts=holdouts_of(home) if compared else None)


def judge_again(home: Home, connection: DuckDBPyConnection, asked: Asked = NOW) -> Iterator[tuple[int, Judged]]:
    """Judge the targets whose signal was answered by the contacts that began after: the older ones have had their answer.

    Gives them with the number of the answer's entry.
    """
    drafts = deciding(home)
    for signal in signals(home, now=0, reasons=False):
        if signal.of.about != TARGET or signal.waits or signal.answer_seq is None:
            continue
        since = msgspec.structs.replace(asked, since=(signal.answered_at or 0) // 1000)
        for draft in _only(drafts.get(signal.of.contract), signal):
            for judged in judge_targets(home, connection, asked=since, drafts=[draft]):
                yield signal.answer_seq, judged


def _only(draft: Draft | None, signal: Signal) -> Iterator[Draft]:
    """The contract with the one kind and the targets that a signal is about; none when they are not in it any more."""
    kind = draft.kinds.get(signal.of.kind) if draft is not None else None
    targets = tuple(each for each in kind.targets if " ".join((each.metric, *each.bounds)) == signal.of.what) if kind is not None else ()
    if draft is not None and kind is not None and targets:
        yield msgspec.structs.replace(draft, kinds={kind.name: msgspec.structs.replace(kind, targets=targets)})


def holdouts_of(home: Home) -> Holdouts:
    """Give the numbers of the customers whose decisions people took for comparison, by contract and kind.

    Where nobody was stopped (`observe`) nobody took the decision, so those do not count. A customer who is another one too is there as both.
    """
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    owners = _owners(home)
    for number, entry in home.store.decisions_by("holdout"):
        value = entry.value
        if isinstance(value, Decision) and value.mode != "observe":
            found[value.contract, value.kind] |= {number, owners.get(number, number)}
    return found


def _owners(home: Home) -> dict[int, int]:
    """Whose a customer's number is for all times, where two ids are one customer."""
    from ourword.stores.events import EventStore

    if not home.has_events:
        return {}
    with EventStore(home, write=False) as store:
        return {each.other: each.owner for each in whose(store.people.same()) if (each.since, each.until) == (START, END)}
