"""A certificate of our own, for the names and addresses of this machine."""

import ipaddress
import logging
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from meetd.core.files import PUBLIC, write_whole
from meetd.core.networks import own_names
from meetd.serving.tls import Certificate, CertificateError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

# cryptography.x509 is loaded in the functions: a server without a certificate of its own does
# without its memory.

log = logging.getLogger(__name__)

VALID_DAYS: Final = 397
"""The most that browsers take from public authorities, so that none objects."""

RENEW_DAYS: Final = 30
"""Before it ends."""


def own_certificate(folder: Path, names: Iterable[str], now: int) -> Certificate:
    """The certificate kept in ``folder`` (made with mode 0700), new if it has to be.

    ``names``: host names beside this machine's own; ``now`` in ms since the epoch. It is made
    again, with the same key, when it ends within 30 days or lacks a name or an IPv4 address.
    IPv6 addresses are in it too but alone make no new one: some change every day, and every new
    certificate makes people confirm it again. Raises: CertificateError.
    """
    try:
        return _own_certificate(folder, names, now)
    except OSError as error:
        raise CertificateError(
            f"The certificate in {folder} cannot be kept: {error.strerror}. Make it writable for"
            " this user, and see that the disk has space."
        ) from error


def _own_certificate(folder: Path, names: Iterable[str], now: int) -> Certificate:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    wanted = {*own_names(), *names}
    addresses = own_addresses()
    moment = datetime.fromtimestamp(now / 1000, UTC)
    if not (
        key.is_file() and certificate.is_file() and _fits(certificate, wanted, addresses, moment)
    ):
        write_whole(certificate, _issue(_key(key), wanted, addresses, moment), PUBLIC)
        log.info("made a certificate for this machine's names and addresses")
    return Certificate(certificate, key, address=own_address())


def own_addresses() -> set[str]:
    """Every address of this machine, link-local IPv6 apart, which no URL can hold."""
    import ifaddr  # noqa: PLC0415

    found = {"127.0.0.1", "::1"}
    for adapter in ifaddr.get_adapters():
        found.update(ip.ip if isinstance(ip.ip, str) else ip.ip[0] for ip in adapter.ips)
    return {address for address in found if not ipaddress.ip_address(address).is_link_local}


def own_address() -> str:
    """The IPv4 address that other devices reach this machine by; loopback when there is none.

    Connecting a UDP socket sends nothing: it asks the routing table. 192.0.2.1 is nobody's
    (RFC 5737).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _fits(certificate: Path, names: set[str], addresses: set[str], moment: datetime) -> bool:
    from cryptography import x509  # noqa: PLC0415

    try:
        kept = x509.load_pem_x509_certificate(certificate.read_bytes())
        san = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    holds = {str(ip) for ip in san.get_values_for_type(x509.IPAddress)}
    needs = {address for address in addresses if ":" not in address}
    lasts = (
        kept.not_valid_before_utc <= moment < kept.not_valid_after_utc - timedelta(days=RENEW_DAYS)
    )
    return lasts and needs <= holds and names <= set(san.get_values_for_type(x509.DNSName))


def _issue(
    key: "ec.EllipticCurvePrivateKey", names: set[str], addresses: set[str], moment: datetime
) -> bytes:
    """A self-signed certificate in PEM form."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "meetd on this network")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(hours=1))  # for clocks that are a little behind
        .not_valid_after(moment + timedelta(days=VALID_DAYS) - timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(_entries(names, addresses)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _entries(names: set[str], addresses: set[str]) -> "list[x509.GeneralName]":
    from cryptography import x509  # noqa: PLC0415

    hosts: list[x509.GeneralName] = [x509.DNSName(name) for name in sorted(names)]
    ips = [x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)]
    return [*hosts, *ips]


def _key(path: Path) -> "ec.EllipticCurvePrivateKey":
    """The kept key, or a new one (P-256: every browser and phone takes it)."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if path.is_file():
        kept = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(kept, ec.EllipticCurvePrivateKey):
            return kept
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_whole(path, pem)
    return key
