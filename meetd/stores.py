"""Everything at rest, opened the same way by the server and by the command line."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

from meetd.accounts.account import Account, AccountRefused, refuse
from meetd.accounts.accounts import Accounts
from meetd.accounts.closing import TO_COME_BACK
from meetd.accounts.holdings import TeamHolding
from meetd.along.arrival_store import ArrivalStore
from meetd.along.holdings import ArrivalHolding
from meetd.audit.access_log import AccessLog
from meetd.audit.entry import OWNER, RETENTION
from meetd.audit.holdings import AccessLogHolding, AuditHolding
from meetd.audit.log import AuditLog
from meetd.boards.holdings import BoardHolding
from meetd.boards.snapshot_store import SnapshotStore
from meetd.boards.store import BoardStore
from meetd.calling.holdings import CallHolding
from meetd.calling.store import CallStore
from meetd.chat.holdings import ChatHolding, PrivateChatHolding
from meetd.chat.visitors import SaidByVisitors
from meetd.config.keeping import Retention
from meetd.config.settings import Settings
from meetd.content.holdings import ContentHolding
from meetd.content.resealing import FileSeals
from meetd.content.shelf import Shelf
from meetd.content.store import ContentStore
from meetd.core.clock import Clock
from meetd.core.holdings import Holding, Sweep
from meetd.core.periods import DAY, Months, Period, Span
from meetd.core.refusals import RoomHeld, StorageFull
from meetd.images.holdings import ImageHolding
from meetd.images.store import ImageStore
from meetd.lifecycle.alone import is_backed_up
from meetd.lifecycle.holdings import LifecycleHolding
from meetd.lifecycle.room_keys import RoomKeys
from meetd.lifecycle.store import LedgerStore, TombstoneStore
from meetd.lobby.holdings import KnockHolding
from meetd.lobby.store import KnockStore
from meetd.privacy.export_store import ExportStore
from meetd.privacy.holdings import ExportHolding
from meetd.push.holdings import PushHolding
from meetd.push.store import PushStore
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.handover_store import HandoverStore
from meetd.rooms.hold_store import HoldStore, check_not_held
from meetd.rooms.holdings import (
    AccessHolding,
    HandoverHolding,
    PassHolding,
    RoomHolding,
    SupportHolding,
)
from meetd.rooms.pass_store import PassStore
from meetd.rooms.store import RoomStore
from meetd.rooms.support_store import SupportStore
from meetd.storage.blobs import BlobFolder
from meetd.storage.database import Database
from meetd.storage.directory import DataDirectory, StorageError
from meetd.storage.key_files import check_keys_are_there
from meetd.storage.master_key import open_vault
from meetd.storage.master_key_source import load_master_key
from meetd.storage.schema import migrate
from meetd.storage.vault import Vault
from meetd.usage.holdings import UsageHolding
from meetd.usage.store import UsageStore
from meetd.visitors.holdings import VisitorHolding
from meetd.visitors.store import VisitorStore

HOUR: Final = DAY // 24

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stores:
    """What is kept, by what it is about."""

    database: Database
    keys: Database
    vault: Vault
    audit: AuditLog
    access_log: AccessLog
    accounts: Accounts
    rooms: RoomStore
    grants: GrantStore
    handovers: HandoverStore
    passes: PassStore
    support: SupportStore
    knocks: KnockStore
    said: SaidByVisitors
    content: ContentStore
    blobs: BlobFolder
    shelf: Shelf
    file_seals: FileSeals
    boards: BoardStore
    snapshots: SnapshotStore
    images: ImageStore
    push: PushStore
    calls: CallStore
    ledger: LedgerStore
    tombstones: TombstoneStore
    holds: HoldStore
    exports: ExportStore
    archives: BlobFolder
    visitors: VisitorStore
    usage: UsageStore
    usage_kept: Period
    arrivals: ArrivalStore
    arrived: BlobFolder
    retention: Retention

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """Everything that keeps something; a test holds it against the schema."""
        kept = self.retention
        visitors = Months(kept.visitor_months)
        uploads = Span(kept.upload_hours * HOUR)
        return (
            KnockHolding(self.knocks, Span(kept.knock_hours * HOUR)),
            PassHolding(self.passes),
            SupportHolding(self.support),
            AccessHolding(
                self.grants,
                self.accounts,
                ended=Span(kept.ended_access_days * DAY),
                unused=visitors,
            ),
            HandoverHolding(self.handovers),
            ChatHolding(self.database, self.vault, self.said),
            PrivateChatHolding(self.database, self.vault),
            ContentHolding(self.content, self.shelf, self.file_seals, uploads),
            BoardHolding(self.database, self.vault, self.boards),
            RoomHolding(self.rooms, visitors),
            TeamHolding(self.accounts.teams.store),
            AuditHolding(self.audit),
            AccessLogHolding(self.access_log, Months(kept.access_log_months)),
            ImageHolding(self.images),
            PushHolding(self.push),
            CallHolding(self.calls),
            ExportHolding(self.exports, self.archives, self.vault),
            ArrivalHolding(self.arrivals, self.arrived),
            LifecycleHolding(),
            UsageHolding(self.usage, self.usage_kept),
            # After everything that is found by it.
            VisitorHolding(self.visitors, visitors),
            # Last: what an account owns goes before it.
            self.accounts.holding,
        )

    @property
    def sweeps(self) -> tuple[Sweep, ...]:
        """Everything that goes by age; whole accounts first, with all that is theirs."""
        ending, closing = self.accounts.ending, self.accounts.closing
        return (
            self._of_accounts("accounts", ending.period, ending.due, RETENTION),
            self._of_accounts("closed accounts", TO_COME_BACK, closing.due, OWNER),
            *(each for holding in self.holdings for each in holding.sweeps),
        )

    async def erase(self, account: Account, *, actor: str) -> None:
        """Everything kept about somebody, with the keys of it. ``actor``: who does it.

        Raises: AccountRefused when they, or a room of theirs, are held.
        """
        if await self.holds.holds(account.id):
            raise refuse("AccountHeld")
        for holding in self.holdings[:-1]:
            await holding.erase_for(account.id)
        await self.accounts.erase(account, actor=actor)

    def _of_accounts(
        self, name: str, period: Period, due: Callable[[int], Awaitable[list[str]]], actor: str
    ) -> Sweep:
        """Whole accounts, but for those that are held. ``actor``: for the audit log."""

        async def to_erase(cutoff: int) -> list[str]:
            return [each for each in await due(cutoff) if not await self.holds.holds(each)]

        async def count(cutoff: int) -> int:
            return len(await to_erase(cutoff))

        async def erase(cutoff: int) -> int:
            erased = 0
            for each in await to_erase(cutoff):
                # Looked at again: the ones before took their time, and somebody may have signed in.
                if each in await due(cutoff):
                    erased += await self._erase_due(each, actor)
            return erased

        return Sweep(name, period, count, erase)

    async def _erase_due(self, account_id: str, actor: str) -> bool:
        """Returns whether it went. One that is held since a moment ago stays, and keeps none of the
        others."""
        account = await self.accounts.by_id(account_id)
        if account is None:
            return False
        try:
            await self.erase(account, actor=actor)
        except (AccountRefused, RoomHeld) as refusal:
            _log.warning("an account that was due was not erased: %s", refusal)
            return False
        return True


async def open_stores(
    stack: AsyncExitStack,
    settings: Settings,
    directory: DataDirectory,
    clock: Clock,
    *,
    needs_confirmation: bool = False,
) -> Stores:
    """Lock the directory, migrate, open; ``stack`` closes it all again.

    Raises: StorageError, with what to do in its message.
    """
    directory.open()
    stack.callback(directory.close)
    try:
        return await _open_in(stack, settings, directory, clock, needs_confirmation)
    except StorageFull as error:
        raise StorageError(directory.out_of_room) from error


async def _open_in(
    stack: AsyncExitStack,
    settings: Settings,
    directory: DataDirectory,
    clock: Clock,
    needs_confirmation: bool,  # noqa: FBT001 - handed through
) -> Stores:
    configured = settings.storage.master_key_file
    check_keys_are_there(directory)
    load_master_key(directory, configured)  # first, so that it is made before what it opens
    await migrate("keys", directory.keys_database, directory.before_migration)
    await migrate("main", directory.database, directory.before_migration)
    keys, database = Database(directory.keys_database, readers=1), Database(directory.database)
    for each in (keys, database):
        await each.open()
        stack.push_async_callback(each.close)
    vault = await open_vault(keys, directory, configured, clock)
    return await _stores_in(settings, directory, clock, database, keys, vault, needs_confirmation)


async def _stores_in(
    settings: Settings,
    directory: DataDirectory,
    clock: Clock,
    database: Database,
    keys: Database,
    vault: Vault,
    needs_confirmation: bool,  # noqa: FBT001 - handed through
) -> Stores:
    audit = await AuditLog.open(database, vault, clock)
    rooms = RoomStore(database, vault, clock)
    content, blobs = ContentStore(database, vault, clock), BlobFolder(directory.blobs)
    await rooms.sweep_keys()
    return Stores(
        database=database,
        keys=keys,
        vault=vault,
        audit=audit,
        access_log=await AccessLog.open(database, vault, clock),
        accounts=await Accounts.open(
            settings=settings.accounts,
            database=database,
            vault=vault,
            clock=clock,
            log=audit,
            needs_confirmation=needs_confirmation,
            unused=Months(settings.retention.account_months),
        ),
        rooms=rooms,
        grants=await GrantStore.open(database, vault, clock),
        handovers=HandoverStore(database, clock),
        passes=PassStore(database, clock),
        support=SupportStore(database),
        knocks=await KnockStore.open(database, vault, clock),
        said=await SaidByVisitors.open(database, vault),
        content=content,
        blobs=blobs,
        shelf=Shelf(content, blobs, vault),
        file_seals=FileSeals(content, blobs, vault, clock, partial(is_backed_up, directory.path)),
        boards=BoardStore(database, vault, clock),
        snapshots=SnapshotStore(database, vault, clock),
        images=ImageStore(database, vault, clock),
        push=await PushStore.open(database, vault, clock),
        calls=CallStore(database, vault, settings.calls, clock),
        ledger=LedgerStore(database),
        tombstones=TombstoneStore(database),
        holds=await HoldStore.open(database, vault, clock),
        exports=ExportStore(database, clock, check_not_held),
        archives=BlobFolder(directory.exports),
        visitors=VisitorStore(database, clock),
        usage=UsageStore(database, vault, clock),
        usage_kept=Months(settings.usage.months),
        arrivals=ArrivalStore(database, clock),
        arrived=BlobFolder(directory.arrivals),
        retention=settings.retention,
    )


def room_keys_of(settings: Settings, stores: Stores, clock: Clock) -> RoomKeys:
    """Changes keys of rooms."""
    return RoomKeys(
        stores.vault,
        lambda: stores.holdings,
        (stores.database, stores.keys),
        clock,
        settings.backup.keep_days,
    )
