"""What is written in the same transaction as an act on a room: both are there, or neither."""

from collections.abc import Awaitable, Callable

from meetd.audit.entry import Act, Details
from meetd.audit.log import AuditLog
from meetd.rooms.room import Room
from meetd.storage.database import Transaction

Also = Callable[[Transaction], Awaitable[None]]


def audit_line(
    log: AuditLog,
    act: Act,
    actor: str,
    room: Room,
    *,
    subject: str | None = None,
    details: Details | None = None,
) -> Also:
    """A line of the audit log. ``actor`` and ``subject``: ids of accounts."""

    async def also(transaction: Transaction) -> None:
        await log.append_in(
            transaction, act, actor=actor, room=room.id, subject=subject, details=details
        )

    return also


def together(*works: Also) -> Also:
    """One after the other."""

    async def also(transaction: Transaction) -> None:
        for work in works:
            await work(transaction)

    return also
