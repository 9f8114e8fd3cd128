"""From what went wrong to an answer: refusals, aiohttp's own errors, and bugs of ours.

Programs get ``{"code": ..., "facts": {...}}``, the same codes as on the WebSocket; people get a
page. Who makes the page is above this floor and is given to ``translate_faults``.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from meetd.core.ids import new_id
from meetd.core.refusals import Refusal, ServerFault, TooFast
from meetd.serving.access_log import route_of
from meetd.serving.origins import WrongHost

log = logging.getLogger(__name__)

_FOR_PROGRAMS: Final = ("/api/", "/ws", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Fault:
    """What the answer says."""

    status: int
    code: str
    """Name of a refusal, or of the HTTP status in one word, such as ``NotFound``."""
    facts: dict[str, Any] = field(default_factory=dict)


ErrorPage = Callable[[web.Request, Fault], web.Response]


def translate_faults(error_page: ErrorPage) -> Middleware:
    """The outermost middleware: nothing but answers leaves it."""

    @web.middleware
    async def translate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            fault = Fault(refusal.status, refusal.code, refusal.facts())
            return _answer(request, fault, error_page)
        except web.HTTPError as error:
            answer = _answer(request, _of_http(error), error_page)
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
            return answer
        except web.HTTPException:  # a redirect
            _check_nothing_is_out(request)
            raise
        except ConnectionError:
            raise  # nobody is there any more
        except Exception as bug:  # noqa: BLE001 - this is the edge: it ends this request only
            return _answer(request, _of_bug(request, bug), error_page)

    return translate


def _of_http(error: web.HTTPError) -> Fault:
    facts = {"goTo": error.public_url} if isinstance(error, WrongHost) else {}
    # By the name of its class: the phrases of http.HTTPStatus change with the version of Python.
    return Fault(error.status, type(error).__name__.removeprefix("HTTP"), facts)


def _of_bug(request: web.Request, bug: Exception) -> Fault:
    """Logged once, under the id that the person sees."""
    incident = new_id()[:10]
    fields = {"incident": incident, "route": route_of(request)}
    log.error("a request ended in a bug", exc_info=bug, extra={"fields": fields})
    fault = ServerFault(incident=incident)
    return Fault(fault.status, fault.code, fault.facts())


def _answer(request: web.Request, fault: Fault, error_page: ErrorPage) -> web.Response:
    _check_nothing_is_out(request)
    if request.path.startswith(_FOR_PROGRAMS):
        body = msgspec.json.encode({"code": fault.code, "facts": fault.facts})
        answer = web.Response(status=fault.status, body=body, content_type="application/json")
    else:
        answer = _page(request, fault, error_page)
    if fault.code == TooFast.code:
        answer.headers["Retry-After"] = str(math.ceil(fault.facts["seconds"]))
    if request.can_read_body:  # it was not read and will not be
        answer.force_close()
    return answer


def _check_nothing_is_out(request: web.Request) -> None:
    """Another answer would stand in the half of one. Raises: ConnectionResetError."""
    if request.writer.output_size:
        raise ConnectionResetError


def _page(request: web.Request, fault: Fault, error_page: ErrorPage) -> web.Response:
    """A bug in the page about a bug leaves a plain line."""
    try:
        return error_page(request, fault)
    except Exception:
        log.exception("the error page failed", extra={"fields": {"code": fault.code}})
        return web.Response(status=fault.status, text=f"{fault.status} {fault.code}\n")
