"""The first run as a newcomer meets it: files in, six answers, the sentence, a drafted contract; and everything that can go wrong on the way."""

from __future__ import annotations

import gzip
import os
import re
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.start.shop import HEAD, give, read_all, tickets

from ourword.cli.main import run
from ourword.contract.check import check
from ourword.contract.read import read
from ourword.demo.exports import chatwoot
from ourword.figures.watched import watching
from ourword.starting.run import Start
from ourword.stores.home import open_home
from ourword.stores.terms import terms_of


def test_without_anything_every_way_leads_to_the_first_page(caller: TestClient) -> None:
    """There is no empty *Our word*: who opens any address is asked for a file."""
    for path in ("/", "/recount", "/start/questions", "/start/progress", "/start/found", "/start/contract"):
        assert "Drop your export here" in caller.get(path).text


def test_a_file_becomes_a_sentence_and_a_contract(caller: TestClient, start: Start) -> None:
    """The whole way: drop, six answers, read, draft; the two files pass `check`."""
    give(caller, "tickets.csv", tickets())
    found = read_all(caller, price="0.99 USD")
    assert "40 contacts from 1 September 2026" in found.text
    assert "What your files can tell" in found.text
    assert "Our word" in caller.get("/").text

    form = caller.get("/start/contract").text
    kinds = re.findall(r'name="owner_([^"]+)"', form)
    refused = caller.post("/start/contract", data={"signer": "Mara Lind", "open_until": "2099-01-01"})
    assert refused.status_code == 400
    assert "has no owner" in refused.text
    assert 'value="Mara Lind"' in refused.text
    filled = {"signer": "Mara Lind", "open_until": "2099-01-01", "steps": "2"}
    filled |= {f"owner_{each}": "Omar Haddad" for each in kinds} | {f"at_most_{each}": "20" for each in kinds}
    assert "The draft is written" in caller.post("/start/contract", data=filled).text
    contract, wiring = ((start.folder / name).read_bytes() for name in ("contract.yaml", "wiring.yaml"))
    sound, flaws = check(read(contract, wiring), today=date(2026, 11, 25))

    with open_home(start.home or Path(), create=False, write=False) as home, watching(home) as (connection, _):
        handled = connection.execute("SELECT DISTINCT handled_by FROM became").fetchall()

    assert [("unknown",)] == handled, "a table of tickets says of nobody that they handled any"
    assert sound is not None
    assert [] == [each for each in flaws if each.level == "error"]
    assert {"Refund", "Delivery"} == set(sound.draft.kinds)


def test_who_came_back_after_weeks_counts_in_the_bound_that_is_proposed(caller: TestClient, start: Start) -> None:
    """The contract bounds those who come back within thirty days: what a week shows would be missed on the first day."""
    kinds = ("Refund", "Refund", "Delivery", "Delivery")
    day = "2026-08-{0:02} 10:00:00,2026-08-{0:02} 12:00:00".format
    lines = [f"{n},ann{n}@mail.example,Solved,{day(1 + n // 4)},Mail,{kinds[n % 4]}\n" for n in range(40)]
    lines += [f"5{n:02},ann{n}@mail.example,Solved,{day(19 + n // 4)},Mail,Refund\n" for n in range(0, 24, 4)]  # six of twenty refunds, 18 days later
    lines.append("99,zoe@mail.example,Solved,2026-10-30 10:00:00,2026-10-30 12:00:00,Mail,Delivery\n")
    give(caller, "tickets.csv", (HEAD + "".join(lines)).encode())
    read_all(caller)
    kinds_found = {each.seen: each for each in start.proposal(today=date(2026, 11, 25)).kinds}
    back = {seen: (each.came_back.n, each.came_back.value) for seen, each in kinds_found.items() if each.came_back is not None}

    assert {"Refund": (26, 6 / 26), "Delivery": (20, 0.0)} == back
    assert int(kinds_found["Refund"].at_most) > 23
    assert "23 % (" in caller.get("/start/contract").text


@pytest.mark.parametrize(
    ("columns", "answered", "told", "back"),
    [
        ("Channel,Category", "", "no order is named, so that any contact of one kind", 4),
        ("Channel,Category", "object", "or another answer to when it is the same matter", 0),
        ("Channel,Category", "customer", "any contact counts as the same issue", 8),
        ("Channel,Order number", "", "told by 40 rows", 4),
        ("Channel,Notes", "", "any contact counts as the same issue", 8),
    ],
)
def test_when_it_is_the_same_matter_is_asked_and_said(caller: TestClient, start: Start, columns: str, answered: str, told: str, back: int) -> None:
    """An export that names no order can still show who came back: by a rule that is written beside the figure, and counts too many."""
    lines = []
    for number in range(40):  # every fifth is one of the customers before: four on the same matter, four on another
        who = number - 1 if number % 5 == 4 else number
        what = number - 1 if number % 10 == 4 else number
        value = {"Category": ("Refund", "Delivery", "Account")[what % 3], "Order number": f"L-{what}", "Notes": f"n {number}"}[columns.split(",")[1]]
        day = f"2026-09-{1 + number // 2:02}"
        hour = 8 + 2 * (number % 5)
        lines.append(f"{number},ann{who}@mail.example,Solved,{day} {hour:02}:00:00,{day} {hour:02}:30:00,Mail,{value}\n")
    give(caller, "tickets.csv", (HEAD.replace("Channel,Category", columns) + "".join(lines)).encode())
    found = read_all(caller, **({"same": answered} if answered else {}))
    with open_home(start.home or Path(), create=False, write=False) as home, watching(home) as (connection, _):
        returned = connection.execute("SELECT COUNT(*) FROM became WHERE came_back = 1").fetchone()

    assert told in found.text
    assert returned == (back,)


def test_that_none_came_back_is_said_where_it_is_seen(caller: TestClient) -> None:
    """The ladder said "came back: known" while the sentence said that nobody could say."""
    day = "2026-09-{0:02} 10:00:00,2026-09-{0:02} 12:00:00".format
    lines = [f"{n},ann{n}@mail.example,Solved,{day(1 + n)},Mail,L-{n}\n" for n in range(20)]
    give(caller, "tickets.csv", (HEAD.replace("Category", "Order number") + "".join(lines)).encode())
    page = read_all(caller).text

    assert "none came back within 7 days; whether they were solved nobody can say, since no event says that a customer confirmed it" in page
    assert "nobody can say how many stayed resolved" not in page


def test_where_no_return_could_be_seen_nothing_is_said_of_it(caller: TestClient) -> None:
    """Without an order or a kind, and by the answer that only an order will do, nobody sees who came back."""
    give(caller, "tickets.csv", tickets())
    page = read_all(caller, same="object").text

    assert "none came back" not in page
    assert "nobody can say how many stayed resolved" in page


def test_what_was_answered_of_the_bill_holds_on_every_page(
    caller: TestClient, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The menu's *Recount* showed another vendor's rule, in dollars, to who had answered 1.23 EUR; and a saving that nobody had said."""
    give(caller, "tickets.csv", tickets() + b"99,zoe@mail.example,Solved,2026-10-30 10:00:00,2026-10-30 12:00:00,Mail,Refund\n")
    read_all(caller, price="1.23 EUR", same="customer")
    home, written = str(start.home), [tmp_path / name for name in ("one.html", "report.html")]
    assert [0, 0] == [run([command, "--home", home, "--html", str(file)]) for command, file in zip(("recount", "report"), written, strict=True)]
    assert 0 == run(["recount", "--home", home])
    printed = " ".join(capsys.readouterr().out.split())
    pages = [caller.get(path).text for path in ("/recount", "/recount/one-page")] + [file.read_text() for file in written]
    with open_home(start.home or Path(), create=False, write=False) as opened, watching(opened) as (connection, _):
        (claimed,) = connection.execute("SELECT COUNT(*) FROM became WHERE claimed = 1 AND outcome <> 'still_open'").fetchone() or (0,)

    assert claimed
    for page in (*pages, printed):
        assert "Your own system would say" in page
        assert f"{claimed * 1.23:,.2f}" in page
        assert "were billed at 1.23, it would be" in page
        for words in ("USD", "no price is known", "4.00 each"):
            assert words not in page


def test_a_price_is_said_otherwise_on_the_page(caller: TestClient) -> None:
    """What was answered is a beginning: the form has it, and another one stands for this look."""
    give(caller, "tickets.csv", tickets())
    read_all(caller, price="1.20 EUR")
    first, other = caller.get("/recount").text, caller.get("/recount?price=2&currency=CHF&saving_a_contact_low=3&saving_a_contact_high=").text

    assert 'name="price" inputmode="decimal" value="1.20"' in first
    assert "Fill in your own amounts" in first
    assert "were billed at 2.00, it would be" in other
    assert "What it was worth" in other
    assert ("CHF" in other, "EUR" in other) == (True, False)


def test_what_was_closed_lately_is_not_called_open(caller: TestClient) -> None:
    """Every ticket of the file is solved: "28 of them still open" was read as an error."""
    give(caller, "tickets.csv", tickets())
    found = read_all(caller).text
    late = sum(1 + number // 4 + 7 >= 10 for number in range(40))  # all were solved at noon, the last on the tenth; seven days must be over

    assert f"Too early to tell of {late}: closed or last heard of less than 7 days before 10 September" in found
    for page in (found, caller.get("/").text, caller.get("/recount").text):
        assert "still open" not in page
        assert "still wait" not in page


def test_a_ticket_whose_order_is_empty_is_a_ticket(caller: TestClient, start: Start) -> None:
    """An empty cell names no order: nothing is skipped, and each ticket has its customer."""
    day = "2026-09-{0:02} 10:00:00,2026-09-{0:02} 12:00:00".format
    lines = [f"{n},ann{n}@mail.example,Solved,{day(1 + n // 2)},Mail,{n if n % 3 else ''}\n" for n in range(40)]
    give(caller, "tickets.csv", (HEAD.replace("Category", "Order number") + "".join(lines)).encode())
    read_all(caller)
    with open_home(start.home or Path(), create=False, write=False) as home, watching(home) as (connection, _):
        found = connection.execute("SELECT COUNT(*), COUNT(subject) FROM became").fetchone()

    assert ((40, 40), [0]) == (found, [told.skipped for _, told in start.kept.read])


def test_another_answer_reads_anew_and_mixes_nothing(caller: TestClient, start: Start) -> None:
    """A corrected answer once left the old events beside the new ones: now there is one home, and it is new."""
    give(caller, "tickets.csv.gz", gzip.compress(tickets()))
    read_all(caller)
    first = start.home
    read_all(caller, tests_typed="mail.example", tests=[])
    caller.get("/")

    assert start.home != first
    assert [start.home] == [each for each in start.folder.glob("home-*") if each.is_dir()]


def test_another_price_reads_nothing_anew(caller: TestClient, start: Start) -> None:
    """Who was called back, and what they said, lies in the home: a price is no reason to delete it."""
    give(caller, "tickets.csv", tickets())
    read_all(caller, price="0.99 USD")
    first = start.home or Path()
    (first / "called-back.csv").write_text("kept")
    read_all(caller, price="1.50 USD")
    dearer = start.home or Path()

    assert (first, "kept") == (dearer, (dearer / "called-back.csv").read_text())
    assert Decimal("1.50") == terms_of(dearer).assumed.price


def test_a_file_that_changed_is_read_anew_whatever_was_answered(caller: TestClient, start: Start) -> None:
    """The same name and another price, and in it other tickets."""
    give(caller, "tickets.csv", tickets())
    read_all(caller, price="0.99 USD")
    first, file = start.home, start.kept.files[0].place
    file.write_bytes(tickets(20))
    os.utime(file, (later := time.time() + 60, later))

    read_all(caller, price="1.50 USD")
    assert first != start.home


def test_work_can_be_stopped_and_what_was_read_before_stays(caller: TestClient, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping is no error, and loses nothing."""
    give(caller, "tickets.csv", tickets())
    read_all(caller)
    before = start.home

    def slow(moved: Any, *, home: Path = Path()) -> None:
        for number in range(1000):
            moved("slowly", number, 1000)
            time.sleep(0.01)

    monkeypatch.setattr(start, "read", slow)
    app: Any = caller.app
    app.state.work.begin("read", lambda moved: start.read(moved))
    caller.post("/start/stop", follow_redirects=False)
    told = caller.get("/start/progress")

    assert "Stopped" in told.text
    assert start.home == before


def test_only_wrong_answers_are_told_and_typed_ones_stay(caller: TestClient) -> None:
    """A price that is none and a zone that is none: both said, both still in their fields."""
    give(caller, "tickets.csv", tickets())
    caller.post("/start/look")
    caller.get("/start/progress")
    told = caller.post("/start/questions", data={"price": "cheap", "zone": "Nowhere", "tests_typed": "qa@mail.example"})

    assert told.status_code == 400
    for typed in ("`cheap`", "`Nowhere`"):
        assert f"<code>{typed.strip('`')}</code>" in told.text
    assert 'value="cheap"' in told.text
    assert "qa@mail.example" in told.text


def test_the_command_does_the_same_by_the_guessed_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`ourword start FILE --once`: the sentence, the ladder and what was guessed, in the terminal."""
    file = tmp_path / "tickets.csv"
    file.write_bytes(tickets())

    assert run(["start", str(file), "--folder", str(tmp_path / "f"), "--once"]) == 0
    told = capsys.readouterr().out
    assert "known      What was called resolved: told by 40 rows" in told
    assert "not known  Who reached a person: It takes comments" in told
    assert "%) reached a person" not in told
    assert "guessed: Which states do you call solved? Solved" in told
    assert 1 == told.count("the times name no zone, and are read as UTC")


def test_a_helpdesks_own_file_is_read_by_its_name_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Chatwoot's messages alone say what was called resolved; its people or reports alone say nothing, and so does the command."""
    chatwoot.write(tmp_path, datetime(2026, 11, 23, 10, tzinfo=UTC), contacts=60)

    def once(name: str) -> tuple[int, str]:
        code = run(["start", str(tmp_path / name), "--folder", str(tmp_path / name.partition(".")[0]), "--once"])
        told = capsys.readouterr()
        return code, told.out + told.err

    code, told = once("messages.jsonl")
    assert code == 0
    assert "messages.jsonl: Chatwoot messages" in told
    assert "known      Who said that it was solved" in told
    assert "known      Who reached a person: told by" in told
    assert "%) reached a person; who asked for one, no event says." in told
    assert "known      Who came back on the same issue" not in told, "messages alone name neither order nor kind"
    assert "guessed: Which states do you call solved? resolved" in told
    code, told = once("conversations.jsonl")
    assert "known      Who came back on the same issue" in told
    assert "not known  Who said that it was solved: conversations.jsonl could say it, and no row did. It takes comments" in told
    assert "It takes comments, conversation parts or messages with an explicit question" in told
    for name, says in (("contacts.jsonl", "rows gave no event"), ("reporting_events.jsonl", "give the list of conversations with them")):
        code, told = once(name)
        assert code
        assert "no event came out of the files" in told
        assert says in told


def test_nothing_needs_you_is_not_said_where_nothing_is_watched(
    caller: TestClient, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From an export promises are not knowable: "a good day" was read as a promise kept."""
    give(caller, "tickets.csv", tickets())
    read_all(caller)
    assert run(["report", "--home", str(start.home), "--monday", "--out", str(tmp_path / "reports")]) == 0
    printed = " ".join(capsys.readouterr().out.split())

    for page in (caller.get("/").text, caller.get("/signals").text):
        assert "no promise is known, and no contract says what to watch" in page
        for words in ("Nothing needs you", "A good day", "no customer is owed"):
            assert words not in page
    assert "Whether anything was promised and not kept nobody can say here: no promise is known" in " ".join(printed.split())


def test_before_anything_is_read_the_bar_leads_to_the_files_alone(caller: TestClient) -> None:
    """*Recount* led back to the files without a word."""
    give(caller, "tickets.csv", tickets())
    before = re.findall(r"<nav.*?</nav>", caller.get("/start").text)
    read_all(caller)
    after = re.findall(r"<nav.*?</nav>", caller.get("/start").text)

    assert ["/start"] == re.findall(r'href="([^"]*)"', before[0])
    assert "/recount" in after[0]


def test_what_is_done_cannot_be_stopped(caller: TestClient) -> None:
    """A button that does nothing makes a newcomer doubt what is done."""
    give(caller, "tickets.csv", tickets())
    read_all(caller)

    assert "/start/stop" not in caller.get("/start/progress").text
