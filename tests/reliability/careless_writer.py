"""A process that records until it is stopped, as careful as it is told: python careless_writer.py HOME PREFIX FULL|NORMAL."""

from __future__ import annotations

import sys
import threading

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import open_home


def main(folder: str, prefix: str, synchronous: str) -> None:
    with open_home(folder) as home:
        assert home.store._writer is not None
        home.store._writer.execute(f"PRAGMA synchronous={synchronous}")

        def write(thread: int) -> None:
            for number in range(thread, 100_000, 4):
                try:
                    recorded = home.record(refund(f"{prefix}-{number}", customer=f"{prefix}-{number % 40}"))
                except HomeError:
                    return
                sys.stdout.write(f"{recorded.decision_id} {recorded.seq} {int(recorded.new)}\n")
                sys.stdout.flush()

        running = [threading.Thread(target=write, args=(thread,)) for thread in range(4)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
