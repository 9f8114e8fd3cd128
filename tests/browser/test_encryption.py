"""Frames that nobody but the people in the room can open, in real browsers."""

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.people import House, Person, until

PATIENCE = 60.0
"""Seconds: three browsers that encode and decode share two cores."""

# What the worker counts.
_WATCH_WORKER = """{
    const Original = Worker;
    window.Worker = class extends Original {
        constructor(...parameters) {
            super(...parameters);
            this.addEventListener('message', ({ data }) => {
                if (data.type === 'counts') window.countsForTests = data;
            });
        }
    };
}"""

# By participant: frames that could not be opened. Those that came twice are none of them.
_MISSED = """() => Object.fromEntries(Object.entries(window.countsForTests?.received ?? {}).map(
    ([id, { dropped }]) => [id, Object.entries(dropped).reduce(
        (sum, [why, count]) => why === 'replayed' ? sum : sum + count, 0)]
))"""


async def same_code(people: list[Person], other_than: str = "") -> str:
    """The safety code, once everybody sees the same one."""
    codes: list[str] = []
    dialogs = [one.page.get_by_role("dialog", name="Encryption", exact=True) for one in people]
    for person in people:
        await person.button("Encryption").click()

    async def same() -> bool:
        codes[:] = [(await dialog.inner_text()) for dialog in dialogs]
        shown = [dialog.get_by_label("Safety code") for dialog in dialogs]
        if not all([await code.count() for code in shown]):
            return False
        codes[:] = [await code.inner_text() for code in shown]
        return len(set(codes)) == 1 and codes[0] != other_than

    try:
        await until(same, "no common new code", within=PATIENCE)
    except AssertionError as error:
        raise AssertionError(f"{error}: {codes}") from None
    for dialog in dialogs:
        await dialog.get_by_role("button", name="Close").click()
    return codes[0]


async def all_see_all(people: list[Person]) -> None:
    for person in people:
        for other in people:
            if other is not person:
                await person.sees(other.name, within=PATIENCE)


async def watched(house: House, name: str, browser: str = "chromium") -> Person:
    person = await house.visitor(name, browser)
    await person.page.add_init_script(_WATCH_WORKER)
    await person.page.reload()
    await person.join()
    return person


async def test_everybody_decodes_everybody_and_sees_one_code(house: House) -> None:
    house.small_cameras = True
    ada = await watched(house, "Ada")
    bob = await watched(house, "Bob", "firefox")
    await all_see_all([ada, bob])
    first = await same_code([ada, bob])
    assert len(first.replace(" ", "")) == 30
    missed = [await person.page.evaluate(_MISSED) for person in (ada, bob)]
    carol = await house.guest("Carol")
    await all_see_all([ada, bob, carol])
    second = await same_code([ada, bob, carol], other_than=first)
    for person in (ada, bob, carol):
        mark = person.button("Encryption")
        await expect(mark).to_have_attribute("data-status", "encrypted", timeout=PATIENCE * 1_000)
        await person.hears_somebody()
    await carol.button("Leave").click()
    await all_see_all([ada, bob])
    third = await same_code([ada, bob], other_than=second)
    assert third == first
    # All the time each had the key of each frame that came: the pictures never stopped for keys.
    for person, before in zip((ada, bob), missed, strict=True):
        after = await person.page.evaluate(_MISSED)
        assert len(before) == 1
        assert before.items() <= after.items()


# What reached this page of all cameras and microphones, and what of it a decoder was given.
_ARRIVED = """async () => {
    let [packets, frames, energy] = [0, 0, 0];
    for (const connection of window.connectionsForTests) {
        for (const entry of (await connection.getStats()).values()) {
            if (entry.type !== 'inbound-rtp') continue;
            packets += entry.packetsReceived ?? 0;
            frames += entry.framesDecoded ?? 0;
            energy += entry.totalAudioEnergy ?? 0;
        }
    }
    return [packets, frames, energy];
}"""


def keep_keys_back(socket: WebSocketRoute) -> None:
    """A server that passes everything on but keys."""
    server = socket.connect_to_server()
    server.on_message(
        lambda message: None if '"KeysWrapped"' in str(message) else socket.send(message)
    )


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_no_frame_reaches_the_decoder_without_a_key(house: House, browser: str) -> None:
    ada = await house.guest("Ada")
    bob = await house.visitor("Bob", browser)
    await bob.page.route_web_socket("**/ws", keep_keys_back)
    await bob.page.reload()
    await bob.join()
    # Bob's key reached Ada, so the path is there in both directions.
    await ada.sees("Bob", within=PATIENCE)

    async def much_arrived() -> bool:
        packets, _, _ = await bob.page.evaluate(_ARRIVED)
        return bool(packets > 300)

    await until(much_arrived, "nothing of Ada arrives at Bob's page", within=PATIENCE)
    _, frames, energy = await bob.page.evaluate(_ARRIVED)
    assert (frames, energy) == (0, 0)
    await expect(bob.button("Encryption")).to_have_attribute("data-status", "pending")
    await expect(ada.button("Encryption")).to_have_attribute("data-status", "pending")
