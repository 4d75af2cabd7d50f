"""Adopting a contract in a home: who must sign, whether they have, and what was decided while nobody had."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from ourword.adoption.dated import fit_clock
from ourword.adoption.direction import direction
from ourword.adoption.governing import Beside, beside
from ourword.contract.check import check
from ourword.contract.model import Contract, Draft, Flaw
from ourword.contract.words import listed, meant, shown
from ourword.core.time import datetime_from_instant, instant_from_datetime, instant_from_text
from ourword.errors import ContractError, HomeError, LineError
from ourword.gate.compile import compile_gate
from ourword.kept import draft_of, gate_of
from ourword.ledger.adoption import FOREVER, Adoption, Signature, adoptions, in_force, last_adopted, said_ahead, spans
from ourword.ledger.entry import ContractSigned, instant_text
from ourword.ledger.seal import NONCE_BYTES, words_apart
from ourword.reasons import fit_reason
from ourword.stores.apart import name_apart, words_of

if TYPE_CHECKING:
    from ourword.stores.home import Home

TRIES_MAX = 8
FIRST = "first"
"""The direction of a contract before which none was adopted: there is nothing that it could be against."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_ANSWERS_FOR_IT = "contract"
"""Whose signature is needed where `changes` names nobody: who answers for the contract."""


class Files(msgspec.Struct, frozen=True):
    """A contract as it was read: the draft, and both files' bytes, which the home keeps."""

    draft: Draft
    contract: bytes
    wiring: bytes


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions taken under a digest while it was not in force; times are ns since 1970."""

    contract: str
    digest: str | None
    version: str = ""
    """As the contract says, where the home keeps it."""
    owner: str
    """Who owned the kind that was decided, as recorded."""
    count: int
    first: int
    last: int


# ---- what is in force --------------------------------------------------------------------------------------------------


def adopted(home: Home, *, reasons: bool = False, until: int | None = None) -> list[Adoption]:
    """Give every version that somebody signed, the oldest first; with *until* (ns since 1970), as it was known then."""
    entries = home.store.signature_entries()
    if until is not None:
        entries = [each for each in entries if isinstance(each.value, ContractSigned) and _instant(each.value) <= until]
    known = adoptions(entries)
    return [_with_reasons(home, each) for each in known] if reasons else known


def outside(home: Home, known: Sequence[Adoption] | None = None, *, until: int = FOREVER) -> list[Outside]:
    """Give the decisions taken under a contract that was not in force, by digest: since the home's first contract was in force.

    Before that nobody had signed anything, which is one sentence and no list. What was only observed stopped nobody, and is left out.
    """
    known = adopted(home) if known is None else known
    begun = [each.begins for each in known if each.begins is not None]
    if not begun:
        return []
    found = home.store.decided_outside(spans(known), since=min(begun), until=until)
    versions = {digest: draft.version for _, digest, *_ in found if (draft := draft_of(home.path, digest)) is not None}
    return [
        Outside(contract=of, digest=digest, version=versions.get(digest, ""), owner=owner, count=count, first=first, last=last)
        for of, digest, owner, count, first, last in found
    ]


# ---- signing -----------------------------------------------------------------------------------------------------------


def sign(
    home: Home, files: Files, *, by: str, because: str = "", start: date | None = None, again: bool = False, ahead: Sequence[int] = (), now: int
) -> Adoption:
    """Sign a contract, durably: adopted once everybody has signed whose signature it needs; in force from *start*, else at once.

    With *again* it says that who signs has read the contract in force again, and that it stands; *ahead* names signatures that were dated by a
    clock that was ahead. The same signature again is taken as the first one. *now* is in ns since 1970.

    Raises `ContractError`, `LineError` (`adopt.…`), `HomeError`.
    """
    reason = fit_reason(because, code="adopt.because")
    contract = _sound(files.draft, reason, start, now)
    for _ in range(TRIES_MAX):
        seen, known = home.last_seq(), adopted(home)
        entry = _entry(home, contract, known, by=by, start=start, again=again, ahead=ahead, now=now)
        if entry is None:
            return _standing(known, contract)
        home.keep_contract(contract.digest, contract=files.contract, wiring=files.wiring, tables=files.draft.tables)
        if _append(home, entry, reason, seen):
            return _standing(adopted(home, reasons=True), contract)
    what = "other processes keep signing"
    raise HomeError("home.busy", what, place=str(home.path), hint="let one of them finish, then run this again")


def _standing(known: Sequence[Adoption], contract: Contract) -> Adoption:
    name = contract.draft.name
    return next(each for each in reversed(known) if (each.contract, each.digest) == (name, contract.digest) and each.standing != "lapsed")


def _sound(draft: Draft, reason: str, start: date | None, now: int) -> Contract:
    """The checked contract; errors cannot be signed, and warnings only by saying why."""
    if draft.status in ("retired", "draft"):
        hint = "write `status: active` once it is to hold" if draft.status == "draft" else "sign its successor"
        raise LineError("adopt.status", f"the contract says of itself that it is {draft.status}", place=draft.places["status"], hint=hint)
    contract, flaws = check(draft, today=start or _day(draft, now))
    if contract is None:
        raise _as_error(flaws[0], flaws[0].hint)
    warned = next((each for each in flaws if each.level == "warning"), None)
    if warned is not None and not reason:
        raise _as_error(warned, f"{warned.hint}; or say with `--because` why it is signed all the same")
    return contract


def _as_error(flaw: Flaw, hint: str) -> ContractError:
    return ContractError(flaw.code, flaw.what, place=flaw.place, hint=hint)


def _entry(
    home: Home, contract: Contract, known: Sequence[Adoption], *, by: str, start: date | None, again: bool, ahead: Sequence[int], now: int
) -> ContractSigned | None:
    """What must be written; nothing where this signature is there already."""
    draft, last = contract.draft, last_adopted(known, contract.draft.name)
    before = draft_of(home.path, last.digest) if last is not None else None
    waits = next((each for each in known if (each.contract, each.digest, each.standing) == (draft.name, contract.digest, "waits")), None)
    given = tuple(sorted(set(ahead))) or (waits.ahead if waits is not None else ())
    fit_clock(home, home.store.signature_entries(), said_ahead(known), given, now)
    common: dict[str, Any] = {"time": instant_text(now), "contract": draft.name, "version": draft.version, "digest": contract.digest, "by": by}
    common["ahead"] = given or UNSET
    if again:
        _person(by, draft, before)
        return _again(known, contract, now, common)
    if last is not None and last.digest == contract.digest and not (given and (last.begins or 0) > now):
        _person(by, draft, before)
        if by in last.signers:
            return None
        what = f"{draft.name} {draft.version} is adopted already, signed by {listed(last.signers)}"
        raise LineError("adopt.adopted", what, place="by", hint="who has read it again, and finds that it stands, says so with `--again`")
    _version(known, contract)
    effective = _effective(draft, start, now)
    waits, others = _waiting(home, contract, known, given, effective, now)
    _person(by, draft, before, *(draft_of(home.path, each.digest) for each in others.replaced))
    if waits is None:
        way, needs = _asked(home, contract, known, now, others)
    else:
        if start is not None and waits.effective != effective:
            said = "as soon as all have signed" if waits.effective is None else f"from {_date(draft, waits.effective)}"
            what = f"{listed(waits.signers)} signed it to be in force {said}"
            raise LineError("adopt.from", what, place="from", hint="leave `--from` out, so that all sign the same")
        if by in waits.signers:
            return None
        effective, way, needs = waits.effective, waits.direction, waits.needs
    return ContractSigned(
        needs=needs,
        direction=way,
        previous=UNSET if last is None else last.digest,
        instead_of=others.digests or UNSET,
        effective=UNSET if effective is None else instant_text(effective),
        **common,
    )


def _waiting(
    home: Home, contract: Contract, known: Sequence[Adoption], ahead: tuple[int, ...], effective: int | None, now: int
) -> tuple[Adoption | None, Beside]:
    """What waits for this signature, if anything does, and what stands beside it; what has come to decide its kinds since makes it another change."""
    for each in known:
        if (each.contract, each.digest, each.standing, each.ahead) == (contract.draft.name, contract.digest, "waits", ahead):
            others = beside(home.path, known, contract.draft, max(each.effective or 0, now))
            if others.digests == each.instead_of:
                return each, others
    return None, beside(home.path, known, contract.draft, effective or now)


def _again(known: Sequence[Adoption], contract: Contract, now: int, common: dict[str, Any]) -> ContractSigned:
    holds = in_force(known, contract.draft.name, now)
    if holds is None or holds.digest != contract.digest:
        what = f"{contract.draft.name} {contract.draft.version} is not in force, so nobody can find that it stands"
        raise LineError("adopt.again", what, place="again", hint="`ourword adopted` shows what is in force; sign it without `--again`")
    return ContractSigned(needs=holds.needs, direction=holds.direction, again=True, **common)


def _person(by: str, *drafts: Draft | None) -> None:
    people = {each.id for draft in drafts if draft is not None for each in draft.people if each.role == "owner"}
    if by not in people:
        hint = meant(by, people, f"a person whom the contract names: {listed(sorted(people), joined='or')}")
        if by.strip() in people:
            hint = f"write `{by.strip()}`, without blanks around it"
        raise LineError("adopt.by", f"{shown(by)} is nobody who can sign this contract", place="by", hint=hint)


def _version(known: Iterable[Adoption], contract: Contract) -> None:
    draft = contract.draft
    for each in known:
        if (each.contract, each.version, each.standing) == (draft.name, draft.version, "adopted") and each.digest != contract.digest:
            what = f"version {draft.version} of {draft.name} was adopted with other words, signed by {listed(each.signers)}"
            raise LineError("adopt.version", what, place=draft.places["version"], hint="give what has changed a version of its own")


def _effective(draft: Draft, start: date | None, now: int) -> int | None:
    """The moment from which it is to be in force; `None`: at once. Never before today: what was decided then was decided by something else."""
    today, own = _day(draft, now), draft.since
    if start is not None and start < today:
        what = f"{start} has passed, and nobody can sign for the past"
        raise LineError("adopt.from", what, place="from", hint="leave `--from` out: it is in force as soon as all have signed")
    if start is not None and own is not None and start < own:
        raise LineError(
            "adopt.from", f"the contract says that it holds from {own}", place="from", hint=f"give {own} or later, or change the contract"
        )
    begins = start or own
    if begins is not None and not _FIRST_YEAR <= begins.year <= _LAST_YEAR:
        place = "from" if start is not None else draft.places["from"]
        raise LineError("adopt.from", f"{begins} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}", place=place, hint="is the year right?")
    return None if begins is None or begins <= today else _midnight(draft, begins)


def _asked(home: Home, contract: Contract, known: Sequence[Adoption], now: int, others: Beside) -> tuple[str, tuple[str, ...]]:
    """Whose signatures it needs: of those whom it names, and whom those that it replaces name, so that nobody is written out unasked."""
    new, name = contract.draft, contract.draft.name
    own = [each for each in (in_force(known, name, now), last_adopted(known, name)) if each is not None]
    replaced = {each.digest: each for each in (*own, *others.replaced)}
    way = _direction(home, contract, replaced)
    olds = [draft for digest in replaced if (draft := draft_of(home.path, digest)) is not None]
    names: list[str] = []
    for draft in (*olds, new):  # where one names nobody for such a change, who answers for it signs: a successor names no one in its place
        asked = [*_ids(draft, "need"), *(_ids(draft, "against_customers_also") if way not in (FIRST, "towards") else ())]
        names += asked or filter(None, [draft.answerable.get(_ANSWERS_FOR_IT, "")])
    if len(olds) < len(replaced):  # the files are lost, and the ledger still knows who had to sign
        names += [each for of in replaced.values() for each in of.needs]
    names += [each for of in others.lost for each in of.needs]
    return way, tuple(dict.fromkeys(names))


def _direction(home: Home, contract: Contract, replaced: Iterable[str]) -> str:
    ways = set()
    new = compile_gate(contract)
    for digest in replaced:
        old = gate_of(home.path, digest)
        ways.add("unknown" if old is None else direction(old, new))
    if not ways:
        return FIRST
    return next(each for each in ("against", "unknown", "towards") if each in ways)


def _ids(draft: Draft, key: str) -> list[str]:
    names = (draft.changes or {}).get(key)
    return [str(each) for each in names] if isinstance(names, list | tuple) else []


# ---- what was said -----------------------------------------------------------------------------------------------------


def _append(home: Home, entry: ContractSigned, reason: str, seen: int) -> bool:
    """What was said is free text, in which people write names: it lies beside the log, under a key of its own, and can be erased there."""
    if not reason:
        return home.store.append_signed(entry, seen=seen) is not None
    number = -1 - int.from_bytes(os.urandom(7))  # signals have the numbers above zero
    key = home.keys.of_signal(number, make=True)
    assert key is not None
    box, commitment = words_apart(key, name_apart(entry), reason, nonce=os.urandom(NONCE_BYTES))
    committed = msgspec.structs.replace(entry, because=commitment)
    return home.store.append_signed(committed, seen=seen, beside=msgspec.msgpack.encode((number, box))) is not None


def _with_reasons(home: Home, adoption: Adoption) -> Adoption:
    signed, reviewed = (tuple(_with_reason(home, each) for each in some) for some in (adoption.signed, adoption.reviewed))
    return msgspec.structs.replace(adoption, signed=signed, reviewed=reviewed)


def _with_reason(home: Home, signature: Signature) -> Signature:
    words = _words(home, signature.seq)
    return signature if words is None else msgspec.structs.replace(signature, because=words)


def _words(home: Home, seq: int, entry: ContractSigned | None = None) -> str | None:
    """What was said when signing, if it is still there; words that the log does not commit to are an error. *entry*: where it is at hand."""
    if home.store.beside(seq) is None:
        return None
    value = entry or home.entries(after=seq - 1, limit=1)[0].value
    assert isinstance(value, ContractSigned)
    return words_of(home, seq, value)


def words_when_signing(home: Home) -> Iterator[tuple[int, str]]:
    """Go through all that was said when signing and is still there: the entry, and the words."""
    for each in home.store.signature_entries():
        if isinstance(each.value, ContractSigned) and (words := _words(home, each.seq, each.value)):
            yield each.seq, words


# ---- days --------------------------------------------------------------------------------------------------------------


def _day(draft: Draft, at: int) -> date:
    return datetime_from_instant(at).astimezone(ZoneInfo(draft.zone)).date()


def _midnight(draft: Draft, day: date) -> int:
    return instant_from_datetime(datetime.combine(day, time(), ZoneInfo(draft.zone))) or 0


def _date(draft: Draft, at: int) -> str:
    return str(_day(draft, at))


def _instant(entry: ContractSigned) -> int:
    return instant_from_text(entry.time) or 0
