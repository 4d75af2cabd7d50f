"""The HTTP door, put together: routes, errors, guard. `make(ourword)` gives an ASGI app; `listen` serves it."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ourword.app import Ourword
from ourword.errors import HomeError, OurwordError, UsageError
from ourword.http import asked as calling
from ourword.http import decisions, events, outcomes, signals
from ourword.http.guard import Guard
from ourword.http.pages import coherence, contacts, contract, one_page, our_word, promises, recount
from ourword.http.pages import decisions as decided
from ourword.http.pages import signals as asked
from ourword.http.pages.site import Site
from ourword.http.problems import Refused, problem, status_of
from ourword.http.render import error_page, style
from ourword.http.then import Then, as_served
from ourword.stores.home import Home

KEY_LENGTH_MIN = 16
CALLS_MAX = 256
"""Calls that are served at once; more are told to come back (503), rather than taking all memory."""


def make(ourword: Ourword | None, *, home: Home | None = None, key: str = "") -> Starlette:
    """Make the ASGI app for a contract at work, or for a *home* alone; with a *key* every caller must bring it."""
    site = Site(ourword, home)
    past = [Middleware(Then, home=site.home)] if site.home is not None and site.home.known_at is not None else []
    app = Starlette(
        routes=[
            Route("/", as_served(our_word.page)),
            Route("/recount", as_served(recount.page), methods=["GET", "POST"]),
            Route("/recount/one-page", as_served(one_page.page)),
            Route("/promises", as_served(promises.page)),
            Route("/contract", as_served(contract.page)),
            Route("/signals", as_served(asked.page)),
            Route("/signals/{signal_id:str}", as_served(asked.one), methods=["GET", "POST"]),
            Route("/coherence", as_served(coherence.page)),
            Route("/contacts", as_served(contacts.listing, moments=True)),
            Route("/contacts/{number:str}", as_served(contacts.one)),
            Route("/decisions", as_served(decided.decisions)),
            Route("/decisions/{decision_id:path}", as_served(decided.decision)),
            Route("/style.css", _style_sheet),
            Route("/healthz", decisions.health),
            Route("/v1/decisions", decisions.decide, methods=["POST"]),
            Route("/v1/decisions/{decision_id:path}/why", decisions.why),
            Route("/v1/events", events.take, methods=["POST"]),
            Route("/v1/outcomes", outcomes.outcomes),
            Route("/v1/recount", outcomes.recount),
            Route("/v1/promises", outcomes.promised),
            Route("/v1/contacts", outcomes.contacts),
            Route("/v1/adopted", outcomes.adopted),
            Route("/v1/ask", calling.ask, methods=["GET", "POST"]),
            Route("/v1/signals", signals.listing),
            Route("/v1/signals/{signal_id:str}/answer", signals.take, methods=["POST"]),
            Route("/v1/signals/{signal_id:str}/waive", signals.waive, methods=["POST"]),
            Route("/v1/answers", signals.answered),
            Route("/v1/coherence", outcomes.coherence),
        ],
        middleware=[Middleware(Guard, key=key), *past],
        exception_handlers=HANDLERS,
    )
    app.state.site = site
    app.state.listing = decided.listing_of(site.home) if site.home is not None else None
    return app


def close(app: Starlette) -> None:
    """Close what the app opened; the home and the contract at work stay their owner's."""
    app.state.site.close()


async def _style_sheet(request: Request) -> Response:
    return Response(style(), media_type="text/css", headers={"cache-control": "max-age=300"})


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, OurwordError)
    if _wants_page(request):
        title = "This does not work now" if isinstance(error, HomeError) else "That cannot be shown"
        return HTMLResponse(error_page(title, error.what, error.hint), status_code=status_of(error))
    return problem(error)


def _theirs(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _wants_page(request):
        return HTMLResponse(error_page("There is nothing here", "The address leads nowhere.", "Go back to the list."), status_code=error.status_code)
    if error.status_code == 405:
        hint = f"use {(error.headers or {}).get('Allow', 'another')}"
        return problem(Refused(405, "method", f"`{request.method[:20]}` is not answered here", place=request.url.path[:200], hint=hint))
    return problem(Refused(error.status_code, "not-found", "there is nothing here", place=request.url.path[:200], hint="POST /v1/decisions decides"))


def _unexpected(request: Request, error: Exception) -> Response:
    # The cause goes to the log of the server; a caller learns nothing of our insides.
    what = "something went wrong in Ourword itself"
    return problem(Refused(500, "unexpected", what, place=request.url.path[:200], hint="see its log, and tell us"))


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/v1/") and request.url.path != "/healthz"


HANDLERS: dict[Any, Any] = {OurwordError: _ours, HTTPException: _theirs, Exception: _unexpected}
"""What becomes of an error: a page where a page was asked for, else problem+json."""


# ---- listening -----------------------------------------------------------------------------------------------------


def is_loopback(host: str) -> bool:
    """Say whether only this computer can call.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_key(path: Path) -> str:
    """Read the key: the file's first line."""
    try:
        with path.open(encoding="utf-8") as file:
            key = file.readline(4096).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("usage.key-file", "the key cannot be read", place=str(path), hint="a text file whose first line is the key") from error
    if len(key) < KEY_LENGTH_MIN:
        what = f"the key has {len(key)} characters"
        raise UsageError("usage.key-file", what, place=str(path), hint=f"make one of at least {KEY_LENGTH_MIN}: openssl rand -hex 32")
    return key


def bound(host: str, port: int, *, key: str = "") -> socket.socket:
    """Take the address before saying that we have it. Beyond this computer only with a key."""
    if not is_loopback(host) and not key:
        what = f"`{host}` can be reached by others, and there is no key"
        raise UsageError("usage.host", what, place="--host", hint="add --key-file FILE, or leave --host out")
    try:
        family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere it would let a second program take the same address
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(CALLS_MAX)  # who calls as soon as the address is printed waits, and is not turned away
        except OSError:
            listening.close()
            raise
    except OSError as error:
        what = f"the address cannot be used: {error.strerror or error}"
        raise UsageError("usage.address", what, place=f"{host}:{port}", hint="choose another --port; --port 0 takes a free one") from error
    return listening


def address_of(listening: socket.socket, host: str) -> str:
    """The address for a browser."""
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{listening.getsockname()[1]}/"


def listen(app: Starlette, listening: socket.socket, *, closing_with: Callable[[Starlette], None] = close) -> None:
    """Serve until told to stop (Ctrl+C, or SIGTERM), then finish what is being answered, and close the app."""
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, limit_concurrency=CALLS_MAX, lifespan="off")
    # uvicorn stops in order and then raises the signal again: it must not end us before the home is closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with closing(listening), suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    closing_with(app)
