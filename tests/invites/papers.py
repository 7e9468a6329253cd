"""Reading a PDF of slips back: its pages as text, its QR codes as a camera sees them."""

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import zxingcpp


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, with plain ends of lines."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r", "") for page in document]
    finally:
        document.close()


def links_of(pdf: bytes) -> list[str]:
    """What a camera reads on each page, at the resolution of an ordinary printer's half."""
    return [code.text for picture in pictures_of(pdf) for code in zxingcpp.read_barcodes(picture)]


def pictures_of(pdf: bytes) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=150 / 72, grayscale=True).to_pil()
    finally:
        document.close()


def codes_of(text: str) -> list[str]:
    return re.findall(r"\b(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}\b", text)
