"""``python -I reencode_process.py SIDE PIXELS``: one image from standard input to standard output,
re-encoded. The only place where an image that somebody sent is decoded, and a process of its own.

It limits itself before Pillow is loaded, so that a decoder that goes wrong ends here: bounded
memory and seconds, no files, no sockets, no other process. It imports nothing of meetd and runs
isolated (``-I``): what is in the environment or the folder at hand is not imported either.
"""

import contextlib
import io
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

TOO_LARGE: Final = 10
UNREADABLE: Final = 11
NO_PILLOW: Final = 12
"""Exit statuses, and 0 when it is done. ``reencoding.py`` has the same."""

MEMORY: Final = 768 << 20
"""Bytes of address space. Measured for 40 megapixels: 384 MiB are enough for JPEG and GIF, 448 for
PNG, 640 when one of its colours is see-through; WebP does with 768 and not with 640."""
CPU_SECONDS: Final = 20
FILES_WHILE_LOADING: Final = 64
QUALITY: Final = 82
"""Of WebP, 0 to 100."""

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
ORIENTATION: Final = 0x0112
"""The EXIF tag (JEITA CP-3451, 4.6.4)."""


class TooLarge(Exception):
    """More pixels than are taken."""


def limit_resources() -> None:
    """What holds from here to the end of the process, for whatever runs in it."""
    with contextlib.suppress(OSError):  # no such file: not Linux, or no /proc
        # When memory runs out this process goes, and not the server.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_AS, MEMORY)
    lower(resource.RLIMIT_CPU, CPU_SECONDS)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NPROC, 0)  # root is not held by it
    lower(resource.RLIMIT_NOFILE, FILES_WHILE_LOADING)


def lower(what: int, most: int) -> None:
    """Set a limit that cannot be raised again; one that is lower already stays."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def load_pillow() -> None:
    """Everything of it that may be wanted; after that, no file and no socket is opened any more.
    What Pillow would import later has to be imported here as well: tests of every format tell."""
    import copy  # noqa: F401, PLC0415

    from PIL import (  # noqa: F401, PLC0415
        GifImagePlugin,
        Image,
        ImageCms,
        JpegImagePlugin,
        MpoImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    Image.preinit()
    lower(resource.RLIMIT_NOFILE, 0)


def reencode(data: bytes, side: int, pixels: int) -> bytes:
    """Width and height (two big-endian 32-bit numbers) and the WebP.

    Raises: TooLarge, MemoryError, and whatever a decoder raises.
    """
    from PIL import Image  # noqa: PLC0415

    if webp_pixels(data) > pixels:
        raise TooLarge
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the header only
    except Image.DecompressionBombError as error:
        raise TooLarge from error
    with image:
        if image.width * image.height > pixels:
            raise TooLarge
        shown = upright(shrunk(image, side), image)
        clean = plain(shown, image.info.get("icc_profile"))
    output = io.BytesIO()
    clean.save(output, "WEBP", quality=QUALITY, method=4)
    return struct.pack(">II", *clean.size) + output.getvalue()


def webp_pixels(data: bytes) -> int:
    """Width times height that a WebP claims (RFC 9649, 2.5 to 2.7), 0 when it is none. Asked before
    Pillow, which makes room for every pixel while it reads the header of this one format."""
    kind = data[12:16] if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else b""
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    else:
        return 0
    return width * height


def shrunk(image: "Image", side: int) -> "Image":
    """The first frame, at most ``side`` pixels on the long side.

    In the image's own mode when that can be resized: a second copy of 40 megapixels is spared.
    """
    if image.mode.startswith(("I", "F")):  # 16 bits of grey, of which eight are shown
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif "transparency" in image.info:  # one colour stands for nothing: gone after mixing colours
        image = image.convert("RGBA")
    elif image.mode in {"1", "P", "PA"}:
        image = image.convert("RGBA" if image.mode == "PA" else "RGB")
    image.thumbnail((side, side))
    return image


def upright(image: "Image", source: "Image") -> "Image":
    """Turned as the camera was held; EXIF that cannot be read turns nothing."""
    from PIL.Image import Transpose  # noqa: PLC0415

    try:
        orientation = source.getexif().get(ORIENTATION)
    except (SyntaxError, ValueError, TypeError, KeyError, EOFError, struct.error):
        return image
    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def plain(image: "Image", profile: Any) -> "Image":
    """Pixels in sRGB and nothing else: a new image, into which no metadata is copied."""
    from PIL import Image  # noqa: PLC0415

    alpha = image.convert("RGBA").getchannel("A") if has_alpha(image) else None
    colours = image.convert("RGB") if alpha is not None else image
    colours = in_srgb(colours, profile) if isinstance(profile, bytes) else colours.convert("RGB")
    clean = Image.new("RGB", image.size)
    clean.paste(colours)
    if alpha is not None:
        clean.putalpha(alpha)
    return clean


def has_alpha(image: "Image") -> bool:
    return image.mode.endswith(("A", "a"))


def in_srgb(image: "Image", profile: bytes) -> "Image":
    """Converted from its own colour profile; the colours as they are when that does not fit."""
    from PIL import ImageCms  # noqa: PLC0415

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")
    return image.convert("RGB") if converted is None else converted


def run(read: Callable[[], bytes], write: Callable[[bytes], Any], side: int, pixels: int) -> int:
    """The exit status."""
    try:
        load_pillow()
    except ImportError:
        return NO_PILLOW
    try:
        output = reencode(read(), side, pixels)
    except (TooLarge, MemoryError):
        return TOO_LARGE
    except Exception:  # noqa: BLE001  # whatever a decoder raises says that this is no image
        return UNREADABLE
    write(output)
    return 0


if __name__ == "__main__":
    limit_resources()
    sys.exit(
        run(sys.stdin.buffer.read, sys.stdout.buffer.write, int(sys.argv[1]), int(sys.argv[2]))
    )
