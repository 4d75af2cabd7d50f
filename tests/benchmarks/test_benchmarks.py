"""Each benchmark runs in a tiny form and prints what others read from it. No test looks at a time: two busy cores would fail it."""

from __future__ import annotations

import json
import math

import benchmarks.conformance
import benchmarks.decide
import benchmarks.diff
import benchmarks.erase
import benchmarks.gate
import benchmarks.pages
import benchmarks.prove
import benchmarks.replay
import benchmarks.settle
import benchmarks.start
import benchmarks.verify
import benchmarks.wrapped
import pytest
from benchmarks.measure import median, ratios
from benchmarks.rules.closure import UNKNOWN, closure
from benchmarks.rules.contract import CLAUSES, NAMES, counting_gate, customers, gate

from ourword.app import Ourword
from ourword.stores.home import open_home
from ourword.tlog.tiles import Growing, hash_from
from ourword.tlog.tree import leaf_hash, root
from ourword.verifying.folder import LogFolder


def test_the_gate_is_held_against_a_closure_and_its_peers():
    """Whoever reads the figures finds both marks, and every peer by name, measured or said to be missing."""
    told = benchmarks.gate.measure(rounds=2, people=20, growth=(10,))

    assert {"mask_ratio_to_closure", "verdict_ratio_to_closure", "peers"} <= told.keys()
    assert set(told["peers"]) == {"cedarpy", "zen-engine", "cel-expr-python (C++)", "common-expression-language (Rust)", "cel-python"}
    assert all("ratio_to_closure" in peer or peer["missing"] == "not installed" for peer in told["peers"].values())
    assert json.loads(json.dumps(told)) == told
    assert "mask" in benchmarks.gate.table(told)


def test_the_rules_are_as_many_as_is_said():
    assert (len(CLAUSES), len(NAMES)) == (30, 16)


def test_the_closure_and_the_gate_give_the_same_rules():
    """A race between two that do different things says nothing."""
    mask = gate().kinds["refund"].mask

    assert all(mask(facts, 0) == closure(facts) != UNKNOWN for facts in customers(300))


@pytest.mark.parametrize("bad", [None, "12", -1, 2**63, True, 1.5], ids=str)
def test_the_closure_turns_away_what_the_gate_turns_away(bad):
    """It makes the same checks: it would be faster without, and the comparison unfair."""
    facts = {**customers(1)[0], "order_total": bad}

    assert closure(facts) == gate().kinds["refund"].mask(facts, 0) == UNKNOWN


def test_a_sum_that_overflows_is_turned_away_by_both():
    facts = {**customers(1)[0], "amount": 2**63 - 1, "refunded": 1}

    assert closure(facts) == UNKNOWN
    with pytest.raises(Exception, match="range"):
        gate().kinds["refund"].mask(facts, 0)


def test_a_proof_is_timed_over_contracts_of_several_sizes():
    pytest.importorskip("z3")
    told = benchmarks.prove.measure(clauses=(8,), rounds=1)

    assert [("narrow", 8), ("broad", 8)] == [(row["sort"], row["clauses"]) for row in told["rows"]]
    assert all(row["found"] for row in told["rows"])
    assert json.loads(json.dumps(told)) == told
    assert "mark: 300 clauses" in benchmarks.prove.table(told)


def test_two_contracts_are_compared_by_proof_and_over_a_past():
    pytest.importorskip("z3")
    told = benchmarks.diff.measure(rows=400, recorded=40, sample=50, clauses=(8,))

    assert [(8, True)] == [(each["clauses"], each["proved"]) for each in told["proof"]]
    assert (400, 40) == (told["past"]["rows"], told["from_a_home"]["decisions"])
    assert json.loads(json.dumps(told)) == told
    assert "a million, figured" in benchmarks.diff.table(told)


def test_starting_is_held_against_msgspec_and_typer():
    told = benchmarks.start.measure(rounds=1)

    assert {"import_ratio_to_msgspec", "version_ratio_to_typer"} <= told.keys()
    assert "ourword --version" in benchmarks.start.table(told)


@pytest.mark.parametrize("making", ["decider", "counter", "recorder"])
def test_deciding_is_held_against_the_plain_insert(making, monkeypatch, tmp_path):
    """All of deciding, the counting and the record, the record alone: each waits until it is durable."""
    for name, small in {"ROUNDS": 1, "DECISIONS": 10, "CUSTOMERS": 5}.items():
        monkeypatch.setattr(benchmarks.decide, name, small)

    assert {"p50_ms", "p99_ms", "ratio"} <= benchmarks.decide.one_writer(tmp_path, getattr(benchmarks.decide, making)).keys()


def test_what_is_decided_for_the_record_counts_on_the_record(tmp_path):
    """Both history facts are known when the gate is measured; a fact left out would be escalated, which is less work."""
    with open_home(tmp_path / "home") as home:
        word = Ourword(counting_gate(), home=home)

        assert [word.decide(benchmarks.decide.line(number)).decided_by for number in range(3)] == ["our-fault"] * 3


def test_a_contender_that_is_the_base_itself_comes_out_near_one():
    """The way of measuring favours nobody; how near is not asserted, only that it is a ratio."""
    found = ratios(closure, {"itself": closure}, customers(5), rounds=3, seconds=0.001)

    assert math.isfinite(median(found["itself"]))


def test_a_page_is_held_against_reading_its_kept_file():
    told = benchmarks.pages.measure(rounds=1, contacts=60)

    assert {"our_word_from_kept_ms", "our_word_in_memory_ms", "kept_file_read_ms", "board_worked_out_ms"} <= told.keys()
    assert "Our word" in benchmarks.pages.table(told)


def test_a_replay_is_held_against_a_query_by_hand_and_the_gate():
    """The two queries must give the same for every row before anything is timed."""
    told = benchmarks.replay.measure(rows=300, rounds=1, sample=300)

    assert {"seconds", "ratio_to_hand_written", "gate_over_replay", "gate_and_fetching_over_replay", "by_python"} == told["known"].keys()
    assert "query by hand" in benchmarks.replay.table(told)


def test_engines_are_held_against_the_same_cases(tmp_path):
    """What is missing is named as missing; what differs in kind does not pass."""
    cases = [
        {"section": "s", "name": "sum", "expr": "1 + 1", "value": {"int": "2"}},
        {"section": "s", "name": "kind", "expr": "1 + 1", "value": {"double": 2.0}},
        {"section": "s", "name": "error", "expr": "1 / 0", "error": "divide by zero"},
    ]
    (tmp_path / "basic.json").write_text(json.dumps({"file": "basic", "core": True, "tests": cases}))
    told = benchmarks.conformance.measure(tmp_path)

    assert {(2,)} == {tuple(each) for each in told["passed"].values() if each is not None}
    assert "| **all** | 3 | 2 |" in benchmarks.conformance.table(told)


def test_erasing_one_customer_is_held_against_copying_the_home():
    """The home is a real one, and each erasure a whole one."""
    told = benchmarks.erase.measure(customers=40, erased=2)

    assert (told["customers"], told["erased"]) == (40, 2)
    assert math.isclose(told["ratio_to_copy"], told["erase_seconds"] / told["copy_seconds"], rel_tol=0.1)
    assert "times that" in benchmarks.erase.table(told)


def test_both_stores_are_held_against_the_plain_insert(cluster, monkeypatch, tmp_path):
    import benchmarks.ledger

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmarks.ledger, "ROUNDS", 1)
    measured = benchmarks.ledger.measure(0.05)
    assert {"SQLite, 1 writer", "PostgreSQL, 16 gates", "processor, 64 a commit", "chained, 16 writers"} <= measured.keys()
    assert all(found["per_second"] > 0 for name, found in measured.items() if name.startswith("PostgreSQL"))


def test_wrapped_keys_are_held_against_keys_in_the_clear():
    """Both homes decide the same, for customers met before and for new ones; and both are opened."""
    told = benchmarks.wrapped.measure(rounds=1, decisions=50)

    assert [set(each) - {"ratio"} for each in told.values()] == [{"clear", "wrapped"}] * 4
    assert all(value > 0 for each in told.values() for value in each.values())


def test_verifying_is_held_against_the_hashes_that_it_cannot_do_without():
    """Every way of verifying is beside the plain root, and every proof, also one made without tiles, leads to the root of the tree."""
    told = benchmarks.verify.measure(size=40, tree=70_000, proofs=5)

    assert 80 == told["verify"]["entries"]
    assert {"sha256", "folder", "folder_full", "home", "home_full"} == told["verify"]["ratio_to_plain_root"].keys()
    assert (70_000, 5) == (told["proofs"]["tree"], told["proofs"]["proofs"])
    assert json.loads(json.dumps(told)) == told
    assert "proofs in a tree of 70,000" in benchmarks.verify.table(told)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_001])
def test_the_tree_of_the_benchmark_is_that_of_the_standard(tmp_path, size):
    """Tiles that were made up are worth something only if they are those of a tree."""
    benchmarks.verify.written(tmp_path, size)
    grown = Growing()
    for tile in benchmarks.verify.leaves(size):
        for leaf in tile:
            grown.add(leaf)

    assert grown.root() == root(size, hash_from(LogFolder(tmp_path).tile, size))


def test_the_plain_root_is_that_of_the_standard():
    """With an entry left over on any level."""
    for size in (1, 2, 3, 7, 8, 300):
        entries = [b"%d" % number for number in range(size)]
        grown = Growing()
        for each in entries:
            grown.add(leaf_hash(each))

        assert benchmarks.verify.plain_root(entries) == grown.root()


def test_settling_is_held_against_a_look_up_that_says_the_same():
    """Kept, late and broken promises are among them, and some that an order's event keeps."""
    told = benchmarks.settle.measure(size=200)

    assert {"kept": 170, "late": 20, "broken": 10} == {name: count for name, count in told["standings"].items() if count}
    assert told["ratio_to_plain"] > 0
    assert json.loads(json.dumps(told)) == told
    assert "200 promises settled" in benchmarks.settle.table(told)
