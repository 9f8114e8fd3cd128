"""A thousand knocks leave nothing behind, and a server that is killed loses none that counted."""

import asyncio
import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp

from meetd.lobby.lobby import Lobby
from meetd.lobby.visit import Visit
from meetd.lobby.watch import Watch
from meetd.protocol.door import (
    AdmitAll,
    AnswerKnock,
    AnswerTaken,
    Knock,
    KnockSeen,
    Look,
    StopKnocking,
)
from meetd.protocol.outbox import Outbox
from meetd.signaling.socket import Socket
from tests.support.door import Street, at_the_door, join_as, place_of, state_of, street_at
from tests.support.guest import Guest, NotSeenError, guests_at
from tests.support.process import ServerProcess

KNOCKS = 1_000
AT_ONCE = 20
CYCLES = 4


def alive(street: Street) -> dict[str, int]:
    """What could leak. Counted in this process, which is server and guests at once."""
    gc.collect()
    objects = gc.get_objects()
    kinds = (Lobby, Visit, Watch, Outbox, Socket)
    lobbies = street.server.house.lobbies
    return {kind.__name__: sum(isinstance(one, kind) for one in objects) for kind in kinds} | {
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "lobbies": len(lobbies.all),
        "doors": len(lobbies._doors),
        "away": len(lobbies._left_at),
        "stills": len(lobbies.stills._doors),
    }


async def settled(street: Street) -> dict[str, int]:
    """The counts once the server has seen every guest go: two looks in a row agree."""
    counts = alive(street)
    for _ in range(50):
        await asyncio.sleep(0.1)
        again = alive(street)
        if again == counts:
            return counts
        counts = again
    raise AssertionError(f"still changing: {counts}")


async def come_and_go(street: Street, number: int) -> None:
    """Knock, and do one of what people do: stop, go, come back, look only."""
    guest = await street.connect(f"Guest {number}", address=f"10.0.{number // 250}.{number % 250}")
    await guest.ask(Look(name="study"))
    if number % 5:
        await guest.ask(Knock(name=guest.name))
    if number % 5 == 1:
        await guest.ask(StopKnocking())
    if number % 5 == 2:
        await guest.lose_connection()
        guest, _ = await street.look("study", guest.name, place=place_of(guest))
    await guest.close()


async def test_a_thousand_knocks_leave_nothing_behind(tmp_path: Path) -> None:
    async with street_at(tmp_path) as street:
        ada = await street.account("Ada")
        await street.room("study", ada)

        async def round_of_knocks(count: int) -> None:
            host = await street.watch(ada)
            for start in range(0, count, AT_ONCE):
                crowd = range(start, start + AT_ONCE)
                await asyncio.gather(*(come_and_go(street, number) for number in crowd))
                await host.ask(AdmitAll(door="study"), within=30)
            await street.guests.close()
            street.guests._guests.clear()

        await round_of_knocks(AT_ONCE)  # what is loaded once
        before = await settled(street)
        await round_of_knocks(KNOCKS)
        assert await settled(street) == before
        assert before["lobbies"] == before["doors"] == before["away"] == 0


async def knock_until_it_dies(guests: list[Guest], places: list[str]) -> None:
    """Knock on one connection after the other; keep the places that were acknowledged."""
    with suppress(aiohttp.ClientError, ConnectionError, NotSeenError):
        for guest in guests:
            await guest.ask(Look(name="study"), within=2.0)
            seen = await guest.ask(Knock(name=guest.name), within=2.0)
            if isinstance(seen, KnockSeen):
                places.append(seen.place)


async def answer_until_it_dies(host: Guest, answered: dict[str, str], goal: int) -> None:
    """Answer whoever is shown; keep which answers were acknowledged, by name."""
    answers = ("admit once", "turn away", "ask to wait")
    with suppress(aiohttp.ClientError, ConnectionError, NotSeenError):
        while len(answered) < goal:
            await host.until(unanswered(host, answered), "nobody knocks", 2.0)
            knock = next(
                one for one in at_the_door(host).values() if answered.get(one.name) is None
            )
            answer = answers[len(answered) % len(answers)]
            command = AnswerKnock(knock=knock.id, answer=answer)  # type: ignore[arg-type]
            if isinstance(await host.ask(command, within=2.0), AnswerTaken):
                answered[knock.name] = answer


def unanswered(host: Guest, answered: dict[str, str]) -> Callable[[], bool]:
    return lambda: any(name not in answered for name in at_the_door(host))


STATES = {"admit once": "admitted", "turn away": "turned away", "ask to wait": "asked to wait"}


async def test_kill_9_loses_no_knock_and_no_answer(tmp_path: Path) -> None:
    async with street_at(tmp_path) as street:
        ada = await street.account("Ada")
        await street.room("study", ada)
        token = street.token(ada)
    server = ServerProcess(tmp_path, MEETD_LIMITS_KNOCKS_PER_MINUTE="100000")
    places: list[str] = []
    answered: dict[str, str] = {}
    for cycle in range(CYCLES):
        await server.start()
        async with guests_at(server.url) as guests:
            host = await Street.watch_with(guests, token)
            crowd = [await guests.connect(f"Guest {cycle}.{number}") for number in range(12)]
            knocking = asyncio.create_task(knock_until_it_dies(crowd, places))
            await answer_until_it_dies(host, answered, (cycle + 1) * 6)
            await server.kill()
            await knocking
    await server.start()
    async with guests_at(server.url) as guests:
        seen = 0
        for place in places:
            guest = await guests.connect("Guest")
            await guest.ask(Look(name="study", place=place))
            await guest.seen(KnockSeen)
            seen += state_of(guest) in STATES.values()
        host = await Street.watch_with(guests, token)
        waiting = at_the_door(host)
        for name, answer in answered.items():
            shown = waiting.get(name)
            assert (shown is not None and shown.asked_to_wait) == (answer == "ask to wait"), name
        admitted = list(answered.values()).count("admit once")
        joins = [
            await (await guests.connect("Guest")).ask(join_as("study", "Guest", place=place))
            for place in places
        ]
        entered = [type(one).__name__ for one in joins].count("Welcome")
    assert await server.stop() == 0
    assert len(answered) >= CYCLES * 6
    assert entered >= admitted, "an acknowledged admission is lost"
