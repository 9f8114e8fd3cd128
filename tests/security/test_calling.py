"""What others were bitten by, as far as reaching a host who is away goes: the server fetching for
somebody, links that answer, and being rung at night. Each test has the name of its lesson."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from meetd.accounts.reach import QuietHours, Reach
from meetd.push.sending import Parcel
from meetd.push.services import Place
from meetd.push.subscription import SubscriptionRefused
from meetd.serving.outgoing import NotPublic, Outgoing
from tests.calling.conftest import HOST, House, browser, house, token_in
from tests.support.people import Browser

__all__ = ["browser", "house"]

ADMIT = {"verdict": "admit"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://web.push.apple.com/a",
        "https://evil.example.org/a",
        "https://push.apple.com.evil.example.org/a",
        "https://evilpush.apple.com.example.org/a",
        "https://evil-push.apple.com@127.0.0.1/a",
        "https://web.push.apple.com@127.0.0.1/a",
        "https://user:pass@web.push.apple.com/a",
        "https://web.push.apple.com:444/a",
        "https://web.push.apple.com:443@127.0.0.1/a",
        "https://web.push.apple.com#@127.0.0.1/a",
        "https://web.push.apple.com\\@127.0.0.1/a",
        "https://web.push.apple.com\r\nX: y/a",
        "https://web.push.apple.com/a\r\nX: y",
        "https://web.push.apple.com/a#fragment",
        "https://web.push.apple.com",
        "https://.push.apple.com/a",
        "https://web..push.apple.com/a",
        "https://web.push.apple.com./a",
        "https://web\u3002push.apple.com/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/a",
        "https://localhost/a",
        "http://127.0.0.1/a",
        "http://127.0.0.1:1/a",
        "file:///etc/passwd",
        "//web.push.apple.com/a",
        "https://web.push.apple.com/" + "a" * 2_000,
        "",
    ],
)
async def test_bbb_3q22_no_browser_chooses_where_the_server_writes(
    house: House, endpoint: str
) -> None:
    ada = await house.host()
    push = house.server.house.caller._push
    offer = house.service.browser().offer | {"endpoint": endpoint}
    with pytest.raises(SubscriptionRefused, match="endpoint"):
        await push.subscribe(ada.id, "a session", **offer, browser="")
    assert await push.of(ada.id) == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "::1"),
        *("fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "0.0.0.0"),  # noqa: S104
    ],
)
async def test_coturn_2026_27624_a_listed_name_that_leads_inside_is_not_written_to(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    asked = 0

    async def getaddrinfo(_host: str, port: int, **_: object) -> list[object]:
        nonlocal asked
        asked += 1
        family = 10 if ":" in address else 2
        return [(family, 1, 6, "", (address, port))]

    async def connected(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(loop, "sock_connect", connected)
    outgoing = Outgoing()
    with pytest.raises(OSError, match=r"ClientConnector|not on the Internet"):
        await outgoing(Parcel(Place("web.push.apple.com", 443, "/a"), {}, b"x"))
    assert asked == 1
    await outgoing.close()


async def test_coturn_2026_27624_an_address_goes_round_no_check() -> None:
    """aiohttp looks up no address, so the resolver alone would not see it."""
    outgoing = Outgoing()
    with pytest.raises(NotPublic):
        await outgoing(Parcel(Place("127.0.0.1", 443, "/a"), {}, b"x"))
    await outgoing.close()


async def test_jitsi_2024_33530_a_link_answers_one_knock_for_one_host_once(
    house: House, browser: Browser
) -> None:
    ada, eve = await house.host(), await house.host("eve@example.org")
    call = await house.call(ada, eve)
    links = {letter["To"]: letter.get_content() for letter in house.postbox.letters}
    tokens = {who: text.partition("/answer/")[2].split()[0] for who, text in links.items()}
    assert tokens[ada.email] != tokens[eve.email]
    house.lobby.outcome = "no_host"  # Ada is none any more: her link is no use, Eve's still is
    assert (await browser.post(f"/answer/{tokens[ada.email]}", ADMIT, **HOST)).status == 403
    house.lobby.outcome = "done"
    assert (await browser.post(f"/answer/{tokens[ada.email]}", ADMIT, **HOST)).status == 410
    assert (await browser.post(f"/answer/{tokens[eve.email]}", ADMIT, **HOST)).status == 200
    assert house.lobby.answers == [
        (call.knock_id, ada.id, "admit"),
        (call.knock_id, eve.id, "admit"),
    ]


async def test_jitsi_2024_33530_ten_clicks_at_once_are_one_answer(
    house: House, browser: Browser
) -> None:
    link = await house.link(await house.host())
    pages = await asyncio.gather(*(browser.post(link, ADMIT, **HOST) for _ in range(10)))
    assert sorted(page.status for page in pages) == [200] + [410] * 9
    assert len(house.lobby.answers) == 1


async def test_a_mail_program_that_opens_links_answers_nothing(
    house: House, browser: Browser
) -> None:
    link = await house.link(await house.host())
    for _ in range(3):
        assert (await browser.get(link, **HOST)).status == 200
    async with browser.session.head(browser.url + link, headers=HOST) as response:
        assert response.status == 200
    assert house.lobby.answers == []
    assert (await browser.post(link, ADMIT, **HOST)).status == 200


async def test_pipecat_4704_no_page_of_somebody_else_answers(
    house: House, browser: Browser
) -> None:
    link = await house.link(await house.host())
    foreign = HOST | {"Origin": "https://evil.example.org"}
    assert (await browser.post(link, ADMIT, **foreign)).status == 403
    assert house.lobby.answers == []


async def test_a_token_is_not_on_the_disk_and_what_it_shows_is_not_readable(
    house: House, tmp_path: Path
) -> None:
    link = await house.link(await house.host(), knocker="Bobby Tables", message="let me in")
    await house.server.stores.database.write(_checkpoint)
    for file in tmp_path.glob("meetd.db*"):
        content = file.read_bytes()
        for text in (token_in(link), "Bobby Tables", "let me in"):
            assert text.encode() not in content
    with closing(sqlite3.connect(tmp_path / "meetd.db")) as copy:
        assert copy.execute("SELECT count(*) FROM knock_calls").fetchone() == (1,)


async def _checkpoint(_transaction: object) -> None:
    """A write: what was written before is in the file or its log."""


async def test_a_link_runs_out(house: House, browser: Browser) -> None:
    link = await house.link(await house.host())
    house.clock.forward(seconds=12 * 3_600)
    assert (await browser.get(link, **HOST)).status == 410
    assert (await browser.post(link, ADMIT, **HOST)).status == 410
    assert house.lobby.answers == []


async def test_nobody_is_rung_a_hundred_times_at_night(house: House) -> None:
    """A hundred knocks at twenty doors in one night: six letters an hour, none in quiet hours."""
    ada = await house.host()
    eve = await house.host("eve@example.org")
    await house.server.stores.accounts.reach.keep(ada.id, Reach(quiet=QuietHours(0, 1_439, "UTC")))
    for number in range(100):
        await house.call(ada, eve, door=f"door-{number % 20}")
        house.clock.forward(seconds=30)
    assert [letter["To"] for letter in house.postbox.letters] == [eve.email] * 6


async def test_a_thousand_knocks_fill_no_memory(house: House) -> None:
    ada = await house.host()
    await asyncio.gather(*(house.server.house.caller.call(house.knock(ada)) for _ in range(1_000)))
    await house.quiet()
    assert len(house.postbox.letters) == 1
