"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder, on a socket there, gone at the end.

Debian's package `postgresql` brings it. `initdb` refuses root: then it all runs as the user `postgres`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PORT = "54329"
"""Only the name of the socket: nothing listens on the network."""


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs; Debian keeps them out of PATH."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(beside[-1]) if beside else None)


def is_there() -> bool:
    return program("initdb") is not None and program("pg_ctl") is not None


class Cluster:
    """A running server."""

    def __init__(self) -> None:
        # A socket's path must be short, so it lies in no test's own folder.
        self.folder = Path(tempfile.mkdtemp(prefix="ow-pg-"))
        self._as: dict[str, Any] = {}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            self._as = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.folder, "postgres", "postgres")
        try:
            self._run("initdb", "-D", str(self.data), "--auth=trust", "-U", "ourword", "-E", "UTF8", "--no-locale", "--no-sync")
            options = f"port={PORT}\nlisten_addresses=''\nunix_socket_directories='{self.folder}'\nshared_buffers=32MB\nmax_connections=150\n"
            with (self.data / "postgresql.auto.conf").open("a") as file:
                file.write(options)
            self.start()
        except BaseException:
            self.remove()
            raise

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"host={self.folder} port={PORT} user=ourword dbname=postgres"

    @property
    def environment(self) -> dict[str, str]:
        """The same for libpq."""
        return {"PGHOST": str(self.folder), "PGPORT": PORT, "PGUSER": "ourword"}

    def make_database(self, name: str, *, template: str = "template1") -> None:
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[call-overload]

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` ends all connections, `immediate` is as good as a crash."""
        self._run("pg_ctl", "stop", "-w", "-D", str(self.data), "-m", mode)

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, name: str, *arguments: str) -> None:
        found = program(name)
        assert found is not None
        done = subprocess.run(
            [found, *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if name == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT, check=False, env={**os.environ, "LC_ALL": "C"}, **self._as,
        )  # fmt: skip
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{name} failed: {(done.stdout or b'').decode()}{log.read_text() if log.exists() else ''}")
