"""Options and arguments that several commands have, and those of Monday, which would crowd the list of commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.out import usage


def _given(context: typer.Context, option: typer.CallbackParam, value: str) -> str:
    """Refuse an empty text that was given, a script's variable that is not set: whoever looks back must not be shown the present for it."""
    source = context.get_parameter_source(str(option.name))
    if not value and source is not None and source.name != "DEFAULT":
        hint = "write entry:41, a day, or a moment with its zone; leave it away for the present"
        raise usage("as-of", "it is empty", place="--as-of", hint=hint)
    return value


ContractFile = Annotated[Path, typer.Argument(metavar="CONTRACT", help="The contract: what people signed (contract.yaml).", show_default=False)]
WiringFile = Annotated[Path, typer.Argument(metavar="WIRING", help="Its wiring: where facts come from (wiring.yaml).", show_default=False)]
OptionalHome = Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Record here; without it nothing is written.", show_default=False)]
Home = Annotated[Path, typer.Option("--home", metavar="DIR", help="The folder in which decisions are recorded.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="TIME|entry:N", help="As of then, or as known at entry N.", show_default=False, callback=_given)
]
Window = Annotated[int, typer.Option("--window", metavar="DAYS", help="Days in which a customer may come back.")]
Lang = Annotated[str, typer.Option("--lang", metavar="LANG", help="Language of the customer's texts; else the contract's first.", show_default=False)]
Mode = Annotated[str, typer.Option("--mode", metavar="MODE", help="enforce, or observe: record without stopping.")]
Monday = Annotated[bool, typer.Option("--monday", help="Write Monday's report instead; exit 1: something needs you.")]
Out = Annotated[str, typer.Option("--out", metavar="DIR|FILE", help="Where Monday's report goes; else this folder.", show_default=False)]
Zone = Annotated[str, typer.Option("--zone", metavar="ZONE", help="Where Monday begins, if no contract says.", show_default=False)]
MailTo = Annotated[list[str] | None, typer.Option("--mail-to", metavar="ADDRESS", help="Mail Monday's report.", show_default=False)]
MailFrom = Annotated[str, typer.Option("--mail-from", metavar="ADDRESS", help="Who the mail is from.", show_default=False)]
Smtp = Annotated[str, typer.Option("--smtp", metavar="HOST[:PORT]", help="The server that takes the mail.", show_default=False)]
SmtpTls = Annotated[str, typer.Option("--smtp-tls", metavar="MODE", help="starttls, tls (at once) or none.")]
SmtpUser = Annotated[str, typer.Option("--smtp-user", metavar="NAME", help="Log in, by OURWORD_SMTP_PASSWORD or a file.", show_default=False)]
SmtpPasswordFile = Annotated[
    Path | None, typer.Option("--smtp-password-file", metavar="FILE", help="Its first line is the password.", show_default=False)
]
Eml = Annotated[str, typer.Option("--eml", metavar="FILE", help="Write the mail instead of sending it.", show_default=False)]
