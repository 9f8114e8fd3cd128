"""Administrators see who has an account, hand on links, and block; nobody else sees anything."""

import html
import re

import pytest

from meetd.accounts.identity import check_identity
from meetd.app import Server
from tests.pages.test_account_pages import Another, another, browser, labels, server
from tests.support.people import Answer, Browser, administrator_at

__all__ = ["another", "browser", "server"]

NOWHERE = "A" * 22


@pytest.fixture
async def keeper(server: tuple[Server, str], browser: Browser) -> Browser:
    await administrator_at(server[0], browser)
    return browser


async def id_of(server: tuple[Server, str], email: str) -> str:
    account = await server[0].stores.accounts.by_email(email)
    assert account is not None
    return account.id


def links_in(page: Answer) -> list[str]:
    return re.findall(r'readonly value="(http[^"]+)"', page.text)


async def test_everybody_is_listed_and_found_by_exact_names(
    keeper: Browser, another: Another
) -> None:
    async with another() as ada:
        await ada.sign_up("ada@example.org", user_name="countess")
    assert (await keeper.get("/admin")).to == "/admin/people"
    assert '<a href="/admin">Administration</a>' in (await keeper.get("/account")).text
    page = await keeper.get("/admin/people")
    assert "keeper" in page.text
    assert "Administrator" in page.text
    assert "countess" in page.text
    assert labels(page.text) == {"E-mail address or user name", "Their e-mail address"}
    for find in ("ADA@example.org", "Countess", "  countess "):
        text = (await keeper.get(f"/admin/people?find={find}")).text
        assert ">countess</td>" in text
        assert ">keeper</td>" not in text
    text = (await keeper.get("/admin/people?find=count")).text
    assert "no account with exactly this" in text


async def test_fifty_on_a_page(server: tuple[Server, str], keeper: Browser) -> None:
    joining = server[0].stores.accounts.joining
    for number in range(60):
        identity = check_identity(f"p{number}@example.org", "P", f"{number}", f"person-{number}")
        await joining.add(identity, None, administrator=False)
    first, second = [(await keeper.get(f"/admin/people?page={page}")).text for page in (1, 2)]
    listed = [re.findall(r">(person-\d+|keeper)</td>", text) for text in (first, second)]
    assert [len(names) for names in listed] == [50, 11]
    assert len({*listed[0], *listed[1]}) == 61
    assert "The next page" in first
    assert "The page before" not in first
    assert "The next page" not in second
    assert 'href="/admin/people?page=1"' in second
    for odd in ("0", "-1", "x", "9" * 30, "\u0663"):
        assert (await keeper.get(f"/admin/people?page={odd}")).text == first
    assert "person-" not in (await keeper.get("/admin/people?page=999999")).text


async def test_links_are_made_and_handed_on(
    server: tuple[Server, str], keeper: Browser, another: Another
) -> None:
    async with another() as ada:
        await ada.sign_up()
        await ada.post("/account/email", {"new_email": "ada@example.net"})
        here = f"/admin/people/{await id_of(server, 'ada@example.org')}"
        text = (await keeper.get(here)).text
        assert "not confirmed" in text
        for act in ("confirm", "change", "reset"):
            assert f'action="{here}/{act}"' in text
            assert (await keeper.get(f"{here}/{act}")).to == here
        (confirm,) = links_in(await keeper.post(f"{here}/confirm"))
        assert "is confirmed" in (await ada.post(confirm)).text
        old, new = links_in(await keeper.post(f"{here}/change"))
        assert "Half done" in (await ada.post(old)).text
        assert "The address is changed" in (await ada.post(new)).text
        assert (await keeper.post(f"{here}/change")).to == here
        (reset,) = links_in(await keeper.post(f"{here}/reset"))
        chosen = await ada.post(reset, {"password": "a quite different passphrase"})
        assert chosen.to == "/account"
    text = (await keeper.get(here)).text
    assert "ada@example.net" in text
    assert f"{here}/confirm" not in text
    assert f"{here}/change" not in text


async def test_blocking_takes_the_user_name_typed_and_ends_everything(
    server: tuple[Server, str], keeper: Browser, another: Another
) -> None:
    async with another() as ada:
        await ada.sign_up(user_name="countess")
        here = f"/admin/people/{await id_of(server, 'ada@example.org')}"
        assert "Nobody can take this back" in (await keeper.get(here)).text
        for typed in ("", "Countess", "<b>yes"):
            page = await keeper.post(f"{here}/block", {"typed": typed})
            assert page.status == 400
            assert "Write countess, exactly like that" in page.alert
        assert (await ada.get("/account")).status == 200
        assert (await keeper.post(f"{here}/block", {"typed": "countess"})).to == here
        assert (await ada.get("/account")).status == 303
        assert (await ada.sign_in()).status == 403
    text = html.unescape((await keeper.get(here)).text)
    assert "Blocked for ever, since" in text
    assert "<form" not in text.partition("<main")[2]
    assert "Blocked" in (await keeper.get("/admin/people")).text
    for act in ("reset", "confirm", "change"):
        assert (await keeper.post(f"{here}/{act}")).to == here
    lines = await server[0].stores.database.read("SELECT act, actor FROM audit_log ORDER BY number")
    keeper_id = await id_of(server, "root@example.org")
    assert ("account-blocked", keeper_id) in [(line["act"], line["actor"]) for line in lines]


async def test_nobody_blocks_themselves(server: tuple[Server, str], keeper: Browser) -> None:
    here = f"/admin/people/{await id_of(server, 'root@example.org')}"
    assert "/block" not in (await keeper.get(here)).text
    page = await keeper.post(f"{here}/block", {"typed": "keeper"})
    assert page.status == 409
    assert (await keeper.get(here)).status == 200


async def test_reloading_after_a_form_leads_back(keeper: Browser) -> None:
    assert (await keeper.get("/admin/people/invite")).to == "/admin/people"
    assert (await keeper.get(f"/admin/people/{NOWHERE}")).status == 404
    assert (await keeper.post(f"/admin/people/{NOWHERE}/reset")).status == 404
