"""What a query touches grows with the events, whatever they are like: twenty thousand tickets of one kind once took a minute and a half."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.outcomes.tables import DAY, HOUR, closes, opens, story, tables

from ourword.outcomes import chance
from ourword.outcomes.contacts import Asked, query, watch

CONTACTS, TURNS = 600, 2
ROWS = {"operator_cardinality", "intermediate_rows"}
"""How DuckDB's profiles name the rows that a step gives: until 1.5, and since 2.0."""


def rows_of_steps(node: Any) -> Iterator[int]:
    if isinstance(node, dict):
        yield from (int(node[name]) for name in ROWS & node.keys())
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        yield from rows_of_steps(child)


@pytest.mark.parametrize("name", ["timed", "shuffled"])
def test_a_shuffle_of_contacts_of_one_kind_touches_each_a_few_times(name: str, tmp_path: Path) -> None:
    """One kind, few customers: the calendar was joined with itself, row by row."""
    told = (story(opens(n * HOUR), closes(n * HOUR + 1), subject=n % 7, contact=n, about=1, kind="refund", first=2 * n + 1) for n in range(CONTACTS))
    connection = tables([event for each in told for event in each])
    watch(connection, Asked(as_of=CONTACTS * HOUR + 100 * DAY))
    found = chance.came_back(connection, seed=chance.SEED, rounds=TURNS)
    connection.execute("SET enable_profiling = 'json'")
    connection.execute(f"SET profiling_output = '{tmp_path / 'profile.json'}'")
    connection.execute(query(name)).fetchall()
    connection.execute("RESET enable_profiling")
    touched = max(rows_of_steps(json.loads((tmp_path / "profile.json").read_text())))

    assert found.n > CONTACTS / 2
    assert CONTACTS * TURNS <= touched <= 4 * CONTACTS * TURNS
