"""What an e-mail or a comment says: without its markup, without what it quotes, and without a signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ourword.helpdesks.salesforce.parts import is_true
from ourword.helpdesks.telling import text_of
from ourword.helpdesks.values import text, word

DRAFT = ("5", "draft")
_QUOTES = re.compile(
    r"^[ \t]*(?:>|--[ \t]*$|_{10,}[ \t]*$|-+ ?(?:original message|forwarded message|urspr[^\n]{1,20} nachricht) ?-+"
    r"|(?:on|am|le)\b[^\n]{3,200}(?:wrote|schrieb[^\n]{0,80}|a [ée]crit)[ \t]?:[ \t]*$"
    r"|(?:from|von|de):[^\n]{1,300}\n[ \t]*(?:sent|date|gesendet|datum|to|an|envoy[ée]):)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the words of somebody else begin, or a signature."""
_THREAD = re.compile(r"\[?\b(?:ref|thread):[!:_0-9A-Za-z.]{5,200}(?::ref)?\]?")
"""What Salesforce writes into a mail to know it again."""


def own_words(written: str) -> str:
    """What somebody wrote themselves: a reply quotes the question that it answers, and that is not theirs.

    >>> own_words("Yes, thank you.\\n\\nOn Mon, Nov 9, 2026 at 10:22 AM Shop <help@shop.example> wrote:\\n> Did this solve it?")
    'Yes, thank you.'
    >>> own_words("Done. Did this solve it?\\n\\n-- \\nJo, Shop\\nref:!00Dxx0000001gPL.!500xx000000bZzy:ref")
    'Done. Did this solve it?'
    """
    found = _QUOTES.search(written)
    return _THREAD.sub("", written if found is None else written[: found.start()]).strip()


def words_of_mail(found: Mapping[str, Any]) -> str:
    """What an e-mail says."""
    plain, html = text(found.get("textbody")), text(found.get("htmlbody"))
    return own_words(plain if plain.strip() else text_of(html))


def words_of_comment(found: Mapping[str, Any]) -> str:
    """What a comment says."""
    plain = text(found.get("commentbody"))
    return (text_of(plain) if "<" in plain and ">" in plain else plain).strip()


def is_sent(found: Mapping[str, Any]) -> bool:
    """Whether an e-mail went out or came in: no draft, nothing deleted, nothing that came back."""
    return word(found.get("status")) not in DRAFT and not any(is_true(found.get(name)) for name in ("isdeleted", "isbounced"))


def is_shown(found: Mapping[str, Any]) -> bool:
    """Whether a comment is shown to the customer; others are notes."""
    return is_true(found.get("ispublished")) and not is_true(found.get("isdeleted"))
