"""One name for one content: the digest of a contract with its wiring, whatever its comments, layout and order of keys."""

from __future__ import annotations

from hashlib import sha256

from ourword.contract.model import Draft


def digest(draft: Draft) -> str:
    """Give `sha256:` and 64 hex digits over the canonical bytes of both files."""
    return f"sha256:{sha256(draft.canonical).hexdigest()}"
