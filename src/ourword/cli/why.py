"""`ourword why`: one recorded decision in words."""

from __future__ import annotations

from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import json_line, known_words, line, usage
from ourword.cli.words import COLOURS, decision_words, headline_words
from ourword.deciding.told import told
from ourword.kept import draft_of, verdict_in
from ourword.outcomes.asked import as_of_from
from ourword.stores.home import Home


def run(decision_id: str, home: Path, *, lang: str = "", as_of: str = "", as_json: bool = False) -> int:
    """Print what was decided, why, what would have changed it, what was promised, and under which contract."""
    with Ourword.open_home(home, create=False, write=False, as_of=as_of_from(as_of, "--as-of")) as ourword:
        assert ourword.home is not None
        record, known = ourword.why(decision_id), known_words(ourword)
        draft = draft_of(ourword.home.path, record["entry"]["lineage"]["contract"])
        if lang and not record.get("erased"):
            record["verdict"] = _in(ourword.home, decision_id, lang)
    if as_json:
        json_line(record)
    else:
        for each in known:
            line(each)
        decision = told(record, draft, lang)
        for each in headline_words(decision):
            line(each, style=f"bold {COLOURS.get(decision.answer, '')}")
        for each in decision_words(decision):
            line(each)
    return 0


def _in(home: Home, decision_id: str, lang: str) -> object:
    recorded = home.find(decision_id)
    verdict = verdict_in(home, recorded, lang) if recorded else None
    if verdict is None:
        raise usage("lang", f"this decision cannot be told in `{lang}`", place="--lang", hint="its contract does not speak it, or is not kept here")
    return verdict
