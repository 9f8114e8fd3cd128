"""A link to answer a knock: without JavaScript, signed out, and for a service worker."""

import json

import pytest

from tests.calling.conftest import HOST, House, browser, house, token_in
from tests.support.people import Browser

__all__ = ["browser", "house"]

ADMIT = {"verdict": "admit"}


async def test_the_page_says_who_knocks_where_and_how_long(house: House, browser: Browser) -> None:
    link = await house.link(await house.host(), knocker="<b>Bob</b>", message="Hi\nall")
    house.clock.forward(seconds=200)
    page = await browser.get(link, **HOST)
    assert "<h1>&lt;b&gt;Bob&lt;/b&gt; knocks at garden</h1>" in page.text
    assert "Hi\nall" in page.text
    assert "3 min ago" in page.text
    for verdict, name in (("admit", "Admit"), ("turn_away", "Turn away")):
        assert f'name="verdict" value="{verdict}">{name}</button>' in page.text
    assert "<script" not in page.text
    assert '<meta name="referrer" content="strict-origin">' in page.text


@pytest.mark.parametrize(
    ("verdict", "heading"), [("admit", "Admitted"), ("turn_away", "Turned away")]
)
async def test_answered(house: House, browser: Browser, verdict: str, heading: str) -> None:
    ada = await house.host()
    link = await house.link(ada)
    page = await browser.post(link, {"verdict": verdict}, **HOST)
    assert (page.status, f"<h1>{heading}</h1>" in page.text) == (200, True)
    assert house.lobby.answers[0][1:] == (ada.id, verdict)
    page = await browser.post(link, {"verdict": verdict}, **HOST)
    assert page.status == 410
    assert "answered or is over" in page.alert
    assert len(house.lobby.answers) == 1


@pytest.mark.parametrize(
    ("outcome", "status", "sentence"),
    [
        ("answered", 409, "Somebody else answered"),
        ("gone", 410, "has left"),
        ("no_host", 403, "not a host there any more"),
    ],
)
async def test_what_came_of_it_is_said(
    house: House, browser: Browser, outcome: str, status: int, sentence: str
) -> None:
    house.lobby.outcome = outcome  # type: ignore[assignment]
    link = await house.link(await house.host())
    page = await browser.post(link, ADMIT, **HOST)
    assert page.status == status
    assert sentence in page.alert


async def test_dutch(house: House, browser: Browser) -> None:
    link = await house.link(await house.host())
    headers = HOST | {"Accept-Language": "nl"}
    assert "Bob klopt bij garden" in (await browser.get(link, **headers)).text
    assert "<h1>Binnengelaten</h1>" in (await browser.post(link, ADMIT, **headers)).text


async def test_the_service_worker_gets_words_to_show(house: House, browser: Browser) -> None:
    link = await house.link(await house.host())
    headers = HOST | {"Accept": "application/json"}
    answers = [await browser.post(link, ADMIT, **headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 410]
    said = [json.loads(answer.text) for answer in answers]
    assert said[0] == {
        "heading": "Admitted",
        "sentence": "They can come in now, or, when the room is full, as soon as somebody leaves.",
    }
    assert said[1]["heading"] == "This link does not work any more"


@pytest.mark.parametrize("form", [{}, {"verdict": ""}, {"verdict": "Admit"}, {"verdict": "done"}])
async def test_a_wrong_answer_uses_nothing_up(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    link = await house.link(await house.host())
    assert (await browser.post(link, form, **HOST)).status == 400
    assert await house.server.house.caller.look(token_in(link)) is not None


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 5_000, "%00", "%ff"])
async def test_a_link_that_is_none(house: House, browser: Browser, token: str) -> None:
    for page in (
        await browser.get(f"/answer/{token}", **HOST),
        await browser.post(f"/answer/{token}", ADMIT, **HOST),
    ):
        assert page.status == 410
    assert house.lobby.answers == []
