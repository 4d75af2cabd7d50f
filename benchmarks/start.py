"""How long starting takes: `import ourword` beside `import msgspec`, `ourword --version` beside `import typer`.

    python -m benchmarks.start [--json] [--rounds N]

Whole processes by turns, in time as a person waits it, Python's own start included on both sides. `without_python` takes
that start off both: it shows what we add ourselves, has no mark, and is noisy, being the ratio of two small differences.
`use` has no mark either: names are loaded when first used, so the import alone says little about a program that decides.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, process_ratio

MARKS = {"import_ratio_to_msgspec": 1.5, "version_ratio_to_typer": 2.0}


def measure(*, rounds: int) -> dict[str, Any]:
    """Measure both; the figures of one run on one machine."""
    python = (sys.executable, "-c")
    bare = process_ratio((*python, "pass"), (*python, "pass"), rounds=max(rounds // 3, 2))["ms"]
    imported = process_ratio((*python, "import ourword"), (*python, "import msgspec"), rounds=rounds)
    used = process_ratio((*python, "from ourword import Ourword, decide"), (*python, "import msgspec"), rounds=max(rounds // 3, 2))
    version = process_ratio((_script(), "--version"), (*python, "import typer"), rounds=rounds)
    return {
        "import_ratio_to_msgspec": imported["ratio"],
        "version_ratio_to_typer": version["ratio"],
        "import": {**imported, "without_python": _without(bare, imported)},
        "use": {**used, "without_python": _without(bare, used)},
        "version": {**version, "without_python": _without(bare, version)},
        "python_ms": bare,
        "marks": MARKS,
        "machine": machine(),
    }


def _script() -> str:
    """The console script that belongs to this Python, as it would be typed."""
    found = shutil.which("ourword", path=str(Path(sys.executable).parent)) or shutil.which("ourword")
    assert found is not None, "the console script `ourword` is not installed beside this Python"
    return found


def _without(bare: float, told: dict[str, float]) -> float:
    return round((told["ms"] - bare) / max(told["beside_ms"] - bare, 0.1), 2)


def table(figures: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = []
    compared = {
        "import": ("import ourword", "import msgspec", MARKS["import_ratio_to_msgspec"]),
        "use": ("… and its main names", "import msgspec", None),
        "version": ("ourword --version", "import typer", MARKS["version_ratio_to_typer"]),
    }
    for name, (what, beside, mark) in compared.items():
        told = figures[name]
        judged = "no mark" if mark is None else f"mark {mark}: {'kept' if told['ratio'] <= mark else 'MISSED'}"
        lines.append(
            f"  {what:20} {told['ms']:7} ms   {beside:15} {told['beside_ms']:7} ms   ratio {told['ratio']:5.2f}   {judged}"
            f"   (without Python's own start: {told['without_python']})"
        )
    return "\n".join([*lines, "", f"  {figures['machine']}; Python alone {figures['python_ms']} ms"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=30, help="starts of each, by turns")
    asked = parser.parse_args()
    figures = measure(rounds=asked.rounds)
    print(json.dumps(figures) if asked.json else table(figures))


if __name__ == "__main__":
    main()
