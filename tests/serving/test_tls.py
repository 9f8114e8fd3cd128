"""Certificates: kept, renewed, and read again when their files change."""

import asyncio
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from meetd.serving import self_signed
from meetd.serving.self_signed import own_certificate
from meetd.serving.tls import Certificate, CertificateError, qr_code
from tests.serving.conftest import until

NOW = 1_800_000_000_000
DAY = 86_400_000


def read(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())


def names(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_it_names_this_machine_and_lasts_as_long_as_browsers_like(tmp_path: Path) -> None:
    own_certificate(tmp_path / "tls", names=("meet.home",), now=NOW)
    certificate = read(tmp_path / "tls")
    assert {"localhost", "meet.home"} <= set(names(certificate).get_values_for_type(x509.DNSName))
    assert {"127.0.0.1", "::1"} <= {
        str(ip) for ip in names(certificate).get_values_for_type(x509.IPAddress)
    }
    whole = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert whole == timedelta(days=397)
    assert certificate.not_valid_before_utc < datetime.fromtimestamp(NOW / 1000, UTC)


def test_the_key_is_readable_by_nobody_else(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        own_certificate(tmp_path / "tls", names=(), now=NOW)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "tls" / "key.pem").stat().st_mode) == 0o600
    assert {path.name for path in (tmp_path / "tls").iterdir()} == {"certificate.pem", "key.pem"}


def test_a_second_start_keeps_the_certificate(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, names=(), now=NOW).fingerprint
    assert own_certificate(tmp_path, names=(), now=NOW + 300 * DAY).fingerprint == first
    assert len(first.split(":")) == 32


def test_it_is_renewed_with_the_same_key_before_it_ends(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, names=(), now=NOW).fingerprint
    key = (tmp_path / "key.pem").read_bytes()
    second = own_certificate(tmp_path, names=(), now=NOW + 370 * DAY).fingerprint
    assert second != first
    assert (tmp_path / "key.pem").read_bytes() == key


def test_a_new_address_makes_a_new_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = own_certificate(tmp_path, names=(), now=NOW).fingerprint
    now_ours = self_signed.own_addresses() | {"198.51.100.7"}
    monkeypatch.setattr(self_signed, "own_addresses", lambda: now_ours)
    assert own_certificate(tmp_path, names=(), now=NOW).fingerprint != first
    temporary = now_ours | {"2001:db8::77"}
    second = own_certificate(tmp_path, names=(), now=NOW).fingerprint
    monkeypatch.setattr(self_signed, "own_addresses", lambda: temporary)
    assert own_certificate(tmp_path, names=(), now=NOW).fingerprint == second


def test_a_damaged_certificate_is_made_again(tmp_path: Path) -> None:
    own_certificate(tmp_path, names=(), now=NOW)
    (tmp_path / "certificate.pem").write_text("nonsense")
    own_certificate(tmp_path, names=(), now=NOW)
    assert read(tmp_path).subject.rfc4514_string() == "CN=meetd on this network"


def pair(folder: Path, days: int = 0) -> Certificate:
    return own_certificate(folder, names=(), now=NOW + days * DAY)


def test_new_files_are_taken_up_and_broken_ones_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = pair(tmp_path)
    first = certificate.context
    assert not certificate.reload_if_changed()

    (tmp_path / "certificate.pem").write_text("half a certif")
    assert not certificate.reload_if_changed()
    assert certificate.context is first
    assert "the old certificate stays in use" in caplog.text
    assert not certificate.reload_if_changed(), "the same broken file was tried twice"

    (tmp_path / "certificate.pem").unlink()
    assert not certificate.reload_if_changed()
    pair(tmp_path)
    assert certificate.reload_if_changed()
    assert certificate.context is not first


def test_another_machines_key_is_not_taken(tmp_path: Path) -> None:
    certificate = pair(tmp_path / "a")
    pair(tmp_path / "b")
    (tmp_path / "b" / "key.pem").rename(tmp_path / "a" / "key.pem")
    assert not certificate.reload_if_changed()
    with pytest.raises(CertificateError, match="Check that they belong together"):
        Certificate(tmp_path / "a" / "certificate.pem", tmp_path / "a" / "key.pem")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=r"nowhere\.pem"):
        Certificate(tmp_path / "nowhere.pem", tmp_path / "nokey.pem")


async def test_the_watcher_sees_a_change_and_stops(tmp_path: Path) -> None:
    certificate = pair(tmp_path)
    first = certificate.context
    before = len(asyncio.all_tasks())
    certificate.start_watching(0.01)
    pair(tmp_path, days=370)
    await until(lambda: certificate.context is not first, "the new certificate was not taken up")
    await certificate.stop_watching()
    assert len(asyncio.all_tasks()) == before


def test_the_qr_code_is_plain_blocks() -> None:
    code = qr_code("https://192.168.1.5:8080")
    assert len(code.splitlines()) > 10
    assert "\x1b" not in code
