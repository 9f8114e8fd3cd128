"""Everything that is rendered on the server: which page is made of what, and the routes of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from meetd.accounts.accounts import Accounts
from meetd.along.arrivals import Arrivals
from meetd.audit.access_log import AccessLog
from meetd.audit.log import AuditLog
from meetd.calling.caller import Caller
from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.core.holdings import Holding
from meetd.images.images import Images
from meetd.lifecycle.routine import Routine
from meetd.mail.post import Post
from meetd.meetings.resetting import Resetting
from meetd.meetings.usage import Usage
from meetd.meetings.window import Window
from meetd.pages.access_log_page import AccessLogPage
from meetd.pages.access_noting import AccessNoting
from meetd.pages.account_page import AccountPage
from meetd.pages.accounts_door import AccountsDoor
from meetd.pages.address_door import AddressDoor
from meetd.pages.along_door import AlongPart, BringDoor
from meetd.pages.answer_door import AnswerDoor
from meetd.pages.assets import Assets
from meetd.pages.documents_page import DocumentsPage
from meetd.pages.door import Pages
from meetd.pages.finding import Finding
from meetd.pages.jobs_page import JobsPage
from meetd.pages.letters import Letters
from meetd.pages.my_data_page import MyDataPage
from meetd.pages.my_rooms import MyRooms
from meetd.pages.notifications import Notifications
from meetd.pages.offers_part import OffersPart
from meetd.pages.own_rooms import OwnRooms
from meetd.pages.passkeys_door import PasskeysDoor
from meetd.pages.people_page import PeoplePage
from meetd.pages.pictures import AccountPicture, PicturesDoor, Uploads
from meetd.pages.retention_page import RetentionPage
from meetd.pages.room_access_page import RoomAccessPage
from meetd.pages.room_reset_page import RoomResetPage
from meetd.pages.room_settings_page import RoomSettingsPage
from meetd.pages.rooms_page import RoomsPage
from meetd.pages.shared_rooms_page import SharedRoomsPage
from meetd.pages.support_entries import SupportEntries
from meetd.pages.support_notices import SupportNotices
from meetd.pages.support_page import SupportPage
from meetd.pages.teams_page import TeamsPage
from meetd.pages.told import Told
from meetd.pages.usage_page import UsagePage
from meetd.pages.visitor_data_page import VisitorDataPage
from meetd.pages.words import Languages
from meetd.privacy.exports import Exports
from meetd.privacy.visitor_rights import VisitorRights
from meetd.push.pushing import Push
from meetd.rooms.access import Access
from meetd.rooms.elsewhere import Elsewhere
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.handover_store import HandoverStore
from meetd.rooms.hold_store import HoldStore
from meetd.rooms.holds import Holds
from meetd.rooms.offers import Offers
from meetd.rooms.store import RoomStore
from meetd.rooms.support import Support
from meetd.rooms.support_store import SupportStore
from meetd.serving.origins import Origins
from meetd.serving.sending import Sending
from meetd.serving.visitors import Visitors
from meetd.usage.watch import UsageWatch


class _Door(Protocol):
    def routes(self) -> list[web.RouteDef]: ...


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the pages stand on."""

    settings: Settings
    clock: Clock
    languages: Languages
    origins: Origins
    visitors: Visitors
    window: Window
    resetting: Resetting
    usage: Usage
    accounts: Accounts
    post: Post
    push: Push
    caller: Caller
    images: Images
    audit: AuditLog
    rooms: RoomStore
    grants: GrantStore
    handovers: HandoverStore
    access: Access
    offers: Offers
    support: Support
    support_store: SupportStore
    routine: Routine
    holds: HoldStore
    noting: AccessNoting
    access_log: AccessLog
    exports: Exports
    visitor_rights: VisitorRights
    usage_watch: UsageWatch
    arrivals: Arrivals
    holdings: Callable[[], Sequence[Holding]]


class Site:
    """Built once, with the server."""

    def __init__(self, ground: Ground) -> None:
        """Raises: AssetsMissing when the build lacks what the pages link."""
        self._ground = ground
        self._sending = Sending(ground.clock)
        teams = ground.accounts.teams.store
        self._elsewhere = Elsewhere(ground.rooms, ground.grants, teams, ground.audit)
        self._my_rooms = MyRooms(
            ground.rooms, self._elsewhere, ground.access, ground.accounts, ground.window
        )
        self._pages = Pages(
            settings=ground.settings,
            origins=ground.origins,
            assets=Assets(),
            languages=ground.languages,
            visitors=ground.visitors,
            my_rooms=self._my_rooms,
        )
        self._renderer = self._pages.renderer
        self._uploads = Uploads(ground.images)
        self._letters = Letters(ground.accounts, ground.post)
        self._entries = SupportEntries(ground.audit, ground.support_store, ground.accounts)
        self.error_page = self._pages.error_page
        usual = ground.languages.named(ground.settings.calls.language)
        ground.support.on_entry(lambda entry: self._letters.support(entry, usual))
        origin = ground.settings.server.public_url.rstrip("/")
        ground.accounts.ending.tell_by(
            lambda account, at: self._letters.account_ends(account, at, origin, usual)
        )
        ground.exports.on_ready(lambda export: self._letters.export_ready(export, origin, usual))
        ground.usage_watch.on_near(lambda levels: self._letters.usage_near(levels, origin, usual))
        ground.usage_watch.on_month(
            lambda month, sums: self._letters.usage_month(month, sums, origin, usual)
        )
        ground.routine.alarm.on_ring(lambda hours: self._letters.backup_late(hours, origin, usual))

    def routes(self) -> list[web.RouteDef]:
        """All of them; what is the same for everybody looks up nobody."""
        told = Told(self._ground.offers, self._ground.support_store, self._ground.accounts.ending)
        doors = (*self._account_doors(), *self._room_doors(), *self._administrator_doors())
        of_people = [route for door in (*doors, self._pages) for route in door.routes()]
        of_people = self._ground.noting.on(of_people)
        known = self._ground.visitors.known(told.on(of_people))
        return [*known, *self._pages.files(), *PicturesDoor(self._ground.images).routes()]

    def _account_doors(self) -> list[_Door]:
        accounts, visitors = self._ground.accounts, self._ground.visitors
        renderer, origins = self._renderer, self._ground.origins
        return [
            AccountsDoor(
                accounts=accounts,
                visitors=visitors,
                letters=self._letters,
                renderer=renderer,
                origins=origins,
            ),
            *self._account_page(),
            PasskeysDoor(accounts=accounts, visitors=visitors, renderer=renderer, origins=origins),
            AddressDoor(accounts=accounts, renderer=renderer),
            AnswerDoor(self._ground.caller, renderer, self._ground.clock),
            MyDataPage(
                accounts=accounts,
                rooms=self._ground.rooms,
                exports=self._ground.exports,
                holdings=self._ground.holdings,
                visitors=visitors,
                renderer=renderer,
                sending=self._sending,
            ),
            VisitorDataPage(
                rights=self._ground.visitor_rights,
                visitors=visitors,
                renderer=renderer,
                origins=origins,
                clock=self._ground.clock,
                sending=self._sending,
            ),
            TeamsPage(accounts=accounts, visitors=visitors, renderer=renderer, origins=origins),
        ]

    def _account_page(self) -> list[_Door]:
        """The page, and those of its parts that have addresses of their own."""
        ground, renderer = self._ground, self._renderer
        notifications = Notifications(
            accounts=ground.accounts,
            push=ground.push,
            visitors=ground.visitors,
            renderer=renderer,
            assets=self._pages.assets,
            can_mail=ground.post.is_configured,
        )
        picture = AccountPicture(
            images=ground.images,
            uploads=self._uploads,
            visitors=ground.visitors,
            renderer=renderer,
        )
        offers = OffersPart(ground.offers, ground.visitors, renderer)
        page = AccountPage(
            accounts=ground.accounts,
            visitors=ground.visitors,
            letters=self._letters,
            renderer=renderer,
            origins=ground.origins,
            notifications=notifications,
            picture=picture,
            offers=offers,
        )
        return [page, notifications, picture, offers]

    def _room_doors(self) -> list[_Door]:
        ground, visitors, renderer = self._ground, self._ground.visitors, self._renderer
        finding = Finding(ground.accounts, ground.clock)
        own = OwnRooms(ground.rooms, ground.access, visitors, renderer)
        along = AlongPart(ground.exports, own, renderer, self._sending)
        bring = BringDoor(
            arrivals=ground.arrivals, rooms=ground.rooms, visitors=visitors, renderer=renderer
        )
        return [
            bring,
            along,
            RoomsPage(
                rooms=ground.rooms,
                my_rooms=self._my_rooms,
                bring=bring,
                visitors=visitors,
                renderer=renderer,
            ),
            self._room_settings_page(own, finding, along),
            RoomAccessPage(
                own=own,
                access=ground.access,
                grants=ground.grants,
                finding=finding,
                origins=ground.origins,
                log=ground.audit,
                clock=ground.clock,
            ),
            RoomResetPage(own, ground.resetting, ground.window, ground.audit),
            SharedRoomsPage(elsewhere=self._elsewhere, visitors=visitors, renderer=renderer),
            SupportNotices(
                store=ground.support_store,
                entries=self._entries,
                visitors=visitors,
                renderer=renderer,
            ),
        ]

    def _room_settings_page(
        self, own: OwnRooms, finding: Finding, along: AlongPart
    ) -> RoomSettingsPage:
        ground = self._ground
        return RoomSettingsPage(
            own=own,
            rooms=ground.rooms,
            handovers=ground.handovers,
            accounts=ground.accounts,
            finding=finding,
            images=ground.images,
            uploads=self._uploads,
            support=self._entries,
            along=along,
            usage=ground.usage,
            origins=ground.origins,
            log=ground.audit,
            participant_limit=ground.settings.rooms.participant_limit,
            routine=ground.routine,
        )

    def _administrator_doors(self) -> list[_Door]:
        ground, visitors, renderer = self._ground, self._ground.visitors, self._renderer
        return [
            PeoplePage(
                accounts=ground.accounts,
                visitors=visitors,
                renderer=renderer,
                origins=ground.origins,
            ),
            SupportPage(
                rooms=ground.rooms,
                support=ground.support,
                visitors=visitors,
                renderer=renderer,
            ),
            JobsPage(ground.routine, visitors, renderer),
            UsagePage(ground.usage_watch, visitors, renderer),
            DocumentsPage(ground.settings, visitors, renderer),
            AccessLogPage(
                ground.access_log,
                ground.accounts,
                ground.noting,
                visitors,
                renderer,
                self._sending,
            ),
            RetentionPage(
                ground.routine.purge,
                Holds(ground.holds, ground.accounts, ground.rooms, ground.audit),
                visitors,
                renderer,
            ),
        ]
