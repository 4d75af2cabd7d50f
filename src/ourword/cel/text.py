"""Text and bytes. `matches` runs in linear time with google-re2; Python's own `re` can be made to hang and is never used on a contract's pattern."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ourword.cel.overload import Overload, same
from ourword.cel.types import BOOL, BYTES, STRING
from ourword.cel.values import Failure, appended

RE2_MISSING = "`matches` needs the google-re2 engine, which is not installed"
RE2_HINT = "pip install 'ourword[re2]', or use contains, startsWith, endsWith"


@lru_cache(maxsize=1024)
def pattern(text: str) -> Any:
    """Compile a pattern of RE2 syntax; fails when it is none, or when the engine is not installed."""
    try:
        import re2  # type: ignore[import-untyped]
    except ImportError:
        raise Failure(RE2_MISSING) from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raise Failure(f"`{text}` is no RE2 pattern: {error}") from None


def matches(text: str, pattern_text: str) -> bool:
    """Say whether the pattern is found anywhere in the text."""
    return pattern(pattern_text).search(text) is not None


TEXT: tuple[Overload, ...] = (
    same("_+_", STRING, None, appended),
    same("_+_", BYTES, None, appended),
    Overload("contains", (STRING, STRING), BOOL, lambda text, part: part in text, "member", "{1} in {0}"),
    Overload("startsWith", (STRING, STRING), BOOL, str.startswith, "member", "{0}.startswith({1})"),
    Overload("endsWith", (STRING, STRING), BOOL, str.endswith, "member", "{0}.endswith({1})"),
    Overload("matches", (STRING, STRING), BOOL, matches, "both"),
)
