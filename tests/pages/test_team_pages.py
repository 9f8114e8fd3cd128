"""Teams through the pages, without JavaScript."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.people import Browser, browser_at
from tests.support.server import running_server, test_settings

SETTINGS = test_settings(accounts={"registration": "open"})


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[tuple[Browser, Browser]]:
    """Ada and Bob, signed in."""
    async with AsyncExitStack() as stack:
        _, url = await stack.enter_async_context(running_server(tmp_path, SETTINGS))
        ada = await stack.enter_async_context(browser_at(url))
        bob = await stack.enter_async_context(browser_at(url))
        await ada.sign_up("ada@example.org")
        await bob.sign_up("bob@example.org", first_name="Bob", last_name="B", user_name="bob")
        yield ada, bob


async def test_a_team_from_beginning_to_end(people: tuple[Browser, Browser]) -> None:
    ada, bob = people
    made = await ada.post("/account/teams", {"user_name": "helpdesk"})
    assert made.status == 303
    page = await ada.get(made.to)
    assert f'value="{ada.url}/at/helpdesk"' in page.text
    assert (await ada.post(f"{made.to}/invite", {"person": "bob"})).status == 303
    listed = await bob.get("/account/teams")
    assert "You are invited to this team." in listed.text
    assert (await bob.post(f"{made.to}/accept", {"seen": "knock"})).to == made.to
    assert "Member" not in (await bob.get(made.to)).alert
    refused = await bob.post(f"{made.to}/delete", {"confirm": "helpdesk"})
    assert refused.status == 403
    assert "Ask one of them" in refused.alert
    bobs_id = re.findall(r'name="member" value="([^"]+)"', (await ada.get(made.to)).text)[0]
    assert (await ada.post(f"{made.to}/suspend", {"member": bobs_id})).status == 303
    assert (await bob.get(made.to)).status == 404
    suspended = (await bob.get("/account/teams")).text
    assert "suspended" in suspended
    assert f'action="{made.to}/leave"' in suspended
    assert (await bob.post(f"{made.to}/leave")).to == "/account/teams"
    left = await bob.get("/account/teams")
    assert (left.done, "helpdesk" in left.text) == (["You left the team."], False)
    wrong = await ada.post(f"{made.to}/delete", {"confirm": "help"})
    assert (wrong.status, wrong.alert) == (400, "Write helpdesk to be sure that it is this team.")
    assert wrong.text.count("Write helpdesk") == 1, "once, not as a hint too"
    gone = await ada.post(f"{made.to}/delete", {"confirm": "Helpdesk"})
    assert gone.to == "/account/teams"
    assert (await ada.get(made.to)).status == 404


async def test_nobody_else_learns_of_a_team_or_of_an_account(
    people: tuple[Browser, Browser],
) -> None:
    ada, bob = people
    made = await ada.post("/account/teams", {"user_name": "helpdesk"})
    for address in (made.to, "/account/teams/nothing"):
        assert (await bob.get(address)).status == 404
        assert (await bob.post(f"{address}/invite", {"person": "bob"})).status == 404
    known = await ada.post(f"{made.to}/invite", {"person": "bob@example.org"})
    unknown = await ada.post(f"{made.to}/invite", {"person": "nobody@example.org"})
    assert (known.status, known.to) == (unknown.status, unknown.to)
    page = (await ada.get(made.to)).text
    assert "Bob" not in page
    assert "bob" not in page.replace(ada.url, "")


async def test_wrong_forms_are_answered(people: tuple[Browser, Browser]) -> None:
    ada, _ = people
    taken = await ada.post("/account/teams", {"user_name": "bob"})
    assert (taken.status, taken.alert) == (
        409,
        "Somebody has this user name. Write another one.",
    )
    made = await ada.post("/account/teams", {"user_name": "helpdesk"})
    assert (await ada.post(f"{made.to}/level", {"level": "emperor"})).status == 400
    left = await ada.post(f"{made.to}/leave")
    assert left.status == 303  # the last one to go takes the team along
    assert (await ada.get(f"{made.to}/leave")).status == 303
