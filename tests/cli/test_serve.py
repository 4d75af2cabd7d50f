"""`ourword serve`, as a process of its own: it says where it is, answers there, and ends when told to."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals as POSIX has them")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_at_the_printed_address_until_stopped(larkspur: Any, proposal: Any, tmp_path: Path, stop: signal.Signals) -> None:
    """What was acknowledged is recorded when it ends, and the home is closed in order."""
    command = [sys.executable, "-m", "ourword.cli.main", "serve", *map(str, larkspur), "--home", str(tmp_path / "home"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            answer = _post(server.stdout.readline().split()[-1], proposal)
            server.send_signal(stop)
            _, errors = server.communicate(timeout=30)
        finally:
            server.kill()

    assert (0, "", "allow") == (server.returncode, errors, answer["answer"])
    assert ["home.json", "keys.sqlite", "ledger.sqlite"] == sorted(each.name for each in (tmp_path / "home").iterdir() if each.is_file())


def _post(address: str, proposal: Any) -> Any:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("POST", parts.path, json.dumps(proposal), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_beyond_this_computer_only_with_a_key(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """Decisions about customers are not for the whole network."""
    ran = ourword("serve", *larkspur, "--host", "0.0.0.0")

    assert (64, "") == (ran.code, ran.out)
    assert "--key-file" in ran.err


def test_a_key_file_that_is_not_there_is_wrong_usage(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """It must not start without the key that somebody meant to set."""
    assert 64 == ourword("serve", *larkspur, "--key-file", tmp_path / "nokey").code
