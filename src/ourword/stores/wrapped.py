"""How keys lie in `keys.sqlite` when they are wrapped: each under the key-encryption key, that one under a passphrase or a command.

Every key is AES-256-GCM (NIST SP 800-38D) under one random key-encryption key, bound to the home, the table and the number of its row: no
row can stand for another. The key-encryption key is AES-256-GCM under scrypt (RFC 7914) of the passphrase, or what a command made of it. What
says how is read from a file that others may have changed: every number in it is bounded before it is used.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import stat
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

import apsw
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ourword.errors import HomeError
from ourword.ledger.seal import KEY_BYTES, NONCE_BYTES
from ourword.stores.commands import NAMED, OUTPUT_BYTES_MAX, run_command
from ourword.stores.database import has_table

T = TypeVar("T")

PASSPHRASE_FILE, UNWRAP_COMMAND = "OURWORD_PASSPHRASE_FILE", "OURWORD_UNWRAP_COMMAND"
"""Where a process says what opens the keys: never the home itself, since whoever can write into it could let us run what they like."""
PREFIX = "wrapped_"
BOX_BYTES = NONCE_BYTES + KEY_BYTES + 16
TABLE = f"{PREFIX}by"
HEADER = f"CREATE TABLE {TABLE} (one INTEGER PRIMARY KEY CHECK (one = 1), header BLOB NOT NULL) STRICT"
PASSPHRASE_BYTES_MIN, PASSPHRASE_BYTES_MAX = 12, 4096
HEADER_BYTES_MAX = 2 * OUTPUT_BYTES_MAX
LOG_N, R, P = 17, 8, 1
"""What new passphrases are hashed with: 128 MiB (OWASP, Password Storage Cheat Sheet: scrypt, N = 2^17, r = 8, p = 1)."""
_MEMORY_MAX = 1024**3
_PROOF_BYTES = 32
_ID = re.compile(r"[0-9a-f]{1,64}(-[0-9a-f]{32})?")
"""What a header's `id` looks like: a command may take it for a file's name, so it leads nowhere and is no option."""
_CACHED_MAX = 8


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What `keys.sqlite` says of how its keys are wrapped. Nothing in it is secret, and nothing in it is run."""

    v: Literal[1] = 1
    how: Literal["passphrase", "command"]
    id: str
    """Another one each time that keys are wrapped; for a command, which may keep things by it, the home's id and that."""
    kek: bytes
    """The key-encryption key, wrapped."""
    proof: bytes = b""
    """For a command, what tells whether it gave that key: HMAC-SHA256 under the key, of all the rest but the wrapped key."""
    salt: bytes = b""
    log_n: int = 0
    r: int = 0
    p: int = 0

    def check(self) -> None:
        """Raise `ValueError` for numbers that would take hours or all memory, or give next to no protection, and for an id that is no name."""
        if not _ID.fullmatch(self.id):
            raise ValueError("the id is no name")
        if self.how == "command":
            if self.proof and len(self.proof) != _PROOF_BYTES:
                raise ValueError("the proof is none")
            return
        if not (14 <= self.log_n <= 22 and 1 <= self.r <= 32 and 1 <= self.p <= 4 and 16 <= len(self.salt) <= 64):
            raise ValueError("scrypt's numbers are out of bounds")
        if 128 * 2**self.log_n * self.r > _MEMORY_MAX:
            raise ValueError("scrypt would take more than 1 GiB")

    @property
    def bound(self) -> bytes:
        """All of it but the key: what the wrapped key is bound to."""
        return msgspec.json.encode(msgspec.structs.replace(self, kek=b"", proof=b""), order="sorted")

    def proof_of(self, kek: bytes) -> bytes:
        """What *kek* proves itself by."""
        return hmac.digest(kek, b"ourword keys\n" + self.bound, "sha256")


class Wrapping:
    """An opened key-encryption key: wraps and unwraps the keys of one home."""

    def __init__(self, header: Header, kek: bytes) -> None:
        self.header = header
        self._cipher = AESGCM(kek)

    def wrapped(self, key: bytes, *, home: str, table: str, number: int, nonce: bytes) -> bytes:
        """Wrap the key of one row; *nonce* is 12 random bytes, never used twice."""
        return nonce + self._cipher.encrypt(nonce, key, _row(home, table, number))

    def opened(self, box: object, place: Path, *, home: str, table: str, number: int) -> bytes:
        """Give the key of one row. Raises `HomeError` for one that was changed, or is of another row, home or wrapping."""
        try:
            if isinstance(box, bytes) and len(box) == BOX_BYTES:
                return self._cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _row(home, table, number))
        except InvalidTag:
            pass
        what = f"key {number} of `{table}` in `{place.name}` was changed, or belongs elsewhere"
        raise HomeError("home.damaged", what, place=str(place), hint=f"restore `{place.name}` from the newest backup")


def _row(home: str, table: str, number: int) -> bytes:
    return f"ourword key\n{home}\n{table}\n{number}".encode()


def header_of(connection: apsw.Connection, path: Path) -> Header | None:
    """How the keys of a file are wrapped; `None` where they lie in the clear. Raises `HomeError` for what cannot be that."""
    if not has_table(connection, TABLE):
        return None
    try:
        written = connection.execute(f"SELECT header FROM {TABLE} WHERE length(header) <= ?", (HEADER_BYTES_MAX,)).get
    except apsw.SQLError:
        if has_table(connection, TABLE):
            raise
        return None  # laid in the clear in this very moment
    return header_from(written, path)


def header_bytes(header: Header) -> bytes:
    """A header as it is kept."""
    return msgspec.json.encode(header, order="sorted")


def header_from(written: object, path: Path) -> Header:
    """Read what says how keys are wrapped. Raises `HomeError` for what cannot be that."""
    try:
        header = msgspec.json.decode(written, type=Header) if isinstance(written, bytes) else None
        if header is not None:
            header.check()
            return header
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        pass
    what, hint = f"what `{path.name}` says of how its keys are wrapped cannot be read", f"restore `{path.name}` from the newest backup"
    raise HomeError("home.damaged", what, place=str(path), hint=hint)


# ---- making one -----------------------------------------------------------------------------------------------------------


def by_passphrase(passphrase: bytes, *, chance: Callable[[int], bytes], log_n: int = LOG_N) -> Wrapping:
    """Make a new wrapping under a passphrase."""
    kek, nonce = chance(KEY_BYTES), chance(NONCE_BYTES)
    bare = Header(how="passphrase", id=chance(16).hex(), kek=b"", salt=chance(16), log_n=log_n, r=R, p=P)
    box = nonce + _hashed(passphrase, bare).encrypt(nonce, kek, bare.bound)
    return Wrapping(msgspec.structs.replace(bare, kek=box), kek)


def by_command(wrap: str, unwrap: str, *, home: str, place: Path, chance: Callable[[int], bytes]) -> Wrapping:
    """Make a new wrapping of a home by a command; the other one must give the key back before anything is wrapped with it. Raises `HomeError`.

    It is tried on another key first, which must still come back after the real one went in: a command that keeps what it is given in one place
    would else let the key of another home, or the one in use, be lost with the next.
    """
    tried, made = (_put(wrap, chance(KEY_BYTES), home, place, chance) for _ in range(2))
    for (header, kek), which in ((made, "what the command that wraps was given"), (tried, "a key that was wrapped before another one")):
        if _said_by(header, unwrap, place) != kek:
            what = f"the command that unwraps does not give back {which}"
            hint = f"the two must undo each other, and what is kept elsewhere must be kept under {NAMED}, which is another one each time"
            raise HomeError("keys.command", what, place=str(place), hint=hint)
    return Wrapping(*made)


def _put(command: str, kek: bytes, home: str, place: Path, chance: Callable[[int], bytes]) -> tuple[Header, bytes]:
    """Let a command wrap a key under an id of its own."""
    header = Header(how="command", id=f"{home}-{chance(16).hex()}", kek=b"")
    if not _ID.fullmatch(header.id):
        hint = "restore the home from a backup"
        raise HomeError("home.damaged", "the home's id is none that we gave it", place=str(place), hint=hint)
    box = run_command(command, base64.b64encode(kek), doing="wrap", name=header.id, place=place)
    if not box.strip():
        hint = f"print what the one that unwraps is to be given; what is kept elsewhere, keep under {NAMED}, and print that"
        raise HomeError("keys.command", "the command that wraps printed nothing", place=str(place), hint=hint)
    if _shows(box, kek):
        hint = "what it prints lies beside the keys: it must be of no use to who has only that"
        raise HomeError("keys.command", "the command that wraps printed what it was given", place=str(place), hint=hint)
    return msgspec.structs.replace(header, kek=box, proof=header.proof_of(kek)), kek


def passphrase_in(file: Path) -> bytes:
    """The passphrase in a file: all of its one line but the end. Raises `HomeError` (`keys.passphrase`), which never quotes it.

    Only a plain file is read: opening a pipe waits for who writes into it, perhaps for ever, and a second process would find it empty.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise _no_passphrase("the passphrase does not lie in a plain file", file, "give a file: no folder, no pipe such as `<(…)`, and no device")
        with file.open("rb") as opened:
            found = opened.read(PASSPHRASE_BYTES_MAX + 1)
    except OSError as cause:
        raise _no_passphrase(f"the file with the passphrase cannot be read: {cause.strerror}", file, "check the path, and who may read it") from cause
    passphrase = found.rstrip(b"\r\n")
    if not passphrase or len(found) > PASSPHRASE_BYTES_MAX or b"\n" in passphrase or b"\r" in passphrase:
        what = "holds more than a passphrase" if passphrase else "is empty"
        raise _no_passphrase(f"the file with the passphrase {what}", file, f"it holds one line, of at most {PASSPHRASE_BYTES_MAX:,} bytes")
    return passphrase


def _no_passphrase(what: str, place: Path, hint: str) -> HomeError:
    return HomeError("keys.passphrase", what, place=str(place), hint=hint)


def _shows(box: bytes, kek: bytes) -> bool:
    """Whether a key lies open in what a command printed: as it went in, or in what else is often made of bytes."""
    text = base64.b64encode(kek).rstrip(b"=")
    forms = (kek, text, base64.urlsafe_b64encode(kek).rstrip(b"="), base64.b64encode(text).rstrip(b"=")[:-1], kek.hex().encode(), text.hex().encode())
    said = b"".join(box.split())
    return kek in box or any(form in said or form in said.lower() for form in forms)


# ---- opening one ----------------------------------------------------------------------------------------------------------

_opened: dict[tuple[bytes, bytes], Wrapping] = {}
"""Keys that this process has opened, by what they were opened with: a page or a receipt opens its home several times."""


def unlocked(header: Header, place: Path, *, environment: Mapping[str, str] | None = None) -> Wrapping:
    """Open what wraps a home's keys, by what the environment of this process names.

    Raises `HomeError`: `keys.locked` where it names nothing, `keys.passphrase`, `keys.command`.
    """
    given = os.environ if environment is None else environment
    name = PASSPHRASE_FILE if header.how == "passphrase" else UNWRAP_COMMAND
    if not given.get(name):
        what = f"the keys of this home are wrapped by a {header.how}, and none is given"
        raise HomeError("keys.locked", what, place=str(place), hint=f"name {_NAMED[name]} in the environment variable {name}")
    if header.how == "command":
        return _kept(header, given[name].encode(), lambda: _by_command(header, given[name], place))
    passphrase = passphrase_in(Path(given[name]))
    return _kept(header, passphrase, lambda: _by_passphrase(header, passphrase, place, given[name]))


_NAMED = {PASSPHRASE_FILE: "the file that holds the passphrase", UNWRAP_COMMAND: "the command that unwraps"}


def _kept(header: Header, by: bytes, opening: Callable[[], bytes]) -> Wrapping:
    at = (header.bound + header.kek, sha256(header.salt + by).digest())
    found = _opened.get(at)
    if found is None:
        found = Wrapping(header, opening())
        if len(_opened) >= _CACHED_MAX:
            _opened.clear()
        _opened[at] = found
    return found


def _by_passphrase(header: Header, passphrase: bytes, place: Path, file: str) -> bytes:
    bare = msgspec.structs.replace(header, kek=b"")
    try:
        kek = _hashed(passphrase, bare).decrypt(header.kek[:NONCE_BYTES], header.kek[NONCE_BYTES:], bare.bound)
    except (InvalidTag, ValueError) as cause:
        hint = f"give the file with the passphrase that they were wrapped by; without it nobody opens `{place.name}`"
        raise _no_passphrase("the passphrase does not open the keys of this home", Path(file), hint) from cause
    except MemoryError as cause:
        raise _no_passphrase("there is not memory enough to hash the passphrase", place, "free some memory") from cause
    return kek


def _hashed(passphrase: bytes, bare: Header) -> AESGCM:
    return AESGCM(Scrypt(salt=bare.salt, length=KEY_BYTES, n=2**bare.log_n, r=bare.r, p=bare.p).derive(passphrase))


def _by_command(header: Header, command: str, place: Path) -> bytes:
    if not header.proof:
        what = "the keys of this home were wrapped by an Ourword from before `OURWORD_KEYS_ID`, whose commands are not run any more"
        raise HomeError(
            "keys.command", what, place=str(place), hint="lay them in the clear by that one (`ourword keys unwrap`), and wrap them by this one"
        )
    kek = _said_by(header, command, place)
    if not hmac.compare_digest(header.proof_of(kek), header.proof):
        hint = "give the command that unwraps what they were wrapped by; what is kept elsewhere must still lie there as it did"
        raise HomeError("keys.command", "the command that unwraps gave another key than that of this home", place=str(place), hint=hint)
    return kek


def _said_by(header: Header, command: str, place: Path) -> bytes:
    said = run_command(command, header.kek, doing="unwrap", name=header.id, place=place).strip()
    try:
        kek = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        kek = b""
    if len(kek) != KEY_BYTES:
        what, hint = "the command that unwraps gave no key", f"it must print what the command that wraps was given: {4 * -(-KEY_BYTES // 3)} letters"
        raise HomeError("keys.command", what, place=str(place), hint=hint)
    return kek


def relaid(
    found: bytes, before: Wrapping | None, after: Wrapping | None, path: Path, *, home: str, table: str, number: int, chance: Callable[[int], bytes]
) -> bytes:
    """A key that lies by one wrapping as it lies by another; `None`: in the clear. Raises `HomeError` where it does not open."""
    key = found if before is None else before.opened(found, path, home=home, table=table, number=number)
    return key if after is None else after.wrapped(key, home=home, table=table, number=number, nonce=chance(NONCE_BYTES))


def refuse_meanwhile(found: Header | None, before: Wrapping | None, place: str) -> None:
    """Raises `HomeError` (`home.busy`) where keys lie otherwise by now than when they were looked at."""
    if found != (None if before is None else before.header):
        raise HomeError("home.busy", "somebody else has wrapped the keys meanwhile", place=place, hint="run this again")


def made_as_laid(
    look: Callable[[], Header | None], at_one_moment: Callable[[], AbstractContextManager[None]], path: Path, make: Callable[[Wrapping | None], T]
) -> T:
    """Open keys as they lie, whoever lays them otherwise meanwhile. Raises `HomeError` where nothing opens them as they lie."""
    header = look()
    while True:
        wrapping, failed = None, None
        try:
            wrapping = None if header is None else unlocked(header, path)
        except HomeError as error:
            failed = error
        with at_one_moment():  # else they may be laid otherwise again between the look and the reading
            before, header = header, look()
            if header == before and failed:
                raise failed
            if header == before:
                return make(wrapping)
