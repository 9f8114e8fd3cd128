"""A text that people agreed to does not change under the version they agreed to."""

import hashlib
import json
import tomllib

from meetd.accounts.consent import PRIVACY_VERSION, TERMS_VERSION
from meetd.pages.words import FOLDER

TEXTS = {
    ("terms", "2026-11-22"): "0fec9619bd6b9916",
    ("privacy", "2026-11-22"): "898febedffba3768",
    ("privacy", "2026-11-22.2"): "66564a204bcfd57d",
    ("privacy", "2026-11-22.3"): "069f9ce71c9deff0",
    ("privacy", "2026-11-22.4"): "800e3c51a5e88d32",
    ("privacy", "2026-11-22.5"): "afe9f4071e4e5ec5",
    ("privacy", "2026-11-22.6"): "c8c81f1ee60e6c32",
    ("privacy", "2026-11-22.7"): "869d817f8407c62b",
    ("privacy", "2026-11-22.8"): "6e6992e5f2e34d30",
    ("privacy", "2026-11-23.1"): "fd6f269a4aca8f50",
}
"""Of every version: the hash of its English text. A change of meaning is a new version and a new
line; a change of wording only is a new hash in the old line."""


def test_a_text_belongs_to_its_version() -> None:
    words = tomllib.loads((FOLDER / "en.toml").read_text())
    for subject, version in (("terms", TERMS_VERSION), ("privacy", PRIVACY_VERSION)):
        text = json.dumps(words[subject], sort_keys=True)
        assert hashlib.sha256(text.encode()).hexdigest()[:16] == TEXTS[subject, version], subject
