"""`ourword report --monday`: a file for inside, a mail with counts only, sent over an encrypted line or written to a file."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.board.grown import event, grow, hand_in, until
from tests.board.lived import NOW

from ourword.cli.mail import PASSWORD, Server, server_from
from ourword.cli.main import run
from ourword.errors import OurwordError

THEN = NOW - timedelta(days=21, hours=2)
AS_OF = ("--as-of", THEN.isoformat())
MAILED = ("--mail-from", "ourword@shop.example", "--mail-to", "mara@shop.example", "--mail-to", "omar@shop.example")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("command") / "home"
    grow(path, until(THEN), settled=THEN)
    return path


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A home in which nothing needs anybody."""
    hand_in(tmp_path / "quiet", [event("a", "contact.opened", "c-1", NOW - timedelta(days=30), contact="k-1", kind="help")])
    return tmp_path / "quiet"


Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def ran(home: Path, *args: object) -> tuple[int, str, str]:
        code = run(["report", "--home", str(home), "--monday", *map(str, args)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


# ---- the file ------------------------------------------------------------------------------------------------------------


def test_the_file_lies_where_it_was_asked_for(home: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder gets a file for each Monday; a name is taken as it is; without either it is this folder."""
    monkeypatch.chdir(tmp_path)
    told(home, *AS_OF, "--out", tmp_path / "reports" / "2026")
    told(home, *AS_OF, "--out", tmp_path / "mine.html")
    code, out, _ = told(home, *AS_OF)
    files = [tmp_path / "reports" / "2026" / "monday-2026-11-02.html", tmp_path / "mine.html", tmp_path / "monday-2026-11-02.html"]

    assert 1 == len({each.read_bytes() for each in files})
    assert out.splitlines()[-1] == "The report       monday-2026-11-02.html"
    assert not [each for each in out.splitlines() if len(each) > 80]
    assert 1 == code


def test_exit_0_says_that_nothing_needs_you(quiet: Path, told: Told, tmp_path: Path) -> None:
    """A timer can stay silent on a good Monday, and where nothing is watched."""
    code, out, err = told(quiet, "--out", tmp_path)

    assert (0, "") == (code, err)
    assert out.startswith("Whether anything was promised and not kept nobody can say here")


def test_a_file_that_cannot_be_written_says_so(quiet: Path, told: Told, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    code, _, err = told(quiet, "--out", tmp_path / "taken" / "deeper")

    assert 64 == code
    assert "cannot be written" in err


@pytest.mark.parametrize(
    ("args", "place"),
    [
        (["--json"], "ourword report"),
        (["--html", "x.html"], "ourword report"),
        (["--by", "lineage.prompt"], "ourword report"),
        (["--window", "14"], "ourword report"),
        (["--since", "yesterday"], "--since"),
        (["--as-of", "2026-13-01"], "--as-of"),
        (["--since", "2099-01-01"], "--since"),
        (["--zone", "Mars/Olympus"], "--zone"),
        (["--eml", "x.eml"], "--mail-from"),
        (["--mail-to", "a@b.example"], "--mail-from"),
        (["--mail-to", "a@b.example", "--mail-from", "c@d.example"], "--smtp"),
        (["--smtp", "mail.example", "--mail-from", "c@d.example"], "--smtp"),
        (["--smtp", "ä..b", "--mail-from", "c@d.example", "--mail-to", "a@b.example"], "--smtp"),
        (["--smtp", "x" * 300, "--mail-from", "c@d.example", "--mail-to", "a@b.example"], "--smtp"),
        (["--out", "a\r\nb.html", "--eml", "x.eml", "--mail-from", "c@d.example", "--mail-to", "a@b.example"], "--out"),
        (["--smtp", "mail.example:none", "--mail-from", "c@d.example", "--mail-to", "a@b.example"], "--smtp"),
        (["--smtp", "mail.example", "--smtp-tls", "rot13", "--mail-from", "c@d.example", "--mail-to", "a@b.example"], "--smtp-tls"),
        (["--smtp", "mail.example", "--smtp-user", "u", "--mail-from", "c@d.example", "--mail-to", "a@b.example"], "--smtp-user"),
        (["--eml", "x.eml", "--smtp", "mail.example", "--mail-from", "c@d.example"], "--eml"),
        (["--eml", "x.eml", "--mail-from", "c@d.example\nBcc: all@shop.example"], "--mail-from"),
        (["--eml", "x.eml", "--mail-from", "nobody"], "--mail-from"),
        (["--eml", "x.eml", "--mail-from", "c@d.example", "--mail-to", "mära@d.example"], "--mail-to"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_sent(
    quiet: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PASSWORD, raising=False)
    code, _, err = told(quiet, *args)

    assert (64, place) == (code, err.partition(": ")[0])
    assert "\n  hint: " in err
    assert not list(tmp_path.glob("*.eml"))


@pytest.mark.parametrize("args", [["--out", "x"], ["--zone", "UTC"], ["--mail-to", "a@b.example"], ["--eml", "x"], ["--smtp", "mail.example"]])
def test_what_goes_with_monday_goes_with_monday_only(quiet: Path, capsys: pytest.CaptureFixture[str], args: list[str]) -> None:
    assert 64 == run(["report", "--home", str(quiet), *args])
    assert "goes with `--monday` only" in capsys.readouterr().err


# ---- the mail ------------------------------------------------------------------------------------------------------------


def test_the_mail_is_text_with_the_page_attached(home: Path, told: Told, tmp_path: Path) -> None:
    _, out, _ = told(home, *AS_OF, "--out", tmp_path, "--eml", tmp_path / "monday.eml", *MAILED)
    mail = message_from_bytes((tmp_path / "monday.eml").read_bytes(), policy=default)
    body, page = mail.get_body(), next(iter(mail.iter_attachments()))
    inside = (tmp_path / "monday-2026-11-02.html").read_text(encoding="utf-8")

    assert isinstance(mail, EmailMessage)
    assert body is not None
    assert out.startswith(body.get_content().replace("\r\n", "\n").rstrip())
    assert "Our word, Monday, 2026-11-02" in mail["Subject"]
    assert ("ourword@shop.example", "mara@shop.example, omar@shop.example") == (mail["From"], mail["To"])
    assert THEN == mail["Date"].datetime.astimezone(UTC)
    assert ("text/html", "monday-2026-11-02.html", "attachment") == (
        page.get_content_type(),
        page.get_filename(),
        page.get_content_disposition(),
    )
    assert "stands in the file that was written beside this mail" in page.get_content()
    assert "stands in the file that was written beside this mail" not in inside
    assert out.splitlines()[-1].startswith("The mail ")


def test_the_same_mail_is_the_same_to_the_byte(home: Path, told: Told, tmp_path: Path) -> None:
    """Sent twice by two timers it is one message to whoever reads it: its id is made of what it says."""
    for name in ("one", "other"):
        told(home, *AS_OF, "--out", tmp_path, "--eml", tmp_path / name, *MAILED)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


# ---- sending -------------------------------------------------------------------------------------------------------------


class Postbox(NamedTuple):
    port: int
    said: list[str]
    mails: list[bytes]


class _Smtp(threading.Thread):
    """A mail server of one connection, as far as a test needs one (RFC 5321); with a certificate it speaks STARTTLS, or TLS at once."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, at_once: bool = False, refuse: str = "") -> None:
        super().__init__(daemon=True)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(60)
        self._tls, self._at_once, self._refuse = tls, at_once, refuse
        self.box = Postbox(self._listening.getsockname()[1], [], [])

    def run(self) -> None:
        with self._listening, ExitStack() as opened, suppress(OSError):
            connection = opened.enter_context(self._listening.accept()[0])
            connection.settimeout(60)
            if self._tls and self._at_once:
                connection = opened.enter_context(self._tls.wrap_socket(connection, server_side=True))
            self._talk(connection, opened)

    def _talk(self, connection: socket.socket, opened: ExitStack) -> None:
        file = opened.enter_context(connection.makefile("rwb"))

        def say(text: str) -> None:
            file.write(text.encode() + b"\r\n")
            file.flush()

        say("220 here")
        while line := file.readline():
            said = line.decode().strip()
            verb = said.split(" ")[0].upper()
            self.box.said.append(said)
            if verb and verb == self._refuse:
                say("550 not you" if verb == "RCPT" else "554 no")
            elif verb == "EHLO":
                say("250-here\r\n250-AUTH PLAIN" + ("\r\n250 STARTTLS" if self._tls and not self._at_once else "\r\n250 OK"))
            elif verb == "STARTTLS" and self._tls:
                say("220 go on")
                connection = opened.enter_context(self._tls.wrap_socket(connection, server_side=True))
                file = opened.enter_context(connection.makefile("rwb"))
            elif verb == "DATA":
                say("354 write")
                self.box.mails.append(b"".join(iter(file.readline, b".\r\n")))
                say("250 taken")
            elif verb == "AUTH":
                say("235 welcome")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """Our own authority for `localhost`, and a server that shows it."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


@pytest.fixture
def served() -> Iterator[Callable[..., Postbox]]:
    started: list[_Smtp] = []

    def start(**how: Any) -> Postbox:
        started.append(_Smtp(**how))
        started[-1].start()
        return started[-1].box

    yield start
    for each in started:
        each.join(timeout=60)


def test_a_mail_is_sent_over_an_encrypted_line_with_the_password_of_the_environment(
    home: Path,
    told: Told,
    tmp_path: Path,
    served: Callable[..., Postbox],
    certificate: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv(PASSWORD, "s3cret")
    box = served(tls=certificate[1])
    code, out, err = told(home, *AS_OF, "--out", tmp_path, *MAILED, "--smtp", f"localhost:{box.port}", "--smtp-user", "monday")
    verbs = [each.split(" ")[0].upper() for each in box.said]
    mail = message_from_bytes(box.mails[0], policy=default)

    assert (1, "") == (code, err)
    assert verbs.index("STARTTLS") < verbs.index("AUTH") < verbs.index("MAIL")
    assert 2 == verbs.count("RCPT")
    assert mail["To"] == "mara@shop.example, omar@shop.example"
    assert out.splitlines()[-1] == "Mailed to        mara@shop.example, omar@shop.example"
    assert "s3cret" not in out + err


def test_a_line_that_is_encrypted_at_once(
    quiet: Path, told: Told, tmp_path: Path, served: Callable[..., Postbox], certificate: tuple[Path, ssl.SSLContext], monkeypatch: Any
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    box = served(tls=certificate[1], at_once=True)
    code, _, err = told(quiet, "--out", tmp_path, *MAILED, "--smtp", f"localhost:{box.port}", "--smtp-tls", "tls")

    assert (0, "", 1) == (code, err, len(box.mails))


def test_without_encryption_only_where_it_is_asked_for(quiet: Path, told: Told, tmp_path: Path, served: Callable[..., Postbox]) -> None:
    """A server that offers none gets nothing, unless somebody said `none`."""
    refused, taken = served(), served()
    code, _, err = told(quiet, "--out", tmp_path, *MAILED, "--smtp", f"127.0.0.1:{refused.port}")
    again, _, _ = told(quiet, "--out", tmp_path, *MAILED, "--smtp", f"127.0.0.1:{taken.port}", "--smtp-tls", "none")

    assert (74, 0, 1) == (code, again, len(taken.mails))
    assert [] == refused.mails
    assert "STARTTLS" in err


def test_a_server_that_nobody_vouches_for_gets_nothing(
    quiet: Path, told: Told, tmp_path: Path, served: Callable[..., Postbox], certificate: tuple[Path, ssl.SSLContext], monkeypatch: Any
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    box = served(tls=certificate[1])
    code, _, err = told(quiet, "--out", tmp_path, *MAILED, "--smtp", f"localhost:{box.port}")

    assert (74, []) == (code, box.mails)
    assert "not to be trusted" in err


@pytest.mark.parametrize(("refuse", "said"), [("MAIL", "554"), ("RCPT", "none of these addresses"), ("DATA", "554")])
def test_a_mail_that_is_not_taken_is_one_clear_error_and_the_file_stays(
    quiet: Path, told: Told, tmp_path: Path, served: Callable[..., Postbox], refuse: str, said: str
) -> None:
    box = served(refuse=refuse)
    code, out, err = told(quiet, "--out", tmp_path / "out", *MAILED, "--smtp", f"127.0.0.1:{box.port}", "--smtp-tls", "none")

    assert (74, 1) == (code, len(list((tmp_path / "out").glob("monday-*.html"))))
    assert err.startswith(f"127.0.0.1:{box.port}: ")
    assert said in err
    assert 1 == err.count("\n  hint: ")
    assert "Traceback" not in err
    assert "The report " in out


def test_a_server_that_is_not_there_is_one_clear_error(quiet: Path, told: Told, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, _, err = told(quiet, "--out", tmp_path, *MAILED, "--smtp", f"127.0.0.1:{port}")

    assert 74 == code
    assert "cannot be sent" in err
    assert list(tmp_path.glob("monday-*.html"))


def test_a_password_comes_from_a_file_or_the_environment_and_is_shown_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text("of the file\nsecond line\n", encoding="utf-8")
    monkeypatch.setenv(PASSWORD, "of the environment")
    by_file = server_from("mail.example", tls="starttls", user="u", password_file=tmp_path / "password")
    by_environment = server_from("[::1]:2525", tls="tls", user="u", password_file=None)

    assert ("of the file", 587) == (by_file.password, by_file.port)
    assert ("of the environment", "::1", 2525) == (by_environment.password, by_environment.host, by_environment.port)
    assert "of the" not in repr(by_file) + repr([by_environment])
    assert "" == server_from("mail.example", tls="starttls", user="", password_file=None).password
    with pytest.raises(OurwordError, match="cannot be read"):
        server_from("mail.example", tls="starttls", user="u", password_file=tmp_path / "none")
    with pytest.raises(OurwordError, match="everybody to read"):
        server_from("mail.example", tls="none", user="u", password_file=tmp_path / "password")
    assert isinstance(by_file, Server)
