"""Text to tokens, one at a time and in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ourword.cel.place import wrong
from ourword.cel.quote import decoded
from ourword.cel.values import INT_MAX, UINT_MAX, Uint
from ourword.errors import ConditionError


class Token(NamedTuple):
    """One token: `kind` is `literal`, `number`, `name`, `quoted`, `op` or `end`."""

    kind: str
    text: str
    value: object
    line: int
    col: int


RESERVED = frozenset(
    [
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import"),
        *("let", "loop", "package", "namespace", "return", "var", "void", "while"),
    ]
)
"""Words that no variable or function may have; after a dot they are fields like any other."""

_SKIP = re.compile(r"(?:[\t\n\f\r ]+|//[^\n]*)*")
_QUOTE = re.compile(r"""([bB]?)([rR]?)(\"\"\"|'''|"|')""")
_TOKEN = re.compile(
    r"(?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<int>0x[0-9a-fA-F]+|\d+)(?P<unsigned>[uU]?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|`(?P<quoted>[A-Za-z0-9_.\-/ ]+)`"
    r"|(?P<op>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])",
    re.ASCII,
)
_BODIES = {
    (quote, raw): re.compile(rf"([^{quote[0]}\n\r]*){quote}" if raw else rf"([^{quote[0]}\\\n\r]*(?:\\.[^{quote[0]}\\\n\r]*)*){quote}")
    if len(quote) == 1
    else re.compile(rf"(.*?){quote}" if raw else rf"([^{quote[0]}\\]*(?:(?:\\.|{quote[0]}(?!{quote[1:]}))[^{quote[0]}\\]*)*){quote}", re.DOTALL)
    for quote in ("'", '"', "'''", '"""')
    for raw in (False, True)
}


class Lexer:
    """The tokens of a condition, with the line and column of each."""

    def __init__(self, text: str, place: str) -> None:
        self._text = text
        self._place = place
        self._line = 0
        self._line_start = 0

    def error(self, what: str, hint: str, line: int, col: int) -> ConditionError:
        """Make the error for something wrong at a line and column of this text."""
        return wrong("syntax", what, hint, place=self._place, line=line, col=col)

    def tokens(self) -> Iterator[Token]:
        """Give each token, and `end` last."""
        at = 0
        while True:
            at = self._skip(at)
            line, col = self._line, at - self._line_start
            if at == len(self._text):
                yield Token("end", "", None, line, col)
                return
            quote = _QUOTE.match(self._text, at)
            kind, value, end = self._string(quote, line, col) if quote else self._plain(at, line, col)
            text = self._text[at:end]
            if quote:
                self._count_lines(at, end)
            yield Token(kind, text, value, line, col)
            at = end

    def _skip(self, at: int) -> int:
        match = _SKIP.match(self._text, at)
        assert match is not None
        self._count_lines(at, match.end())
        return match.end()

    def _count_lines(self, start: int, end: int) -> None:
        lines = self._text.count("\n", start, end)
        if lines:
            self._line += lines
            self._line_start = self._text.rindex("\n", start, end) + 1

    def _string(self, quote: re.Match[str], line: int, col: int) -> tuple[str, object, int]:
        match = _BODIES[quote[3], bool(quote[2])].match(self._text, quote.end())
        if match is None:
            raise self.error("this text in quotes never ends", f"close it with {quote[3]}", line, col)
        value = decoded(match[1], is_bytes=bool(quote[1]), is_raw=bool(quote[2]))
        if value is None:
            hint = r"known escapes: \a \b \f \n \r \t \v \\ \? \" \' \` \xHH \ooo, in text also \uHHHH \UHHHHHHHH; or write r'…'"
            raise self.error(f"unknown escape in {_short(self._text[quote.start() : match.end()])}", hint, line, col)
        return "literal", value, match.end()

    def _plain(self, at: int, line: int, col: int) -> tuple[str, object, int]:
        match = _TOKEN.match(self._text, at)
        if match is None:
            raise self.error(f"{self._text[at]!r} does not belong here", "conditions are written in CEL: amount > eur(500) && !confirmed", line, col)
        if match["float"] is not None:
            return "number", self._double(match["float"], line, col), match.end()
        if match["int"] is not None:
            return "number", self._integer(match["int"], bool(match["unsigned"]), line, col), match.end()
        kind = "name" if match["name"] is not None else "quoted" if match["quoted"] is not None else "op"
        return kind, match["quoted"], match.end()

    def _double(self, text: str, line: int, col: int) -> float:
        value = float(text)
        if value == float("inf"):
            raise self.error(f"`{_short(text)}` is too large for a double", "doubles end near 1.8e308", line, col)
        return value

    def _integer(self, text: str, unsigned: bool, line: int, col: int) -> int:
        # Length first: Python refuses to read an integer of thousands of digits, and takes long over shorter ones.
        digits = text[2:] if text.startswith("0x") else text
        value = int(digits, 16 if text.startswith("0x") else 10) if len(digits.lstrip("0")) <= 20 else UINT_MAX + 1
        # One more than INT_MAX may still get a minus in front; the parser looks again.
        if value > (UINT_MAX if unsigned else INT_MAX + 1):
            raise self.error(f"`{_short(text)}` is too large for a 64-bit integer", "integers end at 9223372036854775807", line, col)
        return Uint(value) if unsigned else value


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
