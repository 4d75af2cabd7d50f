"""The command runs as a module too: on a computer where it is not on the path."""

from __future__ import annotations

import subprocess
import sys


def test_the_module_is_the_command() -> None:
    """A newcomer who typed `python -m ourword` was told that it cannot be executed."""
    ran = subprocess.run([sys.executable, "-m", "ourword", "--version"], capture_output=True, text=True, check=True)

    assert ran.stdout.startswith("ourword ")
