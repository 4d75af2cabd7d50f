"""`ourword import` as people see it: a bar at a terminal, silence in a pipe, and what is kept when they stop it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ourword.cli.bar import Bar
from ourword.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"
MAPPING = 'rows: .\nsource: s\ncustomer: who\ntime: at\nrules:\n  - when: what == "in"\n    emit: {type: message.in}\n'


def prepared(folder: Path, rows: int, *, bad: int = 0) -> list[str]:
    (folder / "mapping.yaml").write_text(MAPPING)
    good = "".join(f"c-{number},2026-11-01T10:00:00Z,in\n" for number in range(rows))
    (folder / "a.csv").write_text("who,at,what\n" + "c,yesterday,in\n" * bad + good)
    return ["import", str(folder / "a.csv"), "--mapping", str(folder / "mapping.yaml"), "--home", str(folder / "home")]


def test_what_was_skipped_is_told_by_reason_with_the_lines_to_look_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stranger reads it: what, how often, where, and what to do."""
    code = run(prepared(tmp_path, 1, bad=9))
    told = capsys.readouterr().out

    assert 2 == code
    assert (
        "a.csv: 10 rows read, 1 event kept, 0 known already\n9 skipped:\n"
        "  a.csv:2: at: `yesterday` is no time with a zone\n  a.csv:3: at: `yesterday` is no time with a zone\n"
    ) == told[: told.index("  a.csv:4")]
    assert (
        "  … and 4 more of these (--json lists them)\n    hint: add `zone:` to the mapping's `time:`, or say its `unit:`\n"
        == told[told.index("  …") :]
    )


def test_an_open_quotation_mark_is_told_at_its_line_and_the_rows_around_it_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It once took the rest of the file, and the command ended with 0."""
    args = prepared(tmp_path, 3)
    text = (tmp_path / "a.csv").read_text()
    (tmp_path / "a.csv").write_text(text.replace("Z,in\nc-1", 'Z,"in\nc-1'))
    code = run(args)
    told = capsys.readouterr().out

    assert (2, True, True) == (code, "3 rows read, 2 events kept" in told, "a.csv:2: a quotation mark is opened here and never closed" in told)


def test_rows_without_a_customer_are_told_and_count_as_unmatched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every contact was once a customer of its own, and the share unmatched said 0."""
    args = prepared(tmp_path, 0)
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("time: at", "contact: chat\ntime: at"))
    lines = [f"{'c-1' if number < 3 else ''},k-{number // 2},2026-11-01T10:00:00Z,in" for number in range(8)]
    (tmp_path / "a.csv").write_text("who,chat,at,what\n" + "\n".join(lines) + "\n")
    code = run(args)
    told = capsys.readouterr().out
    run(["report", "--home", str(tmp_path / "home"), "--json"])
    (unmatched,) = {json.loads(line)["unmatched"] for line in capsys.readouterr().out.splitlines() if '"containment"' in line and '"*"' in line}

    assert (0, True) == (code, "5 rows without a customer: whose they are is not known, and they count as unmatched" in told)
    assert 0.5 == unmatched


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        ("customer: who", "customer: Woh", "a.csv has no column `Woh`", "did you mean `who`?"),
        ("time: at", "time: {from: att, zone: UTC}", "a.csv has no column `att`", "did you mean `at`?"),
        ('when: what == "in"', 'when: waht == "in"', "a.csv has no column `waht`", "did you mean `what`?"),
        (
            "{type: message.in}",
            "{type: message.in, text: {from: txt}, objects: [{type: order, id: {is: 'row[\"no\"]'}}]}",
            "columns `txt`, `no`",
            "it has",
        ),
    ],
)
def test_a_column_that_is_not_there_is_refused_before_anything_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, what: str, hint: str
) -> None:
    """A misspelt one gave no value, and no value looks like an absence."""
    args = prepared(tmp_path, 1)
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace(old, new))
    code = run(args)
    told = capsys.readouterr().err

    assert (3, True, True, True) == (code, "mapping.yaml:" in told, what in told, hint in told)


def test_of_json_rows_the_report_says_which_column_was_in_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of their own say what they have, and the next may have more; so it is told, and nothing refused."""
    args = prepared(tmp_path, 1)
    (tmp_path / "a.jsonl").write_text('{"who": "c-1", "at": "2026-11-01T10:00:00Z", "what": "in", "note": {"text": null}}\n' * 2)
    (tmp_path / "mapping.yaml").write_text(
        MAPPING.replace("{type: message.in}", "{type: message.in, text: {from: note.txt}, kind: {from: note.text}}")
    )
    code = run([args[0], str(tmp_path / "a.jsonl"), *args[2:]])
    told = capsys.readouterr().out

    assert 0 == code
    assert 1 == told.count("was in none of")
    assert "mapping.yaml:7:43) was in none of 2 rows: did you mean `note.text`?" in told


def test_a_corrected_mapping_belongs_in_a_new_home_or_both_are_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused with what to do, at the door too."""
    args = prepared(tmp_path, 2)
    run(args)
    (tmp_path / "mapping.yaml").write_text(MAPPING + "  - emit: {type: customer.active}\n")
    refused = run(args)
    told = capsys.readouterr().err
    again = run([*args, "--again"])

    assert (64, 0) == (refused, again)
    assert "import into a new home: `--home NEW`; or say `--again` when you want both" in told


def test_types_that_nobody_reads_are_named_with_the_one_that_was_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every contact of a source that said `contact.close` stayed open for ever, without a word."""
    args = prepared(tmp_path, 2)
    rules = "".join(f"  - emit: {{type: {type_}}}\n" for type_ in ("contact.close", "parcel.lost", *(f"step.{letter}" for letter in "abcdef")))
    (tmp_path / "mapping.yaml").write_text(MAPPING + rules)
    code = run(args)
    told = capsys.readouterr().out

    assert (0, True) == (code, "2 events of type `contact.close` are kept, and nobody reads that type: did you mean `contact.closed`?\n" in told)
    assert "no promise: `parcel.lost` 2, `step.a` 2, `step.b` 2, `step.c` 2, `step.d` 2 and 2 more types\n" in told
    assert "message.in" not in told


def test_a_type_that_a_contract_of_the_home_names_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A promise is kept by it."""
    example = EXAMPLES / "larkspur-refund"
    home = str(tmp_path / "home")
    assert 0 == run(["decide", *(str(example / name) for name in ("contract.yaml", "wiring.yaml", "decisions.jsonl")), "--home", home])
    lines = [
        {"specversion": "1.0", "id": f"e-{type_}", "source": "x", "type": type_, "subject": "customer:c-1"}
        for type_ in ("payment.refunded", "payment.refund", "message.im")
    ]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    capsys.readouterr()
    run(["events", str(tmp_path / "events.jsonl"), "--home", home])
    told = capsys.readouterr().out
    run(["events", str(tmp_path / "events.jsonl"), "--home", home, "--json"])
    as_json = json.loads(capsys.readouterr().out)["unread"]

    assert 2 == told.count("is kept, and nobody reads that type")
    assert [("message.im", 1, "message.in"), ("payment.refund", 1, "payment.refunded")] == [tuple(each.values()) for each in as_json]


def test_a_rule_that_matched_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt value in one `when:` must not hide behind the others."""
    args = prepared(tmp_path, 1)
    (tmp_path / "mapping.yaml").write_text(MAPPING + '  - when: what == "owt"\n    emit: {type: message.out}\n')
    run(args)

    assert "mapping.yaml:8:5 matched no row" in capsys.readouterr().out


def test_a_bar_is_for_terminals(tmp_path: Path) -> None:
    """In a pipe not a byte of it; at a terminal it says how fast and how long."""
    command = [sys.executable, "-m", "ourword.cli.main", *prepared(tmp_path, 30_000)]
    piped = subprocess.run(command, capture_output=True, text=True, check=True)
    master, slave = pty.openpty()
    process = subprocess.Popen([*command[:-1], str(tmp_path / "other")], stdout=subprocess.PIPE, stderr=slave, env={**os.environ, "TERM": "xterm"})
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65_536)
        except OSError:
            break
        if not part:
            break
        shown += part
    process.communicate()

    assert "" == piped.stderr
    assert b"rows/s" in shown


def test_a_bar_without_a_size_or_a_terminal_does_nothing() -> None:
    """An empty file, a test, a cron job."""
    with Bar(0, rows=lambda: 0) as bar:
        bar.moved(7)


def test_who_stops_it_hears_what_is_kept_and_how_to_go_on(tmp_path: Path) -> None:
    """Ctrl-C is no loss, and the next run says where it went on."""
    command = [sys.executable, "-m", "ourword.cli.main", *prepared(tmp_path, 60_000)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    database = tmp_path / "home" / "people.sqlite-wal"
    for _ in range(600):
        if database.exists() and database.stat().st_size > 2_000_000:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    again = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert 130 == process.returncode
    assert "Run the same command again" in told
    assert "went on behind" in again
