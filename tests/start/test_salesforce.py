"""The first run on what Data Loader gives: files in, guessed answers, the ladder, the sentence, a contract that passes `check`."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ourword.cli.main import run
from ourword.contract.check import check
from ourword.contract.read import read
from ourword.demo.exports import salesforce
from ourword.starting.proposing import Filled
from ourword.starting.run import Start

FILES = ("Case", "CaseHistory", "EmailMessage", "CaseComment", "MessagingSession", "ConversationEntry", "User", "Contact")
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    salesforce.write(folder, datetime(2026, 11, 23, 10, tzinfo=UTC), contacts=150)
    return folder


def once(export: Path, folder: Path, names: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["start", *(str(export / f"{name}.csv") for name in names), "--folder", str(folder), "--once"])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_all_files_reach_every_rung_that_a_helpdesk_has(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No vendor's rule is Salesforce's: the sentence speaks of what the company itself calls resolved."""
    code, told = once(export, tmp_path / "f", FILES, capsys)

    assert code == 0
    assert "CaseHistory.csv: Salesforce case history" in told
    assert "Your own system would say" in told
    for rung in ("What was called resolved", "Who came back on the same issue", "Who gave up without an answer", "Who said that it was solved"):
        assert f"known      {rung}: told by" in told
    assert "guessed: Which of these write by themselves? Larkspur Assistant\n" in told
    assert "guessed: Which states do you call solved? closed\n" in told
    assert "guessed: When is it the same matter again? the same order, booking or invoice\n" in told


@pytest.mark.parametrize(
    ("names", "known", "unknown"),
    [
        (("Case",), ("What was called resolved", "Who came back"), ("Who gave up", "Who said")),
        (("CaseHistory",), ("What was called resolved",), ("Who gave up", "Who said")),
        (("EmailMessage",), ("Who gave up", "Who said"), ("What was called resolved", "Who came back")),
        (("ConversationEntry",), ("Who gave up", "Who said"), ("What was called resolved", "Who came back")),
        (("CaseComment", "User"), ("Who gave up", "Who said"), ("What was called resolved", "Who came back")),
    ],
)
def test_one_file_alone_says_what_it_cannot(
    names: tuple[str, ...], known: tuple[str, ...], unknown: tuple[str, ...], export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And which file would add it."""
    _, told = once(export, tmp_path / "f", names, capsys)

    assert len(known) == sum(f"  known      {each}" in told for each in known)
    assert len(unknown) == sum(f"  not known  {each}" in told for each in unknown)


@pytest.mark.parametrize(
    ("name", "says"), [("User", "rows gave no event"), ("Contact", "rows gave no event"), ("CaseComment", "give the file of users")]
)
def test_a_file_that_says_nothing_alone_is_one_clear_error(
    name: str, says: str, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Comments do not say who of their authors are customers."""
    code, told = once(export, tmp_path / "f", (name,), capsys)

    assert code
    assert "no event came out of the files" in told
    assert says in told


def test_a_zip_of_them_becomes_a_contract(export: Path, tmp_path: Path) -> None:
    """As the data export packs them; the draft passes `check`, and its kinds are the cases' reasons."""
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for name in FILES:
            file.write(export / f"{name}.csv", f"{name}.csv")
        file.writestr(
            "Account.csv",
            '"Id","IsDeleted","Name","CreatedDate","CreatedById"\n"001Kj0000000001IAA","0","Acme","2026-09-01 10:00:00","005Kj0000000003IAA"\n',
        )
    start = Start(tmp_path / "Ourword")
    added = start.add(packed)
    start.read()
    proposal = start.proposal(today=TODAY)
    kinds = [each.id for each in proposal.kinds]
    filled = Filled(
        name="Larkspur", signer="Mara Lind", owners=dict.fromkeys(kinds, "Omar Haddad"), at_most=dict.fromkeys(kinds, "20"), open_until="2027-01-01"
    )
    written = start.drafts.write(proposal, filled, today=TODAY)
    sound, flaws = check(read(written.contract.encode(), written.wiring.encode()), today=TODAY)

    assert ["salesforce.others"] == [each.shape for each in added if each.name.endswith("Account.csv")]
    assert {"refund", "cancel_order", "account_access"} <= set(kinds)
    assert sound is not None
    assert [] == [each for each in flaws if each.level == "error"]


def test_a_report_stays_a_table(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its columns have labels, and its times are in somebody's locale: no reader of ours takes it for Data Loader's."""
    report = tmp_path / "report.csv"
    rows = "".join(f"{number:08},ann{number % 9}@mail.example,Closed,2026-09-01 10:00,2026-09-01 12:00,Refund\n" for number in range(40))
    report.write_text("Case Number,Contact Email,Status,Date/Time Opened,Date/Time Closed,Case Reason\n" + rows)
    code, told = once(tmp_path, tmp_path / "f", ("report",), capsys)

    assert code == 0
    assert "report.csv: a table" in told
    assert "known      What was called resolved: told by 40 rows" in told
