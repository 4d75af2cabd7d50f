"""The page to forward to a CEO: one A4, the same numbers as everywhere, every figure with its source and what it assumes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.board.lived import lived_home

from ourword.cli.main import run
from ourword.http.server import close, make
from ourword.outcomes.vendors import vendor_rules
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_home(tmp_path_factory.mktemp("one-page") / "home", contacts=250)


@pytest.fixture(scope="module")
def caller(place: Path) -> Iterator[TestClient]:
    with open_home(place, create=False) as home:
        app = make(None, home=home)
        yield TestClient(app, base_url=HERE)
        close(app)


@pytest.mark.parametrize("rule", [each.id for each in vendor_rules()])
def test_its_numbers_are_those_of_the_recount(caller: TestClient, rule: str) -> None:
    """Who forwards it is asked about it by somebody with the other door open."""
    page = caller.get(f"/recount/one-page?rule={rule}").text
    row = next(each for each in caller.get("/v1/recount").json() if each["kind"] == "*" and each["rule"] == rule)
    shown = re.findall(r'data-label="How many">([\d,]+)<', page)

    assert [f"{row[name]:,}" for name in ("claimed", "confirmed", "quiet", "came_back", "gave_up", "promise_broken")] == shown


def test_every_figure_has_its_source_and_what_it_assumes(caller: TestClient) -> None:
    """A number without either is an opinion."""
    page = caller.get("/recount/one-page?rule=zendesk&saving_a_contact_low=3&saving_a_contact_high=5&price=1.5&currency=EUR").text

    for words in (
        "as published on 2026-05-18, read on 2026-11-25",
        "Source: https://support.zendesk.com",
        "3.00 to 5.00 each",
        "your price: 1.50",
        "95 % interval",
        "made-up shop",
    ):
        assert words in page
    assert page.count("What it takes for granted") > 2


def test_the_file_is_the_page_and_asks_nobody(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`ourword recount --html FILE`: forwarded as a file, opened anywhere."""
    file = tmp_path / "recount.html"

    assert run(["recount", "--home", str(place), "--html", str(file), "--rule", "zendesk", "--assume", "invoice=1200"]) == 0
    text = file.read_text(encoding="utf-8")
    assert "1,200" in text
    assert not re.findall(r'(?:src|href)="(?!#)[^"]', text)
    assert str(file) in capsys.readouterr().out


def test_a_rule_that_nobody_has_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One clear error with what there is."""
    assert run(["recount", "--home", str(place), "--rule", "nope"]) == 64
    assert "zendesk" in capsys.readouterr().err


@pytest.mark.browser
@pytest.mark.parametrize("rule", ["zendesk", "own", "intercom"])
def test_it_prints_on_one_sheet(place: Path, tmp_path: Path, chromium: str, rule: str) -> None:
    """One A4, as it is called; counted in the PDF that a browser makes."""
    playwright: Any = pytest.importorskip("playwright.sync_api", reason="no browser driver: install playwright")
    file = tmp_path / "recount.html"
    run(["recount", "--home", str(place), "--html", str(file), "--rule", rule])
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"file://{file}")
        pdf = page.pdf(prefer_css_page_size=True)
        browser.close()

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
