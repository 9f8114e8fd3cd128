"""``/admin/access-log``: who entered, looked at or changed what, to read and to take to an audit.
For everybody but administrators there is nothing here."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec
from aiohttp import web

from meetd.accounts.accounts import Accounts
from meetd.audit.access_log import AccessLog
from meetd.audit.reading import COLUMNS, plain, read
from meetd.pages.access_noting import AccessNoting
from meetd.pages.rendering import Renderer
from meetd.privacy.archive import cells
from meetd.serving.headers import NOTHING
from meetd.serving.sending import Sending, anybody
from meetd.serving.visitors import Visitors

_PAGE: Final = "/admin/access-log"
_SHOWN: Final = 200
_TYPES: Final = {"csv": "text/csv", "json": "application/json"}


class AccessLogPage:
    """Reads the log; that it was read is in it."""

    def __init__(
        self,
        log: AccessLog,
        accounts: Accounts,
        noting: AccessNoting,
        visitors: Visitors,
        renderer: Renderer,
        sending: Sending,
    ) -> None:
        self._log = log
        self._accounts = accounts
        self._noting = noting
        self._visitors = visitors
        self._renderer = renderer
        self._sending = sending

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_PAGE, self._show),
            web.get(_PAGE + "/{kind:csv|json}", self._fetch),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        """The last lines, newest first."""
        await self._visitors.require_administrator(request)
        await self._noting.written()
        last = (await self._log.head()).number
        names = await self._names()
        lines = [plain(line, names) async for line in self._log.lines(max(0, last - _SHOWN))]
        return self._renderer.render(request, "access_log.html", lines=lines[::-1])

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        """All of it, line by line: it may be long."""
        await self._visitors.require_administrator(request)
        await self._noting.written()
        kind = request.match_info["kind"]
        response = web.StreamResponse(headers=_headers(kind))
        await self._sending.send(request, response, self._lines(kind), anybody)
        return response

    async def _lines(self, kind: str) -> AsyncGenerator[bytes, None]:
        if kind == "csv":
            yield cells(COLUMNS).encode()
        async for line in read(self._log, await self._names()):
            yield _line(line, kind)

    async def _names(self) -> dict[str, str]:
        """What the accounts that are there now are called."""
        return {
            await self._log.alias(account.id): account.email
            async for account in self._accounts.all()
        }


def _line(line: dict[str, Any], kind: str) -> bytes:
    if kind == "json":
        return msgspec.json.encode(line) + b"\n"
    return cells([line[column] for column in COLUMNS]).encode()


def _headers(kind: str) -> dict[str, str]:
    name = "access-log.csv" if kind == "csv" else "access-log.jsonl"
    return {
        "Content-Type": _TYPES[kind],
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": NOTHING,
        "Cache-Control": "no-store",
    }
