"""Text and bytes between quotes: escapes read, and written back."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2})|([abfnrtv\\?\"'`])|(.|$))",
    re.DOTALL,
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_WRITTEN = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\", '"': r"\""}
_MUST_ESCAPE = re.compile(r"[\x00-\x1f\"\\\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class _BadEscape(Exception):
    pass


def decoded(body: str, *, is_bytes: bool, is_raw: bool) -> str | bytes | None:
    r"""Read what stands between quotes; `None` when an escape is unknown or no character.

    >>> decoded(r"\u00e9t\x41", is_bytes=False, is_raw=False)
    'étA'
    >>> decoded(r"\303\277", is_bytes=True, is_raw=False)
    b'\xc3\xbf'
    """
    try:
        if is_raw or "\\" not in body:
            return body.encode() if is_bytes else _checked(body)
        return _decoded_bytes(body) if is_bytes else _checked(_ESCAPE.sub(_character, body))
    except (_BadEscape, UnicodeEncodeError):
        return None


def _checked(text: str) -> str:
    text.encode()  # a lone surrogate is no character
    return text


def _character(match: re.Match[str]) -> str:
    x, big_x, u, big_u, octal, simple, bad = match.groups()
    if bad is not None:
        raise _BadEscape
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    point = int(octal, 8) if octal is not None else int(x or big_x or u or big_u, 16)
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        raise _BadEscape
    return chr(point)


def _decoded_bytes(body: str) -> bytes:
    parts: list[bytes] = []
    at = 0
    for match in _ESCAPE.finditer(body):
        parts.append(body[at : match.start()].encode())
        if match[3] is not None or match[4] is not None:  # a code point has no one byte
            raise _BadEscape
        parts.append(_character(match).encode("latin-1"))
        at = match.end()
    parts.append(body[at:].encode())
    return b"".join(parts)


def quoted(text: str) -> str:
    r"""Write text as a literal.

    >>> quoted('say "hi"\n')
    '"say \\"hi\\"\\n"'
    """
    return '"' + _MUST_ESCAPE.sub(lambda match: _WRITTEN.get(match[0], f"\\u{ord(match[0]):04x}"), text) + '"'


def quoted_bytes(value: bytes) -> str:
    r"""Write bytes as a literal.

    >>> quoted_bytes(b"\xffa")
    'b"\\xffa"'
    """
    return 'b"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in value) + '"'
