"""A report as a mail: text with the page attached; sent over an encrypted line, or written to a file."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import msgspec

from ourword.cli.out import usage
from ourword.errors import OutputError

PASSWORD = "OURWORD_SMTP_PASSWORD"
MODES = {"starttls": 587, "tls": 465, "none": 25}
"""How the line is encrypted, and the port where servers expect that (RFC 6409, RFC 8314)."""
SECONDS_MAX = 30


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server, and how to talk to it."""

    host: str
    port: int
    tls: str = "starttls"
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.tls})"  # never the password


def server_from(text: str, *, tls: str, user: str, password_file: Path | None) -> Server:
    """Read where mail goes: `HOST` or `HOST:PORT`; the password comes from a file or from the environment, never from an argument."""
    if tls not in MODES:
        raise usage("smtp", f"`{tls[:40]}` is no way to encrypt a line", place="--smtp-tls", hint="one of " + ", ".join(MODES))
    with_port = text.count(":") == 1 or (text.startswith("[") and not text.endswith("]"))  # an IPv6 address has colons of its own
    host, _, port = text.rpartition(":") if with_port else (text, "", "")
    if not _is_host(host) or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536)):
        raise usage("smtp", f"`{text[:100]}` is no mail server", place="--smtp", hint="write HOST or HOST:PORT, like mail.example:587")
    password = _password(password_file) if user else ""
    if user and tls == "none":
        raise usage("smtp", "a password would be sent for everybody to read", place="--smtp-tls", hint="leave --smtp-tls out, or --smtp-user")
    return Server(host=host.strip("[]"), port=int(port) if port else MODES[tls], tls=tls, user=user, password=password)


def _is_host(name: str) -> bool:
    """Whether a name can be asked for at all: Python raises for an empty label and for one that is too long."""
    try:
        return bool(name) and name.isprintable() and bool(name.encode("idna"))
    except UnicodeError:
        return False


def _password(file: Path | None) -> str:
    if file is None:
        password = os.environ.get(PASSWORD, "")
        if not password:
            raise usage("smtp", "there is no password", place="--smtp-user", hint=f"set {PASSWORD}, or give --smtp-password-file FILE")
        return password
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.readline(4096).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise usage("smtp", "the password cannot be read", place=str(file), hint="a text file whose first line is the password") from error


def message(*, subject: str, text: str, page: str, name: str, sender: str, to: Sequence[str], at: datetime) -> EmailMessage:
    """Make the mail: plain text, and the page as a file; the same from the same, to the byte."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    mail["From"] = _address(sender, "--mail-from")
    if to:
        mail["To"] = [_address(each, "--mail-to") for each in to]
    mail["Date"] = at
    digest = hashlib.sha256("\0".join((subject, text, page, sender, *to)).encode()).hexdigest()
    mail["Message-ID"] = f"<{digest[:32]}@{_address(sender, '--mail-from').domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice comes back
    mail.set_content(text, cte="quoted-printable")
    mail.add_attachment(page.encode(), maintype="text", subtype="html", filename=name, params={"charset": "utf-8"})
    mail.set_boundary(f"=={digest[32:]}==")
    return mail


def _address(text: str, place: str) -> Address:
    try:
        found = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise usage("mail", f"`{text[:100]}` is no mail address", place=place, hint="one like mara@shop.example") from error
    if not found.domain or not text.isprintable() or not text.isascii():
        raise usage("mail", f"`{text[:100]}` is no mail address", place=place, hint="one like mara@shop.example")
    return found


def send(mail: EmailMessage, server: Server) -> None:
    """Hand the mail to the server; whatever goes wrong is one `OutputError` with the next step."""
    place = f"{server.host}:{server.port}"
    try:
        with _connected(server) as connection:
            if server.user:
                connection.login(server.user, server.password)
            refused = connection.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:
        raise _failed(f"the server refuses the login of `{server.user}`", place, "check the name and the password") from error
    except smtplib.SMTPNotSupportedError as error:
        hint = "a server at port 465 wants --smtp-tls tls; one without any encryption wants --smtp-tls none"
        raise _failed(f"the server cannot do what is asked ({error})", place, hint) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _failed("the server takes mail for none of these addresses", place, "check --mail-to") from error
    except ssl.SSLCertVerificationError as error:
        hint = "name the server as its certificate does; SSL_CERT_FILE can name your own authority"
        raise _failed(f"the server's certificate is not to be trusted ({error.verify_message})", place, hint) from error
    except (smtplib.SMTPException, OSError) as error:
        raise _failed(f"the mail cannot be sent ({_said(error)})", place, "check --smtp, or write the mail with --eml FILE") from error
    if refused:
        raise _failed(f"not taken for {', '.join(sorted(refused))}; sent to the others", place, "check --mail-to")


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS_MAX, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS_MAX)
    try:
        if server.tls == "starttls":
            connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def _failed(what: str, place: str, hint: str) -> OutputError:
    return OutputError("output.mail", what, place=place, hint=hint)


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
        return f"{error.smtp_code} {said}"[:200]
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]
