"""Takes files in: from anywhere they stopped, encrypted as they come, in the room once whole."""

import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, TypeVar

from meetd.content.item import Item, Label, Upload
from meetd.content.names import clean_file_name, clean_media_type
from meetd.content.store import ContentStore, Quota
from meetd.core.clock import Clock
from meetd.core.files import is_full
from meetd.core.refusals import (
    ChecksumWrong,
    FileTooLarge,
    NoSuchUpload,
    StorageFailed,
    StorageFull,
    UploadBusy,
    UploadElsewhere,
    UploadTooLong,
)
from meetd.core.rounds import Rounds
from meetd.core.threads import to_its_end
from meetd.rooms.also import Also
from meetd.storage.blobs import SEGMENT, BlobDamaged, BlobFolder, GrowingBlob, seal, segments
from meetd.storage.vault import Cipher, Vault

_AT_ONCE: Final = 16 * SEGMENT
"""Bytes that are encrypted and written by one thread call."""
_SAFE_EVERY: Final = 16 << 20
"""Bytes after which an upload is made safe and written down: what a crash can cost."""

_SWEEP_SECONDS: Final = 600.0

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Checksum:
    """What a sender says its bytes are (tus 1.0.0, checksum)."""

    algorithm: Literal["sha1", "sha256"]
    digest: bytes


class _Growth:
    """One request's part of one upload. What is done in a thread touches nothing else."""

    def __init__(self, upload: Upload, cipher: Cipher, blob: GrowingBlob) -> None:
        self.upload = upload
        self.received = upload.received
        self.chain = upload.chain
        self.pending = bytearray(upload.tail)
        self._cipher = cipher
        self._blob = blob
        self._number = upload.received // SEGMENT
        self._last = segments(upload.length) - 1

    def write(self) -> None:
        """Encrypt and write every segment that is complete."""
        sealed, done = [], 0
        # Nothing is copied before it is encrypted.
        with memoryview(self.pending) as pending:
            while self._is_complete(len(pending) - done):
                plain = pending[done : done + SEGMENT]
                done += len(plain)
                self.chain = chained(self.chain, plain)
                last = self._number == self._last
                sealed.append(seal(self._cipher, self.upload.id, self._number, plain, last=last))
                self._number += 1
                plain.release()
        # Once for all of them: what is left moves to the beginning.
        del self.pending[:done]
        self._blob.write(b"".join(sealed))

    def save(self) -> None:
        self.write()
        self._blob.sync()

    @property
    def is_whole(self) -> bool:
        return self.received == self.upload.length

    def _is_complete(self, pending: int) -> bool:
        """Is the next segment, of which so many bytes are there?"""
        if self._number == self._last:
            return self.is_whole
        return self._number < self._last and pending >= SEGMENT


def chained(chain: bytes, segment: bytes | memoryview) -> bytes:
    """Sums up a file segment by segment, so that it can be gone on with after a restart: two files
    with the same last chain and length are the same. 32 bytes, zeros to begin with."""
    return hashlib.sha256(chain + hashlib.sha256(segment).digest()).digest()


class Intake:
    """Where uploads are begun, gone on with and given up."""

    def __init__(
        self,
        *,
        store: ContentStore,
        blobs: BlobFolder,
        vault: Vault,
        clock: Clock,
        file_limit: int,
        quota: Quota,
        untouched: int,
    ) -> None:
        """``file_limit`` in bytes. ``untouched``: ms after which an upload that nobody went on with
        is over, and takes no room from others any more."""
        self._store = store
        self._blobs = blobs
        self._vault = vault
        self._clock = clock
        self._busy: set[str] = set()
        self._rounds = Rounds("sweep of files", _SWEEP_SECONDS, self.sweep, _log)
        self._added: list[Callable[[Item], None]] = []
        self.file_limit = file_limit
        self.quota = quota
        self.untouched = untouched

    def on_added(self, listener: Callable[[Item], None]) -> None:
        """Called with each file that is in a room now."""
        self._added.append(listener)

    async def open(self) -> None:
        """Sweep now, and from time to time until ``close``."""
        await self.sweep()
        self._rounds.open()

    async def close(self) -> None:
        await self._rounds.close()

    async def begin(
        self,
        room_id: str,
        *,
        name: str,
        media_type: str,
        length: int,
        author: tuple[str, str],
        also: Also | None = None,
    ) -> Upload | Item:
        """A place for a file, made with ``also``; an empty one is in the room at once. ``author``:
        participant id and name.

        Raises: FileNameInvalid, FileTooLarge, RoomContentFull, ServerContentFull, TooManyItems,
        NoSuchRoom, StorageFull, StorageFailed.
        """
        if length > self.file_limit:
            raise FileTooLarge(limit=self.file_limit)
        label = Label(clean_file_name(name), clean_media_type(media_type), author[1])
        upload = await self._store.begin(room_id, label, length, author[0], self.quota, also)
        return upload if length else await self.receive(upload, 0, _nothing())

    async def look(self, room_id: str, upload_id: str) -> Upload | Item:
        """How far it is; the item once it is in the room. Raises: NoSuchUpload."""
        item = await self._store.item(room_id, upload_id)
        return item or await self._store.upload(room_id, upload_id)

    async def find(self, room_id: str, upload_id: str) -> Upload:
        """Raises: NoSuchUpload."""
        return await self._store.upload(room_id, upload_id)

    async def receive(
        self,
        upload: Upload,
        offset: int,
        body: AsyncIterator[bytes],
        checksum: Checksum | None = None,
    ) -> Upload | Item:
        """Go on with an upload at ``offset``. A ``body`` that breaks off is kept as far as it came,
        except with a checksum: then all of it or nothing. Returns the item once the file is whole.

        Raises: UploadElsewhere, UploadBusy, UploadTooLong, ChecksumWrong, NoSuchUpload,
        StorageFull, StorageFailed.
        """
        with self._alone(upload):
            # Read again: another request may have added to it since.
            upload = await self._store.upload(upload.room_id, upload.id)
            if offset != upload.received:
                raise UploadElsewhere(offset=upload.received)
            cipher = await self._vault.cipher("room", upload.room_id)
            number = upload.received // SEGMENT
            blob = await self._disk(lambda: self._blobs.grow(upload.id, number))
            with blob:
                growth = _Growth(upload, cipher, blob)
                await self._grow(growth, body, checksum)
                await self._disk(growth.save)
            return await (self._complete(growth) if growth.is_whole else self._note(growth))

    async def give_up(self, upload: Upload) -> None:
        """Raises: UploadBusy, NoSuchUpload, StorageFull, StorageFailed."""
        with self._alone(upload):
            if not await self._store.give_up(upload):
                raise NoSuchUpload
            await self._disk(lambda: self._blobs.remove(upload.id))

    async def sweep(self) -> None:
        """Uploads that nobody went on with go, and files that belong to nothing any more."""
        since = self._clock.now() - self.untouched
        for upload_id in await self._store.give_up_untouched(since):
            await self._disk(partial(self._blobs.remove, upload_id))
        known = await self._store.blob_ids()
        await self._disk(lambda: self._blobs.sweep(known, since / 1_000))

    async def _grow(
        self, growth: _Growth, body: AsyncIterator[bytes], checksum: Checksum | None
    ) -> None:
        digest = hashlib.new(checksum.algorithm) if checksum else None
        safe = growth.received
        async for chunk in body:
            if growth.received + len(chunk) > growth.upload.length:
                raise UploadTooLong
            growth.received += len(chunk)
            growth.pending += chunk
            if digest:
                digest.update(chunk)
            if len(growth.pending) >= _AT_ONCE:
                await self._disk(growth.write)
            if not digest and growth.received - safe >= _SAFE_EVERY:
                await self._disk(growth.save)
                safe = (await self._note(growth)).received
        if digest and checksum and digest.digest() != checksum.digest:
            raise ChecksumWrong

    async def _note(self, growth: _Growth) -> Upload:
        tail = bytes(growth.pending)
        return await self._store.advance(growth.upload, growth.received, growth.chain, tail)

    async def _complete(self, growth: _Growth) -> Item:
        upload = growth.upload
        await self._disk(lambda: self._blobs.finish(upload.id, upload.length))
        item = await self._store.complete(upload, growth.chain)
        if item.blob_id != upload.id:
            await self._disk(lambda: self._blobs.remove(upload.id))
        for listener in self._added:
            listener(item)
        return item

    @contextmanager
    def _alone(self, upload: Upload) -> Iterator[None]:
        if upload.id in self._busy:
            raise UploadBusy
        self._busy.add(upload.id)
        try:
            yield
        finally:
            self._busy.discard(upload.id)

    async def _disk(self, work: Callable[[], T]) -> T:
        """Raises: StorageFull, StorageFailed."""
        try:
            return await to_its_end(work)
        except OSError as error:
            raise (StorageFull if is_full(error) else StorageFailed) from error
        except BlobDamaged as error:
            raise StorageFailed from error


async def _nothing() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for chunk in nothing:
        yield chunk
