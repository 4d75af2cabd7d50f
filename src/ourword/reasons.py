"""A reason that a person gives in their own words: bounded, and text that can be written."""

from __future__ import annotations

from ourword.errors import LineError

REASON_MAX = 10_000


def fit_reason(because: str, *, code: str) -> str:
    """Give the reason without spaces around it; what cannot be kept is a `LineError` of this *code*.

    >>> fit_reason("  It was late. ", code="answer.because")
    'It was late.'
    """
    reason = because.strip()
    if len(reason) > REASON_MAX or any("\ud800" <= each <= "\udfff" for each in reason):
        what = f"a reason is text of at most {REASON_MAX:,} characters"
        raise LineError(code, what, place="because", hint="say it shorter, and put the rest where your work is planned")
    return reason
