"""What DuckDB spills into a home while it works: gone when it is done, and swept up where a process was killed over it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

FOLDER = "spilled"
_MEMORY = "8MB"
_MORE_THAN_FITS = "CREATE TABLE more AS SELECT range AS number FROM range(4_000_000)"


def sweep(home: Path) -> None:
    """Remove what killed processes left behind; what belongs to a running one stays.

    DuckDB knows whose files are whose, since each process holds a lock on a file of its own there, and clears away those of the dead when it
    first spills: so here it is made to spill. Where nothing was left this costs a look at the folder.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        return
    import duckdb

    with suppress(duckdb.Error), duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY, "temp_directory": str(folder)}) as duck:
        duck.execute(_MORE_THAN_FITS)
    with suppress(OSError):  # somebody else's are in it, or it cannot be written
        folder.rmdir()
