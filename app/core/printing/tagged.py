"""HTML to tagged PDF, with the pinned fonts of documents and without a network."""

from collections.abc import Callable
from typing import Any

from app.core.collecting import collecting_later
from app.core.formula_drawing import drawn
from app.core.printing import fonts, lock

#: Gives the bytes and media type of a picture by its address in the text; None for anything else.
Pictures = Callable[[str], tuple[bytes, str] | None]


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
    with lock, collecting_later():
        html, formulas = drawn(html)

        def known(url: str) -> tuple[bytes, str] | None:
            return (formulas[url].svg, "image/svg+xml") if url in formulas else pictures(url)

        configuration = fonts()
        from weasyprint import CSS, HTML  # noqa: PLC0415

        document = HTML(string=html, base_url=base_url, url_fetcher=_fetcher(known), media_type="print")
        style = CSS(string=css, font_config=configuration)
        data: bytes = document.write_pdf(stylesheets=[style], font_config=configuration, pdf_variant="pdf/ua-1")
    return data
