"""A push service on loopback with browsers behind it that decrypt what arrives (RFC 8291), for
tests. Written from the RFCs, not from the product's own code."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from meetd.core.ids import new_token, random_bytes


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class PushBrowser:
    """A browser that subscribed."""

    def __init__(
        self, endpoint: str, key: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b""
    ) -> None:
        self.endpoint = endpoint
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.auth = auth or random_bytes(16)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def offer(self) -> dict[str, str]:
        """As ``Push.subscribe`` takes it."""
        return {
            "endpoint": self.endpoint,
            "public_key": encode(self.public),
            "auth": encode(self.auth),
        }

    @property
    def sent(self) -> dict[str, Any]:
        """As the page sends it."""
        keys = {"p256dh": encode(self.public), "auth": encode(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """Decrypt one message."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= 4_096
        assert len(record) <= size, "more than one record"
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        info = b"WebPush: info\x00" + self.public + sender
        secret = derive(self.key.exchange(ec.ECDH(), theirs), self.auth, info, 32)
        key = derive(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derive(secret, salt, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None)
        plain, delimiter, zeros = padded.rpartition(b"\x02")
        assert delimiter
        assert not zeros.strip(b"\x00")
        return plain


def derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass(frozen=True)
class Arrived:
    """A message as it came."""

    path: str
    headers: Any
    plain: bytes

    @property
    def notice(self) -> Any:
        return json.loads(self.plain)


class PushService:
    """Answers 201, or what ``answers`` says, one after the other."""

    def __init__(self) -> None:
        self.browsers: dict[str, PushBrowser] = {}
        self.arrived: list[Arrived] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.asked = 0
        self.origin = ""
        self._news = asyncio.Condition()

    @property
    def entry(self) -> str:
        """For ``[push] services``."""
        return self.origin.removeprefix("http://")

    def browser(self) -> PushBrowser:
        """A new one."""
        path = f"/push/{new_token()}"
        self.browsers[path] = browser = PushBrowser(self.origin + path)
        return browser

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        status, headers = self.answers.pop(0) if self.answers else (201, {})
        check_vapid(request.headers["Authorization"], self.origin)
        async with self._news:
            self.asked += 1
            if status == 201:
                plain = self.browsers[request.path].read(body)
                self.arrived.append(Arrived(request.path, request.headers, plain))
            self._news.notify_all()
        return web.Response(status=status, headers=headers)

    async def next(self) -> Arrived:
        """The next message."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.arrived)
        return self.arrived.pop(0)


def check_vapid(header: str, origin: str) -> dict[str, Any]:
    """RFC 8292: the signature fits the key, the claims fit this service. Returns the claims."""
    fields = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    signed, _, signature = fields["t"].rpartition(".")
    raw = decode(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(fields["k"]))
    key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    head, claims = (json.loads(decode(part)) for part in signed.split("."))
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == origin
    result: dict[str, Any] = claims
    return result


@asynccontextmanager
async def open_push_service() -> AsyncIterator[PushService]:
    service = PushService()
    app = web.Application()
    app.router.add_post("/push/{token}", service.take)
    async with TestServer(app) as server:
        service.origin = f"http://127.0.0.1:{server.port}"
        yield service
