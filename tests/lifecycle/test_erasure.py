"""Export, then erase: the archive has every row that a holding declared, and afterwards nothing in
the data directory says that there was somebody."""

import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

from meetd.accounts.account import Account
from meetd.accounts.address_store import AddressStore
from meetd.accounts.identity import check_identity
from meetd.app import Server
from meetd.audit.entry import OWNER
from meetd.calling.call import Call
from meetd.core.ids import new_id, new_token, random_bytes
from meetd.core.private import Private
from meetd.images.reencoding import Image
from meetd.images.store import Owner
from meetd.lobby.doors import door_of
from meetd.lobby.knock import Words
from meetd.push.subscription import Offer
from meetd.rooms.access import Right
from meetd.rooms.also import audit_line, together
from meetd.rooms.pass_store import NewPass
from meetd.storage.database import Transaction
from meetd.usage.stay import Stay
from tests.support.clock import MovedClock
from tests.support.house import say, say_in_private, share
from tests.support.server import running_server

EMAIL = "zebulon@quixotry.example"
WORDS = (b"ebulon", b"uixotry", b"plan-nine")
"""In what is written by and about them, wherever it is."""
NOT_KEPT_HERE = {"passkey"}
"""Kinds that this person has none of: it takes a browser to make one."""


async def fill(server: Server) -> Account:
    """Somebody with everything that this server can keep of an account."""
    stores = server.stores
    joining = server.stores.accounts.joining
    identity = check_identity(EMAIL, "Zebulon", "Quixotry", "zebulon-q")
    account = await joining.add(identity, "correct horse battery", administrator=False)
    await server.stores.accounts.signing_in.begin(account.id, "Firefox", None)
    await joining.add(
        check_identity("root@example.org", "Root", "Keeper", "keeper"), None, administrator=True
    )
    bob = await joining.add(
        check_identity("bob@example.org", "Bob", "Example", "bob"), None, administrator=False
    )
    await with_consents(server, account)
    await fill_rooms(server, account, bob)
    await fill_reach(server, account)
    fingerprint = server.stores.accounts._store.fingerprint(EMAIL)
    addresses = AddressStore(stores.database, stores.vault, server._clock)
    await addresses.ask(account, "new@quixotry.example", fingerprint)
    await server.stores.accounts.teams.make(account, "quixotry-team")
    stay = Stay("quixotry-study", 1, server._clock.now(), ("chat",), "direct", "ebulon", "", "")
    await stores.usage.keep(stay, account_id=account.id)
    await stores.images.keep(Owner("account", account.id), Image(b"RIFF plan-nine", 3, 2))
    return account


async def with_consents(server: Server, account: Account) -> None:
    async def work(transaction: Transaction) -> None:
        consents = {"terms": "1", "privacy": "1", "age": "16"}
        await server.stores.accounts._store.add_consents(transaction, account.id, consents)

    await server.stores.database.write(work)


async def fill_rooms(server: Server, account: Account, bob: Account) -> None:
    stores = server.stores
    study = await stores.rooms.make_owned("quixotry-study", account.id, locked=True)
    attic = await stores.rooms.make_owned("attic", account.id, locked=True)
    cellar = await stores.rooms.make_owned("cellar", bob.id, locked=True)
    await say(server, study, "plan-nine, by Zebulon Quixotry")
    await say_in_private(server, cellar, account.id)
    await share(server, study, "plan-nine.txt", b"plan-nine of Zebulon Quixotry" * 9_000)
    await stores.rooms.rename(study, "quixotry-lounge")
    await stores.rooms.set_locks_new_rooms(account.id, locked=False)
    await stores.grants.add(cellar, stores.grants.by_account("join", account))
    words = Words("cellar", "Zebulon Quixotry", "plan-nine", "")
    await stores.knocks.add(door_of(cellar), words, account.id, place=new_token())
    new_pass = NewPass(cellar.id, new_id(), Right("join", ""), account_id=account.id)
    await stores.passes.make(new_pass, together())
    for room, to in ((attic, bob), (cellar, account)):
        owner = room.owner_id or ""
        line = audit_line(server.stores.audit, "room-offered", owner, room, subject=to.id)
        await stores.handovers.offer(room, to.id, stays=False, also=line)
    await support(server, study.id, account.id, bob.id)
    await say_in_private(server, study, account.id)
    await fill_archives(server, account.id, study.id)


async def fill_archives(server: Server, account_id: str, room_id: str) -> None:
    """One of a room, and one that was brought and is none."""

    async def body() -> AsyncIterator[bytes]:
        yield b"plan-nine of Zebulon Quixotry" * 9_000

    await server.house.exports.ask(account_id, room_id, "en")
    await server.house.exports.finished()
    await server.house.arrivals.receive(account_id, 0, body())
    await server.house.arrivals.finished()


async def support(server: Server, room_id: str, owner_id: str, by: str) -> None:
    room = await server.stores.rooms.by_id(room_id)
    assert room is not None

    async def work(transaction: Transaction) -> None:
        number = await server.stores.audit.append_in(
            transaction, "support-entry-began", actor=by, room=room.id, subject=owner_id
        )
        await server.stores.support.begin(transaction, number, by, room)

    await server.stores.database.write(work)


async def fill_reach(server: Server, account: Account) -> None:
    (session,) = await server.stores.accounts.sessions(account.id)
    offer = Offer(Private("https://push.quixotry.example/1"), random_bytes(65), random_bytes(16))
    assert await server.stores.push.add(account.id, session.id, offer, "Firefox")
    call = Call(new_id(), "quixotry-lounge", "Bob", "for Zebulon", 1, (account.id,))
    assert await server.stores.calls.make(call, account.id)


async def archive_of(server: Server, account: Account) -> dict[str, list[object]]:
    await server.house.exports.ask(account.id)
    await server.house.exports.finished()
    export = await server.house.exports.of(account.id)
    assert export is not None
    whole = b"".join([piece async for piece in server.house.exports.read(export)])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
        assert b"plan-nine of Zebulon Quixotry" * 9_000 in files
        assert b"RIFF plan-nine" in files
        kept: dict[str, list[object]] = json.loads(archive.read("account.json"))
    return kept


def places_of(data: Path, needles: tuple[bytes, ...]) -> list[str]:
    """Where these bytes are, in names of files too."""
    found = []
    for path in sorted(each for each in data.rglob("*") if each.is_file()):
        content = path.read_bytes()
        name = str(path.relative_to(data))
        found += [f"{name}: {each!r}" for each in needles if each in content]
        found += [f"name {name}: {each!r}" for each in needles if each in name.encode()]
    return found


def without_the_audit_log(data: Path) -> Path:
    """A copy in which only those lines are gone: not a page is written that held no such line."""
    copy = data.parent / "copy.db"
    shutil.copy(data / "meetd.db", copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        guards = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log'"
        ).fetchall()
        for (guard,) in guards:
            connection.execute(f"DROP TRIGGER {guard}")
        connection.execute("DELETE FROM audit_log")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy


async def test_everything_is_in_the_archive_and_then_nothing_is_left(tmp_path: Path) -> None:
    data, clock = tmp_path / "data", MovedClock()
    async with running_server(data, clock=clock) as (server, _):
        await server.house.routine.scheduler.close()
        account = await fill(server)
        declared = {kind for holding in server.stores.holdings for kind in holding.kinds}
        kept = await archive_of(server, account)
        assert set(kept) == declared - NOT_KEPT_HERE
        await close(server, account)
        clock.forward(hours=7 * 24 - 1)
        await server.house.routine.purge.run()
        assert await server.stores.accounts.by_id(account.id) is not None, (
            "they could still come back"
        )
        clock.forward(hours=2)
        assert (await server.house.routine.purge.run())["closed accounts"] == 1
        acts = [(line.act, line.actor) for line in await server.stores.audit.entries()]
        assert acts[-1] == ("account-erased", OWNER)
        await server.house.intake.sweep()
        # Tombstones hold random ids until no backup is older than the deletion.
        await tidy(server)
        clock.forward(hours=33 * 24)
        await server.house.intake.sweep()
        await tidy(server)
        assert account.id not in await server.stores.vault.owners("account")
    assert places_of(data, WORDS) == []
    needle = account.id.encode()
    only_there = [place.partition(":")[0] for place in places_of(data, (needle,))]
    assert only_there == ["meetd.db"], "the audit log keeps that random id, see AuditHolding"
    assert needle not in without_the_audit_log(data).read_bytes()


async def close(server: Server, account: Account) -> None:
    """As the page does, and everybody sees it at once."""
    ended: list[str] = []
    server.stores.accounts.on_sessions_ended(lambda whose, _: ended.append(whose))
    token = await server.stores.accounts.signing_in.begin(account.id, "Firefox", None)
    who = await server.stores.accounts.who(token.reveal())
    assert who is not None
    await server.stores.accounts.closing.close(who, "", "203.0.113.7")
    assert ended == [account.id]
    assert await server.stores.accounts.who(token.reveal()) is None


async def tidy(server: Server) -> None:
    """As the job does."""
    (job,) = [job for name, job in server.house.routine.scheduler._jobs.items() if name == "tidy"]
    await job.run()
