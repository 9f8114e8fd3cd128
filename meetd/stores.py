"""Everything at rest, opened the same way by the server and by the command line."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.accounts.holdings import TeamHolding
from meetd.audit.entry import RETENTION
from meetd.audit.holdings import AuditHolding
from meetd.audit.log import AuditLog
from meetd.boards.holdings import BoardHolding
from meetd.boards.snapshot_store import SnapshotStore
from meetd.boards.store import BoardStore
from meetd.calling.holdings import CallHolding
from meetd.calling.store import CallStore
from meetd.chat.holdings import ChatHolding
from meetd.config.settings import Settings
from meetd.content.holdings import ContentHolding
from meetd.content.store import ContentStore
from meetd.core.clock import Clock
from meetd.core.holdings import Holding
from meetd.images.holdings import ImageHolding
from meetd.images.store import ImageStore
from meetd.lifecycle.holdings import LifecycleHolding
from meetd.lifecycle.store import LedgerStore, TombstoneStore
from meetd.lobby.holdings import KnockHolding
from meetd.lobby.store import KnockStore
from meetd.push.holdings import PushHolding
from meetd.push.store import PushStore
from meetd.rooms.grant_store import GrantStore
from meetd.rooms.handover_store import HandoverStore
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
from meetd.storage.directory import DataDirectory
from meetd.storage.master_key import open_vault
from meetd.storage.schema import migrate
from meetd.storage.vault import Vault, load_master_key


@dataclass(frozen=True)
class Stores:
    """What is kept, by what it is about."""

    database: Database
    keys: Database
    vault: Vault
    audit: AuditLog
    accounts: Accounts
    rooms: RoomStore
    grants: GrantStore
    handovers: HandoverStore
    passes: PassStore
    support: SupportStore
    knocks: KnockStore
    content: ContentStore
    blobs: BlobFolder
    boards: BoardStore
    snapshots: SnapshotStore
    images: ImageStore
    push: PushStore
    calls: CallStore
    ledger: LedgerStore
    tombstones: TombstoneStore

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """Everything that keeps something; a test holds it against the schema."""
        return (
            KnockHolding(self.knocks),
            PassHolding(self.passes),
            SupportHolding(self.support),
            AccessHolding(self.grants, self.accounts),
            HandoverHolding(self.handovers),
            ChatHolding(self.database),
            ContentHolding(),
            BoardHolding(),
            RoomHolding(self.rooms),
            TeamHolding(self.accounts.teams.store),
            AuditHolding(self.audit),
            ImageHolding(self.images),
            PushHolding(self.push),
            CallHolding(self.calls),
            LifecycleHolding(),
            # Last: what an account owns goes before it.
            self.accounts.holding,
        )

    async def erase(self, account: Account, *, actor: str) -> None:
        """Everything kept about somebody, with the keys of it. ``actor``: who does it."""
        for holding in self.holdings[:-1]:
            await holding.erase_for(account.id)
        await self.accounts.erase(account, actor=actor)

    async def purge_before(self, cutoff: int) -> int:
        """Remove what was last used before ``cutoff`` (ms since the epoch), whole accounts with all
        that is theirs. Returns the number of rows and accounts."""
        unused = [account async for account in self.accounts.unused_since(cutoff)]
        for account in unused:
            await self.erase(account, actor=RETENTION)
        return len(unused) + sum([await each.purge_before(cutoff) for each in self.holdings])


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
    configured = settings.storage.master_key_file
    load_master_key(directory, configured)  # first, so that it is made before what it opens
    await migrate("keys", directory.keys_database, directory.before_migration)
    await migrate("main", directory.database, directory.before_migration)
    keys, database = Database(directory.keys_database, readers=1), Database(directory.database)
    for each in (keys, database):
        await each.open()
        stack.push_async_callback(each.close)
    vault = await open_vault(keys, directory, configured, clock)
    audit = await AuditLog.open(database, vault, clock)
    return Stores(
        database=database,
        keys=keys,
        vault=vault,
        audit=audit,
        accounts=await Accounts.open(
            settings=settings.accounts,
            database=database,
            vault=vault,
            clock=clock,
            log=audit,
            needs_confirmation=needs_confirmation,
        ),
        rooms=RoomStore(database, vault, clock),
        grants=await GrantStore.open(database, vault, clock),
        handovers=HandoverStore(database, clock),
        passes=PassStore(database, clock),
        support=SupportStore(database),
        knocks=await KnockStore.open(database, vault, clock),
        content=ContentStore(database, vault, clock),
        blobs=BlobFolder(directory.blobs),
        boards=BoardStore(database, vault, clock),
        snapshots=SnapshotStore(database, vault, clock),
        images=ImageStore(database, vault, clock),
        push=await PushStore.open(database, vault, clock),
        calls=CallStore(database, vault, settings.calls, clock),
        ledger=LedgerStore(database),
        tombstones=TombstoneStore(database),
    )
