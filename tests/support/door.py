"""People with accounts who come to the doors of a running server, over the real WebSocket."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from meetd.accounts.account import Account
from meetd.accounts.joining import SignUp
from meetd.accounts.team_store import Team, TeamLevel
from meetd.app import Server
from meetd.core.clock import Clock
from meetd.core.private import Private
from meetd.protocol.door import DoorSeen, DoorsWatched, Knock, Knocker, KnockSeen, Look, Watch
from meetd.protocol.door import KnocksChanged as Changed
from meetd.protocol.session import Join, Welcome
from meetd.rooms.grant import Grant
from meetd.rooms.room import Room
from tests.support.guest import Guest, Guests, guests_at
from tests.support.server import running_server, test_settings

GOOD = "correct horse battery"
_numbers = itertools.count(1)


class Street:
    """One server and everybody who comes to its doors."""

    def __init__(self, server: Server, guests: Guests) -> None:
        self.server = server
        self.guests = guests
        self._tokens: dict[str, str] = {}

    async def account(self, name: str) -> Account:
        """Somebody with an account, signed in."""
        email = f"{name.lower()}-{next(_numbers)}@example.org"
        sign_up = SignUp(
            way="open",
            token=Private(""),
            email=email,
            first_name=name,
            last_name="Example",
            user_name=name,
            password=Private(GOOD),
            terms=True,
            age=True,
        )
        account = await self.server.stores.accounts.joining.sign_up(sign_up, "203.0.113.7")
        await self.sign_in(account)
        return account

    async def sign_in(self, account: Account) -> None:
        token = await self.server.stores.accounts.signing_in.begin(
            account.id, "Firefox, Linux", None
        )
        self._tokens[account.id] = token.reveal()

    async def room(self, name: str, owner: Account, *, locked: bool = True) -> Room:
        return await self.server.stores.rooms.make_owned(name, owner.id, locked=locked)

    async def host(self, room: Room, account: Account) -> Grant:
        """Somebody who was granted *host* there, and accepted."""
        grants = self.server.stores.grants
        grant = await grants.add(room, grants.by_account("host", account))
        await grants.offers.answer(account, grant.id, "accepted")
        return grant

    async def team(self, name: str, admin: Account, *others: Account) -> Team:
        """A team of those, who do nothing in one another's rooms yet."""
        teams = self.server.stores.accounts.teams
        team = await teams.make(admin, name)
        for other in others:
            await teams.invite(admin, team.id, other.user_name)
            await teams.accept(other, team.id, team.level)
        return team

    async def agree(self, team: Team, level: TeamLevel, admin: Account, *others: Account) -> None:
        """The team does that from now on, and those agree to it."""
        teams = self.server.stores.accounts.teams
        await teams.set_level(admin, team.id, level)
        for other in others:
            await teams.agree(other, team.id, level)

    def token(self, account: Account) -> str:
        return self._tokens[account.id]

    async def connect(
        self, name: str, account: Account | None = None, address: str = "192.0.2.1"
    ) -> Guest:
        """Somebody who has not said anything yet, signed in or not."""
        headers = {"Cookie": f"meetd={self.token(account)}"} if account else {}
        headers["X-Forwarded-For"] = address
        return await self.guests.connect(name, **headers)

    async def look(
        self, room: str, name: str, account: Account | None = None, **look: Any
    ) -> tuple[Guest, DoorSeen]:
        guest = await self.connect(name, account)
        answer = await guest.ask(Look(name=room, **look))
        assert isinstance(answer, DoorSeen), answer
        return guest, answer

    async def knock(self, room: str, name: str, account: Account | None = None) -> Guest:
        """Somebody who knocks and waits."""
        guest, _ = await self.look(room, name, account)
        answer = await guest.ask(Knock(name=name))
        assert isinstance(answer, KnockSeen), answer
        assert answer.state == "waiting"
        return guest

    async def watch(self, account: Account) -> Guest:
        """A host on any page."""
        return await self.watch_with(self.guests, self.token(account), account.name)

    @staticmethod
    async def watch_with(guests: Guests, token: str, name: str = "Host") -> Guest:
        """The same, where only the session is known."""
        guest = await guests.connect(name, Cookie=f"meetd={token}")
        answer = await guest.ask(Watch())
        assert isinstance(answer, DoorsWatched), answer
        return guest

    async def enter(
        self, room: str, name: str, account: Account | None = None, **join: str | None
    ) -> Guest:
        """Somebody who is let in."""
        guest = await self.connect(name, account)
        answer = await guest.ask(join_as(room, name, **join))
        assert isinstance(answer, Welcome), answer
        return guest

    async def refused(
        self, room: str, name: str, account: Account | None = None, **join: str | None
    ) -> str:
        """The code with which somebody is not let in."""
        guest = await self.connect(name, account)
        return (await guest.refused(join_as(room, name, **join))).refusal.code


@asynccontextmanager
async def street_at(data: Path, clock: Clock | None = None, **limits: int) -> AsyncIterator[Street]:
    """A server where anybody may make an account, and knock as often as they like unless
    ``limits`` says otherwise. Behind a proxy, so that people can come from anywhere."""
    settings = test_settings(
        accounts={"registration": "open"},
        limits={"knocks_per_minute": 100_000, "knocks_per_minute_overall": 100_000, **limits},
        server={"trusted_proxies": ("127.0.0.1",)},
    )
    async with running_server(data, settings, clock) as (server, url), guests_at(url) as guests:
        yield Street(server, guests)


def join_as(room: str, name: str, **join: Any) -> Join:
    return Join(room=room, name=name, microphone=True, camera=True, screen=False, **join)


class Before:
    """Holds a coroutine back before its work is done."""

    def __init__(self, owner: object, name: str) -> None:
        self._owner, self._name = owner, name
        self._work = getattr(owner, name)
        self.reached = asyncio.Event()
        self._opened = asyncio.Event()
        setattr(owner, name, self._wait)

    async def _wait(self, *args: Any, **named: Any) -> Any:
        self.reached.set()
        await self._opened.wait()
        return await self._work(*args, **named)

    def open(self) -> None:
        """Whoever waits goes on, and nobody is held back any more."""
        setattr(self._owner, self._name, self._work)
        self._opened.set()


class Gate:
    """Holds a coroutine back after its work is done, as a slow disk or a busy loop would."""

    def __init__(self, owner: object, name: str) -> None:
        self._owner, self._name = owner, name
        self._work = getattr(owner, name)
        self.reached = asyncio.Event()
        self._opened = asyncio.Event()
        setattr(owner, name, self._wait)

    async def _wait(self, *args: Any, **named: Any) -> Any:
        result = await self._work(*args, **named)
        self.reached.set()
        await self._opened.wait()
        return result

    def open(self) -> None:
        """Whoever waits goes on, and nobody is held back any more."""
        setattr(self._owner, self._name, self._work)
        self._opened.set()


def place_of(guest: Guest) -> str:
    """The proof of that guest's knock."""
    return [event.place for event in guest.events if isinstance(event, KnockSeen)][-1]


def state_of(guest: Guest) -> str:
    """How that guest's knock stands, as last told."""
    return [event.state for event in guest.events if isinstance(event, KnockSeen)][-1]


def at_the_door(host: Guest) -> dict[str, Knocker]:
    """Who waits, by name, as that host's page shows it."""
    waiting: dict[str, Knocker] = {}
    for event in host.events:
        match event:
            case DoorsWatched():
                waiting = {one.id: one for one in event.knockers}
            case Changed():
                waiting |= {one.id: one for one in event.changed}
                for gone in event.gone:
                    waiting.pop(gone.id, None)
    return {one.name: one for one in waiting.values()}


async def knock_of(host: Guest, name: str) -> Knocker:
    """Wait until the host sees that knock."""
    await host.until(lambda: name in at_the_door(host), f"{host.name} did not see {name} knock")
    return at_the_door(host)[name]
