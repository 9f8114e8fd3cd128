"""Whether the time that a refusal takes tells who has an account: an address that is known and one
that is not, and a sign-in that succeeds, in turn."""

import itertools
import statistics
import tempfile
from pathlib import Path

from meetd.core.clock import SystemClock
from tests.support.people import GOOD, Browser, browser_at
from tests.support.server import running_server, test_settings

ROUNDS = 60
_WRONG = "quite another passphrase"


async def measure() -> list[tuple[str, str, str]]:
    settings = test_settings(
        accounts={
            "registration": "open",
            "attempts_per_account": 100_000,
            "attempts_per_network": 100_000,
        }
    )
    cases = {
        "known": ("ada@example.org", _WRONG),
        "unknown": ("nobody@example.org", _WRONG),
        "signed in": ("ada@example.org", GOOD),
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running_server(Path(folder), settings) as (_, url),
            browser_at(url) as browser,
        ):
            await browser.sign_up()
            orders = itertools.cycle(itertools.permutations(cases))
            for order in itertools.islice(orders, ROUNDS):  # each comes after each as often
                for name in order:
                    await browser.post("/logout")
                    times[name].append(await sign_in(browser, *cases[name]))
    known, unknown, signed_in = (statistics.median(times[name]) for name in cases)
    rounds = f"ratio of medians of {ROUNDS}"
    return [
        (f"wrong password, known against unknown address: {rounds}", f"{known / unknown:.3f}", ""),
        (f"right against wrong password: {rounds}", f"{signed_in / known:.3f}", ""),
        ("a refused sign-in", f"{known * 1000:.0f} ms", ""),
    ]


async def sign_in(browser: Browser, email: str, password: str) -> float:
    """Seconds from the form to the answer."""
    clock = SystemClock()
    start = clock.monotonic()
    await browser.sign_in(email, password)
    return clock.monotonic() - start
