"""The clock jumps, back too: the log goes on without a gap, and nothing that was settled is unsettled."""

from __future__ import annotations

import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.reliability.table import told

from ourword import Ourword

ROOT = Path(__file__).resolve().parents[2]
LARKSPUR = ROOT / "examples" / "larkspur-refund"
CLOCKS, JUMPS = (20, 6) if os.environ.get("OURWORD_ROUNDS") else (1, 4)
FACTS = {"amount": "20.00 EUR", "order_total": "60.00 EUR", "order_age": "2 days", "reason": "damaged", "confirmed": True, "asked_human": False}
FINAL = ("kept", "late", "released")


def paid(number: int, at: datetime) -> dict[str, object]:
    """The money of the decision before came back."""
    data = {"amount": "20.00 EUR", "decision": f"d-{number - 1}"}
    of = {"specversion": "1.0", "source": "psp", "type": "payment.refunded", "subject": "customer:c-1"}
    return {**of, "id": f"e-{number}", "time": at.isoformat(), "data": data}


def standings(log: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """How each promise stands after these entries."""
    return {(each["decision_id"], each["promise"]): each["standing"] for each in log if each["type"] == "promise"}


def jumped(home: Path, days: list[int]) -> int:
    """Decide, hear that half of it was paid, settle; each time by another clock. Give how many promises were settled."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    before: list[dict[str, Any]] = []
    for number, jump in enumerate(days):
        now += timedelta(days=jump)
        with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=home, clock=lambda now=now: now) as word:
            word.decide({"kind": "refund", "customer": "c-1", "decision_id": f"d-{number}", "facts": FACTS})
            if number % 2:
                word.event(paid(number, now - timedelta(days=1)))
            word.settle()
            log = list(word.log())

        assert list(range(1, len(log) + 1)) == [each["seq"] for each in log]
        assert [f"d-{each}" for each in range(number + 1)] == [each["decision_id"] for each in log if each["type"] == "decision"]
        assert before == log[: len(before)]
        assert all(standings(log)[key] == standing for key, standing in standings(before).items() if standing in FINAL)
        before = log
    return sum(standing in FINAL for standing in standings(before).values())


def test_the_clock_jumps_by_days(in_memory: Path) -> None:
    """Up to 400 days on and back, between any two decisions."""
    chance = random.Random(3)
    settled = 0
    for _ in range(CLOCKS):
        settled += jumped(in_memory / "home", [chance.randint(-400, 400) for _ in range(JUMPS)])
        shutil.rmtree(in_memory / "home")
    told("The clock jumps by up to 400 days, back too", rounds=JUMPS * CLOCKS, result=f"no gap; {settled:,} promises settled, none unsettled")

    assert settled
