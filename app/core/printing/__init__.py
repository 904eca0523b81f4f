"""HTML to tagged PDF, with the pinned fonts of documents and without a network."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.core.formula_drawing import drawn

HERE: Final = Path(__file__).resolve().parent
#: The faces of documents; made by ``script/document-fonts``.
FACES: Final = HERE / "fonts"
#: Shows the typesetter these faces and the machine's Noto Serif CJK, and no others.
FONTCONFIG: Final = HERE / "fonts.conf"
#: Pango's font map is not made for several threads: whoever lays out a document in this process holds this lock.
lock: Final = threading.Lock()

#: Gives the bytes and media type of a picture by its address in the text; None for anything else.
Pictures = Callable[[str], tuple[bytes, str] | None]


@contextmanager
def pinned_fonts() -> Iterator[None]:
    """Fontconfig reads its file when Pango is first loaded."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTCONFIG)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def undisturbed() -> Iterator[None]:
    """Look for no garbage meanwhile: all the boxes of a page live until it is written, and then go together."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@cache
def fonts() -> Any:
    """The font configuration of this process; held with ``lock``."""
    with pinned_fonts():
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - loads Pango; web processes never do

        return FontConfiguration()


def _fetcher(pictures: Pictures) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class Known(URLFetcher):  # type: ignore[misc] # no types
        """Answers for our own pictures; nothing else is fetched, whatever a text names."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            found = pictures(url)
            if found is None:
                raise ValueError(f"not a picture of this document: {url}")
            data, media_type = found
            return URLFetcherResponse(url, body=data, headers={"Content-Type": media_type})

    return Known()


def tagged_pdf(html: str, css: str, *, base_url: str, pictures: Pictures) -> bytes:
    """The page as PDF/UA-1. Links are resolved against ``base_url``; pictures come from ``pictures`` alone.

    Formulas become pictures, and what they say in words their alternative text.
    """
    with lock, undisturbed():
        html, formulas = drawn(html)

        def known(url: str) -> tuple[bytes, str] | None:
            return (formulas[url].svg, "image/svg+xml") if url in formulas else pictures(url)

        configuration = fonts()
        from weasyprint import CSS, HTML  # noqa: PLC0415

        document = HTML(string=html, base_url=base_url, url_fetcher=_fetcher(known), media_type="print")
        style = CSS(string=css, font_config=configuration)
        data: bytes = document.write_pdf(stylesheets=[style], font_config=configuration, pdf_variant="pdf/ua-1")
    return data
