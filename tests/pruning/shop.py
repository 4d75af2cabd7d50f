"""A home with years of decisions under a contract that says how long they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
from tests.blocks import ROOT

from ourword.checks.store import refund
from ourword.contract.digest import digest
from ourword.contract.files import draft_of
from ourword.ledger.decided import Decided, Promised
from ourword.ledger.entry import Lineage
from ourword.stores.contracts import keep_contract
from ourword.stores.home import Home, marker_of, open_home
from ourword.stores.pruned import LEAVES, PRUNING

LARKSPUR = ROOT / "examples" / "larkspur-refund"
DAY = 86_400 * 10**9
NOW = int(datetime(2026, 11, 26, 10, tzinfo=UTC).timestamp()) * 10**9


def contract(folder: Path, keep: str | None = "1 year", name: str = "care") -> str:
    """Keep a contract in a home that keeps decisions for so long; give its digest."""
    written = (LARKSPUR / "contract.yaml").read_text()
    lines = [each for each in written.splitlines() if not each.startswith("keep:")]
    assert len(lines) < len(written.splitlines())
    source = folder.parent / f"source-{name}"
    source.mkdir(exist_ok=True)
    (source / "contract.yaml").write_text("\n".join([*lines, *([f"keep: {keep}"] if keep else []), ""]))
    (source / "wiring.yaml").write_bytes((LARKSPUR / "wiring.yaml").read_bytes())
    found = digest(draft_of(source / "contract.yaml", source / "wiring.yaml"))
    keep_contract(folder, found, contract=(source / "contract.yaml").read_bytes(), wiring=(source / "wiring.yaml").read_bytes())
    return found


def decided(number: int, days: float, of: str | None, *, customer: str = "", promise: str = "", due: int = 0) -> Decided:
    """A decision of so many days ago, without a promise unless one is named, due after five days or when it is said."""
    instant = NOW - int(days * DAY)
    promises = (Promised(promise, due or instant + 5 * DAY),) if promise else ()
    given = {"instant": instant, "promises": promises, "lineage": Lineage(contract=of)}
    return refund(f"d-{number}", customer=customer or f"c-{number % 50}", **given)


def years(folder: Path, count: int = 1200, *, keep: str | None = "1 year", **more: str) -> str:
    """A home of so many decisions, evenly from three years ago until now; give the contract's digest."""
    with open_home(folder, clock=lambda: NOW) as home:
        of = contract(folder, keep)
        home.record_many([decided(number, 3 * 365 * (1 - number / count), of, **more) for number in range(count)])
    return of


def opened(folder: Path, **how: object) -> Home:
    return open_home(folder, create=False, clock=lambda: NOW, **how)  # type: ignore[arg-type]


@contextmanager
def by_hand(home: Path) -> Iterator[Callable[..., Any]]:
    """Write into the ledger as who has it and no key: gives what runs a statement."""
    marker = marker_of(home)
    assert marker is not None
    if not marker.postgres:
        with closing(apsw.Connection(str(home / "ledger.sqlite"))) as connection:
            for statement in (LEAVES, PRUNING):
                connection.execute(statement)
            yield connection.execute
        return
    import psycopg

    with closing(psycopg.connect(marker.postgres, autocommit=True)) as there:
        there.execute(f"SET search_path = {marker.schema}")  # type: ignore[arg-type]
        zeros = "decode(repeat('00', 8192), 'hex')"
        yield lambda sql, values=(): there.execute(sql.replace("?", "%s").replace("zeroblob(8192)", zeros), values or None)


def written(home: Path, sql: str) -> None:
    """Write into the ledger by one statement."""
    with by_hand(home) as do:
        do(sql)
