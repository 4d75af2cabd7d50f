"""The ids of decisions whose caller brought none."""

from __future__ import annotations

import base64
import hmac

from ourword.errors import LineError

LENGTH_MAX = 200


def fit_decision_id(decision_id: str) -> str:
    """Give back a decision's id that can be recorded; raise `LineError` for another.

    >>> fit_decision_id("order-7/refund")
    'order-7/refund'
    """
    if 0 < len(decision_id) <= LENGTH_MAX and decision_id.isprintable():
        return decision_id
    what = f"a `decision_id` has 1 to {LENGTH_MAX} printable characters; this one has {len(decision_id)}"
    raise LineError("line.decision-id", what, place="decision_id", hint="leave it out, or give a short id that holds no personal data")


def decision_id_from_line(key: bytes, *, contract: str, line: bytes, ordinal: int) -> str:
    """Name the decision of a line that brought no id: the same line at the same place among its equals gets the same id.

    Keyed by the customer's own key, because an id stands in the log for good: a plain hash of a line could be guessed from
    a customer's number, and would outlive their erasure. The clock stays out, so that a file that is run again finds its
    decisions. Where nothing is recorded, the key may be empty.

    >>> decision_id_from_line(bytes(32), contract="care", line=b'{"kind":"refund"}', ordinal=1)
    'd-27udjy3rcml64qa4ov32rkh7xq'
    """
    parts = b"".join(len(part).to_bytes(8, "big") + part for part in (contract.encode(), line))
    return decision_id_from_chance(hmac.digest(key, b"id\x00" + parts + ordinal.to_bytes(8, "big"), "sha256"))


def decision_id_from_chance(chance: bytes) -> str:
    """Turn at least 17 random bytes into an id: `d-` and 26 characters, 130 bits.

    >>> decision_id_from_chance(bytes(17))
    'd-aaaaaaaaaaaaaaaaaaaaaaaaaa'
    """
    return "d-" + base64.b32encode(chance)[:26].decode().lower()
