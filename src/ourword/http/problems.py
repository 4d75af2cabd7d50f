"""Errors over HTTP: problem+json (RFC 9457) with the code, place and hint that every other door gives."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from ourword.errors import ContractError, HomeError, LineError, OurwordError

PROBLEM = "application/problem+json"


class Refused(OurwordError):
    """A call that HTTP itself refuses: its way, its size, its type, its caller."""

    def __init__(self, status: int, code: str, what: str, *, place: str, hint: str) -> None:
        self.status = status
        super().__init__(f"http.{code}", what, place=place, hint=hint)


def status_of(error: OurwordError) -> int:
    """Say which status an error has: 400 for what was handed in, 503 for a home that cannot be used."""
    match error:
        case Refused():
            return error.status
        case LineError(code="why.unknown-decision"):
            return HTTPStatus.NOT_FOUND
        case LineError():
            return HTTPStatus.BAD_REQUEST
        case HomeError():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case ContractError():
            return HTTPStatus.INTERNAL_SERVER_ERROR
        case _:
            return HTTPStatus.BAD_REQUEST


def problem(error: OurwordError) -> Response:
    """Answer with an error."""
    status = status_of(error)
    body = {"type": f"urn:ourword:{error.code}", "title": HTTPStatus(status).phrase, "status": int(status), "detail": error.what, **error.as_dict()}
    headers = {"WWW-Authenticate": 'Basic realm="ourword", charset="UTF-8"'} if status == HTTPStatus.UNAUTHORIZED else None
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM, headers=headers)
