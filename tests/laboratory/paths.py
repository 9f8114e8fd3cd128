"""Two people and the path between them."""

import asyncio

from tests.browser.people import Person, until

PATIENCE = 30.0
"""Seconds. How soon it has to be is measured by ``scripts/bench moves``, and by no test: a machine
that runs everything at once is slow by turns."""


async def says(person: Person, path: str, of: Person) -> bool:
    """Is that on the other's tile?"""
    return await person.tile(of.name).get_by_text(path, exact=True).is_visible()


async def see_each_other(one: Person, other: Person) -> None:
    await asyncio.gather(one.sees(other.name, PATIENCE), other.sees(one.name, PATIENCE))


async def both_move_again(one: Person, other: Person) -> None:
    """After the path between them was cut."""
    await asyncio.gather(_moves_again(one, other), _moves_again(other, one))


async def _moves_again(person: Person, other: Person) -> None:
    """The picture of the other comes over the relay, frame after frame."""
    seen: list[int] = []

    async def moves() -> bool:
        if await says(person, "Relayed", other):
            seen.append(await person.frames_of(other.name))
        return bool(seen) and seen[-1] > seen[0] + 5

    reason = f"the picture of {other.name} stands still for {person.name}"
    await until(moves, reason, within=PATIENCE)
