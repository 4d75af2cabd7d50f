"""A home in a database of its own, and a role with the rights that the page gives to gates."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

LEDGER, KEYS = "ourword", "ourword_keys"
"""The home's two schemas."""
GRANTS = """
CREATE ROLE {gate} LOGIN;
GRANT USAGE ON SCHEMA ourword, ourword_keys TO {gate};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ourword, ourword_keys TO {gate};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ourword, ourword_keys TO {gate};
"""


class Gate:
    """A role with the rights that the page gives to gates, a folder of its own, and a connection."""

    def __init__(self, owner: Any, address: str, folder: Path) -> None:
        self.role = f"gate_{secrets.token_hex(6)}"
        owner.execute(GRANTS.format(gate=self.role))
        self.address = address.replace("user=ourword", f"user={self.role}")
        self.folder = folder
        self.connection = connect(self.address)
        self.do = self.connection.execute


def connect(address: str) -> Any:
    import psycopg

    return psycopg.connect(address, autocommit=True)
