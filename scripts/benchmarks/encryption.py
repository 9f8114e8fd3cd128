"""What encryption costs: each frame in the worker, its bytes, and keys when somebody comes."""

import json
import subprocess
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

from playwright.async_api import Route, async_playwright

from scripts.build_page import WEB, node_environment, node_home
from tests.browser.people import House, Person, launch_chromium, launch_firefox, until
from tests.support.process import serve

FRAMES = 500
"""Of each kind, from pictures of 1280 x 720 and Opus."""

# In the worker, before everything else: how long each frame takes, and by how much it grows. Clocks
# in browsers are coarse on purpose, so only the mean of many says something.
_MEASURE = """{
    const channel = new BroadcastChannel('times-for-bench');
    const Original = TransformStream;
    let track = null;
    globalThis.TransformStream = class extends Original {
        constructor(rules) {
            const { side, kind } = track;
            super({ async transform(frame, controller) {
                const [began, before] = [performance.now(), frame.data.byteLength];
                // What was passed on cannot be looked at any more.
                let after = null;
                await rules.transform(frame, { enqueue(passed) {
                    after = passed.data.byteLength;
                    controller.enqueue(passed);
                } });
                if (after !== null) channel.postMessage(
                    { side, kind, ms: performance.now() - began, more: after - before });
            } });
        }
    };
    Object.defineProperty(globalThis, 'onrtctransform', { set(handler) {
        addEventListener('rtctransform', (event) => {
            track = event.transformer.options;
            handler(event);
        });
    } });
}
"""

_LISTEN = """{
    window.timesForBench = [];
    const channel = new BroadcastChannel('times-for-bench');
    channel.onmessage = ({ data }) => window.timesForBench.push(data);
}"""


async def measure() -> list[tuple[str, str, str]]:
    rows = []
    with tempfile.TemporaryDirectory() as data:
        async with serve(Path(data)) as server, async_playwright() as playwright:
            browsers = {
                "chromium": await launch_chromium(playwright),
                "firefox": await launch_firefox(playwright),
            }
            house = House(server, browsers)
            for browser in browsers:
                rows += await _frames(house, browser)
            await house.close()
            for opened in browsers.values():
                await opened.close()
    return rows + _convergence()


async def _frames(house: House, browser: str) -> list[tuple[str, str, str]]:
    """Of two people in that browser."""
    other = await house.guest("Bob", browser, room=browser)
    measured = await house.visitor("Ada", browser, room=browser)
    await measured.page.add_init_script(_LISTEN)
    await measured.page.route("**/assets/worker-*.js", _with_clock)
    await measured.page.reload()
    await measured.join()
    times = await _enough(measured)
    for person in (measured, other):
        await person.page.context.close()
    rows = []
    for kind, words in (("video", "a frame of the camera"), ("audio", "a frame of the microphone")):
        for side, what in (("send", "sealing"), ("receive", "opening")):
            took = [one for one in times if (one["kind"], one["side"]) == (kind, side)]
            figure = f"{mean(one['ms'] for one in took):.2f} ms"
            rows.append((f"{what} {words}, {browser.title()}: mean of {len(took)}", figure, ""))
        grown = [one["more"] for one in times if (one["kind"], one["side"]) == (kind, "send")]
        figure = f"{min(grown)} to {max(grown)} bytes"
        rows.append((f"{words}, {browser.title()}: how much longer", figure, ""))
    return rows


async def _enough(person: Person) -> list[dict[str, Any]]:
    times: list[dict[str, Any]] = []

    async def enough() -> bool:
        times[:] = await person.page.evaluate("window.timesForBench")
        return all(
            sum((one["kind"], one["side"]) == (kind, side) for one in times) >= FRAMES
            for kind in ("audio", "video")
            for side in ("send", "receive")
        )

    await until(enough, "no frames", within=120)
    return times


async def _with_clock(route: Route) -> None:
    response = await route.fetch()
    await route.fulfill(response=response, body=_MEASURE + await response.text())


def _convergence() -> list[tuple[str, str, str]]:
    node = str(node_home() / "bin" / "node")
    with tempfile.TemporaryDirectory() as folder:
        bundle = str(Path(folder) / "convergence.mjs")
        bundler = "node_modules/rolldown/bin/cli.mjs"
        bundling = [node, bundler, "benchmarks/convergence.ts", "--format", "esm", "-o", bundle]
        environment = node_environment()
        subprocess.run(bundling, cwd=WEB, env=environment, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(
            [node, bundle], cwd=WEB, env=environment, check=True, capture_output=True, text=True
        )
    rows = []
    for one in json.loads(done.stdout):
        people, elapsed, busy = one["people"], one["elapsed"], one["busy"]
        words = f"somebody comes, {people} people with them: until all open all"
        rows.append((f"{words}, all pages on this machine", f"{elapsed:.0f} ms", "2 s"))
        rows.append((f"{words}, processor time of one page", f"{busy / people:.1f} ms", ""))
    return rows
