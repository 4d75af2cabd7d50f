"""The contract as values: what the people who answer to customers signed, and how the engineer wired it.

Lifecycle: two files are read into a `Draft`, which may have flaws; `check` turns a sound draft into a `Contract`, which
has a digest and whose conditions are type-checked; the gate is compiled from a `Contract` only.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from ourword.cel.types import Type
from ourword.contract.unary import UnaryTest
from ourword.core.answer import Answer
from ourword.core.span import Span

if TYPE_CHECKING:
    from ourword.cel.check import Checked

Text = dict[str, str]
"""What is said, by language code. A plain string in the file is the text in every declared language; `check` refuses it where customers hear it."""


DUE = "due"
"""The room in a promise's words for when it is due, where no fact is called so."""

ITEMS_MAX = 10_000
"""Items of a list or map in a fact; more count as unknown."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Condition(msgspec.Struct, frozen=True):
    """CEL source text and where it stands (`contract.yaml:41:18`)."""

    text: str
    place: str


class Amount(_Value, frozen=True, kw_only=True):
    """An amount of money as written, `0.40 EUR` or `0.40 EUR per contact`."""

    minor: int
    currency: str
    per: str = ""


# ---- the relationship ----------------------------------------------------------------------------------------------


class Open(_Value, frozen=True, kw_only=True):
    """A choice not made yet: who owes it, and until when."""

    by: str
    until: date


class Choice(_Value, frozen=True, kw_only=True):
    """A tension decided (`choose`), with what we give up for it; or left open with a name and a date."""

    name: str
    choose: str = ""
    limits: dict[str, str | float | Amount | Span] = {}
    open: Open | None = None
    place: str


class Intent(_Value, frozen=True, kw_only=True):
    """A sentence we mean, and the dotted keys of the contract that carry it; none means words only."""

    say: Text
    carried_by: tuple[str, ...] = ()
    place: str


class WayToAPerson(_Value, frozen=True, kw_only=True):
    """How a customer reaches a person: within so many steps, within a wait, at a desk."""

    steps: int
    wait: Span | None = None
    desk: str = ""


class Telling(_Value, frozen=True, kw_only=True):
    """What every customer is told."""

    automated: str = ""
    reasons: int = 1
    what_would_change: bool = False
    cannot: Text | None = None


class Relationship(_Value, frozen=True, kw_only=True):
    intent: tuple[Intent, ...] = ()
    choices: tuple[Choice, ...] = ()
    person: WayToAPerson | None = None
    tell: Telling
    segments: tuple[str, ...] = ()
    fairness: dict[str, str | float] | None = None
    holdout: float = 0.0
    """Share of customers, 0 to 1, whose decisions people take in kinds that `explore`."""


# ---- people --------------------------------------------------------------------------------------------------------


class Person(_Value, frozen=True, kw_only=True):
    """A person or a desk that the contract names."""

    id: str
    name: str = ""
    role: Literal["owner", "desk"]
    contact: str = ""
    hours: str = ""
    """Desk hours as written: `Mon-Sun 08:00-22:00`, several parted by `; `; empty means always."""
    place: str


class Incentive(_Value, frozen=True, kw_only=True):
    who: str
    paid_for: str
    rate: str = ""
    guarded_by: str = ""
    place: str


# ---- a kind of decision --------------------------------------------------------------------------------------------


class Then(_Value, frozen=True, kw_only=True):
    """What a clause answers; `ask` names facts, `amend` gives each fact's new value as a condition-language expression."""

    answer: Answer
    ask: tuple[str, ...] = ()
    amend: tuple[tuple[str, Condition], ...] = ()


class Clause(_Value, frozen=True, kw_only=True):
    """A sentence first; then when it applies, and what it answers."""

    id: str
    say: Text
    when: Condition
    then: Then
    final: bool = False
    basis: str = ""
    owner: str = ""
    contest: Span | None = None
    place: str


class Boundary(_Value, frozen=True, kw_only=True):
    """What never happens; read last, against the final answer. Its `say` is for staff."""

    id: str
    say: Text
    when: Condition
    place: str


class PromiseRule(_Value, frozen=True, kw_only=True):
    """A promise that the gate mints when `when` holds for the final answer."""

    id: str
    when: Condition
    say: Text
    kept_by: str
    amount: Literal["", "equals", "at_least"] = ""
    within: Span
    working: str = ""
    """A desk id: the time counts that desk's hours only."""
    repair: dict[str, object] | None = None
    place: str


class Escalation(_Value, frozen=True, kw_only=True):
    to: str
    carry: tuple[str, ...] = ()
    if_nobody: tuple[tuple[Span, str], ...] = ()


class Target(_Value, frozen=True, kw_only=True):
    metric: str
    within: Span
    bounds: dict[str, float] = {}
    """`at_least`, `at_most` or `not_below_holdout_by`, each a share."""
    place: str


class Example(_Value, frozen=True, kw_only=True):
    """A decision and what we expect of it; what is `None` or empty is not expected to be so or so."""

    name: str
    given: dict[str, object]
    at: datetime | None = None
    by: str = ""
    """`person` or a person's id; empty: automation."""
    their_answer: Answer | None = None
    because: str = ""
    answer: Answer
    decided_by: str = ""
    amended: dict[str, object] | None = None
    asked: tuple[str, ...] | None = None
    promises: tuple[str, ...] | None = None
    place: str


class Row(_Value, frozen=True, kw_only=True):
    """A row of a decision table: the clause that it became, and what each of its cells asks."""

    id: str
    tests: dict[str, UnaryTest]
    """Fact -> its test; what may be anything is not there."""
    outcome: tuple[tuple[str, str], ...]
    """Column and text of what it answers, without its words."""
    place: str


class Table(_Value, frozen=True, kw_only=True):
    """A decision table as read: its rows are among the kind's clauses, after those of the contract."""

    file: str
    hit: Literal["collect", "any", "unique", "first"]
    rows: tuple[Row, ...]


class Kind(_Value, frozen=True, kw_only=True):
    """One kind of decision: who owns it, who may decide it, its clauses, boundaries, promises and targets."""

    name: str
    question: Text
    owner: str
    rights: Literal["human", "propose", "autonomous"]
    explore: bool = False
    objective: Text | None = None
    requires: tuple[str, ...] = ()
    clauses: tuple[Clause, ...]
    table: Table | None = None
    otherwise: Answer
    never: tuple[Boundary, ...] = ()
    monotone: tuple[dict[str, str], ...] = ()
    promises: tuple[PromiseRule, ...] = ()
    escalation: Escalation | None = None
    targets: tuple[Target, ...] = ()
    examples: tuple[Example, ...] = ()
    place: str


# ---- wiring --------------------------------------------------------------------------------------------------------


class History(_Value, frozen=True, kw_only=True):
    """A fact counted from our own record of decisions: how many of a kind, with which answers, per customer, within."""

    count: str
    answers: tuple[Answer, ...] = ()
    within: Span


class Fact(_Value, frozen=True, kw_only=True):
    """A name that conditions may use: its type, where it comes from, and how it may be used."""

    name: str
    type: Type
    source: str = ""
    """The outside path (`from:`): `proposal.amount`, `order.total`; empty for derived and history facts."""
    fresh_within: Span | None = None
    stated_by: Literal["", "customer"] = ""
    tell: Literal["", "never"] = ""
    signed: bool = False
    paid_by: Literal["", "customer"] = ""
    """Money the customer pays is rounded down, money the customer receives is rounded up."""
    derived: Condition | None = None
    history: History | None = None
    say: Text | None = None
    """How customers hear this fact named; without it, its name in words."""
    values: dict[str, Text] = {}
    """How customers hear each value of an enum; without it, the value in words."""
    most: int = ITEMS_MAX
    """Items that a list or map in it may hold; the gate lowers it where a kind's conditions would take too long over so many."""
    place: str


class Source(_Value, frozen=True, kw_only=True):
    """Where proposals (`tool`) or events (`event`) come from."""

    tool: str = ""
    decision: str = ""
    facts: dict[str, str] = {}
    event: str = ""
    by: str = ""
    heard_within: Span | None = None
    place: str


class Wiring(_Value, frozen=True, kw_only=True):
    contract: str
    types: dict[str, Type] = {}
    facts: dict[str, Fact]
    segments: dict[str, str] = {}
    sources: tuple[Source, ...] = ()


# ---- the whole -----------------------------------------------------------------------------------------------------


class Unread(_Value, frozen=True, kw_only=True):
    """A key whose reader is still to come; one that would change an answer keeps the gate from being compiled."""

    key: str
    place: str
    changes_answer: bool = False


class Draft(_Value, frozen=True, kw_only=True):
    """Two files as read: every key known, every scalar of its type; the parts may still contradict each other."""

    name: str
    version: str
    status: Literal["draft", "active", "deprecated", "retired"]
    since: date | None = None
    zone: str
    languages: tuple[str, ...]
    phrases: dict[str, dict[str, str]] = {}
    """By language, what is said instead of our own phrases (`phrases.py`)."""
    keep: Span | None = None
    holidays: str = ""
    """ISO 3166 country, or country and subdivision (`DE`, `DE-BE`), whose public holidays are not working days."""
    relationship: Relationship
    people: tuple[Person, ...]
    answerable: dict[str, str] = {}
    incentives: tuple[Incentive, ...] = ()
    changes: dict[str, object] | None = None
    work_may: dict[str, Amount] = {}
    hard_in_a_row: int | None = None
    trained_for: tuple[str, ...] = ()
    exit: dict[str, object] | None = None
    kinds: dict[str, Kind]
    wiring: Wiring
    unread: tuple[Unread, ...] = ()
    canonical: bytes
    """RFC 8785 bytes of `{"contract": …, "wiring": …}` as written, comments and layout left out: what the digest covers."""
    tables: dict[str, bytes] = {}
    """The decision tables' files by name, as they were read."""
    places: dict[str, str] = {}
    """Where each key stands, by dotted path: `decisions.refund.clauses[0].when`, `wiring.facts.amount.type`."""


class Flaw(_Value, frozen=True, kw_only=True):
    """What is wrong with, or worth knowing about, a draft."""

    code: str
    level: Literal["error", "warning", "note"]
    what: str
    place: str
    hint: str


class Contract(_Value, frozen=True, kw_only=True):
    """A checked draft: every condition typed, every name known. Only a `Contract` compiles to a gate."""

    draft: Draft
    digest: str
    """`sha256:` and 64 hex digits over `draft.canonical`."""
    checked: dict[Condition, Checked]
    """The typed form of every condition in the draft."""
