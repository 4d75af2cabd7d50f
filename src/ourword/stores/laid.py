"""The tables of `keys.sqlite`, and where in them keys lie; those of wrapped keys have the same columns (`stores/wrapped.py`)."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS home (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, key BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS subject_key (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
"""
SIGNALS = "CREATE TABLE IF NOT EXISTS signal_key (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT"
"""Made with the first reason: homes from before have none."""

LOG_KEY = "CREATE TABLE IF NOT EXISTS log_key (one INTEGER PRIMARY KEY CHECK (one = 1), seed BLOB NOT NULL) STRICT"
"""Made when the log is published first: homes from before have none."""

HEAD = "CREATE TABLE IF NOT EXISTS log_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, note BLOB NOT NULL) STRICT"
"""The largest checkpoint that was signed, as it was signed. Made when the log is published first: homes from before have none."""
KEEP_HEAD = """
INSERT INTO log_head (one, size, note) VALUES (1, ?, ?)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note WHERE excluded.size > log_head.size
"""

LET_GO = "CREATE TABLE IF NOT EXISTS let_go (one INTEGER PRIMARY KEY CHECK (one = 1), asked BLOB NOT NULL) STRICT"
"""What was asked for last when decisions were let go of (`asked_of`): no other entry that says so is signed. Made with the first pruning."""

LOG_NEXT = "CREATE TABLE IF NOT EXISTS log_next (one INTEGER PRIMARY KEY CHECK (one = 1), seed BLOB NOT NULL) STRICT"
"""The key that will sign the log, while it takes the place of the one that does."""
LOG_PAST = "CREATE TABLE IF NOT EXISTS log_past (entry INTEGER PRIMARY KEY, key TEXT NOT NULL) STRICT"
"""Public keys that signed the log, each with the entry at which another took its place."""
COLUMNS = {
    "home": ("key", "one"),
    "subject_key": ("key", "number"),
    "signal_key": ("key", "number"),
    "log_key": ("seed", "one"),
    "log_next": ("seed", "one"),
}
"""Where keys lie: each table's column that holds them, and the one that numbers them."""
MADE_WITH_FIRST = {"signal_key": SIGNALS, "log_key": LOG_KEY, "log_next": LOG_NEXT}
"""Tables that a home has from its first such key on; where keys are wrapped all are there."""
LAID_LATER = {**MADE_WITH_FIRST, "log_head": HEAD, "log_past": LOG_PAST, "let_go": LET_GO}
"""How each table is made that homes from before have not."""
