"""Build hook: a wheel carries the built room page, so that installing it needs no Node, and the
compiled templates."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.build_page import build


class PageBuildHook(BuildHookInterface[Any]):
    """Runs before hatchling gathers the files; ``artifacts`` in pyproject.toml takes both."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        build()
