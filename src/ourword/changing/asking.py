"""Many questions about two gates at once: customers made up beforehand answer most, and the solver the rest, all of them in one breath."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

from ourword.cel.smt_terms import Truth, either
from ourword.cel.unknown import Unknown
from ourword.changing.found import Witness
from ourword.changing.pair import Both, Pair, Sides
from ourword.contract.model import Fact
from ourword.gate.code import Values
from ourword.proving.customers import Claim, mattering, shrunk, surely_in, true_in
from ourword.proving.filling import shown
from ourword.proving.nice import made_up
from ourword.proving.said import OutOfTime
from ourword.proving.solve import Nobody

MADE_UP = 1500
DEAR_MAX = 200
"""How many of them are asked what takes the gates long."""
_GAP = 0.04
"""The share of facts that are not known of a customer who is made up."""


class Question(msgspec.Struct, frozen=True, eq=False):
    """Whether there is a customer of whom something holds, said to the solver and to both gates."""

    truth: Callable[[Sides], Truth]
    claim: Callable[[Both], bool]
    plain: bool = True
    """Whether its customer is shown to people, and made plain for them."""
    most: int = MADE_UP
    """Of how many customers made up beforehand it is asked: fewer, where each asks the gates several times more."""


class Known(Enum):
    """What is known of a question that no customer answers."""

    NOBODY = "nobody"
    NOT_PROVED = "not proved"


class Perhaps(msgspec.Struct, frozen=True):
    """The solver found somebody, and the gates did not show it."""

    seen: Witness
    leans_on: tuple[str, ...]


Answer = Witness | Perhaps | Known


class Asking:
    """One pair of gates under questioning."""

    def __init__(self, pair: Pair, *, seconds: float, until: float) -> None:
        self.pair = pair
        self._bounds = {"seconds": seconds, "until": until}
        self._sides: dict[bool, Sides] = {}
        self._met: list[tuple[Values, Both]] = []
        self._made_up()

    def side(self, *, gaps: bool) -> Sides:
        """Both gates for customers of whom everything is known, or with *gaps*; said on first use."""
        if gaps not in self._sides:
            self._sides[gaps] = Sides(self.pair, gaps=gaps, **self._bounds)
        return self._sides[gaps]

    @property
    def late(self) -> bool:
        """Whether the time for all questions is up."""
        return time.monotonic() > self._bounds["until"]

    # ---- customers made up beforehand ----

    def _made_up(self) -> None:
        """Decide customers around every threshold by both gates."""
        draw = random.Random(7)
        options = {name: self._options(fact) for name, fact in self.pair.facts.items()}
        for _ in range(MADE_UP):
            if self.late:
                return
            self.remember({name: draw.choice(tries) for name, tries in options.items() if draw.random() > _GAP})

    def _options(self, fact: Fact) -> list[Any]:
        unknown: Values = {name: Unknown(frozenset((name,)), "absent") for name in self.pair.facts}
        return self.pair.options(fact, unknown, most=400) or made_up(fact.type)

    def remember(self, values: Values) -> Both:
        """Keep a customer with what both gates answered."""
        both = self.pair.verdicts(values)
        self._met.append((values, both))
        return both

    # ---- all questions ----

    def settle(self, questions: dict[Any, Question]) -> dict[Any, Answer]:
        """Answer each question, by its key: with a customer, that there is none, or that nobody knows."""
        answers: dict[Any, Answer] = {}
        for number, (values, both) in enumerate(self._met):
            asked = questions if number < DEAR_MAX else {key: each for key, each in questions.items() if number < each.most}
            self._take(asked, answers, values, both)
        for gaps in (False, True):
            self._solved(questions, answers, gaps=gaps)
        return {key: answers.get(key, Known.NOBODY) for key in questions}

    def _take(self, questions: dict[Any, Question], answers: dict[Any, Answer], values: Values, both: Both) -> None:
        """Let one customer answer every question that it can."""
        for key, question in questions.items():
            if not isinstance(answers.get(key), Witness) and question.claim(both):
                answers[key] = self._plain(question, values)

    def _plain(self, question: Question, values: Values) -> Witness:
        def claim(tried: Values) -> bool:
            return not self.late and question.claim(self.pair.verdicts(tried))

        if not question.plain:
            return self.pair.witness(values, frozenset())
        plainer = shrunk(self.pair, values, claim)
        return self.pair.witness(plainer, mattering(self.pair, plainer, claim))

    def _solved(self, questions: dict[Any, Question], answers: dict[Any, Answer], *, gaps: bool) -> None:
        for _ in range(len(questions) + 1):
            open_ = [key for key in questions if key not in answers]
            if not open_:
                return
            if self.late:
                answers.update(dict.fromkeys(open_, Known.NOT_PROVED))
                return
            try:
                side = self.side(gaps=gaps)
                truths = {key: questions[key].truth(side) for key in open_}
            except OutOfTime:
                answers.update(dict.fromkeys(open_, Known.NOT_PROVED))
                return
            model = side.solve.somebody(either(*truths.values()))
            if model is Nobody.PROVED:
                return
            if model is Nobody.NOT_PROVED:
                self._one_by_one(questions, answers, truths, side)
                return
            before = len(answers)
            self._shown(questions, answers, truths, side, model)
            if len(answers) == before:  # the model leaves open which of them it answers
                self._one_by_one(questions, answers, truths, side)
                return

    def _one_by_one(self, questions: dict[Any, Question], answers: dict[Any, Answer], truths: dict[Any, Truth], side: Sides) -> None:
        """All at once was too much: perhaps most of them are not."""
        for key, truth in truths.items():
            if key in answers:
                continue
            model = Nobody.NOT_PROVED if self.late else side.solve.somebody(truth)
            if model is Nobody.NOT_PROVED:
                answers[key] = Known.NOT_PROVED
            elif not isinstance(model, Nobody):
                self._shown(questions, answers, {key: truth}, side, model)

    def _shown(self, questions: dict[Any, Question], answers: dict[Any, Answer], truths: dict[Any, Truth], side: Sides, model: Any) -> None:
        """Let both gates show what the solver found; what they do not show is only possible."""
        values = side.values(model)
        said = [key for key, truth in truths.items() if truth is True or (truth is not False and true_in(model, truth))]
        self._take(questions, answers, values, self.remember(values))
        for key in said or list(truths):
            if key in answers:
                continue
            filled = shown(self.pair, side.speech, model, values, self._claim(questions[key]))
            if filled is not None:
                self._take(questions, answers, filled, self.remember(filled))
            elif len(truths) == 1 or truths[key] is True or (truths[key] is not False and surely_in(model, truths[key])):
                answers[key] = Perhaps(self.pair.witness(values, frozenset(values)), side.leaning)

    def _claim(self, question: Question) -> Claim:
        return lambda values: question.claim(self.pair.verdicts(values))
