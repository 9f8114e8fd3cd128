"""A file that is encrypted while it is written, and never in clear on the disk; and the same one
read from anywhere."""

import io
from typing import Any, Final

from meetd.storage.blobs import SEGMENT, BlobFolder, seal
from meetd.storage.vault import Cipher

_AT_ONCE: Final = 4 * SEGMENT
"""Bytes that are decrypted at a time."""


class SealedFile(io.RawIOBase):
    """Written from the beginning to the end; ``finish`` makes it whole. Without that nothing has
    the final name."""

    def __init__(self, folder: BlobFolder, blob_id: str, cipher: Cipher) -> None:
        """Raises: OSError."""
        super().__init__()
        self._folder = folder
        self._id = blob_id
        self._cipher = cipher
        self._blob = folder.grow(blob_id, 0)
        self._pending = bytearray()
        self._number = 0
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Raises: OSError."""
        plain = bytes(data)
        self._pending += plain
        self.length += len(plain)
        # One segment is always kept back: only at the end it is known which is the last.
        while len(self._pending) > SEGMENT:
            self._seal(bytes(self._pending[:SEGMENT]), last=False)
            del self._pending[:SEGMENT]
        return len(plain)

    def finish(self) -> int:
        """Returns the length in clear. Raises: OSError."""
        self._seal(bytes(self._pending), last=True)
        self._blob.sync()
        self._folder.finish(self._id, self.length)
        return self.length

    def close(self) -> None:
        if not self.closed:
            self._blob.__exit__(None, None, None)
        super().close()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._blob.write(seal(self._cipher, self._id, self._number, plain, last=last))
        self._number += 1


class SealedReader(io.RawIOBase):
    """A whole file, in clear."""

    def __init__(self, folder: BlobFolder, blob_id: str, cipher: Cipher, length: int) -> None:
        """``length`` in clear."""
        super().__init__()
        self._folder = folder
        self._id = blob_id
        self._cipher = cipher
        self._length = length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Raises: ValueError before the beginning."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Raises: BlobDamaged, OSError."""
        view = memoryview(buffer).cast("B")
        stop = min(self._length, self._at + min(len(view), _AT_ONCE))
        if stop <= self._at:
            return 0
        plain = b"".join(self._folder.read(self._id, self._cipher, self._length, self._at, stop))
        view[: len(plain)] = plain
        self._at += len(plain)
        return len(plain)
