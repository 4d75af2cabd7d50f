"""Transcripts into a home under a contract: decided as observed, once, with what was promised; run again it adds nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.outcomes.test_transcripts import calls, says

from ourword.cli import importing
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.tables import tables

SHOP = Path(__file__).resolve().parents[2] / "examples" / "tau-retail"
ITEM = {"item_id": "1008292230", "product_id": "7", "name": "Lamp", "price": 20.1, "options": {"colour": "red"}}
ORDER = {
    "order_id": "#W1234567", "user_id": "ada_1", "status": "pending", "items": [ITEM],
    "payment_history": [{"transaction_type": "payment", "amount": 20.1, "payment_method_id": "paypal_1"}],
}  # fmt: skip
USER = {"name": {"first_name": "Ada"}, "payment_methods": {"paypal_1": {"source": "paypal", "id": "paypal_1"}}}
LOOKED = [
    *calls("find_user_id_by_email", "ada_1", 1, email="ada@example.org"),
    *calls("get_user_details", USER, 2, user_id="ada_1"),
    *calls("get_order_details", ORDER, 3, order_id="#W1234567"),
    says("assistant", "Shall I cancel #W1234567, no longer needed? The money is back in 5 to 7 business days."),
]
DONE = calls("cancel_pending_order", {**ORDER, "status": "cancelled"}, 4, order_id="#W1234567", reason="no longer needed")


def transcript(folder: Path, *runs: list[dict[str, Any]]) -> Path:
    file = folder / "runs.jsonl"
    file.write_text("".join(json.dumps({"run": "r", "task": str(at), "trial": 0, "messages": run}) + "\n" for at, run in enumerate(runs)))
    return file


def take(folder: Path, *runs: list[dict[str, Any]], mapping: str | None = None) -> int:
    (folder / "mapping.yaml").write_text(mapping or (SHOP / "transcripts.yaml").read_text())
    where = {"contract": SHOP / "contract.yaml", "wiring": SHOP / "wiring.yaml"}
    return importing.run(transcript(folder, *runs), mapping=folder / "mapping.yaml", home=folder / "home", **where)


def test_calls_are_decided_as_observed_with_their_promises(tmp_path: Path) -> None:
    """What was confirmed is allowed and promises the money; what was not would have been asked for; both were done."""
    code = take(tmp_path, [*LOOKED, says("user", "Yes, go ahead."), *DONE], [*LOOKED, says("user", "Is it red?"), *DONE])
    with open_home(tmp_path / "home") as home, tables(home) as duck:
        decisions = {id_: home.find(id_) for id_ in home.subject_numbers()}
        answers = [(each.decision.answer, each.decision.mode) for each in decisions.values() if each]
        promised = [json.loads(each.bytes)["promise"] for each in home.log() if json.loads(each.bytes)["type"] == "promise"]
        done = duck.execute("SELECT decision, kind FROM events WHERE type = 'action.executed' ORDER BY event").fetchall()

    assert (0, [("allow", "observe"), ("ask", "observe")], ["refunded-in-days"]) == (code, answers, promised)
    assert sorted(decisions) == sorted(each for each, _ in done)


def test_run_again_it_adds_nothing(tmp_path: Path) -> None:
    """No decision, no promise and no event twice, whatever the first run had done."""
    runs = [*LOOKED, says("user", "Yes, go ahead."), *DONE], [*LOOKED, *DONE]
    take(tmp_path, *runs)
    with open_home(tmp_path / "home") as home:
        first = list(home.log())
    take(tmp_path, *runs)
    with open_home(tmp_path / "home") as home:
        assert first == list(home.log())


def test_killed_between_a_decision_and_its_events_it_is_finished_by_running_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision is durable before what was done about it: the second run finds it, and keeps the rest."""
    runs = [*LOOKED, says("user", "Yes, go ahead."), *DONE], [*LOOKED, *DONE]
    with monkeypatch.context() as killed:
        killed.setattr(EventStore, "add", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take(tmp_path, *runs)
    with open_home(tmp_path / "home") as home:
        before = list(home.log())
    take(tmp_path, *runs)
    with open_home(tmp_path / "home") as home, tables(home) as duck:
        after = [each for each in home.log() if json.loads(each.bytes)["type"] != "segment-sealed"]
        named = duck.execute("SELECT count(*), count(DISTINCT decision) FROM events WHERE type = 'decision.made'").fetchall()

    assert (before, [(2, 2)]) == (after, named)


def test_a_decision_without_any_clock_is_told_and_not_dated_by_chance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A due time counted from the day of the import would be nobody's promise; the action itself is kept."""
    text = (SHOP / "transcripts.yaml").read_text()
    start = text.index("  at: ")
    code = take(tmp_path, [*LOOKED, *DONE], mapping=text[:start] + text[text.index("\n", start) + 1 :])
    with open_home(tmp_path / "home") as home, tables(home) as duck:
        kept = duck.execute("SELECT count(*) FROM events WHERE type = 'action.executed'").fetchall()

    assert (2, [(1,)]) == (code, kept)
    assert "at: 2026" in capsys.readouterr().out


def test_a_contract_without_its_wiring_or_without_tool_calls_is_wrong_usage(tmp_path: Path) -> None:
    """With a next step."""
    (tmp_path / "mapping.yaml").write_text("rows: .\nsource: s\ncustomer: c\nrules: [{emit: {type: message.in}}]\n")
    (tmp_path / "a.csv").write_text("c\n1\n")
    for wiring in (None, SHOP / "wiring.yaml"):
        with pytest.raises(Exception, match=r"wiring go together|nothing to decide"):
            importing.run(tmp_path / "a.csv", mapping=tmp_path / "mapping.yaml", home=tmp_path / "h", contract=SHOP / "contract.yaml", wiring=wiring)
