"""The papers that the law asks for say what the running configuration does."""

import re
from pathlib import Path

import pytest

from meetd.pages.documents_page import ELSEWHERE
from meetd.pages.kept import kept_of
from tests.support.people import administrator_at, browser_at
from tests.support.server import running_server, test_settings

PAGE = "/admin/documents"


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_they_are_written_from_the_configuration(tmp_path: Path, language: str) -> None:
    settings = test_settings(
        retention={"account_months": 37},
        backup={"keep_days": 11, "s3_bucket": "vault-of-ada"},
        push={"services": []},
    )
    async with running_server(tmp_path, settings) as (server, url), browser_at(url) as browser:
        assert (await browser.get(PAGE)).status == 404
        await administrator_at(server, browser)
        text = (await browser.get(PAGE, **{"Accept-Language": language})).text
        privacy = (await browser.get("/privacy", **{"Accept-Language": language})).text
    here = set(kept_of(settings)) - ELSEWHERE
    assert len(re.findall(r'<th scope="row"', text)) == len(here)
    for page in (text, privacy):
        assert re.search(r"37 (months|maanden)", page)
    assert re.search(r"11 (days|dagen)", text)
    assert "vault-of-ada" in text
    assert "fcm.googleapis.com" not in text
