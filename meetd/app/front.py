"""The web application: signaling, content, pages, and what is asked by whoever operates it."""

from aiohttp import web

from meetd.api import uploads
from meetd.api.boards import BoardsDoor
from meetd.api.chat import ChatDoor
from meetd.api.items import ItemsDoor
from meetd.api.operating import OperatingDoor
from meetd.api.uploads import UploadsDoor
from meetd.app.figures import Figures
from meetd.app.gathering import Gathering
from meetd.app.house import House
from meetd.core.refusals import Refusal
from meetd.meetings.window import Window
from meetd.pages import along_door
from meetd.pages.pictures import UPLOADS
from meetd.pages.site import Ground, Site
from meetd.serving.addresses import Addresses
from meetd.serving.cookies import SessionCookie
from meetd.serving.doorway import make_application
from meetd.serving.origins import Origins
from meetd.serving.visitors import Visitors
from meetd.signaling.door import SignalingDoor


class Front:
    """Every door that leads to the street."""

    def __init__(self, house: House, gathering: Gathering) -> None:
        self._house = house
        self._gathering = gathering
        settings = house.settings
        self.addresses = Addresses(settings.server.trusted_proxies)
        self._origins = Origins(settings.server.public_url, self.addresses)
        cookie = SessionCookie(self.addresses, settings.accounts.session_days)
        self._visitors = Visitors(house.stores.accounts, cookie, self.addresses)
        self.signaling = SignalingDoor(
            greeter=gathering.greeter,
            origins=self._origins,
            visitors=self._visitors,
            clock=house.clock,
            sockets_per_address=settings.limits.sockets_per_address,
            joins_per_minute=settings.limits.joins_per_minute,
            commands_per_second=settings.limits.commands_per_second,
        )

    def application(self, figures: Figures) -> web.Application:
        """``figures``: what /metrics tells. Raises: AssetsMissing."""
        site = self._site()
        app = make_application(
            addresses=self.addresses,
            origins=self._origins,
            limits=self._house.settings.limits,
            clock=self._house.clock,
            error_page=site.error_page,
            uploads=(*UPLOADS, *along_door.UPLOADS, uploads.ONE),
        )
        operating = OperatingDoor(
            addresses=self.addresses, is_ready=self._is_ready, figures=figures
        )
        app.add_routes([*self.signaling.routes(), *operating.routes(), *site.routes()])
        app.on_response_prepare.append(self._gathering.noting.on_prepare)
        self._add_content(app)
        return app

    def _add_content(self, app: web.Application) -> None:
        house, holder = self._house, self._gathering.meetings.content_keys.holder
        uploading = UploadsDoor(
            intake=house.intake,
            holder=holder,
            leaving=self._gathering.meetings.leaving,
            staying=self._gathering.meetings.staying,
            network=self._visitors.network,
            uploads_per_address=house.settings.content.uploads_per_address,
        )
        network, clock = self._visitors.network, house.clock
        items = ItemsDoor(house.shelf, holder, clock)
        boards = BoardsDoor(house.boards, house.snapshots, holder, network, clock)
        chat = ChatDoor(holder, network, clock)
        for door in (uploading, items, boards, chat):
            app.add_routes(door.routes())
        app.on_response_prepare.append(uploading.on_prepare)

    def _site(self) -> Site:
        """Everything that is rendered on the server. Raises: AssetsMissing."""
        house, stores = self._house, self._house.stores
        return Site(
            Ground(
                settings=house.settings,
                clock=house.clock,
                languages=house.languages,
                origins=self._origins,
                visitors=self._visitors,
                window=Window(self._gathering.meetings, house.lobbies),
                resetting=self._gathering.resetting,
                usage=house.usage,
                accounts=stores.accounts,
                post=house.post,
                push=house.push,
                caller=house.caller,
                images=house.images,
                audit=stores.audit,
                rooms=stores.rooms,
                grants=stores.grants,
                handovers=stores.handovers,
                access=house.access,
                offers=house.offers,
                support=house.support,
                support_store=stores.support,
                routine=house.routine,
                holds=stores.holds,
                noting=self._gathering.noting,
                access_log=stores.access_log,
                exports=house.exports,
                visitor_rights=house.visitor_rights,
                usage_watch=house.usage_watch,
                arrivals=house.arrivals,
                holdings=lambda: stores.holdings,
            )
        )

    async def _is_ready(self) -> bool:
        try:
            await self._house.stores.database.read("SELECT 1 FROM rooms LIMIT 1")
        except Refusal:
            return False
        return True
