"""``meetd audit`` beside a running server and on a stopped one."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from meetd.audit.log import AuditLog
from meetd.cli import main
from tests.support.server import prepare_data, running_server

Type = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """``await typed("verify")``: exit status, standard output, standard error."""

    async def type_it(act: str, *arguments: str) -> tuple[int, str, str]:
        command = ["audit", act, "--data", str(tmp_path), *arguments]
        status = await asyncio.to_thread(main, command)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return type_it


async def write(log: AuditLog, count: int) -> None:
    for number in range(count):
        await log.append(
            "support-entry-began",
            actor="admin1",
            room="room1",
            subject="owner1",
            details={"reason": f"Asked for help {number}"},
        )


def change(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "meetd.db")) as connection:
        connection.execute("DROP TRIGGER audit_log_no_update")
        connection.execute("DROP TRIGGER audit_log_no_delete")
        connection.execute(statement)
        connection.commit()


async def test_beside_a_running_server(tmp_path: Path, typed: Type) -> None:
    async with running_server(tmp_path) as (server, _):
        await write(server.stores.audit, 2)
        head = str(await server.stores.audit.head())
        assert await typed("head") == (0, f"{head}\n", "")
        status, out, _ = await typed("verify", "--head", head)
        assert (status, out) == (0, f"All 2 lines are as they were written. Head: {head}\n")
        status, out, _ = await typed("list", "--after", "1")
        assert status == 0
        heading, line = out.splitlines()
        assert heading.split() == ["LINE", "TIME", "ACT", "WHO", "AND", "WHAT"]
        assert heading.index("ACT") == line.index("support-entry-began")
        assert "support-entry-began   by admin1  room room1  of owner1" in line
        assert out.endswith("reason=Asked for help 1\n")
        await write(server.stores.audit, 1)
        assert (await typed("verify", "--head", head))[0] == 0


async def test_json(tmp_path: Path, typed: Type) -> None:
    async with running_server(tmp_path) as (server, _):
        await write(server.stores.audit, 2)
    verdict = json.loads((await typed("verify", "--json"))[1])
    assert (verdict["intact"], verdict["head"]["number"], verdict["problem"]) == (True, 2, None)
    assert json.loads((await typed("head", "--json"))[1]) == verdict["head"]
    entries: list[dict[str, Any]] = json.loads((await typed("list", "--json", "--count", "1"))[1])
    assert [(entry["number"], entry["details"]) for entry in entries] == [
        (1, {"reason": "Asked for help 0"})
    ]


async def test_a_broken_chain_is_status_1_and_says_where(tmp_path: Path, typed: Type) -> None:
    async with running_server(tmp_path) as (server, _):
        await write(server.stores.audit, 5)
        head = str(await server.stores.audit.head())
    change(tmp_path, "DELETE FROM audit_log WHERE number = 5")
    assert (await typed("verify"))[0] == 0
    status, out, _ = await typed("verify", "--head", head)
    assert (status, "line 5 and what came after are gone" in out) == (1, True)
    with closing(sqlite3.connect(tmp_path / "meetd.db")) as connection:
        connection.execute("UPDATE audit_log SET actor = 'x\u001b[2J' WHERE number = 2")
        connection.commit()
    status, out, _ = await typed("verify")
    assert status == 1
    assert out == (
        "The audit log is broken. Line 2 was changed after it was written. Keep this data as it is,"
        " and look into the backups.\n"
    )
    status, out, _ = await typed("verify", "--json")
    assert (status, json.loads(out)["problem"]) == (1, {"what": "changed", "number": 2})
    status, out, _ = await typed("list")
    assert (status, "\u001b" in out) == (0, False)


async def test_an_empty_log_is_whole(tmp_path: Path, typed: Type) -> None:
    async with running_server(tmp_path):
        pass
    assert (await typed("list"))[:2] == (0, "There are no lines yet.\n")
    assert (await typed("verify"))[0] == 0
    assert (await typed("head"))[1] == f"0:{'0' * 64}\n"


async def test_without_data_it_says_what_to_do(tmp_path: Path, typed: Type) -> None:
    status, out, err = await typed("verify")
    assert (status, out) == (1, "")
    assert "Start the server once, or name another folder with --data." in err
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "meetd.db").write_bytes(b"not a database, but long enough to be looked at" * 9)
    status, out, err = await typed("verify")
    assert (status, out) == (1, "")
    assert err.startswith(f"meetd: {tmp_path / 'meetd.db'} cannot be read. ")
    assert "meetd restore" in err


async def test_what_is_no_head_is_refused(tmp_path: Path, typed: Type) -> None:
    await prepare_data(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        await typed("verify", "--head", "5:abc")


async def test_blocking_and_erasing_by_hand_are_in_the_log(tmp_path: Path, typed: Type) -> None:
    await prepare_data(tmp_path)
    common = ("--data", str(tmp_path))
    add = ("add", "ada@example.org", "--first-name", "Ada", "--last-name", "L", *common)
    for command in (add, *(("block", "ada@example.org", "--yes", *common),) * 2):
        assert await asyncio.to_thread(main, ["accounts", *command]) == 0
    erase = ["accounts", "erase", "ada@example.org", "--yes", *common]
    assert await asyncio.to_thread(main, erase) == 0
    await typed("head")  # what the commands above printed is out of the way
    _, out, _ = await typed("list", "--json")
    entries = json.loads(out)
    assert [(entry["act"], entry["actor"]) for entry in entries] == [
        ("account-blocked", "operator"),
        ("account-erased", "operator"),
    ]
    assert entries[0]["subject"] == entries[1]["subject"]
    assert b"ada@example.org" not in (tmp_path / "meetd.db").read_bytes()
