"""``meetd rooms`` on a data directory, and what erasing an account takes with it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest

from meetd.accounts.account import Account
from meetd.accounts.ending_store import EndingStore, Unused
from meetd.accounts.identity import check_identity
from meetd.cli import main
from meetd.core.clock import SystemClock
from meetd.core.ids import new_token
from meetd.core.periods import DAY, Months
from meetd.lifecycle.job import Facts
from meetd.lifecycle.purge import Purge
from meetd.lobby.doors import door_of
from meetd.lobby.knock import Words
from meetd.rooms.access import Right
from meetd.rooms.also import together
from meetd.rooms.pass_store import NewPass
from meetd.storage.database import Transaction
from meetd.storage.directory import DataDirectory
from meetd.stores import Stores, open_stores
from tests.support.server import prepare_data, running_server, test_settings

T = TypeVar("T")


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    await prepare_data(tmp_path)
    return tmp_path


class Shell:
    """Types commands, reads what they print, and looks into the data directory in between."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = data
        self._capsys = capsys
        self.errors = ""

    def type(self, *arguments: str, status: int = 0) -> str:
        got = main([*arguments, "--data", str(self._data)])
        printed = self._capsys.readouterr()
        self.errors = printed.err
        assert got == status, printed
        return printed.out

    def json(self, *arguments: str) -> Any:
        return json.loads(self.type(*arguments, "--json"))

    def in_stores(self, work: Callable[[Stores], Awaitable[T]]) -> T:
        async def run() -> T:
            async with AsyncExitStack() as stack:
                directory = DataDirectory(self._data)
                return await work(
                    await open_stores(stack, test_settings(), directory, SystemClock())
                )

        return asyncio.run(run())


@pytest.fixture
def shell(data: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(data, capsys)


async def unused_for_two_years(stores: Stores, account_id: str) -> None:
    """Last used then, and told of it more than a week ago."""
    now = SystemClock().now()
    used_at = Months(24).cutoff(now) - 1

    async def work(transaction: Transaction) -> None:
        await transaction.execute("UPDATE accounts SET created_at = :at", {"at": used_at})

    await stores.database.write(work)
    unused = Unused(account_id, used_at, None, None)
    await EndingStore(stores.database).note(unused, 7, now - 8 * DAY)


async def add_account(stores: Stores, name: str) -> Account:
    identity = check_identity(f"{name}@example.org", name, "Example", name)
    return await stores.accounts.joining.add(identity, None, administrator=False)


def test_listed_and_deleted_by_the_name_of_today(shell: Shell) -> None:
    assert "no rooms yet" in shell.type("rooms", "list")

    async def fill(stores: Stores) -> None:
        ada = await add_account(stores, "ada")
        room = await stores.rooms.make_owned("study", ada.id, locked=True)
        await stores.rooms.rename(room, "library")
        await stores.rooms.make("garden")

    shell.in_stores(fill)
    rows = shell.json("rooms", "list")
    assert [(row["name"], row["owner"], row["locked"]) for row in rows] == [
        ("garden", None, False),
        ("library", "ada", True),
    ]
    assert rows[0]["lastUsedAt"] > 0
    lines = shell.type("rooms", "list").splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["ROOM", "OWNER", "DOOR"],
        ["garden", "nobody", "open"],
        ["library", "ada", "locked"],
    ]
    assert lines[0].index("OWNER") == lines[1].index("nobody") == lines[2].index("ada")
    shell.type("rooms", "delete", "study", "--yes", status=1)
    assert "It is called library now" in shell.errors
    shell.type("rooms", "delete", "nowhere", "--yes", status=1)
    assert "There is no room of that name" in shell.errors
    shell.type("rooms", "delete", "not a/name", "--yes", status=1)
    assert "There is no room of that name" in shell.errors
    shell.type("rooms", "delete", "library", status=1)
    assert "--yes" in shell.errors
    assert shell.json("rooms", "delete", "Library", "--yes")["deleted"]
    assert [row["name"] for row in shell.json("rooms", "list")] == ["garden"]
    (line,) = shell.json("audit", "list")
    assert (line["act"], line["actor"], line["room"]) == ("room-deleted", "operator", rows[1]["id"])


@pytest.mark.parametrize(
    "command",
    [
        ("rooms", "list"),
        ("rooms", "delete", "study", "--yes"),
        ("accounts", "list"),
        ("accounts", "link", "ada@example.org"),
        ("accounts", "block", "ada@example.org", "--yes"),
    ],
)
def test_where_there_is_no_data_none_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    nowhere = tmp_path / "nowhere"
    assert main([*command, "--data", str(nowhere)]) == 1
    said = capsys.readouterr().err
    assert f"There is no data of meetd in {nowhere}. Name its folder with --data" in said
    assert not nowhere.exists()


async def test_while_the_server_runs_it_says_what_to_do(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_server(data):
        status = await asyncio.to_thread(main, ["rooms", "list", "--data", str(data)])
    assert status == 1
    assert "Stop it first" in capsys.readouterr().err


def test_an_erased_account_leaves_no_row_and_no_key(shell: Shell) -> None:
    """The rooms it owns go first: a room does not become everybody's by itself."""

    async def fill(stores: Stores) -> None:
        ada, bob = await add_account(stores, "ada"), await add_account(stores, "bob")
        study = await stores.rooms.make_owned("study", ada.id, locked=True)
        await stores.rooms.set_locks_new_rooms(ada.id, locked=False)
        await stores.rooms.rename(study, "library")
        await stores.grants.add(study, stores.grants.by_account("host", bob))
        owner = NewPass(study.id, "somebody", Right("host", "owner"), account_id=ada.id)
        await stores.passes.make(owner, together())
        cellar = await stores.rooms.make_owned("cellar", bob.id, locked=True)
        await stores.grants.add(cellar, stores.grants.by_account("join", ada))
        words = Words("cellar", "Ada", "", "")
        await stores.knocks.add(door_of(cellar), words, ada.id, place=new_token())

    async def left(stores: Stores) -> dict[str, int]:
        async def count(table: str) -> int:
            rows = await stores.database.read(f"SELECT count(*) AS n FROM {table}")  # noqa: S608
            return int(rows[0]["n"])

        tables = sorted(table for holding in stores.holdings for table in holding.tables)
        tables.remove("audit_log")  # which keeps that an account was erased, and not whose
        tables.remove("tombstones")  # random ids, until no backup has the rows any more
        counts = {table: await count(table) for table in tables}
        for kind in ("account", "room"):
            counts[f"{kind} keys"] = len(await stores.vault.owners(kind))
        return {name: number for name, number in counts.items() if number}

    shell.in_stores(fill)
    before = shell.in_stores(left)
    assert before["rooms"] == before["account keys"] == before["room keys"] == 2
    assert before["knocks"] == before["old_room_names"] == before["passes"] == 1
    shell.type("accounts", "erase", "ada@example.org", "--yes")
    assert shell.in_stores(left) == {
        "accounts": 1,
        "account keys": 1,
        "rooms": 1,
        "room keys": 1,
        "deleted_room_names": 2,  # fingerprints, and nobody's
    }

    async def whose(stores: Stores) -> set[str | None]:
        rows = await stores.database.read("SELECT owner_id FROM deleted_room_names")
        return {row["owner_id"] for row in rows}

    assert shell.in_stores(whose) == {None}


def test_an_account_that_is_not_used_goes_with_its_rooms(shell: Shell) -> None:
    """Administrators stay; what goes is in the audit log as nobody's act."""

    async def purge(stores: Stores) -> tuple[Facts, list[str], list[str]]:
        ada = await add_account(stores, "ada")
        await stores.rooms.make_owned("study", ada.id, locked=True)
        await unused_for_two_years(stores, ada.id)
        gone = await Purge(stores.sweeps, SystemClock()).run()
        acts = [f"{line.act} by {line.actor}" for line in await stores.audit.entries()]
        return gone, [account.id async for account in stores.accounts.all()], acts

    gone, left, acts = shell.in_stores(purge)
    assert gone == {"accounts": 1}
    assert left == []
    assert acts == ["account-erased by retention"]
