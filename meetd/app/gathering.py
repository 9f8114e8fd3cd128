"""Everybody who is here now: on the street, at a door, in a lobby, in a meeting."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from meetd.app.house import House
from meetd.lobby.desk import Desk
from meetd.lobby.doorbell import Doorbell
from meetd.lobby.doorstep import Doorstep
from meetd.lobby.looking import Looking
from meetd.meetings.changes import Changes
from meetd.meetings.entrance import Entrance
from meetd.meetings.hosting import Hosting
from meetd.meetings.live import Live
from meetd.meetings.meetings import Meetings
from meetd.meetings.relaying import Relaying
from meetd.meetings.resetting import Resetting
from meetd.meetings.staying import Staying
from meetd.pages.access_noting import AccessNoting
from meetd.relay.session.relay import Relay
from meetd.relay.transport.media_port import MediaPort
from meetd.rooms.ends import Ends
from meetd.signaling.answering import Answering
from meetd.signaling.connections import Greeter
from meetd.signaling.handlers import Handlers


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """Made by ``open_gathering``; the stack closes it, but for ``meetings``, which end before the
    listener waits for their sockets."""

    meetings: Meetings
    doorstep: Doorstep
    doorbell: Doorbell
    ends: Ends
    noting: AccessNoting
    resetting: Resetting
    greeter: Greeter


async def open_gathering(
    stack: AsyncExitStack, house: House, relay: Relay, media_port: MediaPort
) -> Gathering:
    """Raises: StorageFailed."""
    stores = house.stores
    desk = _desk(house)
    meetings = _meetings(house, desk, relay, media_port)
    doorstep = _doorstep(house, meetings)
    doorbell = Doorbell(
        lobbies=house.lobbies,
        doorstep=doorstep,
        desk=desk,
        doors=house.doors,
        accounts=stores.accounts,
        caller=house.caller,
        pause_seconds=house.settings.calls.pause_seconds,
    )
    stack.push_async_callback(doorbell.close)
    ends = Ends(stores.grants, house.clock)
    ends.open()
    stack.push_async_callback(ends.close)
    stack.push_async_callback(_changes(house, meetings, doorstep, desk).close)
    await doorstep.open()
    doorbell.open()
    return Gathering(
        meetings=meetings,
        doorstep=doorstep,
        doorbell=doorbell,
        ends=ends,
        noting=_noting(stack, house, meetings),
        resetting=_resetting(house, meetings),
        greeter=_greeter(house, meetings, doorstep, desk),
    )


def _desk(house: House) -> Desk:
    """Where hosts answer."""
    stores = house.stores
    return Desk(
        store=stores.knocks,
        lobbies=house.lobbies,
        doors=house.doors,
        rooms=stores.rooms,
        access=house.access,
        grants=stores.grants,
        accounts=stores.accounts,
        log=stores.audit,
        clock=house.clock,
    )


def _doorstep(house: House, meetings: Meetings) -> Doorstep:
    """Where visitors stand."""
    stores, limits = house.stores, house.settings.limits
    looking = Looking(
        store=stores.knocks,
        lobbies=house.lobbies,
        doors=house.doors,
        rooms=stores.rooms,
        access=house.access,
        passes=stores.passes,
        way_backs=house.way_backs,
        images=house.images,
        live_meeting=meetings.live_id,
    )
    doorstep = Doorstep(
        store=stores.knocks,
        lobbies=house.lobbies,
        looking=looking,
        rooms=stores.rooms,
        access=house.access,
        clock=house.clock,
        knocks_per_minute=limits.knocks_per_minute,
        can_reach=house.caller.can_reach,
        visitors=stores.visitors,
        is_full=meetings.is_full,
        knocks_per_minute_overall=limits.knocks_per_minute_overall,
    )
    meetings.on_space(doorstep.space)
    return doorstep


def _meetings(house: House, desk: Desk, relay: Relay, media_port: MediaPort) -> Meetings:
    stores, media = house.stores, house.settings.media
    live = Live(
        database=stores.database,
        vault=stores.vault,
        rooms=stores.rooms,
        shelf=house.shelf,
        boards=house.boards,
        desk=desk,
        limit=house.settings.rooms.participant_limit,
        relaying=partial(Relaying, relay, media, house.clock),
    )
    meetings = Meetings(
        live=live,
        rooms=stores.rooms,
        access=house.access,
        passes=stores.passes,
        accounts=stores.accounts,
        entrance=Entrance(
            rooms=stores.rooms,
            access=house.access,
            knocks=stores.knocks,
            passes=stores.passes,
            way_backs=house.way_backs,
        ),
        clock=house.clock,
        file_limit=house.intake.file_limit,
        content_limit=house.intake.quota.room,
        media_port=lambda: media.public_port or media_port.port,
        visitors=stores.visitors,
        staying=Staying(
            stores.usage, stores.visitors, house.clock, is_kept=house.settings.usage.keep
        ),
    )
    meetings.comings.on_support_entered(house.support.entered)
    meetings.comings.on_support_left(house.support.end)
    house.visitor_rights.on_renaming(meetings.rename_visitor)
    house.visitor_rights.on_erasing(meetings.let_go)
    return meetings


def _changes(house: House, meetings: Meetings, doorstep: Doorstep, desk: Desk) -> Changes:
    """What is changed at rest is seen by who is here."""
    stores = house.stores
    return Changes(
        accounts=stores.accounts,
        rooms=stores.rooms,
        grants=stores.grants,
        images=stores.images,
        intake=house.intake,
        shelf=house.shelf,
        boards=house.boards,
        board_store=stores.boards,
        said=stores.said,
        knocks=stores.knocks,
        meetings=meetings,
        doorstep=doorstep,
        desk=desk,
    )


def _noting(stack: AsyncExitStack, house: House, meetings: Meetings) -> AccessNoting:
    """Written to the end after meetings have ended, and before storage is closed."""
    noting = AccessNoting(house.stores.access_log)
    meetings.comings.on_presence(noting.presence)
    house.stores.accounts.on_signed_in(noting.signed_in)
    stack.push_async_callback(noting.close)
    return noting


def _resetting(house: House, meetings: Meetings) -> Resetting:
    stores = house.stores
    return Resetting(
        meetings=meetings,
        shelf=house.shelf,
        boards=house.boards,
        usage=house.usage,
        grants=stores.grants,
        access=house.access,
        knocks=stores.knocks,
        passes=stores.passes,
        accounts=stores.accounts,
        log=stores.audit,
        forget_archives=house.exports.forget_room,
    )


def _greeter(house: House, meetings: Meetings, doorstep: Doorstep, desk: Desk) -> Greeter:
    """Who takes people from the street to the door, and from there into a meeting."""
    stores = house.stores
    answering = Answering(desk, meetings.is_full)
    acts = Hosting(meetings, stores.rooms, stores.passes, doorstep.back_to_lobby)
    return Greeter(
        meetings=meetings,
        doorstep=doorstep,
        desk=desk,
        answering=answering,
        handlers=Handlers(
            meetings,
            acts,
            house.shelf,
            (house.boards, house.snapshots),
            house.usage,
            answering,
            house.clock,
            stores.audit,
            archives=house.exports,
        ),
        accounts=stores.accounts,
    )
