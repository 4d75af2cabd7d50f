"""Bytes to text: UTF-8 only, bounded, and nothing in it that a reader of the printed contract could not see."""

from __future__ import annotations

import re

from ourword.errors import ContractError

BYTES_MAX = 2_000_000
"""Twice what 10,000 plain clauses take."""

WORD_MAX = 10_000
"""The scanner takes quadratic time over a long tag: 12 seconds for `!` and a million letters (measured, ruamel.yaml 0.19)."""

# C0 and C1 controls but tab and line ends; separators of lines that editors do not show; noncharacters; halves of
# surrogate pairs; and the bidirectional overrides and isolates that make text
# read otherwise than it is decided (CVE-2021-42574, "Trojan Source").
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def decoded(data: bytes, *, file: str) -> str:
    """Give the text of a file, without its byte order mark.

    >>> decoded(b"ourword: 1", file="contract.yaml")
    'ourword: 1'
    """
    if len(data) > BYTES_MAX:
        raise _error(
            "long",
            f"the file has {len(data):,} bytes; at most {BYTES_MAX:,} are read",
            f"{file}:1:1",
            "split it into several contracts, one a group of kinds",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _error("encoding", "the file is UTF-16", f"{file}:1:1", "save it as UTF-8")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as cause:
        before = data[: cause.start].decode("utf-8", "replace")
        raise _error(
            "encoding", f"byte 0x{data[cause.start]:02x} is not UTF-8", f"{file}:{_line_column(before)}", "save the file as UTF-8"
        ) from cause
    unseen = UNSEEN.search(text)
    if unseen:
        raise unseen_error(unseen[0], f"{file}:{_line_column(text[: unseen.start()])}")
    for word in re.finditer(r"\S+", text):
        if word.end() - word.start() > WORD_MAX and "!" in word[0]:
            raise _error("long", f"one word of more than {WORD_MAX:,} characters", f"{file}:{_line_column(text[: word.start()])}", "remove it")
    return text


def unseen_error(character: str, place: str) -> ContractError:
    """Make the error for a character that the printed contract would not show."""
    return _error("unseen", f"the character U+{ord(character):04X} cannot be seen in print", place, "remove it")


def _line_column(before: str) -> str:
    lines = re.split("\r\n|[\r\n]", before)
    return f"{len(lines)}:{len(lines[-1]) + 1}"


def _error(code: str, what: str, place: str, hint: str) -> ContractError:
    return ContractError(f"contract.{code}", what, place=place, hint=hint)
