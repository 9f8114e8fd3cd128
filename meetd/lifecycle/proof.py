"""Proof that a server made a backup. The age format encrypts to a recipient, and whoever can write
to the place of backups knows that one: they could plant an archive of their own making. So there is
an HMAC-SHA256 (RFC 2104) in each, by a key that is derived from the recovery key, which that place
never sees. Whoever restores has the recovery key anyway, and needs nothing more."""

import hmac
from typing import Final

import msgspec

from meetd.core.private import Private
from meetd.lifecycle.manifest import Manifest, Note
from meetd.lifecycle.problem import BackupProblem

_INFO: Final = b"meetd proof of backups"


class UnprovenArchive(BackupProblem):
    """Nothing says that the server of that recovery key made it."""


class Prover:
    """Of one server."""

    def __init__(self, identity: Private[str]) -> None:
        # One block of HKDF-Expand (RFC 5869): the recovery key is random in every bit.
        secret = identity.reveal().encode()
        self._key = Private(hmac.digest(secret, _INFO + b"\x01", "sha256"))

    def prove_manifest(self, manifest: Manifest) -> Manifest:
        return msgspec.structs.replace(manifest, proof=self._of(_in_manifest(manifest)))

    def proves_manifest(self, manifest: Manifest) -> bool:
        """All files of the archive, those of rooms included, are as this server packed them."""
        return self._fits(manifest.proof, _in_manifest(manifest))

    def prove_note(self, name: str, note: Note) -> Note:
        """``name`` of the night."""
        return msgspec.structs.replace(note, proof=self._of(_in_note(name, note)))

    def proves_note(self, name: str, note: Note) -> bool:
        return self._fits(note.proof, _in_note(name, note))

    def _of(self, covered: bytes) -> str:
        return hmac.digest(self._key.reveal(), covered, "sha256").hex()

    def _fits(self, proof: str, covered: bytes) -> bool:
        return hmac.compare_digest(proof.encode(), self._of(covered).encode())


def unproven(where: str) -> UnprovenArchive:
    return UnprovenArchive(
        f"{where} carries no proof that the server of this recovery key made it. It is older than"
        " such proofs, or somebody who can write to that place put it there: then it brings"
        " accounts and administrators of theirs. Take another night (--list shows them), or, only"
        " if you know where it comes from, say --accept-unproven."
    )


def _in_manifest(manifest: Manifest) -> bytes:
    """Named one by one: what a later version adds has to change no proof that was given."""
    files = sorted((name, fact.size, fact.sha256) for name, fact in manifest.files.items())
    rows = sorted(manifest.rows.items())
    return msgspec.json.encode(
        [
            "manifest",
            manifest.format,
            manifest.kind,
            manifest.made_at,
            manifest.meetd,
            manifest.schema,
            files,
            rows,
            manifest.tombstone,
            manifest.blobs,
        ]
    )


def _in_note(name: str, note: Note) -> bytes:
    return msgspec.json.encode(
        ["note", name, note.format, note.made_at, note.recipient, note.size, note.blobs]
    )
