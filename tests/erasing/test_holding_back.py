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


ROLES = st.sampled_from(["mara", "tom", "omar"])
SAID = st.lists(st.tuples(st.sampled_from("ab"), ROLES, st.sampled_from(["held", "released"]), st.none() | st.integers(1, 9)), max_size=12)


def entries_of(said: list[tuple[str, str, str, int | None]], of: bool = True) -> list[Entry]:
    """An entry a day; a release ends the role's own hold, and says so where *of*."""
    entries = []
    for day, (sub, by, standing, days) in enumerate(said):
        more = {"until": instant_text((day + days) * DAY)} if days is not None and standing == "held" else {}
        more |= {"of": by} if of and standing == "released" else {}
        entries.append(Entry(day + 1, entry_bytes(Hold(time=instant_text(day * DAY), sub=sub, standing=standing, by=by, **more))))
    return entries


@given(SAID, st.integers(0, 20))
def test_of_each_role_what_it_said_last_stands_until_its_day(said: list[tuple[str, str, str, int | None]], at: int) -> None:
    """What another role says of the same customer changes nothing of that."""
    stand = held(entries_of(said), now=at * DAY)

    for sub in "ab":
        expected = set()
        for role in ("mara", "tom", "omar"):
            last = next(((day, each) for day, each in reversed(list(enumerate(said))) if each[:2] == (sub, role)), None)
            if last is not None and last[1][2] == "held" and (last[1][3] is None or last[0] + last[1][3] > at):
                expected.add(role)
        assert expected == {each.by for each in stand.get(sub, ())}
        assert all(stand.values())
        assert sorted(each.seq for each in stand.get(sub, ())) == [each.seq for each in stand.get(sub, ())]


@given(SAID)
def test_an_older_release_ends_one_hold_at_most(said: list[tuple[str, str, str, int | None]]) -> None:
    """It did not say whose: one's own, else the latest, which is what whoever released was shown."""
    for count in range(1, len(said) + 1):
        sub, by, standing, _ = said[count - 1]
        before, after = (held(entries_of(said[:each], of=False), now=(count - 1) * DAY).get(sub, ()) for each in (count - 1, count))
        if standing == "released":
            own = [each for each in before if each.by == by]
            assert after == tuple(each for each in before if each not in (own or before[-1:]))


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
        ourword.customers.release(ZORA, by="mara")
        assert ourword.customers.standing(ZORA) == ()
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
        ourword.customers.release(ZORA, by="omar", of="mara", because="The court has decided.")
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


def test_each_role_holds_for_itself(home: Path) -> None:
    """Two cases: whoever closes theirs does not know of the other, and must not let the customer be erased."""
    with opened(home) as ourword:
        ourword.customers.hold(ZORA, by="mara", because="Case A.")
        ourword.customers.hold(ZORA, by="tom", because="Case B.", until=date(2026, 11, 30))
        with pytest.raises(LineError, match=r"mara holds what is kept on them since 2026-11-26, and tom since 2026-11-26 until 2026-12-01\n"):
            ourword.customers.erase(ZORA)
        assert "tom" == ourword.customers.release(ZORA, by="tom").by
        with pytest.raises(LineError, match="mara holds"):
            ourword.customers.erase(ZORA)
        with pytest.raises(LineError, match=f"tom holds nothing that is kept on `{ZORA}`: mara does") as refused:
            ourword.customers.release(ZORA, by="tom")
        assert "hold.of" == refused.value.code
        assert ["mara"] == [each.by for each in ourword.customers.standing(ZORA)]
        ourword.customers.release(ZORA, by="mara")
        assert ourword.customers.erase(ZORA).new


def test_who_has_left_is_stood_in_for_by_name_and_with_a_reason(home: Path) -> None:
    """Else a hold of somebody who is gone would stand for ever; the entry names both."""
    with opened(home) as ourword:
        assert ourword.home is not None
        ourword.customers.hold(ZORA, by="mara", because=WHY)
        ourword.customers.hold(ZORA, by="tom", because=WHY)
        with pytest.raises(LineError, match="who ends another's hold says why"):
            ourword.customers.release(ZORA, by="tom", of="mara")
        with pytest.raises(LineError, match="omar holds nothing"):
            ourword.customers.release(ZORA, by="tom", of="omar", because="She has left.")
        assert "mara" == ourword.customers.release(ZORA, by="tom", of="mara", because="She has left.").by
        assert ["tom"] == [each.by for each in ourword.customers.standing(ZORA)]
        told = export(ourword.home, ZORA, now=NS)["holds"][-1]
        assert ("released", "tom", "mara", "She has left.") == (told["standing"], told["by"], told["of"], told["because"])
