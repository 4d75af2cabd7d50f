"""What is said in so many words: a yes, a claim of success, a promise. English phrase lists, and nothing cleverer.

A list finds what is written in it and misses everything else; what it finds is reported as "said in these words", never as
what was meant. Thanks, politeness and silence are in no list: they confirm nothing.
"""

from __future__ import annotations

import re

YES = (
    *("yes", "yeah", "yep", "yup", "sure", "correct", "confirm", "confirmed", "absolutely", "go ahead", "please proceed", "proceed with"),
    *("please do", "sounds good", "looks good", "that works", "that's right", "that is right", "i agree", "ok", "okay", "let's do (?:it|that)"),
)
NOT_YES = (
    *("do not proceed", "don't proceed", "not proceed", "please don't", "before (?:we|you|i) (?:proceed|do that|confirm)"),
    *("never mind", "cancel that", "(?:can|could|would) you (?:please )?confirm"),
)
NO_FIRST = ("no", "nope", "not yet", "wait", "hold on", "actually")
"""These take a yes away when the answer begins with them."""

_DONE = (
    "cancell?ed|returned|exchanged|modified|updated|changed|processed|initiated|submitted|refunded|placed|completed|requested|booked|"
    "arranged|resolved|scheduled|applied"
)
_LOOKED_UP = (
    "verified|located|found|identified|reviewed|checked|looked|retrieved|authenticated|noted|received|calculated|confirmed|pulled|gathered|obtained"
)
CLAIMS = (
    f"(?:has|have) (?:now )?(?:been )?(?:successfully )?(?:been )?(?:{_DONE})",
    "(?:is|are|was|were) (?:now )?(?:successfully|all set|completed?)",
    r"successfully \w+ed",
    r"i(?:'ve| have) (?:now |just |successfully )*\w+ed (?:your|the|both|all|these|this)",
    "all set",
    "all done",
)
NOT_CLAIMS = (
    f"i(?:'ve| have) (?:now |just |successfully )*(?:{_LOOKED_UP})",
    f"successfully (?:{_LOOKED_UP})",
    f"(?:has|have) been (?:successfully )?(?:{_LOOKED_UP})",
    "(?:once|after|when|until|if|cannot|can't|could not|couldn't|unable) ",
)
PROMISES = (
    "you(?:'ll| will| should) (?:receive|get|be (?:refunded|charged|contacted|notified|connected|transferred))",
    "will be (?:refunded|credited|sent|processed|shipped|delivered|issued|charged|returned|emailed)",
    "we(?:'ll| will) (?:send|email|refund|contact|notify|ship|credit)",
    r"within \d+(?:\s*(?:-|–|to)\s*\d+)? (?:business |working )?(?:hour|day|week)s?",
)


def says_yes(words: str) -> bool:
    """Whether a customer's answer is an explicit yes, and neither a no nor a question back.

    >>> [says_yes(words) for words in ("Yes, please go ahead!", "Thanks a lot", "No, wait", "Yes, but could you confirm the price?")]
    [True, False, False, False]
    """
    plain = words.replace("\u2019", "'")
    return bool(_YES.search(plain)) and not _NOT_YES.search(plain) and not _NO_FIRST.match(plain)


def claims_success(words: str) -> bool:
    """Whether a message says that something was done; having looked something up is no such claim, nor is a question.

    >>> [claims_success(words) for words in ("Your order has been cancelled.", "I have verified your identity.", "Shall I cancel it?")]
    [True, False, False]
    """
    return any(_CLAIMS.search(each) and not _NOT_CLAIMS.search(each) for each in _sentences(words))


def promises_something(words: str) -> bool:
    """Whether a message says what will happen to the customer, in the words that promises are made of; a question is none.

    >>> [promises_something(words) for words in ("You will receive an email.", "It is refunded within 5 to 7 business days.", "Will you wait?")]
    [True, True, False]
    """
    return any(_PROMISES.search(each) for each in _sentences(words))


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})", re.IGNORECASE)


def _whole(phrases: tuple[str, ...], *, first: str = r"\b") -> re.Pattern[str]:
    return re.compile(rf"{first}(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_YES, _NOT_YES, _NO_FIRST = _whole(YES), _whole(NOT_YES), _whole(NO_FIRST, first=r"\s*")
_CLAIMS, _NOT_CLAIMS, _PROMISES = _whole(CLAIMS), _any_of(NOT_CLAIMS), _whole(PROMISES)


def _sentences(words: str) -> list[str]:
    """Sentences and list items, without questions: what is asked is not said."""
    plain = words[:20_000].replace("\u2019", "'")
    return [each for each in re.split(r"(?<=[.!?])\s+|\n+", plain) if each.strip() and not each.rstrip().endswith("?")]
