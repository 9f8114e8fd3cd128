"""Several datagrams in one call of the kernel (Linux): what ``inbox`` and ``outbox`` have in
common."""

import ctypes
import struct
from typing import Any, Final

VECTOR: Final = struct.Struct("@PN")
"""``struct iovec``: address and length."""
MESSAGE: Final = struct.Struct("@PIPNPNi0PI0P")
"""``struct mmsghdr``: name and its length, vectors and how many, control and its length, flags,
how much of it was sent or received."""
SIZE_AT: Final = struct.calcsize("@PIPNPNi0P")
"""Of that last field."""


def call_of(name: str, *more: Any) -> Any:
    """``sendmmsg`` or ``recvmmsg`` of the C library: socket, address of messages, how many, flags,
    and ``more`` arguments. None where it has none, which is on systems that are not Linux."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, *more)
    return function
