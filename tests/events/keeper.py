"""A process that keeps events until it is done or killed: python keeper.py HOME COUNT."""

from __future__ import annotations

import sys

from ourword.core.event import Event
from ourword.stores import events
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

events.SEGMENT_ROWS = 60


def main(folder: str, count: int) -> None:
    with open_home(folder) as home, EventStore(home) as store:
        for start in range(0, count, 20):
            batch = [
                Event(
                    id=f"m-{number}",
                    source="chat",
                    type="message.in",
                    instant=number * 10**9,
                    subject=f"customer:c-{number % 37}",
                    data={"contact": f"k-{number % 11}"},
                )
                for number in range(start, start + 20)
            ]
            store.add(batch)
            sys.stdout.write(f"{start + 20}\n")
            sys.stdout.flush()
        store.seal()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
