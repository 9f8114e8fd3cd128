"""Shared by all tests. Fixtures of one feature live in the conftest of its folder."""

import os
import shutil
from typing import Any

import pytest
from hypothesis import settings

BROWSER_INSTALL = (
    "apt-get update && apt-get install -y --no-install-recommends"
    " chromium firefox-esr nftables iproute2"
)

# Bounded, and in CI the same examples every time.
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "default")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A browser test without a browser fails, and says what to install; it is never skipped."""
    if item.get_closest_marker("browser"):
        missing = [name for name in ("chromium", "firefox-esr") if not shutil.which(name)]
        if missing:
            pytest.fail(
                f"missing: {', '.join(missing)}. Run as root: {BROWSER_INSTALL}", pytrace=False
            )


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: Any) -> None:
    """MEETD_... in the environment of whoever runs the tests changes nothing."""
    for name in [name for name in os.environ if name.startswith("MEETD_")]:
        monkeypatch.delenv(name)
