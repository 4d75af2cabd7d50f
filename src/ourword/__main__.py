"""`python -m ourword`: the same as the command `ourword`, where that is not on the path."""

from __future__ import annotations

from ourword.cli.main import main

if __name__ == "__main__":
    main()
