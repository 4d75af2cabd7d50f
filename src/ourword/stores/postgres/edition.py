"""Which edition of tables and functions a home's database holds. An upgrade of Ourword brings others: they are put in place of the older ones."""

from __future__ import annotations

from ourword.errors import HomeError
from ourword.stores.postgres.laid import granted_alike, keys_lock, there
from ourword.stores.postgres.line import Line, Unallowed
from ourword.stores.postgres.sampling import never_sample
from ourword.stores.postgres.schema import EDITION, KEYS_IN_THE_CLEAR, KEYS_SCHEMA, ledger_schema
from ourword.stores.wrapped import TABLE


def lay(line: Line, keys: str) -> None:
    """Lay tables and functions inside a transaction, in the schema of the ledger and in that of the keys, or find them laid.

    What a newer ourword has laid stays as it is. Raises `HomeError`: `home.newer-format`.
    """
    line.execute("SET LOCAL client_min_messages = warning")
    line.execute(f'SET LOCAL search_path = "{keys}"')
    if not there(line, keys, TABLE):  # else other tables hold them, which whoever wrapped them has laid
        line.execute(KEYS_IN_THE_CLEAR)
    line.execute(KEYS_SCHEMA)
    line.execute(f'SET LOCAL search_path = "{line.schema}"')
    refuse_newer(line)
    line.execute(ledger_schema(f'"{keys}"'))
    for later, known in (("leaf", "entry"), ("pruning", "entry"), (f'"{keys}".let_go', f'"{keys}".inbox')):
        granted_alike(line, later, known, only="SELECT")  # gates were given their rights once, on the tables of then
    never_sample(line, line.schema, keys)


def refuse_newer(line: Line) -> None:
    """A newer ourword's functions may mean something else by the same words. Raises `HomeError`: `home.newer-format`."""
    found = edition(line)
    if found > EDITION:
        what = f"this home's database holds edition {found} of tables and functions, and this ourword knows up to {EDITION}"
        raise HomeError("home.newer-format", what, place=line.place, hint="open it with a newer ourword")


def bring_up(line: Line, keys: str, lock: int) -> None:
    """Put this edition in place of an older one, while nobody records. Raises `HomeError`: `home.older-functions` where the role may not."""
    if edition(line) >= EDITION:
        return
    try:
        line.execute("BEGIN")
        # As `lead`, which may be one of those that are replaced.
        line.execute("SELECT pg_advisory_xact_lock(?::bigint), pg_advisory_xact_lock(?::bigint)", (lock, lock ^ 1))
        line.execute("SELECT pg_advisory_xact_lock(?::bigint)", (keys_lock(keys),))
        lay(line, keys)
        line.execute("COMMIT")
    except Unallowed as cause:
        line.roll_back()
        what = f"an older ourword laid this home's tables and functions, this one needs edition {EDITION}, and this role may not replace them"
        hint = "open the home once as the role that made it (`ourword home DIR --postgres ADDRESS`), then run this again"
        raise HomeError("home.older-functions", what, place=line.place, hint=hint) from cause
    except BaseException:
        line.roll_back()
        raise


def edition(line: Line) -> int:
    """Which one is there; 0 where there is none, and in homes from before they were numbered."""
    numbered = line.execute("SELECT to_regproc('edition') IS NOT NULL").get
    return int(line.execute("SELECT edition()").get) if numbered else 0
