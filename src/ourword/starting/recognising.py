"""What a given file is: a helpdesk's own export, any table, or nothing that is read; who is refused hears what was seen and what is expected."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from ourword.errors import UsageError
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Shape
from ourword.helpdesks.table import Table, names
from ourword.outcomes.drafting import ROWS
from ourword.outcomes.guesses import ROLES
from ourword.outcomes.mapper import Skipped
from ourword.stores.foreign import refuse_foreign
from ourword.stores.reading import columns_of, encoding_of, rows_of
from ourword.stores.unpacking import Unpacked

HOW_READ = "JSON, JSON Lines, CSV or Parquet as Zendesk, Intercom, Chatwoot, Salesforce or a spreadsheet export them (.zip and .gz too)"
LISTED_MAX = 12
RECOGNISED_BY = 50
"""So many first rows may tell what a file is: the very first may lack what the others have, as a ticket without a requester does."""
_TABLE = "a table needs a first row of names, such as `ticket id`, `customer`, `created at`, `closed at`, `status`"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One file, and what it was recognised as."""

    path: str
    shape: str
    title: str
    bytes: int
    called: str = ""
    """How it is told from another file of its name."""
    said: dict[str, str] = {}
    """What a person said of its columns, by their names: `{"Nr": "ticket id"}`."""
    digest: str = ""
    """Of its bytes."""
    columns: str = ""
    """Of a table, the digest of its columns' names."""
    beside: tuple[str, ...] = ()
    """What lay in the same archive and was left out, in words."""
    system: str = ""
    """The first file that has the same columns, since both come out of one system: a ticket that both hold is one ticket."""

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.called or self.place.name

    @property
    def state(self) -> tuple[int, int]:
        """When it was changed last, in ns since 1970, and its size; nought of one that is gone."""
        status = self.place.stat() if self.place.exists() else None
        return (status.st_mtime_ns, status.st_size) if status is not None else (0, 0)

    @property
    def place(self) -> Path:
        """Where it lies."""
        return Path(self.path)


def all_given(found: Sequence[Unpacked], names: Sequence[str], *, before: Sequence[Given], said: Mapping[str, str] | None = None) -> list[Given]:
    """Recognise files; of an archive what is no table of anybody's customers (a list of settings, an empty file) is left out, and named.

    A file that somebody chose is never left out: what cannot be read raises a `UsageError`, and so does an archive of which nothing is.
    """
    recognised_: list[Given] = []
    for each, name in zip(found, names, strict=True):
        left, here, refused = dict(each.left), list[Given](), list[UsageError]()
        for place in each.places:
            try:
                if place in each.members:
                    refuse_foreign(place)
                here.append(given(place, before=(*before, *recognised_, *here), said=said))
            except UsageError as error:
                if place not in each.members or error.code not in _LEFT:
                    raise
                refused.append(error)
                left = {each.members[place]: error.what, **left}
        if not here:
            raise refused[0]
        words = (_left_words(name, left),) if left else ()
        recognised_ += [msgspec.structs.replace(one, beside=words) for one in here]
    return recognised_


_LEFT = ("start.unknown", "start.empty", "start.foreign")
"""Why a member of an archive is left out; one that is damaged is not, since half an export would look like a whole one."""


def _left_words(archive: str, left: Mapping[str, str]) -> str:
    """What is left out of an archive, by name.

    >>> _left_words("export.zip", {"manifest.json": "it has no ticket", "old.zip": "an archive within an archive"})
    'export.zip: 2 files in it are left out: `manifest.json` (it has no ticket), `old.zip` (an archive within an archive)'
    """
    some = ", ".join(f"`{' '.join(name.split())[:80]}` ({why})" for name, why in list(left.items())[:LISTED_MAX])
    more = f" and {len(left) - LISTED_MAX:,} more" if len(left) > LISTED_MAX else ""
    are = "1 file in it is" if len(left) == 1 else f"{len(left):,} files in it are"
    return f"{archive}: {are} left out: {some}{more}"


def given(path: Path, *, before: Sequence[Given] = (), said: Mapping[str, str] | None = None) -> Given:
    """Recognise a file; one called like another of those *before* is told from it by its folder.

    A table with the columns of another is one more export of the same system, unless their tickets differ: one that is in both is one.
    Raises `UsageError` for a file that cannot be read, and for one that was given already, byte for byte.
    """
    called, number = path.name, 1
    digest = _digest(path)
    if twin := next((each for each in before if each.digest == digest), None):
        what = f"this is the same file as `{twin.name}`, byte for byte"
        raise UsageError("start.twice", what, place=path.name, hint="it was given already: nothing is lost, and nothing counts twice")
    names_ = {each.name for each in before}
    while called in names_:
        called = f"{path.parent.name[-60:]}-{path.name}" if number == 1 else f"{number}-{path.name}"
        number += 1
    shape = shape_of(path, called, said=said)
    columns = _columns(path, shape) if isinstance(shape, Table) else ""
    same = (each for each in before if columns and each.columns == columns and isinstance(shape, Table) and _one_system(each, shape))
    return Given(
        path=str(path),
        shape=shape.name,
        title=shape.title,
        bytes=path.stat().st_size,
        called="" if called == path.name else called,
        said=dict(said or {}),
        digest=digest,
        columns=columns,
        system=next((each.system or each.name for each in same), ""),
    )


def _columns(path: Path, table: Table) -> str:
    listed = columns_of(path, encoding=encoding_of(path) or "utf-8") or table.columns
    return hashlib.sha256("\n".join(sorted(listed)).encode(errors="replace")).hexdigest()


def _one_system(before: Given, table: Table) -> bool:
    """Whether two tables with the same columns can be of one system: no ticket that is seen in both is another customer's or another day's."""
    other = shape_of(before.place, before.name, said=before.said)
    seen = other.tickets() if isinstance(other, Table) else {}
    return all(seen.get(ticket, who) == who for ticket, who in table.tickets().items())


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error


def said_of(text: str) -> dict[str, str]:
    """Read what somebody says of columns, `ticket = Nr; customer = Kunde`, as names by column; raises `UsageError` for a word that is no role.

    >>> said_of("ticket = Nr, customer=Wer schrieb")
    {'Nr': 'ticket id', 'Wer schrieb': 'customer id'}
    """
    found = {}
    for each in re.split(r"[;,\n]", text):
        role, mark, column = (part.strip() for part in each.partition("="))
        if each.strip() and (not mark or role.lower() not in ROLES or not column):
            hint = f"write ROLE=COLUMN, such as ticket=Nr; the roles are {', '.join(ROLES)}"
            raise UsageError("start.column", f"`{each.strip()[:60]}` names no role and column", place="columns", hint=hint)
        if each.strip():
            found[column] = ROLES[role.lower()]
    return found


def shape_of(path: Path, called: str = "", *, said: Mapping[str, str] | None = None) -> Shape:
    """What a file is; raises `UsageError` where nothing in it can be read, saying what was seen and what is expected."""
    encoding = encoding_of(path)
    seen = list(islice(rows_of(path, encoding=encoding or "utf-8"), ROWS))
    first = [row for _, row in seen if not isinstance(row, Skipped)]
    if not first:
        bad = next((row for _, row in seen if isinstance(row, Skipped)), None)
        raise UsageError(
            "start.empty", _nothing_in(path, encoding, bad), place=path.name, hint=f"{_TABLE}, and below it rows; what is read: {HOW_READ}"
        )
    known = next((shape for row in first[:RECOGNISED_BY] if (shape := recognised(row, path.name)) is not None), None)
    if known is not None and not said:
        return known
    columns = names(first)
    lacking = [each for each in said or () if each not in columns]
    if lacking:
        what = f"there is no column `{lacking[0][:60]}`: it has {_listed(columns)}"
        raise UsageError("start.column", what, place=path.name, hint="write the name as it stands in the first row")
    table = Table(first, called or path.name, encoding, said=said)
    if not table.roles.contact and not table.roles.customer:
        what = f"nothing here looks like a ticket, a conversation or a customer: it has {_listed(columns) or 'no names of columns'}"
        hint = (
            f"what is read: {HOW_READ}; any table needs a column such as `ticket id` or `customer id`, in English, German, French or Spanish; "
            f"of others say which is which: ROLE=COLUMN with {', '.join(ROLES)}, such as ticket=Nr (`--column`, or the field below the files)"
        )
        raise UsageError("start.unknown", what, place=path.name, hint=hint)
    return table


def _listed(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - LISTED_MAX:,} more" if len(columns) > LISTED_MAX else ""
    return ", ".join(f"`{each[:40]}`" for each in columns[:LISTED_MAX]) + more


def _nothing_in(path: Path, encoding: str, bad: Skipped | None) -> str:
    """Why no row of a file can be read."""
    if path.stat().st_size == 0:
        return "no row of this file can be read: it is empty"
    if bad is not None:
        return f"no row of this file can be read: {bad.what} ({bad.place})"
    columns = columns_of(path, encoding=encoding or "utf-8")
    if columns:
        return f"the file has names of columns and no row: {', '.join(f'`{each[:40]}`' for each in columns[:12])}"
    return "no row of this file can be read: there is none"
