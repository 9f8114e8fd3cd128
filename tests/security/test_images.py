"""What others were bitten by when taking images: converters and previews."""

import asyncio
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetd.core.refusals import ImageTooLarge, ImageUnreadable
from meetd.images import reencoding
from meetd.images.reencoding import PERSONAL, Reencoder
from tests.images.pictures import bomb, decoded, encoded, plain
from tests.support.people import Browser, browser_at
from tests.support.server import prepare_data, running_server, test_settings

SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\nshowpage\n"


def archive() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as packed:
        packed.writestr("run.html", HTML)
    return output.getvalue()


@pytest.mark.parametrize(
    "data",
    [SVG, HTML, PDF, POSTSCRIPT, archive(), b"", b"\0" * 5_000, b"\x89PNG\r\n\x1a\n" + SVG],
    ids=["svg", "html", "pdf", "postscript", "zip", "empty", "zeros", "svg with a PNG's mark"],
)
async def test_bbb_cve_2020_27605_no_document_is_converted(data: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        await Reencoder().reencode(data, PERSONAL)


@pytest.fixture
async def uploading(tmp_path: Path) -> AsyncIterator[Browser]:
    """Somebody signed in who uploads."""
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(tmp_path, settings) as (_, url), browser_at(url) as browser:
        await browser.sign_up(user_name="ada")
        yield browser


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SVG, "picture.svg"),
        (HTML, "picture.html"),
        (HTML, "picture.png"),
        (HTML, "../../picture.png"),
        (archive(), "picture.webp"),
    ],
    ids=["svg", "html", "html as png", "html with a path", "zip as webp"],
)
async def test_bbb_w98f_unrestricted_upload_nothing_but_a_picture_is_kept(
    uploading: Browser, data: bytes, name: str
) -> None:
    answer = await uploading.upload("/account/picture", data, name)
    assert answer.status == 415
    assert "/pictures/" not in (await uploading.get("/account")).text


async def test_bbb_w98f_whatever_was_sent_is_served_as_our_own_picture(
    uploading: Browser,
) -> None:
    """What the sender called it is in no address and no header; by itself it does nothing."""
    polyglot = encoded(plain(), "GIF") + HTML
    await uploading.upload("/account/picture", polyglot, 'x".html')
    found = re.search(r'src="(/pictures/[^"]+)"', (await uploading.get("/account")).text)
    assert found is not None
    status, headers, served = await uploading.file(found[1])
    assert (status, headers["Content-Type"]) == (200, "image/webp")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "html" not in str(headers).lower()
    assert b"script" not in served


async def test_a_foreign_page_uploads_and_removes_nothing(uploading: Browser) -> None:
    await uploading.upload("/account/picture", encoded(plain(), "PNG"))
    before = (await uploading.get("/account")).text
    foreign = "https://evil.example"
    upload = await uploading.upload("/account/picture", encoded(plain(), "PNG"), Origin=foreign)
    assert upload.status == 403
    assert (await uploading.post("/account/picture/remove", Origin=foreign)).status == 403
    found = re.search(r'src="(/pictures/[^"]+)"', before)
    assert found is not None
    assert found[1] in (await uploading.get("/account")).text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("behind", [HTML, archive(), PDF], ids=["html", "zip", "pdf"])
async def test_nextcloud_m682_of_a_polyglot_only_the_picture_is_left(
    kind: str, behind: bytes
) -> None:
    """It is two files in one; what comes out was written by our encoder, from pixels."""
    image = await Reencoder().reencode(encoded(plain(), kind) + behind, PERSONAL)
    assert behind[:20] not in image.webp
    assert b"alert" not in image.webp
    assert decoded(image.webp).size == (64, 48)


async def test_a_script_in_a_comment_is_gone() -> None:
    data = encoded(plain(), "JPEG", comment=b"*/=alert(1);/*", exif=b"Exif\0\0<script>")
    assert b"alert" in data
    image = await Reencoder().reencode(data, PERSONAL)
    assert b"alert" not in image.webp
    assert b"script" not in image.webp


async def test_zip_bombs_a_small_file_with_many_pixels_is_refused() -> None:
    data = bomb(6_500)
    assert len(data) < 150_000
    with pytest.raises(ImageTooLarge):
        await Reencoder().reencode(data, PERSONAL)


@pytest.mark.parametrize(
    "name",
    ["MEETD_MASTER_KEY", "PYTHONPATH", "LD_PRELOAD", "CREDENTIALS_DIRECTORY"],
)
async def test_the_process_gets_no_secret_and_nothing_to_import(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "secret")
    said = tmp_path / "said"
    script = tmp_path / "program.py"
    script.write_text(
        "import json, os, sys\n"
        f"json.dump([dict(os.environ), sys.path, sys.flags.isolated], open({str(said)!r}, 'w'))\n"
    )
    with pytest.raises(ImageUnreadable):
        await Reencoder(script).reencode(b"x", PERSONAL)
    environment, path, isolated = json.loads(said.read_text())
    assert name not in environment
    assert "secret" not in environment.values()
    assert (isolated, str(tmp_path) in path, "" in path) == (1, False, False)


async def test_the_server_itself_never_loads_a_decoder(tmp_path: Path) -> None:
    """A server that has taken an image is asked what it has imported."""
    await prepare_data(tmp_path)
    (tmp_path / "image.png").write_bytes(encoded(plain(), "PNG"))
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ASK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(reencoding.__file__).parents[2],
    )
    assert result.stdout == "64 48\n[]\n"


ASK = """
import asyncio, sys
from pathlib import Path
import msgspec
from meetd.app import Server
from meetd.config.settings import Settings
from meetd.images.store import Owner

async def main():
    data = Path(sys.argv[1])
    settings = {"server": {"port": 0}, "media": {"host": "127.0.0.1", "port": 0}}
    server = Server(msgspec.convert(settings, Settings), data)
    await server.start()
    owner = Owner("room", (await server.stores.rooms.make("kitchen")).id)
    await server.house.images.set(owner, (data / "image.png").read_bytes())
    image = await server.house.images.get(owner)
    print(image.width, image.height)
    await server.stop()

asyncio.run(main())
print([name for name in sys.modules if name.split(".")[0] == "PIL"])
"""
