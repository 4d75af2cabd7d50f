"""What a home says that it let go of, held against what it is: by whose word, how far, and what must be there still."""

from __future__ import annotations

from ourword.core.calendar import Calendar
from ourword.core.span import span_from_text
from ourword.core.time import instant_from_text
from ourword.ledger.entry import ContractSigned, Pruned
from ourword.ledger.keeping import SECOND, bound_of, histories
from ourword.ledger.store import Entry
from ourword.stores.contracts import draft_of
from ourword.stores.home import Home
from ourword.stores.pruned import digest_of_numbers, is_asked
from ourword.tlog.tiles import HEIGHT
from ourword.verifying.flaws import Flaws

_LEDGER = "ledger.sqlite"
_SLACK = 2 * 86_400 * SECOND
"""Rules of time zones change, and `--keep` counts in UTC where contracts count in their own zone."""


def let_go(home: Home, upto: int, *, last_gone: int, published: int, signed: int, flaws: Flaws) -> tuple[str, ...]:
    """Hold what the ledger let go of against what entries say of it; give what is no flaw and must be known.

    *upto* is up to where those say so that are *published* in this folder, *last_gone* the last entry of the log that the ledger has not,
    *signed* how many are signed: where several folders are one home, others may have published more.
    """
    store = home.store
    begun, gone = store.pruning_to(), store.pruned_to()
    said = [(each, value) for each in store.pruned_entries() if isinstance(value := each.value, Pruned)]
    most = max((value.upto for _, value in said), default=0)
    upto = max([upto, *(value.upto for each, value in said if published < each.seq <= signed)])
    if last_gone > upto or gone > most:
        flaws.add(_LEDGER, f"the ledger let go of entries up to {gone:,}, and no signed entry says that they go", entry=gone)
    elif lost := [number for number in range(most >> HEIGHT) if store.pruned_leaves(number) is None]:
        what = "the hashes kept of entries that were let go of are gone: they were deleted, and publishing needs them where the log is lost"
        flaws.add(_LEDGER, what, entry=(lost[0] << HEIGHT) + 1)
    elif most:
        last, staying = said[-1][1], store.staying(most)
        if (len(staying), digest_of_numbers(staying)) != (last.stay, last.numbers):
            flaws.add(_LEDGER, f"of the entries up to {most:,} others are there than those of which the last `pruned` says that they stay")
        if begun is None and store.rows_to(most) != (len(staying), 0):
            flaws.add(_LEDGER, f"decisions up to entry {most:,} were let go of, and some of them are there")
    asked = home.keys.pruning_asked()
    before = 0
    for entry, value in said:
        if entry.seq > signed and not is_asked(entry, asked):
            what = f"it says that decisions up to entry {value.upto:,} were let go of, and nobody has asked for that here: it was put in"
            flaws.add(_LEDGER, what, entry=entry.seq)
        _bound(home, entry, value, flaws, before=before)
        before = max(before, value.upto)
    if begun is None:
        return ()
    if begun != most:
        flaws.add(_LEDGER, f"it says that decisions up to entry {begun:,} are being let go of, and no entry says so")
    return (f"letting go of decisions up to entry {begun:,} is not finished: `ourword prune` goes on with it, unless it is at work now",)


def _bound(home: Home, entry: Entry, said: Pruned, flaws: Flaws, *, before: int) -> None:
    """Hold what was called past retention against the contracts: a bound that is too young let go of what was to be kept.

    The times of what is gone are gone with it; of entries that stay none may be younger, but those up to *before*, which were asked about then.
    """
    signed = {value.digest for each in home.store.signature_entries() if each.seq < entry.seq and isinstance(value := each.value, ContractSigned)}
    if left_out := sorted(signed - {*said.contracts}):
        flaws.add(_LEDGER, f"it did not ask the contract {left_out[0][:19]}…, which was signed before, how long decisions are kept", entry=entry.seq)
    now, bound = instant_from_text(said.time), instant_from_text(said.bound)
    span = span_from_text(said.keep) if isinstance(said.keep, str) else None
    if now is None or bound is None or not said.contracts:
        flaws.add(_LEDGER, "it does not say by which contracts, when, or up to which moment decisions were past retention", entry=entry.seq)
        return
    for digest in said.contracts:
        draft = draft_of(home.path, digest)
        if draft is None:
            flaws.add(f"contracts/{digest.removeprefix('sha256:')}", "the contract that this entry names is missing", entry=entry.seq)
            continue
        keep = draft.keep or span
        latest = [bound_of(Calendar(draft.zone), keep, now)] if keep else [0]
        if bound > min([*latest, *(now - within for within in histories([draft]))]) + _SLACK:
            what = f"it let go of what was older than {said.bound}, and the contract {digest[:19]}… keeps that longer"
            flaws.add(_LEDGER, what, entry=entry.seq)
    younger = [each.seq for each in home.store.staying(said.upto) if each.seq > before and (instant_from_text(each.value.time) or 0) >= bound]
    if younger:
        flaws.add(_LEDGER, f"it let go of what was older than {said.bound}, and entry {younger[0]:,}, which it says is, is younger", entry=entry.seq)
