"""People in browsers: what they do and see, by the roles and names that everybody goes by."""

import asyncio
import json
import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from playwright.async_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.support.gaps import Look, longest_stop
from tests.support.process import ServerProcess

PLAIN_ARGUMENTS = (
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
FAKE_DEVICES = "--use-fake-device-for-media-stream"
CHROMIUM_ARGUMENTS = ("--use-fake-ui-for-media-stream", FAKE_DEVICES)
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}
CUT_OFF = [
    *("WebSocket", "ERR_", "Failed to load", "establish a connection"),
    "was interrupted while the page was loading",
]
"""What browsers say of a connection that ended; for tests that end them on purpose."""
DESKTOP = (1280, 800)
PHONE = (390, 844)
SECONDS = 20.0

# Keeps the page's peer connections at hand, to ask them what they really decoded.
_WATCH_CONNECTIONS = """{
    const Original = RTCPeerConnection;
    window.connectionsForTests = [];
    window.RTCPeerConnection = class extends Original {
        constructor(...parameters) {
            super(...parameters);
            window.connectionsForTests.push(this);
        }
    };
}"""


@dataclass(frozen=True)
class Camera:
    """How large its pictures are, and how many per second."""

    width: int
    height: int
    rate: int


SMALL = Camera(320, 180, 10)
TINY = Camera(160, 90, 8)

# The cameras of this machine are small and slow: what every page encodes and decodes in software
# has to fit the machine, or nothing is measured but its load.
_CAMERAS = """{
    // Not on about:blank, which comes first.
    const devices = navigator.mediaDevices ?? {};
    const original = devices.getUserMedia?.bind(devices);
    devices.getUserMedia = ({ video, ...others }) => original(video
        ? { ...others, video: { ...video, ...CAMERA } }
        : others);
}"""

# Energy of all sound decoded so far; silence has none, whatever arrives.
_SOUND = """async () => {
    let energy = 0;
    for (const connection of window.connectionsForTests) {
        if (connection.connectionState === 'closed') continue;
        for (const entry of (await connection.getStats()).values()) {
            if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
                energy += entry.totalAudioEnergy ?? 0;
            }
        }
    }
    return energy;
}"""

_PLAYING = """[...document.querySelectorAll('audio')].every(
    (sound) => sound.srcObject === null || !sound.paused)"""

# Firefox counts no "total" frames of a live stream, but those it painted.
_FRAMES = """(video) => !video.videoWidth ? 0
    : video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames"""


async def launch_chromium(playwright: Playwright, *arguments: str) -> Browser:
    """With fake devices and nobody to ask for them, unless ``arguments`` say otherwise."""
    return await playwright.chromium.launch(
        executable_path=_found("chromium"),
        args=[*PLAIN_ARGUMENTS, *(arguments or CHROMIUM_ARGUMENTS)],
    )


async def launch_firefox(playwright: Playwright) -> Browser:
    return await playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=_found("firefox-esr"),
        firefox_user_prefs=FIREFOX_PREFERENCES,
    )


def _with_camera(camera: Camera) -> str:
    wanted = {"width": camera.width, "height": camera.height, "frameRate": camera.rate}
    return _CAMERAS.replace("CAMERA", json.dumps(wanted))


def _found(program: str) -> str:
    path = shutil.which(program)
    assert path, f"{program} is missing: run apt-get install -y --no-install-recommends {program}"
    return path


async def until(
    condition: Callable[[], Awaitable[bool]], reason: str, within: float = SECONDS
) -> None:
    """Wait for a condition; fails with ``reason``."""
    try:
        async with asyncio.timeout(within):
            while not await condition():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(reason) from None


class Person:
    """One browser tab."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def lock(self) -> Locator:
        """Opens what there is to know of the encryption; its name ends in a word for the state."""
        return self.page.get_by_role("button", name=re.compile("^Encryption: "))

    def textbox(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    def tile(self, name: str) -> Locator:
        """Somebody in the region People; oneself as ``name (you)``."""
        return self.region("People").get_by_role("group", name=name, exact=True)

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    async def join(self) -> None:
        """From the hall into the room."""
        await self.textbox("Your name").fill(self.name)
        await self.button("Join").click()
        await expect(self.tile(f"{self.name} (you)")).to_be_visible()

    async def comes_back(self) -> None:
        """Reload in the room: it leads straight back into it."""
        await self.page.reload()
        await expect(self.tile(f"{self.name} (you)")).to_be_visible()

    async def say(self, text: str) -> None:
        await self.textbox("Message").fill(text)
        await self.button("Send").click()
        await expect(self.messages.get_by_text(text)).to_be_visible()

    async def reads(self, text: str) -> None:
        """Once: what was sent again is not there twice."""
        message = self.messages.get_by_text(text, exact=True)
        await expect(message).to_have_count(1, timeout=SECONDS * 1000)

    async def frames_of(self, name: str) -> int:
        """Frames of that person's camera decoded so far; 0 without a picture."""
        video = self.tile(name).locator("video").first
        frames: int = await video.evaluate(_FRAMES)
        return frames

    async def sees(self, name: str, within: float = SECONDS) -> None:
        """New frames of that person's camera are being decoded."""
        await expect(self.tile(name)).to_be_visible()
        before = await self.frames_of(name)

        async def more() -> bool:
            return await self.frames_of(name) > before + 5

        await until(more, f"{self.name} does not see {name}", within)

    async def watches_pictures(self) -> None:
        """From now on ``pictures`` tells."""
        await self.page.evaluate(_WATCH_PICTURES)

    async def stops_of(self, name: str, limit: float) -> float:
        """The longest time in seconds in which that person's camera did not move: that no two
        frames of it were decoded within ``limit`` of each other."""
        streams = await self.page.evaluate("(name) => looksForTests(name)", name)
        return longest_stop([[Look(*look) for look in looks] for looks in streams], limit)

    async def forgets_looks(self) -> None:
        """Measure anew."""
        await self.page.evaluate("forgetLooksForTests()")

    async def turns(self) -> int:
        """How often a picture turned to another stream."""
        turns: int = await self.page.evaluate("turnsForTests")
        return turns

    async def early_turns(self) -> int:
        """How often a picture turned to a stream of which nothing had been decoded yet."""
        turns: int = await self.page.evaluate("earlyTurnsForTests")
        return turns

    async def hears_somebody(self) -> None:
        """Sound, not silence, is being decoded, and its elements play."""
        before: float = await self.page.evaluate(_SOUND)

        async def more() -> bool:
            energy: float = await self.page.evaluate(_SOUND)
            return energy > before

        await until(more, f"{self.name} hears nothing")
        assert await self.page.evaluate(_PLAYING)


# From now on: what was decoded of each person's camera, over whichever connection, look by look;
# and how often a picture turned to another stream of which nothing was decoded yet. The looks are
# frequent because nothing is known of what comes between the last one and the end of a connection.
_WATCH_PICTURES = """() => {
    const [looks, owners, shown] = [new Map(), new Map(), new Map()];
    window.turnsForTests = window.earlyTurnsForTests = 0;
    window.looksForTests = (name) =>
        [...looks].filter(([track]) => owners.get(track) === name).map(([, found]) => found);
    window.forgetLooksForTests = () => looks.clear();
    const count = async (connection) => {
        for (const entry of (await connection.getStats()).values()) {
            if (entry.type !== 'inbound-rtp' || entry.kind !== 'video') continue;
            const found = looks.get(entry.trackIdentifier) ?? [];
            looks.set(entry.trackIdentifier, found);
            found.push([entry.timestamp / 1000, entry.framesDecoded ?? 0,
                entry.totalInterFrameDelay ?? 0, entry.totalSquaredInterFrameDelay ?? 0]);
        }
    };
    const look = async () => {
        const open = window.connectionsForTests.filter((one) => one.connectionState !== 'closed');
        await Promise.all(open.map(count));
        for (const video of document.querySelectorAll('fieldset.tile video')) {
            const name = video.closest('fieldset').getAttribute('aria-label');
            const track = video.srcObject?.getVideoTracks()[0]?.id;
            if (!track) continue;
            owners.set(track, name);
            const decoded = looks.get(track)?.at(-1)?.[1] ?? 0;
            if ((shown.get(name) ?? track) !== track) {
                window.turnsForTests++;
                if (!decoded) window.earlyTurnsForTests++;
            }
            shown.set(name, track);
        }
        setTimeout(look, 100);
    };
    look();
}"""


class OpenHouse(Protocol):
    """Starts a server, of those settings where it is not given, and opens it to visitors."""

    async def __call__(self, server: ServerProcess | None = None, **settings: str) -> "House": ...


class House:
    """A server and its visitors, with everything that went wrong on a page."""

    def __init__(self, server: ServerProcess, browsers: dict[str, Browser]) -> None:
        self.server = server
        self.browsers = browsers
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        """Parts of console messages that a test expects, such as those of a killed server."""
        self.small_cameras = False
        """For more people than this machine can encode large pictures for."""
        self.camera = SMALL
        """Where small ones are asked for."""
        self._contexts: list[BrowserContext] = []

    async def visitor(
        self,
        name: str,
        browser: str = "chromium",
        *,
        room: str = "study",
        size: tuple[int, int] = DESKTOP,
        small_camera: bool = False,
        **options: Any,
    ) -> Person:
        """Somebody in the hall of a room. ``small_camera``: among more people than this machine can
        encode large pictures for."""
        context = await self.browsers[browser].new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=options.pop("locale", "en-GB"),
            **options,
        )
        self._contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        await page.add_init_script(_WATCH_CONNECTIONS)
        if small_camera or self.small_cameras:
            await page.add_init_script(_with_camera(self.camera))
        self._watch(page, name)
        await page.goto(f"{self.server.url}/{room}")
        return Person(page, name)

    async def again(self, person: Person) -> Person:
        """Another tab of the same browser, at the same address."""
        page = await person.page.context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        self._watch(page, person.name)
        await page.goto(person.page.url)
        return Person(page, person.name)

    async def guest(self, name: str, browser: str = "chromium", **options: Any) -> Person:
        """Somebody in a room."""
        person = await self.visitor(name, browser, **options)
        await person.join()
        return person

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()
        self.complaints = [
            said
            for said in self.complaints
            if not any(expected in said for expected in self.forgiven)
        ]

    def _watch(self, page: Page, name: str) -> None:
        page.on(
            "console",
            lambda said: (
                self.complaints.append(f"{name}: {said.text}")
                if said.type in {"error", "warning"}
                else None
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(f"{name}: {error}"))
        page.on("request", lambda request: self._check_origin(name, request.url))

    def _check_origin(self, name: str, url: str) -> None:
        if not url.startswith((self.server.url, "blob:", "data:", "about:")):
            self.complaints.append(f"{name} asked {url}")
