"""Each vendor's published rule of "resolved", as a dated data file, applied to the same contacts as ours.

A rule is a list of named conditions, all of which must hold. What a vendor's own model judges is in no event: there the rule counts as if the model
always agreed, and its `notes` say so.
"""

from __future__ import annotations

import datetime
from functools import cache
from importlib import resources

import msgspec

from ourword.errors import ContractError, UsageError

OWN = "own"
"""The rule that is no vendor's: what a company's own system calls resolved."""
_HOUR = 3_600_000_000
_NO_RETURN = "c.reopened = 0 AND c.wrote_again = 0"
"""Into the same contact: nobody opened it again, and the customer wrote nothing more after its close."""
PREDICATES: dict[str, str] = {
    "closed": "c.closed = 1",
    "automation_answered": "c.automation_replied = 1",
    "no_person_joined": "c.person_joined = 0",
    "no_person_asked_for": "c.asked_event IS NULL AND c.offered_event IS NULL",
    "no_explicit_no": "(c.said IS NULL OR c.said <> 'no')",
    "explicit_yes": "c.said = 'yes'",
    "not_reopened": _NO_RETURN,
    "called_resolved": "c.claimed = 1",
    "silent_24_hours": f"c.as_of - c.end_at >= {24 * _HOUR} AND {_NO_RETURN}",
    "silent_72_hours": f"c.as_of - c.end_at >= {72 * _HOUR} AND {_NO_RETURN}",
}
"""What a rule may name, over a row of `became`."""

LACKING: dict[str, str] = {
    "closed": "no event says that one was closed",
    "automation_answered": "no event says that automation answered in one",
    "no_person_joined": "a person joined every one",
    "no_person_asked_for": "a person was asked for or offered in every one",
    "no_explicit_no": "every customer said that it was not solved",
    "explicit_yes": "no event says that a customer was asked and said yes",
    "not_reopened": "every one was opened again",
    "called_resolved": "no event says that the source called one resolved",
    "silent_24_hours": "none has been silent for 24 hours",
    "silent_72_hours": "none has been silent for 72 hours",
}
"""Why a rule claims nothing, where one of its conditions holds for no contact."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vendor's definition of "resolved": when it was published and read, where that is known, and when it must be read again."""

    id: str
    vendor: str
    published: datetime.date | None = None
    as_read: datetime.date | None = None
    review_by: datetime.date
    source: str
    text: str
    when: list[str]
    price_minor: int | None = None
    currency: str = "USD"
    price_source: str = ""
    """Where the price was read, or why none is given."""
    notes: str = ""

    @property
    def is_own(self) -> bool:
        """Whether this is no vendor's rule, but the company's own claim."""
        return self.id == OWN

    @property
    def dated(self) -> str:
        """When it was published and read, in words.

        >>> vendor_rules()[0].dated
        'published 2026-06-17, read 2026-11-25'
        """
        if self.is_own:
            return "as your events say"
        published = "no date published" if self.published is None else f"published {self.published}"
        return f"{published}, " + ("not read at its source" if self.as_read is None else f"read {self.as_read}")

    @property
    def condition(self) -> str:
        """The rule over a row of `became`."""
        return " AND ".join(f"({PREDICATES[name]})" for name in self.when)


def rule_from_text(text: str, place: str) -> Rule:
    """Read a rule's YAML; errors name the file and what may stand there."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        rule = msgspec.convert(YAML(typ="safe", pure=True).load(text), Rule)
    except (YAMLError, msgspec.ValidationError) as error:
        what = str(error).splitlines()[0]
        raise ContractError("rule.unreadable", what, place=place, hint="a rule has the keys " + ", ".join(Rule.__struct_fields__)) from error
    strange = [name for name in rule.when if name not in PREDICATES]
    if strange or not rule.when:
        what = f"`{strange[0]}` is no condition of a rule" if strange else "`when` is empty"
        raise ContractError("rule.unknown-condition", what, place=place, hint="one of " + ", ".join(PREDICATES))
    return rule


@cache
def vendor_rules() -> tuple[Rule, ...]:
    """The rules that come along, by id: six vendors' and the company's own.

    >>> [rule.id for rule in vendor_rules()]
    ['ada', 'chatwoot', 'hubspot', 'intercom', 'own', 'ultimate', 'zendesk']
    """
    files = [each for each in resources.files("ourword.outcomes").joinpath("rules").iterdir() if each.name.endswith(".yaml")]
    return tuple(sorted((rule_from_text(each.read_text(encoding="utf-8"), each.name) for each in files), key=lambda rule: rule.id))


def rule_of(name: str) -> Rule | None:
    """Find a vendor's rule by its id."""
    return next((each for each in vendor_rules() if each.id == name), None)


def vendor_rule(name: str, *, place: str = "rule") -> Rule:
    """Find a vendor's rule by its id; an unknown one is a `UsageError`."""
    found = rule_of(name)
    if found is None:
        hint = "one of " + ", ".join(rule.id for rule in vendor_rules())
        raise UsageError("recount.rule", f"there is no rule `{name[:60]}`", place=place, hint=hint)
    return found
