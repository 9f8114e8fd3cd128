"""Pictures of accounts and of rooms: the forms that take them, and where they are served. No
JavaScript.

Whoever has the address of a picture sees it, signed in or not: it is shown at doors, to people whom
nobody knows yet. The address ends in 128 random bits, new with every picture; it says nothing of
what the picture shows, nobody can guess it, and it is given out only where the picture is shown.
"""

from typing import Any, Final

from aiohttp import web

from meetd.accounts.account import SignedIn
from meetd.core.refusals import ImagesBusy, Refusal
from meetd.images.images import PLACES, Images
from meetd.images.reencoding import MAX_BYTES, too_large
from meetd.images.store import Owner
from meetd.pages.own_rooms import complaints
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form, read_upload
from meetd.serving.headers import NOTHING
from meetd.serving.visitors import Visitors

UPLOADS: Final = ("/account/picture", "/account/rooms/{id}/picture")
"""Templates of the routes that take a file."""
MEGABYTES: Final = MAX_BYTES >> 20
AT_ONCE: Final = 8
"""Uploads of everybody together: so many files may be in memory."""

_FIELD: Final = "picture"
_HERE: Final = "/account#picture"
_POSTED: Final = ("picture", "picture/remove")
_HEADERS: Final = {
    "Content-Security-Policy": NOTHING,
    # The next picture has another address. A week: who removes one does not want it kept for years.
    "Cache-Control": "private, max-age=604800, immutable",
}


class Uploads:
    """Takes what a form sends: one picture of an account at a time."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._sending: set[str] = set()

    async def take(self, request: web.Request, account_id: str, owner: Owner) -> None:
        """Make what that account sends the picture of ``owner``.

        Raises: ImageTooLarge, ImageUnreadable, ImagesBusy, StorageFull, StorageFailed; HTTPNotFound
        when the owner is gone; what ``read_upload`` raises.
        """
        if account_id in self._sending or len(self._sending) >= AT_ONCE:
            await read_upload(request, _FIELD, 0)  # dropped, or the browser shows no answer
            raise ImagesBusy
        self._sending.add(account_id)
        try:
            data = await read_upload(request, _FIELD, MAX_BYTES)
            if data is None:
                raise too_large()
            if await self._images.set(owner, data) is None:
                raise web.HTTPNotFound
        finally:
            self._sending.discard(account_id)


class PicturesDoor:
    """``/pictures/...``: what images are served as, and nothing else."""

    def __init__(self, images: Images) -> None:
        self._images = images

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{PLACES['account']}/{{id}}/{{etag}}", self._of_account),
            web.get(f"{PLACES['room']}/{{id}}/{{etag}}", self._of_room),
        ]

    async def _of_account(self, request: web.Request) -> web.Response:
        return await self._serve(request, Owner("account", request.match_info["id"]))

    async def _of_room(self, request: web.Request) -> web.Response:
        return await self._serve(request, Owner("room", request.match_info["id"]))

    async def _serve(self, request: web.Request, owner: Owner) -> web.Response:
        """The same answer for a former picture as for nobody's."""
        image = await self._images.get_shown(owner, request.match_info["etag"])
        if image is None:
            raise web.HTTPNotFound
        return web.Response(body=image.webp, content_type="image/webp", headers=_HEADERS)


class AccountPicture:
    """The part of ``/account`` about one's own picture, and its forms."""

    def __init__(
        self, *, images: Images, uploads: Uploads, visitors: Visitors, renderer: Renderer
    ) -> None:
        self._images = images
        self._uploads = uploads
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/account/picture", self._upload),
            web.post("/account/picture/remove", self._remove),
            *(web.get(f"/account/{name}", self._back) for name in _POSTED),
        ]

    async def part(self, who: SignedIn) -> dict[str, Any]:
        """What the template ``account_picture.html`` shows."""
        path = await self._images.path(Owner("account", who.account.id))
        return {"path": path, "megabytes": MEGABYTES}

    async def _back(self, _request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_HERE)

    async def _upload(self, request: web.Request) -> web.Response:
        who = await self._visitors.require(request)
        try:
            await self._uploads.take(request, who.account.id, Owner("account", who.account.id))
        except Refusal as refusal:
            return await self._again(request, who, refusal)
        raise web.HTTPSeeOther(_HERE)

    async def _remove(self, request: web.Request) -> web.Response:
        """Removed twice, it is as gone as before."""
        who = await self._visitors.require(request)
        await read_form(request)
        await self._images.remove(Owner("account", who.account.id))
        raise web.HTTPSeeOther(_HERE)

    async def _again(self, request: web.Request, who: SignedIn, refusal: Refusal) -> web.Response:
        """The part on a page of its own, with what was wrong."""
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            "picture.html",
            status=refusal.status,
            picture=await self.part(who),
            part="picture",
            complaints=complaints(refusal, _FIELD, words),
        )
