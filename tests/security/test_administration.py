"""What others were bitten by, with pages for administrators; the first words name the lesson."""

import pytest

from meetd.app import Server
from tests.pages.test_account_pages import Another, another, browser, server
from tests.support.people import Browser, administrator_at

__all__ = ["another", "browser", "server"]

ACTS: dict[str, dict[str, str]] = {
    "/invite": {"email": ""},
    "/ID/reset": {},
    "/ID/confirm": {},
    "/ID/change": {},
    "/ID/block": {"typed": "keeper"},
}
PAGES = ["", "/ID", "/invite", "/ID/reset", "?find=keeper", "?page=2"]


async def test_jitsi_cve_2021_33506_administrators_only_and_nobody_else_learns_that_it_is_there(
    server: tuple[Server, str], browser: Browser, another: Another
) -> None:
    await administrator_at(server[0], browser)
    account = await server[0].stores.accounts.by_email("root@example.org")
    assert account is not None
    async with another() as stranger, another() as ada:
        await ada.sign_up()
        for somebody in (stranger, ada):
            nothing = await somebody.get("/nothing/here")
            for page in (*PAGES, "/../../admin"):
                seen = await somebody.get("/admin/people" + page.replace("ID", account.id))
                assert (seen.status, seen.text) == (404, nothing.text), page
            for act, form in ACTS.items():
                path = "/admin/people" + act.replace("ID", account.id)
                assert (await somebody.post(path, form)).status == 404, path
        assert "/admin/people" not in (await ada.get("/account")).text.partition("<main")[2]
    account = await server[0].stores.accounts.by_id(account.id)
    assert account is not None
    assert account.blocked_at is None


async def test_bbb_29234_who_is_blocked_administers_no_more(
    server: tuple[Server, str], browser: Browser
) -> None:
    await administrator_at(server[0], browser)
    assert (await browser.get("/admin/people")).status == 200
    account = await server[0].stores.accounts.by_email("root@example.org")
    assert account is not None
    await server[0].stores.accounts.block(account, actor="operator")
    assert (await browser.get("/admin/people")).status == 404


@pytest.mark.parametrize("act", ACTS)
async def test_djust_658_a_foreign_page_administers_nothing(
    server: tuple[Server, str], browser: Browser, another: Another, act: str
) -> None:
    await administrator_at(server[0], browser)
    async with another() as ada:
        await ada.sign_up(user_name="keeper-2")
    account = await server[0].stores.accounts.by_email("ada@example.org")
    assert account is not None
    path = "/admin/people" + act.replace("ID", account.id)
    for origin in ("https://evil.example", "null"):
        answer = await browser.post(path, ACTS[act] | {}, Origin=origin)
        assert answer.status == 403
    assert await server[0].stores.database.read("SELECT 1 FROM account_links") == []


async def test_bbb_v6wg_a_name_is_never_html_for_administrators(
    server: tuple[Server, str], browser: Browser, another: Another
) -> None:
    await administrator_at(server[0], browser)
    script = "<script>alert(1)</script>"
    async with another() as eve:
        await eve.sign_up(first_name=script, last_name="\u202eevil")
    account = await server[0].stores.accounts.by_email("ada@example.org")
    assert account is not None
    for path in ("/admin/people", f"/admin/people/{account.id}", f"/admin/people?find={script}"):
        text = (await browser.get(path)).text
        assert "&lt;script&gt;" in text
        assert script not in text
        assert "\u202e" not in text
