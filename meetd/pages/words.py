"""The words of the server-rendered pages, one TOML file per language, and which one to speak."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).parent / "words"
FALLBACK: Final = "en"


class Words:
    """All sentences of one language, by ``section.key``."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        """``language``: BCP 47, for ``<html lang>``."""
        self.language = language
        self._sentences = sentences

    def __call__(self, key: str, **facts: object) -> str:
        """The sentence with its facts filled in. Not HTML: the template escapes it.

        Raises: KeyError for a key or a fact that is missing.
        """
        return self._sentences[key].format_map(facts)

    def __contains__(self, key: str) -> bool:
        return key in self._sentences


class Languages:
    """Every language there is a file for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._words = {
            path.stem: Words(path.stem, _flat(tomllib.loads(path.read_text(encoding="utf-8"))))
            for path in sorted(folder.glob("*.toml"))
        }

    @property
    def english(self) -> Words:
        """For terminals."""
        return self._words[FALLBACK]

    def named(self, language: str) -> Words:
        """Words of that language, else English."""
        return self._words.get(language) or self._words[FALLBACK]

    def of(self, request: web.BaseRequest) -> Words:
        """What the browser asks for (RFC 9110 12.5.4), else English."""
        for language in _wanted(request.headers.get("Accept-Language", "")):
            words = self._words.get(language.partition("-")[0])
            if words is not None:
                return words
        return self._words[FALLBACK]


def _wanted(header: str) -> list[str]:
    """The languages of an Accept-Language header, best first."""
    ranked = []
    for order, part in enumerate(header.lower().split(",")[:20]):
        language, _, quality = part.partition(";")
        weight = _weight(quality.strip())
        if weight > 0:
            ranked.append((-weight, order, language.strip()))
    return [language for _, _, language in sorted(ranked)]


def _weight(quality: str) -> float:
    try:
        return float(quality.removeprefix("q=")) if quality else 1.0
    except ValueError:
        return 0.0


def _flat(document: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{section}.{key}": sentence
        for section, sentences in document.items()
        for key, sentence in sentences.items()
    }
