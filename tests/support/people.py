"""People with accounts, through the pages of a running server, as a browser without JavaScript."""

import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import aiohttp
import msgspec

from meetd.app import Server

GOOD = "correct horse battery"


class Answer:
    """One page as it was answered."""

    def __init__(self, status: int, headers: Any, text: str) -> None:
        self.status = status
        self.headers = headers
        self.text = text

    @property
    def to(self) -> str:
        return str(self.headers.get("Location", ""))

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def alert(self) -> str:
        """What the page says in its alert, or ``""``."""
        found = re.search(r'role="alert"[^>]*>(.*?)</div>', self.text, re.DOTALL)
        return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


class Browser:
    """Keeps cookies, follows nothing by itself, sends the Origin of its own page."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.session.cookie_jar}

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, headers, None)

    async def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        return await self._ask("POST", path, {"Origin": self.url} | headers, form or {})

    async def send(self, path: str, data: Any, **headers: str) -> Answer:
        """As a script of the page does: JSON, ``data`` being anything msgspec can write."""
        sent = {"Origin": self.url, "Content-Type": "application/json"} | headers
        return await self._ask("POST", path, sent, msgspec.json.encode(data))

    async def upload(
        self, path: str, data: bytes, name: str = "picture.png", **headers: str
    ) -> Answer:
        """Choose a file in a form and send it."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("picture", io.BytesIO(data), filename=name, content_type="image/png")
        return await self._ask("POST", path, {"Origin": self.url} | headers, form)

    async def file(self, path: str) -> tuple[int, Any, bytes]:
        """Status, headers and content of what is no page."""
        async with self.session.get(self.url + path) as response:
            return response.status, response.headers, await response.read()

    async def sign_up(
        self, email: str = "ada@example.org", path: str = "/signup", **changes: str
    ) -> Answer:
        return await self.post(path, sign_up_form(email, **changes))

    async def sign_in(self, email: str = "ada@example.org", password: str = GOOD) -> Answer:
        return await self.post("/login", {"email": email, "password": password})

    async def _ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        form: dict[str, str] | bytes | aiohttp.FormData | None,
    ) -> Answer:
        target = path if path.startswith("http") else self.url + path
        async with self.session.request(
            method, target, headers=headers, data=form, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.text())


def sign_up_form(email: str = "ada@example.org", **changes: str) -> dict[str, str]:
    form = {
        "email": email,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "user_name": "",
        "password": GOOD,
        "terms": "yes",
        "age": "yes",
    }
    return form | changes


@asynccontextmanager
async def browser_at(url: str) -> AsyncIterator[Browser]:
    """A browser with no cookies yet."""
    jar = aiohttp.CookieJar(unsafe=True)  # takes cookies from an address, not only from a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(session, url)


async def administrator_at(server: Server, browser: Browser) -> Answer:
    """Make the first administrator's account through its link."""
    link = await server.first_link(browser.url)
    assert link is not None, "there is an administrator already"
    return await browser.sign_up("root@example.org", path=link, user_name="keeper")
