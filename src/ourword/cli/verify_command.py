"""What `ourword verify`, `receipt` and `publish` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Home, Json


def verify(
    log: Annotated[Path | None, typer.Argument(metavar="[LOGDIR]", help="A log's folder; that of a home is DIR/log.", show_default=False)] = None,
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Verify a home, and its log.", show_default=False)] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The log's public key.", show_default=False)] = None,
    full: Annotated[bool, typer.Option("--full", help="Every proof, every file; in a home all personal data.")] = False,
    old: Annotated[
        list[Path] | None, typer.Option("--old", metavar="FILE", help="A checkpoint that you kept; may be repeated.", show_default=False)
    ] = None,
    receipt: Annotated[Path | None, typer.Option("--receipt", metavar="FILE", help="Verify a customer's receipt.", show_default=False)] = None,
    json: Json = False,
) -> int:
    """Say whether a log holds: exit 0 it does, 1 it does not, 2 it cannot be read."""
    from ourword.cli.verify import run

    return run(log, home=home, key=key, full=full, old=old or (), receipt=receipt, as_json=json)


def receipt(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id.", show_default=False)],
    home: Home,
    out: Annotated[str, typer.Option("--out", metavar="FILE|-", help="Where it goes; else it is printed.", show_default=False)] = "-",
) -> int:
    """Write a customer's receipt: what was decided and promised, and the proof that it is in the log."""
    from ourword.cli.verify import run_receipt

    return run_receipt(decision, home, out=out)


def publish(home: Home, json: Json = False) -> int:
    """Publish what is recorded as a log that outsiders can verify, and print its public key."""
    from ourword.cli.verify import run_publish

    return run_publish(home, as_json=json)
