"""What every store must do, as tests: subclass `StoreChecks`, say how to open your store, and let pytest run it.

```python
from ourword.checks.store import StoreChecks
from ourword.testing import MemoryStore

class TestMemoryStore(StoreChecks):
    def open(self):
        return MemoryStore()
```
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import closing

from ourword.core.canonical import canonical
from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Bent, Decided, Personal, Promised, Signalled
from ourword.ledger.entry import Bend, Decision, Lineage, PromiseMade, SignalOpened
from ourword.ledger.store import Recorded, Store

NOON = 1_767_614_400 * 10**9
"""2026-01-05T12:00:00Z."""
MINUTE = 60 * 10**9
_THREADS, _EACH = 8, 12


def refund(decision_id: str = "", **changes: object) -> Decided:
    """Make a decision to record: a refund allowed at noon, for customer `c-7`, with one promise."""
    customer = changes.pop("customer", "c-7")
    amount = changes.pop("amount", "12.00 EUR")
    parts: dict[str, object] = {
        "kind": "refund",
        "instant": NOON,
        "contract": "larkspur-care",
        "lineage": Lineage(model="m-3", contract="sha256:ab"),
        "owner": "mara",
        "answer": "allow",
        "decided_by": "in-time",
        "clauses": ("in-time",),
        "promises": (Promised("money-back", NOON + MINUTE),),
        "personal": Personal(customer=str(customer), facts={"amount": amount}, verdict={"answer": "allow", "tell": f"{amount} back"}),
        **changes,
    }
    return Decided(decision_id=decision_id, **parts)  # type: ignore[arg-type]


def one(store: Store, decided: Decided) -> Recorded:
    """Record one decision that can be written."""
    (recorded,) = store.commit([decided])
    assert isinstance(recorded, Recorded), recorded
    return recorded


class StoreChecks:
    """The conformance suite; `open` gives a fresh, empty store each time."""

    def open(self) -> Store:
        """Give a fresh, empty store."""
        raise NotImplementedError

    def test_a_recorded_decision_is_found_with_all_that_was_said(self) -> None:
        """Who asks later why they were refused gets the words they were given."""
        with closing(self.open()) as store:
            recorded = one(store, refund("d-1"))
            found = store.find("d-1")

            assert recorded.new
            assert found is not None
            assert (found.seq, found.entry, found.personal) == (recorded.seq, recorded.entry, refund().personal)
            assert store.find("d-2") is None

    def test_a_retry_gets_the_first_verdict(self) -> None:
        """A customer is not refunded twice because a connection broke."""
        with closing(self.open()) as store:
            first = one(store, refund("d-1"))
            again = one(store, refund("d-1"))
            other = one(store, refund("d-1", amount="99.00 EUR", answer="refuse"))

            assert (again.new, again.same, again.entry, again.seq) == (False, True, first.entry, first.seq)
            assert (other.new, other.same, other.personal) == (False, False, first.personal)
            assert len(store.entries()) == 2
            assert store.history("c-7", "refund") == 1

    def test_a_retry_in_the_same_batch_gets_the_first_verdict(self) -> None:
        """The same, when both arrive at once."""
        with closing(self.open()) as store:
            results = store.commit([refund("d-1"), refund("d-2"), refund("d-1")])

            assert [isinstance(each, Recorded) and (each.decision_id, each.seq, each.new) for each in results] == [
                ("d-1", 1, True),
                ("d-2", 3, True),
                ("d-1", 1, False),
            ]

    def test_a_retry_for_another_customer_is_not_the_same(self) -> None:
        """An id that is used twice by mistake is seen, and the first customer's decision stands."""
        with closing(self.open()) as store:
            one(store, refund("d-1"))
            other = one(store, refund("d-1", customer="c-8"))

            assert (other.new, other.same) == (False, False)
            assert store.history("c-8", "refund") == 0

    def test_lines_without_an_id_are_found_again(self) -> None:
        """A file that is run again decides nobody twice; two equal lines in it are two decisions."""
        with closing(self.open()) as store:
            first, second = (one(store, refund(line=b"{}", ordinal=ordinal)) for ordinal in (1, 2))
            again = one(store, refund(line=b"{}", ordinal=1, instant=NOON + MINUTE))

            assert first.decision_id != second.decision_id
            assert (again.new, again.decision_id) == (False, first.decision_id)

    def test_a_decision_without_line_or_id_gets_an_id_of_its_own(self) -> None:
        """Two calls are two decisions, even when they say the same."""
        with closing(self.open()) as store:
            assert one(store, refund()).decision_id != one(store, refund()).decision_id

    def test_each_promise_bend_and_signal_has_its_entry(self) -> None:
        """What was promised is followed from its own entry on."""
        with closing(self.open()) as store:
            signal = Signalled(about="boundary", owner="omar", clauses=("not-more-than-paid",))
            one(store, refund("d-1", by="care", bend=Bent(clauses=("too-late",), written="refuse"), signals=(signal,)))
            values = [json.loads(entry.bytes) for entry in store.entries()]

            assert [each["type"] for each in values] == ["decision", "promise", "bend", "signal"]
            assert [each["owner"] for each in values] == ["mara", "mara", "mara", "omar"]
            assert {each["decision_id"] for each in values} == {"d-1"}
            assert values[1]["due"] == "2026-01-05T12:01:00Z"

    def test_entries_hold_nothing_about_the_customer(self) -> None:
        """The log is published and never forgets: no id, no fact, no reason may stand in it."""
        with closing(self.open()) as store:
            personal = Personal(customer="+49 170 555", facts={"iban": "DE02-SECRET"}, because="her SECRET illness")
            one(store, refund("d-1", personal=personal))
            log = b"".join(entry.bytes for entry in store.entries())

            assert b"170 555" not in log  # "555" alone may turn up in a digest
            assert b"SECRET" not in log

    def test_entries_are_canonical(self) -> None:
        """The same entry is the same bytes wherever it is written: that is what is hashed and signed."""
        with closing(self.open()) as store:
            store.commit([refund("d-1"), refund("übung-😀", mode="observe"), refund("d-3", customer="c-8")])

            assert all(canonical(json.loads(entry.bytes)) == entry.bytes for entry in store.entries())

    def test_a_customer_has_one_pseudonym_and_another_has_another(self) -> None:
        """Entries about one customer belong together; nothing else ties them."""
        with closing(self.open()) as store:
            store.commit([refund("d-1"), refund("d-2"), refund("d-3", customer="c-8")])
            first, _, second, _, third, _ = (json.loads(entry.bytes) for entry in store.entries())

            assert first["sub"] == second["sub"] != third["sub"]
            assert first["pd"] != second["pd"]

    def test_history_counts_one_customer_one_kind_these_answers_and_this_time(self) -> None:
        """A customer with two refunds in 90 days has two, whatever others had."""
        with closing(self.open()) as store:
            store.commit([refund("d-1"), refund("d-2", instant=NOON + MINUTE, answer="amend")])
            store.commit([refund("d-3", instant=NOON + 2 * MINUTE, answer="refuse")])
            store.commit([refund("d-4", customer="c-8"), refund("d-5", kind="exchange")])

            assert store.history("c-7", "refund") == 3
            assert store.history("c-7", "refund", answers=("allow", "amend")) == 2
            assert store.history("c-7", "refund", since=NOON, until=NOON) == 1
            assert store.history("c-7", "refund", since=NOON + 1, until=NOON + 2 * MINUTE) == 2
            assert store.history("c-7", "exchange") == 1
            assert store.history("nobody", "refund") == 0

    def test_what_cannot_be_written_leaves_the_rest_alone(self) -> None:
        """One broken line keeps nobody else's decision from being recorded."""
        with closing(self.open()) as store:
            results = store.commit(
                [
                    refund("d-1", amount=float("nan")),
                    refund("d-2", clauses=("x" * 70_000,)),
                    refund("d-3", instant=2**63),
                    refund("d" * 201),
                    refund("d-5", customer="\ud800"),
                    refund("d-6", amount=object()),
                    refund("d-7"),
                ]
            )

            codes = [each.code if isinstance(each, LineError) else each.decision_id for each in results]
            assert codes == [
                "line.not-recordable",
                "entry.too-large",
                "entry.time",
                "line.decision-id",
                "line.not-recordable",
                "line.not-recordable",
                "d-7",
            ]
            assert [entry.seq for entry in store.entries()] == [1, 2]
            assert [entry.value.counter for entry in store.entries()] == [1, 2]

    def test_entries_come_in_pages(self) -> None:
        """A log of any length can be read."""
        with closing(self.open()) as store:
            store.commit([refund(f"d-{number}", promises=()) for number in range(5)])

            assert [entry.seq for entry in store.entries(after=1, limit=3)] == [2, 3, 4]
            assert store.entries(after=5) == []

    def test_a_closed_store_takes_no_more(self) -> None:
        """What cannot be recorded is not acknowledged."""
        store = self.open()
        store.close()
        code = ""
        try:
            store.commit([refund("d-1")])
        except HomeError as error:
            code = error.code

        assert code == "home.closed"


class SharedStoreChecks(StoreChecks):
    """On top, for stores that many threads share."""

    def test_many_threads_get_a_log_without_gaps(self) -> None:
        """Acknowledged is present, once; entries and counters are dense."""
        with closing(self.open()) as store:
            acknowledged: list[Recorded] = []

            def record(thread: int) -> None:
                for number in range(_EACH):
                    # Every third id is used by two threads.
                    name = f"both-{number}" if number % 3 == 0 and thread < 2 else f"{thread}-{number}"
                    acknowledged.append(one(store, refund(name, customer=f"c-{number % 5}")))

            threads = [threading.Thread(target=record, args=(thread,)) for thread in range(_THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            entries = store.entries()
            values = [entry.value for entry in entries if isinstance(entry.value, Decision | PromiseMade | Bend | SignalOpened)]

            assert len(acknowledged) == _THREADS * _EACH
            assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
            assert [value.counter for value in values] == list(range(1, len(entries) + 1))
            assert Counter(value.decision_id for value in values) == {each.decision_id: 2 for each in acknowledged}
            assert all(entries[each.seq - 1].bytes == each.entry for each in acknowledged)


class ManyGatesChecks(SharedStoreChecks):
    """On top, for stores that several gate processes share: `open_again` gives another gate on what `open` gave last."""

    def open_again(self) -> Store:
        """Give another store on the same entries."""
        raise NotImplementedError

    def test_two_gates_write_one_log(self) -> None:
        """What one has recorded the other reads; numbers go on, and each gate counts its own entries."""
        with closing(self.open()) as here, closing(self.open_again()) as there:
            for number in range(6):
                one(here if number % 2 else there, refund(f"d-{number}"))
            values = _told(here)

            assert here.entries() == there.entries()
            assert [entry.seq for entry in here.entries()] == list(range(1, 13))
            assert len({value.gate for value in values}) == 2
            for gate in {value.gate for value in values}:
                assert [value.counter for value in values if value.gate == gate] == [1, 2, 3, 4, 5, 6]
            assert here.history("c-7", "refund") == there.history("c-7", "refund") == 6

    def test_a_retry_at_another_gate_gets_the_first_verdict(self) -> None:
        """A customer who is sent to another machine is not told two things; a gate that was not first counts nothing."""
        with closing(self.open()) as here, closing(self.open_again()) as there:
            first = one(here, refund("d-1"))
            again, new = there.commit([refund("d-1", answer="refuse"), refund("d-2")])

            assert isinstance(again, Recorded)
            assert isinstance(new, Recorded)
            assert (again.new, again.same, again.entry, again.personal) == (False, True, first.entry, first.personal)
            assert [value.counter for value in _told(here)] == [1, 2, 1, 2]

    def test_a_customer_whom_two_gates_meet_is_one(self) -> None:
        """Whoever comes first makes the key; the other learns it."""
        with closing(self.open()) as here, closing(self.open_again()) as there:
            for number, store in enumerate((here, there, here, there)):
                one(store, refund(f"d-{number}", customer=f"c-{number // 2}"))
            subs = [value.sub for value in _told(there)]

            assert subs[0] == subs[2] != subs[4] == subs[6]
            assert there.find("d-0") == here.find("d-0")

    def test_two_gates_record_the_same_at_once(self) -> None:
        """Each id is one decision, and exactly one gate is told that it was new."""
        with closing(self.open()) as here, closing(self.open_again()) as there:
            told: list[Recorded] = []

            def record(store: Store) -> None:
                for number in range(_EACH):
                    results = store.commit([refund(f"d-{number}", customer=f"c-{number}"), refund(f"e-{number}", customer=f"c-{number + 1}")])
                    told.extend(each for each in results if isinstance(each, Recorded))

            threads = [threading.Thread(target=record, args=(store,)) for store in (here, there)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

            assert len(told) == 4 * _EACH
            assert Counter(each.decision_id for each in told if each.new) == {each.decision_id: 1 for each in told}
            assert {each.decision_id: each.entry for each in told if each.new} == {each.decision_id: each.entry for each in told}
            assert [entry.seq for entry in here.entries()] == list(range(1, 4 * _EACH + 1))


def _told(store: Store) -> list[Decision | PromiseMade]:
    return [value for entry in store.entries() if isinstance(value := entry.value, Decision | PromiseMade)]
