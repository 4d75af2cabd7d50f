"""Who may call, and what every answer carries. Written as plain ASGI, so that nothing passes beside it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import MutableMapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ourword.http.problems import Refused, problem

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

# `same-origin`, and not `no-referrer`: with that, browsers send our own forms under the origin `null`, which is refused below.
# No script, nothing from elsewhere, in nobody's frame: whatever a customer's text holds, a browser runs none of it.
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Lets a call through when it names this computer (or brings the key), and comes from no other site."""

    def __init__(self, app: ASGIApp, *, key: str = "") -> None:
        self.app = app
        self.key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the call, then pass it on with our headers added to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        wrong = self._wrong(headers)
        if wrong is not None:
            await problem(wrong)(scope, receive, _with_headers(send))
        else:
            await self.app(scope, receive, _with_headers(send))

    def _wrong(self, headers: MutableMapping[str, str]) -> Refused | None:
        host = headers.get("host", "")
        if self.key:
            if not self._knows_key(headers.get("authorization", "")):
                return Refused(401, "key", "the key is not right", place="Authorization", hint="send `Authorization: Bearer` and the key")
        elif _name(host) not in LOOPBACK:
            # A page elsewhere whose name is made to point here (DNS rebinding) comes with its own name.
            return Refused(421, "host", f"`{host[:100]}` is not this computer", place="Host", hint="use http://127.0.0.1, or serve with --key-file")
        origin = headers.get("origin")
        if (origin is not None and origin.partition("://")[2] != host) or headers.get("sec-fetch-site") == "cross-site":
            return Refused(403, "origin", "calls from pages of other sites are not answered", place="Origin", hint="open the address itself")
        return None

    def _knows_key(self, authorization: str) -> bool:
        """The key as a bearer token, or as the password of a browser's login."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.key)


def _name(host: str) -> str:
    return re.sub(r":\d{1,5}$", "", host).lower()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message["headers"]}
            added: list[tuple[bytes, bytes]] = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in present]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sending


def file_policy() -> str:
    """The policy for pages in files, which carry it in their head: their own folder's style, and nothing else.

    >>> file_policy()
    "default-src 'none'; style-src 'self' file:; form-action 'self'; base-uri 'none'"
    """
    return HEADERS["content-security-policy"].replace("; frame-ancestors 'none'", "").replace("style-src 'self'", "style-src 'self' file:")


def inline_policy(css: str) -> str:
    """The policy for a page with its style inside: that one style, named by its digest, and nothing else.

    >>> inline_policy("")
    "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; base-uri 'none'; form-action 'none'"
    """
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
