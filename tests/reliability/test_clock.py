"""The clock jumps, back too: the log goes on without a gap, and nothing that was settled is unsettled."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reliability.table import told

from ourword import Ourword

ROOT = Path(__file__).resolve().parents[2]
LARKSPUR = ROOT / "examples" / "larkspur-refund"
DEEP = bool(os.environ.get("OURWORD_ROUNDS"))
EXAMPLES = 100 if DEEP else 3
FACTS = {"amount": "20.00 EUR", "order_total": "60.00 EUR", "order_age": "2 days", "reason": "damaged", "confirmed": True, "asked_human": False}
FINAL = {"kept", "late", "released"}


def paid(number: int, at: datetime) -> dict[str, object]:
    """The money of the decision before came back."""
    data = {"amount": "20.00 EUR", "decision": f"d-{number - 1}"}
    of = {"specversion": "1.0", "source": "psp", "type": "payment.refunded", "subject": "customer:c-1"}
    return {**of, "id": f"e-{number}", "time": at.isoformat(), "data": data}


jumps = st.lists(st.integers(-400, 400), min_size=3, max_size=6)


def test_the_clock_jumps_by_days() -> None:
    """Decide, hear that half of it was paid, settle; each time by another clock."""
    settings(max_examples=EXAMPLES)(given(jumps)(jumped))()
    told("The clock jumps by up to 400 days, back too", rounds=EXAMPLES, result="no gap, nothing settled is unsettled")


def jumped(days: list[int]) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    acknowledged: list[str] = []
    with TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        for number, jump in enumerate(days):
            now += timedelta(days=jump)
            with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=Path(folder) / "home", clock=lambda now=now: now) as word:
                before = {(each.decision_id, each.id): each.standing for each in word.promises()}
                word.decide({"kind": "refund", "customer": "c-1", "decision_id": f"d-{number}", "facts": FACTS})
                acknowledged.append(f"d-{number}")
                if number % 2:
                    word.event(paid(number, now - timedelta(days=1)))
                word.settle()
                after = {(each.decision_id, each.id): each.standing for each in word.promises()}
                log = list(word.log())

            assert list(range(1, len(log) + 1)) == [each["seq"] for each in log]
            assert acknowledged == [each["decision_id"] for each in log if each["type"] == "decision"]
            assert all(after[key] == standing for key, standing in before.items() if str(standing) in FINAL)
