"""Ratings in a table: what an answer to "how content were you" says, where its values can be understood; else it is told, and not read."""

from __future__ import annotations

import re

import msgspec

from ourword.core.letters import unmarked
from ourword.outcomes.profile import Column

GROUPS_MAX = 40
"""So many different answers give a rule each."""
_CONTENT = frozenset(
    (
        *("good", "great", "excellent", "happy", "satisfied", "positive", "yes"),
        *("gut", "ausgezeichnet", "zufrieden", "positiv", "ja"),
        *("bon", "bien", "satisfait", "satisfaite", "content", "oui"),
        *("bueno", "buena", "satisfecho", "satisfecha", "si"),
    )
)
_NOT = frozenset(
    (
        *("bad", "poor", "terrible", "unhappy", "unsatisfied", "dissatisfied", "negative", "neutral", "no", "okay"),
        *("schlecht", "unzufrieden", "negativ", "nein", "mittel"),
        *("mauvais", "insatisfait", "insatisfaite", "neutre", "non"),
        *("malo", "mala", "insatisfecho", "insatisfecha"),
    )
)
"""Neutral is no content answer: of five it would be three."""
_MORE = ("very", "extremely", "sehr", "tres", "muy", "i", "m", "am", "ich", "bin", "je", "suis")
_NO_ANSWER = ("offered", "unoffered", "not offered", "none", "null", "n/a", "-", "no response", "not rated")
_WHOLE = re.compile(r"(\d{1,3})(?:[.,]0+)?")
_OF = re.compile(r"(\d{1,2})\s*(?:/|of|out of|von|sur|de)\s*(5|7|10)", re.IGNORECASE)
_STARS = re.compile(r"([1-5])\s*(?:stars?|sterne?|[ée]toiles?|estrellas?)|(★{1,5})☆{0,4}", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*%")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: how it is written in the file, and what it says."""

    written: tuple[str, ...]
    rating: int
    scale: int


def answers_in(column: Column) -> tuple[Answer, ...]:
    """What a column's values say, the worst first; nothing where one of them cannot be understood, or a scale is not known.

    >>> from collections import Counter
    >>> [(each.rating, each.scale) for each in answers_in(Column(path=("CSAT",), values=Counter(["Good, I'm satisfied", "bad", "offered"])))]
    [(0, 1), (1, 1)]
    >>> [(each.rating, each.scale) for each in answers_in(Column(path=("CSAT",), values=Counter("12")))]
    []
    """
    texts = [each for each in column.values if each.strip() and _plain(each) not in _NO_ANSWER]
    whole = {text: int(number[1]) for text in texts if (number := _WHOLE.fullmatch(text.strip()))}
    if whole and len(whole) == len(texts):
        return _numbers(whole, column)
    says: dict[tuple[int, int], list[str]] = {}
    for text in texts:
        one = _said(text)
        if one is None:
            return ()
        says.setdefault(one, []).append(text)
    return _sorted(says) if len({scale for _, scale in says}) == 1 else ()


def _numbers(whole: dict[str, int], column: Column) -> tuple[Answer, ...]:
    """Bare numbers say their scale by how far they go: to 4 or 5 it is five, to 8 or more ten; 1 to 3, 6 and 7 may be several."""
    least, most = min(whole.values()), max(whole.values())
    scale = 5 if least >= 1 and most in (4, 5) else 10 if 8 <= most <= 10 else 0
    if not scale:
        return ()
    found: dict[tuple[int, int], list[str]] = {(number, scale): [str(number)] for number in range(int(scale == 5), scale + 1)}
    for text, number in whole.items():
        if column.sort != "number" and text not in found[number, scale]:
            found[number, scale].append(text)
    return _sorted(found)


def _said(text: str) -> tuple[int, int] | None:
    if found := _OF.fullmatch(text.strip()):
        rating, scale = int(found[1]), int(found[2])
        return (rating, scale) if rating <= scale else None
    if found := _STARS.fullmatch(text.strip()):
        return int(found[1]) if found[1] else len(found[2]), 5
    if found := _PERCENT.fullmatch(text.strip()):
        return (int(found[1]), 100) if int(found[1]) <= 100 else None
    words = [each for each in re.findall(r"[a-z]+", _plain(text)) if each not in _MORE]
    if not words or not all(each in _CONTENT or each in _NOT for each in words):
        return None
    says = {each in _CONTENT for each in words}
    return (int(says.pop()), 1) if len(says) == 1 else None


def _sorted(found: dict[tuple[int, int], list[str]]) -> tuple[Answer, ...]:
    if len(found) > GROUPS_MAX:
        return ()
    return tuple(Answer(written=tuple(texts), rating=rating, scale=scale) for (rating, scale), texts in sorted(found.items()))


def _plain(text: str) -> str:
    return " ".join(unmarked(text.strip().lower()).split())
