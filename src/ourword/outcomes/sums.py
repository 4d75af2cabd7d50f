"""Many sums over contacts at once, by kind × version × segment and within each customer: exact integers, in one pass a level.

Counting 35 metrics for each customer in each group takes 70 counters; here they lie side by side in a few 64-bit words, so that one addition
adds up several. A counter is as wide as the busiest customer needs, so none runs over. Customers whose counters are equal are counted
together, and a customer who stayed in the same segments is spread over them only at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WORD_BITS = 62
SEGMENTS_MAX = 60
"""A contact's segments are the bits of one number."""


class Counters(msgspec.Struct, frozen=True):
    """Conditions over a row of `became` (alias `c`), each with its place: so many bits in so many words."""

    conditions: tuple[str, ...]
    bits: int

    @property
    def a_word(self) -> int:
        """How many counters lie in one word."""
        return WORD_BITS // self.bits

    @property
    def words(self) -> int:
        """How many words they take."""
        return -(-len(self.conditions) // self.a_word)

    def packed(self) -> Iterator[str]:
        """Each word of one contact: a sum of ones at the places of the conditions that hold.

        >>> list(Counters(("c.a = 1", "c.b = 1"), 4).packed())
        ['CASE WHEN c.a = 1 THEN 1 ELSE 0 END + CASE WHEN c.b = 1 THEN 16 ELSE 0 END']
        """
        for first in range(0, len(self.conditions), self.a_word):
            some = self.conditions[first : first + self.a_word]
            yield " + ".join(f"CASE WHEN {each} THEN {2 ** (i * self.bits)} ELSE 0 END" for i, each in enumerate(some))

    def at(self, condition: str) -> str:
        """A counter out of its word.

        >>> Counters(("c.a = 1", "c.b = 1"), 4).at("c.b = 1")
        '((w0 >> 4) & 15)'
        """
        word, place = divmod(self.conditions.index(condition), self.a_word)
        return f"((w{word} >> {place * self.bits}) & {2**self.bits - 1})"

    def total(self, condition: str) -> str:
        """How many contacts a condition holds for, over all customers."""
        return f"CAST(SUM(times * {self.at(condition)}) AS BIGINT)"

    def sums(self, numerator: str, denominator: str) -> str:
        """The six sums that an interval is made of (`intervals.Sums`), with y and n for a customer's counts."""
        y, n = self.at(numerator), self.at(denominator)
        some = f"CAST(SUM(CASE WHEN {n} > 0 THEN times ELSE 0 END) AS BIGINT)"
        squares = (f"CAST(SUM(times * {one} * {other}) AS BIGINT)" for one, other in ((y, y), (y, n), (n, n)))
        return ", ".join((self.total(numerator), self.total(denominator), some, *squares))


def add_up(connection: DuckDBPyConnection, conditions: Sequence[str], *, by_kind_alone: bool = False) -> Counters:
    """Make `added`: `kind`, `version`, `segment`, the words of a customer's counters there, and how many customers have just these (`times`).

    After `watch`; *by_kind_alone* leaves versions and segments at `*`. A contact whose customer nobody could match is a customer of its own.
    """
    counters = Counters(tuple(dict.fromkeys(conditions)), _bits(connection))
    words = ", ".join(f"w{i}" for i in range(counters.words))
    _number_segments(connection, not by_kind_alone)
    _count_contacts(connection, counters, not by_kind_alone)
    shape = "kind VARCHAR, version VARCHAR, segment VARCHAR, mask BIGINT, times BIGINT, " + words.replace(",", " BIGINT,") + " BIGINT"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE folded ({shape})")
    sums = ", ".join(f"CAST(SUM(c.w{i}) AS BIGINT) AS w{i}" for i in range(counters.words))
    for version in ("'*'",) if by_kind_alone else ("'*'", "p.version"):
        for whole in (0, 1):  # a quarter at a time, so that a quarter of the memory does
            for query in (_STEADY, _MOVED):
                connection.execute(query.format(words=words, sums=sums, version=version, whole=whole))
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW added AS SELECT kind, version, segment, times, {words} FROM folded "
        f"UNION ALL SELECT f.kind, f.version, n.segment, f.times, {words} FROM folded AS f JOIN numbered_segments AS n ON (f.mask & n.bit) <> 0"
    )
    return counters


_STEADY = """
INSERT INTO folded SELECT kind, version, '*', mask, COUNT(*), {words} FROM (
  SELECT p.kind, {version} AS version, c.mask, {sums} FROM places AS p JOIN counted AS c ON c.contact = p.contact
  WHERE p.whole = {whole} AND c.steady GROUP BY p.kind, {version}, c.mask, c.customer
) GROUP BY kind, version, mask, {words}
"""
_MOVED = """
INSERT INTO folded SELECT kind, version, segment, 0, COUNT(*), {words} FROM (
  SELECT p.kind, {version} AS version, s.segment, {sums} FROM places AS p JOIN counted AS c ON c.contact = p.contact
  JOIN (SELECT contact, segment FROM segments UNION ALL SELECT contact, '*' AS segment FROM facts) AS s ON s.contact = p.contact
  WHERE p.whole = {whole} AND NOT c.steady GROUP BY p.kind, {version}, s.segment, c.customer
) GROUP BY kind, version, segment, {words}
"""


def _bits(connection: DuckDBPyConnection) -> int:
    """So many bits that nobody's count runs over."""
    found = connection.execute("SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM became WHERE subject IS NOT NULL GROUP BY subject) AS each").fetchone()
    return max(int(found[0] if found and found[0] else 1), 1).bit_length()


def _number_segments(connection: DuckDBPyConnection, segments: bool) -> None:
    """Give each segment a bit, while there are few enough; with more, every customer counts as one who moved."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE numbered_segments AS SELECT segment, CAST(1 AS BIGINT) << CAST(place AS INTEGER) AS bit FROM ("
        "SELECT segment, ROW_NUMBER() OVER (ORDER BY segment) - 1 AS place, COUNT(*) OVER () AS among FROM (SELECT DISTINCT segment FROM segments)) "
        f"WHERE among <= {SEGMENTS_MAX if segments else 0}"
    )


def _count_contacts(connection: DuckDBPyConnection, counters: Counters, segments: bool) -> None:
    """Each contact's words, its customer, the segments it was in, and whether all contacts of this customer were in the same."""
    words = ", ".join(f"{word} AS w{i}" for i, word in enumerate(counters.packed()))
    few = connection.execute("SELECT COUNT(*) FROM numbered_segments").fetchone() != (0,)
    if few:
        connection.execute(_MASKS)
        connection.execute(_MOVERS)
        of = "COALESCE(m.mask, 0) AS mask, v.subject IS NULL AS steady"
        joined = "LEFT JOIN masks AS m ON m.contact = c.contact LEFT JOIN movers AS v ON v.subject = c.subject"
    else:
        of, joined = "CAST(0 AS BIGINT) AS mask, " + ("(SELECT COUNT(*) = 0 FROM segments)" if segments else "true") + " AS steady", ""
    customer = "CASE WHEN c.subject IS NULL THEN 2 * c.contact + 1 ELSE 2 * c.subject END AS customer"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE counted AS SELECT c.contact, {customer}, {of}, {words} FROM became AS c {joined}")


_MASKS = """
CREATE OR REPLACE TEMP TABLE masks AS
SELECT s.contact, BIT_OR(n.bit) AS mask FROM segments AS s JOIN numbered_segments AS n ON n.segment = s.segment GROUP BY s.contact
"""
_MOVERS = """
CREATE OR REPLACE TEMP TABLE movers AS SELECT each.subject FROM (
  SELECT c.subject, MIN(COALESCE(m.mask, 0)) AS least, MAX(COALESCE(m.mask, 0)) AS most
  FROM became AS c LEFT JOIN masks AS m ON m.contact = c.contact WHERE c.subject IS NOT NULL GROUP BY c.subject
) AS each WHERE each.least <> each.most
"""
