"""`ourword serve`: the HTTP door, on this computer unless there is a key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from ourword.app import Mode, Ourword
from ourword.cli.out import known_words, line, usage, warn_of_doubt
from ourword.http.server import address_of, bound, listen, make, read_key
from ourword.outcomes.asked import AsOf, as_of_from
from ourword.stores.regularly import published_regularly


def run(
    contract: Path | None,
    wiring: Path | None,
    *,
    home: Path | None,
    host: str,
    port: int,
    key_file: Path | None,
    mode: str = "enforce",
    as_of: str = "",
) -> int:
    """Serve until interrupted: a contract at work, or a home alone."""
    key = read_key(key_file) if key_file is not None else ""
    if (contract is None) != (wiring is None):
        raise usage("arguments", "a contract comes with its wiring", place="ourword serve", hint="ourword serve CONTRACT WIRING --home DIR")
    if contract is None or wiring is None:
        return _show(home, host, port, key, as_of_from(as_of, "--as-of"))
    if as_of:
        raise usage("arguments", "nothing is decided in the past", place="--as-of", hint="leave the contract away, or `--as-of`")
    with Ourword.open(contract, wiring, home=home, mode=cast(Mode, mode)) as ourword:
        listening = bound(host, port, key=key)
        warn_of_doubt(ourword)
        address = address_of(listening, host)
        draft = ourword.contract.draft
        line(f"{draft.name} {draft.version} decides at {address}v1/decisions")
        line(f"Our word is shown at {address}" if home is not None else "Nothing is recorded: add --home DIR to record and to see what became of it")
        line("Ctrl+C ends.")
        sys.stdout.flush()
        with published_regularly(ourword.home):
            listen(make(ourword, key=key), listening)
    return 0


def _show(place: Path | None, host: str, port: int, key: str, then: AsOf) -> int:
    if place is None:
        raise usage("arguments", "there is neither a contract nor a home", place="ourword serve", hint="add --home DIR to show one")
    with Ourword.open_home(place, create=False, as_of=then) as ourword:
        listening = bound(host, port, key=key)
        for text in known_words(ourword):
            line(text)
        line(f"Our word is shown at {address_of(listening, host)}; no contract is at work, so nothing is decided")
        line("Ctrl+C ends.")
        sys.stdout.flush()
        with published_regularly(ourword.home):
            listen(make(ourword, key=key), listening)
    return 0
