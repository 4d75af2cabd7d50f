"""A process that settles a home, fifty transitions a commit, and kills itself after so many commits (0: never).

python settler.py HOME NOW COMMITS
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from ourword.figures import settling
from ourword.ledger.entry import PromiseMade, SignalOpened
from ourword.stores.home import Home, open_home

settling.BATCH_MAX = 50


def main(folder: str, now: int, commits: int) -> None:
    follow = Home.follow

    def counted(home: Home, entries: Sequence[PromiseMade | SignalOpened], *, seen: int) -> int | None:
        nonlocal commits
        last = follow(home, entries, seen=seen)
        commits -= 1
        if commits == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return last

    Home.follow = counted  # type: ignore[method-assign]
    with open_home(folder) as home:
        print(len(settling.settle_home(home, [], now).new))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
