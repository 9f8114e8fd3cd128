"""Calls hosts who are away, and hands their answers on."""

import logging
from typing import Final, Literal

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.accounts.reach import Reach
from meetd.calling.call import Answerer, Call, Called, Outcome, Telling, Told, Verdict
from meetd.calling.store import LASTS, CallStore
from meetd.config.settings import Calls as Limits
from meetd.core.clock import Clock
from meetd.core.limits import Bucket, Buckets
from meetd.core.private import Private
from meetd.core.rounds import Rounds
from meetd.mail.post import Post
from meetd.push.pushing import Push

MAX_HOSTS: Final = 20
"""Of one door that are called."""
SWEEP_SECONDS: Final = 900.0
"""Between two looks for what ran out: what a link showed is gone soon after it ends."""
_SECONDS_LATE: Final = LASTS // 1_000
"""How late a notification may come: as long as its link works."""

_Result = Literal["made", "before", "later", "never"]
"""Of one host: called now, called for that knock already, not now, does not want to be."""

_log = logging.getLogger(__name__)


class Caller:
    """What a lobby calls when nobody is there. ``close`` gives up what is under way."""

    def __init__(
        self,
        *,
        store: CallStore,
        accounts: Accounts,
        post: Post,
        push: Push,
        telling: Telling,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._post = post
        self._push = push
        self._telling = telling
        self._limits = limits
        self._clock = clock
        per_second = limits.per_minute_overall / 60
        self._overall = Bucket(per_second, limits.per_minute_overall, clock.monotonic())
        share = limits.per_hour_per_network
        self._shares = Buckets(rate=share / 3_600, burst=share)
        self._answering: set[str] = set()
        self._rounds = Rounds("sweep of calls", SWEEP_SECONDS, store.sweep, _log)
        self._answerer: Answerer | None = None

    @classmethod
    async def open(
        cls,
        *,
        store: CallStore,
        limits: Limits,
        clock: Clock,
        accounts: Accounts,
        post: Post,
        push: Push,
        telling: Telling,
    ) -> "Caller":
        """What ran out while the server was off is removed first."""
        await store.sweep()
        caller = cls(
            store=store,
            accounts=accounts,
            post=post,
            push=push,
            telling=telling,
            limits=limits,
            clock=clock,
        )
        caller._rounds.open()
        return caller

    def answers_go_to(self, answerer: Answerer) -> None:
        """Who keeps the knocks; it stands above this floor and is built later."""
        self._answerer = answerer

    async def call(self, call: Call) -> Told:
        """Tell the hosts. May be called again for the same knock: nobody is told twice."""
        hosts = list(dict.fromkeys(call.account_ids))[:MAX_HOSTS]
        if not hosts or not self.can_reach:
            return Told(anybody=False, again=False)
        if self._overall.take(self._clock.monotonic()):
            _log.warning("more knocks than hosts are told of per minute")
            return Told(anybody=False, again=True)
        results = [await self._try(call, host) for host in hosts]
        if "made" not in results:
            self._overall.put_back()
        return Told(
            anybody="made" in results or "before" in results,
            again="later" in results,
        )

    async def look(self, token: str) -> Called | None:
        """What a link to answer is about. It stays good: mail programs open links by themselves."""
        return await self._store.look(token)

    async def take(self, token: str) -> Called | None:
        """The same, and the link is used up."""
        return await self._store.take(token)

    async def answer(self, token: str, verdict: Verdict) -> Outcome | None:
        """Answer with a link, once; ``None`` when it does not work (any more).

        Raises: any Refusal of the answer, and then the link stays good.
        """
        if token in self._answering:
            return None
        self._answering.add(token)
        try:
            return await self._answer(token, verdict)
        finally:
            self._answering.discard(token)

    async def forget(self, knock_id: str) -> None:
        """A knock is over: its links end, and what they showed is removed."""
        await self._store.forget(knock_id)

    async def close(self) -> None:
        await self._rounds.close()

    @property
    def can_reach(self) -> bool:
        """Is there any way from here to somebody who is away?"""
        return self._post.is_configured or self._push.is_on

    async def _answer(self, token: str, verdict: Verdict) -> Outcome | None:
        called = await self.look(token)
        if called is None:
            return None
        outcome: Outcome = "gone"  # when nobody keeps knocks, nobody waits
        if self._answerer is not None:
            outcome = await self._answerer.answer(called.knock_id, called.account_id, verdict)
        await self.take(token)
        return outcome

    async def _try(self, call: Call, account_id: str) -> _Result:
        """What goes wrong with one host keeps no other from being told."""
        try:
            return await self._tell(call, account_id)
        except Exception as error:  # noqa: BLE001 - it is logged, and tried again
            _log.warning("a host could not be called: %s", type(error).__name__)
            return "later"

    async def _tell(self, call: Call, account_id: str) -> _Result:
        account = await self._accounts.active(account_id)
        if account is None:
            return "never"
        if await self._store.was_called(call.knock_id, account_id):
            return "before"
        reach = await self._accounts.reach.of(account_id)
        by_mail = self._takes_mail(account, reach)
        by_push = reach.by_push and self._push.is_on and bool(await self._push.of(account_id))
        if not (by_mail or by_push):
            return "never"
        if reach.quiet is not None and reach.quiet.hold(self._clock.now()):
            return "later"
        made = await self._make(call, account_id)
        if made is None:
            return "later"
        called, token = made
        path = f"/answer/{token.reveal()}"
        language = reach.language or self._limits.language
        if by_mail:
            subject, text = self._telling.letter(language, called, path)
            self._post.run(self._post.send(account.email, subject, text))
        if by_push:
            notice = self._telling.notice(language, called, path)
            self._push.notify(account_id, notice, _SECONDS_LATE)
        return "made"

    async def _make(self, call: Call, account_id: str) -> tuple[Called, Private[str]] | None:
        """Within what one network may have of a host's calls: else whoever knocks and stops again
        and again would leave none for others."""
        share = f"{account_id} {call.network}"
        if self._shares.take(share, self._clock.monotonic()):
            return None
        made = await self._store.make(call, account_id)
        if made is None:
            self._shares.put_back(share)
        return made

    def _takes_mail(self, account: Account, reach: Reach) -> bool:
        """An address that nobody has confirmed may be somebody else's."""
        is_theirs = account.email_confirmed_at is not None
        return reach.by_mail and self._post.is_configured and is_theirs
