"""What was known at an entry is told the same for ever, whatever was recorded later: the law of `--as-of entry:N`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.asof.grown import DECISIONS, FAR, Grown, Said, said

COMMANDS: dict[str, tuple[str, ...]] = {
    "report": ("--json",),
    "recount": ("--json",),
    "promises": ("--json",),
    "signals": ("--json",),
    "contract": ("--json",),
    "coherence": ("--json",),
    "adopted": ("--json",),
    "bends": ("--json",),
    "silent": ("--json",),
    "log": ("--json",),
    "ask": ("--json",),
}

_steps = st.lists(
    st.one_of(
        st.tuples(st.just("live"), st.integers(1, 45)),
        st.tuples(st.just("hear"), st.sampled_from([0, 0, 1, 9])),
        st.tuples(st.sampled_from(["settle", "settle", "sign", "answer", "waive"])),
    ),
    min_size=4,
    max_size=9,
)


def everything(home: Path, *as_of: str, clock: object) -> dict[str, Said]:
    """What every command that reads says."""
    found = {name: said(name, "--home", home, *args, *as_of, clock=clock) for name, args in COMMANDS.items()}  # type: ignore[arg-type]
    found["why"] = said("why", DECISIONS[0]["decision_id"], "--home", home, "--json", *as_of, clock=clock)  # type: ignore[arg-type]
    return found


@pytest.mark.slow
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=_steps, after=_steps)
def test_what_was_printed_at_an_entry_is_printed_of_it_for_ever(before: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> None:
    """An auditor who asks in May what the report said in November gets the report of November, to the byte."""
    with tempfile.TemporaryDirectory() as folder:
        grown = Grown(Path(folder) / "home")
        grown.live(20)
        for step in before:
            do(grown, step)
        at, then = grown.last, grown.present
        told = everything(grown.path, clock=lambda: then)
        for step in after:
            do(grown, step)

        assert told == everything(grown.path, "--as-of", f"entry:{at}", clock=lambda: FAR)


def do(grown: Grown, step: tuple[object, ...]) -> None:
    match step:
        case ("live", int(days)):
            grown.live(days)
        case ("hear", int(behind)):
            grown.hear(behind=behind)
        case (str(name),):
            getattr(grown, name)()
