"""Rings for hosts who are not there: at once when nobody watches the door, else when nobody has
answered for a while; and again while somebody waits, for hosts who could not be told before. What
they answer from afar comes back here."""

import asyncio
import logging

from meetd.accounts.accounts import Accounts
from meetd.calling.call import Call, Outcome, Verdict
from meetd.calling.caller import Caller
from meetd.core.errands import Errands
from meetd.core.refusals import KnockAnswered, KnockGone, NoSuchRoom, NotAHost
from meetd.lobby.desk import Desk, Host
from meetd.lobby.doors import Doors
from meetd.lobby.doorstep import Doorstep
from meetd.lobby.knock import Knock
from meetd.lobby.lobbies import Lobbies
from meetd.protocol.door import Answer

UNANSWERED_SECONDS = 60.0
"""After which hosts are called although somebody seems to be at the door."""
LONGEST_PAUSE_SECONDS = 900.0
"""Who could not be called is tried again after twice as long each time, up to this."""
_MOST = 2_000
_ANSWERS: dict[Verdict, Answer] = {"admit": "admit once", "turn_away": "turn away"}

_log = logging.getLogger(__name__)


class Doorbell:
    """Between the lobby and the ways to reach somebody. ``close`` gives up what is under way."""

    def __init__(
        self,
        *,
        lobbies: Lobbies,
        doorstep: Doorstep,
        desk: Desk,
        doors: Doors,
        accounts: Accounts,
        caller: Caller,
        pause_seconds: float,
        unanswered_seconds: float = UNANSWERED_SECONDS,
    ) -> None:
        """``pause_seconds``: between two calls of one host."""
        self._lobbies = lobbies
        self._desk = desk
        self._doors = doors
        self._accounts = accounts
        self._caller = caller
        self._unanswered_seconds = unanswered_seconds
        self._pause_seconds = max(pause_seconds, unanswered_seconds)
        self._errands = Errands("calls of hosts", _MOST, _log)
        self._calling: set[str] = set()
        """Ids of knocks whose hosts are being called right now."""
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._doorstep = doorstep
        doorstep.on_knock(self._knocked)
        lobbies.on_settled(self._settled)
        caller.answers_go_to(self)

    def open(self) -> None:
        """For who waited when the server stopped: hosts come back by themselves first."""
        for lobby in self._lobbies.all:
            for knock in lobby:
                self._ring_later(knock.id, self._unanswered_seconds, 0)

    async def close(self) -> None:
        for timer in self._waiting.values():
            timer.cancel()
        await self._errands.close()

    async def answer(self, knock_id: str, account_id: str, verdict: Verdict) -> Outcome:
        """From a mail or a notification: the same checks as for anybody at the desk."""
        account = await self._accounts.active(account_id)
        if account is None:
            return "no_host"
        try:
            host = Host(account.name, account)
            await self._desk.answer(host, knock_id, _ANSWERS[verdict], None)
        except KnockAnswered:
            return "answered"
        except (KnockGone, NoSuchRoom):
            return "gone"
        except NotAHost:
            return "no_host"
        return "done"

    def _knocked(self, knock: Knock) -> None:
        lobby = self._lobbies.get(knock.door)
        if lobby is not None and lobby.host_present:
            self._ring_later(knock.id, self._unanswered_seconds, 0)
        else:
            self._ring(knock.id, 0)

    def _settled(self, knock: Knock) -> None:
        self._ring_no_more(knock.id)
        if knock.told:
            self._errands.run(self._caller.forget(knock.id))

    def _ring(self, knock_id: str, before: int) -> None:
        """And again after a while, whatever becomes of this time. ``before``: how often it rang."""
        seconds = min(self._pause_seconds * 2**before, LONGEST_PAUSE_SECONDS)
        self._ring_later(knock_id, seconds, before + 1)
        self._errands.run(self._call(knock_id))

    def _ring_later(self, knock_id: str, seconds: float, before: int) -> None:
        loop = asyncio.get_running_loop()
        self._waiting[knock_id] = loop.call_later(seconds, self._ring, knock_id, before)

    def _ring_no_more(self, knock_id: str) -> None:
        timer = self._waiting.pop(knock_id, None)
        if timer is not None:
            timer.cancel()

    async def _call(self, knock_id: str) -> None:
        knock = self._lobbies.find(knock_id)
        if knock is None or knock_id in self._calling:
            return  # gone; or hosts are being called still, and would be called twice
        self._calling.add(knock_id)
        try:
            told = await self._caller.call(await self._call_for(knock))
        finally:
            self._calling.discard(knock_id)
        if told.anybody:
            await self._say_told(knock_id)
        if not told.again:
            self._ring_no_more(knock_id)
        if told.anybody and self._lobbies.find(knock_id) is None:
            await self._caller.forget(knock_id)  # it was over while hosts were called

    async def _say_told(self, knock_id: str) -> None:
        knock = self._lobbies.find(knock_id)
        if knock is not None and not knock.told:
            await self._doorstep.tell_called(knock_id)

    async def _call_for(self, knock: Knock) -> Call:
        return Call(
            knock_id=knock.id,
            door=knock.door.name,
            knocker=knock.words.name,
            message=knock.words.message,
            knocked_at=knock.knocked_at,
            account_ids=tuple(await self._doors.hosts_of(knock.door)),
            network=knock.network,
        )
