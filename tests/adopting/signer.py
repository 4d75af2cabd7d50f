"""A process that signs a contract in a home, and kills itself once its signature is durable, if told to.

python signer.py HOME CONTRACT WIRING BY NOW [kill]
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from ourword.adoption.adopting import Files, sign
from ourword.contract.read import read
from ourword.errors import LineError
from ourword.ledger.entry import ContractSigned
from ourword.stores.home import open_home
from ourword.stores.sqlite import SqliteStore


def main(home: str, contract: str, wiring: str, by: str, now: str, *kill: str) -> None:
    append = SqliteStore.append_signed

    def killed(store: SqliteStore, entry: ContractSigned, *, seen: int, beside: bytes = b"") -> int | None:
        number = append(store, entry, seen=seen, beside=beside)
        os.kill(os.getpid(), signal.SIGKILL)
        return number

    if kill:
        SqliteStore.append_signed = killed  # type: ignore[method-assign]
    texts = Path(contract).read_bytes(), Path(wiring).read_bytes()
    with open_home(home) as opened:
        try:
            print(sign(opened, Files(read(*texts), *texts), by=by, because=f"by {by}", now=int(now)).standing)
        except LineError as error:
            print(error.code)


if __name__ == "__main__":
    main(*sys.argv[1:])
