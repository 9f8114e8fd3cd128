"""Whom a breach touches: everybody who owns, may enter, or was there, and nobody else."""

import json

import pytest

from meetd.core.clock import SystemClock
from meetd.core.periods import DAY, day_of
from meetd.storage.database import Transaction
from meetd.stores import Stores
from tests.cli.test_rooms import Shell, add_account, data, shell

__all__ = ["data", "shell"]


async def a_town(stores: Stores) -> None:
    """Ada owns the study, Bob may enter it, Cy was there, as was a visitor; Dee was elsewhere."""
    ada, bob, cy, dee = [await add_account(stores, name) for name in ("ada", "bob", "cy", "dee")]
    study = await stores.rooms.make_owned("study", ada.id, locked=True)
    attic = await stores.rooms.make_owned("attic", dee.id, locked=True)
    await stores.grants.add(study, stores.grants.by_account("join", bob))
    log = stores.access_log
    await log.note("entered", account_id=cy.id, what="p1", room=study.id)
    await log.note("entered", account_id=None, what="p2", room=study.id)
    await log.note("left", account_id=None, what="p2", room=study.id)
    await log.note("entered", account_id=dee.id, what="p3", room=attic.id)
    await log.note("looked", account_id=dee.id, what="GET /admin/people/", subject=bob.id)


@pytest.fixture
def town(shell: Shell) -> Shell:
    shell.in_stores(a_town)
    return shell


def test_of_a_room(town: Shell) -> None:
    found = town.json("touched", "--room", "Study")
    assert found == {
        "people": {
            "ada@example.org": ["owns study"],
            "bob@example.org": ["may enter study"],
            "cy@example.org": ["entered study"],
        },
        "visitors": 1,
    }
    assert "cy@example.org" in town.type("touched", "--room", "study")


def test_of_an_account_with_every_room_it_was_in(town: Shell) -> None:
    found = town.json("touched", "--account", "cy@example.org")
    assert found["people"]["cy@example.org"] == ["entered study", "is the account"]
    assert set(found["people"]) == {f"{name}@example.org" for name in ("ada", "bob", "cy")}


def test_of_a_time_span(town: Shell) -> None:
    found = town.json("touched")
    assert found["people"] == {
        "bob@example.org": ["was looked at or changed"],
        "cy@example.org": ["was there"],
        "dee@example.org": ["looked at pages", "was there"],
    }
    today = day_of(SystemClock().now())
    yesterday = day_of(SystemClock().now() - DAY)
    assert town.json("touched", "--from", str(today))["people"] == found["people"]
    assert town.json("touched", "--to", str(today))["people"] == found["people"]
    assert town.json("touched", "--to", str(yesterday)) == {"people": {}, "visitors": 0}


def test_the_log_is_verified_and_taken_along(town: Shell) -> None:
    assert "All 5 lines are as they were written" in town.type("access-log", "verify")
    head = town.json("access-log", "verify")["head"]
    noted = f"{head['number']}:{head['hash']}"
    assert town.json("access-log", "verify", "--head", noted)["intact"]
    lines = town.type("access-log", "export").splitlines()
    assert lines[0] == "number,time,act,actor,room,subject,what,hash"
    assert len(lines) == 6
    assert "cy@example.org" in lines[1]
    last = town.type("access-log", "export", "--json", "--after", "4").splitlines()
    assert len(last) == 1
    assert json.loads(last[0])["subject"] == "bob@example.org"

    async def cut(stores: Stores) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute("DROP TRIGGER access_log_no_delete")
            await transaction.execute("DELETE FROM access_log WHERE number = 5")

        await stores.database.write(work)

    town.in_stores(cut)
    said = town.type("access-log", "verify", "--head", noted, status=1)
    assert "The access log is broken" in said


def test_what_is_not_there_touches_nobody(town: Shell) -> None:
    town.type("touched", "--room", "nowhere", status=1)
    town.type("touched", "--account", "eve@example.org", status=1)
    with pytest.raises(SystemExit, match="2"):
        town.type("touched", "--from", "yesterday", status=2)
