"""``/admin/documents``: the papers that the law asks an operator for, from the running
configuration. To be printed and signed; for everybody but administrators there is nothing here."""

from typing import Final

from aiohttp import web

from meetd.config.settings import Settings
from meetd.pages.kept import facts_of, kept_of
from meetd.pages.rendering import Renderer
from meetd.serving.visitors import Visitors

_PAGE: Final = "/admin/documents"
ELSEWHERE: Final = frozenset({"choices", "device"})
"""What is in people's own browsers only is no processing of this server."""


class DocumentsPage:
    """Register of processing (GDPR article 30), processing agreement (28), breaches (33, 34)."""

    def __init__(self, settings: Settings, visitors: Visitors, renderer: Renderer) -> None:
        self._settings = settings
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [web.get(_PAGE, self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        settings = self._settings
        return self._renderer.render(
            request,
            "documents.html",
            kept=[name for name in kept_of(settings) if name not in ELSEWHERE],
            facts=facts_of(settings),
            recipients=self._recipients(),
            where=settings.server.public_url,
            backup_days=settings.backup.keep_days,
        )

    def _recipients(self) -> list[tuple[str, str]]:
        """Who else gets something, by word, with what the configuration calls them."""
        settings = self._settings
        return [
            *([("mail", settings.mail.host)] if settings.mail.host else []),
            *([("push", ", ".join(settings.push.services))] if settings.push.services else []),
            *([("bucket", settings.backup.s3_bucket)] if settings.backup.s3_bucket else []),
        ]
