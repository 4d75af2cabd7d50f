"""Looking back through every door: the commands, HTTP, the pages, Python; and what is no entry."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.asof.grown import CONTRACT, DECISIONS, FAR, WIRING, Grown, said

from ourword import Ourword
from ourword.cli import serve as serve_command
from ourword.core.time import instant_from_text
from ourword.errors import HomeError, LineError, UsageError
from ourword.figures.asof import promises_at
from ourword.http.server import close, make
from ourword.outcomes.asked import AsOf
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"
PAGES = ["/", "/recount", "/promises", "/contract", "/signals", "/coherence", "/decisions", "/contacts?metric=quiet", "/recount/one-page"]


class Cut:
    """A home, the entry at which its present was looked at, and that moment."""

    def __init__(self, path: Path, entry: int, then: datetime, last: int) -> None:
        self.path, self.entry, self.then, self.last = path, entry, then, last

    @property
    def word(self) -> str:
        return f"entry:{self.entry}"


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """Two months of the company, looked at; then one more, in which a contract is signed and a signal is answered."""
    grown = Grown(tmp_path_factory.mktemp("grown") / "home")
    for _ in range(2):
        grown.live(30)
        grown.hear(behind=0)
        grown.settle()
    entry, then = grown.last, grown.present
    grown.sign()
    grown.live(30)
    grown.hear(behind=0)
    grown.settle()
    grown.answer()
    return Cut(grown.path, entry, then, grown.last)


@pytest.fixture(scope="module")
def caller(cut: Cut) -> Iterator[TestClient]:
    """The home as it is, served."""
    with Ourword.open_home(cut.path, create=False) as word:
        app = make(word)
        with TestClient(app, base_url=HERE) as client:
            yield client
        close(app)


@pytest.fixture(scope="module")
def looking_back(cut: Cut) -> Iterator[TestClient]:
    """The home as known at the entry, served."""
    with Ourword.open_home(cut.path, as_of=cut.word) as word:
        app = make(word)
        with TestClient(app, base_url=HERE) as client:
            yield client
        close(app)


def lines(*args: object) -> list[dict[str, Any]]:
    code, out = said(*args, clock=lambda: datetime.fromisoformat("2031-01-01T00:00:00+00:00"))
    assert code == 0
    return [json.loads(each) for each in out.splitlines()]


# ---- HTTP ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/v1/promises", ("promises",)),
        ("/v1/signals", ("signals",)),
        ("/v1/recount", ("recount",)),
        (f"/v1/decisions/{DECISIONS[0]['decision_id']}/why", ("why", DECISIONS[0]["decision_id"])),
    ],
)
def test_http_gives_the_rows_that_the_command_prints(cut: Cut, caller: TestClient, address: str, command: tuple[str, ...]) -> None:
    """Whoever looks back over HTTP sees what the command line shows."""
    given = caller.get(address, params={"as_of": cut.word}).json()
    if command[0] == "why":
        assert given == json.loads(said(*command, "--home", cut.path, "--json", "--as-of", cut.word, clock=lambda: cut.then)[1])
    else:
        assert given == lines(*command, "--home", cut.path, "--json", "--as-of", cut.word)

        assert given != caller.get(address).json() or command[0] == "recount"


def test_what_was_signed_later_was_not_signed_then(cut: Cut, caller: TestClient) -> None:
    """An auditor must not be shown a signature that was given afterwards."""
    then, now = (caller.get("/v1/adopted", params=query).json() for query in ({"as_of": cut.word}, {}))

    assert ([], 1) == (then["versions"], len(now["versions"]))
    assert "Nobody has signed" in then["gaps"][0]


def test_what_the_ledger_says_until_a_moment_is_what_it_says_before_the_first_later_entry(cut: Cut, caller: TestClient) -> None:
    """A time in place of an entry: the same as the last entry by then."""
    at = cut.then.isoformat().replace("+00:00", "Z")

    assert caller.get("/v1/coherence", params={"as_of": at}).json() == caller.get("/v1/coherence", params={"as_of": cut.word}).json()
    assert cut.entry == [each["seq"] for each in lines("log", "--home", cut.path, "--json", "--as-of", at)][-1]
    assert [] == lines("log", "--home", cut.path, "--json", "--as-of", "1990-01-01")


def test_promises_as_of_a_time_are_told_by_what_is_known_now(cut: Cut, caller: TestClient) -> None:
    """The other sense: what had happened, whenever it was heard."""
    at = cut.then - timedelta(days=10)
    with open_home(cut.path, write=False) as home:
        rows = promises_at(home, int(at.timestamp()) * 10**9 + 999)

    told = caller.get("/v1/promises", params={"as_of": f"{at:%Y-%m-%dT%H:%M:%SZ}"}).json()
    assert [(each.decision, each.standing) for each in rows] == [(each["decision"], each["standing"]) for each in told]
    assert told == lines("promises", "--home", cut.path, "--json", "--as-of", f"{at:%Y-%m-%dT%H:%M:%SZ}")
    assert told


@pytest.mark.parametrize("wrong", ["entry:0", "entry:999999", "entry:", "entry:-1", "entry:1.5", "entry:x", "soon"])
@pytest.mark.parametrize("address", ["/v1/outcomes", "/v1/promises", "/v1/coherence", "/v1/signals", "/v1/ask"])
def test_what_is_no_entry_is_one_error_with_a_place_and_a_hint(caller: TestClient, address: str, wrong: str) -> None:
    answer = caller.get(address, params={"as_of": wrong})
    told = answer.json()

    assert 400 == answer.status_code
    assert told["place"] in ("as_of", wrong)
    assert told["hint"]


def test_a_bare_number_is_an_entry_where_it_always_was(cut: Cut, caller: TestClient) -> None:
    """Calls from before go on working."""
    assert caller.get("/v1/promises", params={"as_of": cut.entry}).json() == caller.get("/v1/promises", params={"as_of": cut.word}).json()
    assert lines("signals", "--home", cut.path, "--json", "--as-of", cut.entry) == lines("signals", "--home", cut.path, "--json", "--as-of", cut.word)


# ---- pages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_past_says_so_first_and_every_other_none(cut: Cut, caller: TestClient, looking_back: TestClient, page: str) -> None:
    """Nobody may take the figures of then for those of today."""
    then, now = looking_back.get(page), caller.get(page)

    assert (200, 200) == (then.status_code, now.status_code)
    assert f"As known at entry {cut.entry}, {cut.then:%Y-%m-%d %H:%M:%S} UTC." in then.text
    assert "As known at entry" not in now.text


@pytest.mark.parametrize("page", [*PAGES, f"/decisions/{DECISIONS[0]['decision_id']}", "/signals/s-1", "/contacts/1"])
def test_a_page_that_is_asked_for_a_past_never_shows_the_present_for_it(cut: Cut, caller: TestClient, looking_back: TestClient, page: str) -> None:
    """Pages show a home as it is served: whoever asks one of them for another past is told how to get it."""
    for query, says in (
        ({"as_of": "entry:999999"}, "there is no such entry"),
        ({"as_of": cut.word}, f"`ourword serve --home DIR --as-of {cut.word}`"),
        ({"as_of": "soon"}, "`soon` is no moment"),
        ({"as-of": cut.word}, "here it is called `as_of`"),
    ):
        answer = caller.get(page, params={**_query(page), **query})
        assert (400, True) == (answer.status_code, says in answer.text), (query, answer.text)
    assert 400 == looking_back.get(page, params={**_query(page), "as_of": cut.word}).status_code
    assert 400 == caller.get("/v1/promises", params={"asof": cut.word}).status_code


def _query(page: str) -> dict[str, str]:
    return dict(part.split("=") for part in page.partition("?")[2].split("&") if part)


def test_the_list_of_contacts_is_asked_for_a_moment_as_before(cut: Cut, caller: TestClient) -> None:
    assert 200 == caller.get("/contacts", params={"metric": "quiet", "as_of": f"{cut.then:%Y-%m-%d}"}).status_code


def test_a_page_of_the_past_shows_no_decision_of_later(cut: Cut, looking_back: TestClient) -> None:
    with open_home(cut.path, write=False) as home:
        later = [each.value.decision_id for each in home.latest_decisions() if each.seq > cut.entry]

    assert later
    assert 404 == looking_back.get(f"/decisions/{later[0]}").status_code


@pytest.mark.parametrize(
    "address", ["/v1/events", "/v1/ask", "/v1/signals/s-1/answer", "/v1/signals/s-1/waive", "/signals/s-1", "/recount", "/v1/decisions"]
)
def test_nothing_is_added_to_the_past(cut: Cut, looking_back: TestClient, address: str) -> None:
    """What was known then cannot be changed by whoever looks at it."""
    answer = looking_back.post(address, content=b"{}", headers={"content-type": "application/json"})

    assert (409, "http.as-known") == (answer.status_code, answer.json()["code"])
    with open_home(cut.path, write=False) as home:
        assert cut.last == home.last_seq()


def test_the_past_served_is_not_asked_for_another_past(cut: Cut, looking_back: TestClient) -> None:
    """Behind a door that shows entry 5, nobody gets to entry 6."""
    answer = looking_back.get("/v1/promises", params={"as_of": f"entry:{cut.entry + 1}"})

    assert (400, "as-of.again") == (answer.status_code, answer.json()["code"])


def test_the_pages_of_the_past_have_no_form_that_writes(cut: Cut, looking_back: TestClient) -> None:
    with Ourword.open_home(cut.path, as_of=cut.word) as word:
        asks = [each.id for each in word.signals() if each.waits]

    for page in (*PAGES, *(f"/signals/{each}" for each in asks)):
        assert not re.search(r'<form[^>]*method="post"', looking_back.get(page).text), page


# ---- the command line and Python -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["report", "promises", "signals", "coherence", "adopted", "bends", "silent"])
def test_people_are_told_first_that_it_is_the_past(cut: Cut, command: str) -> None:
    code, out = said(command, "--home", cut.path, "--as-of", cut.word, clock=lambda: cut.then)

    assert 0 == code
    assert f"As known at entry {cut.entry}, {cut.then:%Y-%m-%d %H:%M:%S} UTC. What came later is not in it." == out.splitlines()[0]


def test_mondays_report_of_the_past_is_that_of_its_entry(cut: Cut, tmp_path: Path) -> None:
    """The Monday of then, by what was known then, in words and on its page."""
    with Ourword.open_home(cut.path, as_of=cut.word) as word:
        then = word.monday()
    code, out = said("report", "--home", cut.path, "--monday", "--as-of", cut.word, "--out", tmp_path / "m.html", clock=lambda: cut.then)

    assert code in (0, 1)
    assert out.startswith(f"As known at entry {cut.entry}")
    assert f"As known at entry {cut.entry}" in (tmp_path / "m.html").read_text(encoding="utf-8")
    assert cut.then.timestamp() * 10**6 - 10**6 < then.at <= cut.then.timestamp() * 10**6


def test_nothing_is_kept_of_a_look_back(cut: Cut) -> None:
    """A figure of then must never be found and taken for one of now."""
    sums = {each: each.read_bytes() for each in (cut.path / "sums").iterdir()}
    for command in ("contract", "promises"):
        said(command, "--home", cut.path, "--as-of", cut.word, clock=lambda: cut.then)

    assert sums == {each: each.read_bytes() for each in (cut.path / "sums").iterdir()}


def test_what_was_said_of_the_bill_is_no_part_of_the_past(cut: Cut) -> None:
    """It lies beside the ledger, and may have been another then."""
    terms = cut.path / "terms.json"
    terms.write_text('{"assumed": {"currency": "EUR", "price": 12300}}', encoding="utf-8")
    try:
        now, then = (said("recount", "--home", cut.path, *args, clock=lambda: cut.then)[1] for args in ((), ("--as-of", cut.word)))
    finally:
        terms.unlink()

    assert "EUR" in now
    assert "EUR" not in then.split("Whose rules", 1)[0]


def test_a_home_of_the_past_takes_nothing(cut: Cut) -> None:
    """Neither an event nor a decision; and its event store may never be mended by what it does not see."""
    with Ourword.open_home(cut.path, as_of=AsOf(entry=cut.entry)) as word:
        event = {"specversion": "1.0", "id": "x", "source": "s", "type": "t", "subject": "customer:c", "time": "2026-01-01T00:00:00Z"}
        for adds in (
            lambda: word.event(event),
            lambda: word.settle(now=FAR, targets=False),
            lambda: word.silent(keep=True),
            lambda: word.adopting.sign(CONTRACT, WIRING, by="omar"),
        ):
            with pytest.raises(HomeError) as refused:
                adds()
            assert "home.read-only" == refused.value.code
    with open_home(cut.path, write=False) as home:
        assert cut.last == home.last_seq()


def test_before_the_first_seal_no_event_is_known(cut: Cut) -> None:
    """Figures of contacts need events that the ledger vouches for; until then they are no data, and an error that says so."""
    code, out = said("report", "--home", cut.path, "--as-of", "entry:1", clock=lambda: cut.then)

    assert (4, "") == (code, out)


@pytest.mark.parametrize("wrong", ["entry:0", "entry:999999", "entry:", "entry:x", "x", "0"])
def test_python_refuses_what_is_no_entry(cut: Cut, wrong: str) -> None:
    with pytest.raises(UsageError) as refused:
        Ourword.open_home(cut.path, as_of=wrong)

    assert refused.value.place in ("as_of", wrong)


def test_a_contract_decides_nothing_in_the_past(cut: Cut) -> None:
    code, _ = said("serve", CONTRACT, WIRING, "--home", cut.path, "--as-of", cut.word, clock=lambda: cut.then)

    assert 64 == code


def test_serving_the_past_says_so(cut: Cut, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(serve_command, "listen", lambda app, listening: (listening.close(), shown.append(app.state.site.home.known_at)))
    code, out = said("serve", "--home", cut.path, "--port", 0, "--as-of", cut.word, clock=lambda: cut.then)

    assert (0, [cut.entry]) == (code, shown)
    assert out.startswith(f"As known at entry {cut.entry}")


def test_a_decision_of_later_is_not_known_then(cut: Cut) -> None:
    with open_home(cut.path, write=False) as home:
        latest = next(iter(home.latest_decisions())).value

    assert 2 == said("why", latest.decision_id, "--home", cut.path, "--as-of", cut.word, clock=lambda: cut.then)[0]
    with Ourword.open_home(cut.path, as_of=cut.word) as word, pytest.raises(LineError) as unknown:
        word.why(latest.decision_id)
    assert f"is known at entry {cut.entry}" in unknown.value.what
    assert unknown.value.hint.startswith("it was recorded later, or never")
    assert 0 == said("why", latest.decision_id, "--home", cut.path, clock=lambda: cut.then)[0]


def test_the_present_of_the_past_stands_still(cut: Cut) -> None:
    """Its clock is at the latest moment that its entries say, and never ahead of whoever looks."""
    with open_home(cut.path, at=cut.entry) as home:
        assert int(cut.then.timestamp() * 10**6) == home.clock() // 1000
    early = instant_from_text("2026-08-01T00:00:00Z") or 0
    with open_home(cut.path, at=cut.entry, clock=lambda: early) as home:
        assert early == home.clock()


def test_many_threads_read_one_past(cut: Cut) -> None:
    """The views are on the connection, whoever asks through it."""
    found: list[int] = []
    with open_home(cut.path, at=cut.entry) as home:
        readers = [threading.Thread(target=lambda: found.append(sum(1 for _ in home.log()))) for _ in range(8)]
        for each in readers:
            each.start()
        for each in readers:
            each.join()

    assert [cut.entry] * 8 == found
