"""From a refusal to the sentence that pages show."""

from collections.abc import Mapping
from typing import Any

from meetd.core.refusals import Refusal
from meetd.pages.words import Words


def sentence_for(code: str, facts: Mapping[str, Any], words: Words) -> str:
    """What went wrong and what to do; a general one for what no page expects."""
    key = f"error.{code}"
    facts = dict(facts)
    if "seconds" in facts:
        facts["seconds"] = max(1, round(facts["seconds"]))
    return words(key if key in words else "error.other", **facts)


def sentence_of(refusal: Refusal, words: Words) -> str:
    return sentence_for(refusal.code, refusal.facts(), words)
