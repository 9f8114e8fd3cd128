"""What docs/encryption.md says, made again with other tools than the page has: from given private
keys, every value on the way. ``python -m tests.support.encryption_vectors`` writes them down for
the tests of the page and into the document."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.support.sframe import Kind, seal_frame

ROOT = Path(__file__).parent.parent.parent
JSON = ROOT / "web" / "tests" / "e2ee" / "meetd_vectors.json"
DOCUMENT = ROOT / "docs" / "encryption.md"
BEGIN, END = "<!-- vectors: begin -->\n", "<!-- vectors: end -->\n"

MEETING = "meeting-1"
EPOCH = 258
BASE_KEY = bytes([6]) * 16
WRAP_IV, ACKNOWLEDGE_IV = bytes([7]) * 12, bytes([8]) * 12
FIRST_COUNTER = 300
FRAMES: list[tuple[str, Kind, int, bytes]] = [
    ("microphone", "audio", 0, bytes.fromhex("78") + bytes(range(20))),
    ("camera, a key frame", "video", 1, bytes.fromhex("5042009d012a4001b400") + bytes(range(20))),
    ("camera, another frame", "video", 1, bytes.fromhex("d14200") + bytes(range(20))),
]


@dataclass(frozen=True)
class Page:
    """``signing``, ``agreement``: private keys, 32 bytes each."""

    participant: str
    leaf: int
    signing: bytes
    agreement: bytes

    @property
    def sign_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw()

    @property
    def dh_key(self) -> bytes:
        return X25519PrivateKey.from_private_bytes(self.agreement).public_key().public_bytes_raw()

    @property
    def parts(self) -> list[bytes]:
        return [self.participant.encode(), self.sign_key, self.dh_key]

    def sign(self, data: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.signing).sign(data)

    def shared_with(self, other: "Page") -> bytes:
        theirs = X25519PublicKey.from_public_bytes(other.dh_key)
        return X25519PrivateKey.from_private_bytes(self.agreement).exchange(theirs)


ADA = Page("ada", 0, bytes([1]) * 32, bytes([2]) * 32)
BO = Page("bo", 1, bytes([3]) * 32, bytes([4]) * 32)
DEVICE = Page("", 0, bytes([5]) * 32, bytes(32))


def fields(purpose: str, *parts: bytes) -> bytes:
    """Each with its length, 2 bytes, before it."""
    all_parts = [purpose.encode(), *parts]
    return b"".join(len(part).to_bytes(2) + part for part in all_parts)


def base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def roster_hash(*pages: Page) -> bytes:
    """In the order of their leaves."""
    members = [fields("meetd member 1", bytes([page.leaf]), *page.parts) for page in pages]
    return sha256(fields("meetd roster 1", MEETING.encode(), *members)).digest()


def pair_key(sender: Page, to: Page) -> bytes:
    info = fields("meetd pair key 1", *sender.parts, *to.parts)
    return HKDF(SHA256(), 16, MEETING.encode(), info).derive(sender.shared_with(to))


def binding(sender: Page, to: Page) -> bytes:
    """Of the base key that is given in that epoch."""
    roster = base64(roster_hash(ADA, BO)).encode()
    ends = [
        part for page in (sender, to) for part in (page.participant.encode(), bytes([page.leaf]))
    ]
    return fields("meetd sender key 1", MEETING.encode(), roster, EPOCH.to_bytes(4), *ends)


def wrapped(sender: Page, to: Page) -> bytes:
    sealed = AESGCM(pair_key(sender, to)).encrypt(WRAP_IV, BASE_KEY, binding(sender, to))
    return WRAP_IV + sealed


def proof(sender: Page, to: Page) -> bytes:
    """By the recipient, for the sender."""
    said = fields("meetd acknowledged key 1", binding(sender, to), BASE_KEY)
    return ACKNOWLEDGE_IV + AESGCM(pair_key(to, sender)).encrypt(ACKNOWLEDGE_IV, b"", said)


def digits(purpose: str, groups: int, *parts: bytes) -> str:
    digest = sha256(fields(purpose, *parts)).digest()
    made = pbkdf2_hmac("sha256", digest, purpose.encode(), 100_000, groups * 5)
    numbers = [int.from_bytes(made[at : at + 5]) % 100_000 for at in range(0, len(made), 5)]
    return " ".join(f"{number:05}" for number in numbers)


def vectors() -> dict[str, str]:
    """By what they are; bytes in hexadecimal."""
    to, said = MEETING.encode(), binding(ADA, BO)
    give = wrapped(ADA, BO)
    values: dict[str, bytes | str] = {"meeting": MEETING, "epoch": str(EPOCH)}
    for name, page in (("Ada", ADA), ("Bo", BO)):
        signature = page.sign(fields("meetd identity 1", page.dh_key, to, page.parts[0]))
        values |= {
            f"{name}: participant": page.participant,
            f"{name}: leaf": str(page.leaf),
            f"{name}: Ed25519, private": page.signing,
            f"{name}: Ed25519, public": page.sign_key,
            f"{name}: X25519, private": page.agreement,
            f"{name}: X25519, public": page.dh_key,
            f"{name}: signature of the keys": signature,
            f"{name}: short name": digits("meetd fingerprint 1", 3, page.sign_key),
        }
    vouched = fields("meetd device 1", ADA.sign_key, to, ADA.parts[0])
    values |= {
        "Ada's device: Ed25519, private": DEVICE.signing,
        "Ada's device: Ed25519, public": DEVICE.sign_key,
        "Ada's device: signature": DEVICE.sign(vouched),
        "rosterHash": base64(roster_hash(ADA, BO)),
        "safety code": digits("meetd safety code 1", 6, to, *ADA.parts, *BO.parts),
        "secret of both": ADA.shared_with(BO),
        "pair key, Ada to Bo": pair_key(ADA, BO),
        "pair key, Bo to Ada": pair_key(BO, ADA),
        "Ada's base key": BASE_KEY,
        "additional data": said,
        "wrapped for Bo": give,
        "signature of what is wrapped": ADA.sign(fields("meetd wrapped key 1", said, give)),
        "Bo's proof": proof(ADA, BO),
    }
    for counter, (name, kind, stream, frame) in enumerate(FRAMES, FIRST_COUNTER):
        kid = stream << 16 | ADA.leaf << 8 | EPOCH & 0xFF
        sealed = seal_frame(kind, frame, BASE_KEY, kid, counter)
        values |= {name: frame, f"{name}, sealed": sealed}
    return {
        name: value if isinstance(value, str) else value.hex() for name, value in values.items()
    }


def table() -> str:
    rows = [f"| {name} | `{value}` |\n" for name, value in vectors().items()]
    return "".join(["| what | value |\n|---|---|\n", *rows])


def document(text: str) -> str:
    """With the table of now in it."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


def written() -> str:
    return json.dumps(vectors(), indent="\t") + "\n"


if __name__ == "__main__":
    JSON.write_text(written())
    DOCUMENT.write_text(document(DOCUMENT.read_text()))
