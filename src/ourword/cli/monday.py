"""`ourword report --monday`: one file for inside, one mail with counts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from ourword.app import Ourword
from ourword.cli import mail
from ourword.cli.out import known_words, line, usage
from ourword.core.time import micros_from_text
from ourword.figures.board import midnight
from ourword.http.pages.monday import html
from ourword.http.then import told as told_as_of
from ourword.monday.gathered import Monday, the_zone
from ourword.monday.words import local, subject, text
from ourword.outcomes.asked import AsOf, entry_in

NEEDS_YOU = 1
"""The exit code when something waits or somebody is owed: what `check` says of flaws."""


class Mailing:
    """Whom the report is mailed to and how, as far as the command says; where it says nothing, nothing is mailed."""

    def __init__(
        self,
        monday: bool = True,
        *,
        to: list[str] | None = None,
        sender: str = "",
        smtp: str = "",
        tls: str = "starttls",
        user: str = "",
        password_file: Path | None = None,
        eml: str = "",
    ) -> None:
        self.to, self.sender, self.eml = list(to or ()), sender, eml
        given = {"mail-to": to, "mail-from": sender, "smtp": smtp, "smtp-user": user, "smtp-password-file": password_file, "eml": eml}
        apart(monday, {}, given)
        if eml and smtp:
            raise usage("mail", "`--eml` writes the mail instead of sending it", place="--eml", hint="leave `--smtp` or `--eml` out")
        if (eml or self.to or smtp) and not sender:
            raise usage("mail", "a mail is from somebody", place="--mail-from", hint="add --mail-from ADDRESS")
        if bool(smtp) != bool(self.to) and not eml:
            what, hint = ("a server, and nobody to write to", "add --mail-to ADDRESS") if smtp else ("addresses, and no server", "add --smtp HOST")
            raise usage("mail", what, place="--smtp", hint=hint)
        self.server = mail.server_from(smtp, tls=tls, user=user, password_file=password_file) if smtp else None

    @property
    def wanted(self) -> bool:
        """Whether there is a mail at all."""
        return bool(self.eml or self.server)


def apart(monday: bool, without: Mapping[str, object], only: Mapping[str, object]) -> None:
    """Refuse what goes with the other report."""
    for name, given in (without if monday else only).items():
        if given:
            what = f"`--{name}` does not go with `--monday`" if monday else f"`--{name}` goes with `--monday` only"
            raise usage("arguments", what, place="ourword report", hint="leave one of them out" if monday else "add --monday")


NOBODY = Mailing()


def run(home: Path, *, out: str = "", since: str = "", as_of: str = "", zone: str = "", mailing: Mailing = NOBODY) -> int:
    """Write the file, print the text, and send or write the mail; 0 when nothing needs anybody, else 1."""
    entry = entry_in(as_of, "--as-of")
    with Ourword.open_home(home, create=False, write=False, as_of=AsOf(entry=entry)) as ourword:
        where = the_zone(ourword.contracts(), zone)
        at = micros(as_of, "--as-of", where) * 1000 if as_of and entry is None else None
        told = ourword.monday(at=at, since=micros(since, "--since", where) * 1000 if since else None, zone=zone)
        with told_as_of(ourword.home):
            return _tell(told, out, known_words(ourword), mailing)


def _tell(told: Monday, out: str, known: Sequence[str], mailing: Mailing) -> int:
    file = _place(out, told)
    _write(file, html(told))
    body = "\n".join((*known, *text(told))) + "\n"
    for each in body.splitlines():
        line(each)
    line()
    line(f"The report       {file}")
    if mailing.wanted:
        line(_mail(told, body, file.name, mailing))
    if told.unsettled:
        line(f"Not settled yet  {told.unsettled:,} promises that fell due; `ourword settle` raises their signals")
    return NEEDS_YOU if told.needs_you else 0


def _mail(told: Monday, body: str, name: str, mailing: Mailing) -> str:
    """Send the mail, or write it; it counts whom we owe, and names nobody."""
    made = mail.message(
        subject=subject(told),
        text=body,
        page=html(told, named=False),
        name=name,
        sender=mailing.sender,
        to=mailing.to,
        at=local(told.at, told.zone),
    )
    if mailing.server is None:
        _write(Path(mailing.eml), made.as_bytes())
        return f"The mail         {mailing.eml}"
    mail.send(made, mailing.server)
    return f"Mailed to        {', '.join(mailing.to)}"


def micros(given: str, option: str, zone: str) -> int:
    """A day (its midnight in a zone), or a moment with its zone, in µs since 1970.

    >>> micros("1970-01-02", "--since", "Europe/Berlin"), micros("1970-01-01T00:00:01Z", "--since", "UTC")
    (82800000000, 1000000)
    """
    found = micros_from_text(given)
    if found is None:
        hint = "write a day (2026-11-16) or RFC 3339 with a zone (2026-11-16T08:00:00Z)"
        raise usage("arguments", f"`{given}` is no moment", place=option, hint=hint)
    return found if "T" in given.upper() else midnight(date.fromisoformat(given), zone)


def _place(out: str, told: Monday) -> Path:
    """Where the file goes: as named, or under the day's name in the folder that is named."""
    if not out.isprintable():
        raise usage("output", "the file's name holds a line break, or another character that nobody sees", place="--out", hint="give another name")
    where = Path(out or ".")
    return where if where.suffix in (".html", ".htm") else where / f"monday-{local(told.at, told.zone).date()}.html"


def _write(file: Path, written: str | bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written.encode() if isinstance(written, str) else written)
    except OSError as error:
        raise usage("output", f"it cannot be written: {error.strerror}", place=str(file), hint="give another folder or file") from error
