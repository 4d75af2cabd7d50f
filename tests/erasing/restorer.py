"""A process that restores a home and kills itself at so many steps (0: never), and then says how many there were.

python -m tests.erasing.restorer BACKUP HOME LIST POSTGRES AT
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.erasing.eraser import Counted, count_changes, count_statements

from ourword.cli.backup import run_restore
from ourword.stores import backup


def main(source: str, home: str, erasures: str, postgres: str, at: int) -> None:
    counted = Counted(at)
    count_changes(counted)

    def counting(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            counted()
            told = do(*given, **named)
            counted()  # a step may take long: it is left in the midst of it by neither, so that both of its ends are tried
            return told

        return done

    for module, name in ((backup, "_copy_database"), (backup, "mark"), (shutil, "copy2"), (shutil, "copytree")):
        setattr(module, name, counting(getattr(module, name)))
    if postgres:
        from ourword.stores.postgres import dumping

        dumping._run = counting(dumping._run)
        count_statements(counted)
    run_restore(Path(source), Path(home), erasures=erasures, postgres=postgres)
    print(counted.count)


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))
