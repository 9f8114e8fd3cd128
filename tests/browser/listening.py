"""What pages and their workers do with frames and keys, written down for tests; and pages that do
otherwise than ours."""

import base64
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Route, WebSocketRoute

from meetd.core.clock import SystemClock
from tests.browser.people import House, Person
from tests.support.sframe import Kind

# In the worker: every fifth frame as it arrived, before it is opened, and whose track it is on.
_TAP_WORKER = """{
    const channel = new BroadcastChannel('frames-for-tests');
    const OriginalStream = TransformStream;
    let track = null;
    globalThis.TransformStream = class extends OriginalStream {
        constructor(rules) {
            const { side, kind, receiver } = track;
            let count = 0;
            super({ async transform(frame, controller) {
                count += 1;
                if (side === 'receive' && count % 5 === 0) channel.postMessage(
                    { kind, receiver, at: Date.now(), data: frame.data.slice(0) });
                return rules.transform(frame, controller);
            } });
        }
    };
    let original = null;
    Object.defineProperty(globalThis, 'onrtctransform', { set(handler) {
        addEventListener('rtctransform', (event) => {
            track = event.transformer.options;
            handler(event);
        });
    } });
}
"""

# On the page: the latest frames of each track, every key that went to the worker, and what this
# page does to keys on their way there: nothing, spoil them, or keep them for ever.
_TAP_PAGE = """(deed) => {
    window.framesForTests = [];
    window.keysForTests = [];
    const channel = new BroadcastChannel('frames-for-tests');
    const bound = new Map();
    channel.onmessage = ({ data: { receiver, ...frame } }) => {
        window.framesForTests.push({ ...bound.get(receiver), ...frame });
        if (window.framesForTests.length > 100) window.framesForTests.shift();
    };
    const Original = Worker;
    window.Worker = class extends Original {
        postMessage(message) {
            const { type, receiver, participant, stream } = message;
            if (type === 'bind') bound.set(receiver, { participant, stream });
            if (message.key) {
                window.keysForTests.push({ ...message.key,
                    participant: message.participant ?? 'own', at: Date.now() });
            }
            if (deed === 'keep' && ['forget', 'stop'].includes(message.type)) return;
            if (deed === 'spoil' && message.type === 'add') message.key.baseKey[0] ^= 1;
            super.postMessage(message);
        }
    };
}"""

_FRAMES = """() => {
    const text = (data) => btoa(Array.from(new Uint8Array(data),
        (byte) => String.fromCharCode(byte)).join(''));
    return window.framesForTests.splice(0).map((one) => ({ ...one, data: text(one.data) }));
}"""

_KEYS = """() => window.keysForTests.map(
    ({ baseKey, ...rest }) => ({ ...rest, base: [...baseKey] }))"""


@dataclass(frozen=True)
class Frame:
    """As it came to the worker. ``at``: milliseconds since the epoch."""

    kind: Kind
    stream: int
    participant: str
    at: int
    data: bytes


@dataclass(frozen=True)
class HeldKey:
    """A key that the worker was given. ``participant``: whose, or ``own``."""

    participant: str
    epoch: int
    base: bytes
    at: int


class Listener:
    """Somebody with a page that writes down, and everything that their page and the server said."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.said: list[str] = []
        self._heard_at: list[tuple[str, int]] = []

    def heard_at(self, part: str) -> int:
        """When the server last said something with that in it, in milliseconds since the epoch."""
        return max(at for message, at in self._heard_at if part in message)

    async def frames(self) -> list[Frame]:
        """Those that came since the last time."""
        found: list[dict[str, Any]] = await self.person.page.evaluate(_FRAMES)
        return [Frame(**one | {"data": base64.b64decode(one["data"])}) for one in found]

    async def keys(self) -> list[HeldKey]:
        found: list[dict[str, Any]] = await self.person.page.evaluate(_KEYS)
        return [
            HeldKey(one["participant"], one["epoch"], bytes(one["base"]), one["at"])
            for one in found
        ]

    def tap(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_page(message: str | bytes) -> None:
            self.said.append(str(message))
            self._heard_at.append((str(message), SystemClock().now()))
            socket.send(message)

        def to_server(message: str | bytes) -> None:
            self.said.append(str(message))
            server.send(message)

        server.on_message(to_page)
        socket.on_message(to_server)


async def listener(house: House, name: str, deed: str = "", **options: Any) -> Listener:
    """Somebody in the room whose page writes down what it hears. ``deed``: what it does to keys."""
    person = await house.visitor(name, small_camera=True, **options)
    listening = Listener(person)
    await person.page.add_init_script(f"({_TAP_PAGE})({deed!r})")
    await person.page.route("**/assets/worker-*.js", _tapped)
    await person.page.route_web_socket("**/ws", listening.tap)
    await person.page.reload()
    await person.join()
    return listening


async def _tapped(route: Route) -> None:
    response = await route.fetch()
    await route.fulfill(response=response, body=_TAP_WORKER + await response.text())
