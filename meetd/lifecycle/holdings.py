"""What is kept of jobs and deletions: nothing about a person."""

from meetd.core.holdings import ImpersonalHolding


class LifecycleHolding(ImpersonalHolding):
    """Jobs have no more lines than there are jobs. Tombstones are random ids and hashes of what is
    gone, and go themselves when no backup is older (``TombstoneStore.tidy``)."""

    tables = frozenset({"jobs", "clock", "tombstones"})
