"""Which fact says how much: the amount that a promise names, and the one that a kind of decision is about."""

from __future__ import annotations

from ourword.contract.check_kinds import holes
from ourword.contract.model import Draft, Kind, PromiseRule


def amount_fact(rule: PromiseRule, draft: Draft) -> tuple[str, str]:
    """Give the fact whose amount is promised, and its currency: the one amount in the promise's words; else two empty texts."""
    named = (hole for text in rule.say.values() for hole in holes(text))
    typed = ((name, draft.wiring.facts[name].type) for name in named if name in draft.wiring.facts)
    return next(((name, type_.currency) for name, type_ in typed if rule.amount and type_.name == "money"), ("", ""))


def amount_of_kind(kind: Kind, draft: Draft) -> tuple[str, str]:
    """Give the fact that says what a customer gets, and its currency: what the kind's promises name, else its one proposed amount."""
    promised = {found for rule in kind.promises if (found := amount_fact(rule, draft))[0]}
    if len(promised) == 1:
        return promised.pop()
    named = {name for name in kind.requires if name in draft.wiring.facts}
    proposed = [
        (name, fact.type.currency)
        for name, fact in draft.wiring.facts.items()
        if name in named and fact.type.name == "money" and fact.source.startswith("proposal.")
    ]
    return proposed[0] if len(proposed) == 1 and not promised else ("", "")
