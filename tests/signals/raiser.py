"""A process that raises the signals of a home one entry a commit, and kills itself after so many commits (0: never); or answers one.

python raiser.py HOME NOW COMMITS [SIGNAL SAYING BY]
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from ourword.errors import LineError
from ourword.ledger.entry import PromiseMade, SignalOpened
from ourword.signals import signalling
from ourword.stores.home import Home, open_home

signalling.BATCH_MAX = 1


def main(folder: str, now: int, commits: int, answer: Sequence[str]) -> None:
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
        if not answer:
            print(len(signalling.raise_signals(home, now)))
            return
        try:
            print(signalling.answer(home, answer[0], said=answer[1], by=answer[2], because=f"by {answer[2]}", now=now).answered_by)
        except LineError as error:
            print(error.code)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
