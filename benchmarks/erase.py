"""How long it takes to erase one customer of many, beside copying the home's bytes once.

    python -m benchmarks.erase [--customers N] [--json]

A home of 100,000 customers with a decision and two events each; some of them are erased, one after the other, and the median is told. Copying
every file of the home, each synced, is what anybody would need who wrote the home anew without that customer.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from ourword.core.event import Event
from ourword.ledger.decided import Decided, Personal
from ourword.ledger.entry import Lineage
from ourword.rights.forgetting import erase
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home

CUSTOMERS, ERASED = 100_000, 5
NOW = 1_795_600_000 * 10**9
SECOND = 10**9


def decided(number: int) -> Decided:
    """A refund of usual size, each for another customer."""
    facts = {"amount": "12.00 EUR", "order_total": "48.00 EUR", "reason": "damaged", "confirmed": True, "asked_human": False}
    return Decided(
        decision_id=f"order-{number:09}/refund",
        kind="refund",
        instant=NOW - number * SECOND,
        contract="larkspur-care",
        lineage=Lineage(contract="sha256:" + "0a" * 32),
        owner="mara",
        answer="allow",
        decided_by="our-fault",
        clauses=("our-fault",),
        personal=Personal(customer=f"customer-{number}", facts=facts, contact=f"chat-{number}", verdict={"tell": "It was our mistake."}),
    )


def heard(number: int, customers: int) -> Event:
    """Two events of every customer, apart in time."""
    customer, type_ = number % customers, "message.in" if number < customers else "contact.closed"
    data: dict[str, Any] = {"contact": f"chat-{customer}"}
    data |= {"text": f"My lamp arrived broken, order {customer}."} if number < customers else {"closed_by": "automation"}
    at = NOW - (2 * customers - number) * SECOND
    return Event(id=f"e-{number}", source="chat", type=type_, instant=at, subject=f"customer:customer-{customer}", data=data)


def grown(folder: Path, customers: int) -> Home:
    """Make such a home."""
    home = open_home(folder, clock=lambda: NOW)
    for start in range(0, customers, 20_000):
        home.record_many([decided(number) for number in range(start, min(start + 20_000, customers))])
    with EventStore(home) as store:
        for start in range(0, 2 * customers, 32_768):
            store.add([heard(number, customers) for number in range(start, min(start + 32_768, 2 * customers))])
        store.seal()
    return home


def copied(folder: Path, beside: Path) -> tuple[float, int]:
    """Copy every file of a home, each synced; give the seconds, and how many bytes that were."""
    begun, size = time.perf_counter(), 0
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and "log" not in each.parts):
        new = beside / path.relative_to(folder)
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, new)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        size += new.stat().st_size
    return time.perf_counter() - begun, size


def measure(*, customers: int = CUSTOMERS, erased: int = ERASED) -> dict[str, Any]:
    """Erase some of so many customers; seconds are medians."""
    with tempfile.TemporaryDirectory(prefix="ourword-erase-") as name:
        begun = time.perf_counter()
        home = grown(Path(name) / "home", customers)
        made = time.perf_counter() - begun
        took, busy, copies = [], [], []
        for round_ in range(erased):
            begun, spent = time.perf_counter(), time.process_time()
            assert erase(home, f"customer-{(round_ * 2 + 1) * customers // (2 * erased)}", now=NOW).new
            took.append(time.perf_counter() - begun)
            busy.append(time.process_time() - spent)
            seconds, size = copied(home.path, Path(name) / f"copy-{round_}")
            shutil.rmtree(Path(name) / f"copy-{round_}")
            copies.append(seconds)
        home.close()
    median, copy = statistics.median(took), statistics.median(copies)
    told = {"customers": customers, "erased": erased, "seconds_to_make": round(made, 1), "bytes": size}
    told |= {"erase_seconds": round(median, 3), "erase_cpu_seconds": round(statistics.median(busy), 3)}
    return told | {"copy_seconds": round(copy, 3), "ratio_to_copy": round(median / copy, 2)}


def table(told: dict[str, Any]) -> str:
    """The figures in words."""
    return (
        f"one of {told['customers']:,} customers erased in {told['erase_seconds']} s, {told['erase_cpu_seconds']} s of them at work "
        f"(median of {told['erased']});\ncopying its {told['bytes'] / 1e6:,.0f} MB takes {told['copy_seconds']} s: {told['ratio_to_copy']} times that"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = measure(customers=given.customers)
    print(json.dumps(told) if given.json else table(told))


if __name__ == "__main__":
    main()
