"""What others were bitten by when serving files."""

from pathlib import Path

import pytest
from yarl import URL

from tests.pages.conftest import Open, build, opened

__all__ = ["build", "opened"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../secret.js",
        "/assets/%2e%2e/secret.js",
        "/assets/..%2fsecret.js",
        "/assets/assets/..%2f..%2f..%2fsecret.js",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/assets/link.js",
        "/assets/assets/room-CCCCCCCC.js%00.css",
        "/assets/assets%5croom-CCCCCCCC.js",
    ],
)
async def test_aiohttp_cve_2024_23334_no_path_climbs_out_and_no_late_link_is_followed(
    opened: Open, build: Path, path: str
) -> None:
    (build.parent / "secret.js").write_text("SECRET")
    client = await opened()
    (build / "assets" / "link.js").symlink_to(build.parent / "secret.js")
    async with client.get(URL(path, encoded=True)) as response:
        assert response.status == 404
        assert "SECRET" not in await response.text()


async def test_bbb_3qjg_every_file_says_what_it_is(opened: Open, build: Path) -> None:
    client = await opened()
    for path in (build / "assets").iterdir():
        async with client.get(f"/assets/assets/{path.name}") as response:
            assert response.status == 200
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.content_type not in {"text/html", "application/octet-stream"}
