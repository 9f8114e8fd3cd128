"""What browsers and authenticators say about a passkey, and whether it is true.

W3C Web Authentication level 3, 7.1 and 7.2. The checks are those of the library ``webauthn``, which
is imported with the first answer: an idle server does without. Everything here comes from a
stranger.
"""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from meetd.accounts.account import Reason, refuse
from meetd.core.networks import parse_address

T = TypeVar("T")

ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA, RS256 (COSE, RFC 9053 and RFC 8812): what authenticators speak."""
MAX_CREDENTIAL_ID = 1_023
"""Bytes (Web Authentication 4)."""


class NewPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What ``navigator.credentials.create`` answered. Bytes travel as base64 (RFC 4648 4)."""

    id: bytes
    client_data: bytes
    attestation: bytes
    name: str


class UsedPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What ``navigator.credentials.get`` answered. Bytes travel as base64 (RFC 4648 4)."""

    id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes
    next: str = ""
    """Where to go after signing in; not signed, and checked by the door."""


@dataclass(frozen=True)
class Site:
    """Whom a passkey is made for: the host name, and the one origin that may use it."""

    id: str
    origin: str


@dataclass(frozen=True)
class Credential:
    """What is kept to check a passkey: its id, its public key (COSE), its signature counter."""

    id: bytes
    public_key: bytes
    sign_count: int


class _ClientData(msgspec.Struct, frozen=True, rename="camel"):
    """What is looked at before the library checks all of it (Web Authentication 5.8.1)."""

    challenge: str
    cross_origin: bool = False


def site_of(origin: str) -> Site:
    """The site for the server's own origin.

    Raises: AccountRefused for an IP address, which is no valid domain, and for plain HTTP other
    than to this machine (Web Authentication 5.1.3, Secure Contexts 3.1): browsers refuse both.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if not host or parse_address(host) is not None:
        raise refuse("PasskeysNeedName")
    if parts.scheme != "https" and not local:
        raise refuse("PasskeysNeedHttps")
    return Site(host, origin)


def challenge_in(client_data: bytes, reason: Reason) -> bytes:
    """The challenge that was answered. Raises: AccountRefused with ``reason`` when there is none,
    or when the page was shown inside one of another site."""
    try:
        said = msgspec.json.decode(client_data, type=_ClientData)
        text = said.challenge.encode("ascii")
        challenge = base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (msgspec.DecodeError, ValueError) as error:  # ValueError: no base64, not even ASCII
        raise refuse(reason) from error
    if said.cross_origin:
        raise refuse(reason)
    return challenge


async def check_new(answer: NewPasskey, challenge: bytes, site: Site) -> Credential:
    """Raises: AccountRefused."""
    return await _checked(lambda: _check_new(answer, challenge, site), "PasskeyNotAdded")


async def check_used(
    answer: UsedPasskey, challenge: bytes, site: Site, credential: Credential
) -> int:
    """The new signature counter. Raises: AccountRefused, also when the counter did not go up,
    which a copy of the passkey would show (Web Authentication 6.1.1)."""
    return await _checked(
        lambda: _check_used(answer, challenge, site, credential), "PasskeyRefused"
    )


async def _checked(check: Callable[[], T], reason: Reason) -> T:
    """Off the loop: the import and the arithmetic of large keys take a while."""
    try:
        return await asyncio.to_thread(check)
    except _Invalid as error:
        raise refuse(reason) from error


class _Invalid(Exception):
    """It is not true, or cannot be read."""


def _check_new(answer: NewPasskey, challenge: bytes, site: Site) -> Credential:
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers import (  # noqa: PLC0415
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
    )
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorAttestationResponse,
        RegistrationCredential,
    )

    _check_attestation(answer.attestation)
    response = AuthenticatorAttestationResponse(answer.client_data, answer.attestation)
    try:
        verified = verify_registration_response(
            credential=RegistrationCredential(_base64url(answer.id), answer.id, response),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
        )
        # A key that is none would be noticed at the first sign-in only.
        key = decode_credential_public_key(verified.credential_public_key)
        decoded_public_key_to_cryptography(key)
    except Exception as error:  # the library lets through what parsers of CBOR and keys raise
        raise _Invalid from error
    if verified.credential_id != answer.id or len(answer.id) > MAX_CREDENTIAL_ID:
        raise _Invalid
    return Credential(answer.id, verified.credential_public_key, verified.sign_count)


def _check_attestation(attestation: bytes) -> None:
    """None was asked for, so what comes is "none", or a signature with the passkey's own key
    (Web Authentication 5.1.3). Certificates of strangers are not even looked at."""
    from webauthn.helpers import parse_attestation_object  # noqa: PLC0415

    try:
        said = parse_attestation_object(attestation)
    except Exception as error:  # as above
        raise _Invalid from error
    if said.fmt not in ("none", "packed") or said.att_stmt.x5c:
        raise _Invalid


def _check_used(answer: UsedPasskey, challenge: bytes, site: Site, credential: Credential) -> int:
    from webauthn import verify_authentication_response  # noqa: PLC0415
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticationCredential,
        AuthenticatorAssertionResponse,
    )

    response = AuthenticatorAssertionResponse(
        answer.client_data, answer.authenticator_data, answer.signature, answer.user_handle
    )
    try:
        verified = verify_authentication_response(
            credential=AuthenticationCredential(_base64url(answer.id), answer.id, response),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=credential.public_key,
            credential_current_sign_count=credential.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise _Invalid from error
    return verified.new_sign_count


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
