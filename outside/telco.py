"""Check: who stayed with a telephone company, by contract; times made up from the months that its table gives (see the mapping)."""

from __future__ import annotations

import csv
import tempfile
from fractions import Fraction
from pathlib import Path

from ourword.core.time import instant_from_text
from ourword.figures.watched import watched
from ourword.outcomes.contacts import Asked
from ourword.outcomes.metrics import Row, report, rows_behind
from ourword.outcomes.staying import STAYING
from outside.measured import Measured
from outside.through import into_home

TABLE = "Telco-Customer-Churn.csv"
MONTH_DAYS = 30
LEFT = 0.2654
MONTH_TO_MONTH = 0.703


def telco(shared: Path) -> list[Measured]:
    """Import the table; survival at 12 months by contract, and how many left at all."""
    file = shared / "telco-churn" / TABLE
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        told = into_home(home, [(file, "telco-churn.yaml")])[0]
        year = survival(home, days=12 * MONTH_DAYS)
        always = gone(home)
    customers = _table(file)
    found = [Measured("telco.rows-read", told.rows, told.rows, ("==", 7043), (f"{told.skipped} skipped",)), always]
    for segment, row in sorted(year.items()):
        by_hand = float(product_limit([each for each in customers if segment in ("*", f"contract={each['Contract']}")], months=12))
        notes = (f"95 % interval {row.low:.3f} to {row.high:.3f}", f"by hand, in fractions: {by_hand:.6f}")
        agrees = abs((row.value or 0) - by_hand) < 1e-9
        found.append(Measured(f"telco.survival-12-months.{segment}", round(row.value or 0, 4), row.n, None, notes))
        found.append(Measured(f"telco.survival-12-months.{segment}.as-by-hand", int(agrees), row.n, ("==", 1)))
    monthly = round(year["contract=Month-to-month"].value or 0, 3)
    return [*found, Measured("telco.month-to-month-at-12-months", monthly, year["contract=Month-to-month"].n, ("==", MONTH_TO_MONTH))]


def survival(home: Path, *, days: int) -> dict[str, Row]:
    """Who is still there after so many days: for all, and by contract."""
    with watched(home, Asked(window_days=days, as_of=_end())) as connection:
        rows = [row for row in report(connection, metrics=STAYING) if row.metric == "survival" and (row.kind, row.version) == ("*", "*")]
    return {row.segment: row for row in rows if row.segment == "*" or row.segment.startswith("contract=")}


def gone(home: Path) -> Measured:
    """Who left at all, of all who were followed."""
    with watched(home, Asked(window_days=3650, as_of=_end())) as connection:
        left, among = (len(rows_behind(connection, "survival", part=part)) for part in ("numerator", "denominator"))
    return Measured("telco.left", round(left / among, 4), among, ("==", LEFT))


def product_limit(customers: list[dict[str, str]], *, months: int) -> Fraction:
    """Kaplan and Meier's estimate by hand, month by month."""
    value = Fraction(1)
    for month in range(1, months + 1):
        at_risk = sum(int(each["tenure"]) >= month for each in customers)
        left = sum(int(each["tenure"]) == month and each["Churn"] == "Yes" for each in customers)
        value *= 1 - Fraction(left, at_risk)
    return value


def _table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _end() -> int:
    instant = instant_from_text("2020-01-01T00:00:00Z")
    assert instant is not None
    return instant // 1000
