"""A newcomer in a real browser, without JavaScript and without a terminal: open, drop, answer six questions, read the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.serving import served
from tests.start.shop import tickets

from ourword.http.start.app import close, make
from ourword.starting.run import Start

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["start", "start/questions", "start/found", "start/contract", "start/progress", "start/ask", "start/guides/zendesk", "start/contract/written"]
PAGES += ["recount", ""]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make(Start(tmp_path_factory.mktemp("start") / "Ourword")), close) as place:
        yield place


@pytest.fixture(scope="module")
def read(browser: Any, address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Go the whole way once by keyboard alone; give the sentence."""
    file = tmp_path_factory.mktemp("export") / "tickets.csv"
    file.write_bytes(tickets())
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(60_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.set_input_files("#files", str(file))
    for button in ("Add", "That is all: ask me"):
        page.get_by_role("button", name=button, exact=True).press("Enter")
    page.get_by_role("link", name="Go on to the questions").press("Enter")
    page.get_by_role("checkbox", name="Solved").check()
    page.get_by_label("An amount and its currency").fill("0.99 USD")
    page.get_by_role("button", name="Read my files").press("Enter")
    page.get_by_role("link", name="See what they say").press("Enter")
    sentence: str = page.inner_text("h1")
    page.get_by_role("link", name="Call customers back").press("Enter")
    page.get_by_label("How many customers").fill("3")
    page.get_by_role("button", name="Draw by lot").press("Enter")
    assert page.get_by_role("link", name="Save the list").is_visible()
    page.goto(f"{address}start/contract")
    page.get_by_label("The person who answers for this contract").fill("Mara Lind")
    for name in ("Owner", "Came back within 30 days, of 100 at most"):
        for field in page.get_by_label(name, exact=True).all():
            field.fill("20" if name.startswith("Came") else "Omar Haddad")
    page.get_by_role("button", name="Write the contract").press("Enter")
    assert page.get_by_role("heading", name="What comes next").is_visible()
    context.close()
    assert {address.rstrip("/")} == {"/".join(each.split("/")[:3]) for each in asked}
    return sentence


def test_a_newcomer_reads_the_sentence(read: str) -> None:
    """No terminal, no script, no other host: a file in, a sentence out."""
    assert "resolved" in read


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(browser: Any, address: str, read: str, path: str, scheme: str) -> None:
    """Contrast, labels, landmarks, headings: in both colour schemes, narrow and wide."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no browser check: install axe-playwright-python").Axe()
    found = []
    for width in (320, 1280):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(address + path)
        answer = axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        found += [(width, each["id"], [node["html"] for node in each["nodes"]]) for each in answer.response["violations"]]
        context.close()

    assert [] == found


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_and_targets_are_large_enough(browser: Any, address: str, read: str, path: str) -> None:
    """At 320 px nothing scrolls sideways, and what is pressed is at least 24 px."""
    context = browser.new_context(viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.goto(address + path)
    small = (
        "[...document.querySelectorAll('a:not(.skip), button, select, input:not([type=radio]):not([type=checkbox]):not([type=hidden])')]"
        ".filter(e => !e.closest('p')).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
        ".filter(([_, r]) => r.width < 24 || r.height < 24).map(([html]) => html)"
    )
    seen = page.evaluate("document.documentElement.scrollWidth"), page.evaluate(small)
    context.close()

    assert (320, []) == seen
