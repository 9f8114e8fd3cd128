"""Lines are written with what they are about, read back, and never changed."""

import asyncio
from typing import Any

import pytest

from meetd.audit import log as log_module
from meetd.audit.chain import START, Problem
from meetd.audit.holdings import AuditHolding
from meetd.core.refusals import StorageFailed, TextEmpty, TextTooLong
from meetd.storage.database import Transaction
from tests.audit.conftest import House


async def test_what_was_written_is_read(house: House) -> None:
    number = await house.log.append(
        "support-entry-began",
        actor="admin1",
        room="room1",
        subject="owner1",
        details={"reason": "Asked by Ada\u202e for help", "minutes": 12},
    )
    (entry,) = await house.log.entries()
    assert (entry.number, entry.act, entry.actor) == (number, "support-entry-began", "admin1")
    assert (entry.room, entry.subject) == ("room1", "owner1")
    assert entry.details == {"reason": "Asked by Ada for help", "minutes": 12}
    assert await house.log.head() == (1, entry.hash)


async def test_an_empty_log_is_whole(house: House) -> None:
    assert await house.log.head() == START
    verdict = await house.log.verify(START)
    assert (verdict.head, verdict.problem) == (START, None)


async def test_entries_come_in_pages(house: House) -> None:
    await house.write(5)
    assert [entry.number for entry in await house.log.entries(count=2)] == [1, 2]
    assert [entry.number for entry in await house.log.entries(after=2)] == [3, 4, 5]


async def test_many_at_once_make_one_chain(house: House) -> None:
    appending = [house.log.append("room-deleted", actor="operator") for _ in range(20)]
    assert sorted(await asyncio.gather(*appending)) == list(range(1, 21))
    verdict = await house.log.verify()
    assert (verdict.head.number, verdict.problem) == (20, None)


async def test_a_long_log_is_walked_in_batches(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "BATCH", 3)
    await house.write(10)
    assert (await house.log.verify()).head == await house.log.head()
    mine = [entry.number async for entry in house.log.about("operator")]
    assert mine == list(range(1, 11))
    house.tamper("UPDATE audit_log SET at = at + 1 WHERE number = 8")
    assert (await house.log.verify()).problem == Problem("changed", 8)


async def test_act_and_line_are_there_together_or_not_at_all(house: House) -> None:
    async def work(transaction: Transaction) -> None:
        await house.log.append_in(transaction, "room-deleted", actor="operator", room="r1")
        raise ValueError("the act could not be done")

    with pytest.raises(ValueError, match="the act"):
        await house.database.write(work)
    assert await house.log.head() == START
    await house.write(1)
    assert (await house.log.verify()).problem is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'x' WHERE number = 1",
        "DELETE FROM audit_log WHERE number = 2",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE number = 1",
        "INSERT INTO audit_log SELECT 9, 0, act, actor, '', '', sealed, hash, hash FROM audit_log",
    ],
)
async def test_the_database_itself_refuses_changes(house: House, statement: str) -> None:
    await house.write(3)
    before = await house.log.entries()

    async def work(transaction: Transaction) -> None:
        await transaction.execute(statement)

    with pytest.raises(StorageFailed):
        await house.database.write(work)
    assert await house.log.entries() == before


@pytest.mark.parametrize("wrong", ["ada@example.org", "Ada Lovelace", "", "a" * 65, "a\n"])
async def test_only_ids_get_into_the_clear(house: House, wrong: str) -> None:
    for actor, room, subject in ((wrong, "r", "s"), ("a", wrong, None), ("a", None, wrong)):
        with pytest.raises(ValueError, match="ids only") as caught:
            await house.log.append("room-deleted", actor=actor, room=room, subject=subject)
        assert not wrong or wrong not in str(caught.value)
    act: Any = "something-else"
    with pytest.raises(ValueError, match="not an act"):
        await house.log.append(act, actor="operator")
    assert await house.log.head() == START


async def test_a_reason_has_to_be_words(house: House) -> None:
    for reason, refusal in ((" \u200b", TextEmpty), ("x" * 5_000, TextTooLong)):
        with pytest.raises(refusal):
            await house.log.append(
                "support-entry-began", actor="admin1", details={"reason": reason}
            )


async def test_the_holding_shows_and_keeps(house: House) -> None:
    await house.log.append("account-blocked", actor="admin1", subject="eve1", details={"why": "x"})
    await house.log.append("room-deleted", actor="eve1", room="r1")
    await house.log.append("room-deleted", actor="admin1", room="r2")
    holding = AuditHolding(house.log)
    rows = [row async for row in holding.export_for("eve1")]
    assert [(row["number"], row["role"]) for row in rows] == [(1, "subject"), (2, "actor")]
    assert rows[0]["details"] == {"why": "x"}
    assert (await holding.erase_for("eve1"), holding.sweeps) == (0, ())
    assert len(await house.log.entries()) == 3


async def test_whoever_is_held_does_not_see_it(house: House) -> None:
    await house.log.append("hold-placed", actor="admin1", subject="eve1")
    await house.log.append("account-blocked", actor="admin1", subject="eve1")
    await house.log.append("hold-lifted", actor="admin1", subject="eve1")
    rows = [row async for row in AuditHolding(house.log).export_for("eve1")]
    assert [row["act"] for row in rows] == ["account-blocked"]
