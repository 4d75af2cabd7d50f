"""A process that records decisions until it is done or killed; it prints an id once the decision is acknowledged.

python writer.py HOME PREFIX COUNT THREADS
"""

from __future__ import annotations

import sys
import threading
import time

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.decided import Decided
from ourword.ledger.store import Recorded
from ourword.stores.home import Home, open_home


def acknowledged(home: Home, decided: Decided) -> Recorded:
    """Hand it in until somebody says what became of it: a server on a busy machine may take longer to restart than a gate waits."""
    while True:
        try:
            return home.record(decided)
        except HomeError as error:
            if error.code != "home.unreachable":
                raise


def opened(folder: str) -> Home:
    """Open it once the server is there: it may be restarting just now."""
    while True:
        try:
            return open_home(folder)
        except HomeError as error:
            if error.code != "home.unreachable":
                raise
            time.sleep(0.05)


def main(folder: str, prefix: str, count: int, threads: int) -> None:
    with opened(folder) as home:

        def write(thread: int) -> None:
            for number in range(thread, count, threads):
                recorded = acknowledged(home, refund(f"{prefix}-{number}", customer=f"{prefix}-{number % 40}"))
                sys.stdout.write(f"{recorded.decision_id} {recorded.seq} {int(recorded.new)}\n")
                sys.stdout.flush()

        running = [threading.Thread(target=write, args=(thread,)) for thread in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
