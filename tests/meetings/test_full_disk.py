"""A full disk while chatting: told clearly, to that person only, and the meeting goes on."""

from pathlib import Path

from meetd.protocol.chat import ChatPosted
from meetd.protocol.people import ParticipantChanged, RaiseHand
from meetd.protocol.session import Done, Refused
from meetd.storage.database import Transaction
from tests.support.guest import guests_at
from tests.support.server import running_server


async def limit_pages(transaction: Transaction) -> None:
    pages = (await transaction.execute("PRAGMA page_count"))[0][0]
    await transaction.execute(f"PRAGMA max_page_count = {pages}")


async def allow_pages(transaction: Transaction) -> None:
    await transaction.execute("PRAGMA max_page_count = 1000000")


async def test_a_full_disk_is_told_and_the_meeting_goes_on(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        await server.stores.database.write(limit_pages)
        posted = 0
        while isinstance(answer := await ada.say("x" * 4_000), Done):
            posted += 1
        assert isinstance(answer, Refused)
        assert answer.refusal.code == "StorageFull"
        await bob.ask(RaiseHand(raised=True))
        await ada.seen(ParticipantChanged, lambda event: event.participant.id == bob.id)
        assert sum(isinstance(event, ChatPosted) for event in bob.events) == posted
        await server.stores.database.write(allow_pages)
        assert isinstance(await bob.say("after"), Done)
        await ada.until(lambda: ada.messages[-1].text == "after", "chat did not go on")
