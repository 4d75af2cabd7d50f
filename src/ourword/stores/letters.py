"""In which letters a table is written: UTF-8, an old encoding, or both in one file; and how it is read, in words, with the first odd line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from ourword.outcomes.mapping import MIXED

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the next does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_OLD = "windows-1252"
"""Every byte but five is a letter there: the likeliest of the old ones, and said as a guess."""
_ODD = re.compile("[\udc80-\udcff]+")
_OURS = re.compile("[^\x00-\x7f\udc80-\udcff]")
_SHOWN = 20


def encoding_in(head: bytes) -> str:
    """In which encoding a file is written, by its beginning: empty for UTF-8 and wherever a mark says it itself.

    Where both UTF-8 and other bytes are in it, it is `mixed` if most of these letters are UTF-8.

    >>> encoding_in("Ärger".encode()), encoding_in("Ärger".encode("windows-1252")), encoding_in("Ärger".encode("utf-8-sig"))
    ('', 'windows-1252', '')
    >>> encoding_in("Ärger über ".encode() + "Öl".encode("windows-1252"))
    'mixed'
    """
    if any(head.startswith(bom) for bom, _ in BOMS):
        return ""
    if head[2:80:4].count(0) + head[1:80:4].count(0) > 30:
        return "utf-32-be" if head[:1] == b"\x00" else "utf-32-le"
    if head[1:40:2].count(0) > 10:
        return "utf-16-le"
    if head[0:40:2].count(0) > 10:
        return "utf-16-be"
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(head)
    odd = sum(len(each) for each in _ODD.findall(text))
    if not odd:
        return ""
    return MIXED if len(_OURS.findall(text)) > odd else _OLD


def mended(text: str, errors: str = "surrogateescape") -> str:
    """A text that was read as UTF-8, its other bytes (kept as surrogates) read as windows-1252; of the five that are no letter there it keeps them.

    >>> mended(("über ".encode() + "Öl".encode("windows-1252")).decode("utf-8", "surrogateescape"))
    'über Öl'
    """
    return text if text.isascii() else _ODD.sub(lambda found: _bytes(found[0]).decode(_OLD, errors), text)


def _bytes(odd: str) -> bytes:
    return odd.encode("utf-8", "surrogateescape")


def text_in(whole: bytes) -> str:
    """The text of a whole file, however a spreadsheet saved it; raises `UnicodeDecodeError`.

    >>> text_in("Ärger".encode("windows-1252")), text_in("Ärger".encode("utf-16"))
    ('Ärger', 'Ärger')
    """
    marked = next((name for bom, name in BOMS if whole.startswith(bom)), "")
    found = {"utf-8": "utf-8-sig"}.get(marked, marked) or encoding_in(whole) or "utf-8"
    return mended(whole.decode("utf-8", "surrogateescape"), "strict") if found == MIXED else whole.decode(found)


def read_as_words(lines: Iterable[bytes], encoding: str) -> str:
    """How a file was read that is not UTF-8 throughout, with the first line that is odd and a word of it; empty for any other encoding.

    >>> read_as_words(["Müller".encode(), "Jürgen".encode("windows-1252")], "mixed")
    'it is read as UTF-8, but 1 line has letters that are none; those are taken for windows-1252, first in line 2: `Jürgen`'
    >>> read_as_words([b"name", "Jürgen".encode("windows-1252")], "windows-1252")
    'it is read as windows-1252, a guess: line 2 is the first that is no UTF-8, `Jürgen`'
    """
    if encoding not in (MIXED, _OLD):
        return ""
    odd, others = _Found(), _Found()
    for number, line in enumerate(lines, 1):
        if line.isascii():
            continue
        text = line.decode("utf-8", "surrogateescape")
        if found := _ODD.search(text):
            odd.add(number, mended(text[: found.start()]), mended(text[found.start() :]))
        elif found := _OURS.search(text):
            read = line.decode(_OLD, "replace")
            others.add(number, read[: found.start()], read[found.start() :])
    if encoding == MIXED:
        have = "1 line has" if odd.count == 1 else f"{odd.count:,} lines have"
        return f"it is read as UTF-8, but {have} letters that are none; those are taken for windows-1252, first in line {odd.shown}"
    first = odd.shown.replace(": ", " is the first that is no UTF-8, ", 1)
    look = "1 line looks" if others.count == 1 else f"{others.count:,} lines look"
    more = f"; {look} like UTF-8 all the same, first line {others.shown}" if others.count else ""
    return f"it is read as windows-1252, a guess: line {first}{more}"


class _Found:
    """Lines of one sort: how many, and where the first is."""

    def __init__(self) -> None:
        self.count, self.shown = 0, ""

    def add(self, number: int, before: str, after: str) -> None:
        self.count += 1
        if not self.shown:
            word = re.split(r"[\s,;|\"]", before)[-1][-_SHOWN:] + re.split(r"[\s,;|\"]", after)[0][:_SHOWN]
            self.shown = f"{number:,}: `{word}`"
