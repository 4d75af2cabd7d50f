"""The bill takes for granted what its reader says, and nothing that cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ourword.cli.recount import given_from
from ourword.errors import UsageError
from ourword.outcomes.bill import UNSAID, Assumed
from ourword.stores.terms import Terms


def test_where_nothing_is_said_nothing_is_taken_for_granted() -> None:
    assert UNSAID == given_from([]).assumed


def test_what_is_said_stands_before_what_was_said_of_the_home() -> None:
    """One amount is another today; the others stay."""
    terms = Terms(assumed=Assumed(currency="EUR", price=Decimal("1.20"), saving_a_contact=(300, 400)))
    found = given_from(["saving_a_contact=5"], terms).assumed

    assert Assumed(currency="EUR", price=Decimal("1.20"), saving_a_contact=(500, 500)) == found


def test_each_assumption_can_be_named_with_one_amount_or_two() -> None:
    found = given_from(["saving_a_contact=3", "customer_lost=120..80", "customers_lost=2..9", "invoice=1200.50", "currency=EUR"]).assumed

    assert ((300, 300), (8000, 12000), (2, 9)) == (found.saving_a_contact, found.customer_lost, found.customers_lost)
    assert (120_050, "EUR") == (found.invoice, found.currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "saving",
        "savings=3",
        "saving_a_contact=",
        "harder_work=-1",
        "customers_lost=2.5",
        "invoice=many",
        "harder_work=1e99",
        "price=",
        "currency=XX",
    ],
)
def test_what_cannot_be_read_is_one_error_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as found:
        given_from([text])

    assert "--assume" == found.value.place
    assert found.value.hint
