"""Certificates: from files, or one of our own for a LAN.

A certificate of our own lets browsers use the camera without a public name; people confirm it once
by its fingerprint. It is renewed with the SAME key: who pinned the key (a script, a kiosk browser)
is not cut off by a new address from DHCP, and the key never leaves this machine.
"""

import asyncio
import hashlib
import logging
import ssl
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

WATCH_SECONDS: Final = 30.0


class CertificateError(Exception):
    """Certificate and key cannot be used. The message names the files and what to do."""


class Certificate:
    """A certificate with its key, read again when the files change."""

    def __init__(self, certificate: Path, key: Path, *, address: str = "127.0.0.1") -> None:
        """``address``: how other devices reach this machine, for URLs.

        Raises: CertificateError.
        """
        self.address = address
        self._files = (certificate, key)
        self._seen = self._stamp()
        self._context = _load(certificate, key)
        self._watcher: asyncio.Task[None] | None = None

    @property
    def context(self) -> ssl.SSLContext:
        """For the next connection."""
        return self._context

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as browsers show it: ``AB:CD:...``."""
        pem = self._files[0].read_text(encoding="ascii", errors="replace")
        first = pem[: pem.index("-----END CERTIFICATE-----") + 25]
        der = ssl.PEM_cert_to_DER_cert(first[first.index("-----BEGIN CERTIFICATE-----") :])
        return hashlib.sha256(der).digest().hex(":").upper()

    def reload_if_changed(self) -> bool:
        """Take up new files. Unusable ones are logged and the old certificate stays.

        Returns whether the certificate is another one now.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            self._context = _load(*self._files)
        except CertificateError as error:
            log.warning("the old certificate stays in use: %s", error)
            return False
        log.info("new certificate in use")
        return True

    def start_watching(self, seconds: float = WATCH_SECONDS) -> None:
        """Look for changes every so often, until ``stop_watching``."""
        self._watcher = asyncio.create_task(self._watch(seconds))

    async def stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
            self._watcher = None

    async def _watch(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.reload_if_changed()

    def _stamp(self) -> tuple[tuple[int, int, int], ...]:
        """Changes when a file does; symbolic links followed, as certbot moves those."""
        return tuple(_stat(path) for path in self._files)


def _stat(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:  # between two renames; the old certificate serves until both are there
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _load(certificate: Path, key: Path) -> ssl.SSLContext:
    """A context of its own: loading into the one in use could leave half of each."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # The empty password keeps an encrypted key from asking on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        raise CertificateError(
            f"{certificate} and {key} are not a certificate and its unencrypted key in PEM form"
            f" ({error.reason or 'unreadable'}). Check that they belong together."
        ) from error
    except OSError as error:
        raise CertificateError(
            f"{certificate} or {key} cannot be read: {error.strerror}. Let the user that runs meetd"
            " read both."
        ) from error
    return context


def qr_code(url: str) -> str:
    """The URL as a QR code of block characters, for a terminal."""
    import io  # noqa: PLC0415

    import segno  # noqa: PLC0415 - only needed once, at start

    out = io.StringIO()
    segno.make(url, micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()
