"""The contract written from a shop's 55 procedures: every step placed, every clause shown on a customer, and the flaws that were found in them."""

from __future__ import annotations

import doctest
import json
import re
from collections import Counter
from datetime import datetime

import outside.abcd
import pytest
from outside.__main__ import run
from outside.abcd import BECOMES, FOLDER, Placed, placed, table_of
from outside.decided import ourword
from outside.expected import expected

README = (FOLDER / "README.md").read_text("utf-8")
COUNTED = re.compile(r"(\d+) steps: (\d+) clause, (\d+) fact, (\d+) promise, (\d+) journey, (\d+) cannot be said\.")
SHARES = re.compile(r"So (\d+) of (\d+) steps are said \((\d+) %\), (\d+) of them in part: (\d+) whole \((\d+) %\)")
FLAW = re.compile(r"\| `(\w+)` \| `(prove\.\w+)` \|")


def test_the_counts_are_those_of_the_table():
    """A percentage is worth something where one can count it again."""
    rows = table_of(README)
    became: Counter[str] = Counter()
    for row in rows:
        became[row.becomes] += row.steps
    counted, shares = COUNTED.search(README), SHARES.search(README)

    assert counted
    assert shares
    assert tuple(map(int, counted.groups())) == (became.total(), *(became[each] for each in BECOMES))
    said, in_part = sum(became[each] for each in outside.abcd.SAID), sum(row.steps for row in rows if row.in_part)
    whole = said - in_part
    assert tuple(map(int, shares.groups())) == (
        said,
        became.total(),
        int(100 * said / became.total()),
        in_part,
        whole,
        int(100 * whole / became.total()),
    )


def test_what_the_table_names_is_in_the_contract():
    """A table that names a clause which was renamed misleads."""
    draft = ourword("abcd-shop").contract.draft
    ids = {part.id for kind in draft.kinds.values() for part in (*kind.clauses, *kind.never, *kind.promises)}
    said = {word for row in table_of(README) for word in re.findall(r"`([a-z0-9_-]+)`", row.where)}

    assert said <= ids | set(draft.kinds) | set(draft.wiring.facts) | {"otherwise"}


def test_no_clause_is_missing_from_the_table():
    """What we added to the procedures is named as ours."""
    clauses = {clause.id for kind in ourword("abcd-shop").contract.draft.kinds.values() for clause in kind.clauses}
    said = {word for row in table_of(README) for word in re.findall(r"`([a-z0-9_-]+)`", row.where)}

    assert clauses <= said


def test_every_clause_is_shown_on_a_customer():
    """A rule nobody has seen at work is a rule nobody has read."""
    verdicts = json.loads((FOLDER / "expected.json").read_text("utf-8"))["verdicts"]
    lines = [json.loads(line)["kind"] for line in (FOLDER / "decisions.jsonl").read_text("utf-8").splitlines()]
    decided = {(kind, each["decided_by"]) for kind, each in zip(lines, verdicts, strict=True)}

    assert {(kind.name, clause.id) for kind in ourword("abcd-shop").contract.draft.kinds.values() for clause in kind.clauses} <= decided


def test_the_lines_are_decided_as_reviewed():
    """`expected.json` was read line by line; a change of the gate must not pass unseen."""
    reviewed = json.loads((FOLDER / "expected.json").read_text("utf-8"))

    assert expected(FOLDER, datetime.fromisoformat(reviewed["at"])) == reviewed


@pytest.mark.slow
def test_the_flaws_in_the_procedures_are_those_that_the_readme_tells():
    """Whoever mends one sees it here; so does whoever makes the proof blind to it."""
    pytest.importorskip("z3")
    from ourword.proving.found import Found
    from ourword.proving.prove import prove

    found = [each for each in prove(ourword("abcd-shop").gate, seconds=150) if isinstance(each, Found)]

    assert sorted(FLAW.findall(README)) == sorted((each.kind, each.code) for each in found)


def test_a_step_in_no_row_or_in_two_is_named():
    """The table is held against the source, or it proves nothing."""
    row = Placed(1, ("Shipping Cost",), ("Update Order",), "clause", False, "`waived`")
    steps = [("Shipping Cost", "Update Order", 4), ("Shipping Cost", "Offer Refund", 5)]

    missing = placed(steps, [row])[0]
    twice = placed(steps[:1], [row, row])[0]

    assert (missing.ok, missing.notes) == (False, ("Shipping Cost / Offer Refund / 5: in 0 rows",))
    assert (twice.ok, twice.notes[0]) == (False, "Shipping Cost / Update Order / 4: in 2 rows")


def test_the_examples_in_docstrings_run():
    assert doctest.testmod(outside.abcd).failed == 0


def test_every_step_of_the_source_is_in_the_table(shared_data):
    measured = run(shared_data, ["abcd"])

    assert [each.check for each in measured if not each.ok] == []
