"""Every number on a page opens exactly the rows counted in it: walked link by link, as a reader would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient
from tests.board.lived import NOW_NS, lived_home, take

from ourword.figures.board import board
from ourword.figures.raising import raise_missed
from ourword.http.links import SERVED
from ourword.http.pages.signals import asking
from ourword.http.server import close, make
from ourword.ledger.signals import Signal
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"
NUMBER = re.compile(r"\d[\d,]*")
SHARE = re.compile(r"(over |under )?(\d+(?:\.(\d+))?) %")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six hundred contacts: enough that promises were broken and targets missed, so that signals ask."""
    path = lived_home(tmp_path_factory.mktemp("links") / "home", contacts=600)
    with open_home(path) as opened:
        assert raise_missed(opened, NOW_NS)
    return path


@pytest.fixture(scope="module")
def caller(home: Path) -> Iterator[TestClient]:
    with open_home(home) as opened:
        app = make(None, home=opened)
        yield TestClient(app, base_url=HERE)
        close(app)


class _Anchors(HTMLParser):
    """The links of a page and what stands on each, without what is for screen readers alone."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "rel" not in given:  # not the next page of the same rows
            self.found.append((given.get("href") or "", ""))
            self._open = True
        self._unseen = self._unseen or given.get("class") == "unseen"

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"
        self._unseen = self._unseen and tag != "span"

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen:
            address, text = self.found[-1]
            self.found[-1] = address, text + data.replace("\xa0", " ")


def _links(page: str) -> list[tuple[str, str]]:
    """The links to rows: where each leads, and what stands on it."""
    parser = _Anchors()
    parser.feed(page.partition("<main")[2])
    return [(address, text.strip()) for address, text in parser.found if address.startswith(("/contacts?", "/promises?"))]


def _listed(page: str) -> int:
    """How many rows a list says that it has."""
    found = re.search(r"<h1>([\d,]+) contacts?:|<caption[^>]*>([\d,]+) promises?", page)
    if found is None:
        assert "No promise fits." in page
        return 0
    return int((found[1] or found[2]).replace(",", ""))


def _pages(caller: TestClient) -> list[str]:
    signals = [f"/signals/{each['id']}" for each in caller.get("/v1/signals").json()]
    return ["/", "/recount", "/recount?rule=zendesk", "/promises", "/promises?standing=owed", "/signals", "/coherence", *signals]


def _agrees(shown: str, counted: int, whole: int) -> bool:
    """Whether a share that is shown is this one, to its last digit."""
    found = SHARE.fullmatch(shown)
    assert found is not None
    share, step = 100 * counted / whole, 10 ** -len(found[3] or "")
    if found[1]:
        return share > float(found[2]) if found[1] == "over " else share < float(found[2])
    return abs(share - float(found[2])) <= step / 2 + 1e-9


def test_every_number_opens_as_many_rows_as_it_counts(caller: TestClient) -> None:
    """Every link to rows on every page with figures: a number that opens other rows than it counted is worse than none."""
    wrong, walked = [], 0
    known: dict[str, int] = {}
    for path in _pages(caller):
        links = _links(caller.get(path).text)
        for at, (address, text) in enumerate(links):
            if address not in known:
                known[address] = _listed(caller.get(address).text)
            counted = known[address]
            walked += 1
            if SHARE.fullmatch(text):
                whole = NUMBER.findall(links[at + 1][1])  # its n stands beside it, and is walked too
                right = links[at + 1][1].startswith("n = ") and _agrees(text, counted, int(whole[0].replace(",", "")))
            elif numbers := NUMBER.findall(text):
                right = len(numbers) == 1 and counted == int(numbers[0].replace(",", ""))
            else:
                right = text in ("Open the promise", "Open what misses it") and counted > 0
            if not right:
                wrong.append((path, address, text, counted))

    assert [] == wrong
    assert walked > 250


def test_the_shares_of_a_promise_are_of_that_promise_alone(caller: TestClient) -> None:
    """A kind makes several promises: a link that names its kind alone opens the other promises too."""
    tallied = {address: text for address, text in _links(caller.get("/promises").text) if "standing=kept" in address}

    assert all("promise=" in address for address in tallied)
    assert len(tallied) == len({(re.search(r"kind=(\w+)&promise=([\w-]+)", each) or [""])[0] for each in tallied})


def _signals(caller: TestClient) -> tuple[Signal, ...]:
    return tuple(caller.app.state.site.figures.signals())  # type: ignore[attr-defined]


def _behind(caller: TestClient, about: str, what: str) -> list[dict[str, Any]]:
    signal = next(each for each in _signals(caller) if (each.of.about, each.of.what) == (about, what))
    address = asking((signal,), {}, SERVED)[0].behind
    path, _, query = address.partition("?")
    rows = caller.get(f"/v1{path}?{query.partition('#')[0]}&limit=10000").json()
    return list(rows if isinstance(rows, list) else rows["contacts"])


def test_a_missed_band_opens_all_that_did_not_stay(caller: TestClient, home: Path) -> None:
    """Not those alone who came back: who gave up, and to whom a promise was not kept, did not stay resolved either."""
    opened = _behind(caller, "target", "stayed_resolved at_least")
    row = board(home).row("stayed_resolved", "refund")
    outcomes = {each["outcome"] for each in opened}

    assert row is not None
    assert row.value is not None
    assert round(row.n * (1 - row.value)) == len(opened)
    assert {"came back", "gave up"} < outcomes
    assert not outcomes & {"quiet: we do not know", "confirmed by the customer"}


def test_a_target_that_may_be_at_most_so_much_opens_what_exceeds_it(caller: TestClient) -> None:
    """The come-backs themselves, within the target's own days."""
    opened = _behind(caller, "target", "came_back at_most")

    assert {"came back"} == {each["outcome"] for each in opened}


def test_what_was_answered_before_is_not_opened_again(caller: TestClient) -> None:
    """A signal that came back is about what came after the answer: a link to the older rows would ask twice for the same."""
    target = next(each for each in _signals(caller) if each.of.about == "target")
    again = msgspec.structs.replace(target, before=1_794_441_600 * 10**9)

    assert "since=2026-11-12T00%3A00%3A00Z" in asking((again,), {})[0].behind


def test_a_contact_that_counts_in_another_kind_says_why(caller: TestClient) -> None:
    """A return with a goodwill decision in it counts in goodwill: shown as a return alone it looks like a mistake."""
    page = caller.get("/contacts?metric=quiet&kind=goodwill").text
    kinds = set(re.findall(r'data-label="Kind">([^<]+)<', page))

    assert kinds
    assert all(each == "Goodwill" or each.endswith(", with a goodwill decision") for each in kinds)
    assert any(", with" in each for each in kinds)


def test_a_group_with_the_longest_name_opens_its_contacts(tmp_path: Path) -> None:
    """Names and values of a hundred characters each are taken in: cut at two hundred, their group opened nothing."""
    path = lived_home(tmp_path / "home", contacts=30)
    name, value = "n" * 100, "v" * 100
    event = {"specversion": "1.0", "source": "chat", "subject": "customer:long", "time": "2026-10-01T10:00:00Z"}
    told = [
        {**event, "id": "h0", "type": "customer.updated", "data": {"attributes": {name: value}}},
        {**event, "id": "h1", "type": "contact.opened", "data": {"contact": "k-long", "kind": "k" * 100}},
        {**event, "id": "h2", "type": "message.in", "data": {"contact": "k-long", "actor": "customer"}},
    ]
    take(path, told)
    row = board(path).row("gave_up", segment=f"{name}={value}")
    with open_home(path) as opened:
        app = make(None, home=opened)
        caller = TestClient(app, base_url=HERE)
        page = caller.get(SERVED.behind(row)) if row else None
        close(app)

    assert row is not None
    assert page is not None
    assert (1, 1) == (row.n, _listed(page.text))


@pytest.mark.parametrize(
    "query", ["standing=perhaps", "metric=came_back", "metric=nope", "part=half", "since=31.09.2026", "signal=s-0", "signal=nope"]
)
def test_promises_that_cannot_be_asked_for_are_refused_on_the_page_as_over_http(caller: TestClient, query: str) -> None:
    """A page that shows all promises instead would be believed."""
    page, answered = caller.get(f"/promises?{query}"), caller.get(f"/v1/promises?{query}")

    assert (400, 400) == (page.status_code, answered.status_code)
    assert query.partition("=")[0] == answered.json()["place"]
    assert "What you can do" in page.text
