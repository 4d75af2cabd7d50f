"""The commands about one customer, and about the backups that must not bring them back; what they do is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Home, Json

CustomerOption = Annotated[str, typer.Option("--customer", metavar="ID", help="The customer's own id, as proposals and events have it.")]
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's own id.", show_default=False)]
OutFile = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it here; else it is printed.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the command line."""
    app.command(short_help="Write out all that is held on one customer.")(export)
    app.command(short_help="Erase one customer: key, data, texts, raw ids.")(erase)
    app.command(short_help="Say that a customer may not be erased.")(hold)
    app.command(short_help="Copy a home while it is used.")(backup)
    app.command(short_help="Make a home of a backup; erase again.")(restore)


def export(customer: CustomerOption, home: Home, out: OutFile = None) -> int:
    """Write out, as JSON, everything that a home holds on one customer: decisions in words, promises, events, attributes, ids, calls, signals."""
    from ourword.cli.customer import run_export

    return run_export(customer, home, out=out)


def erase(customer: Customer, home: Home, as_json: Json = False) -> int:
    """Erase one customer, for good: their key, personal data, texts and raw ids; the record stays, and names nobody. Run it again after a crash."""
    from ourword.cli.customer import run_erase

    return run_erase(customer, home, as_json=as_json)


def hold(
    customer: Customer,
    home: Home,
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Whose word it is: a role id.")],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; kept beside the log. A hold needs one.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day; else until it is released.", show_default=False)] = "",
    release: Annotated[bool, typer.Option("--release", help="Say that one's own hold has ended.")] = False,
    of: Annotated[str, typer.Option("--of", metavar="ID", help="Release the hold of a role that cannot any more.", show_default=False)] = "",
) -> int:
    """Say that a customer may not be erased, since the law wants what is held on them kept; or that this has ended."""
    from ourword.cli.customer import run_hold

    return run_hold(customer, home, by=by, because=because, until=until, release=release, of=of)


def backup(target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.", show_default=False)], home: Home) -> int:
    """Copy a home into a new folder while it is used, its keys into DIR.keys where it lies in PostgreSQL. Keep a copy of HOME.erasures elsewhere."""
    from ourword.cli.backup import run_backup

    return run_backup(target, home)


def restore(
    home: Home,
    source: Annotated[
        Path | None, typer.Argument(metavar="[BACKUP]", help="The backup; else --home was put back already.", show_default=False)
    ] = None,
    erasures: Annotated[
        str, typer.Option("--erasures", metavar="FILE|HOME|none", help="Who was erased since; else HOME.erasures.", show_default=False)
    ] = "",
    postgres: Annotated[
        str, typer.Option("--postgres", metavar="ADDRESS", help="Into this database; else the one it was in.", show_default=False)
    ] = "",
) -> int:
    """Make a home of a backup, in a new folder, and erase again whoever was erased since it was made."""
    from ourword.cli.backup import run_restore

    return run_restore(source, home, erasures=erasures, postgres=postgres)
