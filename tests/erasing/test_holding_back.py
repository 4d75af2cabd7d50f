"""While the law wants something kept, nobody can erase it by mistake; and whoever tries is told who says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.erasing.shop import BEFORE, BEN, NOW, NS, ZORA, found_in

from ourword.app import Ourword
from ourword.errors import LineError
from ourword.ledger.entry import Hold, entry_bytes, instant_text
from ourword.ledger.holds import held
from ourword.ledger.store import Entry
from ourword.rights.exporting import export

DAY = 24 * 3600 * 10**9
WHY = "Case 7 O 12/26, until the court has decided."


def opened(home: Path, at: datetime = NOW) -> Ourword:
    return Ourword.open_home(home, clock=lambda: at)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["held", "released"]), st.none() | st.integers(1, 9)), max_size=12), st.integers(0, 20)
)
def test_what_was_said_last_stands_until_its_day(said: list[tuple[str, str, int | None]], at: int) -> None:
    """Neither an older word nor one that is over holds anybody."""
    entries = []
    for number, (sub, standing, days) in enumerate(said):
        until = {} if days is None or standing == "released" else {"until": instant_text((number + days) * DAY)}
        entries.append(Entry(number + 1, entry_bytes(Hold(time=instant_text(number * DAY), sub=sub, standing=standing, by="mara", **until))))
    stand = held(entries, now=at * DAY)

    for sub in "ab":
        last = next(((number, each) for number, each in reversed(list(enumerate(said))) if each[0] == sub), None)
        expected = last is not None and last[1][1] == "held" and (last[1][2] is None or last[0] + last[1][2] > at)
        assert expected == (sub in stand)


def test_who_is_held_is_not_erased(home: Path) -> None:
    """The refusal names who holds, and since when; nothing is touched."""
    with opened(home) as ourword:
        ourword.customers.hold(ZORA, by="mara", because=WHY)
        before = list(ourword.log())
        with pytest.raises(LineError) as refused:
            ourword.customers.erase(ZORA)

        assert ("erase.held", 2) == (refused.value.code, refused.value.exit_code)
        assert f"`{ZORA}` may not be erased: mara holds what is kept on them since 2026-11-26" == refused.value.what
        assert before == list(ourword.log())
        assert ourword.customers.export(ZORA)["decisions"]


def test_one_person_is_held_under_each_of_their_ids(home: Path) -> None:
    """Erasing goes by persons; so does what forbids it."""
    with opened(home) as ourword:
        ourword.customers.hold(BEFORE, by="mara", because=WHY)
        with pytest.raises(LineError, match="mara holds"):
            ourword.customers.erase(ZORA)
        assert ourword.customers.erase(BEN).new


def test_a_hold_ends_when_it_is_released_or_its_day_is_over(home: Path) -> None:
    with opened(home) as ourword:
        ourword.customers.hold(ZORA, by="mara", because=WHY)
        ourword.customers.hold(BEN, by="mara", because=WHY, until=date(2026, 11, 30))
        ourword.customers.release(ZORA, by="omar")
        assert ourword.customers.standing(ZORA) is None
        assert ourword.customers.erase(ZORA).new
    with opened(home, NOW + timedelta(days=4)) as ourword, pytest.raises(LineError, match="until 2026-12-01"):
        ourword.customers.erase(BEN)
    with opened(home, NOW + timedelta(days=5)) as ourword:
        assert ourword.customers.erase(BEN).new


def test_why_they_were_held_goes_with_them(home: Path) -> None:
    """A reason names a case, and a case names a person: it lies under the customer's key, never in the log."""
    with opened(home) as ourword:
        assert ourword.home is not None
        ourword.customers.hold(ZORA, by="mara", because=WHY)
        ourword.customers.release(ZORA, by="omar", because="The court has decided.")
        told = export(ourword.home, ZORA, now=NS)["holds"]
        boxes = [ourword.home.store.beside(each["entry"]) or b"" for each in told]
        assert [("held", "mara", WHY), ("released", "omar", "The court has decided.")] == [(e["standing"], e["by"], e["because"]) for e in told]
        assert all(boxes)
        ourword.customers.erase(ZORA)

    assert [] == found_in(home, [*boxes, WHY.encode()])


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"customer": "nobody"}, "hold.customer"),
        ({"by": " "}, "hold.by"),
        ({"because": "  "}, "hold.because"),
        ({"until": date(2026, 11, 25)}, "hold.until"),
    ],
)
def test_a_hold_that_says_too_little_is_refused(home: Path, given_: dict[str, object], code: str) -> None:
    told: dict[str, object] = {"customer": ZORA, "by": "mara", "because": WHY, **given_}
    with opened(home) as ourword, pytest.raises(LineError) as refused:
        ourword.customers.hold(**told)  # type: ignore[arg-type]

    assert code == refused.value.code


def test_what_nobody_holds_is_not_released_and_who_is_erased_is_not_held(home: Path) -> None:
    with opened(home) as ourword:
        with pytest.raises(LineError, match="nothing holds"):
            ourword.customers.release(ZORA, by="mara")
        ourword.customers.erase(ZORA)
        with pytest.raises(LineError, match="they were erased"):
            ourword.customers.hold(ZORA, by="mara", because=WHY)
