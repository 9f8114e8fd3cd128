"""Real files in, WebP out: upright, small, and nothing but pixels."""

import io

import pytest
from PIL import ExifTags, Image, ImageCms, ImageOps

from meetd.core.refusals import ImageUnreadable
from meetd.images.reencoding import MAX_PIXELS, PERSONAL, WAITING_ROOM, Reencoder
from tests.images.pictures import BLUE, GREEN, RED, corners, decoded, encoded, near, plain

SECRETS = (b"EXIF", b"ICCP", b"XMP ", b"GPS", b"secret", b"Exif")


async def reencode(data: bytes, side: int = PERSONAL) -> Image.Image:
    made = await Reencoder().reencode(data, side)
    image = decoded(made.webp)
    assert image.size == (made.width, made.height)
    assert not getattr(image, "is_animated", False)
    assert image.info.keys() <= {"background", "loop", "timestamp", "duration"}
    assert not [mark for mark in SECRETS if mark in made.webp]
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_each_format_is_taken(kind: str) -> None:
    image = await reencode(encoded(plain(colour=GREEN), kind))
    assert image.size == (64, 48)
    assert near(image.convert("RGB").getpixel((30, 20)), GREEN)


@pytest.mark.parametrize(("side", "size"), [(PERSONAL, (512, 384)), (WAITING_ROOM, (1600, 1200))])
async def test_a_large_image_is_made_small(side: int, size: tuple[int, int]) -> None:
    assert (await reencode(encoded(plain(size=(4000, 3000)), "JPEG"), side)).size == size


async def test_a_small_image_stays_small() -> None:
    assert (await reencode(encoded(plain(size=(1, 1)), "PNG"))).size == (1, 1)
    assert (await reencode(encoded(plain(size=(9000, 1)), "PNG"))).size == (512, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_it_is_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = encoded(corners(), kind, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    image = (await reencode(data)).convert("RGB")
    assert image.size == upright.size
    width, height = image.size
    for at in ((8, 8), (width - 8, 8), (8, height - 8), (width - 8, height - 8)):
        assert near(image.getpixel(at), upright.getpixel(at), 30), at


async def test_where_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 22.0, 12.0), 3: "E"})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(
        plain(), "JPEG", exif=exif, icc_profile=profile, comment=b"secret", xmp=b"<x>secret</x>"
    )
    assert all(mark in data for mark in (b"Exif", b"secret camera", b"ICC_PROFILE", b"<x>secret"))
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
    assert not (await reencode(data)).getexif()


async def test_broken_exif_turns_nothing() -> None:
    image = await reencode(encoded(corners(), "JPEG", exif=b"Exif\0\0nonsense, no TIFF header"))
    assert near(image.convert("RGB").getpixel((5, 5)), RED, 30)


async def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [plain(colour=colour).quantize() for colour in (BLUE, RED, GREEN)]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        image = await reencode(data)
        assert near(image.convert("RGB").getpixel((5, 5)), BLUE), kind


async def test_what_is_see_through_stays_so() -> None:
    image = plain("RGBA", colour=(*RED, 255))
    image.paste((0, 0, 0, 0), (0, 0, 32, 48))
    for source in (image, image.convert("LA"), image.quantize()):
        result = await reencode(encoded(source, "PNG"))
        assert result.mode == "RGBA", source.mode
        assert result.getpixel((4, 4))[3] == 0  # type: ignore[index]
        assert result.getpixel((60, 4))[3] == 255  # type: ignore[index]


async def test_one_colour_that_stands_for_nothing() -> None:
    image = plain(size=(64, 48), colour=GREEN)
    image.paste(RED, (0, 0, 32, 48))
    result = await reencode(encoded(image, "PNG", transparency=RED))
    assert result.getpixel((4, 4))[3] == 0  # type: ignore[index]
    assert result.getpixel((60, 4))[3] == 255  # type: ignore[index]


async def test_print_colours_become_screen_colours() -> None:
    image = await reencode(encoded(plain("CMYK", colour=(0, 255, 255, 0)), "JPEG"))
    assert near(image.convert("RGB").getpixel((5, 5)), (255, 0, 0), 40)


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (32_768, 128), (65_535, 255)])
async def test_16_bits_of_grey_become_eight(value: int, shown: int) -> None:
    image = await reencode(encoded(Image.new("I;16", (32, 32), value), "PNG"))
    assert near(image.convert("RGB").getpixel((5, 5)), (shown,) * 3, 3)


@pytest.mark.parametrize(("mode", "colour"), [("1", 1), ("L", 200), ("P", 0)])
async def test_few_colours(mode: str, colour: int) -> None:
    source = plain(mode, colour=colour)
    expected = source.convert("RGB").getpixel((5, 5))
    image = await reencode(encoded(source, "PNG"))
    assert near(image.convert("RGB").getpixel((5, 5)), expected)


async def test_colours_of_another_profile_are_converted() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for colour in ((100, 150, 200), (100, 150, 200, 255)):
        source = plain("RGBA" if len(colour) == 4 else "RGB", colour=colour)
        same = await reencode(encoded(source, "PNG", icc_profile=srgb))
        assert near(same.convert("RGB").getpixel((5, 5)), (100, 150, 200))
    swapped = await reencode(encoded(plain(colour=RED), "PNG", icc_profile=red_and_green_swapped()))
    assert near(swapped.convert("RGB").getpixel((5, 5)), GREEN, 60)
    broken = await reencode(encoded(plain(colour=GREEN), "PNG", icc_profile=b"no profile at all"))
    assert near(broken.convert("RGB").getpixel((5, 5)), GREEN)


def red_and_green_swapped() -> bytes:
    """sRGB, but with the first channel named the second: rXYZ and gXYZ (ICC.1 table 23) change
    their places in the list of tags."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")


async def test_what_is_just_small_enough_is_taken() -> None:
    width, height = 8_000, 5_000
    assert width * height == MAX_PIXELS
    for mode, kind in (("RGBA", "PNG"), ("P", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")):
        data = encoded(Image.new(mode, (width, height)), kind)
        assert (await reencode(data)).size == (512, 320), mode


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM", "ICO", "TGA", "PCX", "SGI"])
async def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(ImageUnreadable):
        await Reencoder().reencode(encoded(plain(size=(32, 32)), kind), PERSONAL)
