"""Builds everything, by plain constructors, and starts and stops it in the right order."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from meetd.accounts.accounts import Accounts
from meetd.api.operating import OperatingDoor
from meetd.audit.holdings import AuditHolding
from meetd.audit.log import AuditLog
from meetd.chat.holdings import ChatHolding
from meetd.config.settings import Settings
from meetd.core.clock import Clock, SystemClock
from meetd.core.holdings import Holding
from meetd.core.refusals import Refusal, StorageFailed, StorageFull
from meetd.images.holdings import ImageHolding
from meetd.images.images import Images
from meetd.mail.post import Post
from meetd.meetings.meetings import Meetings
from meetd.meetings.way_back import WayBacks
from meetd.pages.account_page import AccountPage
from meetd.pages.accounts_door import AccountsDoor
from meetd.pages.assets import Assets, AssetsMissing
from meetd.pages.door import Pages
from meetd.pages.letters import Letters
from meetd.pages.visitors import Visitors
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.rooms.holdings import RoomHolding
from meetd.rooms.store import RoomStore
from meetd.serving.addresses import Addresses
from meetd.serving.cookies import SessionCookie
from meetd.serving.doorway import make_application
from meetd.serving.listener import Listener, ListenError
from meetd.serving.origins import Origins
from meetd.serving.self_signed import own_certificate
from meetd.serving.tls import Certificate, CertificateError
from meetd.signaling.door import SignalingDoor
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
        self.images = Images(self.database, self.vault, self._clock)
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
        # Opened now, so that a master key that does not fit stops the start and not a meeting.
        self._way_backs = WayBacks(await self.vault.cipher("server", "way-back"), self._clock)

    async def _open_doors(self, stack: AsyncExitStack) -> str:
        settings = self.settings
        addresses = Addresses(settings.server.trusted_proxies)
        origins = Origins(settings.server.public_url, addresses)
        self.rooms = RoomStore(self.database, self.vault, self._clock)
        self.meetings = Meetings(
            database=self.database,
            vault=self.vault,
            rooms=self.rooms,
            way_backs=self._way_backs,
            clock=self._clock,
            participant_limit=settings.rooms.participant_limit,
            media_port=lambda: settings.media.public_port or self._media_port.port,
        )
        signaling = SignalingDoor(
            meetings=self.meetings,
            origins=origins,
            addresses=addresses,
            clock=self._clock,
            sockets_per_address=settings.limits.sockets_per_address,
            joins_per_minute=settings.limits.joins_per_minute,
            commands_per_second=settings.limits.commands_per_second,
        )
        signaling.start()
        stack.callback(signaling.stop)
        operating = self._operating(addresses, signaling)
        visitors = self._visitors(addresses)
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
        return [*door.routes(), *own.routes()]

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
            self.accounts.holding,
            AuditHolding(self.audit),
            ImageHolding(self.images.store),
            RoomHolding(self.rooms),
            ChatHolding(self.database),
        )

    async def _is_ready(self) -> bool:
        try:
            await self.database.read("SELECT 1 FROM rooms LIMIT 1")
        except Refusal:
            return False
        return True
