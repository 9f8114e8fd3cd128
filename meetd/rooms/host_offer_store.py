"""All SQL about the role of host as it is offered: an account has it once that account accepted."""

from collections.abc import Callable

from meetd.accounts.account import Account
from meetd.core.clock import Clock
from meetd.core.refusals import OfferGone
from meetd.rooms.also import Also
from meetd.rooms.grant import Answer, Grant
from meetd.rooms.grant_rows import GrantRows
from meetd.storage.database import Database, Row, Transaction

MOST_OFFERS = 50
"""That one account sees at a time: nobody fills a page of somebody else's."""


class HostOfferStore:
    """``announce`` is called with the id of each room whose grants changed."""

    def __init__(
        self, database: Database, clock: Clock, rows: GrantRows, announce: Callable[[str], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._rows = rows
        self._announce = announce

    async def hosted_by(self, account: Account) -> list[str]:
        """Ids of rooms where somebody accepted to be a host."""
        rows = await self._offered(f"{_ANSWERED} AND answer = 'accepted'", account)
        return list({row["room_id"] for row in rows})

    async def offered_to(self, account: Account) -> list[Grant]:
        """Where somebody may be a host and has not said yet whether they want to; newest first."""
        rows = await self._offered(f"NOT coalesce({_ANSWERED}, 0) {_NEWEST}", account)
        return [await self._rows.opened(row) for row in rows]

    async def count_to(self, account: Account) -> int:
        """How many of these there are, but for what blocked owners offered."""
        rows = await self._database.read(_COUNT_OFFERS, self._asking(account))
        return min(int(rows[0]["waiting"]), MOST_OFFERS)

    async def offer_to(self, account: Account, grant_id: str) -> Grant | None:
        """One of what is offered to somebody, answered or not."""
        rows = await self._offered("id = :id", account, id=grant_id)
        return await self._rows.opened(rows[0]) if rows else None

    async def answer(
        self, account: Account, grant_id: str, answer: Answer, also: Also | None = None
    ) -> None:
        """What somebody says to the offer to be a host, with ``also``. Who accepted may still
        decline, on a page from before; who declined has to be asked anew.

        Raises: OfferGone when it is not theirs, does not stand, or was answered already.
        """
        values = {"id": grant_id, "answer": answer, **self._asking(account)}

        async def work(transaction: Transaction) -> str:
            rows = await transaction.execute(_ANSWER, values)
            if not rows:
                raise OfferGone
            # By a link they may be asked again: whenever they come with it.
            await transaction.execute(
                "DELETE FROM access_grants"
                " WHERE id = :id AND answer = 'declined' AND through IS NOT NULL",
                values,
            )
            if also is not None:
                await also(transaction)
            return str(rows[0]["room_id"])

        self._announce(await self._database.write(work))

    async def _offered(self, condition: str, account: Account, **more: object) -> list[Row]:
        return await self._database.read(
            f"{_SELECT} WHERE {_TO_THEM} AND {condition}", {**self._asking(account), **more}
        )

    def _asking(self, account: Account) -> dict[str, object]:
        return {"now": self._clock.now(), "most": MOST_OFFERS, **self._rows.finding(account, None)}


_SELECT = "SELECT * FROM access_grants"
STANDS = "(expires_at IS NULL OR expires_at > :now) AND (uses_left IS NULL OR uses_left > 0)"
_TO_THEM = (
    "level = 'host' AND kind IN ('account', 'email')"
    f" AND (account_id = :account OR found_by = :email) AND {STANDS}"
)
_ANSWERED = "answered_by = :account"
_NEWEST = "ORDER BY made_at DESC, id LIMIT :most"
_HOW_MANY = "SELECT count(*) AS waiting FROM access_grants"
_BY_ANOTHER = (
    "EXISTS (SELECT 1 FROM rooms JOIN accounts ON accounts.id = rooms.owner_id"
    " WHERE rooms.id = access_grants.room_id AND accounts.id <> :account"
    " AND accounts.blocked_at IS NULL)"
)
_COUNT_OFFERS = f"{_HOW_MANY} WHERE {_TO_THEM} AND NOT coalesce({_ANSWERED}, 0) AND {_BY_ANOTHER}"
_SET_ANSWER = "UPDATE access_grants SET answer = :answer, answered_by = :account"
_ANSWER = (
    f"{_SET_ANSWER} WHERE id = :id AND {_TO_THEM} AND (NOT coalesce({_ANSWERED}, 0)"
    " OR (answer = 'accepted' AND :answer = 'declined')) RETURNING room_id"
)
