"""What is kept of content."""

from meetd.core.holdings import ImpersonalHolding


class ContentHolding(ImpersonalHolding):
    """Files name no account; they go with their room, whose key goes with it. Uploads that nobody
    went on with are swept after three hours (``Intake.sweep``)."""

    tables = frozenset({"content_items", "content_uploads"})

    async def purge_before(self, cutoff: int) -> int:  # noqa: ARG002
        """Nothing by age: what was shared stays in the room as long as the room."""
        return 0
