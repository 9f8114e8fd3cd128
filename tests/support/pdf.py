"""Writes small PDFs (ISO 32000-1), good ones, and such as people with bad intentions write."""

from collections.abc import Sequence

_WORDS = "people draw, say and share things here, and find them again"
_CATALOG, _PAGES, _FONT, _FIRST = 1, 2, 3, 4


def document(pages: int, box: str = "0 0 595 842", lines: int = 0) -> bytes:
    """Page after page with its number on it, and so many lines of words below it."""
    objects: list[bytes] = []
    for number in range(1, pages + 1):
        own = _FIRST + len(objects)
        heading = f"BT /F 40 Tf 60 700 Td (This is page {number}) Tj ET"
        objects += [
            _page(own + 1, box, "/Font << /F 3 0 R >>"),
            _stream(f"{heading} {_words(number, lines)}".encode()),
        ]
    return _file(objects, range(_FIRST, _FIRST + len(objects), 2))


def endless(deep: int = 40) -> bytes:
    """One page with a drawing that draws another one twice, and so on, so many times deep."""
    form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
    forms = [
        _stream(b"/X Do /X Do", f"{form} /Resources << /XObject << /X {_FIRST + 3 + n} 0 R >> >>")
        for n in range(deep)
    ]
    forms.append(_stream(b"0 0 1 1 re f", form))
    drawn = f"/XObject << /X {_FIRST + 2} 0 R >>"
    page = _page(_FIRST + 1, "0 0 595 842", drawn)
    return _file([page, _stream(b"/X Do"), *forms], [_FIRST])


def _words(page: int, lines: int) -> str:
    said = " ".join(f"({page}, line {line}: {_WORDS}) Tj T*" for line in range(1, lines + 1))
    return f"BT /F 9 Tf 14 TL 60 660 Td {said} ET" if lines else ""


def _page(content: int, box: str, resources: str) -> bytes:
    return (
        f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [{box}] /Contents {content} 0 R"
        f" /Resources << {resources} >> >>"
    ).encode()


def _stream(content: bytes, about: str = "") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about.encode(), len(content), content)


def _file(objects: Sequence[bytes], pages: Sequence[int]) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in pages)
    everything = [
        f"<< /Type /Catalog /Pages {_PAGES} 0 R >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *objects,
    ]
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(everything, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(everything) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (len(everything) + 1, _CATALOG)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % table)
