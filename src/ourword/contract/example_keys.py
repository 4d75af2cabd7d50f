"""The keys of an example: in a contract, and in a file of cases beside it."""

from __future__ import annotations

from ourword.contract.key import Key, under

_ANSWERS = "allow | amend | ask | escalate | refuse"


def example_keys(prefix: str) -> tuple[Key, ...]:
    """The keys below one example.

    >>> [key.path for key in example_keys("examples[].") if key.required]
    ['examples[].name', 'examples[].given', 'examples[].answer']
    """
    return (
        *under(
            prefix,
            ("name", "!line", "show", "What it shows."),
            ("given", "!named fact", "test", "The facts, written as a proposal's; what is left out is not known."),
            ("at", "instant", "test", "The time of the decision; without it, Monday 5 January 2026, 12:00 UTC."),
            ("by", "id", "test", "Who answers, where it is not automation: `person`, or somebody of `people`."),
            ("their_answer", f"word {_ANSWERS}", "test", "With `by`: what this person answers."),
            ("because", "line", "test", "With `by`: why this person departs from the clauses."),
            ("answer", f"!word {_ANSWERS}", "test", "The expected answer."),
            (
                "decided_by",
                "dotted",
                "test",
                "The clause or boundary that decides; or `requires`, `otherwise`, `rights`, `work.may`, `person`.",
            ),
            ("amended", "named fact", "test", "Exactly these facts must be changed, to these values; `{}`: none."),
            ("asked", "list of fact", "test", "Exactly these facts must be asked for."),
            ("promises", "list of id", "test", "Exactly these promises must be made; `[]`: none."),
        ),
        *under(f"{prefix}given.", ("*", "value", "test", "The fact's value, read by its type.")),
        *under(f"{prefix}amended.", ("*", "value", "test", "The new value, read by the fact's type.")),
    )
