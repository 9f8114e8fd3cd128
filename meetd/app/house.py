"""What there is when nobody is here: what is kept, who may have it, and what is done about it."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from meetd.along.arrivals import Arrivals
from meetd.along.unpacking import Targets
from meetd.app.archiving import Archiving
from meetd.audit.entry import VISITOR
from meetd.boards.boards import Boards
from meetd.boards.snapshots import Snapshots
from meetd.calling.caller import Caller
from meetd.chat.store import used_in
from meetd.config.settings import Settings
from meetd.content.intake import Intake
from meetd.content.shelf import Shelf
from meetd.content.store import Quota
from meetd.core.clock import Clock
from meetd.images.images import Images
from meetd.lifecycle.purge import Purge
from meetd.lifecycle.routine import Routine
from meetd.lobby.doors import Doors
from meetd.lobby.lobbies import Lobbies
from meetd.mail.post import Post
from meetd.meetings.usage import Usage
from meetd.pages.call_words import CallWords
from meetd.pages.words import Languages
from meetd.privacy.exports import Exports
from meetd.privacy.visitor_rights import VisitorRights
from meetd.push.pushing import Push
from meetd.rooms.access import Access
from meetd.rooms.offers import Offers
from meetd.rooms.support import Support
from meetd.rooms.way_back import WayBacks
from meetd.serving.outgoing import Outgoing
from meetd.storage.directory import DataDirectory
from meetd.stores import HOUR, Stores, open_stores, room_keys_of
from meetd.usage.watch import Measure, UsageWatch

MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class House:
    """Opened from the ground up by ``open_house``; the stack closes it from the top down."""

    settings: Settings
    clock: Clock
    stores: Stores
    images: Images
    support: Support
    access: Access
    offers: Offers
    doors: Doors
    lobbies: Lobbies
    way_backs: WayBacks
    shelf: Shelf
    intake: Intake
    boards: Boards
    snapshots: Snapshots
    usage: Usage
    languages: Languages
    post: Post
    push: Push
    caller: Caller
    exports: Exports
    arrivals: Arrivals
    visitor_rights: VisitorRights
    usage_watch: UsageWatch
    routine: Routine


async def open_house(
    stack: AsyncExitStack, settings: Settings, directory: DataDirectory, clock: Clock
) -> House:
    """Raises: StorageError, with what to do in its message."""
    post = Post(settings.mail)
    stores = await open_stores(
        stack, settings, directory, clock, needs_confirmation=post.is_configured
    )
    stack.push_async_callback(post.close)
    support = Support(stores.audit, stores.support, clock)
    await support.open()
    stack.push_async_callback(support.close)
    await stores.passes.open()
    access = Access(stores.grants, stores.accounts, support, clock)
    languages = Languages()
    push = await _open_push(stack, settings, stores, clock)
    boards = _boards(stack, settings, stores)
    usage_watch = await _open_usage_watch(settings, stores, clock)
    intake = await _open_intake(stack, settings, stores, clock)
    usage = usage_of(stores, boards, intake)
    return House(
        settings=settings,
        clock=clock,
        stores=stores,
        images=Images(stores.images),
        support=support,
        access=access,
        offers=_offers(stores),
        doors=Doors(stores.accounts, stores.rooms, access, stores.grants),
        lobbies=await _open_lobbies(stack, stores, clock),
        # Opened now, so that a master key that does not fit stops the start and not a meeting.
        way_backs=WayBacks(await stores.vault.cipher("server", "way-back"), clock),
        shelf=stores.shelf,
        intake=intake,
        boards=boards,
        snapshots=Snapshots(
            stores.snapshots, boards, clock, limit=settings.content.board_megabytes * MEGABYTE
        ),
        usage=usage,
        languages=languages,
        post=post,
        push=push,
        caller=await _open_caller(stack, settings, stores, clock, post, push, languages),
        exports=await _open_exports(stack, stores, Archiving(stores, usage, languages)),
        visitor_rights=_visitor_rights(stores),
        usage_watch=usage_watch,
        arrivals=await _open_arrivals(
            stack, arrivals_of(settings, directory, stores, intake, boards)
        ),
        routine=await _open_routine(settings, directory, stores, clock, usage_watch),
    )


def _offers(stores: Stores) -> Offers:
    return Offers(
        accounts=stores.accounts,
        rooms=stores.rooms,
        grants=stores.grants,
        handovers=stores.handovers,
        log=stores.audit,
    )


async def _open_lobbies(stack: AsyncExitStack, stores: Stores, clock: Clock) -> Lobbies:
    lobbies = Lobbies(stores.knocks, clock)
    await lobbies.open()
    stack.push_async_callback(lobbies.close)
    return lobbies


def intake_of(settings: Settings, stores: Stores, clock: Clock) -> Intake:
    """Not opened: for commands, which take files in and sweep nothing."""
    limits = settings.content
    return Intake(
        store=stores.content,
        blobs=stores.blobs,
        vault=stores.vault,
        clock=clock,
        file_limit=limits.file_megabytes * MEGABYTE,
        quota=Quota(limits.room_megabytes * MEGABYTE, limits.server_megabytes * MEGABYTE),
        untouched=settings.retention.upload_hours * HOUR,
    )


async def _open_intake(
    stack: AsyncExitStack, settings: Settings, stores: Stores, clock: Clock
) -> Intake:
    intake = intake_of(settings, stores, clock)
    await intake.open()
    stack.push_async_callback(intake.close)
    return intake


def boards_of(settings: Settings, stores: Stores) -> Boards:
    limits = settings.content
    return Boards(
        stores.boards, most=limits.boards_per_room, limit=limits.board_megabytes * MEGABYTE
    )


def _boards(stack: AsyncExitStack, settings: Settings, stores: Stores) -> Boards:
    boards = boards_of(settings, stores)
    stack.push_async_callback(boards.close)
    return boards


def usage_of(stores: Stores, boards: Boards, intake: Intake) -> Usage:
    return Usage(stores.shelf, boards, partial(used_in, stores.database), intake.quota)


def arrivals_of(
    settings: Settings, directory: DataDirectory, stores: Stores, intake: Intake, boards: Boards
) -> Arrivals:
    """Archives of rooms that are brought here. Not opened."""
    targets = Targets(
        database=stores.database,
        vault=stores.vault,
        rooms=stores.rooms,
        content=stores.content,
        blobs=stores.blobs,
        intake=intake,
        boards=boards,
        disk=directory.path,
    )
    limit = settings.content.archive_megabytes * MEGABYTE
    return Arrivals(stores.arrivals, stores.arrived, targets, limit=limit)


async def _open_arrivals(stack: AsyncExitStack, arrivals: Arrivals) -> Arrivals:
    await arrivals.open()
    stack.push_async_callback(arrivals.close)
    return arrivals


async def _open_push(
    stack: AsyncExitStack, settings: Settings, stores: Stores, clock: Clock
) -> Push:
    outgoing = Outgoing()
    stack.push_async_callback(outgoing.close)
    push = await Push.open(settings, stores.push, stores.vault, clock, outgoing)
    stack.push_async_callback(push.close)
    return push


async def _open_caller(
    stack: AsyncExitStack,
    settings: Settings,
    stores: Stores,
    clock: Clock,
    post: Post,
    push: Push,
    languages: Languages,
) -> Caller:
    caller = await Caller.open(
        store=stores.calls,
        limits=settings.calls,
        clock=clock,
        accounts=stores.accounts,
        post=post,
        push=push,
        telling=CallWords(languages, settings.server.public_url),
    )
    stack.push_async_callback(caller.close)
    return caller


def _visitor_rights(stores: Stores) -> VisitorRights:
    async def note_held(what: str, room_id: str) -> None:
        await stores.audit.note_held(what, actor=VISITOR, room=room_id)

    return VisitorRights(
        stores.visitors.use, lambda: stores.holdings, stores.holds, note_held, stores.archives
    )


async def _open_exports(stack: AsyncExitStack, stores: Stores, archiving: Archiving) -> Exports:
    exports = Exports(stores.exports, stores.archives, stores.vault, archiving.write)
    await exports.open()
    stack.push_async_callback(exports.close)
    return exports


async def _open_usage_watch(settings: Settings, stores: Stores, clock: Clock) -> UsageWatch:
    async def counts() -> dict[Measure, int]:
        kept = await stores.content.bytes_kept() + await stores.boards.bytes_kept()
        return {"rooms": await stores.rooms.count(), "storage": kept // MEGABYTE}

    watch = UsageWatch(stores.usage, settings.usage, counts, clock)
    await watch.open()
    return watch


async def _open_routine(
    settings: Settings,
    directory: DataDirectory,
    stores: Stores,
    clock: Clock,
    usage_watch: UsageWatch,
) -> Routine:
    """What happens by itself; it begins when everything else runs."""
    routine = Routine(
        settings=settings,
        directory=directory,
        ledger=stores.ledger,
        tombstones=stores.tombstones,
        databases=(stores.database, stores.keys),
        vault=stores.vault,
        clock=clock,
        purge=Purge(stores.sweeps, clock),
        give_notices=stores.accounts.ending.give_notices,
        sweep_keys=stores.rooms.sweep_keys,
        watch_usage=usage_watch.look,
        close_month=usage_watch.close_month,
        room_keys=room_keys_of(settings, stores, clock),
    )
    await routine.open()
    return routine
