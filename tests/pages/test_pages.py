"""The pages that are rendered on the server."""

import re
from pathlib import Path

import pytest

from meetd.config.keeping import Logs, Retention
from meetd.config.network import Media
from meetd.core.refusals import REFUSALS
from meetd.pages.words import FOLDER, Languages
from meetd.rooms.names import RESERVED, normalise_room_name
from meetd.serving.faults import Fault
from tests.pages.conftest import Client, Open
from tests.serving.requests import make_request

NOT_AT_A_PAGE = {
    *("MessageMalformed", "NotJoined", "AlreadyJoined", "NameTooLong", "NameEmpty", "TextEmpty"),
    *("RoomFull", "WayBackInvalid", "NoSuchParticipant", "NotSignedIn", "KnockFirst", "KnockGone"),
    *("InviteLinkInvalid", "KnockAnswered", "LobbyFull", "StillInvalid", "NotAHost", "HostsOnly"),
    *("RoomNotOwned", "RoomNotLocked", "NotForSupport", "LastingHostsOnly", "OtherKeys"),
    *("NotRelayed", "RelayFull", "RelayOfferInvalid"),
    *("NoSuchBoard", "TooManyBoards", "BoardFull", "DrawingTooLarge", "DrawingInvalid"),
    # Of files, which only the room page shares.
    *("ChecksumWrong", "FileNameInvalid", "FileTooLarge", "ItemDamaged", "NoSuchItem"),
    *("NoSuchUpload", "NotInMeeting", "NotPresenting", "RoomContentFull", "ServerContentFull"),
    *("TooManyItems", "TooManyOpened", "TooManyUploads", "UploadBusy", "UploadElsewhere"),
    "UploadTooLong",
    # Of whiteboards and chat, which only the room page has.
    *("BoardFull", "DrawingTooLarge", "DrawingInvalid", "NoSuchBoard", "NoSuchSnapshot"),
    *("NoSuchMessage", "TooManyBoards"),
}


async def page(
    client: Client, path: str, status: int = 200, *, language: str = "", host: str = ""
) -> str:
    headers = {"Accept-Language": language, **({"Host": host} if host else {})}
    async with client.get(path, headers=headers, allow_redirects=False) as response:
        assert response.status == status, await response.text()
        assert response.content_type == "text/html"
        return await response.text()


async def target(client: Client, path: str) -> str:
    async with client.get(path, allow_redirects=False) as response:
        assert response.status in {302, 303}
        return response.headers["Location"]


async def test_the_start_page_has_what_the_contract_names(opened: Open) -> None:
    text = await page(await opened(), "/")
    assert re.search(r'<form[^>]*method="post" action="/rooms/new">\s*<button[^>]*>New room<', text)
    assert re.search(r'<label for="room">Room name</label>\s*<input[^>]*id="room"', text)
    assert re.search(
        r'<form[^>]*method="get" action="/go">.*<button[^>]*>Go</button>', text, re.DOTALL
    )
    assert '<html lang="en">' in text
    assert 'href="/assets/assets/shared-AAAAAAAA.css"' in text
    assert "<script" not in text
    assert "<style" not in text
    assert "style=" not in text


async def test_new_room_leads_to_a_name_that_nobody_can_guess(opened: Open) -> None:
    client = await opened()
    names = set()
    for _ in range(3):
        async with client.post("/rooms/new", allow_redirects=False) as response:
            assert response.status == 303
            names.add(response.headers["Location"].removeprefix("/"))
    assert len(names) == 3
    assert all(len(name) == 26 and normalise_room_name(name) == name for name in names)
    assert await target(client, "/rooms/new") == "/"


async def test_go_leads_to_the_one_spelling_of_a_name(opened: Open) -> None:
    assert await target(await opened(), "/go?room=+Team++Meeting+") == "/team-meeting"


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("", 400, "letters a to z, digits"),
        ("a%2Fb", 400, "letters a to z, digits"),
        ("x" * 65, 400, "at most 64 characters"),
        ("x" * 2_000, 400, "at most 64 characters"),
        ("Admin", 409, "uses this name itself"),
    ],
)
async def test_a_wrong_name_comes_back_with_what_to_do(
    opened: Open, name: str, status: int, sentence: str
) -> None:
    text = await page(await opened(), f"/go?room={name}", status)
    alert = re.search(r'role="alert"[^>]*>(.*?)</div>', text, re.DOTALL)
    assert alert is not None
    assert sentence in alert[1]
    assert 'aria-invalid="true"' in text
    assert f'value="{name.replace("%2F", "/")[:300]}"' in text


async def test_a_name_is_never_html(opened: Open) -> None:
    text = await page(await opened(), "/go?room=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", 400)
    assert "<script" not in text
    assert 'value="&#34;&gt;&lt;script&gt;' in text


async def test_the_room_page_links_its_script_and_everything_it_needs(opened: Open) -> None:
    text = await page(await opened(), "/garden")
    assert '<div id="app"></div>' in text
    assert '<script type="module" src="/assets/assets/room-CCCCCCCC.js"></script>' in text
    assert '<link rel="modulepreload" href="/assets/assets/vendor-BBBBBBBB.js">' in text
    for style in ("shared-AAAAAAAA", "room-DDDDDDDD"):
        assert f'<link rel="stylesheet" href="/assets/assets/{style}.css">' in text
    assert '<meta name="robots" content="noindex">' in text
    assert "<noscript>" in text
    assert "This room needs JavaScript" in text


@pytest.mark.parametrize("path", ["/Garden", "/garden/", "/%47arden", "/%20garden", "/garden?x=1"])
async def test_other_spellings_lead_to_the_room(opened: Open, path: str) -> None:
    client = await opened()
    if path.endswith("?x=1"):
        await page(client, path)
    else:
        assert await target(client, path) == "/garden"


async def test_spaces_become_dashes(opened: Open) -> None:
    assert await target(await opened(), "/team%20meeting") == "/team-meeting"


@pytest.mark.parametrize("path", ["/caf%C3%A9", "/a.b", "/login", "/" + "x" * 65, "/a/b", "/%00"])
async def test_what_is_no_room_is_a_page_with_a_way_on(opened: Open, path: str) -> None:
    text = await page(await opened(), path, 404)
    assert ">404<" in text
    assert '<a class="button button-primary" href="/">' in text


async def test_the_language_is_the_browsers(opened: Open) -> None:
    client = await opened()
    text = await page(client, "/", language="de, nl-BE;q=0.8, en;q=0.5")
    assert '<html lang="nl">' in text
    assert "Nieuwe kamer" in text
    for other in ("", "de", "en-GB,nl;q=0.3", "nl;q=0", ";;q=x,,", "*"):
        assert '<html lang="en">' in await page(client, "/", language=other)
    async with client.get("/", headers={"Accept-Language": "nl"}) as response:
        assert response.headers["Vary"] == "Accept-Language"
        assert response.headers["Content-Language"] == "nl"
        assert response.headers["Cache-Control"] == "no-store"


async def test_an_error_page_says_what_to_do(opened: Open) -> None:
    client = await opened(public_url="https://meet.example.org", requests_per_second=1)
    text = await page(client, "/", 421)
    assert '<a class="button button-primary" href="https://meet.example.org">' in text
    for _ in range(9):
        await page(client, "/", 421)
    assert "Wait 1 seconds" in await page(client, "/", 429)
    async with client.post("/", headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 429


async def test_every_refusal_has_a_sentence_at_the_pages(opened: Open) -> None:
    await opened()
    words = Languages().of(make_request())
    shown = {refusal.code for refusal in REFUSALS} - NOT_AT_A_PAGE
    assert {code for code in shown if f"error.{code}" not in words} == set()


async def test_privacy_says_what_the_configuration_does(opened: Open) -> None:
    client = await opened()
    text = await page(client, "/privacy")
    assert "A log line for each request" in text
    assert "No log of requests" not in text
    client = await opened(logs=Logs(access=False))
    text = await page(client, "/privacy")
    assert "A log line for each request" not in text
    assert "No log of requests" in text


async def test_privacy_says_how_long_a_part_of_an_upload_stays(opened: Open) -> None:
    client = await opened(retention=Retention(upload_hours=5))
    for language, says in (("en", "is kept for 5 hours"), ("nl", "blijft 5 uur bewaard")):
        async with client.get("/privacy", headers={"Accept-Language": language}) as response:
            assert says in await response.text()


@pytest.mark.parametrize(
    ("media", "says", "says_not"),
    [
        (Media(relay="never"), "They go directly from browser to browser. ", "how loud sound is"),
        (Media(mesh_limit=6), "in meetings of at most 6 people", "do not learn your network"),
        (Media(relay="always"), "They go through this server", "learn each other&#39;s network"),
    ],
)
async def test_privacy_says_which_way_picture_and_sound_go(
    opened: Open, media: Media, says: str, says_not: str
) -> None:
    text = await page(await opened(media=media), "/privacy")
    assert says in text
    assert says_not not in text
    assert "This server has no key for them" in text


async def test_terms_name_the_participant_limit(opened: Open) -> None:
    assert "Up to 50 people" in await page(await opened(), "/terms")


async def test_plain_http_off_loopback_says_why_there_is_no_camera(opened: Open) -> None:
    client = await opened()
    assert "no camera" not in await page(client, "/")
    assert "no camera" not in await page(client, "/", host="localhost:8080")
    assert "no camera" in await page(client, "/", host="192.168.1.5:8080")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/robots.txt", "text/plain"),
        ("/icon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ],
)
async def test_small_files(opened: Open, path: str, content_type: str) -> None:
    client = await opened()
    async with client.get(path) as response:
        assert response.status == 200
        assert response.content_type == content_type
        assert response.headers["Cache-Control"] == "public, max-age=86400"


async def test_every_address_of_the_pages_is_a_reserved_name(opened: Open) -> None:
    client = await opened()
    assert client.app is not None
    for route in client.app.router.resources():
        first = route.canonical.split("/")[1]
        assert first in RESERVED or first.startswith("{") or not first, route.canonical


def test_every_language_says_the_same_with_the_same_facts() -> None:
    languages = Languages()
    english = languages._words["en"]
    assert {path.stem for path in FOLDER.glob("*.toml")} >= {"en", "nl"}
    for words in languages._words.values():
        assert words._sentences.keys() == english._sentences.keys()
        for key, sentence in words._sentences.items():
            facts = sorted(re.findall(r"{(\w+)}", sentence))
            assert facts == sorted(re.findall(r"{(\w+)}", english._sentences[key])), key
            assert sentence == sentence.strip(), key
            assert "!" not in sentence, key
            assert not re.search("[<>\u2014]", sentence), key


def test_templates_hold_no_script_and_no_style() -> None:
    for template in (Path(FOLDER).parent / "templates").glob("*.html"):
        text = template.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", text), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template
        assert not re.search(r"https?://", text), template


def test_every_word_that_a_template_names_is_there() -> None:
    words = Languages().of(make_request())
    for template in (Path(FOLDER).parent / "templates").glob("*.html"):
        for key in re.findall(r't\(["\']([a-z_]+\.[a-z_]+)["\']', template.read_text()):
            assert key in words, key


def test_a_fault_without_a_sentence_still_has_one() -> None:
    words = Languages().of(make_request())
    assert f"error.{Fault(418, 'ImATeapot').code}" not in words
    assert "error.other" in words
