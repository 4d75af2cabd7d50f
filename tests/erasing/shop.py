"""A small shop's home with everything in it that a home can hold on a customer: Zora, who will ask to be erased, and others, who will not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.blocks import ROOT

from ourword.app import Ourword
from ourword.calling.asking import Wanted
from ourword.calling.sheet import written
from ourword.core.event import event_from_mapping
from ourword.stores import events as stored
from ourword.stores.database import connect
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
NS = int(NOW.timestamp()) * 10**9
ZORA, BEFORE, BEN, ADA = "Zora-4711", "visitor-Zora-7", "Ben-22", "Ada-33"
OTHERS = (BEN, ADA)
_NAMING = [ZORA, BEFORE, "chat-Zora-81", "order-Zora-9", "My lamp is broken, says Zora", "zora@example.org", "Zoratown", "Zora wants a call", "Zora"]
NEEDLES = [each.encode() for each in _NAMING]
"""Whatever names her, or was said by her."""
SHARED = "order-shared-5"
"""An order that she and Ben are both named with."""
LARKSPUR = ROOT / "examples" / "larkspur-refund"


def line(customer: str, number: int, **more: Any) -> dict[str, Any]:
    facts = {"amount": "48.00 EUR", "order_total": "48.00 EUR", "order_age": "3 days", "reason": "damaged"}
    facts |= {"confirmed": True, "asked_human": False, "opened": False, "vulnerable": False}
    given = {"kind": "refund", "customer": customer, "decision_id": f"d-{number}", "time": "2026-11-09T10:00:00Z", "facts": facts}
    return {**given, **more}


def event(number: int, customer: str, type_: str, **data: Any) -> dict[str, Any]:
    time = f"2026-11-{9 + number // 40:02}T{10 + number % 10}:{number % 60:02}:00Z"
    return {"specversion": "1.0", "id": f"e-{number}", "source": "chat", "type": type_, "time": time, "subject": f"customer:{customer}", "data": data}


def lines() -> list[dict[str, Any]]:
    mail = {"value": "zora@example.org"}
    zora = line(ZORA, 1, contact="chat-Zora-81", objects=[{"type": "order", "id": "order-Zora-9"}, {"type": "order", "id": SHARED}])
    zora["confirmed_args"] = {"amount": "48.00 EUR"}
    zora["facts"] = {**zora["facts"], "mail": mail}
    ben = line(BEN, 2, contact="chat-Ben-82", objects=[{"type": "order", "id": SHARED}])
    return [zora, ben, line(ADA, 3, contact="chat-Ada-83"), line(ZORA, 4), line(BEFORE, 5)]


def events() -> list[dict[str, Any]]:
    found = []
    for place, (customer, contact) in enumerate([(ZORA, "chat-Zora-81"), (BEN, "chat-Ben-82"), (ADA, "chat-Ada-83"), (BEFORE, "chat-Zora-80")]):
        name = customer.split("-")[0]
        at = place * 10
        found += [
            event(at, customer, "contact.opened", contact=contact, kind="refund", channel="chat"),
            event(at + 1, customer, "message.in", contact=contact, text=f"My lamp is broken, says {'Zora' if place == 3 else name}"),
            event(at + 2, customer, "message.out", contact=contact, text="We are sorry.", actor="automation"),
            event(at + 3, customer, "customer.updated", attributes={"region": f"{'Zora' if place in (0, 3) else name}town", "tenure": "new"}),
            event(at + 4, customer, "contact.closed", contact=contact, closed_by="automation", claimed_resolved=True),
        ]
    objects = [{"type": "order", "id": SHARED}]
    found += [event(50, ZORA, "order.shipped", objects=objects), event(51, BEN, "order.shipped", objects=objects)]
    found += [event(52, ZORA, "customer.merged", id=f"customer:{BEFORE}"), event(53, BEN, "payment.refunded", amount="48.00 EUR", decision="d-2")]
    found += [event(54, ZORA, "payment.refunded", amount="48.00 EUR", decision="d-1")]
    found += [event(56, ZORA, "action.executed", decision="d-1", args={"amount": "84.00 EUR"})]
    found += [{**event(57, ADA, "payment.refunded", decision="d-none"), "source": "psp", "time": "2026-11-26T09:30:00Z"}]
    found += [{**event(55, ADA, "customer.active"), "time": "2026-11-25T10:00:00Z"}]
    return found


def lived(folder: Path) -> Path:
    """Let them decide, hear, seal, settle, answer, sign, call back and hold; give the home."""
    stored_rows, stored.SEGMENT_ROWS = stored.SEGMENT_ROWS, 8
    try:
        with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=folder, clock=lambda: NOW) as ourword:
            assert not [each for each in ourword.decide_lines(json.dumps(each).encode() for each in lines()) if "error" in each]
            assert ourword.home is not None
            with EventStore(ourword.home) as store:
                given = [event_from_mapping(each) for each in events()]
                for start in range(0, len(given), 4):
                    assert {"new"} == set(store.add(given[start : start + 4]))
            _speak(ourword)
    finally:
        stored.SEGMENT_ROWS = stored_rows
    return folder


def _speak(ourword: Ourword) -> None:
    """Settle, answer signals with her name and without, sign with it and without, call her back."""
    ourword.settle(now=NS)
    promise, executed = sorted(ourword.signals(), key=lambda signal: signal.of.about, reverse=True)
    assert (promise.of.about, promise.customers, executed.of.about, executed.decisions) == ("promise", 3, "executed-otherwise", ("d-1",))
    ourword.answer(promise.id, said="defect", by="mara", because=f"{ZORA} waited for her money.")
    ourword.answer(executed.id, said="context", by="mara", because="She had said so on the telephone.")
    with_name = f"After what {ZORA} told us."
    ourword.adopting.sign(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", by="mara", because=with_name)
    sample = ourword.calls.draw(Wanted(size=4, handled_by="any", seed=7))
    rows = ourword.calls.sheet(sample)
    import msgspec

    rows = [msgspec.structs.replace(row, solved="yes", note=f"{row.customer.split('-')[0]} wants a call") for row in rows]
    taken = ourword.calls.take(written(rows).encode())
    assert (taken.new, taken.wrong) == (len(rows), ())


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a home, as bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def found_in(folder: Path, needles: list[bytes]) -> list[tuple[str, bytes]]:
    """Which of these bytes lie in which file, packed pages and leftovers included; as text also in UTF-16."""
    wide = [each.decode().encode("utf-16-le") for each in needles if each.isascii()]
    return [(name, each) for name, held in files_of(folder).items() for each in (*needles, *wide) if each in held]


def theirs(home: Home, customers: tuple[str, ...]) -> Iterator[bytes]:
    """Everything that lies encrypted, or as a keyed mark, of these customers: keys, names, personal data, texts, raw ids, notes."""
    numbers = [number for each in customers if (number := home.store.number_of(each)) is not None]
    listed = f"({', '.join(map(str, numbers))})"
    keys, ledger, people = (connect(home.path / f"{name}.sqlite", write=False) for name in ("keys", "ledger", "people"))
    for connection, sql in (
        (keys, f"SELECT key FROM subject_key WHERE number IN {listed}"),
        (ledger, f"SELECT who FROM subject WHERE number IN {listed}"),
        (ledger, f"SELECT sealed FROM decision WHERE subject IN {listed}"),
        (ledger, "SELECT sealed FROM reason JOIN entry USING (seq) WHERE instr(bytes, CAST('\"because\"' AS BLOB))"),
        (people, f"SELECT box FROM event WHERE subject IN {listed}"),
        (people, f"SELECT box FROM person WHERE number IN {listed}"),
        (people, f"SELECT box FROM named WHERE subject IN {listed}"),
    ):
        found = [each for (each,) in connection.execute(sql)]
        assert found, sql
        yield from found
    for connection in (keys, ledger, people):
        connection.close()


def opened(folder: Path) -> Home:
    return open_home(folder, create=False, clock=lambda: NS)
