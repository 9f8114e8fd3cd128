"""Builds everything, by plain constructors, and starts and stops it in the right order."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from meetd.api import uploads
from meetd.api.boards import BoardsDoor
from meetd.api.items import ItemsDoor
from meetd.api.operating import OperatingDoor
from meetd.api.uploads import UploadsDoor
from meetd.boards.boards import Boards
from meetd.boards.snapshots import Snapshots
from meetd.calling.caller import Caller
from meetd.config.settings import Settings
from meetd.content.intake import Intake
from meetd.content.shelf import Shelf
from meetd.content.store import Quota
from meetd.core.clock import Clock, SystemClock
from meetd.core.holdings import Holding
from meetd.core.refusals import Refusal, StorageFailed, StorageFull
from meetd.images.images import Images
from meetd.lifecycle.routine import Routine
from meetd.lobby.desk import Desk
from meetd.lobby.doorbell import Doorbell
from meetd.lobby.doors import Doors
from meetd.lobby.doorstep import Doorstep
from meetd.lobby.lobbies import Lobbies
from meetd.lobby.looking import Looking
from meetd.mail.post import Post
from meetd.meetings.changes import Changes
from meetd.meetings.entrance import Entrance
from meetd.meetings.hosting import Hosting
from meetd.meetings.live import Live
from meetd.meetings.meetings import Meetings
from meetd.meetings.relaying import Relaying
from meetd.meetings.window import Window
from meetd.pages.assets import AssetsMissing
from meetd.pages.call_words import CallWords
from meetd.pages.pictures import UPLOADS
from meetd.pages.site import Ground, Site
from meetd.pages.words import Languages
from meetd.push.pushing import Push
from meetd.relay.session.relay import COUNTED, Relay
from meetd.relay.transport import announcing
from meetd.relay.transport.media_port import MediaPort, MediaPortError
from meetd.rooms.access import Access
from meetd.rooms.ends import Ends
from meetd.rooms.offers import Offers
from meetd.rooms.support import Support
from meetd.rooms.way_back import WayBacks
from meetd.serving.addresses import Addresses
from meetd.serving.cookies import SessionCookie
from meetd.serving.doorway import make_application
from meetd.serving.listener import Listener, ListenError
from meetd.serving.origins import Origins
from meetd.serving.outgoing import Outgoing
from meetd.serving.self_signed import own_certificate
from meetd.serving.tls import Certificate, CertificateError
from meetd.serving.visitors import Visitors
from meetd.signaling.answering import Answering
from meetd.signaling.connections import Greeter
from meetd.signaling.door import SignalingDoor
from meetd.signaling.handlers import Handlers
from meetd.storage.directory import DataDirectory, StorageError
from meetd.stores import open_stores

MEGABYTE = 1_000_000

StartError = (StorageError, MediaPortError, CertificateError, ListenError, AssetsMissing)
"""Why a start can fail; the message of each says what to do."""


class Server:
    """One running meetd. ``start`` opens everything from the ground up, ``stop`` closes it from the
    top down; a start that fails closes what it had opened."""

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

    async def start(self) -> str:
        """Open everything and return the URL.

        Raises: one of ``StartError``, with what to do in its message.
        """
        async with AsyncExitStack() as stack:
            await self._open_storage(stack)
            self._media_port.open()
            stack.callback(self._media_port.close)
            announcing.note(self._media_port, self.settings.media, self.settings.server.public_url)
            stack.push_async_callback(self.relay.close)
            url = await self._open_doors(stack)
            # Last: nothing that runs by itself is in the way of a start.
            self.scheduler.begin()
            stack.push_async_callback(self.scheduler.close)
            self._closing = stack.pop_all()
        return url

    async def stop(self) -> None:
        """End meetings, then close everything. Pages come back when the server does."""
        await self._closing.aclose()

    async def _open_storage(self, stack: AsyncExitStack) -> None:
        self._post = Post(self.settings.mail)
        self.stores = stores = await open_stores(
            stack,
            self.settings,
            self._directory,
            self._clock,
            needs_confirmation=self._post.is_configured,
        )
        stack.push_async_callback(self._post.close)
        self.database, self.vault, self.accounts = stores.database, stores.vault, stores.accounts
        self.audit, self.images = stores.audit, Images(stores.images)
        await self._open_rooms(stack)
        await self._open_content(stack)
        await self._open_calling(stack)
        await self._open_routine()

    async def _open_routine(self) -> None:
        """What happens by itself."""
        stores = self.stores
        routine = self.routine = Routine(
            settings=self.settings,
            directory=self._directory,
            ledger=stores.ledger,
            tombstones=stores.tombstones,
            databases=(stores.database, stores.keys),
            vault=self.vault,
            clock=self._clock,
        )
        await routine.open()
        self.scheduler = routine.scheduler

    async def _open_rooms(self, stack: AsyncExitStack) -> None:
        """Rooms at rest, and who may enter them."""
        stores = self.stores
        self.rooms, self.grants = stores.rooms, stores.grants
        self.support = Support(self.audit, stores.support, self._clock)
        await self.support.open()
        stack.push_async_callback(self.support.close)
        self._access = Access(self.grants, self.accounts, self.support, self._clock)
        self.offers = Offers(
            accounts=self.accounts,
            rooms=self.rooms,
            grants=self.grants,
            handovers=stores.handovers,
            log=self.audit,
        )
        self._doors = Doors(self.accounts, self.rooms, self._access, self.grants)
        self._passes, self._knocks = stores.passes, stores.knocks
        await self._passes.open()
        self._lobbies = Lobbies(self._knocks, self._clock)
        await self._lobbies.open()
        stack.push_async_callback(self._lobbies.close)
        # Opened now, so that a master key that does not fit stops the start and not a meeting.
        self._way_backs = WayBacks(await self.vault.cipher("server", "way-back"), self._clock)

    async def _open_content(self, stack: AsyncExitStack) -> None:
        """Files in rooms, and on their way there."""
        stores, limits = self.stores, self.settings.content
        self._shelf = Shelf(stores.content, stores.blobs, stores.vault)
        self._intake = Intake(
            store=stores.content,
            blobs=stores.blobs,
            vault=stores.vault,
            clock=self._clock,
            file_limit=limits.file_megabytes * MEGABYTE,
            quota=Quota(limits.room_megabytes * MEGABYTE, limits.server_megabytes * MEGABYTE),
        )
        await self._intake.open()
        stack.push_async_callback(self._intake.close)
        limit = limits.board_megabytes * MEGABYTE
        self._boards = Boards(stores.boards, most=limits.boards_per_room, limit=limit)
        stack.push_async_callback(self._boards.close)
        self._snapshots = Snapshots(stores.snapshots, self._boards, self._clock, limit=limit)

    async def _open_calling(self, stack: AsyncExitStack) -> None:
        """The ways to a host who is not there."""
        outgoing = Outgoing()
        stack.push_async_callback(outgoing.close)
        stores = self.stores
        self._push = await Push.open(self.settings, stores.push, self.vault, self._clock, outgoing)
        stack.push_async_callback(self._push.close)
        self._languages = Languages()
        self.caller = await Caller.open(
            store=stores.calls,
            limits=self.settings.calls,
            clock=self._clock,
            accounts=self.accounts,
            post=self._post,
            push=self._push,
            telling=CallWords(self._languages, self.settings.server.public_url),
        )
        stack.push_async_callback(self.caller.close)

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
        self._doorbell.open()
        signaling.start()
        stack.callback(signaling.stop)
        operating = self._operating(addresses, signaling)
        site = self._site(origins, visitors)
        app = make_application(
            addresses=addresses,
            origins=origins,
            limits=settings.limits,
            clock=self._clock,
            error_page=site.error_page,
            uploads=(*UPLOADS, uploads.ONE),
        )
        app.add_routes([*signaling.routes(), *operating.routes(), *site.routes()])
        self._add_content(app, visitors)
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

    def _add_content(self, app: web.Application, visitors: Visitors) -> None:
        holder = self.meetings.content_keys.holder
        sending = UploadsDoor(
            intake=self._intake,
            holder=holder,
            network=visitors.network,
            uploads_per_address=self.settings.content.uploads_per_address,
        )
        app.add_routes([*sending.routes(), *ItemsDoor(self._shelf, holder).routes()])
        app.add_routes(BoardsDoor(self._boards, self._snapshots, holder).routes())
        app.on_response_prepare.append(sending.on_prepare)

    def _open_desk(self) -> Desk:
        """Where hosts answer."""
        return Desk(
            store=self._knocks,
            lobbies=self._lobbies,
            doors=self._doors,
            rooms=self.rooms,
            access=self._access,
            grants=self.grants,
            accounts=self.accounts,
            log=self.audit,
            clock=self._clock,
        )

    def _open_doorstep(self) -> Doorstep:
        """Where visitors stand."""
        looking = Looking(
            store=self._knocks,
            lobbies=self._lobbies,
            doors=self._doors,
            rooms=self.rooms,
            access=self._access,
            passes=self._passes,
            way_backs=self._way_backs,
            images=self.images,
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
            can_reach=self.caller.can_reach,
            is_full=self.meetings.is_full,
            knocks_per_minute_overall=self.settings.limits.knocks_per_minute_overall,
        )

    def _open_meetings(self, desk: Desk) -> Meetings:
        media = self.settings.media
        live = Live(
            database=self.database,
            vault=self.vault,
            rooms=self.rooms,
            shelf=self._shelf,
            boards=self._boards,
            desk=desk,
            limit=self.settings.rooms.participant_limit,
            relaying=partial(Relaying, self.relay, media, self._clock),
        )
        meetings = Meetings(
            live=live,
            rooms=self.rooms,
            access=self._access,
            passes=self._passes,
            accounts=self.accounts,
            entrance=Entrance(
                rooms=self.rooms,
                access=self._access,
                knocks=self._knocks,
                passes=self._passes,
                way_backs=self._way_backs,
            ),
            clock=self._clock,
            file_limit=self._intake.file_limit,
            content_limit=self._intake.quota.room,
            media_port=lambda: media.public_port or self._media_port.port,
        )
        meetings.on_support_entered(self.support.entered)
        meetings.on_support_left(self.support.end)
        return meetings

    def _greeter(self, stack: AsyncExitStack) -> Greeter:
        """Who takes people from the street to the door, and from there into a meeting."""
        desk = self._open_desk()
        self.meetings = self._open_meetings(desk)
        doorstep = self._doorstep = self._open_doorstep()
        doorbell = self._doorbell = Doorbell(
            lobbies=self._lobbies,
            doorstep=doorstep,
            desk=desk,
            doors=self._doors,
            accounts=self.accounts,
            caller=self.caller,
            pause_seconds=self.settings.calls.pause_seconds,
        )
        stack.push_async_callback(doorbell.close)
        self._ends = Ends(self.grants, self._clock)
        self._ends.open()
        stack.push_async_callback(self._ends.close)
        changes = Changes(
            accounts=self.accounts,
            rooms=self.rooms,
            grants=self.grants,
            images=self.images.store,
            intake=self._intake,
            shelf=self._shelf,
            boards=self._boards,
            meetings=self.meetings,
            doorstep=doorstep,
            desk=desk,
        )
        stack.push_async_callback(changes.close)
        self.meetings.on_space(doorstep.space)
        answering = Answering(desk, self.meetings.is_full)
        acts = Hosting(self.meetings, self.rooms, self._passes, doorstep.back_to_lobby)
        return Greeter(
            meetings=self.meetings,
            doorstep=doorstep,
            desk=desk,
            answering=answering,
            handlers=Handlers(
                self.meetings,
                acts,
                self._shelf,
                (self._boards, self._snapshots),
                answering,
                self._clock,
            ),
            accounts=self.accounts,
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

    def _site(self, origins: Origins, visitors: Visitors) -> Site:
        """Everything that is rendered on the server. Raises: AssetsMissing."""
        return Site(
            Ground(
                settings=self.settings,
                clock=self._clock,
                languages=self._languages,
                origins=origins,
                visitors=visitors,
                window=Window(self.meetings, self._lobbies),
                accounts=self.accounts,
                post=self._post,
                push=self._push,
                caller=self.caller,
                images=self.images,
                audit=self.audit,
                rooms=self.rooms,
                grants=self.grants,
                handovers=self.stores.handovers,
                access=self._access,
                offers=self.offers,
                support=self.support,
                support_store=self.stores.support,
                routine=self.routine,
            )
        )

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
                lambda: self.database.failures + self.stores.keys.failures,
            ),
            **self.routine.figures(),
            "stun_answered": ("STUN requests answered.", lambda: self._media_port.answered),
            "stun_dropped": ("Datagrams dropped.", lambda: self._media_port.dropped),
            **self._relay_figures(),
        }

    def _relay_figures(self) -> dict[str, tuple[str, Callable[[], float]]]:
        relay = self.relay
        return {
            "relay_streams_in": ("Streams sent to the relay.", lambda: relay.streams),
            "relay_streams_out": ("Streams that it forwards.", lambda: relay.forwarded),
            "relay_full": ("Times that it had no room for somebody.", lambda: relay.refusals),
            **{
                f"relay_delay_{percent}_seconds": (
                    f"Time of packets in the process, {percent} % of the last ones: at most this.",
                    partial(self._media_port.delay.at, percent),
                )
                for percent in (50, 99)
            },
            **{
                f"relay_{name}": (sentence, partial(relay.total, name))
                for name, sentence in COUNTED.items()
            },
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
        return self.stores.holdings

    async def _is_ready(self) -> bool:
        try:
            await self.database.read("SELECT 1 FROM rooms LIMIT 1")
        except Refusal:
            return False
        return True
