"""A gate process that records decisions under a contract until it is done; it prints an id once the decision is acknowledged.

python gate.py HOME DIGEST FIRST COUNT
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.pruning.shop import decided, opened


def main(folder: str, of: str, first: int, count: int) -> None:
    with opened(Path(folder)) as home:
        for number in range(first, first + count):
            recorded = home.record(decided(number, 0, of, customer=f"new-{number % 40}"))
            sys.stdout.write(f"{recorded.decision_id} {recorded.seq} {int(recorded.new)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
