"""The numbers of docs/encryption.md, with which strangers check theirs."""

from tests.support.encryption_vectors import (
    BASE_KEY,
    DOCUMENT,
    FRAMES,
    JSON,
    document,
    vectors,
    written,
)
from tests.support.sframe import open_frame


def test_the_document_and_the_tests_of_the_page_have_the_vectors() -> None:
    """``python -m tests.support.encryption_vectors`` writes both."""
    assert JSON.read_text() == written()
    assert DOCUMENT.read_text() == document(DOCUMENT.read_text())


def test_every_sealed_frame_opens() -> None:
    for name, kind, _, frame in FRAMES:
        sealed = bytes.fromhex(vectors()[f"{name}, sealed"])
        assert open_frame(kind, sealed, BASE_KEY) == frame
        assert open_frame(kind, sealed, bytes(16)) is None
