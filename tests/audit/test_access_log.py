"""Who did what, in a chain that only age shortens, under names that go with the account."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetd.accounts.identity import check_identity
from meetd.app import Server
from meetd.audit import access_store
from meetd.audit.access_log import VISITOR, verify
from meetd.core.periods import Months
from meetd.core.refusals import StorageFailed
from meetd.storage.database import Row, Transaction
from tests.support.ageing import purge
from tests.support.clock import MovedClock
from tests.support.server import running_server


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def server(tmp_path: Path, clock: MovedClock) -> AsyncIterator[Server]:
    async with running_server(tmp_path, clock=clock) as (server, _):
        await server.house.routine.scheduler.close()
        yield server


async def change(server: Server, sql: str) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(sql)

    await server.stores.database.write(work)


async def note(server: Server, count: int) -> None:
    for number in range(count):
        await server.stores.access_log.note(
            "looked", account_id=None, what=f"page {number}", room="r1"
        )


async def test_lines_follow_each_other_and_are_verified(server: Server) -> None:
    log = server.stores.access_log
    await note(server, 3)
    verdict = await verify(server.stores.database)
    assert (verdict.problem, verdict.head.number) == (None, 3)
    lines = [line async for line in log.lines()]
    assert [(line.number, line.actor, line.what) for line in lines] == [
        (number + 1, VISITOR, f"page {number}") for number in range(3)
    ]
    assert [line.number async for line in log.lines(after=2)] == [3]


@pytest.mark.parametrize("query", ["rows", "count"])
async def test_lines_about_somebody_are_found_without_reading_all(
    server: Server, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    database = server.stores.database
    read = database.read
    plan: list[Row] = []

    async def explained(sql: str, params: dict[str, Any]) -> list[Row]:
        plan.extend(await read(f"EXPLAIN QUERY PLAN {sql}", params))
        return await read(sql, params)

    monkeypatch.setattr(database, "read", explained)
    if query == "rows":
        await access_store.rows(database, 0, 20, "somebody")
    else:
        await access_store.count(database, "somebody")
    found = " ".join(row["detail"] for row in plan)
    assert "access_log_by_actor" in found
    assert "access_log_by_subject" in found
    assert "SCAN" not in found


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_log SET act = 'left' WHERE number = 2",
        "DELETE FROM access_log WHERE number = 2",
        "DELETE FROM access_log WHERE number = 3",
        "INSERT OR REPLACE INTO access_log SELECT * FROM access_log WHERE number = 2",
    ],
)
async def test_nobody_changes_a_line_through_the_server(server: Server, sql: str) -> None:
    await note(server, 3)
    with pytest.raises(StorageFailed):
        await change(server, sql)
    assert (await verify(server.stores.database)).problem is None


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE access_log SET act = 'left' WHERE number = 2", "changed"),
        ("UPDATE access_log SET sealed = x'00' WHERE number = 2", "changed"),
        ("DELETE FROM access_log WHERE number = 2", "gap"),
        ("DELETE FROM access_log WHERE number = 1", "gap"),
    ],
)
async def test_whoever_changes_one_behind_its_back_is_found_out(
    server: Server, sql: str, what: str
) -> None:
    await note(server, 3)
    for guard in ("update", "delete"):
        await change(server, f"DROP TRIGGER access_log_no_{guard}")
    await change(server, sql)
    problem = (await verify(server.stores.database)).problem
    assert problem is not None
    assert problem.what == what


async def test_lines_at_the_end_are_missed_by_whoever_noted_the_head(server: Server) -> None:
    await note(server, 3)
    head = await server.stores.access_log.head()
    await change(server, "DROP TRIGGER access_log_no_delete")
    await change(server, "DELETE FROM access_log WHERE number = 3")
    assert (await verify(server.stores.database)).problem is None
    problem = (await verify(server.stores.database, head)).problem
    assert problem is not None
    assert problem.what == "cut"


async def test_after_a_year_lines_go_and_the_chain_holds(server: Server, clock: MovedClock) -> None:
    (holding,) = [each for each in server.stores.holdings if "access_log" in each.tables]
    await note(server, 3)
    days = (Months(12).ends(clock.now()) - clock.now()) / 86_400_000
    clock.forward(hours=24 * days - 1)
    assert await purge(holding, clock.now()) == 0, "early"
    await note(server, 2)
    clock.forward(hours=1.1)
    assert await purge(holding, clock.now()) == 3
    verdict = await verify(server.stores.database)
    assert (verdict.problem, verdict.head.number) == (None, 5)
    clock.forward(hours=24 * 400)
    assert await purge(holding, clock.now()) == 2
    assert (await verify(server.stores.database)).head.number == 5
    await note(server, 1)
    verdict = await verify(server.stores.database)
    assert (verdict.problem, verdict.head.number) == (None, 6)


async def test_once_an_account_is_erased_nobody_can_tell_whose_lines_they_are(
    server: Server,
) -> None:
    identity = check_identity("ada@example.org", "Ada", "Example", "ada")
    account = await server.stores.accounts.joining.add(identity, None, administrator=False)
    log = server.stores.access_log
    await log.note("changed", account_id=account.id, what="POST /account/names")
    alias = await log.alias(account.id)
    assert [line.actor async for line in log.lines(person=account.id)] == [alias]
    assert account.id not in alias
    await server.stores.erase(account, actor="operator")
    assert await log.alias(account.id) != alias, "the same key again"
    assert [line.actor async for line in log.lines(person=account.id)] == []
    verdict = await verify(server.stores.database)
    assert (verdict.problem, verdict.head.number) == (None, 1)
