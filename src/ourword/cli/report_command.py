"""What `ourword report` may be told: the report of now, or Monday's."""

from __future__ import annotations

from typing import Annotated

import typer

from ourword.cli import options
from ourword.cli.options import AsOf, Home, Json, Window


def report(
    home: Home,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    html: Annotated[str, typer.Option("--html", metavar="FILE|-", help="Write it as one page.", show_default=False)] = "",
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Contacts that began then or later.", show_default=False)] = "",
    by: Annotated[str, typer.Option("--by", metavar="WHAT", help="contract, lineage.prompt, lineage.model, handled_by or channel.")] = "contract",
    as_of: AsOf = "",
    window: Window = 7,
    monday: options.Monday = False,
    out: options.Out = "",
    zone: options.Zone = "",
    mail_to: options.MailTo = None,
    mail_from: options.MailFrom = "",
    smtp: options.Smtp = "",
    smtp_tls: options.SmtpTls = "starttls",
    smtp_user: options.SmtpUser = "",
    smtp_password_file: options.SmtpPasswordFile = None,
    eml: options.Eml = "",
) -> int:
    """Tell what became of every contact, each share with n and interval; or write Monday's report, as a file and a mail."""
    from ourword.cli import monday as weekly
    from ourword.cli.report import run

    weekly.apart(monday, {"json": json, "csv": csv, "html": html, "by": by != "contract", "window": window != 7}, {"out": out, "zone": zone})
    mailing = weekly.Mailing(monday, to=mail_to, sender=mail_from, smtp=smtp, tls=smtp_tls, user=smtp_user, password_file=smtp_password_file, eml=eml)
    if monday:
        return weekly.run(home, out=out, since=since, as_of=as_of, zone=zone, mailing=mailing)
    return run(home, as_json=json, as_csv=csv, html=html, since=since, by=by, as_of=as_of, window_days=window)
