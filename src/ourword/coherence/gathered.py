"""The coherence of the contracts of a home: what is written, who is there, and what was done in 90 days; gathered from the ledger and the events."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.adoption.adopting import adopted
from ourword.adoption.signing import Versions, versions
from ourword.coherence.judged import USED_DAYS, Counted, Given, Line, Put, lines
from ourword.contract.model import Draft
from ourword.errors import HomeError
from ourword.figures.board import board_of
from ourword.figures.settling import promises
from ourword.ledger.entry import instant_text
from ourword.ledger.signals import DAY
from ourword.outcomes.targets import Judged
from ourword.signals.signalling import signals
from ourword.stores.tables import tables

if TYPE_CHECKING:
    from ourword.stores.home import Home


class Coherence(msgspec.Struct, frozen=True, kw_only=True):
    """Four lines for each kind of decision, and what does not hold together, in sentences; times are ns since 1970."""

    now: int
    since: int
    contracts: tuple[str, ...]
    """By name and version."""
    lines: tuple[Line, ...]
    signed: Versions

    @property
    def gaps(self) -> tuple[str, ...]:
        """What does not hold together: of the contract's signatures first, then kind by kind; each once."""
        return tuple(dict.fromkeys([*self.signed.gaps(), *(gap for line in self.lines for gap in line.gaps)]))

    def of(self, kind: str) -> tuple[Line, ...]:
        """The lines of one kind."""
        return tuple(each for each in self.lines if each.kind == kind)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of decision, in the order of the contracts."""
        return tuple(dict.fromkeys(each.kind for each in self.lines))


def coherence(home: Home, drafts: Mapping[str, Draft], *, now: int) -> Coherence:
    """Lay the contracts that decide in a home beside what is known of them, as of *now*. Raises `HomeError`."""
    since = now - USED_DAYS * DAY
    given = Given(
        now=now,
        signals=tuple(signals(home, now=now, reasons=False)),
        promises=tuple(promises(home)),
        judged=_judged(home),
        decisions=_decisions(home, since),
        joined=_joined(home, since),
        signed=_signed(home),
    )
    return Coherence(
        now=now,
        since=since,
        contracts=tuple(f"{draft.name} {draft.version}" for draft in drafts.values()),
        lines=tuple(line for draft in drafts.values() for line in lines(draft, given)),
        signed=versions(home, now),
    )


def _judged(home: Home) -> tuple[Judged, ...] | None:
    if not home.has_events:
        return None
    try:
        return board_of(home).judged
    except HomeError as error:
        if error.code == "home.no-events":
            return None
        raise


def _decisions(home: Home, since: int) -> dict[tuple[str, str], Counted]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for contract, kind, answer, by_person, count in home.store.decided_lately(since=since):
        who = "persons" if by_person else "escalated" if answer == "escalate" else "automation"
        of = found.setdefault((contract, kind), {})
        of[who] = of.get(who, 0) + count
    return {of: Counted(**counted) for of, counted in found.items()}


def _joined(home: Home, since: int) -> tuple[int, int] | None:
    if not home.has_events:
        return None
    with closing(tables(home)) as connection:
        asked = "SELECT count(*) FILTER (WHERE type = 'human.joined' AND \"at\" >= $1), count(*) FILTER (WHERE type = 'human.joined') FROM events"
        row = connection.execute(asked, [since // 1000]).fetchone() or (0, 0)
    return int(row[0]), int(row[1])


def _signed(home: Home) -> dict[str, list[Put]]:
    found: dict[str, list[Put]] = {}
    for each in adopted(home):
        of = found.setdefault(each.contract, [])
        of += [Put(one.by, one.at, each.digest, each.version) for one in each.signed]
        of += [Put(one.by, one.at, each.digest, each.version, again=True) for one in each.reviewed]
    return found


def as_dict(of: Coherence) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "as_of": instant_text(of.now),
        "since": instant_text(of.since),
        "contracts": list(of.contracts),
        "gaps": list(of.gaps),
        "lines": [msgspec.to_builtins(each) for each in of.lines],
    }


def sentence(found: Coherence) -> str:
    """What is said first."""
    if not found.lines:
        return "No contract has decided here, so there is nothing to hold together."
    of = ", ".join(found.contracts)
    if not found.gaps:
        return f"{of}: what is written is staffed and used, as far as anybody can know."
    count = len(found.gaps)
    return f"{of}: {count} gap{'' if count == 1 else 's'} between what is written, who is there, and what was done in {USED_DAYS} days."
