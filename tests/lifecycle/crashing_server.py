"""``python -m tests.lifecycle.crashing_server serve ...``: meetd that, at SIGUSR1, begins what
``BEGIN`` in the environment names, and is killed after as many writes and reports as ``KILL_AT``
says, or once it is done. With ``KILL_ALL`` the processes that work for it are killed as well."""

import asyncio
import os
import signal
import sys
from typing import Any

import meetd.app
from meetd.app import Server
from meetd.chat.store import Draft, MessageStore
from meetd.cli import main
from meetd.core.ids import new_id
from meetd.lifecycle.working import Working
from meetd.storage.database import Database, Transaction

OLD_ROOMS = 5
"""That a purge finds."""


class CrashingServer(Server):
    """Counts from the signal on."""

    _left: int | None = None

    async def start(self) -> str:
        url = await super().start()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._begin)
        self._watch()
        return url

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._run(os.environ["BEGIN"]))

    async def _run(self, what: str) -> None:
        routine = self.house.routine
        if what == "purge":
            await self._make_old_rooms()
        self._left = int(os.environ["KILL_AT"])
        if what == "room_keys":
            room = await self.stores.rooms.find("study")
            assert room is not None
            await routine.change_room_key(room.id)
        else:
            routine.scheduler.start(what)
        began = self._clock.now()
        while (routine.scheduler.entry(what).ended_at or 0) < began:  # until it is done
            await asyncio.sleep(0.01)
        self._kill()

    async def _make_old_rooms(self) -> None:
        for number in range(OLD_ROOMS):
            room = await self.stores.rooms.make(f"old-{number}")
            cipher = await self.stores.vault.cipher("room", room.id)
            draft = Draft(author="a", name="Ada", text="old", client_id=new_id(), at=1)
            await MessageStore(self.stores.database, room.id, cipher).add(draft)

        async def age(transaction: Transaction) -> None:
            await transaction.execute("UPDATE rooms SET last_used_at = 1 WHERE name LIKE 'old-%'")

        await self.stores.database.write(age)

    def _watch(self) -> None:
        """Before and after every write, and at every report."""
        transact: Any = Database._transact

        async def counted(*arguments: object) -> object:
            self._count()
            result = await transact(*arguments)
            self._count()
            return result

        Database._transact = counted  # type: ignore[assignment, method-assign]
        self.house.routine.room_keys.on_step(lambda _: self._count())
        # Of a backup, whose process reports.
        Working.step = property(lambda _: None, lambda *_: self._count())  # type: ignore[assignment]

    def _count(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._kill()

    def _kill(self) -> None:
        os.kill(0 if "KILL_ALL" in os.environ else os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    os.setsid()
    meetd.app.Server = CrashingServer  # type: ignore[misc]
    sys.exit(main())
