"""Who has no file yet: a fictional shop's export to try, and the guides that say how to get one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.start.shop import HERE, give, read_all, tickets

from ourword.cli.start import example
from ourword.demo.exports.__main__ import RICHEST, VENDORS, main
from ourword.http.start.app import close, make
from ourword.http.start.guides import GUIDES, guide, html_of
from ourword.starting.run import Start


@pytest.fixture
def caller(start: Start) -> Iterator[TestClient]:
    app = make(start, example=lambda vendor, to: example(vendor, to, contacts=60))
    with TestClient(app, base_url=HERE) as client:
        yield client
    close(app)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_fictional_shop_can_be_tried_first(caller: TestClient, start: Start, vendor: str) -> None:
    """Whoever has no file yet sees what they would get, without a terminal; the truth is not among the files."""
    assert f'value="{vendor}"' in caller.get("/start").text
    caller.post("/start/example", data={"vendor": vendor})
    assert "Go on with these files" in caller.get("/start/progress").text

    assert {f"larkspur-{name}" for name in RICHEST[vendor]} == {each.name for each in start.kept.files}
    assert "resolved" in read_all(caller).text
    assert "Try it first" not in caller.get("/start").text, "fictional files never come to lie among one's own"
    caller.post("/start/remove", data={"name": "*"})
    assert ((), []) == (start.kept.files, list(start.files.iterdir()))


def test_among_own_files_no_fictional_ones_are_offered(caller: TestClient, start: Start) -> None:
    """And a vendor that is none gives nothing."""
    give(caller, "tickets.csv", tickets())
    caller.post("/start/example", data={"vendor": "../x"})

    assert "Try it first" not in caller.get("/start").text
    assert ["tickets.csv"] == [each.name for each in start.kept.files]


def test_all_that_lies_in_an_exports_folder_may_be_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`truth.json` lay among the files, and was dropped with them; Intercom's form took 168 MB, ten times the others."""
    assert 0 == main(["intercom", str(tmp_path / "exported")])
    said = capsys.readouterr().out

    assert not list((tmp_path / "exported").glob("*truth*"))
    assert str(tmp_path / "exported-truth.json") in said
    assert (tmp_path / "exported-truth.json").is_file()
    assert sum(each.stat().st_size for each in (tmp_path / "exported").iterdir()) < 30_000_000


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_a_link_and_a_page(caller: TestClient, name: str) -> None:
    """The names of guides led nowhere."""
    assert f'href="/start/guides/{name}"' in caller.get("/start").text
    page = caller.get(f"/start/guides/{name}").text
    shown = re.sub(r"<(?:pre|code)>.*?</(?:pre|code)>", "", page, flags=re.DOTALL)

    assert guide(name).splitlines()[0].removeprefix("# ") in page
    assert "Back to the files" in page
    assert [] == re.findall(r"\*\*|\]\(|\|---|^#", shown, flags=re.MULTILINE)


def test_a_guide_that_is_none_leads_back(caller: TestClient) -> None:
    """No name chooses a file."""
    assert "Drop your export here" in caller.get("/start/guides/..%2F..%2Fpyproject").text


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_numbers_go_on_where_they_were() -> None:
    """A contract's sentences are numbered through: “5.” below a heading is no “1.”."""
    html = html_of("## The way\n\n5. A person comes.\n6. Soon.\n\n## More\n\n7. Yes.", below=2)

    assert '<ol start="5">\n<li>A person comes.</li>\n<li>Soon.</li>\n</ol>' in html
    assert '<ol start="7">' in html
    assert "<h4>The way</h4>" in html


@given(st.text(st.sampled_from("ab<>&|-#*`[]()1. \n\"'") | st.characters(), max_size=200))
def test_whatever_a_guide_holds_its_page_is_whole(text: str) -> None:
    """Every tag is ours, and is closed."""
    tags = _Tags()
    tags.feed(html_of(text))
    tags.close()

    assert [] == tags.open
    assert tags.seen <= {"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "pre", "code", "strong", "em", "a", "br"} | {
        "table", "thead", "tbody", "tr", "th", "td"
    }  # fmt: skip
