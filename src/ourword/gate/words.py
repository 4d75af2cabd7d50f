"""The words for the customer: reasons, what would have changed it, what they can add, what we promise.

Everything here is found from the answer and from what the customer may know (`view`), never from who or what decided.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from ourword.cel.unknown import Unknown
from ourword.contract.model import DUE, Clause, Text
from ourword.core.answer import Answer
from ourword.core.language import spoken
from ourword.core.span import Span
from ourword.core.time import text_from_datetime
from ourword.gate.near import Change, Near
from ourword.gate.say import due_words, listed, plain, span_words, tongue_of, value_words
from ourword.gate.verdict import Verdict
from ourword.gate.view import View, view

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Words:
    """One verdict in one language: the proposal's, else the customer's by the facts, else *lang*, else the contract's first."""

    def __init__(self, verdict: Verdict, lang: str, nears: tuple[Near, ...]) -> None:
        draft = verdict.gate.contract.draft
        self.verdict = verdict
        self.kind = verdict.kind
        self.nears = nears
        self.lang = spoken(draft.languages, verdict.proposal.language, _segment_language(verdict), lang)
        self.tongue = tongue_of(draft, self.lang)
        self.telling = draft.relationship.tell

    @cached_property
    def seen(self) -> View:
        """The decision as the customer may see it."""
        return view(self.verdict)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Typed facts that the answer rests on."""
        return self.verdict.typed_values

    @cached_property
    def shown(self) -> tuple[Clause, ...]:
        """The clauses behind the answer that the customer may be told of."""
        clauses = [self.kind.clauses[index].clause for index in self.seen.fired]
        return tuple(clause for clause in clauses if clause.then.answer is self.verdict.answer)

    # ---- parts of the verdict ----------------------------------------------------------------------------------------

    def reasons(self) -> list[dict[str, str]]:
        """Up to so many reasons as the contract tells: `[{clause, text}]`; where no clause may be named, what follows in plain words."""
        return self._reasons

    @cached_property
    def _reasons(self) -> list[dict[str, str]]:
        if self.verdict.answer is Answer.ASK:
            found = self._questions()
        else:
            found = [{"clause": clause.id, "text": self.text(clause.say)} for clause in self.shown]
        found = found or [{"clause": "", "text": self.tongue.phrase(self.verdict.answer.value)}]
        return [reason for reason in found if reason["text"]][: max(self.telling.reasons, 1)]

    def near(self) -> list[dict[str, Any]]:
        """What would have changed the answer, each verified: `[{changes: [{fact, was, to, side}], answer, text}]`."""
        facts = self.kind.facts
        return [
            {
                "changes": [
                    {"fact": each.fact, "was": plain(facts[each.fact], each.was), "to": plain(facts[each.fact], each.to), "side": each.side}
                    for each in near.changes
                ],
                "answer": near.answer.value,
                "text": self._near_text(near),
            }
            for near in self.nears
        ]

    def may_add(self) -> list[str]:
        """Facts that the customer can add: what is asked, else what only they can state and have not; nobody is coached to say it otherwise."""
        if self.verdict.answer in (Answer.ALLOW, Answer.AMEND):
            return []
        if self.verdict.answer is Answer.ASK:
            return list(self.seen.asked)
        return [name for name in self.kind.facts if name in self.kind.customer_stated and type(self.seen.values.get(name)) is Unknown]

    def may_add_text(self) -> str:
        """The same in the customer's words; empty where there is nothing to add, and where `tell` asks for it already."""
        labels = [] if self.verdict.answer is Answer.ASK else [self.label(name) for name in self.may_add()]
        return self.tongue.phrase("add", facts=", ".join(labels)) if labels else ""

    def obligations(self) -> list[dict[str, Any]]:
        """What must go with the answer: the disclosure, the reasons, what would change it, the way to contest it."""
        owed: list[dict[str, Any]] = []
        if self.telling.automated and self.verdict.proposal.by == "automation":
            owed.append({"id": "disclosure", "when": self.telling.automated, "text": self.tongue.phrase("disclosure")})
        owed.append({"id": "reasons", "at_least": min(self.telling.reasons, len(self.reasons()))})
        if self.telling.what_would_change and self.nears:
            owed.append({"id": "what-would-change"})
        contest = self._contest()
        if contest is not None:
            owed.append({"id": "contest", "within": str(contest)})
        return owed

    @cached_property
    def promises(self) -> list[dict[str, str]]:
        """What this answer promises: `[{id, what, due}]`."""
        return [{"id": each.id, "what": self.promise(each.id, each.due_at), "due": text_from_datetime(each.due_at)} for each in self.verdict.minted]

    def promise(self, promise_id: str, due_at: datetime) -> str:
        """A promise in the customer's words, its placeholders filled with what was decided."""
        rule = next(code.rule for code in self.kind.promises if code.rule.id == promise_id)
        values, facts = self.values, self.verdict.gate.contract.draft.wiring.facts

        def said(name: str, otherwise: str) -> str:
            if name == DUE and name not in facts:
                return due_words(due_at, rule.within, self.tongue)
            return self._filled(name, values, otherwise)

        return _PLACEHOLDER.sub(lambda match: said(match[1], match[0]), self.text(rule.say))

    def tell(self) -> str:
        """All that the customer is told, as one text."""
        answer = self.verdict.answer
        parts = [reason["text"] for reason in self.reasons()]
        if self.verdict.amendments and answer in (Answer.AMEND, Answer.ASK):  # what is only proposed to a person is not told
            parts += [self._amendment(name, value) for name, value in self.verdict.amendments.items()]
        if answer is Answer.REFUSE and self.telling.what_would_change:
            parts += [self._near_text(near) for near in self.nears[:1]]
        if self.telling.cannot and self._lacked_sight():
            parts.append(self.text(self.telling.cannot))
        contest = self._contest()
        if contest is not None:
            parts.append(self.tongue.phrase("contest", span=span_words(contest, self.tongue)))
        parts += [each["what"] for each in self.promises]
        return " ".join(_sentence(part) for part in parts if part)

    # ---- smaller words -----------------------------------------------------------------------------------------------

    def text(self, text: Text) -> str:
        """A text of the contract in this language; `check` has seen that it is there."""
        return text.get(self.lang) or next(iter(text.values()), "")

    def label(self, name: str) -> str:
        """How customers hear a fact named."""
        fact = self.verdict.gate.contract.draft.wiring.facts.get(name)
        return self.text(fact.say) if fact is not None and fact.say else name.replace("_", " ")

    def _questions(self) -> list[dict[str, str]]:
        asking = [code.clause for code in self.kind.clauses if code.clause.then.answer is Answer.ASK]
        found: dict[str, str] = {}
        plainly: list[str] = []
        for name in self.seen.asked:
            clause = next((each for each in asking if name in each.then.ask), None)
            if clause is None:
                plainly.append(self.label(name))
            else:
                found.setdefault(clause.id, self.text(clause.say))
        questions = [{"clause": clause, "text": text} for clause, text in found.items()]
        if plainly:
            questions.append({"clause": "requires", "text": self.tongue.phrase("ask", facts=", ".join(plainly))})
        return questions

    def _near_text(self, near: Near) -> str:
        changes = [
            self.tongue.phrase(
                f"change_{side.replace(' ', '_')}" if side else "change",
                fact=self.label(name),
                to=value_words(self.verdict.gate.contract.draft.wiring.facts[name], to, self.tongue),
            )
            for name, to, side in map(self._counted_down, near.changes)
        ]
        return self.tongue.phrase("near_amend" if near.answer is Answer.AMEND else "near", changes=listed(changes, self.tongue))

    def _counted_down(self, change: Change) -> tuple[str, Any, str]:
        """A change as people say it: not "at most -2 days since you arrive" but "at least 2 days until"."""
        opposite = self.kind.mirrored.get(change.fact)
        if opposite is None or change.to > 0 or self.kind.facts[change.fact].type.name != "duration":
            return change.fact, change.to, change.side
        return opposite, -change.to, {"at most": "at least", "at least": "at most"}.get(change.side, "")

    def _amendment(self, name: str, value: Any) -> str:
        fact = self.kind.facts[name]
        was = self.seen.values.get(name)
        return self.tongue.phrase(
            "amended_unknown" if type(was) is Unknown else "amended",
            fact=self.label(name),
            to=value_words(fact, value, self.tongue),
            was="" if type(was) is Unknown else value_words(fact, was, self.tongue),
        )

    def _filled(self, name: str, values: dict[str, Any], otherwise: str) -> str:
        fact = self.verdict.gate.contract.draft.wiring.facts.get(name)
        if fact is None:
            return otherwise
        value = values.get(name)
        return self.label(name) if value is None or type(value) is Unknown else value_words(fact, value, self.tongue)

    def _lacked_sight(self) -> bool:
        """Whether automation refuses, or hands over for want of a fact that our systems owe it: a person sees more, and answers without this.

        Found from `view`, so that a fact that is never told cannot show by it.
        """
        if self.verdict.proposal.by != "automation":
            return False
        if self.verdict.answer is not Answer.ESCALATE:
            return self.verdict.answer is Answer.REFUSE
        needed = set(self.kind.kind.requires) - self.kind.customer_stated - self.kind.never_told
        return any(type(self.seen.values.get(name)) is Unknown for name in needed)

    def _contest(self) -> Span | None:
        spans = [clause.contest for clause in self.shown if clause.contest is not None]
        return spans[0] if self.verdict.answer is Answer.REFUSE and spans else None


def _segment_language(verdict: Verdict) -> str:
    """What the facts say of the customer's language: the one from where the wiring's segment `language` comes from, if it may be told."""
    wiring = verdict.gate.contract.draft.wiring
    path = wiring.segments.get("language")
    for fact in wiring.facts.values() if path else ():
        if fact.source == path and fact.tell != "never":
            given = verdict.given.get(fact.name)
            value = given.get("value") if isinstance(given, Mapping) else given
            return value if isinstance(value, str) else ""
    return ""


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…", "。")) else text + "."
