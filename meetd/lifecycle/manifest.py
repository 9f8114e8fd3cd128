"""What is in an archive and beside it. Format 1; ``docs/backup.md`` describes it."""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from meetd.lifecycle.problem import ArchiveDamaged, BackupProblem

FORMAT: Final = 1
KEYS: Final = "keys.age"
KEYS_NOTE: Final = "keys.json"
BLOBS: Final = "blobs/"


BlobId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,64}\Z")]
"""Never a way out of the folder, whatever somebody wrote into a note."""


class FileFact(msgspec.Struct, frozen=True):
    """``size`` in bytes; ``sha256`` in hexadecimal."""

    size: int
    sha256: str


class BlobFact(msgspec.Struct, frozen=True, array_like=True):
    """A file of a room as it stands on the disk: sealed with the room's key."""

    id: BlobId
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Beside the archives."""
        return f"{BLOBS}{self.id[:2]}/{self.id}"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The first file in an archive. ``made_at`` in ms since the Unix epoch; ``schema`` of the
    database in it; ``rows`` per table; ``tombstone``: the last one when it was made."""

    format: int
    kind: str
    made_at: int
    meetd: str
    schema: str
    files: dict[str, FileFact]
    rows: dict[str, int]
    tombstone: int = 0
    blobs: list[BlobFact] = []
    proof: str = ""
    """Of ``Prover``; in none that is older than proofs."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Beside an archive, in clear, written when it was verified: an archive without one is not
    finished. ``recipient``: whose recovery key opens it. ``size`` of the archive in bytes."""

    format: int
    made_at: int
    recipient: str
    size: int
    blobs: list[BlobFact] = []
    proof: str = ""


class _Version(msgspec.Struct):
    format: int


T = TypeVar("T", Manifest, Note)


def decode(data: bytes, kind: type[T], where: str) -> T:
    """Raises: ArchiveDamaged; BackupProblem when a newer meetd wrote it."""
    try:
        version = msgspec.json.decode(data, type=_Version).format
        if version > FORMAT:
            raise BackupProblem(
                f"{where} was written by a newer meetd (format {version}, this one knows {FORMAT})."
                " Install that version, and restore with it."
            )
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise ArchiveDamaged(f"{where} is damaged: {error}. {ELSE}") from error


ELSE: Final = "Take another night (--list shows them), or another copy of the backups."
