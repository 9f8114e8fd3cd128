"""From a template and facts to a response."""

from pathlib import Path
from typing import Any, Final

import jinja2
from aiohttp import web

from meetd.pages.assets import Assets
from meetd.pages.words import Languages

_TEMPLATES: Final = Path(__file__).parent / "templates"
PAGES: Final = "src/pages.ts"
ROOM: Final = "src/main.tsx"
"""Entries of the build that pages link."""


class Renderer:
    """Templates with autoescape, where a fact that is missing is an error and not an empty word."""

    def __init__(self, assets: Assets, languages: Languages) -> None:
        """Raises: AssetsMissing."""
        self._languages = languages
        self._entries = {name: assets.entry(name) for name in (PAGES, ROOM)}
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(
        self,
        request: web.Request,
        template: str,
        *,
        status: int = 200,
        entry: str = PAGES,
        **facts: Any,
    ) -> web.Response:
        """A page in the language that the browser asks for."""
        words = self._languages.of(request)
        page = self._environment.get_template(template)
        text = page.render(t=words, entry=self._entries[entry], status=status, **facts)
        headers = {"Content-Language": words.language, "Vary": "Accept-Language"}
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)
