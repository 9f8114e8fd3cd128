"""What is kept of whiteboards."""

from meetd.boards import snapshot_store, store
from meetd.core.holdings import ImpersonalHolding
from meetd.storage.database import Database
from meetd.storage.resealing import RoomSeals, SealsOfRooms
from meetd.storage.vault import Vault


class BoardHolding(SealsOfRooms, ImpersonalHolding):
    """Boards name no account; they go with their room, whose key goes with it."""

    tables = frozenset({"boards", "board_bases", "board_updates", "board_snapshots"})

    def __init__(self, database: Database, vault: Vault) -> None:
        self.seals = RoomSeals(database, vault, (*store.SEALED, *snapshot_store.SEALED))
