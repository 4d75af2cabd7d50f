"""The one door to Ourword from Python; the command line and HTTP speak to it too. It joins the clock, the home and the parts below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ourword.clock import instants, nanoseconds, now
from ourword.deciding.recording import Decider, Mode
from ourword.errors import EventError, UsageError
from ourword.gate.code import Gate
from ourword.gate.verdict import Verdict

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.adoption.signing import Adopting
    from ourword.bends.report import Bends
    from ourword.calling.whole import Calls
    from ourword.choices.report import Choices
    from ourword.coherence.gathered import Coherence
    from ourword.contract.model import Contract, Draft
    from ourword.core.unread import Unread
    from ourword.deciding.hearing import Given, Hearing
    from ourword.figures.board import Board
    from ourword.figures.contacted import Brief, Contacted
    from ourword.figures.settling import Row as Promise
    from ourword.figures.settling import Settled
    from ourword.figures.silent import Quiet
    from ourword.ledger.signals import Signal
    from ourword.monday.gathered import Monday
    from ourword.outcomes.asked import AsOf
    from ourword.outcomes.contacts import Asked
    from ourword.outcomes.mapping import Map
    from ourword.outcomes.metrics import Row
    from ourword.outcomes.recount import Recounted
    from ourword.outcomes.silence import SilenceRule
    from ourword.proving.found import Finding
    from ourword.rights.customer import Customers
    from ourword.stores.home import Home
    from ourword.stores.importing import Imported, Way

__all__ = ["Mode", "Ourword"]


class Ourword:
    """A contract at work, a home, or both: decides, records, hears, settles, reports. Safe to use from several threads.

    Close it, or use it in a `with`. Without a contract nothing is decided, without a home nothing recorded: what needs it is a `UsageError`.
    """

    def __init__(self, gate: Gate | None, *, home: Home | None = None, clock: Callable[[], datetime] = now, mode: Mode = "enforce") -> None:
        self.home = home
        self._clock = clock
        self._decider = Decider(gate, home=home, clock=clock, mode=mode) if gate is not None else None
        self._hearing: Hearing | None = None
        if home is not None:
            from ourword.deciding.hearing import Hearing

            self._hearing = Hearing(home)

    @classmethod
    def open(
        cls,
        contract: str | Path,
        wiring: str | Path,
        *,
        home: str | Path | None = None,
        clock: Callable[[], datetime] | None = None,
        mode: Mode = "enforce",
    ) -> Ourword:
        """Read, check and compile a contract with its wiring; open or make the home if one is named. Raises `ContractError`, `HomeError`."""
        from ourword.contract.check import sound
        from ourword.contract.files import opened_files
        from ourword.gate.compile import compile_gate

        clock = clock or now
        texts, draft = opened_files(contract, wiring)
        gate = compile_gate(sound(draft, today=clock().date()))
        opened = None
        if home is not None:
            from ourword.stores.home import open_home

            opened = open_home(home, clock=instants(clock))
            opened.keep_contract(gate.contract.digest, contract=texts[0], wiring=texts[1], tables=draft.tables)
        return cls(gate, home=opened, clock=clock, mode=mode)

    @classmethod
    def open_home(
        cls, home: str | Path, *, create: bool = True, write: bool = True, as_of: AsOf | str = "", clock: Callable[[], datetime] | None = None
    ) -> Ourword:
        """Open a home without a contract, made if missing and *create*; with `write=False`, or as known *as_of* (`entry:N`, a moment), only read."""
        from ourword.known import opened_home

        return cls(None, **opened_home(home, as_of, clock or now, create=create, write=write))

    @property
    def gate(self) -> Gate:
        """The compiled contract."""
        return self._deciding().gate

    @property
    def contract(self) -> Contract:
        """The checked contract behind the gate."""
        return self._deciding().contract

    @property
    def decides(self) -> bool:
        """Whether there is a contract at work."""
        return self._decider is not None

    @property
    def mode(self) -> Mode:
        """Whether its answers are enforced, or only observed."""
        return self._deciding().mode

    def prove(self, *, kind: str = "", seconds: float = 60.0) -> Iterator[Finding]:
        """Give each flaw of the contract as it is found, and each question not answered in time. Raises `UsageError` without z3."""
        from ourword.proving.prove import flaws

        return flaws(self.gate, kind=kind, seconds=seconds)

    # ---- deciding ----------------------------------------------------------------------------------------------------

    def decide(self, line: Mapping[str, Any]) -> Verdict:
        """Decide one proposal, durably with a home; a retry under its `decision_id` gives the first verdict. Raises `LineError`, `HomeError`."""
        return self._deciding().decide(line)

    def decide_json(self, line: Mapping[str, Any] | bytes, *, lang: str = "", place: str = "line") -> dict[str, Any]:
        """Decide one proposal and give its verdict as JSON values; a retry under its `decision_id` gives the first verdict."""
        return self._deciding().decide_json(line, lang=lang, place=place)

    def decide_lines(self, lines: Iterable[bytes], *, lang: str = "", place: str = "-", batch: int = 1) -> Iterator[dict[str, Any]]:
        """Decide JSON lines in order; a bad line gives `{"error": …}` in its place and the rest go on. Raises `HomeError`.

        A verdict is given only once it is durable; up to *batch* lines share one sync. The same file again records nothing twice.
        """
        return self._deciding().decide_lines(lines, lang=lang, place=place, batch=batch)

    def why(self, decision_id: str) -> dict[str, Any]:
        """Tell what was decided and why, as recorded in the home. Raises `LineError` for a decision that is not there."""
        from ourword.deciding.explaining import why

        return why(self._home(), decision_id)

    def log(self, *, after: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Go through the home's entries in order: `{"seq": …, **entry}`."""
        from ourword.deciding.explaining import log

        return log(self._home(), after=after, limit=limit)

    def contracts(self) -> dict[str, Draft]:
        """The contracts that decide in the home now, by name; the one at work among them before its first decision."""
        from ourword.kept import deciding

        found = deciding(self.home) if self.home is not None else {}
        if self._decider is not None:
            found.setdefault(self.contract.draft.name, self.contract.draft)
        return found

    def holding(self) -> dict[str, Draft]:
        """The same contracts in the versions that are in force by signatures, where one is: what is spoken of as our word."""
        from ourword.adoption.signing import holding

        return holding(self.home, self.contracts(), self._instant()) if self.home is not None else self.contracts()

    # ---- hearing what became of it -------------------------------------------------------------------------------------

    def event(self, event: Given, *, place: str = "event") -> dict[str, Any]:
        """Keep one event, durably and once: `{"source", "id", "kept": "new" | "known", "time_quality"}`. Raises `EventError`, `HomeError`."""
        (answer,) = self._heard().take([(place, event)])
        if "error" in answer:
            raise EventError(**answer["error"])
        return answer

    def events(self, events: Iterable[Given], *, place: str = "events") -> list[dict[str, Any]]:
        """Keep events, durably and each once; a bad one gives `{"error": …}` in its place and the rest are kept."""
        return self._heard().take([(f"{place}:{number}", each) for number, each in enumerate(events, 1)])

    def event_lines(self, lines: Iterable[bytes], *, place: str = "-") -> Iterator[dict[str, Any]]:
        """Keep events that come as JSON lines, however many; an answer is given only once its event is durable."""
        return self._heard().lines(lines, place=place)

    def unread(self, types: Mapping[str, int] | None = None) -> list[Unread]:
        """Types of events that no metric reads and no contract of the home names: of those handed in here, or of *types*, counted by an import."""
        from ourword.core.unread import unread
        from ourword.kept import types_named

        return unread(self._heard().types if types is None else types, types_named(self._home().path))

    def import_file(
        self,
        file: str | Path,
        mapping: str | Path | Map | Way,
        *,
        decide: bool | None = None,
        again: bool = False,
        moved: Callable[[int], None] = lambda at: None,
        seen: Callable[[Imported], None] = lambda told: None,
    ) -> Imported:
        """Take another system's file in as events, by a mapping (or the file that holds it); run again it takes in nothing twice.

        With a contract the tool calls that the mapping names are decided, as observed; `decide=False` leaves them out, `True` insists on them.
        A file that gave events by another mapping is refused, unless taken in *again*. *moved* is told how many bytes of the file have been
        read, *seen* what is done. Raises `UsageError`, `HomeError`.
        """
        from ourword.deciding.taking import bytes_of, names_calls, take_in
        from ourword.outcomes.mapping import mapping_from_yaml

        how = mapping_from_yaml(bytes_of(mapping), place=str(mapping)) if isinstance(mapping, str | Path) else mapping
        if decide is None:
            decide = self.decides and names_calls(how)
        under = self._deciding().observing() if decide else None
        return take_in(self._home(), Path(file), how, under=under, moved=moved, seen=seen, again=again)

    def settle(self, events: Iterable[Given] | None = None, *, now: datetime | int | None = None, targets: bool = True) -> Settled:
        """See from events which promises were kept, and record what is new; durably and once. Gives how all promises stand.

        Without *events*, from those of the home; as of *now* (also as ns since 1970), else by the clock. What is broken asks for an
        answer then, and so does each target that is missed, unless *targets* is false. Raises `HomeError`.
        """
        import msgspec

        from ourword.figures.raising import raise_missed
        from ourword.figures.settling import settle_home

        home, heard = self._home(), self._heard()
        settled = settle_home(home, heard.kept() if events is None else heard.read(events), self._instant(now))
        missed = raise_missed(home, settled.now) if targets else []
        return msgspec.structs.replace(settled, signals=(*settled.signals, *missed)) if missed else settled

    # ---- reporting ---------------------------------------------------------------------------------------------------

    def promises(self, *, as_of: int | None = None) -> list[Promise]:
        """Every promise and how it stands, in the order they were made; with *as_of*, as known at that entry."""
        from ourword.figures.settling import promises

        return promises(self._home(), as_of=as_of)

    def board(self, asked: Asked | None = None) -> Board:
        """All figures of the home, worked out when something has come, else as kept. Raises `HomeError` where no event was ever handed in."""
        from ourword.figures.board import board_of

        return board_of(self._home()) if asked is None else board_of(self._home(), asked)

    def report(self, *, window_days: int = 7, by: str = "", since: str = "", as_of: str = "") -> tuple[Row, ...]:
        """What became of contacts: every metric by kind, version and segment. *since* and *as_of*: a day, or a moment with its zone."""
        from ourword.outcomes.asked import asked_from

        return self.board(asked_from(window_days=window_days, by=by, since=since, as_of=as_of)).rows

    def recount(self, *, window_days: int = 7, as_of: str = "") -> tuple[Recounted, ...]:
        """What six vendors' rules would call resolved, beside what became of it; the bill is `ourword.outcomes.recount.bill`."""
        from ourword.outcomes.asked import asked_from

        return self.board(asked_from(window_days=window_days, as_of=as_of)).recounted

    def monday(self, *, at: datetime | int | None = None, since: datetime | int | None = None, zone: str = "") -> Monday:
        """What changed since last Monday (or *since*), whom we owe, what waits; as of *at*, else now; *zone* where none is written."""
        from ourword.monday.gathered import monday

        return monday(self._home(), at=self._instant(at) // 10**9 * 10**6, since=None if since is None else self._instant(since) // 1000, zone=zone)

    def contacts(self, metric: str = "", *, asked: Asked | None = None, **of: str) -> list[Brief]:
        """The contacts that a number counts: of a *metric*, or a `rule` and `outcome`, in a `kind`, `version`, `segment`, and a `part`."""
        from ourword.figures.contacted import briefs
        from ourword.figures.counted import counted, numbers
        from ourword.stores.events import EventStore

        number = counted({"metric": metric, **of})
        with self.watching(asked) as (connection, _), EventStore(self._home(), write=False) as store:
            return briefs(connection, store.people, numbers(connection, number))

    def contact(self, name: str, asked: Asked | None = None) -> Contacted | None:
        """One contact by its own id: what happened in it, in order, and why it has its outcome; `None` when there is none."""
        from ourword.figures.contacted import contacted
        from ourword.stores.events import EventStore

        with self.watching(asked) as (connection, _), EventStore(self._home(), write=False) as store:
            number = store.people.number("contact", name)
            return None if number is None else contacted(connection, store.people, number)

    def watching(self, asked: Asked | None = None) -> AbstractContextManager[tuple[DuckDBPyConnection, list[Promise]]]:
        """The tables behind all figures (`became`, `members`, `standings` …) in a DuckDB connection, and the promises; closed at the end."""
        from ourword.figures.watched import watching

        return watching(self._home()) if asked is None else watching(self._home(), asked)

    def silent(self, *, rule: SilenceRule | None = None, as_of: int | None = None, keep: bool = False) -> Quiet:
        """Customers who did nothing for far longer than is usual for them, as of a moment (µs since 1970); *keep* makes events of it."""
        from ourword.figures.silent import silent
        from ourword.outcomes.silence import USUAL

        return silent(self._home(), rule=rule or USUAL, as_of=as_of, keep=keep)

    @property
    def calls(self) -> Calls:
        """Quiet customers called back: drawn by lot (`draw`), handed out (`sheet`), answered (`take`), and what follows (`standing`)."""
        from ourword.calling.whole import Calls

        return Calls(self._home(), self._instant)

    @property
    def customers(self) -> Customers:
        """One customer at a time: what is held on them (`export`)."""
        from ourword.rights.customer import Customers

        return Customers(self._home(), self._instant)

    def bends(self, *, gate: Gate | None = None, asked: Asked | None = None) -> Bends:
        """What people decided, held beside what is written: by *gate*, else by the contracts that decide in the home. Nothing is written."""
        from ourword.bends.report import bends

        return bends(self._home(), gate=gate, asked=asked)

    def choices(self) -> Choices:
        """What the contracts of the home chose and intend, beside what happens; kept until something comes. Raises `HomeError`."""
        from ourword.choices.report import choices_of

        return choices_of(self._home(), self.holding(), today=self._clock().date())

    # ---- signals -----------------------------------------------------------------------------------------------------

    def signals(self, *, as_of: int | None = None) -> list[Signal]:
        """What asks whom for an answer, and what was answered, the oldest first; with *as_of*, as known at that entry."""
        from ourword.signals.signalling import signals

        return signals(self._home(), now=self._instant(), as_of=as_of)

    def who_may_answer(self, signal: Signal) -> tuple[str, ...]:
        """The role ids that may answer a signal: the persons whom its contract names now."""
        from ourword.signals.signalling import who_may_answer

        return who_may_answer(self._home(), signal)

    def waive(self, signal_id: str, *, by: str, until: date, because: str) -> Signal:
        """Say that a signal need not be answered until a day is over, by whom, and why; then it asks again by itself."""
        from ourword.signals.waiving import waive

        return waive(self._home(), signal_id, by=by, until=until, because=because, now=self._instant())

    def answer(self, signal_id: str, *, said: str, by: str, because: str = "") -> Signal:
        """Say what a signal was: one of the nine, by a person whom the contract names, and why; the same answer again is taken as the first."""
        from ourword.signals.signalling import answer

        return answer(self._home(), signal_id, said=said, by=by, because=because, now=self._instant())

    @property
    def adopting(self) -> Adopting:
        """Contracts signed in this home: signing one (`sign`), and who signed what, in force from when to when (`versions`)."""
        from ourword.adoption.signing import Adopting

        return Adopting(self._home(), self._instant)

    def coherence(self) -> Coherence:
        """What is written of each kind of decision, who is there for it, and what was done in 90 days."""
        from ourword.coherence.gathered import coherence

        return coherence(self._home(), self.holding(), now=self._instant())

    def let_go(self) -> None:
        """Close what was opened beside the home, which stays open."""
        if self._hearing is not None:
            self._hearing.close()

    def close(self) -> None:
        """Finish what is being recorded and close the home."""
        self.let_go()
        if self.home is not None:
            self.home.close()

    def __enter__(self) -> Ourword:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _deciding(self) -> Decider:
        if self._decider is None:
            hint = "open with `Ourword.open(contract, wiring, home=…)`"
            raise UsageError("usage.no-contract", "no contract is at work here", place="contract", hint=hint)
        return self._decider

    def _home(self) -> Home:
        if self.home is None:
            raise UsageError("usage.no-home", "nothing is recorded without a home", place="home", hint="open with `home=…`")
        return self.home

    def _heard(self) -> Hearing:
        self._home()
        assert self._hearing is not None
        return self._hearing

    def _instant(self, moment: datetime | int | None = None) -> int:
        """A moment as ns since 1970; without one it is the clock's."""
        return moment if isinstance(moment, int) else nanoseconds(self._clock() if moment is None else moment)
