"""The private names of others that the relay stands on. When one of these fails after an upgrade,
``meetd/relay/transport/dtls.py`` or ``srtp.py`` has to be looked at again."""

import inspect
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from aiortc import rtcdtlstransport
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport, State
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

ROOT = Path(__file__).parents[2]
TRANSPORT = ROOT / "meetd/relay/transport"


@pytest.mark.parametrize(("name", "read"), [("aiortc", "1.16.0"), ("pylibsrtp", "1.0.0")])
def test_it_is_the_version_that_was_read(name: str, read: str) -> None:
    assert version(name) == read
    assert f'"{name}=={read}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", ["_recv", "_send", "role"])
def test_aiortc_asks_its_ice_transport_for_no_more_than_ours_has(name: str) -> None:
    assert f"transport.{name}" in inspect.getsource(RTCDtlsTransport)


def test_aiortc_has_the_names_that_are_used() -> None:
    for name in ("_setup_srtp", "_set_state", "start", "stop", "state"):
        assert hasattr(RTCDtlsTransport, name), name
    made = inspect.getsource(RTCDtlsTransport.__init__)
    for name in ("_ssl", "_srtp_profiles"):
        assert f"self.{name}" in made, name
    assert {"FAILED", "CLOSED"} <= set(State.__members__)
    assert list(inspect.signature(RTCCertificate).parameters) == ["key", "cert"]
    assert inspect.iscoroutinefunction(RTCDtlsTransport.stop)
    # Cancelling a session must not wait for anybody.
    assert "await" not in inspect.getsource(RTCDtlsTransport.stop).replace(
        "await self._write_ssl()", ""
    )


def test_the_controlling_side_is_the_dtls_server() -> None:
    source = inspect.getsource(RTCDtlsTransport.start)
    assert (
        'self.transport.role == "controlling":\n                self._set_role("server")' in source
    )


def test_the_strongest_profiles_come_first() -> None:
    names = [profile.openssl_profile for profile in rtcdtlstransport.SRTP_PROFILES]
    assert names == [
        b"SRTP_AEAD_AES_256_GCM",
        b"SRTP_AEAD_AES_128_GCM",
        b"SRTP_AES128_CM_SHA1_80",
    ]
    for profile in rtcdtlstransport.SRTP_PROFILES:
        keys = bytes(range(2 * (profile.key_length + profile.salt_length)))
        client, server = profile.get_key_and_salt(keys, 0), profile.get_key_and_salt(keys, 1)
        assert len(client) == len(server) == profile.key_length + profile.salt_length
        assert client[0] == 0
        assert server[0] == profile.key_length


def test_libsrtp_has_the_names_that_are_used() -> None:
    session = Session(Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    for name in ("protect", "protect_rtcp", "unprotect", "unprotect_rtcp"):
        kind = ffi.typeof(getattr(lib, f"srtp_{name}"))
        assert [argument.cname for argument in kind.args] == [
            "struct srtp_ctx_t_ *",
            "void *",
            "int *",
        ]
    assert ffi.typeof(session._srtp[0]).cname == "struct srtp_ctx_t_ *"


def test_one_file_knows_aiortc_and_one_knows_libsrtp() -> None:
    importing = {
        stack: [path.name for path in sorted(TRANSPORT.glob("*.py")) if imports(path, stack)]
        for stack in ("aiortc", "pylibsrtp", "aioice")
    }
    assert importing == {"aiortc": ["dtls.py"], "pylibsrtp": ["srtp.py"], "aioice": []}


def imports(path: Path, stack: str) -> bool:
    return any(
        line.lstrip().startswith((f"import {stack}", f"from {stack}"))
        for line in path.read_text().splitlines()
    )


def test_a_server_without_relayed_media_does_not_load_them() -> None:
    """With an open media port, which answers: the first transport brings them."""
    program = """
import asyncio, sys, meetd.app
from meetd.config.network import Media
from meetd.core.clock import SystemClock
from meetd.relay.transport.media_port import MediaPort
from meetd.relay.transport.transports import Transports

def loaded():
    heavy = {"aiortc", "aioice", "av", "pylibsrtp", "pyee", "OpenSSL"}
    return sorted(heavy & {name.split(".")[0] for name in sys.modules})

async def main():
    clock = SystemClock()
    port = MediaPort("127.0.0.1", 0, 20, clock)
    port.open()
    transports = Transports(port, Media(), clock, frozenset({111}))
    before = loaded()
    await transports.load()
    transports.make()
    print(before, "aiortc" in loaded())
    await transports.close()
    port.close()

asyncio.run(main())
"""
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == "[] True", told.stderr
