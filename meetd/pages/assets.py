"""The built room page: every file below ``/assets/``, known before the first request.

No part of a URL ever touches the file system: a name is looked up in a dictionary that was filled
at start (aiohttp CVE-2024-23334 was a path that climbed out of a folder).
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web

from meetd.serving.headers import CODE_ONLY

BUILT: Final = Path(__file__).parent / "assets"

_TEXT: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
_BINARY: Final = {
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
}
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8}\.[a-z0-9.]+$", re.ASCII)
_PARSER: Final = re.compile(r"(^|/)parser-[^/]*\.js$")
"""Script of a worker that reads files from people: web/src/pdf/parser.ts."""
_FOR_EVER: Final = "public, max-age=31536000, immutable"


class AssetsMissing(Exception):
    """The room page was not built. The message names the command that builds it."""


@dataclass(frozen=True)
class Asset:
    """One file. All of it stays on the disk: browsers keep what they fetched, and a server of few
    people has little memory."""

    path: Path
    packed: Path | None
    """The same for who takes gzip, where the build packed it."""
    content_type: str
    is_text: bool
    etag: str
    cache: str


@dataclass(frozen=True)
class Entry:
    """What a page has to link, as URLs."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    """Modules that the script imports: fetched at the same time instead of after it."""


class Assets:
    """The files of one build."""

    def __init__(self, folder: Path = BUILT) -> None:
        """Raises: AssetsMissing."""
        manifest = folder / "manifest.json"
        try:
            self._manifest: dict[str, dict[str, Any]] = msgspec.json.decode(manifest.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise AssetsMissing(
                f"The room page is not built: {manifest} cannot be read. Build it with"
                " python3 scripts/build_page.py, or start with scripts/serve, which does."
            ) from error
        self._files = {
            path.relative_to(folder).as_posix(): _asset(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in _TEXT | _BINARY and path != manifest
        }

    def entry(self, source: str) -> Entry:
        """The files that belong to an entry of the build, such as ``src/main.tsx``.

        Raises: AssetsMissing when the build has no such entry.
        """
        if source not in self._manifest:
            raise AssetsMissing(
                f"The built room page has no {source}: it is of another version. Build it again"
                " with python3 scripts/build_page.py."
            )
        chunks = list(self._with_imports(source, set()))
        styles = [style for chunk in chunks for style in chunk.get("css", ())]
        scripts = [chunk["file"] for chunk in chunks if chunk["file"].endswith(".js")]
        return Entry(
            script=_url(self._manifest[source]["file"]),
            styles=tuple(_url(style) for style in dict.fromkeys(styles)),
            preloads=tuple(_url(script) for script in scripts[:-1]),
        )

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/assets/{name:.+}", self._serve)]

    def worker_route(self, path: str, source: str) -> web.RouteDef:
        """A service worker, at an address that stays: browsers ask for it again by that address,
        and it may work for the whole server (W3C Service Workers, Service-Worker-Allowed).

        Raises: AssetsMissing, also when the worker imports something: then it would not start.
        """
        entry = self.entry(source)
        if entry.preloads:
            raise AssetsMissing(f"{source} imports other files; a service worker must not.")
        asset = self._files[entry.script.removeprefix(_url(""))]

        async def serve(request: web.Request) -> web.StreamResponse:
            response = await self._answer(request, asset, "no-cache")
            response.headers["Service-Worker-Allowed"] = "/"
            return response

        return web.get(path, serve)

    def _with_imports(self, source: str, seen: set[str]) -> Iterator[dict[str, Any]]:
        """An entry's chunks in the order of loading: what is imported first, itself last."""
        if source in seen:
            return
        seen.add(source)
        chunk = self._manifest[source]
        for imported in chunk.get("imports", ()):
            yield from self._with_imports(imported, seen)
        yield chunk

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asset = self._files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        response = await self._answer(request, asset, asset.cache)
        if _PARSER.search(request.match_info["name"]):
            response.headers["Content-Security-Policy"] = CODE_ONLY
        return response

    @staticmethod
    async def _answer(request: web.Request, asset: Asset, cache: str) -> web.StreamResponse:
        headers = {"Cache-Control": cache, "ETag": f'"{asset.etag}"'}
        if not asset.is_text:
            return web.FileResponse(
                asset.path, headers={**headers, "Content-Type": asset.content_type}
            )
        headers["Vary"] = "Accept-Encoding"
        if any(tag.value == asset.etag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = asset.content_type
        path = asset.path
        if asset.packed and _takes_gzip(request):
            path, headers["Content-Encoding"] = asset.packed, "gzip"
        return web.Response(body=await asyncio.to_thread(path.read_bytes), headers=headers)


def _asset(path: Path) -> Asset:
    packed = path.with_name(path.name + ".gz")
    with path.open("rb") as content:
        etag = hashlib.file_digest(content, "sha256").hexdigest()[:32]
    return Asset(
        path=path,
        packed=packed if packed.is_file() else None,
        content_type=(_TEXT | _BINARY)[path.suffix],
        is_text=path.suffix in _TEXT,
        etag=etag,
        cache=_FOR_EVER if _HASHED.search(path.name) else "no-cache",
    )


def _url(file: str) -> str:
    return f"/assets/{file}"


def _takes_gzip(request: web.Request) -> bool:
    """Does Accept-Encoding name gzip, not with quality 0 (RFC 9110 12.5.3)?"""
    for offer in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, quality = offer.partition(";")
        if name.strip() in {"gzip", "*"}:
            return not re.fullmatch(r"q=0(\.0*)?", quality.strip())
    return False
