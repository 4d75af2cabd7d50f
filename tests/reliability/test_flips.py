"""A bit turns over in every file of a home: it is reported, or nobody is told anything else than before, or it is named here."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

from tests.reliability.flips import files, flips, make_home, read, tried
from tests.reliability.table import told

COUNT = 1000 if os.environ.get("OURWORD_ROUNDS") else 26
"""Over all files, as many in each."""
UNSEEN = {"people.sqlite"}
"""What is not under the tree, nor encrypted: attributes of customers, and events that lie in no file yet."""


def test_a_bit_that_turns_over_is_reported_or_harmless(in_memory: Path) -> None:
    home = make_home(in_memory)
    sound = read(home)
    names = files(home)
    results = {flip: tried(home, flip, in_memory / "flipped", sound) for flip in flips(home, -(-COUNT // len(names)), random.Random(4))}
    count = Counter("reported" if each.startswith("reported") else each.partition(":")[0] for each in results.values())
    unseen = {flip: result for flip, result in results.items() if result.startswith("unseen") and flip.file not in UNSEEN}
    result = (
        f"{count['reported']:,} reported, {count['harmless']:,} harmless, {count['unseen']:,} unseen (events in no file yet), in {len(names)} files"
    )
    told("A bit turned over in each file of a home", rounds=len(results), result=result)

    assert [] == [(flip, each) for flip, each in results.items() if each.startswith("broke")]
    assert unseen == {}
    assert count["reported"] > len(results) / 3
