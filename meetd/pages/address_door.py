"""The links of a change of address: both ends agree, and the old one can take it back.

As with every link: opening the page does nothing, only its form does.
"""

from typing import Final

from aiohttp import web

from meetd.accounts.account import AccountRefused
from meetd.accounts.accounts import Accounts
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form

_PATH: Final = "/confirm-email/{side:old|new|undo}/{token}"


def confirm_path(side: str, token: str) -> str:
    """Where a link for that end leads: ``old``, ``new`` or ``undo``."""
    return f"/confirm-email/{side}/{token}"


class AddressDoor:
    """Pages for people who are not signed in, or in another browser."""

    def __init__(self, *, accounts: Accounts, renderer: Renderer) -> None:
        self._accounts = accounts
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [web.get(_PATH, self._show), web.post(_PATH, self._act)]

    async def _show(self, request: web.Request) -> web.Response:
        side = request.match_info["side"]
        return self._renderer.render(request, "confirm.html", act=f"change_{side}")

    async def _act(self, request: web.Request) -> web.Response:
        await read_form(request)
        side, token = request.match_info["side"], request.match_info["token"]
        try:
            if side == "undo":
                return await self._undo(request, token)
            done = await self._accounts.address_changes.confirm(
                "old" if side == "old" else "new", token
            )
        except AccountRefused as refused:
            return self._renderer.refusal(request, refused)
        return self._renderer.message(request, "changed" if done else "change_half")

    async def _undo(self, request: web.Request, token: str) -> web.Response:
        """After a change was taken back, the next thing is a password that nobody else knows."""
        undone, account_id = await self._accounts.address_changes.undo(token)
        account = await self._accounts.by_id(account_id)
        if undone == "cancelled" or account is None:
            return self._renderer.message(request, "change_cancelled")
        link = await self._accounts.joining.password_link(account, by_hand=False)
        raise web.HTTPSeeOther(f"/reset-password/{link.reveal()}")
