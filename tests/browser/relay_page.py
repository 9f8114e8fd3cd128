"""A hand-written page that speaks the protocol of the relay, as little as it needs."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.people import until

SCRIPT = (Path(__file__).parent / "relay_page.js").read_text()
Decoded = dict[str, Any]


class Member:
    """One page in the meeting."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.id = ""

    async def start(self, room: str = "study", **options: Any) -> None:
        await self.page.evaluate(
            "([room, name, options]) => relay.start(room, name, options)",
            [room, self.name, options],
        )
        self.id = await self.page.evaluate("relay.you")

    async def ask(self, **command: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self.page.evaluate("(c) => relay.ask(c)", command)
        return answer

    async def decoded(self, of: "Member", slot: str) -> Decoded:
        streams: list[Decoded] = await self.page.evaluate("relay.decoded()")
        found = [one for one in streams if (one["participant"], one["slot"]) == (of.id, slot)]
        return found[0] if found else {"count": 0, "height": 0, "packets": 0, "freezes": 0}

    async def media_port(self) -> int:
        """Of the server, as its description says."""
        sdp: str = await self.page.evaluate("relay.subscriber.remoteDescription.sdp")
        candidate = next(line for line in sdp.splitlines() if line.startswith("a=candidate:"))
        return int(candidate.split()[5])

    async def state(self) -> str:
        states, log = await self.page.evaluate("[relay.states(), relay.log]")
        return f"{states}, {log}, {await self.page.evaluate('relay.decoded()')}"

    async def gets(self, of: "Member", slot: str = "camera", more: int = 5) -> None:
        """More of it is being decoded."""
        before = (await self.decoded(of, slot))["count"]

        async def arrived() -> bool:
            now = (await self.decoded(of, slot))["count"]
            return bool(now > before + (more if slot in {"camera", "screen"} else 0))

        await self._until(arrived, f"{self.name} does not get {slot} of {of.name}")

    async def shows(self, of: "Member", height: int, is_right: Callable[[int], bool]) -> None:
        """Show that person's camera at that height, until the picture is right."""
        tile = {"participant": of.id, "slot": "camera", "width": height, "height": height}
        await self.ask(type="ShowTiles", tiles=[tile])

        async def right() -> bool:
            return is_right((await self.decoded(of, "camera"))["height"])

        await self._until(right, f"{self.name} has the wrong layer of {of.name}")

    async def _until(self, condition: Any, reason: str) -> None:
        try:
            await until(condition, reason, within=30.0)
        except AssertionError:
            raise AssertionError(f"{reason}: {await self.state()}") from None


class Gathering:
    """Members of meetings on one server. ``options`` are those of their browsers' contexts."""

    def __init__(self, url: str, browsers: dict[str, Browser], **options: Any) -> None:
        self.url = url
        self._browsers = browsers
        self._options = options
        self._stack = AsyncExitStack()

    async def member(self, name: str, browser: str = "chromium", **options: Any) -> Member:
        context = await self._browsers[browser].new_context(**self._options)
        self._stack.push_async_callback(context.close)
        page = await context.new_page()
        await page.goto(f"{self.url}/terms")  # of this server, and without a script of its own
        await page.evaluate(SCRIPT)
        member = Member(page, name)
        await member.start(**options)
        return member

    async def close(self) -> None:
        await self._stack.aclose()
