"""Starts and stops everything in the right order."""

from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from meetd.app.figures import figures_of
from meetd.app.front import Front
from meetd.app.gathering import Gathering, open_gathering
from meetd.app.house import House, open_house
from meetd.config.settings import Settings
from meetd.core.clock import Clock, SystemClock
from meetd.core.refusals import StorageFailed, StorageFull
from meetd.pages.assets import AssetsMissing
from meetd.relay.session.relay import Relay
from meetd.relay.transport import announcing
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.serving.listener import Listener, ListenError
from meetd.serving.self_signed import own_certificate
from meetd.serving.tls import Certificate, CertificateError
from meetd.storage.directory import DataDirectory, StorageError
from meetd.stores import Stores

StartError = (StorageError, MediaPortError, CertificateError, ListenError, AssetsMissing)
"""Why a start can fail; the message of each says what to do."""


class Server:
    """One running meetd. ``start`` opens everything from the ground up, ``stop`` closes it from the
    top down; a start that fails closes what it had opened."""

    house: House
    """Once it is started, as is ``gathering``."""
    gathering: Gathering

    def __init__(self, settings: Settings, data: Path, clock: Clock | None = None) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._directory = DataDirectory(data)
        self._media_port = MediaPort(
            settings.media.host, settings.media.port, settings.media.stun_per_second, self._clock
        )
        self.relay = Relay(self._media_port, settings.media, self._clock)
        self._closing = AsyncExitStack()
        self.certificate: Certificate | None = None
        self.port = 0
        """Of the web server, once it is started."""

    @property
    def stores(self) -> Stores:
        return self.house.stores

    async def start(self) -> str:
        """Open everything and return the URL.

        Raises: one of ``StartError``, with what to do in its message.
        """
        async with AsyncExitStack() as stack:
            self.house = await open_house(stack, self.settings, self._directory, self._clock)
            self._open_media(stack)
            self.gathering = await open_gathering(stack, self.house, self.relay, self._media_port)
            url = await self._open_front(stack)
            # Last: nothing that runs by itself is in the way of a start.
            scheduler = self.house.routine.scheduler
            scheduler.begin()
            stack.push_async_callback(scheduler.close)
            self._closing = stack.pop_all()
        return url

    async def stop(self) -> None:
        """End meetings, then close everything. Pages come back when the server does."""
        await self._closing.aclose()

    async def first_link(self, url: str) -> str | None:
        """Where the first administrator's account is made, once; ``None`` when there is one."""
        try:
            token = await self.stores.accounts.joining.administrator_link()
        except (StorageFull, StorageFailed):
            return None  # the next start tries again; meetings need no account
        return None if token is None else f"{url}/welcome/{token.reveal()}"

    def _open_media(self, stack: AsyncExitStack) -> None:
        self._media_port.open()
        stack.callback(self._media_port.close)
        announcing.note(self._media_port, self.settings.media, self.settings.server.public_url)
        stack.push_async_callback(self.relay.close)

    async def _open_front(self, stack: AsyncExitStack) -> str:
        settings, front = self.settings, Front(self.house, self.gathering)
        front.signaling.start()
        stack.callback(front.signaling.stop)
        figures = figures_of(
            self.house, self.gathering, front.signaling, self.relay, self._media_port
        )
        listener = Listener(
            front.application(figures),
            host=settings.server.host,
            port=settings.server.port,
            addresses=front.addresses,
            connections_per_address=settings.limits.connections_per_address,
            public_url=settings.server.public_url,
            certificate=await self._open_certificate(stack),
            access_log=settings.logs.access,
        )
        stack.push_async_callback(listener.close)
        # Meetings end first: their sockets are requests that the listener waits for.
        stack.push_async_callback(self.gathering.meetings.stop)
        url = await listener.start()
        self.port = listener.port
        return url

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
