"""Answers as people write them are taken, and those that were given are not asked for twice."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.start.shop import HERE, give, read_all, tickets

from ourword.core.zones import zone_said, zones
from ourword.helpdesks.questions import price_of
from ourword.http.start import here
from ourword.http.start.app import close, make
from ourword.starting.run import Start


@given(st.sampled_from(zones()), st.sampled_from([str, str.lower, str.upper, lambda name: name.replace("_", " ")]))
def test_a_zone_is_known_by_its_name_and_by_its_place(zone: str, written: object) -> None:
    """“Berlin” was refused, by a field that began as UTC."""
    assert callable(written)
    for name in (zone, zone.rpartition("/")[2]):
        found = zone_said(written(name))
        assert found.lower().rpartition("/")[2] == zone.lower().rpartition("/")[2]
        assert ZoneInfo(found).key == found


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_zone_or_none(text: str) -> None:
    found = zone_said(text)

    assert not found or ZoneInfo(found).key == found


@given(cents=st.integers(0, 99_999), sign=st.sampled_from(["€", "EUR", "eur"]), comma=st.sampled_from(",."), gap=st.sampled_from(["", " "]))
def test_a_price_is_read_as_people_write_it(cents: int, sign: str, comma: str, gap: str) -> None:
    """“0,99 €” was no price."""
    amount = f"{cents // 100}{comma}{cents % 100:02}"

    assert [(cents, "EUR")] * 2 == [price_of(f"{amount}{gap}{sign}"), price_of(f"{sign}{gap}{amount}")]
    assert price_of(amount) is None
    assert price_of(f"{sign}{amount}{sign}") is None


def test_the_page_offers_zones_and_begins_with_the_computers(caller: TestClient, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever exports where they work has the file in the zone of their computer."""
    monkeypatch.setenv("TZ", "Europe/Vienna")
    give(caller, "tickets.csv", tickets())
    caller.post("/start/look")
    page = caller.get("/start/questions").text
    read_all(caller, zone="mez", price="0,99 €")

    assert 'value="Europe/Vienna"> <span class="soft">guessed: this computer&#39;s own' in page
    assert '<option value="Europe/Berlin">' in page
    assert ("Europe/Berlin", "0,99 €") == (start.answers().zone, start.answers().price)
    assert "guessed: this computer" not in caller.get("/start/questions").text


def test_a_computer_that_says_nothing_is_in_utc(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(here, "_by_link", lambda: "")
    monkeypatch.setattr(here, "_by_name", lambda: "Middle Earth")

    assert here.zone_here() == "UTC"
    monkeypatch.setattr(here, "_by_link", lambda: "Etc/UTC")
    assert here.zone_here() == "UTC"


def test_answers_of_a_page_from_before_a_restart_are_taken(caller: TestClient, start: Start) -> None:
    """The page stood open, Ourword was started anew, and what was answered was asked again as guessed."""
    give(caller, "tickets.csv", tickets())
    again = make(Start(start.folder))
    with TestClient(again, base_url=HERE) as client:
        client.post("/start/questions", data={"zone": "Berlin", "same": "customer", "solved": "Solved", "price": "2 €"})
    close(again)
    said = Start(start.folder).answers()

    assert ("Europe/Berlin", "customer", "2 €") == (said.zone, said.same, said.price)


def test_a_file_that_is_left_out_and_given_again_has_its_answers(caller: TestClient, start: Start) -> None:
    """The price and the zone were asked for anew; another file takes over only what is the company's own."""
    give(caller, "tickets.csv", tickets())
    read_all(caller, zone="Berlin", price="0,99 €", same="customer")
    caller.post("/start/remove", data={"name": "tickets.csv"})
    give(caller, "tickets.csv", tickets())
    again = start.answers()
    caller.post("/start/remove", data={"name": "tickets.csv"})
    give(caller, "others.csv", tickets(20))
    other = start.answers()

    assert ("Europe/Berlin", "0,99 €", "customer") == (again.zone, again.price, again.same)
    assert ("Europe/Berlin", "0,99 €", "kind") == (other.zone, other.price, other.same)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata", "UTC"])
def test_times_are_shown_by_the_clock_that_was_answered(caller: TestClient, zone: str) -> None:
    """A ticket of 23:30 was shown as one of the next day: whoever looks it up in the helpdesk finds another time there."""
    give(caller, "tickets.csv", tickets().replace(b" 10:00:00", b" 23:30:00").replace(b" 12:00:00", b" 23:45:00"))
    found = read_all(caller, zone=zone).text
    listed, one = (caller.get(path).text for path in ("/contacts?metric=claimed_resolution", "/contacts/1"))

    assert "from 1 September 2026 to 10 September 2026" in found
    assert f'data-label="Began ({zone})" class="nowrap">2026-09-01 23:30' in listed
    assert "2026-09-01 23:45" in one
    for page in (found, listed, one, caller.get("/recount").text, caller.get("/").text):
        assert page.count(f"Times that name no zone are those of {zone}.") == (zone != "UTC")
        assert (zone == "UTC") or ":45 UTC" not in page
    paper = caller.get("/recount/one-page").text
    assert "as of 2026-09-10 23:45" + (" UTC" if zone == "UTC" else f" ({zone})") in paper
