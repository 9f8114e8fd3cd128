"""A file that is encrypted while it is written, and never in clear on the disk."""

import io
from typing import Any

from meetd.storage.blobs import SEGMENT, BlobFolder, seal
from meetd.storage.vault import Cipher


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
