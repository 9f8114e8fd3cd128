"""``meetd purge`` and ``meetd holds`` on a data directory."""

import asyncio
import re
from pathlib import Path

import pytest

from meetd.core.clock import SystemClock
from meetd.core.periods import DAY, Months
from meetd.core.times import day_and_time
from meetd.pages.retention_words import SETTINGS
from meetd.storage.database import Transaction
from meetd.stores import Stores
from tests.cli.test_rooms import Shell, add_account, data, shell

__all__ = ["data", "shell"]


async def with_old_rooms(stores: Stores) -> None:
    """Two rooms of nobody's, one of them older than six months."""
    await stores.rooms.make("new")
    await stores.rooms.make("old")
    before = Months(6).cutoff(SystemClock().now()) - 1

    async def work(transaction: Transaction) -> None:
        await transaction.execute(
            "UPDATE rooms SET last_used_at = :at WHERE name = 'old'", {"at": before}
        )

    await stores.database.write(work)


async def rooms(stores: Stores) -> set[str]:
    return {room.name async for room in stores.rooms.all()}


def test_a_dry_run_says_what_goes_and_then_that_goes(shell: Shell) -> None:
    shell.in_stores(with_old_rooms)
    due = {each["what"]: each for each in shell.json("purge", "--dry-run")}
    assert {what: each["rows"] for what, each in due.items() if each["rows"]} == {"rooms": 1}
    assert (due["rooms"]["keptFor"], due["knocks"]["keptFor"]) == ("6 months", "1 day")
    assert (due["links"]["keptFor"], due["links"]["setting"]) == ("until it ends", None)
    cutoff = day_and_time(Months(6).cutoff(SystemClock().now()))
    lines = shell.type("purge", "--dry-run").splitlines()
    assert [re.split(r"  +", line) for line in lines[:2]] == [
        ["WHAT WOULD GO", "HOW MANY", "HOW OLD", "BY WHICH RULE"],
        [
            "Rooms without an owner",
            "1",
            f"last used before {cutoff}",
            "kept for 6 months, [retention] visitor_months",
        ],
    ]
    assert lines[0].index("BY WHICH RULE") == lines[1].index("kept for")
    assert lines[2].startswith("Would go now, in all: 1. Nothing was removed: ")
    assert shell.in_stores(rooms) == {"old", "new"}
    heading, went, sentence = shell.type("purge").splitlines()
    assert (heading.split("  ")[0], went) == ("WHAT WENT", lines[1])
    assert sentence == "Removed, in all: 1. It is gone from the backups 30 days later."
    assert shell.in_stores(rooms) == {"new"}
    assert shell.type("purge").startswith("There was nothing to remove: of the ")
    assert shell.type("purge", "--dry-run").startswith("Nothing would go now: of the ")
    assert shell.json("purge") == {}


def test_every_holding_of_the_schema_is_in_the_dry_run(shell: Shell) -> None:
    async def names(stores: Stores) -> list[str]:
        return [sweep.name for sweep in stores.sweeps]

    expected = shell.in_stores(names)
    assert [each["what"] for each in shell.json("purge", "--dry-run")] == expected
    assert len(set(expected)) == len(expected)


def test_each_rule_is_the_setting_that_decides(shell: Shell) -> None:
    """And no other: with that setting alone changed, the period of the sweep changes; with all of
    them changed, that of no sweep whose period is said to be fixed."""

    def periods(**environment: str) -> dict[str, str]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            return {each["what"]: each["keptFor"] for each in shell.json("purge", "--dry-run")}

    usual = periods()
    changed = {}
    for setting in sorted(set(SETTINGS.values())):
        section, key = setting.removeprefix("[").split("] ")
        name = f"MEETD_{section}_{key}".upper()
        changed[name] = "7"
        now = periods(**{name: "7"})
        assert {what for what in usual if now[what] != usual[what]} == {
            what for what, rule in SETTINGS.items() if rule == setting
        }
    now = periods(**changed)
    assert {what for what in usual if now[what] != usual[what]} == set(SETTINGS)


def test_a_clock_that_jumped_removes_nothing_until_it_is_confirmed(shell: Shell) -> None:
    shell.in_stores(with_old_rooms)

    async def ran_a_year_ago(stores: Stores) -> None:
        await stores.ledger.save_trusted(SystemClock().now() - 365 * DAY)

    shell.in_stores(ran_a_year_ago)
    shell.type("purge", status=1)
    assert "--clock-is-right" in shell.errors
    assert shell.in_stores(rooms) == {"old", "new"}
    assert "Removed, in all: 1." in shell.type("purge", "--clock-is-right")
    assert shell.json("purge") == {}


def test_what_is_held_cannot_be_erased_by_anybody(shell: Shell) -> None:
    shell.in_stores(with_old_rooms)

    async def with_ada(stores: Stores) -> None:
        ada = await add_account(stores, "ada")
        await stores.rooms.make_owned("study", ada.id, locked=True)

    shell.in_stores(with_ada)
    for what, kind in (("old", "room"), ("study", "room"), ("ada@example.org", "account")):
        said = shell.json("holds", "place", what, "--reason", "asked for by a court")
        assert said == {"kind": kind, "held": True}
    assert shell.json("purge") == {}
    shell.type("rooms", "delete", "study", "--yes", status=1)
    assert "legal hold" in shell.errors
    shell.type("accounts", "erase", "ada@example.org", "--yes", status=1)
    assert "neither closed nor erased" in shell.errors
    held = shell.json("holds", "list")
    assert [hold["name"] for hold in held] == ["old", "study", "ada@example.org"]
    assert "asked for by a court" in shell.type("holds", "list")
    shell.type("holds", "lift", held[2]["id"])
    shell.type("accounts", "erase", "ada@example.org", "--yes", status=1)  # for her room
    for hold in held[:2]:
        shell.type("holds", "lift", hold["id"])
    assert shell.type("holds", "list").startswith("Nothing is held. ")
    shell.type("accounts", "erase", "ada@example.org", "--yes")
    assert shell.json("purge") == {"rooms": 1}

    async def acts(stores: Stores) -> list[str]:
        return [line.act for line in await stores.audit.entries()]

    assert shell.in_stores(acts) == ["hold-placed"] * 3 + ["hold-lifted"] * 3 + ["account-erased"]


@pytest.mark.parametrize("what", ["nobody@example.org", "no-such-room", "a/b"])
def test_what_is_not_there_cannot_be_held(shell: Shell, what: str) -> None:
    shell.type("holds", "place", what, "--reason", "x", status=1)
    shell.type("holds", "lift", "nothing", status=1)


def test_the_reason_is_not_in_clear_on_the_disk(shell: Shell, data: Path) -> None:
    shell.in_stores(with_old_rooms)
    shell.type("holds", "place", "old", "--reason", "Ada Lovelace sues")
    assert all(b"Lovelace" not in path.read_bytes() for path in data.glob("*.db*"))


def test_commands_need_a_stopped_server(shell: Shell, data: Path) -> None:
    async def beside_a_server() -> None:
        from tests.support.server import running_server  # noqa: PLC0415

        async with running_server(data):
            await asyncio.to_thread(shell.type, "purge", status=1)

    asyncio.run(beside_a_server())
    assert "in use by another meetd" in shell.errors
