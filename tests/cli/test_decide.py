"""`ourword decide`: others script against it, line by line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.core.line import LINE_BYTES_MAX

BAD = ["{bad", "[]", "null", '{"kind": "refund"}', '{"kind": "nope", "customer": "c", "facts": {}}', '{"kind": "refund", "custumer": "c"}', "\x00"]


def _as_line(proposal: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**proposal, **changes}) + "\n"


def test_a_proposal_gets_its_verdict(ourword: Any, larkspur: Any, proposal: Any) -> None:
    """One line in, one line out."""
    ran = ourword("decide", *larkspur, stdin=_as_line(proposal))

    assert (0, "") == (ran.code, ran.err)
    assert [("lamp", "allow", "our-fault")] == [(each["decision_id"], each["answer"], each["decided_by"]) for each in ran.lines]


@settings(max_examples=tries(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(["good", "", *BAD]), max_size=12))
def test_each_line_is_answered_in_its_place(ourword: Any, larkspur: Any, proposal: Any, kinds: list[str]) -> None:
    """A bad line gets its error where its verdict would be, names itself, and the rest go on."""
    lines = [json.dumps(proposal) if kind == "good" else kind for kind in kinds]

    ran = ourword("decide", *larkspur, "-", stdin="\n".join(lines))

    numbered = [(number, kind) for number, kind in enumerate(kinds, 1) if kind]
    assert [kind == "good" for _, kind in numbered] == ["answer" in each for each in ran.lines]
    places = [each["error"]["place"].split(": ")[0] for each in ran.lines if "error" in each]
    assert [f"-:{number}" for number, kind in numbered if kind != "good"] == places
    assert (2 if places else 0) == ran.code


def test_a_line_that_is_too_long_is_one_error(ourword: Any, larkspur: Any, proposal: Any) -> None:
    """A log that lost its line ends must not fill the memory, and the line after it counts on."""
    text = "x" * (3 * LINE_BYTES_MAX) + "\n" + _as_line(proposal) + "{bad\n"

    ran = ourword("decide", *larkspur, stdin=text)

    assert ["line.too-long", None, "line.not-json"] == [each.get("error", {}).get("code") for each in ran.lines]
    assert "-:3" == ran.lines[2]["error"]["place"]


def test_an_editors_byte_order_mark_is_no_error(ourword: Any, larkspur: Any, proposal: Any) -> None:
    """Windows editors write one at the beginning of a file."""
    ran = ourword("decide", *larkspur, stdin=b"\xef\xbb\xbf" + _as_line(proposal).replace("\n", "\r\n").encode())

    assert (0, "allow") == (ran.code, ran.lines[0]["answer"])


def test_a_file_is_named_in_the_place(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """`FILE:LINE`, so that an editor can jump there."""
    file = tmp_path / "proposals.jsonl"
    file.write_text("{bad\n", encoding="utf-8")

    assert f"{file}:1" == ourword("decide", *larkspur, file).lines[0]["error"]["place"]


def test_without_a_home_nothing_is_written(ourword: Any, larkspur: Any, proposal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying a contract out leaves no trace."""
    monkeypatch.chdir(tmp_path)

    ourword("decide", *larkspur, stdin=_as_line(proposal))

    assert [] == list(tmp_path.iterdir())


def test_running_a_file_again_records_nothing_twice(ourword: Any, larkspur: Any, proposal: Any, tmp_path: Path) -> None:
    """After a power cut one runs the same command again."""
    file = tmp_path / "proposals.jsonl"
    without_id = {key: value for key, value in proposal.items() if key != "decision_id"}
    file.write_text(_as_line(proposal) + _as_line(without_id) + _as_line(without_id), encoding="utf-8")

    first = ourword("decide", *larkspur, file, "--home", tmp_path / "home")
    recorded = ourword("log", "--home", tmp_path / "home").out
    again = ourword("decide", *larkspur, file, "--home", tmp_path / "home")

    assert (0, first.lines) == (again.code, again.lines)
    assert recorded == ourword("log", "--home", tmp_path / "home").out


def test_a_home_that_cannot_be_used_exits_with_4(ourword: Any, larkspur: Any, proposal: Any, tmp_path: Path) -> None:
    """Whoever scripts this learns that nothing was decided."""
    (tmp_path / "home").write_text("a file", encoding="utf-8")

    ran = ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=_as_line(proposal))

    assert (4, "") == (ran.code, ran.out)


def test_a_bad_contract_exits_with_3(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """A contract that does not hold together decides nothing."""
    broken = tmp_path / "contract.yaml"
    broken.write_text("contract: [", encoding="utf-8")

    assert (3, "") == ourword("decide", broken, larkspur[1])[:2]


def test_observing_records_what_would_have_been_stopped(ourword: Any, larkspur: Any, proposal: Any, tmp_path: Path) -> None:
    """One watches for a week before one enforces."""
    stopped = _as_line(proposal, facts={**proposal["facts"], "asked_human": True})

    ran = ourword("decide", *larkspur, "--home", tmp_path / "home", "--mode", "observe", stdin=stopped)

    assert ("escalate", 0) == (ran.lines[0]["answer"], ran.code)
    assert "observed only" in ourword("log", "--home", tmp_path / "home").out
    assert ourword("why", "lamp", "--home", tmp_path / "home").out.startswith("Observed only: handed to a person.")


@pytest.mark.parametrize("option", [["--lang", "xx"], ["--mode", "pretend"], ["no-such-file"]])
def test_what_cannot_be_meant_is_wrong_usage(ourword: Any, larkspur: Any, option: list[str]) -> None:
    """A language that the contract does not speak would silently answer in another."""
    assert 64 == ourword("decide", *larkspur, *option).code


# ---- as a program of its own ---------------------------------------------------------------------------------------


def _program(*args: object, **more: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ourword.cli.main", *map(str, args)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def test_an_agent_that_waits_for_each_verdict_gets_it(larkspur: Any, proposal: Any, tmp_path: Path) -> None:
    """Through a pipe, a verdict must not wait for the next line: the agent waits for the verdict."""
    got = []
    with _program("decide", *larkspur, "--home", tmp_path / "home") as program:
        assert program.stdin is not None
        assert program.stdout is not None
        # Should a verdict never come, the program is ended, and the empty line that we then read fails the test.
        late = threading.Timer(60, program.kill)
        late.start()
        for number in range(3):
            program.stdin.write(_as_line(proposal, decision_id=f"d-{number}").encode())
            program.stdin.flush()
            got.append(json.loads(program.stdout.readline() or "{}").get("decision_id"))
        program.stdin.close()
        late.cancel()

    assert (["d-0", "d-1", "d-2"], 0) == (got, program.returncode)


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has broken pipes")
def test_a_reader_that_goes_away_ends_it_quietly(larkspur: Any, proposal: Any) -> None:
    """`ourword decide … | head -1` prints no traceback."""
    with tempfile.TemporaryFile() as lines:
        lines.write(_as_line(proposal).encode() * 3000)
        lines.seek(0)
        command = [sys.executable, "-m", "ourword.cli.main", "decide", *map(str, larkspur)]
        with subprocess.Popen(command, stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
            assert program.stdout is not None
            assert program.stderr is not None
            program.stdout.readline()
            program.stdout.close()

            assert (b"", 141) == (program.stderr.read(), program.wait(timeout=60))


def test_a_persons_answer_without_its_time_is_warned_of_in_a_file(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """An answer of last spring, decided again with the ages of today, bends nothing that was written then."""
    answer = {"kind": "refund", "customer": "c", "by": "mara", "answer": "allow", "because": "x", "facts": {}}
    lines = [answer, {**answer, "time": "2026-11-09T10:00:00Z"}, {"kind": "refund", "customer": "c", "facts": {"reason": "by"}}]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    ran = ourword("decide", *larkspur, tmp_path / "lines.jsonl")

    assert ran.err.startswith("warning: 1 line says what a person decided, and not when")
    (tmp_path / "lines.jsonl").write_text(json.dumps(lines[1]), "utf-8")
    assert ourword("decide", *larkspur, tmp_path / "lines.jsonl").err == ""
