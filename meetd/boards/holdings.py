"""What is kept of whiteboards."""

from meetd.core.holdings import ImpersonalHolding


class BoardHolding(ImpersonalHolding):
    """Boards name no account; they go with their room, whose key goes with it."""

    tables = frozenset({"boards", "board_bases", "board_updates", "board_snapshots"})
