"""Which language is spoken: the one asked for, if the contract has it, and what is nearest otherwise."""

from __future__ import annotations

from collections.abc import Iterable

_HEADER_MAX = 1_000
_TAG_MAX = 64
"""Longer names of languages are none: each part of one is looked for in turn."""


def matched(wanted: str, declared: Iterable[str]) -> str:
    """The declared language that serves who wants *wanted*, or nothing: itself, what it begins with, then any of the same tongue (RFC 4647, 3.4).

    >>> matched("de-AT", ["en", "de"]), matched("pt", ["pt-BR"]), matched("de" + "-a" * 60_000, ["en", "de"])
    ('de', 'pt-BR', '')
    """
    if len(wanted) > _TAG_MAX:
        return ""
    by_name = {each.lower(): each for each in reversed(tuple(declared))}
    parts = wanted.strip().replace("_", "-").lower().split("-")
    for size in range(len(parts), 0, -1):
        if "-".join(parts[:size]) in by_name:
            return by_name["-".join(parts[:size])]
    return next((each for name, each in reversed(by_name.items()) if name.split("-")[0] == parts[0]), "")


def spoken(declared: tuple[str, ...], *wanted: str) -> str:
    """The language to speak: the first of *wanted* that is served, else the first declared.

    >>> spoken(("en", "de"), "", "de-AT"), spoken(("en", "de"), "fr")
    ('de', 'en')
    """
    return next((found for each in wanted if each and (found := matched(each, declared))), declared[0])


def accepted(header: str) -> tuple[str, ...]:
    """The languages of an `Accept-Language` header, the most welcome first; what cannot be read is passed over.

    >>> accepted("de-AT, en;q=0.5, fr;q=0.8, *;q=0.1")
    ('de-AT', 'fr', 'en')
    """
    found: list[tuple[float, str]] = []
    for each in header[:_HEADER_MAX].split(","):
        language, _, weight = each.partition(";")
        welcome = _weight(weight)
        if welcome and language.strip() not in ("", "*"):
            found.append((welcome, language.strip()))
    return tuple(language for _, language in sorted(found, key=lambda pair: -pair[0]))


def _weight(text: str) -> float:
    name, _, number = text.strip().partition("=")
    try:
        return min(float(number), 1.0) if name.strip() == "q" else 1.0 if not text.strip() else 0.0
    except ValueError:
        return 0.0
