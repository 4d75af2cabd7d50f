"""What a home says that it let go of, held against what it is: by whose word, how far, and what must be there still."""

from __future__ import annotations

from ourword.ledger.entry import Pruned
from ourword.stores.home import Home
from ourword.stores.pruned import is_asked, numbers_of
from ourword.verifying.flaws import Flaws

_LEDGER = "ledger.sqlite"


def let_go(home: Home, upto: int, *, last_gone: int, signed: int, flaws: Flaws) -> tuple[str, ...]:
    """Hold what the ledger let go of against what entries say of it; give what is no flaw and must be known.

    *upto* is up to where the signed ones say so, *last_gone* the last entry of the log that the ledger has not, *signed* how many are signed.
    """
    store = home.store
    begun, gone = store.pruning_to(), store.pruned_to()
    said = [(each, value) for each in store.pruned_entries() if isinstance(value := each.value, Pruned)]
    most = max((value.upto for _, value in said), default=0)
    if last_gone > upto or gone > most:
        flaws.add(_LEDGER, f"the ledger let go of entries up to {gone:,}, and no signed entry says that they go", entry=gone)
    elif most:
        last, staying = said[-1][1], store.staying(most)
        if (len(staying), numbers_of(staying)) != (last.stay, last.numbers):
            flaws.add(_LEDGER, f"of the entries up to {most:,} others are there than those of which the last `pruned` says that they stay")
        if begun is None and store.rows_to(most) != (len(staying), 0):
            flaws.add(_LEDGER, f"decisions up to entry {most:,} were let go of, and some of them are there")
    asked = home.keys.pruning_asked()
    for entry, value in said:
        if entry.seq > signed and not is_asked(entry, asked):
            what = f"it says that decisions up to entry {value.upto:,} were let go of, and nobody has asked for that here: it was put in"
            flaws.add(_LEDGER, what, entry=entry.seq)
    if begun is None:
        return ()
    if begun != most:
        flaws.add(_LEDGER, f"it says that decisions up to entry {begun:,} are being let go of, and no entry says so")
    return (f"letting go of decisions up to entry {begun:,} is not finished: `ourword prune` goes on with it, unless it is at work now",)
