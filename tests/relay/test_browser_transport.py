"""Real browsers publish to the transport: a page offers camera and microphone, a few hand-written
lines answer, and plain RTP arrives."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from meetd.config.network import Media
from meetd.core.clock import SystemClock
from meetd.relay.transport.media_port import MediaPort
from meetd.relay.transport.transport import Transport
from meetd.relay.transport.transports import Transports
from tests.browser.people import launch_chromium, launch_firefox, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGE = "http://localhost:18009/"
"""A secure context for getUserMedia; the test answers it, nothing listens there."""
OFFER = """async () => {
    const connection = new RTCPeerConnection();
    window.connection = connection;
    const media = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
    for (const track of media.getTracks()) {
        connection.addTransceiver(track, {direction: 'sendonly', streams: [media]});
    }
    await connection.setLocalDescription();
    return connection.localDescription.sdp;
}"""
RESTART = """async () => {
    await window.connection.setLocalDescription(
        await window.connection.createOffer({iceRestart: true}));
    return window.connection.localDescription.sdp;
}"""
ANSWER = "(sdp) => window.connection.setRemoteDescription({type: 'answer', sdp})"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browsers() -> AsyncIterator[dict[str, Browser]]:
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        opened = {
            "chromium": await launch_chromium(playwright),
            "firefox": await launch_firefox(playwright),
        }
        for browser in opened.values():
            stack.push_async_callback(browser.close)
        yield opened


@asynccontextmanager
async def opened_port() -> AsyncIterator[Transports]:
    clock = SystemClock()
    port = MediaPort("", 0, 20, clock)
    port.open()
    transports = Transports(port, Media(), clock, audio=frozenset({111}))
    await transports.load()
    try:
        yield transports
    finally:
        await transports.close()
        port.close()


@asynccontextmanager
async def opened_page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    page = await context.new_page()
    await page.route(PAGE, lambda route: route.fulfill(body="<p>", content_type="text/html"))
    await page.goto(PAGE)
    try:
        yield page
    finally:
        await context.close()


@dataclass
class Publisher:
    """A page that publishes to ``transport``, which is told only candidates of ``kinds``."""

    page: Page
    transport: Transport
    kinds: frozenset[str]
    packets: Counter[str] = field(default_factory=Counter)
    """By kind of media."""
    reports: int = 0

    async def publish(self) -> None:
        offer = await self.page.evaluate(OFFER)
        audio, video = payload_type(offer, "opus/48000"), payload_type(offer, "VP8/90000")
        names = {int(audio): "audio", int(video): "video"}

        def count(packet: bytes, _now: float) -> None:
            self.packets[names.get(packet[1] & 0x7F, "other")] += 1

        def count_report(_packet: bytes, _now: float) -> None:
            self.reports += 1

        self.transport.on_rtp, self.transport.on_rtcp = count, count_report
        await self.answer(offer)

    async def restart(self) -> None:
        self.transport.restart()
        await self.answer(await self.page.evaluate(RESTART))

    async def answer(self, offer: str) -> None:
        self.transport.set_remote(
            value(offer, "ice-ufrag"),
            value(offer, "ice-pwd"),
            [tuple(value(offer, "fingerprint").split(" ", 1))],  # type: ignore[list-item]
            value(offer, "setup"),
        )
        await self.page.evaluate(ANSWER, described(offer, self.transport, self.kinds))

    async def sends(self, reason: str) -> None:
        before = self.packets.copy()

        async def more() -> bool:
            return all(self.packets[kind] > before[kind] + 20 for kind in ("audio", "video"))

        await until(more, f"{reason}: {dict(self.packets)}, {self.transport.counters}")


def value(sdp: str, name: str) -> str:
    found = re.search(rf"^a={name}:(.*?)\r?$", sdp, re.MULTILINE)
    assert found, name
    return found[1]


def payload_type(sdp: str, codec: str) -> str:
    found = re.search(rf"^a=rtpmap:(\d+) {codec}", sdp, re.MULTILINE)
    assert found, codec
    return found[1]


def described(offer: str, transport: Transport, kinds: frozenset[str]) -> str:
    """As little of an answer as browsers take."""
    mids = re.findall(r"^a=mid:(.*?)\r?$", offer, re.MULTILINE)
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"]
    lines += [f"a=group:BUNDLE {' '.join(mids)}", f"a=fingerprint:sha-256 {transport.fingerprint}"]
    for mid, (kind, codec) in zip(
        mids, (("audio", "opus/48000/2"), ("video", "VP8/90000")), strict=True
    ):
        number = payload_type(offer, codec)
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}", "c=IN IP4 0.0.0.0", "a=recvonly"]
        lines += [f"a=mid:{mid}", "a=rtcp-mux", f"a=rtpmap:{number} {codec}", "a=setup:passive"]
        lines += [f"a=ice-ufrag:{transport.local.ufrag}", f"a=ice-pwd:{transport.local.pwd}"]
        lines += [
            f"a=candidate:{candidate.to_sdp()}"
            for candidate in transport.candidates
            if candidate.transport in kinds
        ]
    return "\r\n".join([*lines, ""])


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_browser_publishes(browsers: dict[str, Browser], browser: str, kind: str) -> None:
    async with opened_port() as transports, opened_page(browsers[browser]) as page:
        publisher = Publisher(page, transports.make(), frozenset({kind}))
        await publisher.publish()
        await publisher.sends(f"{browser} sends nothing over {kind}")
        path = publisher.transport.ice.selected
        assert path is not None
        assert (path.room is not None) == (kind == "tcp")
        assert publisher.reports > 0
        assert publisher.transport.counters.refused == 0
        await publisher.restart()
        await publisher.sends(f"{browser} sends nothing after an ICE restart")
        assert publisher.transport.ice.former is None, "the restart was not seen"
        assert publisher.transport.state == "connected"


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_browser_that_has_udp_takes_it(browsers: dict[str, Browser], browser: str) -> None:
    async with opened_port() as transports, opened_page(browsers[browser]) as page:
        publisher = Publisher(page, transports.make(), frozenset({"udp", "tcp"}))
        await publisher.publish()
        await publisher.sends(f"{browser} sends nothing")
        path = publisher.transport.ice.selected
        assert path is not None
        assert path.room is None, "TCP where UDP was to be had"
