"""Checks as a browser makes them, written by another implementation, and paths without sockets."""

from collections.abc import Hashable
from typing import Any

from aioice import stun as reference

from meetd.relay.transport.ice import IceParameters
from meetd.relay.transport.stun import Check, read_check
from meetd.relay.transport.udp import Name

BROWSER = IceParameters("brws", "browserpasswordbrowserpw")
PRIORITY = 1_853_824_767


def request(**attributes: Any) -> bytes:
    return bytes(message(**attributes))


def message(**attributes: Any) -> reference.Message:
    return reference.Message(
        message_method=reference.Method.BINDING,
        message_class=reference.Class.REQUEST,
        attributes={name.replace("_", "-"): value for name, value in attributes.items()},
    )


def check(
    to: IceParameters,
    *,
    password: str | None = None,
    nominate: bool = False,
    priority: int = PRIORITY,
    role: str = "ICE_CONTROLLING",
    **more: Any,
) -> bytes:
    """A browser's check of ``to``; ``password`` where it is a wrong one."""
    name = f"{to.ufrag}:{BROWSER.ufrag}"
    attributes = {"USERNAME": name, "PRIORITY": priority, role: 7, **more}
    if nominate:
        attributes["USE-CANDIDATE"] = None
    asked = message(**attributes)
    asked.add_message_integrity((to.pwd if password is None else password).encode())
    return bytes(asked)


def read(datagram: bytes) -> Check:
    found = read_check(datagram)
    assert found is not None
    return found


def answer(datagram: bytes, password: str | None = None) -> reference.Message:
    """Read by another implementation, which checks the integrity where there is a password."""
    told = reference.parse_message(datagram)
    assert password is None or told.check_message_integrity(password.encode())
    return told


class FakePath:
    """Keeps what was sent."""

    def __init__(self, address: str = "192.0.2.7", port: int = 40_000) -> None:
        self.source: tuple[Any, ...] = (address, port)
        self.room: int | None = None
        self.name: Name | None = None
        self.sent: list[bytes] = []
        self.is_closed = False
        self.takes = True

    @property
    def key(self) -> Hashable:
        return self.source

    def pack_name(self) -> Name | None:
        """Nothing leaves here together with what is for others."""
        return None

    def send(self, datagram: bytes | bytearray | memoryview) -> bool:
        if self.takes:
            self.sent.append(bytes(datagram))
        return self.takes

    def close(self) -> None:
        self.is_closed = True
