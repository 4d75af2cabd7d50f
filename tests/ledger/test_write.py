"""Laws of writing a decision out before it is known what its gate will have counted."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.test_entry import decisions

from ourword.ledger.decided import Decided
from ourword.ledger.seal import KEY_BYTES, subject
from ourword.ledger.write import CHANCE_BYTES, counted, written_ahead, written_out

OF = subject(7, bytes(KEY_BYTES))


@given(decisions, st.integers(0, 2**49), st.binary(min_size=CHANCE_BYTES, max_size=CHANCE_BYTES))
def test_written_ahead_and_counted_later_is_written_out(decided: Decided, counter: int, chance: bytes) -> None:
    """Whoever gives the number, when, leaves no trace in the bytes."""
    ahead = written_ahead(decided, OF, gate="g-1", chance=chance)
    at_once = written_out(decided, OF, gate="g-1", counter=counter, chance=chance)

    assert (ahead.decision_id, counted(ahead, counter), ahead.box) == (at_once.decision_id, at_once.entries, at_once.box)


@given(decisions, st.integers(1, 9))
def test_a_text_that_reads_like_a_count_stays_as_it_is(decided: Decided, at: int) -> None:
    """Somebody names a clause so that its name would be counted in place of the entry."""
    trap: Any = f'","counter":{10**15 + at},"'
    trapped = msgspec.structs.replace(decided, answer=trap, contract=trap, clauses=(trap,), by=trap)
    chance = bytes(CHANCE_BYTES)

    assert counted(written_ahead(trapped, OF, gate=trap, chance=chance), 5) == written_out(trapped, OF, gate=trap, counter=5, chance=chance).entries
