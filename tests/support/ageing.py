"""Lets what is too old go, as the job does."""

from meetd.core.holdings import Holding


async def purge(holding: Holding, now: int) -> int:
    """Everything of it that is due then (ms since the epoch). Returns how much that was; what was
    said beforehand is what went."""
    gone = 0
    for sweep in holding.sweeps:
        cutoff = sweep.period.cutoff(now)
        due = await sweep.due(cutoff)
        assert await sweep.remove(cutoff) == due, sweep.name
        gone += due
    return gone
