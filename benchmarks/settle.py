"""How long it takes to settle a million promises, beside a plain look-up of the same events.

    python -m benchmarks.settle [--size N] [--json]

So many promises of as many decisions, and the events that came: of twenty promises sixteen are kept, two late, one gets no event, one is kept by an
event that names an order instead of the decision. The plain look-up goes once through the events, remembers the first of each decision or order in
a dict, and compares it with the due time: it knows neither sources nor amounts, releases or repairs, and that one event keeps one promise. Both must
say the same of every promise. All lies in memory; a home reads and opens the events besides.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from typing import Any

from ourword.core.event import Event
from ourword.core.span import Span
from ourword.ledger.settle import Key, Owed, Source, Standing, settle

SIZE = 1_000_000
NOW = 1_795_600_000 * 10**9
_SECOND = 10**9
_DAY = 86_400 * _SECOND
_SOURCES = (Source("psp", heard_within=Span(2, "day")),)


def owed(number: int) -> Owed:
    """Money back within five days of the decision."""
    made = NOW - 30 * _DAY + number % 2_000_000 * _SECOND
    order = frozenset({("order", f"order-{number}")})
    return Owed(
        key=Key(f"d-{number}", "money-back"),
        made=made,
        due=made + 5 * _DAY,
        kept_by="payment.refunded",
        customer=f"c-{number}",
        objects=order,
        sources=_SOURCES,
    )


def came(number: int) -> Event | None:
    """What came of a promise: in time, late, or nothing."""
    lot = number % 20
    if lot == 19:
        return None
    named: dict[str, Any] = {"objects": [{"type": "order", "id": f"order-{number}"}]} if lot == 18 else {"decision": f"d-{number}"}
    instant = owed(number).made + (6 if lot in (16, 17) else 2) * _DAY
    return Event(id=f"r-{number}", source="psp", type="payment.refunded", instant=instant, subject=f"customer:c-{number}", data=named)


def looked_up(promises: Sequence[Owed], events: Sequence[Event]) -> dict[Key, Standing]:
    """What a few lines would say."""
    first: dict[str, int] = {}
    for event in events:
        assert event.instant is not None
        name = event.data["decision"] if "decision" in event.data else event.data["objects"][0]["id"]
        if event.instant <= NOW and event.instant < first.get(name, NOW + 1):
            first[name] = event.instant
    stands = {}
    for each in promises:
        ((_, order),) = each.objects
        at = min(first.get(each.key.decision, NOW + 1), first.get(order, NOW + 1))
        if at <= NOW:
            stands[each.key] = Standing.KEPT if at <= each.due else Standing.LATE
        else:
            stands[each.key] = Standing.OPEN if each.due >= NOW else Standing.BROKEN
    return stands


def measure(*, size: int = SIZE) -> dict[str, Any]:
    """Settle so many promises; hold every standing against the look-up's."""
    promises = [owed(number) for number in range(size)]
    events = [event for number in range(size) if (event := came(number)) is not None]
    held = _most_memory()
    begun, spent = time.perf_counter(), time.process_time()
    stands = settle(promises, events, NOW)
    took, busy, most = time.perf_counter() - begun, time.process_time() - spent, _most_memory()
    begun = time.process_time()
    plain = looked_up(promises, events)
    bare = time.process_time() - begun
    assert plain == {key: each.standing for key, each in stands.items()}
    counts = {str(each): sum(stand.standing is each for stand in stands.values()) for each in Standing}
    told = {"promises": size, "events": len(events), "standings": counts, "seconds": round(took, 3), "cpu_seconds": round(busy, 3)}
    told |= {"promises_per_cpu_second": round(size / busy), "plain_cpu_seconds": round(bare, 3), "ratio_to_plain": round(busy / bare, 1)}
    return told | {"memory_before": held, "memory_most": most}


def _most_memory() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def table(told: dict[str, Any]) -> str:
    """The figures in words."""
    lines = [
        f"{told['promises']:,} promises settled from {told['events']:,} events in {told['seconds']} s, {told['cpu_seconds']} s of them at work",
        f"({told['promises_per_cpu_second']:,} a second); a plain look-up takes {told['plain_cpu_seconds']} s: {told['ratio_to_plain']} times that.",
        f"At most {told['memory_most'] / 1e9:.2f} GB, {told['memory_before'] / 1e9:.2f} GB of them before",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = measure(size=given.size)
    print(json.dumps(told) if given.json else table(told))


if __name__ == "__main__":
    main()
