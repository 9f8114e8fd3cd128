"""A long chat history, written straight into the store."""

from meetd.app import Server
from meetd.chat.store import Draft, MessageStore
from meetd.core.ids import new_id
from meetd.storage.database import Transaction


async def fill_chat(server: Server, room_name: str, count: int) -> None:
    """``count`` messages in that room, each "message <number>", a second apart."""
    room = await server.stores.rooms.make(room_name)
    cipher = await server.stores.vault.cipher("room", room.id)
    store = MessageStore(server.stores.database, room.id, cipher)

    async def work(transaction: Transaction) -> None:
        for number in range(1, count + 1):
            draft = Draft(
                author="author",
                name="Ada",
                text=f"message {number}",
                client_id=new_id(),
                at=number * 1_000,
            )
            await store.insert(transaction, draft)

    await server.stores.database.write(work)
