"""The built room page's files."""

import gzip
from pathlib import Path

import pytest

from meetd.pages.assets import Assets, AssetsMissing
from tests.pages.conftest import Open

SCRIPT = "/assets/assets/room-CCCCCCCC.js"
FOR_EVER = "public, max-age=31536000, immutable"


def test_a_missing_build_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match=r"scripts/build_page\.py"):
        Assets(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(AssetsMissing, match="cannot be read"):
        Assets(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(AssetsMissing, match=r"no src/main\.tsx"):
        Assets(tmp_path).entry("src/main.tsx")


def test_an_entry_lists_what_is_imported_first(build: Path) -> None:
    entry = Assets(build).entry("src/main.tsx")
    assert entry.script == SCRIPT
    assert entry.preloads == ("/assets/assets/vendor-BBBBBBBB.js",)
    assert entry.styles == (
        "/assets/assets/shared-AAAAAAAA.css",
        "/assets/assets/room-DDDDDDDD.css",
    )


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, br", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.5", "gzip"),
        ("br", None),
    ],
)
async def test_text_comes_packed_to_who_takes_it(
    opened: Open, build: Path, accepts: str, encoding: str | None
) -> None:
    script = build / "assets" / "room-CCCCCCCC.js"
    script.with_name(script.name + ".gz").write_bytes(gzip.compress(script.read_bytes()))
    client = await opened()
    async with client.get(
        SCRIPT, headers={"Accept-Encoding": accepts}, auto_decompress=False
    ) as response:
        content = await response.read()
        assert response.headers.get("Content-Encoding") == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert response.headers["Cache-Control"] == FOR_EVER
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    plain = gzip.decompress(content) if encoding else content
    assert plain == script.read_bytes()


async def test_text_that_nobody_packed_comes_plain(opened: Open, build: Path) -> None:
    client = await opened()
    async with client.get(SCRIPT, headers={"Accept-Encoding": "gzip"}) as response:
        assert "Content-Encoding" not in response.headers
        assert await response.read() == (build / "assets" / "room-CCCCCCCC.js").read_bytes()


async def test_what_the_browser_has_is_not_sent_again(opened: Open) -> None:
    client = await opened()
    async with client.get(SCRIPT) as response:
        tag = response.headers["ETag"]
    async with client.get(SCRIPT, headers={"If-None-Match": tag}) as response:
        assert response.status == 304
        assert await response.read() == b""


async def test_everything_else_comes_from_disk(opened: Open, build: Path) -> None:
    client = await opened()
    path = "/assets/assets/model-FFFFFFFF.wasm"
    async with client.get(path) as response:
        assert response.headers["Content-Type"] == "application/wasm"
        assert response.headers["Cache-Control"] == FOR_EVER
        assert await response.read() == (build / "assets" / "model-FFFFFFFF.wasm").read_bytes()
    async with client.get(path, headers={"Range": "bytes=0-3"}) as response:
        assert (response.status, await response.read()) == (206, b"\0asm")


async def test_a_name_without_a_hash_is_asked_for_again(opened: Open) -> None:
    client = await opened()
    async with client.get("/assets/assets/plain.svg") as response:
        assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "manifest.json",
        "sources.sha256",
        "assets/room-CCCCCCCC.js.gz",
        "",
        "assets",
        "assets/",
        "assets/none.js",
    ],
)
async def test_only_files_for_browsers_are_there(opened: Open, path: str) -> None:
    client = await opened()
    async with client.get(f"/assets/{path}") as response:
        assert response.status == 404


async def test_what_reads_files_from_people_reaches_nobody(opened: Open, build: Path) -> None:
    (build / "assets" / "parser-GGGGGGGG.js").write_text("self.onmessage = null;")
    client = await opened()
    async with client.get("/assets/assets/parser-GGGGGGGG.js") as response:
        policy = response.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; script-src 'self'"
    async with client.get(SCRIPT) as response:
        assert "connect-src" in response.headers["Content-Security-Policy"]
