"""A decision in words: every rule of the gate can be told, with the contract at hand or without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ourword.app import Ourword
from ourword.cli.words import WIDTH, decision_words, headline_words, wrapped
from ourword.deciding.told import Told, told
from ourword.demo.proposals import proposals
from ourword.kept import draft_of


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[dict[str, Any], Any]]]:
    ours = Path(str(files("ourword.demo")))
    with Ourword.open(ours / "contract.yaml", ours / "wiring.yaml", home=tmp_path_factory.mktemp("told") / "home") as ourword:
        assert ourword.home is not None
        lines = map(msgspec.json.encode, proposals(datetime(2026, 11, 23, 10, tzinfo=UTC)))
        decided = [each["decision_id"] for each in ourword.decide_lines(lines, batch=256)]
        yield [(ourword.why(each), draft_of(ourword.home.path, ourword.contract.digest)) for each in decided]


def _is_whole(decision: Told) -> bool:
    return all((decision.headline, decision.because, decision.time, decision.owner)) and "None" not in str(decision.because)


def test_every_decision_can_be_told(records: Any) -> None:
    """Whatever decided: a clause, a boundary, what was missing, the rights, the holdout, a person."""
    decisions = [told(*each) for each in records]

    assert [] == [each.decision_id for each in decisions if not _is_whole(each) or not each.question or not each.tell]
    assert {"requires", "otherwise", "rights", "holdout", "person"} <= {each.decided_by for each in decisions}


def test_every_decision_can_be_told_without_its_contract(records: Any) -> None:
    """The contract is lost: ids stand where words were."""
    decisions = [told(record, None) for record, _ in records]

    assert [] == [each.decision_id for each in decisions if not _is_whole(each)]


def test_an_erased_decision_names_nobody(records: Any) -> None:
    """After erasure the entry remains; what it says can be told, what it said of a customer cannot."""
    for record, draft in records:
        kept = {key: record[key] for key in ("seq", "decision_id", "time", "kind", "entry")}
        text = "\n".join(decision_words(told({**kept, "erased": True}, draft)))

        assert record["customer"] not in text
        assert "erased on request" in text


def test_lines_fit_a_terminal(records: Any) -> None:
    """Eighty columns; only a digest, which nobody reads, is longer."""
    lines = [line for each in records for line in (*headline_words(told(*each)), *decision_words(told(*each)))]

    assert [] == [line for line in lines if len(line) > WIDTH and "sha256:" not in line]


def test_words_are_broken_at_spaces_only() -> None:
    """An id that is cut in two cannot be copied."""
    assert ["- a", "  " + "x" * 90] == wrapped("a " + "x" * 90, first="- ", then="  ")


@pytest.mark.parametrize("digest", ["", None, "sha256:", "sha256:../../etc", "sha256:" + "0" * 64, "..", "sha256:a/b"])
def test_a_digest_that_no_contract_has_finds_none(tmp_path: Path, digest: str | None) -> None:
    """An entry's digest becomes a folder's name: nothing but letters and digits may."""
    assert draft_of(tmp_path, digest) is None
