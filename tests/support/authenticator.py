"""A security key made of software (W3C Web Authentication level 3, 6 and 8.7), for tests.

It answers the server's options as a browser's script would send it on, and lies when it is told to.
"""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from meetd.accounts.authenticators import NewPasskey, UsedPasskey
from meetd.core.ids import random_bytes

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags of authenticator data (Web Authentication 6.1)."""


class Authenticator:
    """One passkey. ``counts``: whether it has a signature counter."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin = origin
        self.counts = counts
        self.count = 0
        self.flags = PRESENT | VERIFIED
        self.cross_origin = False
        self.id = random_bytes(32)
        self.user_handle = b""
        self.key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: dict[str, Any], name: str = "My key") -> NewPasskey:
        """What ``navigator.credentials.create`` gives, with attestation "none"."""
        self.user_handle = options["user"]["id"]
        data = self._data(options["rp"]["id"], ATTESTED) + self._attested()
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return NewPasskey(id=self.id, client_data=client_data, attestation=attestation, name=name)

    def use(self, options: dict[str, Any]) -> UsedPasskey:
        """What ``navigator.credentials.get`` gives."""
        client_data = self._client_data("webauthn.get", options["challenge"])
        self.count += self.counts
        data = self._data(options["rpId"])
        signed = data + hashlib.sha256(client_data).digest()
        return UsedPasskey(
            id=self.id,
            client_data=client_data,
            authenticator_data=data,
            signature=self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            user_handle=self.user_handle,
        )

    def _client_data(self, kind: str, challenge: bytes) -> bytes:
        said = {
            "type": kind,
            "challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(said).encode()

    def _data(self, site: str, more: int = 0) -> bytes:
        flags = (self.flags | more).to_bytes()
        return hashlib.sha256(site.encode()).digest() + flags + self.count.to_bytes(4)

    def _attested(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
        key = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # RFC 9052 7, RFC 9053 7.1.1
        return bytes(16) + len(self.id).to_bytes(2) + self.id + key
