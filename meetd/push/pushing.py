"""Browsers come and go here, and messages go out to them, in the background."""

import asyncio
import logging
from typing import Final

from meetd.config.settings import Settings
from meetd.core.clock import Clock
from meetd.core.errands import Errands
from meetd.push.sending import Parcel, Reply, Send, Verdict, pack, pause_before_next, verdict_of
from meetd.push.services import EndpointRefused, Services
from meetd.push.store import PushStore
from meetd.push.subscription import Subscription, SubscriptionRefused, check_offer, place_of
from meetd.push.vapid import Vapid
from meetd.storage.vault import Vault

TRIES: Final = 3
AT_ONCE: Final = 8
"""Requests to push services at a time."""
MAX_UNDER_WAY: Final = 500
"""Messages that wait for their turn or for another try."""

_log = logging.getLogger(__name__)


class Push:
    """Notifications for accounts. ``close`` gives up what is under way."""

    def __init__(
        self,
        *,
        store: PushStore,
        services: Services,
        vapid: Vapid,
        send: Send,
        pause: float = 5.0,
    ) -> None:
        """``pause``: seconds before the second try; twice as long before the third."""
        self._store = store
        self._services = services
        self._vapid = vapid
        self._send = send
        self._pause = pause
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._errands = Errands("notifications", MAX_UNDER_WAY, _log)

    @classmethod
    async def open(
        cls, settings: Settings, store: PushStore, vault: Vault, clock: Clock, send: Send
    ) -> "Push":
        """With the keys it needs of the vault."""
        return cls(
            store=store,
            services=Services(settings.push.services),
            vapid=await Vapid.open(vault, _contact(settings), clock),
            send=send,
        )

    @property
    def is_on(self) -> bool:
        """May any push service be written to?"""
        return bool(self._services)

    @property
    def key(self) -> str:
        """What browsers subscribe to (``applicationServerKey``), in base64url."""
        return self._vapid.public_key

    async def subscribe(
        self,
        account_id: str,
        session_id: str,
        *,
        endpoint: str,
        public_key: str,
        auth: str,
        browser: str,
    ) -> None:
        """Notifications of that account go to that browser too, until the session ends.

        Raises: SubscriptionRefused.
        """
        offer = check_offer(endpoint, public_key, auth, self._services)
        if not await self._store.add(account_id, session_id, offer, browser):
            raise SubscriptionRefused("session")

    async def unsubscribe(self, account_id: str, endpoint: str) -> bool:
        """What a browser asks for itself. Returns whether there was anything to end."""
        return await self._store.remove_endpoint(account_id, endpoint)

    async def remove(self, account_id: str, subscription_id: str) -> bool:
        """The same, from the list. Returns whether it was one of theirs."""
        return await self._store.remove(account_id, subscription_id)

    async def of(self, account_id: str) -> list[Subscription]:
        return await self._store.of(account_id)

    def notify(self, account_id: str, message: bytes, lasts: int) -> None:
        """Send ``message``, JSON, to every browser of that account. Nobody waits.

        ``lasts``: seconds that it may come late.
        """
        self._errands.run(self._to_all(account_id, message, lasts))

    async def close(self) -> None:
        await self._errands.close()

    async def _to_all(self, account_id: str, message: bytes, lasts: int) -> None:
        for subscription in await self._store.of(account_id):
            self._errands.run(self._to_one(subscription, message, lasts))

    async def _to_one(self, subscription: Subscription, message: bytes, lasts: int) -> None:
        try:
            place = place_of(subscription.offer, self._services)
        except EndpointRefused:
            await self._store.remove(subscription.account_id, subscription.id)
            return
        parcel = pack(message, subscription.offer, place, self._vapid, lasts)
        verdict = await self._deliver(parcel)
        if verdict == "taken":
            await self._store.note_taken(subscription.id)
        elif verdict == "gone":
            await self._store.remove(subscription.account_id, subscription.id)
        else:
            await self._store.note_failure(subscription.id)

    async def _deliver(self, parcel: Parcel) -> Verdict:
        """Several tries while the service is busy or away."""
        for attempt in range(TRIES):
            reply = await self._try(parcel)
            verdict = verdict_of(reply) if reply else "later"
            pause = pause_before_next(reply, self._pause * 2**attempt)
            if verdict != "later" or pause is None or attempt + 1 == TRIES:
                if verdict not in {"taken", "gone"}:
                    status = reply.status if reply else "no answer"
                    _log.warning("a notification did not go out: %s", status)
                return verdict
            await asyncio.sleep(pause)
        return "later"

    async def _try(self, parcel: Parcel) -> Reply | None:
        async with self._turns:
            try:
                return await self._send(parcel)
            except (OSError, TimeoutError) as error:
                _log.warning("a push service was not reached: %s", type(error).__name__)
                return None


def _contact(settings: Settings) -> str:
    if settings.push.contact:
        return settings.push.contact
    if settings.mail.sender:
        return f"mailto:{settings.mail.sender}"
    public = settings.server.public_url
    return public if public.startswith("https:") else ""
