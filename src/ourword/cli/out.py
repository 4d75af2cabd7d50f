"""How the command line speaks: plain lines on stdout, errors as `place: what` and a hint on stderr, colour only for people."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ourword.errors import HomeError, OurwordError, UsageError

if TYPE_CHECKING:
    from ourword.app import Ourword

BROKEN_PIPE = 141
OUTPUT_ERROR = 74
"""128 + SIGPIPE: what a shell reports for a program whose reader went away."""

# Everything that could move a terminal's cursor or change its colours; a customer's text must not.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def safe(text: object) -> str:
    """Give a text in which nothing can steer a terminal.

    >>> safe("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}" if ord(match[0]) < 256 else f"\\u{ord(match[0]):04x}", str(text))


def json_line(value: object, *, indent: bool = True) -> None:
    """Print a value as JSON, in which control characters are escaped as JSON does."""
    import msgspec

    text = msgspec.json.encode(value)
    text = msgspec.json.format(text, indent=2) if indent else text
    sys.stdout.write(_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text.decode()) + "\n")


def line(text: str = "", style: str = "") -> None:
    """Print one line, as it is but for control characters; the style is for people at a terminal who did not set NO_COLOR."""
    if not style or not sys.stdout.isatty():
        sys.stdout.write(safe(text) + "\n")
        return
    from rich.console import Console
    from rich.text import Text

    Console(highlight=False).print(Text(safe(text), style=style), soft_wrap=True)


def complain(error: OurwordError) -> int:
    """Print an error on stderr, and give its exit code."""
    sys.stderr.write(f"{safe(error.place)}: {safe(error.what)}\n  hint: {safe(error.hint)}\n")
    return error.exit_code


def warn_of_doubt(ourword: Ourword) -> None:
    """Say on stderr that nobody has signed the contract at work, where anybody has signed one in its home; it decides all the same."""
    if ourword.home is not None and ourword.mode == "enforce" and (said := ourword.adopting.doubt(ourword.contract)):
        sys.stderr.write(f"warning: {safe(said)}\n  hint: `ourword adopt` signs it; `ourword adopted` tells who signed what\n")


def warn_of_unpublished(put_off: Sequence[HomeError]) -> None:
    """Say on stderr, once a command, that what is recorded was not signed and published at its end, and why; it is recorded all the same."""
    for error in put_off[:1]:
        sys.stderr.write(f"warning: {safe(error.place)}: the log was not published: {safe(error.what)}\n  hint: {safe(error.hint)}\n")


def usage(code: str, what: str, *, place: str, hint: str) -> UsageError:
    """A command that does not fit its interface."""
    return UsageError(f"usage.{code}", what, place=place, hint=hint)


def kept_apart(path: Path, read: Iterable[Path], *, place: str) -> None:
    """Refuse to write over a file that is read: a slip of the shell's completion, and a signed contract would be gone."""
    for other in read:
        if path.exists() and other.exists() and path.samefile(other):
            raise usage("output", f"`{path}` is read here, and would be lost", place=place, hint="name another file")


def kept_outside(target: Path, folder: Path, what: str, *, place: str) -> None:
    """Refuse a new folder inside of a home, also by a link: what lies there nobody erases, and nobody looks at."""
    ways = {target.resolve(), target.parent.resolve() / target.name}
    if folder.exists() and any(each.exists() and each.samefile(folder) for way in ways for each in (way, *way.parents)):
        raise usage("inside", f"`{target}` lies in {what} `{folder}`, or is it", place=place, hint="give a new folder elsewhere")


@contextmanager
def home_of_events() -> Iterator[None]:
    """Where figures are asked of a home that is not there: events make one too, and the hint of those who decide leads nowhere."""
    try:
        yield
    except HomeError as error:
        if error.code != "home.missing":
            raise
        hint = "check the path; `ourword import` and `ourword events` make one out of events"
        raise HomeError(error.code, error.what, place=error.place, hint=hint) from error


@contextmanager
def options_named(**options: str) -> Iterator[None]:
    """Where an error names what was given as Python calls it, name the option that was typed."""
    try:
        yield
    except OurwordError as error:
        if error.place not in options:
            raise
        raise type(error)(error.code, error.what, place=options[error.place], hint=error.hint) from error


def option(name: str) -> str:
    """What something asked is called on the command line.

    >>> option("as_of")
    '--as-of'
    """
    return "--" + name.replace("_", "-")


def known_words(ourword: Ourword, *, moment: int | None = None) -> tuple[str, ...]:
    """What people are told first, and a line between; nothing of a home as it is, of which nothing was let go of.

    That is: as known at which entry, or as of which *moment* (µs since 1970), and which decisions are past retention.
    """
    from ourword.known import in_words, of_moment
    from ourword.stores.gone import let_go_in_words

    said = in_words(ourword.home) if moment is None else of_moment(moment)
    told = tuple(filter(None, (said, let_go_in_words(ourword.home) if ourword.home else "")))
    return (*told, "") if told else ()


def drop_output() -> None:
    """The reader went away: send what is still buffered nowhere, so that leaving raises nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
