"""The pages in a real browser: narrow and wide, light and dark, without JavaScript, for those who see, and those who do not.

axe (axe-core, through the package axe-playwright-python) looks for what machines can find of WCAG 2.2 A and AA; our own checks
add what it lacks: reflow, the size of targets, visible focus, requests to other hosts, JavaScript switched off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from tests.board.lived import lived_home
from tests.serving import served

from ourword.app import Ourword
from ourword.cli.main import run
from ourword.demo.proposals import proposals
from ourword.http.server import close, make
from ourword.http.written import write_pages

pytestmark = pytest.mark.browser

PAGES = [
    *("", "recount", "recount/one-page", "recount?rule=zendesk&customer_lost_low=a+lot", "promises", "promises?standing=owed", "promises?kind=nope"),
    *("promises?metric=promises_kept&kind=refund", "contacts?metric=stayed_resolved&kind=goodwill&part=rest"),
    *("contacts?metric=came_back", "contacts?rule=intercom&outcome=quiet", "contacts?metric=nope", "contacts/1", "contacts/0"),
    *("contract", "signals", "signals/s-0", "coherence", "decisions", "decisions?kind=nope"),
    *("decisions/demo-refuse", "decisions/demo-boundary", "decisions/nope"),
]
SCHEMES = ["light", "dark"]
WIDTHS = [320, 1280]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = lived_home(tmp_path_factory.mktemp("browser") / "home", contacts=250)
    with as_file(files("ourword.demo")) as ours, Ourword.open(ours / "contract.yaml", ours / "wiring.yaml", home=home) as ourword:
        lines = proposals(datetime(2026, 11, 23, 10, tzinfo=UTC))
        assert not [each for each in ourword.decide_lines(map(msgspec.json.encode, lines), batch=256) if "error" in each]
        assert ourword.home is not None
        write_pages(ourword.home, home / "demo" / "page")
        with served(make(ourword), close) as place:
            yield place


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    contexts = []

    def opened(path: str, *, scheme: str = "light", width: int = 1280, **more: Any) -> Any:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.goto(path if "://" in path else address + path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Any, path: str, scheme: str) -> None:
    """Contrast, labels, landmarks, headings, names, tables: in both colour schemes, narrow and wide."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no browser check: install axe-playwright-python").Axe()
    found = []
    for width in WIDTHS:
        answer = axe.run(visit(path, scheme=scheme, width=width), options={"runOnly": {"type": "tag", "values": TAGS}})
        found += [(width, each["id"], [node["html"] for node in each["nodes"]]) for each in answer.response["violations"]]

    assert [] == found


@pytest.mark.parametrize("width", [320, 768])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_or_scrolls_sideways(visit: Any, path: str, width: int) -> None:
    """WCAG 1.4.10: at 320 px, which is also 1280 px at 400 %, everything is there without scrolling in two directions."""
    page = visit(path, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [] == page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()"
        " && !e.closest('thead')).map(e => e.outerHTML.slice(0, 90))"
    )


@pytest.mark.parametrize("path", PAGES)
def test_no_text_is_squeezed_into_a_column_of_letters(visit: Any, path: str) -> None:
    """A caption in a table made of blocks once stood letter below letter at 320 px: nothing scrolled, and nobody could read it."""
    squeezed = (
        "[...document.querySelectorAll('main *')].filter(e => !e.closest('svg, thead, select, .unseen'))"
        ".filter(e => e.innerText?.length > 3 && e.checkVisibility())"
        ".filter(e => e.getBoundingClientRect().width < 24).map(e => e.outerHTML.slice(0, 90))"
    )

    assert [] == visit(path, width=320).evaluate(squeezed)


@pytest.mark.parametrize("path", PAGES)
def test_targets_are_large_enough(visit: Any, path: str) -> None:
    """WCAG 2.5.8: 24 by 24 px, links within a sentence apart."""
    small = (
        "[...document.querySelectorAll('a:not(.skip), button, select')].filter(e => !e.closest('p'))"
        ".map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()]).filter(([_, r]) => r.width < 24 || r.height < 24).map(([html]) => html)"
    )

    assert [[], []] == [visit(path, width=width).evaluate(small) for width in WIDTHS]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_focus_is_seen_wherever_it_goes(visit: Any, scheme: str) -> None:
    """Who uses the keyboard must see where they are: the way to the content first, then everything in its order."""
    page = visit("decisions", scheme=scheme)
    seen = []
    for _ in range(14):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("(e => [e.tagName, getComputedStyle(e).outlineStyle, e.getBoundingClientRect().left >= 0])(document.activeElement)")
        )

    assert [["A", "solid", True]] * 8 + [["SELECT", "solid", True]] * 2 + [["BUTTON", "solid", True]] == seen[:11]
    assert all(each == ["A", "solid", True] for each in seen[11:])


def test_no_page_asks_another_host_for_anything(visit: Any, address: str) -> None:
    """Not a font, not a picture: who looks at a customer's decision is nobody else's business."""
    for path in PAGES:
        asked: list[str] = []
        page = visit("healthz")
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(address + path)

        assert {urlsplit(address).netloc} == {urlsplit(each).netloc for each in asked}
        assert [] == page.evaluate("[...document.scripts].map(e => e.outerHTML)")


def test_everything_works_without_javascript(visit: Any) -> None:
    """Choose, show, open, go back, turn the page: plain links and a plain form."""
    page = visit("decisions", java_script_enabled=False)
    page.get_by_label("Kind of decision", exact=True).select_option("refund")
    page.get_by_label("Answer", exact=True).select_option("refuse")
    page.get_by_role("button", name="Show").click()
    assert "kind=refund&answer=refuse" in page.url
    assert "refund" == page.get_by_label("Kind of decision", exact=True).input_value()

    page.get_by_role("link", name="Open entry").first.click()
    assert "Refund: refused" == page.get_by_role("heading", level=1).inner_text()

    page.get_by_role("link", name="All decisions").click()
    page.get_by_role("link", name="Earlier decisions").click()

    assert page.get_by_text("Page 2 of").count()


def test_a_number_opens_its_contacts_and_their_words(visit: Any) -> None:
    """From Monday's picture to what one customer wrote, without JavaScript."""
    page = visit("", java_script_enabled=False)
    page.get_by_text("The same in numbers").click()
    number = page.locator("details a").first
    share = number.inner_text()
    number.click()
    assert "contacts: the customer said that it was solved" in page.get_by_role("heading", level=1).inner_text()
    assert share.endswith("%")

    page.locator("td a").first.click()
    assert page.get_by_role("heading", name="What happened, in order").count()
    assert "solved" in page.locator(".lead").inner_text()


def test_a_form_keeps_what_was_typed(visit: Any) -> None:
    """Who mistypes one of ten amounts types one again, not ten."""
    page = visit("recount", java_script_enabled=False)
    page.get_by_text("Fill in your own amounts").click()
    page.locator("#saving_a_contact_low").fill("3.50")
    page.locator("#saving_a_contact_high").fill("four")
    page.get_by_role("button", name="Reckon again").click()

    assert ["3.50", "four"] == [page.locator(f"#saving_a_contact_{end}").input_value() for end in ("low", "high")]
    assert "`four`".strip("`") in page.get_by_role("alert").inner_text()


def test_the_report_keeps_its_style_from_a_file(visit: Any, address: str, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """Its policy allows the one style sheet that is inside, named by its digest, and axe finds nothing in it either."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no browser check: install axe-playwright-python").Axe()
    home = next(tmp_path_factory.getbasetemp().glob("browser*/home"))
    assert 0 == run(["report", "--home", str(home), "--html", str(tmp_path / "report.html")])
    said: list[str] = []
    page = visit("healthz")
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "report.html").as_uri())

    assert visit("").evaluate("getComputedStyle(document.body).backgroundColor") == page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert [] == said
    assert [] == [each["id"] for each in axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]]


def test_the_recount_is_one_page_on_paper(visit: Any) -> None:
    """To be forwarded: what is printed has no forms and no bar."""
    page = visit("recount")
    page.emulate_media(media="print")

    assert not page.locator("form:visible, nav:visible").count()


def test_the_written_pages_look_the_same_from_a_file(visit: Any, address: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`demo --once` and an archive: opened from the disk, with style, and with links that lead somewhere."""
    index = next(tmp_path_factory.getbasetemp().glob("browser*/*/demo/page/index.html"))
    page = visit(index.as_uri())

    assert visit("").evaluate("getComputedStyle(document.body).backgroundColor") == page.evaluate("getComputedStyle(document.body).backgroundColor")
    for name in ("Recount", "Promises", "Decisions"):
        page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        assert page.get_by_role("heading", level=1).count()
    page.get_by_role("link", name="Open entry").first.click()
    assert page.get_by_role("heading", level=1).count()
    page.get_by_role("link", name="All decisions").click()
    page.get_by_role("link", name="Our word", exact=True).click()
    assert page.url == index.as_uri()
