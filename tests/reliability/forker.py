"""A program that forks one process for each line it reads, so that a thousand of them need not load Python a thousand times.

python -m tests.reliability.forker SOCKET [SHOP]

Each line is `{"folder": …, "mistake": …, "work": …}`. With SHOP, a home that a customer can be erased from, `work` may be `erase`.
The child connects to SOCKET, says its number and waits for an answer, so that a tracer can be set on it; then it does the workload and says
what happened, in lines: `said ID SEQ`, `erased`, `error CODE`, or `broke` and a traceback.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import socket
import sys
import tempfile
import traceback
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import duckdb
import msgspec
from tests.erasing.shop import NS, ZORA
from tests.reliability.bugs import BUGS
from tests.reliability.lives import customer

from ourword.checks.store import refund
from ourword.core.event import Event
from ourword.errors import HomeError
from ourword.ledger.store import Recorded
from ourword.rights.forgetting import erase
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

BATCHES = (("d-1",), ("d-2", "d-3"), ("d-1", "d-4"), ("d-5",))
EVENTS = [
    Event(id=f"m-{number}", source="chat", type="message.in", instant=number * 10**9, subject=f"customer:c-{number}", data={"contact": "k-1"})
    for number in range(3)
]
_MAY_BE_TRACED = 0x59616D61, ctypes.c_ulong(-1)
"""prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY): Yama lets only parents trace otherwise."""


class Order(msgspec.Struct, frozen=True):
    folder: str
    mistake: str = ""
    work: str = "record"


def work(folder: Path, channel: socket.socket) -> None:
    """Make a home, record, keep events, close, open, record again, whatever fails on the way."""

    def say(line: str) -> None:
        channel.send(line.encode() + b"\n")  # a call that no test makes to fail

    chance = random.Random(3)  # the same calls, in the same order, each time
    for batches in (BATCHES[:3], BATCHES[3:]):
        try:
            with open_home(folder, chance=chance.randbytes, clock=lambda: 10**18) as home:
                for batch in batches:
                    try:
                        for each in home.record_many([refund(name, customer=customer(name)) for name in batch]):
                            assert isinstance(each, Recorded)
                            say(f"said {each.decision_id} {each.seq}")
                    except HomeError as error:
                        say(f"error {error.code}")
                with EventStore(home, chance=chance.randbytes) as store:
                    for event, kept in zip(EVENTS, store.add(EVENTS), strict=True):
                        say(f"kept {event.id} {kept}")
        except HomeError as error:
            say(f"error {error.code}")
        except Exception:
            say("broke " + traceback.format_exc())
            return
    say("done")


def erasing(folder: Path, channel: socket.socket) -> None:
    """Erase a customer of a home that is there, in one thread, so that the calls come in the same order each time."""
    connect = duckdb.connect
    with mock.patch.object(duckdb, "connect", lambda **how: connect(config={**how["config"], "threads": 1})):
        try:
            with open_home(folder, create=False, chance=random.Random(3).randbytes, clock=lambda: NS) as home:
                erase(home, ZORA, now=NS)
            channel.send(b"erased\n")
        except HomeError as error:
            channel.send(f"error {error.code}\n".encode())
        except Exception:
            channel.send(b"broke " + traceback.format_exc().encode() + b"\n")
            return
    channel.send(b"done\n")


WORKS = {"record": work, "erase": erasing}


def main(address: str, shop: str = "") -> None:
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory() as folder:  # load all that is loaded late
        work(Path(folder) / "home", ours)
        if shop:
            erasing(Path(shutil.copytree(shop, Path(folder) / "shop")), ours)
    ours.close()
    theirs.close()
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(*_MAY_BE_TRACED)
            with socket.socket(socket.AF_UNIX) as channel, BUGS[order.mistake]() if order.mistake else nullcontext():
                channel.connect(address)
                channel.send(f"{os.getpid()}\n".encode())
                channel.recv(1)
                WORKS[order.work](Path(order.folder), channel)
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
