"""`ourword bends` and `ourword contract`: what people did and what was chosen, told to whoever signs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

FACTS = {"amount": "120.00 EUR", "order_total": "120.00 EUR", "reason": "changed_mind", "confirmed": True, "asked_human": False, "opened": False}


def line(number: int, days: int, answer: str) -> dict[str, Any]:
    """A person decides on an order that is too old, in a month of its own for every hundred."""
    facts = {**FACTS, "vulnerable": False, "order_age": f"{days} days"}
    said = {"by": "person", "answer": answer, **({"because": "Was ill."} if answer == "allow" else {})}
    time = f"2026-{9 + number // 100:02}-{1 + number % 28:02}T10:00:00Z"
    return {"kind": "refund", "customer": f"c-{number}", "decision_id": f"d-{number}", "time": time, "facts": facts, **said}


@pytest.fixture
def home(ourword: Any, larkspur: tuple[Path, Path], tmp_path: Path) -> Path:
    """Two hundred orders of 31 to 70 days; people grant those up to 50 days."""
    lines = [line(n, 31 + n % 40, "allow" if 31 + n % 40 <= 50 else "refuse") for n in range(200)]
    ran = ourword("decide", *larkspur, "-", "--home", tmp_path / "home", stdin="\n".join(map(json.dumps, lines)))
    assert ran.code == 0, ran.err
    return tmp_path / "home"


def test_bends_are_told_by_clause_with_a_clause_that_says_so(ourword: Any, home: Path) -> None:
    ran = ourword("bends", "--home", home)

    assert ran.code == 0
    assert ran.out.startswith("As written, the clauses refuse 100 that your people granted, about")
    assert "and automation would hand 2 of them to a person; one clause makes all of them." in " ".join(ran.out.split())
    assert "the holdout or a boundary calls one" in " ".join(ran.out.split())
    assert "refund/too-late says refuse; people granted it 100 times in 200 (50 %)" in ran.out
    assert "100 × Was ill." in ran.out
    assert "order_age <= days(50)" in ran.out
    assert "No event was handed in" in ran.out


def test_where_people_decide_a_kind_automation_is_not_said_to_refuse(ourword: Any, home: Path, larkspur: tuple[Path, Path], tmp_path: Path) -> None:
    """Held beside the same clauses with other rights: automation would have refused nobody."""
    text = larkspur[0].read_text(encoding="utf-8")
    proposing = tmp_path / "proposing.yaml"
    proposing.write_text(text.replace("rights: autonomous", "rights: propose", 1), encoding="utf-8")
    said = " ".join(ourword("bends", "--home", home, "--contract", proposing, "--wiring", larkspur[1]).out.split())

    assert "rights: propose" in proposing.read_text(encoding="utf-8")
    assert said.startswith("As written, the clauses refuse 100 that your people granted, about ")
    assert "and automation would hand all of them to a person; one clause makes all of them." in said
    assert "automation would refuse" not in said


def test_what_people_withhold_is_withheld_from_somebody(ourword: Any, larkspur: tuple[Path, Path], tmp_path: Path) -> None:
    fine = line(1, 5, "refuse") | {"because": "Sold for parts."}
    assert ourword("decide", *larkspur, "-", "--home", tmp_path / "home", stdin=json.dumps(fine)).code == 0
    said = " ".join(ourword("bends", "--home", tmp_path / "home").out.split())

    assert "says allow; people withheld it 1 time in 1 (100 %), from 1 customer" in said


def test_the_drafted_clause_passes_check_and_bends_nothing_any_more(ourword: Any, home: Path, larkspur: tuple[Path, Path], tmp_path: Path) -> None:
    """Pasted as it is printed, in place of the one clause; then what people decided is what is written."""
    drafted = json.loads(ourword("bends", "--home", home, "--json").out)["drafted"][0]
    text = larkspur[0].read_text(encoding="utf-8")
    written = re.search(r"^ +- \{id: too-late,.*\n", text, re.MULTILINE)
    assert written is not None
    pasted = tmp_path / "contract.yaml"
    pasted.write_text(text.replace(written[0], drafted["text"] + "\n"), encoding="utf-8")
    checked = ourword("check", pasted, larkspur[1])
    before = ourword("check", *larkspur)
    again = json.loads(ourword("bends", "--home", home, "--contract", pasted, "--wiring", larkspur[1], "--json").out)

    assert "error" not in checked.out
    assert checked.code == before.code
    assert (drafted["covered"]["bends"], drafted["covered"]["kept"]) == (100, 0)
    assert (again["granted"], again["as_written"], again["decided"]) == (0, 200, 200)


def test_since_and_as_of_leave_other_decisions_out(ourword: Any, home: Path) -> None:
    counts = [
        json.loads(ourword("bends", "--home", home, "--json", *asked).out) for asked in ([], ["--since", "2026-10-01"], ["--as-of", "2026-10-01"])
    ]

    assert counts[0]["decided"] == 200 == counts[1]["decided"] + counts[2]["decided"]
    assert [each["month"] for each in counts[0]["months"]] == ["2026-09", "2026-10"]


def test_bends_of_nobody_are_said_so(ourword: Any, larkspur: tuple[Path, Path], tmp_path: Path, proposal: dict[str, Any]) -> None:
    ourword("decide", *larkspur, "-", "--home", tmp_path / "home", stdin=json.dumps(proposal))
    ran = ourword("bends", "--home", tmp_path / "home")

    assert "No decision that a person took is recorded here" in ran.out


def test_a_wiring_without_its_contract_is_wrong_usage(ourword: Any, home: Path, larkspur: tuple[Path, Path]) -> None:
    ran = ourword("bends", "--home", home, "--wiring", larkspur[1])

    assert (ran.code, "add `--contract C`" in ran.err) == (64, True)


def test_the_contract_is_told_beside_what_happens(ourword: Any, home: Path) -> None:
    words, values = ourword("contract", "--home", home), json.loads(ourword("contract", "--home", home, "--json").out)

    assert "consistency or discretion: discretion, at most 10 %: missed" in words.out
    assert [each["stands"] for each in values["contracts"][0]["choices"]] == ["not measured", "missed", "not measured", "not measured"]
    assert "“We would rather lose a sale than a customer's trust.”" in words.out


# ---- one matter counts once --------------------------------------------------------------------------------------------


def said(name: str, hour: int, *, customer: str = "c-1", **more: Any) -> dict[str, Any]:
    """An order of 45 days, decided by whom *more* says; no contact unless it says one."""
    facts = {**FACTS, "vulnerable": False, "order_age": "45 days", **more.pop("facts", {})}
    return {"kind": "refund", "customer": customer, "decision_id": name, "time": f"2026-11-09T{hour:02}:00:00Z", "facts": facts, **more}


def acted(name: str, decision: str, customer: str) -> dict[str, Any]:
    data = {"decision": decision, "actor": "person"}
    event = {"specversion": "1.0", "id": name, "source": "desk", "type": "action.executed", "time": "2026-11-09T20:05:00Z"}
    return {**event, "subject": f"customer:{customer}", "data": data}


@pytest.fixture
def counted(ourword: Any, larkspur: tuple[Path, Path], tmp_path: Path) -> Any:
    def run(lines: list[dict[str, Any]], events: list[dict[str, Any]] | None = None, contract: Path | None = None) -> dict[str, Any]:
        home = tmp_path / "counted"
        files = (contract, larkspur[1]) if contract else larkspur
        ran = ourword("decide", *files, "-", "--home", home, stdin="\n".join(map(json.dumps, lines)))
        assert ran.code == 0, ran.out + ran.err
        if events:
            heard = ourword("events", "--home", home, "-", stdin="\n".join(map(json.dumps, events)))
            assert heard.code == 0, heard.err
        return json.loads(ourword("bends", "--home", home, "--json").out)

    return run


BY = {"by": "person", "because": "x"}


def test_what_automation_stopped_a_person_answered_and_did_is_one_grant(counted: Any) -> None:
    """The event names automation's decision, the answer has an id of its own, and nobody handed in a contact."""
    found = counted([said("a-1", 10), said("p-1", 11, **BY, answer="allow")], [acted("e-1", "a-1", "c-1")])

    assert (found["decided"], found["granted"], found["clauses"][0]["bent"]["reasons"]) == (1, 1, [["x", 1]])
    assert found["clauses"][0]["applied"] == 0


def test_two_decisions_of_a_contact_that_events_name_are_one_grant(counted: Any) -> None:
    lines = [said("b-1", 10, contact="k-3"), said("b-2", 11, contact="k-3")]
    found = counted(lines, [acted("e-1", "b-1", "c-1"), acted("e-2", "b-2", "c-1")])

    assert (found["decided"], found["granted"], found["clauses"][0]["bent"]["acted"]) == (1, 1, 1)


def test_a_question_back_is_no_grant_until_it_is_decided(counted: Any) -> None:
    asked = said("p-1", 10, **BY, answer="ask")
    found = counted([asked])

    assert (found["decided"], found["granted"], found["withheld"], found["asked"]) == (0, 0, 0, 1)
    found = counted([asked, said("p-2", 15, **BY, answer="allow")])
    assert (found["decided"], found["granted"], found["asked"]) == (1, 1, 0)


def test_what_a_person_did_after_a_question_is_a_grant_without_its_reason(counted: Any) -> None:
    found = counted([said("p-1", 10, **{**BY, "because": "Papers?"}, answer="ask")], [acted("e-1", "p-1", "c-1")])

    assert (found["granted"], found["asked"]) == (1, 0)
    assert (found["clauses"][0]["bent"]["reasons"], found["clauses"][0]["bent"]["without_reason"]) == ([], 1)


def test_the_last_answer_that_stood_decides_a_matter(counted: Any) -> None:
    """Allowed, refused, changed by a cent, then asked: what the customer has is what was said last before the question."""
    changed = {"answer": "amend", "amended": {"amount": "119.99 EUR"}}
    lines = [said("d-1", 10), said("d-2", 11, **BY, answer="allow"), said("d-3", 12, **{**BY, "by": "mara"}, answer="refuse")]
    found = counted([*lines, said("d-4", 13, **BY, **changed), said("d-5", 14, **BY, answer="ask")], [acted("e-1", "d-1", "c-1")])

    assert (found["decided"], found["granted"], found["as_written"]) == (1, 1, 0)
    assert found["clauses"][0]["bent"]["amounts"] == [{"minor": 11999, "currency": "EUR"}]


def test_what_an_owner_has_answered_is_awaited_no_more(counted: Any) -> None:
    """Three went to the owner, who answered two of them under new ids: one by its contact, one without any."""
    above = {"amount": "250.00 EUR", "order_total": "250.00 EUR"}
    lines = [
        said("d-1", 10, customer="c-1", contact="k-1", facts=above, **BY, answer="allow"),
        said("d-2", 10, customer="c-2", facts=above, **BY, answer="allow"),
        said("d-3", 10, customer="c-3", facts=above, **BY, answer="allow"),
    ]
    assert counted(lines)["passed_on"] == 3

    owner = {"by": "mara", "because": "Storm."}
    answered = [
        said("o-1", 12, customer="c-1", contact="k-1", facts=above, **owner, answer="allow"),
        said("o-2", 12, customer="c-2", facts=above, **owner, answer="refuse"),
    ]
    found = counted([*lines, *answered])
    assert (found["passed_on"], found["granted"], found["as_written"], found["decided"]) == (1, 1, 1, 2)


@pytest.mark.parametrize("hit", ["collect", "first"])
def test_a_drafted_change_of_a_row_names_the_row(ourword: Any, larkspur: tuple[Path, Path], tmp_path: Path, hit: str) -> None:
    """There is no clause of that name in the contract to be replaced: it stands in the table."""
    text = larkspur[0].read_text(encoding="utf-8")
    written = re.search(r"^ +- \{id: too-late,.*\n", text, re.MULTILINE)
    assert written is not None
    head = f"    table: refunds.csv\n    hit: {hit}\n    clauses:\n"
    (tmp_path / "contract.yaml").write_text(text.replace(written[0], "").replace("    clauses:\n", head, 1), encoding="utf-8")
    row = "id,order_age,reason,answer,say,contest\ntoo-late,> 30 days,changed_mind,refuse,Too late.,30 days\n"
    (tmp_path / "refunds.csv").write_text(row, encoding="utf-8")
    files = (tmp_path / "contract.yaml", larkspur[1])
    lines = [line(n, 31 + n % 40, "allow" if 31 + n % 40 <= 50 else "refuse") for n in range(200)]
    ran = ourword("decide", *files, "-", "--home", tmp_path / "home", stdin="\n".join(map(json.dumps, lines)))
    assert ran.code == 0, ran.err
    said = " ".join(ourword("bends", "--home", tmp_path / "home").out.split())

    if hit == "first":
        assert "No change of `too-late` is drafted: it is the row at" in said
    else:
        assert "# below decisions.refund.clauses of the contract; the row `too-late` (refunds.csv:2:1) goes out of its table" in said
        assert "in place of" not in said
