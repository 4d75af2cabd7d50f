"""What the contracts of a home chose and intend, beside what happens in it. Worked out once, and kept until something comes."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.bends.counted import Case, by_clause
from ourword.bends.report import EVER, events_of, gates_of, weighed
from ourword.bends.taken import contacts_of, taken
from ourword.choices.carried import Seen, Sentence, sentences
from ourword.choices.holding import Held, held
from ourword.choices.shown import OnTheTable, on_the_table
from ourword.choices.standing import (
    Standing,
    consistency_or_discretion,
    efficiency_or_trust,
    revenue_or_advocacy,
    speed_or_fairness,
    undecided,
    waiting_time,
)
from ourword.contract.model import Choice, Draft
from ourword.errors import HomeError
from ourword.figures.board import Board, board_of, promises_alone
from ourword.figures.summary import spoken_of
from ourword.ledger.entry import Decision
from ourword.outcomes.bill import bill
from ourword.outcomes.contacts import NOW
from ourword.stores.sums import keep_sums, kept_sums
from ourword.stores.terms import Terms, said_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home

FORMAT = 4
_FOLDER, _FILE = "sums", "choices.json"


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A contract: its choices and its sentences, beside what happens."""

    contract: str
    version: str
    digest: str
    choices: tuple[Standing, ...]
    intent: tuple[Sentence, ...]


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """All contracts that decide in a home; `as_of` is the last moment that is known of, µs since 1970."""

    made: str
    """What it was made from: where events and entries stood, the contracts, the day."""
    as_of: int | None
    contracts: tuple[Chosen, ...]


def choices_of(home: Home, drafts: Mapping[str, Draft], *, today: date) -> Choices:
    """What was chosen, beside what happens: the kept one when nothing has come since. Raises `HomeError`."""
    made = made_from(home, drafts, today)
    kept = kept_choices(home.path) if home.sums is not None else None
    if kept is not None and kept.made == made:
        return kept
    worked = _worked(home, drafts, today, made)
    if home.sums is not None:
        _keep(home.path, worked)
    return worked


def made_from(home: Home, drafts: Mapping[str, Draft], today: date) -> str:
    """What it would be made from now, as one digest."""
    from ourword.contract.digest import digest
    from ourword.stores.events import EventStore

    arrival = 0
    if home.has_events:
        with EventStore(home, write=False) as store:
            arrival = store.last_arrival()
    words = [FORMAT, arrival, home.last_seq(), str(today), [digest(each) for each in drafts.values()], said_of(home)]
    return hashlib.sha256(msgspec.json.encode(words)).hexdigest()


def kept_choices(home: Path) -> Choices | None:
    """What was kept last, however old; `None` where there is nothing that can be read."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        kept = kept_sums(home / _FOLDER / _FILE)
        return None if kept is None else msgspec.json.decode(kept, type=Choices)
    return None


def _keep(home: Path, worked: Choices) -> None:
    """Keep it, whole or not at all; where nothing can be written it is worked out again next time."""
    keep_sums(home / _FOLDER / _FILE, msgspec.json.encode(worked))


# ---- working out -----------------------------------------------------------------------------------------------------


def _worked(home: Home, drafts: Mapping[str, Draft], today: date, made: str) -> Choices:
    board = _board(home)
    gates = gates_of(drafts)
    decided, observed = _decided(home)
    with events_of(home, NOW) as connection:
        cases = weighed(gates, taken(home, connection, contacts_of(connection), since=0, until=EVER)[0])[0]
        contracts = tuple(
            _chosen(
                home,
                draft,
                today,
                cases=[each for each in cases if each.taken.contract == name],
                seen=Seen(decided=decided[name], observed=observed[name], bent=(), choices={}, board=board),
                connection=connection,
            )
            for name, draft in drafts.items()
        )
    return Choices(made=made, as_of=board.as_of if board is not None else None, contracts=contracts)


def _board(home: Home) -> Board | None:
    try:
        return board_of(home)
    except HomeError as error:
        if error.code != "home.no-events":
            raise
        return promises_alone(home)


def _decided(home: Home) -> tuple[dict[str, Counter[tuple[str, str]]], dict[str, Counter[str]]]:
    """By contract: how often each clause (or what else) decided in each kind, and how many decisions of a kind were only observed."""
    decided: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    observed: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in home.latest_decisions():
        value = entry.value
        if isinstance(value, Decision):
            decided[value.contract][value.kind, value.decided_by] += 1
            observed[value.contract][value.kind] += value.mode is not msgspec.UNSET
    return decided, observed


def _chosen(home: Home, draft: Draft, today: date, *, cases: list[Case], seen: Seen, connection: DuckDBPyConnection | None) -> Chosen:
    from ourword.contract.digest import digest

    bent = by_clause(cases)
    seen = msgspec.structs.replace(seen, bent=bent)
    standings = tuple(_standing(home, draft, each, today, cases, seen, connection) for each in draft.relationship.choices)
    seen = msgspec.structs.replace(seen, choices={each.name: each for each in standings})
    return Chosen(contract=draft.name, version=draft.version, digest=digest(draft), choices=standings, intent=tuple(sentences(draft, seen)))


def _standing(
    home: Home, draft: Draft, choice: Choice, today: date, cases: list[Case], seen: Seen, connection: DuckDBPyConnection | None
) -> Standing:
    if (owed := undecided(choice, today)) is not None:
        return msgspec.structs.replace(owed, by=_name(draft, owed.by))
    match choice.name:
        case "speed_or_fairness":
            return speed_or_fairness(choice, *_held(connection, draft, waiting_time(choice)), handed=_handed(home, draft))
        case "consistency_or_discretion":
            return consistency_or_discretion(choice, _departures(cases), seen.bent)
        case "revenue_or_advocacy":
            return revenue_or_advocacy(choice, _table(home, draft))
        case _:
            return efficiency_or_trust(choice, *_bill(seen.board, said_of(home)))


def _held(connection: DuckDBPyConnection | None, draft: Draft, most: int | None) -> tuple[Held, Held] | tuple[None]:
    if connection is None:
        return (None,)
    kinds = tuple(draft.kinds)
    return held(connection, most=most, kinds=kinds), held(connection, most=None, kinds=kinds, answer="ask")


def _handed(home: Home, draft: Draft) -> int:
    found = home.store.decided_lately(since=0)
    return sum(count for contract, _, answer, by_person, count in found if (contract, answer, by_person) == (draft.name, "escalate", False))


def _departures(cases: Iterable[Case]) -> list[tuple[int, int]]:
    """By customer: decisions of people that depart from the clauses, and all in which these say something."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in cases:
        if each.weighed.stands not in ("theirs", "open"):
            of = counts[each.taken.proposal.customer]
            of[0] += each.weighed.stands != "as written"
            of[1] += 1
    return [(y, n) for y, n in counts.values()]


def _table(home: Home, draft: Draft) -> OnTheTable:
    found: list[tuple[str, list[dict[str, Any]]]] = [
        (recorded.personal.customer, recorded.personal.options)
        for kind in draft.kinds
        for recorded in home.decided(kind)
        if recorded.personal is not None and recorded.personal.options and recorded.decision.contract == draft.name
    ]
    return on_the_table(found)


def _bill(board: Board | None, terms: Terms) -> tuple[Any, int]:
    row = spoken_of(board.recounted, terms.rule) if board is not None else None
    return (None, 0) if row is None else (bill(row, terms.assumed), row.n)


def _name(draft: Draft, identity: str) -> str:
    return next((each.name for each in draft.people if each.id == identity and each.name), identity)
