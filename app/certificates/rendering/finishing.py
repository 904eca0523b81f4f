"""What WeasyPrint cannot do by itself, done to its objects before they are written.

The page's drawing and the QR code go in as PDF operators (as images they would be most of the cost), every
passage gets its language, and the file says that it is PDF/UA-1 as well as PDF/A-3a.
"""

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import pydyf
import segno

from app.certificates.rendering.drawing import Motif, pdf_matrix, pdf_operators

QUIET: Final = 4
#: Any mask is valid; searching for the best one costs more than drawing the code.
MASK: Final = 2

_UA: Final = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>\
</rdf:Description><rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema\
</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>The part of ISO 14289 to which \
this file conforms</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>\
</pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


@lru_cache(maxsize=64)
def _deflated(paths: tuple[Any, ...]) -> bytes:
    return zlib.compress(pdf_operators(paths), 9)


def qr_operators(content: str) -> bytes:
    """A QR code filling the unit square, its quiet zone included, as PDF operators."""
    matrix = [list(row) for row in segno.make(content, error="m", mask=MASK, micro=False).matrix]
    size = len(matrix) + 2 * QUIET
    lines = [f"1 1 1 rg 0 0 1 1 re f q {1 / size:.6f} 0 0 {1 / size:.6f} 0 0 cm 0 0 0 rg"]
    for y, row in enumerate(matrix):
        lines += [f"{x + QUIET} {size - QUIET - y - 1} {run} 1 re" for x, run in _runs(row)]
    lines.append("f Q")
    return "\n".join(lines).encode()


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    start = None
    for x, module in enumerate([*row, 0]):
        if module and start is None:
            start = x
        elif not module and start is not None:
            yield start, x - start
            start = None


def _form(pdf: Any, data: bytes, box: tuple[float, float, float, float]) -> Any:
    extra = {
        "Type": "/XObject",
        "Subtype": "/Form",
        "BBox": pydyf.Array([round(value, 2) for value in box]),
        "Resources": pydyf.Dictionary(),
        "Filter": "/FlateDecode",
    }
    form = pydyf.Stream([data], extra)
    pdf.add_object(form)
    return form


def _referenced(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def draw_behind(pdf: Any, motifs: Sequence[Motif]) -> None:
    """Put the drawing under the text of the only page, marked as decoration."""
    page = next(thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("Type") == "/Page")
    resources = _referenced(pdf, page["Resources"])
    lines = ["/Artifact BMC"]
    for motif in motifs:
        form = _form(pdf, _deflated(motif.paths), motif.box)
        resources["XObject"][motif.name] = form.reference
        lines += [f"q {pdf_matrix(place)} /{motif.name} Do Q" for place in motif.places]
    lines.append("EMC")
    layer = pydyf.Stream(["\n".join(lines)], compress=True)
    pdf.add_object(layer)
    page["Contents"] = pydyf.Array([layer.reference, page["Contents"]])


def place_qr(pdf: Any, content: str) -> None:
    """Turn the page's one image, a placeholder, into the QR code; its Figure tag and Alt stay."""
    images = [
        thing
        for thing in pdf.objects
        if isinstance(thing, pydyf.Stream) and dict(thing.extra).get("Subtype") == "/Image"
    ]
    if len(images) != 1:
        raise ValueError(f"a document has one placeholder for its QR code, not {len(images)}")
    form = _form(pdf, zlib.compress(qr_operators(content), 9), (0, 0, 1, 1))
    pdf.objects.pop()
    form.number = images[0].number
    pdf.objects[form.number] = form


def name_languages(document: Any, pdf: Any) -> None:
    """Give every tagged passage its language.

    WeasyPrint writes the language of the whole document alone. Its boxes and its tags stand in the same order,
    so the language of each box can be set on its tag. Raises ValueError should that order ever change.
    """
    root = _referenced(pdf, pdf.catalog["StructTreeRoot"])
    tags = list(_leaves(pdf, _referenced(pdf, root["K"][0])))
    boxes = list(_shown(document.pages[0]._page_box))
    if len(tags) != len(boxes):
        raise ValueError(f"{len(tags)} tags for {len(boxes)} boxes: languages cannot be matched")
    for tag, box in zip(tags, boxes, strict=True):
        language = box.style["lang"]
        if language and language != document.metadata.lang:
            tag["Lang"] = pydyf.String(language)


def _leaves(pdf: Any, element: Any) -> Iterator[Any]:
    for kid in element["K"]:
        if isinstance(kid, int):
            yield element
        else:
            child = _referenced(pdf, kid)
            if child.get("Type") == "/StructElem":
                yield from _leaves(pdf, child)


def _shown(box: Any) -> Iterator[Any]:
    box = getattr(box, "_box", box)
    if hasattr(box, "replacement") or type(box).__name__ == "TextBox":
        yield box
    for child in getattr(box, "children", ()):
        yield from _shown(child)


def claim_accessibility(pdf: Any) -> None:
    """Add PDF/UA-1 to the file's metadata, with the schema description that PDF/A demands for it."""
    metadata = _referenced(pdf, pdf.catalog["Metadata"])
    content = b"".join(metadata.stream)
    metadata.stream = [content.replace(b"</rdf:RDF>", _UA)]
