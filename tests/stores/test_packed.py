"""Columns as we pack them are what the server reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.stores.cluster import Cluster

from ourword.stores.postgres.line import Line
from ourword.stores.postgres.packed import NULL, array, packed, packed_bigint, packed_integer

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
COLUMNS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bytes]]] = {
    "text[]": (texts, lambda text: packed(text.encode())),
    "bytea[]": (st.binary(max_size=40), packed),
    "bigint[]": (st.integers(-(2**63), 2**63 - 1), packed_bigint),
    "integer[]": (st.integers(-(2**31), 2**31 - 1), packed_integer),
}
kinds = st.sampled_from(list(COLUMNS))
columns = kinds.flatmap(lambda kind: st.tuples(st.just(kind), st.lists(st.none() | COLUMNS[kind][0], min_size=1, max_size=5)))


def test_the_server_reads_what_was_packed(cluster: Cluster) -> None:
    """Value by value, nothing (NULL) and the empty text included."""
    line = Line(cluster.address, "public", place="test")

    @given(columns)
    def law(column: tuple[str, list[Any]]) -> None:
        kind, values = column
        made = array(kind, [NULL if value is None else COLUMNS[kind][1](value) for value in values])
        found = line.execute(f"SELECT ?::{kind}", (made,)).get
        assert [bytes(each) if isinstance(each, memoryview) else each for each in found] == values

    law()
    line.close()
