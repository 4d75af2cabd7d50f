"""Group commit: many callers wait, one of them commits for all who wait, then the next.

There is no committer thread to start, stop or lose: the caller who finds nobody committing commits, at once and in its own
thread; whoever comes meanwhile waits and is in the next batch. So one writer pays no hand-over, and many share a sync.

Those who were just served together mostly come again together. The first of them would commit alone and let all others wait for it, so it
waits a moment for as many as there were: a fraction of what a commit takes, and nothing after a commit that served one caller.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from ourword.errors import HomeError

BATCH_MAX = 1024
"""Items in one commit: a bound on how long the last one waits."""
WAITING_MAX = 10_000
"""Callers that may wait at once."""
_ENOUGH = 64
"""So many items share the cost of a commit already: nobody waits for more."""
_PATIENCE = 0.25
"""How much of the last commit's time is waited at most for those whom it served …"""
_PATIENCE_SECONDS = 0.01
"""… and never longer than this: a commit may have waited for a server that was away."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Ticket(Generic[Item, Result]):
    __slots__ = ("error", "items", "leads", "results", "wake")

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.results: Sequence[Result] | None = None
        self.error: Exception | None = None
        self.leads = False
        self.wake = threading.Lock()
        self.wake.acquire()


class Turns(Generic[Item, Result]):
    """Takes items from many threads and hands them to `commit` in batches, one batch at a time, in the order they came."""

    def __init__(self, commit: Callable[[Sequence[Item]], Sequence[Result]], *, batch_max: int = BATCH_MAX, place: str = "home") -> None:
        self._commit = commit
        self._batch_max = batch_max
        self._place = place
        self._lock = threading.Lock()
        self._quiet = threading.Condition(self._lock)
        self._joined = threading.Condition(self._lock)
        self._expected = 1
        self._lasted = 0.0
        """How many callers the last commit served, and how many seconds it took."""
        self._waiting: deque[_Ticket[Item, Result]] = deque()
        self._leading = False
        self._closed = False
        self.commits = 0

    def take(self, items: Sequence[Item]) -> Sequence[Result]:
        """Commit these items together with whatever else waits; return their results once they are durable."""
        ticket: _Ticket[Item, Result] = _Ticket(items)
        try:
            with self._lock:
                self._admit()
                self._waiting.append(ticket)
                if self._are_enough():
                    self._joined.notify()
                ticket.leads = not self._leading
                self._leading = True
            if not ticket.leads:
                ticket.wake.acquire()
            if ticket.leads:
                self._lead()
        except BaseException:
            self._withdraw(ticket)
            raise
        if ticket.error is not None:
            raise ticket.error
        assert ticket.results is not None
        return ticket.results

    def close(self) -> None:
        """Let those who wait finish, and take no more."""
        with self._quiet:
            self._closed = True
            self._quiet.wait_for(lambda: not self._leading)

    def _admit(self) -> None:
        if self._closed:
            raise HomeError("home.closed", "the home is closed", place=self._place, hint="open it again")
        if len(self._waiting) >= WAITING_MAX:
            what = f"{WAITING_MAX:,} callers wait to record already"
            raise HomeError("home.busy", what, place=self._place, hint="hand in fewer at once, or look at what slows the disk")

    def _lead(self) -> None:
        batch: list[_Ticket[Item, Result]] = []
        try:
            self._gather(batch)
            self.commits += 1
            begun = time.monotonic()
            results = self._commit([item for ticket in batch for item in ticket.items])
            self._expected, self._lasted = len(batch), time.monotonic() - begun
            start = 0
            for ticket in batch:
                ticket.results = results[start : start + len(ticket.items)]
                start += len(ticket.items)
        except Exception as error:
            self._fail(batch, error)
        except BaseException:  # Ctrl-C reaches the leader only; those who wait get an error of ours
            hint = "hand it in again under the same id: nothing is recorded twice"
            self._fail(batch, HomeError("home.interrupted", "recording was interrupted", place=self._place, hint=hint))
            raise
        finally:
            self._hand_on()
            for ticket in batch:
                ticket.leads = False
                ticket.wake.release()

    @staticmethod
    def _fail(batch: Sequence[_Ticket[Item, Result]], error: Exception) -> None:
        for ticket in batch:
            ticket.error = error

    def _gather(self, batch: list[_Ticket[Item, Result]]) -> None:
        with self._lock:
            self._joined.wait_for(self._are_enough, timeout=min(self._lasted * _PATIENCE, _PATIENCE_SECONDS))
            size = 0
            while self._waiting and (not batch or size + len(self._waiting[0].items) <= self._batch_max):
                batch.append(self._waiting[0])
                size += len(self._waiting.popleft().items)

    def _are_enough(self) -> bool:
        callers = len(self._waiting)
        return callers >= min(self._expected, _ENOUGH) or sum(len(ticket.items) for ticket in self._waiting) >= _ENOUGH

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].wake.release()
            else:
                self._leading = False
                self._quiet.notify_all()

    def _withdraw(self, ticket: _Ticket[Item, Result]) -> None:
        """A caller was interrupted (Ctrl-C): leave the queue, and pass the lead on so that nobody waits for ever."""
        with self._lock:
            if ticket not in self._waiting:
                return  # its batch is under way or done: another leads
            self._waiting.remove(ticket)
            leads = ticket.leads
        if leads:
            self._hand_on()
