"""Pages of administrators say which settings decide what they show, and where these stand."""

import re

import msgspec
import pytest

from meetd.config.explaining import sections
from meetd.pages.configured import SETTINGS, configured_at
from tests.pages.test_account_pages import browser, server
from tests.pages.test_jobs_page import keeper
from tests.support.people import Browser

__all__ = ["browser", "keeper", "server"]

SAID_NOWHERE = {"/admin/support"}
"""Nothing is configured there."""


@pytest.mark.parametrize("page", sorted(SETTINGS))
def test_what_a_page_names_are_settings(page: str) -> None:
    for section, keys in SETTINGS[page].items():
        known = {field.name for field in msgspec.structs.fields(sections()[section])}
        assert set(keys) <= known, section


def test_the_variable_is_one_of_the_settings() -> None:
    assert configured_at("/admin/usage")["variable"] == "MEETD_USAGE_KEEP"


@pytest.mark.parametrize(
    ("language", "restart"), [("en", "restart the server"), ("nl", "herstart de server")]
)
async def test_every_page_of_administrators_says_it(
    keeper: Browser, language: str, restart: str
) -> None:
    asked = {"Accept-Language": language}
    text = (await keeper.get("/admin/usage", **asked)).text
    pages = set(re.findall(r'href="(/admin/[^"]+)"', text))
    assert pages == SETTINGS.keys() | SAID_NOWHERE
    for page in SETTINGS:
        text = (await keeper.get(page, **asked)).text
        assert configured_at(page)["settings"] in text, page
        assert "/etc/meetd/config.toml" in text, page
        assert restart in text, page
        assert "meetd check-config" in text, page
