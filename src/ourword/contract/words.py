"""Words for errors: what was given (shortened), and the nearest word that was perhaps meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN_MAX = 60
_COMPARED_MAX = 500


def shown(text: str) -> str:
    """Quote what was given, shortened, so that an error stays one line whatever it met.

    >>> print(shown("refnud"))
    `refnud`
    """
    flat = " ".join(text.split())
    return f"`{flat[: SHOWN_MAX - 1]}…`" if len(flat) > SHOWN_MAX else f"`{flat}`"


def many(number: int, one: str, several: str = "") -> str:
    """So many of something; *several* where an *s* does not make the plural.

    >>> many(1, "decision"), many(5504, "decision"), many(2, "entry", "entries")
    ('1 decision', '5,504 decisions', '2 entries')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def nearest(word: str, among: Iterable[str]) -> str | None:
    """Give the word that was perhaps meant; bounded, whatever is compared.

    >>> nearest("order_totl", ["amount", "order_total"])
    'order_total'
    """
    if len(word) > SHOWN_MAX:
        return None
    candidates = [each for each, _ in zip(among, range(_COMPARED_MAX), strict=False)]
    return next(iter(get_close_matches(word, candidates, n=1, cutoff=0.6)), None)


def meant(word: str, among: Iterable[str], otherwise: str) -> str:
    """Offer the nearest word as a hint, or else say *otherwise*.

    >>> meant("mra", ["mara", "omar"], "declare it under `people`")
    'did you mean `mara`?'
    """
    near = nearest(word, among)
    return f"did you mean `{near}`?" if near else otherwise


def listed(words: Iterable[str], *, joined: str = "and", most: int = 8) -> str:
    """Join words as a person would, at most so many of them.

    >>> listed(["data", "model", "prompt"])
    'data, model and prompt'
    """
    all_words = list(words)
    if len(all_words) > most:
        return ", ".join(all_words[:most]) + f" {joined} {len(all_words) - most} more"
    return f" {joined} ".join(filter(None, (", ".join(all_words[:-1]), *all_words[-1:])))
