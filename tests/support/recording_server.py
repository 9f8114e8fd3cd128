"""``python -m tests.support.recording_server``: meetd that writes down all that passes through it,
in the file that RECORD_TO names: every message of signaling, and every packet of media as it is
after SRTP, where the server itself could read it."""

import os
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from aiohttp import web

from meetd.cli import main
from meetd.relay.transport.srtp import Srtp

RECORD_TO = "RECORD_TO"
HEAD = struct.Struct("!2sQI")
"""What it is, whose it is, and how many bytes follow."""
SAID, RECEIVED, SENT = b"ws", b"rx", b"tx"
"""Of signaling in either direction; packets of media that came; packets that went."""


def record_to(file: BinaryIO) -> None:
    """From now on."""

    def write(kind: bytes, of: object, data: bytes | bytearray | memoryview | str) -> None:
        content = data.encode() if isinstance(data, str) else bytes(data)
        file.write(HEAD.pack(kind, id(of), len(content)) + content)
        file.flush()

    _watch_media(write)
    _watch_signaling(write)


Write = Callable[[bytes, object, Any], None]


def _watch_media(write: Write) -> None:
    unprotect, protect, protect_into = Srtp.unprotect, Srtp.protect, Srtp.protect_into

    def came(srtp: Srtp, packet: bytes) -> bytes:
        plain = unprotect(srtp, packet)
        write(RECEIVED, srtp, plain)
        return plain

    def goes(srtp: Srtp, packet: bytes) -> bytes:
        write(SENT, srtp, packet)
        return protect(srtp, packet)

    def goes_into(srtp: Srtp, slots: Any, packets: Sequence[bytes]) -> list[int]:
        for packet in packets:
            write(SENT, srtp, packet)
        return protect_into(srtp, slots, packets)

    media: Any = Srtp
    media.unprotect, media.protect, media.protect_into = came, goes, goes_into


def _watch_signaling(write: Write) -> None:
    socket: Any = web.WebSocketResponse
    receive, send_frame = socket.receive, socket.send_frame

    async def heard(self: object, *parameters: Any) -> Any:
        message = await receive(self, *parameters)
        if isinstance(message.data, str):
            write(SAID, self, message.data)
        return message

    async def said(self: object, message: bytes, *parameters: Any) -> None:
        write(SAID, self, message)
        await send_frame(self, message, *parameters)

    socket.receive, socket.send_frame = heard, said


if __name__ == "__main__":
    with Path(os.environ[RECORD_TO]).open("ab") as opened:
        record_to(opened)
        sys.exit(main())
