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

ASKS_SOLVED = (
    "(?:did|does|do|has|have) (?:this|that|it|these|we|i|our answer|my answer)(?: \\w+){0,3} (?:solved?|resolved?|fix(?:ed)?)",
    "(?:is|was|has|are|were) (?:this|that|it|your|the)(?: \\w+){0,4} (?:solved|resolved|fixed)",
    "(?:were we|was i|have we been|have i been) able to (?:solve|resolve|fix)",
)
"""What asks whether the matter is solved. Whether it was *answered*, or anything else is wanted, is another question."""
SOLVED = (
    *("yes", "yeah", "yep", "yup", "correct", "absolutely", "definitely", "it did", "it does", "it is", "it has", "you did"),
    *("solved", "resolved", "fixed", "(?:it|this|that)(?:'s| is| has been| was) (?:now )?(?:solved|resolved|fixed)", "(?:it|this|that) worked"),
)
NOT_SOLVED = (
    *("no", "nope", "nah", "not yet", "not really", "not at all", "not (?:solved|resolved|fixed)", "still not", "unfortunately not"),
    "(?:it|this|that|you) (?:did|does|has|was|is)(?:n't| not)",
)
_POLITE_NO = ("no problem", "no worries", "no thanks", "no,? thank you", "no need", "no more", "no further", "no other", "no hurry", "no rush")
_TAKEN_BACK = (
    "not",
    r"\w+n't",
    "but",
    "however",
    "except",
    "almost",
    "partly",
    "partially",
    "still",
    "yet",
    "only",
    "until",
    "if",
    "though",
    "please",
    "need",
    "want",
    "waiting",
    "again",
)
_ANSWER_WORDS_MAX = 15
"""A confirmation is short; what goes on may ask for something."""
_QUOTED = re.compile(r"^\s*(?:>|on .{4,200} wrote:|-{2,} ?original message|_{5,}|##- )", re.IGNORECASE)


def asks_whether_solved(words: str) -> bool:
    """Whether a message asks in so many words whether the matter is solved.

    >>> [asks_whether_solved(words) for words in ("That is done. Did this solve it?", "Is your issue resolved now?", "Anything else?")]
    [True, True, False]
    """
    plain = words[:20_000].replace("\u2019", "'")
    return any(_ASKS_SOLVED.search(each) for each in re.split(r"(?<=[.!?])\s+|\n+", plain) if each.rstrip().endswith("?"))


def answer_to_solved(words: str) -> str:
    """What a customer's answer to that question is: `yes` or `no` only when it says so first and takes nothing back, else `other`.

    >>> [answer_to_solved(words) for words in ("Yes, thank you!", "No, still broken.", "Thanks!", "Yes, but not the second one", "ok")]
    ['yes', 'no', 'other', 'other', 'other']
    """
    plain = _own(words).replace("\u2019", "'").strip()
    if _POLITE.match(plain) or not plain:
        return "other"
    if _NOT_SOLVED.match(plain):
        return "no"
    short = len(plain.split()) <= _ANSWER_WORDS_MAX and "?" not in plain
    return "yes" if short and _SOLVED.match(plain) and not _BACK.search(plain) else "other"


def _own(words: str) -> str:
    """What stands above the mail that is answered: the question itself would be found in it."""
    kept = []
    for line in words[:20_000].splitlines():
        if _QUOTED.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


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
_ASKS_SOLVED, _BACK = _whole(ASKS_SOLVED), _whole(_TAKEN_BACK)
_SOLVED, _NOT_SOLVED, _POLITE = (_whole(each, first=r"[\W_]*") for each in (SOLVED, NOT_SOLVED, _POLITE_NO))
_CLAIMS, _NOT_CLAIMS, _PROMISES = _whole(CLAIMS), _any_of(NOT_CLAIMS), _whole(PROMISES)


def _sentences(words: str) -> list[str]:
    """Sentences and list items, without questions: what is asked is not said."""
    plain = words[:20_000].replace("\u2019", "'")
    return [each for each in re.split(r"(?<=[.!?])\s+|\n+", plain) if each.strip() and not each.rstrip().endswith("?")]
