"""The pages: a sentence, a picture, every decision; nothing that a customer wrote can act on them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.http.conftest import HERE

from ourword.app import Ourword
from ourword.core.answer import Answer
from ourword.deciding.told import Fact, Promised, Told
from ourword.http.links import SERVED
from ourword.http.listing import Listing, Page, Row
from ourword.http.pages.decisions import decision_page, list_page, sentence
from ourword.http.picture import bars
from ourword.http.server import make

KINDS = st.sampled_from(["refund", "cancel_order", "price-match"])
ANSWERS = st.sampled_from([answer.value for answer in Answer])
HOSTILE = '"><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>{{7*7}}&amp;'


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def seen(caller: TestClient, proposal: Any) -> TestClient:
    late = {**proposal, "decision_id": "rug", "facts": {**proposal["facts"], "reason": "changed_mind", "order_age": "41 days"}}
    bent = {**late, "decision_id": "bent", "by": "person", "answer": "allow", "because": "In hospital."}
    unknown = {**proposal, "decision_id": "odd", "facts": {"amount": "5.00 EUR", "stray": 1}}
    caller.post("/v1/decisions", json=[proposal, late, bent, unknown]).raise_for_status()
    return caller


def test_the_list_opens_with_a_sentence_and_shows_every_decision(seen: TestClient) -> None:
    """What happened, in words, then in a picture, then one by one."""
    html = seen.get("/decisions").text

    assert "<h1>Of 4 decisions, 2 were allowed, 1 was refused and 1 went to a person.</h1>" in html
    assert all(f'href="/decisions/{each}"' in html for each in ("lamp", "rug", "bent", "odd"))


def test_the_list_is_up_to_date(seen: TestClient, proposal: Any) -> None:
    """It reads what is new each time; nothing is cached beyond what can be rebuilt."""
    seen.get("/decisions")
    seen.post("/v1/decisions", json={**proposal, "decision_id": "later"})

    assert "Of 5 decisions" in seen.get("/decisions").text


def test_a_plain_form_filters_the_list(seen: TestClient) -> None:
    """Without JavaScript; what was chosen stays chosen."""
    html = seen.get("/decisions", params={"kind": "refund", "answer": "refuse"}).text

    assert ("/decisions/rug" in html, "/decisions/lamp" in html) == (True, False)
    assert '<option value="refuse" selected>' in html
    assert "1 of 4 decisions" in html


@pytest.mark.parametrize(
    "query", ["kind=nope", "answer=nope", "page=0", "page=-1", "page=99999999", "page=x", "page=²", "kind=" + "x" * 5000, f"kind={HOSTILE}"]
)
def test_whatever_is_asked_of_the_list_is_answered(seen: TestClient, query: str) -> None:
    """A link that somebody mangled still leads somewhere."""
    answer = seen.get(f"/decisions?{query}")

    assert 200 == answer.status_code
    assert "alert(1)" not in answer.text


def test_a_decision_shows_why_and_what_follows(seen: TestClient) -> None:
    """The answer, the clause, the words, what would have changed it, the facts, the owner, the entry."""
    html = seen.get("/decisions/rug").text

    for part in (
        "Refund: refused",
        "Do we refund this order, and how much?",
        "Refunds after a change of mind are automatic up to 30 days. (<code>too-late</code>)",
        "at most 30 days",
        "<dt>reason</dt><dd>changed_mind",
        "Mara Lind (mara)",
        "larkspur-care 3.2.0",
        "sha256:",
        "<dt>Entry</dt>",
    ):
        assert part in html


def test_a_promise_is_shown_with_its_due_time(seen: TestClient) -> None:
    """We owe it, and by then."""
    html = seen.get("/decisions/lamp").text

    assert "€48.00 back within 5 working days" in html
    assert "2026-11-30 10:00:00 UTC" in html


def test_what_was_only_observed_is_no_promise(examples: Path, tmp_path: Path, proposal: dict[str, Any]) -> None:
    """Its page says what would have been promised; the page of promises knows of none."""
    folder = examples / "larkspur-refund"
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=tmp_path / "trial", mode="observe") as word:
        word.decide(proposal)
        caller = TestClient(make(word), base_url=HERE)
        decision, promises = caller.get("/decisions/lamp").text, caller.get("/promises").text

    assert ("What would have been promised" in decision, "What was promised" in decision) == (True, False)
    assert "No promise is known here." in promises


def test_what_was_missing_and_what_nobody_reads_is_shown(seen: TestClient) -> None:
    """A decision on half the facts says so."""
    html = seen.get("/decisions/odd").text

    assert "What was missing" in html
    assert "<dt>order_age</dt><dd>not known" in html
    assert "nothing reads it" in html


def test_a_bend_shows_the_persons_reason(seen: TestClient) -> None:
    """Departures are seen, not hidden."""
    assert "A person departed from <code>too-late</code> (refuse): In hospital." in seen.get("/decisions/bent").text


def test_the_list_holds_nothing_personal(seen: TestClient) -> None:
    """It is made from entries alone; who looks for a customer opens a decision."""
    html = seen.get("/decisions").text

    assert "c-7" not in html
    assert "48.00" not in html


def test_an_unknown_decision_is_a_page_with_a_way_back(seen: TestClient) -> None:
    """404, in words."""
    answer = seen.get("/decisions/nope")

    assert (404, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert 'href="/"' in answer.text


def test_a_decision_can_still_be_read_without_its_contract(seen: TestClient, larkspur: Ourword) -> None:
    """Somebody deleted the kept contract: ids stand for words, and nothing breaks."""
    assert larkspur.home is not None
    for file in larkspur.home.path.glob("contracts/*/contract.yaml"):
        file.write_text("contract: other", encoding="utf-8")

    html = seen.get("/decisions/rug").text

    assert "<code>too-late</code>" in html
    assert 200 == seen.get("/decisions").status_code


def test_hostile_texts_stay_texts() -> None:
    """Every text of every field, in the list and on the page, escaped: no tag, no attribute, no template runs."""
    told = Told(
        **dict.fromkeys(("decision_id", "time", "kind", "owner", "contract", "digest", "question", "customer", "by", "answer", "headline"), HOSTILE),
        **dict.fromkeys(("because", "tell", "contact", "gate", "decided_by"), HOSTILE),
        **dict.fromkeys(("reasons", "near", "may_add", "missing", "unread", "signals", "objects"), (HOSTILE,)),
        **dict.fromkeys(("amended", "lineage", "confirmed"), ((HOSTILE, HOSTILE),)),
        seq=1,
        promises=(Promised(HOSTILE, HOSTILE, HOSTILE),),
        facts=(Fact(name=HOSTILE, value=HOSTILE, at=HOSTILE, notes=(HOSTILE,)),),
    )
    row = Row(1, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    page = Page(rows=(row,), number=1, pages=2, found=1, counts={(HOSTILE, "allow"): 1}, first=HOSTILE, last=HOSTILE)

    for html in (
        decision_page(told, links=SERVED, contract=HOSTILE),
        list_page(page, links=SERVED, contract=HOSTILE, place=HOSTILE, says=lambda _: HOSTILE, kind=HOSTILE, answer=HOSTILE),
    ):
        tags = _Tags(html).tags
        assert not [tag for tag, _ in tags if tag in ("script", "img", "iframe", "object", "style")]
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"]
        assert "49" not in html
        assert not [
            value
            for _, attributes in tags
            for name, value in attributes.items()
            if name in ("href", "src", "action") and not str(value).startswith("/") and value != "#main"
        ]


@given(st.dictionaries(st.tuples(KINDS, ANSWERS), st.integers(1, 10**6), min_size=1))
def test_the_picture_shows_each_decision_once(counts: dict[tuple[str, str], int]) -> None:
    """Shares sum to 100 %, counts to what was decided; the parts touch and none overlaps."""
    drawn = bars(counts)

    assert sum(counts.values()) == sum(bar.total for bar in drawn) == sum(part.count for bar in drawn for part in bar.parts)
    for bar in drawn:
        ends = [0.0, *(part.left + part.width for part in bar.parts)]
        assert all(abs(part.left - end) < 0.01 for part, end in zip(bar.parts, ends, strict=False))
        assert abs(100 - ends[-1]) < 0.01


@given(st.lists(st.tuples(KINDS, ANSWERS), max_size=40), st.integers(1, 7))
def test_paging_shows_each_decision_once(decided: list[tuple[str, str]], rows: int) -> None:
    """Newest first, none left out, none twice, whatever the page's size; and a filter finds exactly its own."""
    listing = Listing(lambda after: [entry for entry in entries if entry["seq"] > after])
    entries = [_entry(number, kind, answer) for number, (kind, answer) in enumerate(decided, 1)]
    first = listing.page(rows=rows)

    shown = [row.seq for number in range(1, first.pages + 1) for row in listing.page(number=number, rows=rows).rows]
    assert list(range(len(decided), 0, -1)) == shown
    refused = listing.page(answer="refuse", rows=100)
    assert [answer for _, answer in decided].count("refuse") == refused.found == len(refused.rows)


@given(st.dictionaries(st.tuples(KINDS, ANSWERS), st.integers(1, 50)))
def test_the_sentence_counts_everything_once(counts: dict[tuple[str, str], int]) -> None:
    """What was allowed, asked, refused and escalated is what was decided."""
    page = Page(rows=(), number=1, pages=1, found=0, counts=counts, first="", last="")
    numbers = [int(word.strip(",").replace(",", "")) for word in sentence(page).split() if word.strip(",").replace(",", "").isdigit()]

    assert numbers[1:] == [] if not counts else sum(numbers[1:]) == numbers[0] == page.total


def _entry(seq: int, kind: str, answer: str) -> dict[str, Any]:
    lineage = {"contract": "sha256:0"}
    return {
        "seq": seq,
        "type": "decision",
        "decision_id": f"d-{seq}",
        "time": "2026-11-23T10:00:00Z",
        "kind": kind,
        "answer": answer,
        "decided_by": "x",
        "lineage": lineage,
    }
