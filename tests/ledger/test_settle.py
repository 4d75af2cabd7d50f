"""How promises stand: laws over random promises and events, an oracle that thinks the other way round, and examples."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.core.event import Event
from ourword.core.span import Span
from ourword.ledger.owing import differences
from ourword.ledger.settle import DUE, Key, Owed, Repair, Source, Standing, Sum, settle
from ourword.ledger.standings import shares

SECOND = 10**9
END = 60

# ---- promises and events by chance: small, so that they meet ---------------------------------------------------------

_ORDERS = st.frozensets(st.sampled_from([("order", "1"), ("order", "2"), ("contact", "k")]), max_size=2)
_SUMS = st.none() | st.builds(Sum, st.integers(1, 3), st.just("EUR"), exactly=st.booleans())
_SILENCE = st.none() | st.builds(Span, st.integers(1, 20), st.just("second"))
_SOURCES = st.lists(st.builds(Source, st.sampled_from(["psp", "desk"]), _SILENCE), max_size=2)


@st.composite
def _owed(draw: st.DrawFn) -> list[Owed]:
    made = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, 30))
        due = start + draw(st.integers(0, 20))
        repair = draw(st.none() | st.builds(Repair, due=st.just((due + 10) * SECOND), amount=_SUMS))
        made.append(
            Owed(
                key=Key(f"d-{number // 2}", f"p-{number}"),
                made=start * SECOND,
                due=due * SECOND,
                kept_by=draw(st.sampled_from(["paid", "joined"])),
                objects=draw(_ORDERS),
                amount=draw(_SUMS),
                sources=tuple(draw(_SOURCES)),
                repair=repair,
            )
        )
    return made


@st.composite
def _event(draw: st.DrawFn, name: int) -> Event:
    data: dict[str, object] = {"amount": draw(st.sampled_from([1, 2, 3, 2.0, "0.02 EUR", "0.02 USD", None, True]))}
    if draw(st.booleans()):
        data["decision"] = draw(st.sampled_from(["d-0", "d-1", "d-2", "d-9"]))
    data["objects"] = [{"type": type_, "id": id_} for type_, id_ in sorted(draw(_ORDERS)) if type_ == "order"]
    if draw(st.booleans()):
        data["contact"] = "k"
    instant = draw(st.integers(0, END))
    type_ = draw(st.sampled_from(["paid", "joined", "credit.booked", "promise.repaired", "message.in"]))
    return Event(id=f"e-{name}", source=draw(st.sampled_from(["psp", "desk", "chat"])), type=type_, instant=instant * SECOND, data=data)


_EVENTS = st.integers(0, 8).flatmap(lambda count: st.tuples(*[_event(name) for name in range(count)])).map(list)
_NOW = st.integers(0, END).map(lambda at: at * SECOND)


# ---- laws ------------------------------------------------------------------------------------------------------------


@given(_owed(), _EVENTS, _NOW, st.randoms())
@settings(max_examples=tries(300))
def test_the_order_in_which_events_arrive_changes_nothing(owed, events, now, chance):
    """A customer's promise does not break because a message took another way; hearing it twice changes nothing either."""
    shuffled = [*events, *events[:2]]
    chance.shuffle(shuffled)
    mixed = chance.sample(owed, len(owed))

    assert settle(owed, sorted(events, key=lambda each: each.instant), now) == settle(mixed, shuffled, now)


@given(_owed(), _EVENTS, _NOW)
@settings(max_examples=tries(300))
def test_an_event_settles_one_promise_at_most(owed, events, now):
    """One refund does not keep two promises of a refund: repairs count with the rest."""
    stands = settle(owed, events, now).values()
    came = [each for each in stands if each.standing in (Standing.KEPT, Standing.LATE)]

    assert len(came) + sum(each.repaired is not None for each in stands) <= len(events)


@given(_owed(), _EVENTS, _NOW)
@settings(max_examples=tries(300))
def test_the_shares_of_due_promises_sum_to_all_that_are_due(owed, events, now):
    stands = settle(owed, events, now)
    due = [each for each in owed if stands[each.key].standing in DUE]
    share = shares(each.standing for each in stands.values())

    assert {each.key for each in owed if each.due < now} <= {each.key for each in due}
    assert (share is None) == (not due)
    assert share is None or 1 == sum(Fraction(part).limit_denominator(1000) for part in share.values())


@given(_owed(), _EVENTS, _EVENTS, _NOW, st.integers(0, END))
@settings(max_examples=tries(300))
def test_a_kept_promise_is_never_broken_by_more_events_or_more_time(owed, events, more, now, later):
    """What we did in time stays done in time, whatever is heard afterwards."""
    others = [Event(id=f"more-{each.id}", source=each.source, type=each.type, instant=each.instant, data=each.data) for each in more]
    kept = {key for key, stand in settle(owed, events, now).items() if stand.standing is Standing.KEPT}
    after = settle(owed, [*events, *others], now + later * SECOND)

    assert all(after[key].standing is Standing.KEPT for key in kept)


@given(_owed(), _EVENTS, _NOW, st.integers(0, END))
@settings(max_examples=tries(300))
def test_a_promise_that_came_late_or_was_answered_by_silence_stays_so(owed, events, now, later):
    """Falling silent afterwards hides nothing: a source that was heard after the due time has answered."""
    before = settle(owed, events, now)
    heard = {each.source: each.instant for each in sorted(events, key=lambda each: each.instant) if each.instant <= now}
    told = {each.key for each in owed if all(heard.get(source.name, -1) > each.due for source in each.sources)}
    after = settle(owed, [each for each in events if each.instant <= now], now + later * SECOND)

    assert all(after[key] == before[key] for key in told if before[key].standing in (Standing.LATE, Standing.BROKEN))


@given(_owed(), _EVENTS, _NOW)
@settings(max_examples=tries(300))
def test_a_source_that_said_no_time_within_which_it_is_heard_is_never_unknown(owed, events, now):
    stands = settle(owed, events, now)

    assert not any(stands[each.key].standing is Standing.UNKNOWN for each in owed if any(source.heard_within is None for source in each.sources))
    assert not any(stands[each.key].standing is Standing.UNKNOWN for each in owed if not each.sources)


# ---- an oracle -------------------------------------------------------------------------------------------------------


def oracle(owed: list[Owed], events: list[Event], now: int) -> dict[Key, tuple[str, int | None]]:
    """The other way round: each promise, the oldest first, looks for the earliest event that is still free.

    Both ways meet: the oldest promise and the earliest event that can keep it want each other most.
    """
    free = sorted((each for each in events if each.instant <= now), key=lambda each: (each.instant, each.source, each.id))
    found: dict[Key, tuple[str, int | None]] = {}
    for promise in sorted(owed, key=lambda each: (each.made, each.due, each.key.decision, each.key.promise)):
        event = next((each for each in free if fits(promise, each)), None)
        if event:
            free.remove(event)
            found[promise.key] = ("kept" if event.instant <= promise.due else "late", event.instant)
        elif promise.due >= now:
            found[promise.key] = ("open", None)
        else:
            found[promise.key] = ("unknown", None) if silent(promise, events, now) else ("broken", promise.due)
    return found


def fits(promise: Owed, event: Event) -> bool:
    if event.type != promise.kept_by:
        return False
    if "decision" in event.data:
        about = event.data["decision"] == promise.key.decision
    else:
        touched = {(each["type"], each["id"]) for each in event.data["objects"]} | ({("contact", "k")} if "contact" in event.data else set())
        about = bool(touched & promise.objects) and event.instant >= promise.made
    if promise.amount is None:
        return about
    minor = {"0.02 EUR": 2, "0.02 USD": None, None: None}.get(event.data["amount"], event.data["amount"])
    if type(minor) is not int:
        return False
    return about and (minor == promise.amount.minor if promise.amount.exactly else minor >= promise.amount.minor)


def silent(promise: Owed, events: list[Event], now: int) -> bool:
    def is_silent(source: Source) -> bool:
        if source.heard_within is None:
            return False
        times = [each.instant for each in events if each.instant <= now and (each.source == source.name or each.type == promise.kept_by)]
        return not times or (max(times) <= promise.due and now - max(times) > source.heard_within.count * SECOND)

    return bool(promise.sources) and all(is_silent(each) for each in promise.sources)


@given(_owed(), _EVENTS, _NOW)
@settings(max_examples=tries(600))
def test_promises_that_look_for_events_find_what_events_that_look_for_promises_find(owed, events, now):
    stands = settle(owed, events, now)

    assert oracle(owed, events, now) == {key: (each.standing.value, each.settled) for key, each in stands.items()}


# ---- examples --------------------------------------------------------------------------------------------------------

NOON = 12 * 3600 * SECOND
HOUR = 3600 * SECOND


def refund(decision: str = "d-1", **changes: object) -> Owed:
    parts: dict[str, object] = {"key": Key(decision, "money-back"), "made": NOON, "due": NOON + HOUR, "kept_by": "payment.refunded", **changes}
    return Owed(**parts)  # type: ignore[arg-type]


def paid(id_: str = "e-1", *, at: int | None = NOON + 1, source: str = "psp", **data: object) -> Event:
    return Event(id=id_, source=source, type="payment.refunded", instant=at, subject="customer:c-1", data=data or {"decision": "d-1"})


def standing(owed: Owed, *events: Event, now: int = NOON + 100 * HOUR) -> str:
    return settle([owed], events, now)[owed.key].standing.value


@pytest.mark.parametrize(
    ("at", "expected"),
    [(NOON + HOUR, "kept"), (NOON + HOUR + 1, "late"), (NOON - 5, "kept"), (NOON + 101 * HOUR, "broken"), (None, "unknown")],
    ids=["at the due time", "a moment after", "the payment's clock is behind", "has not happened yet", "nobody said when"],
)
def test_when_a_refund_comes_decides_whether_it_was_kept(at, expected):
    assert expected == standing(refund(), paid(at=at))


def test_a_promise_is_open_until_its_due_time_is_over():
    assert ("open", "broken") == (standing(refund(), now=NOON + HOUR), standing(refund(), now=NOON + HOUR + 1))


@pytest.mark.parametrize(
    ("amount", "exactly", "expected"),
    [
        ("20.00 EUR", False, "kept"),
        (2000, False, "kept"),
        ("25.00 EUR", False, "kept"),
        ("25.00 EUR", True, "broken"),
        ("19.99 EUR", False, "broken"),
        ("20.00 USD", False, "broken"),
        ("20.001 EUR", False, "broken"),
        (2000.0, False, "broken"),
        (20.0, True, "broken"),
        (True, False, "broken"),
        (None, False, "broken"),
    ],
)
def test_an_amount_that_is_too_small_or_is_no_amount_keeps_no_promise(amount, exactly, expected):
    """A customer who was promised 20 EUR and got 19.99, or a float, did not get what was promised."""
    assert expected == standing(refund(amount=Sum(2000, "EUR", exactly=exactly)), paid(decision="d-1", amount=amount))


def test_one_refund_keeps_the_oldest_of_two_promises_about_an_order():
    first, second = (refund(each, objects=frozenset({("order", "o-9")}), made=NOON + at) for at, each in enumerate(("d-2", "d-1")))
    stands = settle([second, first], [paid(objects=[{"type": "order", "id": "o-9", "role": "about"}], at=NOON + 5)], NOON + 2 * HOUR)

    assert ("kept", "broken") == (stands[first.key].standing, stands[second.key].standing)


def test_an_event_that_names_another_decision_keeps_no_promise_by_its_order():
    assert "broken" == standing(refund(objects=frozenset({("order", "o-9")})), paid(decision="d-7", objects=[{"type": "order", "id": "o-9"}]))


def test_another_customers_refund_keeps_no_promise_though_the_product_is_the_same():
    assert "broken" == standing(refund(customer="c-2", objects=frozenset({("product", "lamp")})), paid(objects=[{"type": "product", "id": "lamp"}]))


def test_a_refund_from_before_the_promise_keeps_it_only_when_it_names_the_decision():
    """Last month's refund of the same order is not this one."""
    assert "broken" == standing(refund(objects=frozenset({("order", "o-9")})), paid(at=NOON - HOUR, objects=[{"type": "order", "id": "o-9"}]))


def test_when_the_payment_provider_is_silent_we_do_not_know():
    """Silence of a source is no broken promise, and no kept one."""
    waits = refund(sources=(Source("psp", Span(2, "hour")),))
    before = paid("other", at=NOON + HOUR - 1, decision="d-5")
    just = paid("other", at=NOON + HOUR, decision="d-5")
    after = paid("other", at=NOON + HOUR + 1, decision="d-5")

    assert ("unknown", "unknown") == (standing(waits), standing(waits, just))
    assert ("broken", "unknown") == (standing(waits, before, now=NOON + 2 * HOUR), standing(waits, before, now=NOON + 3 * HOUR))
    assert "broken" == standing(waits, after), "it was heard after the due time and had nothing to say about this refund"
    assert "kept" == standing(waits, before, paid())


def test_a_broken_promise_is_repaired_when_its_repair_is_kept_and_stays_broken():
    with_repair = refund(repair=Repair(due=NOON + 10 * HOUR, amount=Sum(1000, "EUR")))

    def repaired(*events: Event) -> tuple[str, bool]:
        stand = settle([with_repair], events, NOON + 100 * HOUR)[with_repair.key]
        return stand.standing.value, stand.repaired is not None

    def credit(at: int, amount: str = "10.00 EUR") -> Event:
        return Event(id="c", source="shop", type="credit.booked", instant=at, data={"decision": "d-1", "amount": amount})

    assert ("broken", True) == repaired(credit(NOON + 5 * HOUR))
    assert ("broken", False) == repaired(credit(NOON + 11 * HOUR)), "the repair itself came too late"
    assert ("broken", False) == repaired(credit(NOON + 5 * HOUR, "9.99 EUR"))
    assert ("broken", False) == repaired(credit(NOON)), "a credit from before it broke repairs nothing"
    assert ("late", False) == repaired(credit(NOON + 5 * HOUR), paid(at=NOON + 6 * HOUR)), "repaired is noted beside broken only"


def test_a_credit_that_kept_one_promise_repairs_no_other():
    """Ten euros are paid once: as what was promised, or to make good what was broken."""
    order = frozenset({("order", "o-9")})
    credited = refund("d-2", kept_by="credit.booked", objects=order, due=NOON + 9 * HOUR)
    broken = refund("d-1", objects=order, repair=Repair(due=NOON + 10 * HOUR, amount=Sum(1000, "EUR")))
    data = {"objects": [{"type": "order", "id": "o-9"}], "amount": "10.00 EUR"}
    stands = settle([broken, credited], [Event(id="c", source="shop", type="credit.booked", instant=NOON + 5 * HOUR, data=data)], NOON + 99 * HOUR)

    assert ("kept", "broken", None) == (stands[credited.key].standing, stands[broken.key].standing, stands[broken.key].repaired)


def test_only_the_customer_lets_us_off_a_promise():
    def release(actor: str) -> Event:
        data = {"decision": "d-1", "promise": "money-back", "actor": actor}
        return Event(id="r", source="chat", type="promise.released", instant=NOON + 1, data=data)

    assert ("released", "broken") == (standing(refund(), release("customer")), standing(refund(), release("automation")))


def test_what_is_recorded_as_kept_stays_when_its_event_is_not_handed_in_again():
    """Settling with a file of new events forgets nothing, and does not spend a new refund on an old promise."""
    order = frozenset({("order", "o-9")})
    first = refund("d-1", objects=order, recorded=Standing.KEPT, settled=NOON + 3)
    second = refund("d-2", objects=order, made=NOON + 10)
    stands = settle([first, second], [paid(at=NOON + 20, objects=[{"type": "order", "id": "o-9"}])], NOON + 2 * HOUR)

    assert ("kept", NOON + 3) == (stands[first.key].standing, stands[first.key].settled)
    assert "kept" == stands[second.key].standing


@pytest.mark.parametrize(
    ("confirmed", "executed", "expected"),
    [
        ({"amount": "20.00 EUR"}, {"amount": "20.00 EUR"}, ()),
        ({"amount": "20.00 EUR"}, {"amount": "25.00 EUR"}, ("amount",)),
        ({"item": 1}, {"item": True}, ("item",)),
        ({"item": 1}, {}, ("item",)),
        ({}, {"item": 1}, ("item",)),
        (None, {"item": 1}, ()),
        ({"item": 1}, None, ("args",)),
    ],
)
def test_what_was_executed_is_held_against_what_was_confirmed(confirmed, executed, expected):
    """The customer said yes to one thing; every argument that differs is named. Without a yes there is nothing to compare."""
    assert expected == differences(confirmed, executed)
