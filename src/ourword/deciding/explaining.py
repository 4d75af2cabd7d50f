"""What a home recorded, told back: one decision and why it was taken, and the entries in their order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ourword.adoption.governing import governing
from ourword.core.time import instant_from_text
from ourword.errors import LineError
from ourword.ledger.adoption import Adoption, adoptions
from ourword.ledger.adoption_words import named
from ourword.ledger.entry import ContractSigned, entry_words, instant_text
from ourword.stores.gone import let_go_in_words, refuse_lost

if TYPE_CHECKING:
    from ourword.ledger.store import Recorded
    from ourword.stores.home import Home


def why(home: Home, decision_id: str) -> dict[str, Any]:
    """Tell what was decided and why: the entry, the facts it rested on, the verdict as it was given.

    Raises `LineError` for a decision that is not in the home.
    """
    recorded = home.find(decision_id)
    if recorded is None:
        raise _unknown(home, decision_id)
    entry = entry_words(recorded.entry)
    personal = recorded.personal
    told = {"seq": recorded.seq, "decision_id": recorded.decision_id, "time": entry["time"], "kind": entry["kind"], "entry": entry}
    told |= _signed(home, entry)
    if personal is None:
        refuse_lost(home, recorded.decision.sub, decision_id=decision_id)
        return {**told, "erased": True}
    return {
        **told,
        "customer": personal.customer,
        "facts": personal.facts,
        "history": personal.history,
        "contact": personal.contact,
        "objects": personal.objects,
        "confirmed_args": personal.confirmed_args,
        **({"options": personal.options} if personal.options else {}),
        "because": personal.because,
        "verdict": words_of(recorded),
    }


def _unknown(home: Home, decision_id: str) -> LineError:
    """Of a home as it was known nobody can say whether a decision was recorded later, or never: what came later is not in it."""
    what, hint = f"no decision `{decision_id[:100]}` is recorded here", let_go_in_words(home) or "`ourword log` lists them"
    if home.known_at is not None:
        what = f"no decision `{decision_id[:100]}` is known at entry {home.known_at:,}"
        later = "it was recorded later, or never: leave `as_of` away (`--as-of` of a command) to see"
        hint = f"{later}. {said}" if (said := let_go_in_words(home)) else later
    return LineError("why.unknown-decision", what, place="decision_id", hint=hint)


def _signed(home: Home, entry: dict[str, Any]) -> dict[str, Any]:
    """Who had signed the contract that decided, and since when it was in force, or why it was not; nothing in a home where nobody has signed any."""
    signatures = list(home.store.signature_entries())
    if not signatures:
        return {}
    digest, at = entry["lineage"]["contract"], instant_from_text(entry["time"]) or 0
    held = next((each for each in adoptions(signatures) if each.digest == digest and each.in_force(at)), None)
    if held is not None:
        return {"in_force": {"since": instant_text(held.begins or 0), "signed": list(held.signers)}}
    then = adoptions(each for each in signatures if isinstance(each.value, ContractSigned) and (instant_from_text(each.value.time) or 0) <= at)
    told = _not_in_force(next((each for each in reversed(then) if each.digest == digest), None), at)
    others = [named(each) for each in governing(home.path, then, entry["kind"], at) if each.contract != entry["contract"]]
    return {"in_force": None, "not_in_force": {**told, **({"instead": others} if others else {})}}


def _not_in_force(adoption: Adoption | None, at: int) -> dict[str, Any]:
    """Why a version was not in force at a moment, as it stood then: what was signed later is no part of it."""
    if adoption is None:
        return {"why": "not signed", "signed": [], "waits_for": []}
    to_come = adoption.begins is not None and adoption.begins > at
    why = {"waits": "waits", "lapsed": "lapsed"}.get(adoption.standing, "to come" if to_come else "followed")
    told: dict[str, Any] = {"why": why, "signed": list(adoption.signers), "waits_for": list(adoption.waits_for)}
    return {**told, "begins": instant_text(adoption.begins or 0)} if to_come else told


def log(home: Home, *, after: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Go through a home's entries in order: `{"seq": …, **entry}`."""
    for entry in islice(home.log(after=after), limit):
        yield {"seq": entry.seq, **entry_words(entry.bytes)}


def words_of(recorded: Recorded) -> dict[str, Any]:
    """The verdict's words as they were given."""
    if recorded.personal is None:
        return {"decision_id": recorded.decision_id, "erased": True}
    return {**recorded.personal.verdict, "decision_id": recorded.decision_id}
