"""Changing one's address through the pages, with links by hand and by mail."""

from meetd.accounts.address_store import Side
from meetd.app import Server
from tests.mail.test_post import HOST, PUBLIC, link_in, postbox
from tests.mail.test_post import browser as mailing_browser
from tests.pages.test_account_pages import browser, server
from tests.support.people import GOOD, Browser, sign_up_form
from tests.support.postbox import Postbox

__all__ = ["browser", "mailing_browser", "postbox", "server"]

NEW = "ada@example.net"


async def by_hand(running: Server, side: Side) -> str:
    """The link as ``meetd accounts link`` prints it."""
    account = await running.stores.accounts.by_email("ada@example.org")
    assert account is not None
    token = await running.stores.accounts.address_changes.link(side, account)
    return f"/confirm-email/{side}/{token.reveal()}"


async def test_without_mail_both_links_come_by_hand(
    server: tuple[Server, str], browser: Browser
) -> None:
    await browser.sign_up()
    page = await browser.post("/account/email", {"new_email": "nobody"})
    assert "This is not an e-mail address" in page.alert
    assert 'value="nobody"' in page.text
    assert (await browser.post("/account/email", {"new_email": NEW})).to == "/account#email"
    text = (await browser.get("/account")).text
    assert f"moves to {NEW} once both" in text
    assert "ask whoever runs it for both links" in text
    old = await by_hand(server[0], "old")
    assert "moves from this e-mail address" in (await browser.get(old)).text
    assert "Half done" in (await browser.post(old)).text
    assert "The old address has agreed." in (await browser.get("/account")).text
    assert "does not work any more" in (await browser.post(old)).alert
    new = await by_hand(server[0], "new")
    assert "The address is changed" in (await browser.post(new)).text
    text = (await browser.get("/account")).text
    assert f"<dd>{NEW}</dd>" in text
    assert f"moves to {NEW}" not in text
    page = await browser.post("/account/email", {"new_email": "ada@example.com"})
    assert page.status == 409
    assert "less than 7 days ago" in page.alert


async def test_a_change_is_cancelled_on_the_page(browser: Browser) -> None:
    await browser.sign_up()
    await browser.post("/account/email", {"new_email": NEW})
    assert (await browser.post("/account/email/cancel")).to == "/account#email"
    assert NEW not in (await browser.get("/account")).text


async def test_a_link_of_no_end_leads_nowhere(browser: Browser) -> None:
    assert (await browser.get("/confirm-email/both/abc")).status == 404
    assert (await browser.post("/confirm-email/new/abc")).status == 410
    assert (await browser.post("/confirm-email/undo/abc")).status == 410


async def sign_up_by_mail(browser: Browser, postbox: Postbox, email: str) -> None:
    await browser.post("/signup", sign_up_form(email), **HOST)
    await browser.post(link_in((await postbox.next())[1]), **HOST)


async def ask_by_mail(browser: Browser, postbox: Postbox, new: str) -> dict[str, str]:
    """Signed in and asked; the two letters by whom they went to."""
    signed_in = await browser.post("/login", {"email": "ada@example.org", "password": GOOD}, **HOST)
    cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
    await browser.post("/account/email", {"new_email": new}, **HOST, Cookie=cookie)
    letters = [await postbox.next() for _ in range(2)]
    return {str(letter["To"]): text for letter, text in letters}


def links_in(text: str) -> list[str]:
    return [line.removeprefix(PUBLIC) for line in text.splitlines() if line.startswith(PUBLIC)]


async def test_with_mail_each_end_gets_its_link_and_the_old_one_takes_it_back(
    mailing_browser: Browser, postbox: Postbox
) -> None:
    browser = mailing_browser
    await sign_up_by_mail(browser, postbox, "ada@example.org")
    letters = await ask_by_mail(browser, postbox, NEW)
    yes, no = links_in(letters["ada@example.org"])
    assert NEW in letters["ada@example.org"]
    assert "Half done" in (await browser.post(yes, **HOST)).text
    assert "The address is changed" in (await browser.post(link_in(letters[NEW]), **HOST)).text
    assert (await browser.post("/login", {"email": NEW, "password": GOOD}, **HOST)).to == "/"
    assert "comes back" in (await browser.get(no, **HOST)).text
    choose = (await browser.post(no, **HOST)).to
    assert choose.startswith("/reset-password/")
    form = {"email": "ada@example.org", "password": "a quite different passphrase"}
    refused = await browser.post("/login", {"email": NEW, "password": GOOD}, **HOST)
    assert refused.status == 403
    chosen = await browser.post(choose, {"password": form["password"]}, **HOST)
    assert chosen.to == "/account"
    assert (await browser.post("/login", form, **HOST)).to == "/"


async def test_with_mail_the_old_address_cancels_what_waits(
    mailing_browser: Browser, postbox: Postbox
) -> None:
    browser = mailing_browser
    await sign_up_by_mail(browser, postbox, "ada@example.org")
    letters = await ask_by_mail(browser, postbox, NEW)
    no = links_in(letters["ada@example.org"])[1]
    assert "Nothing was changed" in (await browser.post(no, **HOST)).text
    assert (await browser.post(link_in(letters[NEW]), **HOST)).status == 410


async def test_with_mail_only_the_mailbox_learns_that_an_address_is_taken(
    mailing_browser: Browser, postbox: Postbox
) -> None:
    browser = mailing_browser
    for email in ("ada@example.org", "bob@example.org"):
        await sign_up_by_mail(browser, postbox, email)
    letters = await ask_by_mail(browser, postbox, "bob@example.org")
    assert len(links_in(letters["ada@example.org"])) == 2
    assert links_in(letters["bob@example.org"]) == ["/login"]
    assert "There is an account with it already" in letters["bob@example.org"]
