"""Builds everything, by plain constructors, and starts and stops it in the right order."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from meetd.accounts.accounts import Accounts
from meetd.accounts.holdings import TeamHolding
from meetd.api.operating import OperatingDoor
from meetd.audit.holdings import AuditHolding
from meetd.audit.log import AuditLog
from meetd.chat.holdings import ChatHolding
from meetd.config.settings import Settings
from meetd.core.clock import Clock, SystemClock
from meetd.core.holdings import Holding
from meetd.core.refusals import Refusal, StorageFailed, StorageFull
from meetd.lobby.desk import Desk
from meetd.lobby.doors import Doors
from meetd.lobby.doorstep import Doorstep
from meetd.lobby.holdings import KnockHolding
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.looking import Looking
from meetd.lobby.store import KnockStore
from meetd.mail.post import Post
from meetd.meetings.changes import Changes
from meetd.meetings.entrance import Entrance
from meetd.meetings.hosting import Hosting
from meetd.meetings.meetings import Meetings
from meetd.pages.account_page import AccountPage
from meetd.pages.accounts_door import AccountsDoor
from meetd.pages.assets import Assets, AssetsMissing
from meetd.pages.door import Pages
from meetd.pages.letters import Letters
from meetd.pages.teams_page import TeamsPage
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.rooms.access import Access
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.holdings import AccessHolding, PassHolding, RoomHolding
from meetd.rooms.pass_store import PassStore
from meetd.rooms.store import RoomStore
from meetd.rooms.way_back import WayBacks
from meetd.serving.addresses import Addresses
from meetd.serving.cookies import SessionCookie
from meetd.serving.doorway import make_application
from meetd.serving.listener import Listener, ListenError
from meetd.serving.origins import Origins
from meetd.serving.self_signed import own_certificate
from meetd.serving.tls import Certificate, CertificateError
from meetd.serving.visitors import Visitors
from meetd.signaling.answering import Answering
from meetd.signaling.connections import Greeter
from meetd.signaling.door import SignalingDoor
from meetd.signaling.handlers import Handlers
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.schema import migrate
from meetd.storage.vault import Vault, load_master_key

StartError = (StorageError, MediaPortError, CertificateError, ListenError, AssetsMissing)
"""Why a start can fail; the message of each says what to do."""


class Server:
    """One running meetd. ``start`` opens everything from the ground up, ``stop`` closes it from the
    top down; a start that fails closes what it had opened."""

    def __init__(self, settings: Settings, data: Path, clock: Clock | None = None) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._directory = DataDirectory(data)
        self.database = Database(self._directory.database)
        self._keys = Database(self._directory.keys_database, readers=1)
        self._media_port = MediaPort(
            settings.media.host, settings.media.port, settings.media.stun_per_second, self._clock
        )
        self._closing = AsyncExitStack()
        self.certificate: Certificate | None = None
        self.port = 0
        """Of the web server, once it is started."""

    async def start(self) -> str:
        """Open everything and return the URL.

        Raises: one of ``StartError``, with what to do in its message.
        """
        async with AsyncExitStack() as stack:
            await self._open_storage(stack)
            self._media_port.open()
            stack.callback(self._media_port.close)
            url = await self._open_doors(stack)
            self._closing = stack.pop_all()
        return url

    async def stop(self) -> None:
        """End meetings, then close everything. Pages come back when the server does."""
        await self._closing.aclose()

    async def _open_storage(self, stack: AsyncExitStack) -> None:
        directory = self._directory
        directory.open()
        stack.callback(directory.close)
        master = load_master_key(directory, self.settings.storage.master_key_file)
        await migrate("keys", directory.keys_database, directory.before_migration)
        await migrate("main", directory.database, directory.before_migration)
        for database in (self._keys, self.database):
            await database.open()
            stack.push_async_callback(database.close)
        self.vault = Vault(self._keys, master, self._clock)
        self.audit = await AuditLog.open(self.database, self.vault, self._clock)
        self._post = Post(self.settings.mail)
        stack.push_async_callback(self._post.close)
        self.accounts = await Accounts.open(
            settings=self.settings.accounts,
            database=self.database,
            vault=self.vault,
            clock=self._clock,
            log=self.audit,
            needs_confirmation=self._post.is_configured,
        )
        await self._open_rooms(stack)
        # Opened now, so that a master key that does not fit stops the start and not a meeting.
        self._way_backs = WayBacks(await self.vault.cipher("server", "way-back"), self._clock)

    async def _open_rooms(self, stack: AsyncExitStack) -> None:
        """Rooms at rest, and who may enter them."""
        database, vault, clock = self.database, self.vault, self._clock
        self.rooms = RoomStore(database, vault, clock)
        self.grants = await GrantStore.open(database, vault, clock)
        self._access = Access(self.grants, self.accounts.teams.store)
        self._passes = PassStore(database, clock)
        await self._passes.open()
        self._knocks = await KnockStore.open(database, vault, clock)
        self._lobbies = Lobbies(self._knocks, clock)
        await self._lobbies.open()
        stack.push_async_callback(self._lobbies.close)

    async def _open_doors(self, stack: AsyncExitStack) -> str:
        settings = self.settings
        addresses = Addresses(settings.server.trusted_proxies)
        origins = Origins(settings.server.public_url, addresses)
        visitors = self._visitors(addresses)
        signaling = SignalingDoor(
            greeter=self._greeter(stack),
            origins=origins,
            visitors=visitors,
            clock=self._clock,
            sockets_per_address=settings.limits.sockets_per_address,
            joins_per_minute=settings.limits.joins_per_minute,
            commands_per_second=settings.limits.commands_per_second,
        )
        await self._doorstep.open()
        signaling.start()
        stack.callback(signaling.stop)
        operating = self._operating(addresses, signaling)
        pages = Pages(settings=settings, origins=origins, assets=Assets(), visitors=visitors)
        app = make_application(
            addresses=addresses,
            origins=origins,
            limits=settings.limits,
            clock=self._clock,
            error_page=pages.error_page,
        )
        app.add_routes([*signaling.routes(), *operating.routes()])
        app.add_routes([*self._account_routes(visitors, pages, origins), *pages.routes()])
        listener = Listener(
            app,
            host=settings.server.host,
            port=settings.server.port,
            addresses=addresses,
            connections_per_address=settings.limits.connections_per_address,
            public_url=settings.server.public_url,
            certificate=await self._open_certificate(stack),
            access_log=settings.logs.access,
        )
        stack.push_async_callback(listener.close)
        # Meetings end first: their sockets are requests that the listener waits for.
        stack.push_async_callback(self.meetings.stop)
        url = await listener.start()
        self.port = listener.port
        return url

    def _greeter(self, stack: AsyncExitStack) -> Greeter:
        """Doors, lobbies and meetings, and who takes people from one to the next."""
        settings = self.settings
        doors = Doors(self.accounts, self.rooms, self._access, self.grants)
        desk = Desk(
            store=self._knocks,
            lobbies=self._lobbies,
            doors=doors,
            rooms=self.rooms,
            access=self._access,
            grants=self.grants,
            accounts=self.accounts,
            clock=self._clock,
        )
        self.meetings = Meetings(
            database=self.database,
            vault=self.vault,
            rooms=self.rooms,
            access=self._access,
            passes=self._passes,
            entrance=Entrance(self._access, self._knocks, self._passes, self._way_backs),
            desk=desk,
            clock=self._clock,
            participant_limit=settings.rooms.participant_limit,
            media_port=lambda: settings.media.public_port or self._media_port.port,
        )
        doorstep = self._doorstep = self._open_doorstep(doors)
        changes = Changes(
            accounts=self.accounts,
            rooms=self.rooms,
            grants=self.grants,
            meetings=self.meetings,
            doorstep=doorstep,
            desk=desk,
        )
        stack.push_async_callback(changes.close)
        answering = Answering(desk)
        acts = Hosting(self.meetings, self.rooms, self._passes, doorstep.back_to_lobby)
        return Greeter(
            meetings=self.meetings,
            doorstep=doorstep,
            desk=desk,
            answering=answering,
            handlers=Handlers(self.meetings, acts, answering, self._clock),
            accounts=self.accounts,
        )

    def _open_doorstep(self, doors: Doors) -> Doorstep:
        looking = Looking(
            store=self._knocks,
            lobbies=self._lobbies,
            doors=doors,
            rooms=self.rooms,
            access=self._access,
            passes=self._passes,
            way_backs=self._way_backs,
            live_meeting=self.meetings.live_id,
        )
        return Doorstep(
            store=self._knocks,
            lobbies=self._lobbies,
            looking=looking,
            rooms=self.rooms,
            access=self._access,
            clock=self._clock,
            knocks_per_minute=self.settings.limits.knocks_per_minute,
        )

    def _operating(self, addresses: Addresses, signaling: SignalingDoor) -> OperatingDoor:
        return OperatingDoor(
            addresses=addresses,
            is_ready=self._is_ready,
            figures=self._figures(signaling),
        )

    def _visitors(self, addresses: Addresses) -> Visitors:
        cookie = SessionCookie(addresses, self.settings.accounts.session_days)
        return Visitors(self.accounts, cookie, addresses)

    def _account_routes(
        self, visitors: Visitors, pages: Pages, origins: Origins
    ) -> list[web.RouteDef]:
        door = AccountsDoor(
            accounts=self.accounts,
            visitors=visitors,
            letters=Letters(self.accounts, self._post),
            renderer=pages.renderer,
            origins=origins,
        )
        own = AccountPage(
            accounts=self.accounts, visitors=visitors, renderer=pages.renderer, origins=origins
        )
        teams = TeamsPage(
            accounts=self.accounts, visitors=visitors, renderer=pages.renderer, origins=origins
        )
        return [*door.routes(), *own.routes(), *teams.routes()]

    async def first_link(self, url: str) -> str | None:
        """Where the first administrator's account is made, once; ``None`` when there is one."""
        try:
            token = await self.accounts.joining.administrator_link()
        except (StorageFull, StorageFailed):
            return None  # the next start tries again; meetings need no account
        return None if token is None else f"{url}/welcome/{token.reveal()}"

    def _figures(self, signaling: SignalingDoor) -> dict[str, tuple[str, Callable[[], float]]]:
        """What /metrics tells, read when asked for."""
        return {
            "meetings": ("Meetings that people are in.", lambda: len(self.meetings.live)),
            "sockets": ("Joined browser tabs.", lambda: signaling.joined),
            "storage_failures": (
                "Reads and writes of the database that could not be done.",
                lambda: self.database.failures + self._keys.failures,
            ),
            "stun_answered": ("STUN requests answered.", lambda: self._media_port.answered),
            "stun_dropped": ("Datagrams dropped.", lambda: self._media_port.dropped),
        }

    async def _open_certificate(self, stack: AsyncExitStack) -> Certificate | None:
        """The certificate that the settings ask for, watched for changes."""
        server = self.settings.server
        if server.tls == "off":
            return None
        if server.tls == "files":
            certificate = Certificate(Path(server.tls_certificate), Path(server.tls_key))
        else:
            host = urlsplit(server.public_url).hostname
            names = [host] if host else []
            certificate = own_certificate(self._directory.tls, names, self._clock.now())
        certificate.start_watching()
        stack.push_async_callback(certificate.stop_watching)
        self.certificate = certificate
        return certificate

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """Everything that keeps something; a test holds it against the schema."""
        return (
            KnockHolding(self._knocks),
            PassHolding(self._passes),
            AccessHolding(self.grants),
            ChatHolding(self.database),
            RoomHolding(self.rooms),
            TeamHolding(self.accounts.teams.store),
            AuditHolding(self.audit),
            # Last: what an account owns goes before it.
            self.accounts.holding,
        )

    async def _is_ready(self) -> bool:
        try:
            await self.database.read("SELECT 1 FROM rooms LIMIT 1")
        except Refusal:
            return False
        return True
