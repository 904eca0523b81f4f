"""HTML and CSS through WeasyPrint, with the shared parts made once a process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.certificates import claims
from app.certificates.rendering import finishing, signing
from app.certificates.rendering.attaching import Attachment, attach
from app.certificates.rendering.layouts import LAYOUTS, Layout
from app.certificates.rendering.ornament import MEDALLION
from app.certificates.rendering.signing import Signature
from app.certificates.rendering.style import PLAIN, HouseStyle, Look
from app.certificates.rules import DocumentKind, Snapshot
from app.core import printing
from app.core.collecting import collecting_later

HERE: Final = Path(__file__).resolve().parent
TEMPLATES: Final = HERE.parents[1] / "templates" / "certificates" / "document"
#: A white point; the QR code takes its place.
PLACEHOLDER: Final = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg=="
)
#: Drawings and stylesheets that a process keeps at once, of all bodies and kinds of document.
LOOKS: Final = 64
#: What the file calls its colours.
COLOURS: Final = "academy-srgb"
#: Type grows smaller step by step until everything fits on the page.
FITS: Final = ("roomy", "close", "tight")


class DoesNotFit(RuntimeError):
    """The document's text takes more than its page even in the smallest type."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed beside the claims: the verification code, where to verify, and in which house style."""

    code: str
    public_url: str
    style: HouseStyle = PLAIN

    @property
    def verify_url(self) -> str:
        return f"{self.public_url}/verify"

    def qr(self, number: str) -> str:
        """The address in the QR code. The secret stands in the fragment, which browsers never send."""
        return f"{self.verify_url}#n={number}&c={self.code}"


@dataclass
class _ColourProfile:
    """An ICC profile as WeasyPrint takes it; its own class parses and serialises the file for every document."""

    name: str
    content: bytes
    components: tuple[str, ...]
    pdf_reference: bytes | None = None


@cache
def _srgb() -> bytes:
    import weasyprint.pdf  # noqa: PLC0415

    return (files(weasyprint.pdf) / "sRGB2014.icc").read_bytes()


def stylesheet(name: str, look: Look) -> str:
    """A stylesheet with a look's colours in place of their names."""
    return Template((TEMPLATES / name).read_text()).substitute(look.inks())


@lru_cache(maxsize=LOOKS)
def _stylesheet(name: str, look: Look) -> Any:
    from weasyprint import CSS  # noqa: PLC0415

    return CSS(string=stylesheet(name, look), font_config=printing.fonts())


@cache
def _page_class() -> Any:
    """A page made from well-formed markup, which needs neither a lenient parser nor the rules for all of HTML."""
    from cssselect2 import ElementWrapper  # noqa: PLC0415
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    class Page(HTML):  # type: ignore[misc] # no types
        def __init__(self, markup: str) -> None:
            self.base_url, self.url_fetcher, self.media_type = None, URLFetcher(), "print"
            root = ElementTree.fromstring(markup)  # noqa: S314 - made by our own templates, which escape
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [_stylesheet("base.css", PLAIN.look)]

    return Page


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals.update(
        long_day=claims.long_day,
        hours_of=claims.hours_of,
        percent_of=claims.percent_of,
        plain=claims.plain,
        short_digest=claims.short_digest,
        placeholder=PLACEHOLDER,
    )
    return environment


@lru_cache(maxsize=LOOKS)
def _layer(kind: DocumentKind, look: Look, example: bool, first: bool) -> finishing.Layer:
    """The drawing of the first page; those after it have neither seal nor medallion."""
    motifs = LAYOUTS[kind].drawing(look, example)
    return finishing.Layer.of([motif for motif in motifs if first or motif.name not in {"Seal", *MEDALLION}])


def markup(snapshot: Snapshot, printed: Printed, fit: str = FITS[0]) -> str:
    """The document as HTML."""
    layout = LAYOUTS[snapshot.document.kind]
    lines = {claim.key: claim for claim in claims.printed_claims(snapshot)}
    wording = printed.style.wording(snapshot.document.kind)
    return (
        _environment()
        .get_template(layout.template)
        .render(
            snapshot=snapshot,
            document=snapshot.document,
            claims=snapshot.document.claims,
            lines=lines,
            statement=wording.lines(claims.fields_for_wording(snapshot), examined="result" in lines),
            signatories=wording.signatories,
            printed=printed,
            sheets=_sheets(snapshot, layout),
            fit=fit,
            name_size=_name_size(snapshot.holder.name),
        )
    )


def _sheets(snapshot: Snapshot, layout: Layout) -> Sequence[Sequence[Any]]:
    """The courses of a list, sheet by sheet; one sheet with all of them where the document has no list."""
    courses = getattr(snapshot.document.claims, "courses", ())
    if layout.lines is None:
        return [courses]
    first, next_ = layout.lines
    return [courses[:first], *(courses[start : start + next_] for start in range(first, len(courses), next_))]


def _name_size(name: str) -> str:
    """Long names (with a middle dot, or Latin ones) are set smaller; a short one stays the largest thing."""
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in name)
    return "short" if width <= 10 else "medium" if width <= 22 else "long"


def render(
    snapshot: Snapshot,
    printed: Printed,
    attachments: Sequence[Attachment] = (),
    signature: Signature | None = None,
) -> bytes:
    """The document as a tagged PDF/A-3a that is PDF/UA-1 too, with these files inside, and signed if so wished.

    The same snapshot and files give the same bytes, but for the signature. Raises DoesNotFit, TimestampFailed, and
    whatever the signer raises.
    """
    look = printed.style.look
    with printing.lock, collecting_later():
        document, layout = _laid_out(snapshot, printed)

        def finish(_document: Any, pdf: Any) -> None:
            finishing.name_languages(document, pdf)
            finishing.place_qr(pdf, printed.qr(snapshot.number))
            example = snapshot.document.example
            first, others = (_layer(layout.kind, look, example, which) for which in (True, False))
            finishing.draw_behind(pdf, first, others)
            finishing.trim_fonts(pdf)
            finishing.claim_accessibility(pdf)
            attach(pdf, attachments, datetime.fromisoformat(snapshot.issued_on))
            if signature:
                signing.keep_place(pdf, signature)
            finishing.write_once(pdf)

        document.color_profiles[COLOURS] = _ColourProfile("sRGB2014", _srgb(), ("r", "g", "b"))
        data: bytes = document.write_pdf(finisher=finish, pdf_variant="pdf/a-3a", output_intent=COLOURS)
    return signing.fill_in(data, signature) if signature else data


def _laid_out(snapshot: Snapshot, printed: Printed) -> tuple[Any, Layout]:
    """The pages in the largest type that fits. Raises DoesNotFit."""
    layout = LAYOUTS[snapshot.document.kind]
    for fit in FITS:
        document = _layout(markup(snapshot, printed, fit), layout, printed.style.look)
        if _fits(document, layout, len(_sheets(snapshot, layout))):
            return document, layout
    raise DoesNotFit(snapshot.number)


def _fits(document: Any, layout: Layout, sheets: int) -> bool:
    """A page a sheet, and no block below its limit (WeasyPrint lets placed blocks run over anything)."""
    limits = dict(layout.limits)
    return len(document.pages) == sheets and all(
        (box.position_y + box.margin_height()) * 0.75 <= limits[name]
        for page in document.pages
        for box in page._page_box.descendants(placeholders=True)
        if box.element is not None and (name := box.element.get("class") or "") in limits
    )


def _layout(html: str, layout: Layout, look: Look) -> Any:
    return _page_class()(html).render(
        stylesheets=[_stylesheet(layout.stylesheet, look)], font_config=printing.fonts()
    )
