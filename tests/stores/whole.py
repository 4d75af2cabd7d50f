"""Is a home whole? No gap, every decision complete, every count dense."""

from __future__ import annotations

from ourword.stores.home import Home


def whole(home: Home) -> dict[str, int]:
    """Check that the log has no gap and every decision in it is complete (one promise each); give each decision's number."""
    entries = list(home.log())
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    seqs: dict[str, int] = {}
    counters: dict[str, list[int]] = {}
    for entry in entries:
        value = entry.value
        seqs.setdefault(value.decision_id, entry.seq)
        counters.setdefault(value.gate, []).append(value.counter)
    assert len(entries) == 2 * len(seqs), "each decision has its promise, once"
    for decision_id, seq in seqs.items():
        found = home.find(decision_id)
        assert found is not None
        assert found.seq == seq
        assert found.personal is not None
    for counted in counters.values():
        assert counted == list(range(1, len(counted) + 1))
    return seqs
