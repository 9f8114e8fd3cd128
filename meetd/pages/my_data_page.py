"""``/account/data``: everything kept about somebody, why and until when, from what each feature
declares; the archive to take along; and closing the account. No JavaScript."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiohttp import web

from meetd.accounts.account import AccountRefused, SignedIn, refuse
from meetd.accounts.accounts import Accounts
from meetd.core.holdings import Countable, Holding
from meetd.core.times import day_and_time
from meetd.pages.archives import last_moment, send_archive
from meetd.pages.kinds import SHOWN, Kept, in_words
from meetd.pages.rendering import Renderer
from meetd.pages.words import Words
from meetd.privacy.exports import Exports
from meetd.rooms.store import RoomStore
from meetd.serving.done import after, done
from meetd.serving.forms import read_form
from meetd.serving.sending import Sending
from meetd.serving.visitors import Visitors
from meetd.storage.blobs import BlobDamaged

_PAGE: Final = "/account/data"
_ARCHIVE: Final = f"{_PAGE}/archive"
_CLOSE: Final = f"{_PAGE}/close"
_CORRECTED: Final = {
    "account": "/account#names",
    "consent": "/account/data#close",
    "session": "/account#sessions",
    "passkey": "/account#passkeys",
    "address change": "/account#email",
    "reach": "/account#notifications",
    "notifications": "/account#notifications",
    "image": "/account#picture",
    "team": "/account/teams",
    "room": "/account/rooms",
    "new rooms": "/account/rooms",
    "access": "/account/rooms",
    "room offered to you": "/account#waiting",
    "room offered by you": "/account/rooms",
    "support entry not read yet": "/account/support",
}
"""Where somebody changes or removes it."""


class MyDataPage:
    """The pages of somebody who is signed in, about what is kept of them."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        rooms: RoomStore,
        exports: Exports,
        holdings: Callable[[], Sequence[Holding]],
        visitors: Visitors,
        renderer: Renderer,
        sending: Sending,
    ) -> None:
        self._accounts = accounts
        self._rooms = rooms
        self._exports = exports
        self._holdings = holdings
        self._visitors = visitors
        self._renderer = renderer
        self._sending = sending

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_PAGE, self._show),
            web.post(_ARCHIVE, self._ask),
            web.get(_ARCHIVE, self._fetch),
            web.post(_CLOSE, self._close),
            web.get(_CLOSE, self._to_page),
        ]

    async def _to_page(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_PAGE)

    async def _show(self, request: web.Request) -> web.Response:
        return await self._page(request, await self._visitors.require(request))

    async def _ask(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        await read_form(request)
        await self._exports.ask(who.account.id)
        raise done(f"{_PAGE}#archive", "archive_asked")

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        """Whoever is signed in fetches their own, and no other."""
        who = await self._visitors.require(request)
        export = await self._exports.of(who.account.id)
        if export is None or export.length is None:
            raise web.HTTPSeeOther(_PAGE)
        try:
            return await send_archive(request, self._sending, self._exports, export, "my-data.zip")
        except BlobDamaged as error:
            raise web.HTTPSeeOther(_PAGE) from error

    async def _close(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        form = await read_form(request, "current", "rooms")
        try:
            if not form["rooms"] and await self._rooms.owned_by(who.account.id):
                raise refuse("RoomsLeft", "rooms")
            network = self._visitors.network(request)
            await self._accounts.closing.close(who, form["current"], network)
        except AccountRefused as refused:
            return await self._page(request, who, form, refused)
        return after(self._visitors.let_out(request, "/login"), "account_closed")

    async def _page(
        self,
        request: web.Request,
        who: SignedIn,
        form: dict[str, str] | None = None,
        refused: AccountRefused | None = None,
    ) -> web.Response:
        export = await self._exports.of(who.account.id)
        words = self._renderer.words(request)
        return self._renderer.render_form(
            request,
            "my_data.html",
            form or {},
            refused,
            who=who,
            kept=await self._kept(who.account.id, words),
            export=export,
            step=self._exports.step(export) if export else None,
            until=last_moment(export),
            rooms=await self._rooms.owned_by(who.account.id),
            is_proven=self._accounts.proofs.is_fresh(who),
            when=day_and_time,
        )

    async def _kept(self, account_id: str, words: Words) -> list[Kept]:
        found: list[Kept] = []
        for holding in self._holdings():
            rows, counts = await _first_rows(holding, account_id)
            if isinstance(holding, Countable):
                counts = Counter(dict.fromkeys(holding.kinds, await holding.count_for(account_id)))
            found += [
                in_words(
                    f"my_data.{kind.replace(' ', '_')}",
                    holding.kinds[kind],
                    of_kind,
                    counts[kind],
                    words,
                    _CORRECTED.get(kind, ""),
                )
                for kind, of_kind in rows.items()
                if of_kind
            ]
        return found


async def _first_rows(
    holding: Holding, account_id: str
) -> tuple[dict[str, list[dict[str, Any]]], Counter[str]]:
    """By kind, the first few and how many there are; no more are ever in memory. Of what there may
    be very many, the rest is not even read."""
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in holding.kinds}
    counts: Counter[str] = Counter()
    async for row in holding.export_for(account_id):
        kind = row["kind"]
        counts[kind] += 1
        if counts[kind] <= SHOWN:
            rows[kind].append(row)
        if isinstance(holding, Countable) and counts[kind] == SHOWN:
            break
    return rows, counts
