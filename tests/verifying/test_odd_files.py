"""A log is handed out by somebody else: what lies in its place is not always a file, and `verify` must end."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ourword.checks.store import refund
from ourword.stores.home import open_home

NAMES = ("checkpoint", "tile/entries/000.p/20", "tile/0/000.p/20")


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def huge(path):
    with path.open("wb") as file:
        file.truncate(20_000_000_000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
@pytest.mark.parametrize("odd", [pipe, device, huge])
def test_what_is_no_plain_file_or_too_large_is_named_at_once(tmp_path, odd):
    """With little memory and little time: a pipe is not waited for, a device and 20 GB of nothing are not read."""
    import resource

    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}") for number in range(10)])
    log, key = tmp_path / "home" / "log", tmp_path / "key"
    key.write_bytes((log / "key").read_bytes())
    for name in (*NAMES, "key"):
        path, whole = log / name, (log / name).read_bytes()
        path.unlink()
        odd(path)
        ran = subprocess.run(
            [sys.executable, "-m", "ourword", "verify", str(log), "--key", str(key), "--full"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000)),
        )
        path.unlink()
        path.write_bytes(whole)

        assert ran.returncode in (1, 2), (name, ran)
        assert name in ran.stdout + ran.stderr, (name, ran)
        assert "Traceback" not in ran.stderr, ran.stderr
