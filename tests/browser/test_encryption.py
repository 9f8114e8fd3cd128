"""Frames that nobody but the people in the room can open, in real browsers."""

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.people import House, Person, until

PATIENCE = 60.0
"""Seconds: three browsers that encode and decode share two cores."""


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


async def test_everybody_decodes_everybody_and_sees_one_code(house: House) -> None:
    ada = await house.guest("Ada")
    bob = await house.guest("Bob", "firefox")
    await all_see_all([ada, bob])
    first = await same_code([ada, bob])
    assert len(first.replace(" ", "")) == 30
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
