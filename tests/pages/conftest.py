"""A build of the room page as Vite would make it, and a client of the pages."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meetd.config.keeping import Logs, Retention
from meetd.config.network import Limits, Media
from meetd.config.settings import Settings
from meetd.core.clock import SystemClock
from meetd.pages.assets import Assets
from meetd.pages.door import Pages
from meetd.serving.addresses import Addresses
from meetd.serving.doorway import make_application
from meetd.serving.origins import Origins

Client = TestClient[web.Request, web.Application]
Open = Callable[..., Awaitable[Client]]

MANIFEST: dict[str, dict[str, Any]] = {
    "_shared.css": {"file": "assets/shared-AAAAAAAA.css"},
    "_vendor.js": {"file": "assets/vendor-BBBBBBBB.js", "css": ["assets/shared-AAAAAAAA.css"]},
    "src/main.tsx": {
        "file": "assets/room-CCCCCCCC.js",
        "isEntry": True,
        "imports": ["_vendor.js"],
        "css": ["assets/room-DDDDDDDD.css"],
    },
    "src/pages.ts": {
        "file": "assets/pages-EEEEEEEE.js",
        "isEntry": True,
        "css": ["assets/shared-AAAAAAAA.css"],
    },
    "src/passkeys.ts": {"file": "assets/passkeys-GGGGGGGG.js", "isEntry": True},
    "src/copy.ts": {"file": "assets/copy-KKKKKKKK.js", "isEntry": True},
    "src/erased.ts": {"file": "assets/erased-LLLLLLLL.js", "isEntry": True},
    "src/follow.ts": {"file": "assets/follow-MMMMMMMM.js", "isEntry": True},
    "_line.js": {"file": "assets/line-HHHHHHHH.js"},
    "src/door_entry.ts": {
        "file": "assets/door-JJJJJJJJ.js",
        "isEntry": True,
        "imports": ["_line.js"],
    },
}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    (folder / "assets").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    for name in ("shared-AAAAAAAA.css", "room-DDDDDDDD.css"):
        (folder / "assets" / name).write_text(f"/* {name} */\n" * 100)
    files = [chunk["file"].rpartition("/")[2] for chunk in MANIFEST.values()]
    for name in (file for file in files if file.endswith(".js")):
        (folder / "assets" / name).write_text(f"// {name}\n" * 100)
    (folder / "assets" / "model-FFFFFFFF.wasm").write_bytes(b"\0asm" + bytes(1_000))
    (folder / "assets" / "plain.svg").write_text("<svg/>")
    (folder / "sources.sha256").write_text("not for anybody")
    return folder


@pytest.fixture
async def opened(build: Path) -> AsyncIterator[Open]:
    """``await opened(...)``: a client of all pages."""
    async with AsyncExitStack() as stack:

        async def start(
            public_url: str = "",
            logs: Logs | None = None,
            media: Media | None = None,
            retention: Retention | None = None,
            **limits: Any,
        ) -> Client:
            settings = Settings(
                logs=logs or Logs(),
                media=media or Media(),
                retention=retention or Retention(),
                limits=Limits(**limits),
            )
            addresses = Addresses(())
            origins = Origins(public_url, addresses)
            pages = Pages(settings=settings, origins=origins, assets=Assets(build))
            app = make_application(
                addresses=addresses,
                origins=origins,
                limits=settings.limits,
                clock=SystemClock(),
                error_page=pages.error_page,
            )
            app.add_routes([*pages.routes(), *pages.files()])
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield start
