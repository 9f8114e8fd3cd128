"""What is kept of whiteboards."""

from meetd.core.holdings import ImpersonalHolding


class BoardHolding(ImpersonalHolding):
    """Boards name no account; they go with their room, whose key goes with it."""

    tables = frozenset({"boards", "board_bases", "board_updates", "board_snapshots"})

    async def purge_before(self, cutoff: int) -> int:  # noqa: ARG002
        """Nothing by age: what was drawn stays in the room as long as the room."""
        return 0
