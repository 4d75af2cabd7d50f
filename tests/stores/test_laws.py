"""Whatever is recorded, in whatever order: the SQLite store says what the plain store in memory says."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stores.cluster import Cluster
from tests.tries import tries

from ourword.checks.store import MINUTE, NOON, refund
from ourword.errors import LineError
from ourword.ledger.decided import Decided
from ourword.ledger.store import Recorded, Store
from ourword.stores.home import make_postgres_home, open_home
from ourword.testing import MemoryStore

ANSWERS, CUSTOMERS, KINDS = ("allow", "amend", "refuse"), ("c-1", "c-2", "", "é😀"), ("refund", "exchange")
decisions = st.builds(
    refund,
    st.sampled_from(["", "d-1", "d-2", "d-3", "d-4", "x" * 201]),
    line=st.sampled_from([b"{}", b"[1]"]),
    ordinal=st.integers(1, 2),
    customer=st.sampled_from(CUSTOMERS),
    amount=st.sampled_from(["1.00 EUR", "2.00 EUR", float("nan")]),
    answer=st.sampled_from(ANSWERS),
    kind=st.sampled_from(KINDS),
    instant=st.integers(0, 3).map(lambda minutes: NOON + minutes * MINUTE),
    promises=st.sampled_from([(), refund().promises]),
)


def keyless(entry: bytes) -> dict[str, Any]:
    """An entry without what depends on chance; an id made from a line depends on the customer's key."""
    value = {name: part for name, part in json.loads(entry).items() if name not in ("gate", "sub", "pd")}
    return {**value, "decision_id": value["decision_id"] if value["decision_id"] in ("d-1", "d-2", "d-3", "d-4") else "made"}


def outcome(result: Recorded | LineError) -> object:
    if isinstance(result, LineError):
        return result.code
    return result.seq, result.new, result.same, keyless(result.entry), result.personal


def counts(store: Store) -> list[int]:
    return [
        store.history(customer, kind, answers=answers, since=since, until=until)
        for customer in CUSTOMERS
        for kind in KINDS
        for answers in ((), ANSWERS[:2])
        for since, until in ((None, None), (NOON + 1, NOON + 2 * MINUTE))
    ]


@settings(max_examples=tries(40))
@given(st.lists(st.lists(decisions, max_size=4), max_size=5))
def test_sqlite_says_what_memory_says(batches: Sequence[Sequence[Decided]]) -> None:
    """Retries, broken lines, one customer's history: the outcome does not depend on where it is kept."""
    plain = MemoryStore()
    with tempfile.TemporaryDirectory() as folder, open_home(folder) as home:
        for batch in batches:
            assert [outcome(each) for each in home.record_many(batch)] == [outcome(each) for each in plain.commit(batch)]

        assert [(each.seq, keyless(each.bytes)) for each in home.entries()] == [(each.seq, keyless(each.bytes)) for each in plain.entries()]
        assert counts(home._store) == counts(plain)


@settings(max_examples=tries(15))
@given(batches=st.lists(st.lists(decisions, max_size=4), max_size=4))
def test_postgres_says_what_memory_says(cluster: Cluster, batches: Sequence[Sequence[Decided]]) -> None:
    """The same, where another process numbers the entries."""
    plain = MemoryStore()
    with tempfile.TemporaryDirectory() as folder:
        make_postgres_home(folder, cluster.address, schema=f"home_{secrets.token_hex(6)}")
        with open_home(folder) as home:
            for batch in batches:
                assert [outcome(each) for each in home.record_many(batch)] == [outcome(each) for each in plain.commit(batch)]

            assert [(each.seq, keyless(each.bytes)) for each in home.entries()] == [(each.seq, keyless(each.bytes)) for each in plain.entries()]
            assert counts(home._store) == counts(plain)


@settings(max_examples=tries(40))
@given(st.lists(decisions, max_size=6))
def test_recording_twice_is_recording_once(batch: Sequence[Decided]) -> None:
    """Whoever does not know whether it was recorded hands it in again, and nothing is changed by it."""
    store = MemoryStore()
    first = store.commit(batch)
    log = store.entries()
    again = store.commit(batch)

    assert store.entries() == log
    assert [each.decision_id for each in again if isinstance(each, Recorded)] == [each.decision_id for each in first if isinstance(each, Recorded)]
    assert not any(each.new for each in again if isinstance(each, Recorded))
