"""An app behind a real socket, for tests with a browser: served from a thread of its own, and closed with the block."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from ourword.http.server import address_of, bound


@contextmanager
def served(app: Starlette, close: Callable[[Starlette], None]) -> Iterator[str]:
    """Serve an app, and give its address."""
    listening = bound("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield address_of(listening, "127.0.0.1")
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        close(app)
