"""Shared by all tests. Fixtures of one feature live in the conftest of its folder."""

import os
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.programs import find_program

BROWSER_INSTALL = (
    "apt-get update && apt-get install -y --no-install-recommends"
    " chromium firefox-esr nftables iproute2 age"
)

# Bounded, and in CI the same examples every time.
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "default")


NEEDED = {
    "browser": ("chromium", "firefox-esr"),
    "laboratory": ("ip", "nft"),
    "age": ("age", "age-keygen"),
}
"""Programs, by the mark of who needs them."""


class BrowsersBesideTheRest(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """With several processes (``-n 2``): everything that opens browsers or makes networks one after
    another in one of them, all other files in the others. Two meetings at once would share the
    cores that their video needs."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browsers" if file.startswith(OF_BROWSERS) else file


OF_BROWSERS = ("tests/browser/", "tests/laboratory/", "tests/relay/test_browser_transport.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BrowsersBesideTheRest:
    return BrowsersBesideTheRest(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test without the programs that it needs fails, and says what to install; it is never
    skipped."""
    needed = [
        name for mark, names in NEEDED.items() if item.get_closest_marker(mark) for name in names
    ]
    missing = [name for name in needed if not find_program(name)]
    if missing:
        pytest.fail(f"missing: {', '.join(missing)}. Run as root: {BROWSER_INSTALL}", pytrace=False)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: Any) -> None:
    """MEETD_... in the environment of whoever runs the tests changes nothing."""
    for name in [name for name in os.environ if name.startswith("MEETD_")]:
        monkeypatch.delenv(name)
