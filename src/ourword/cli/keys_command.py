"""What `ourword keys` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Home, Json


def keys(
    home: Home,
    action: Annotated[str, typer.Argument(metavar="[wrap|unwrap|rotate]", help="What to do; else tell how they lie.", show_default=False)] = "",
    passphrase_file: Annotated[
        Path | None,
        typer.Option("--passphrase-file", metavar="FILE", help="`wrap`, `rotate --wrapping`: by the passphrase in it.", show_default=False),
    ] = None,
    wrap_command: Annotated[
        str,
        typer.Option("--wrap-command", metavar="CMD", help="`wrap`, `rotate --wrapping`: by a command, without a shell …", show_default=False),
    ] = "",
    unwrap_command: Annotated[str, typer.Option("--unwrap-command", metavar="CMD", help="… and this one undoes it.", show_default=False)] = "",
    log: Annotated[bool, typer.Option("--log", help="`rotate`: the key that signs the log.")] = False,
    wrapping: Annotated[bool, typer.Option("--wrapping", help="`rotate`: what the keys are wrapped by.")] = False,
    json: Json = False,
) -> int:
    """Tell how a home's keys lie, without opening any; wrap them by a passphrase or a command, lay them in the clear, or rotate.

    \b
    ourword keys --home DIR
    ourword keys wrap --home DIR --passphrase-file FILE
    ourword keys wrap --home DIR --wrap-command CMD --unwrap-command CMD
    ourword keys unwrap --home DIR
    ourword keys rotate --wrapping --home DIR --passphrase-file NEW
    ourword keys rotate --log --home DIR

    Every command that opens a home with wrapped keys needs in its environment OURWORD_PASSPHRASE_FILE, a file with the passphrase, or
    OURWORD_UNWRAP_COMMAND, the command that undoes the wrapping: cron's lines and services too; and so do `unwrap` and `rotate`.
    """
    from ourword.cli.keys import run

    return run(home, action, passphrase_file=passphrase_file, commands=(wrap_command, unwrap_command), log=log, wrapping=wrapping, as_json=json)
