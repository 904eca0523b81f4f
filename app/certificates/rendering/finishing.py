"""What WeasyPrint cannot do by itself, done to its objects before they are written.

The page's drawing and the QR code go in as PDF operators (as images they would be most of the cost), every
passage gets its language, and the file says that it is PDF/UA-1 as well as PDF/A-3a.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pydyf
import segno

from app.certificates.rendering.drawing import Motif, pdf_matrix, pdf_operators

QUIET: Final = 4
#: Any mask is valid; searching for the best one costs more than drawing the code.
MASK: Final = 2

#: What the glyphs of a font need to be drawn (ISO 32000-1, 9.9).
GLYPH_TABLES: Final = frozenset({b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"cvt ", b"fpgm", b"prep"})

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


@dataclass(frozen=True, slots=True)
class Layer:
    """A page's static drawing, ready to be put into any number of files: packed once a process."""

    #: Name, box and packed content of each drawing that is placed.
    forms: tuple[tuple[str, tuple[float, float, float, float], bytes], ...]
    #: Where they are placed, packed.
    content: bytes

    @classmethod
    def of(cls, motifs: Sequence[Motif]) -> "Layer":
        lines = ["/Artifact BMC"]
        lines += [f"q {pdf_matrix(place)} /{motif.name} Do Q" for motif in motifs for place in motif.places]
        lines.append("EMC")
        forms = tuple((motif.name, motif.box, zlib.compress(pdf_operators(motif.paths), 9)) for motif in motifs)
        return cls(forms, zlib.compress("\n".join(lines).encode(), 9))


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


def draw_behind(pdf: Any, first: Layer, others: Layer) -> None:
    """Put the drawings under the text of the first page and of those after it, marked as decoration."""
    pages = [thing for thing in list(pdf.objects) if isinstance(thing, dict) and thing.get("Type") == "/Page"]
    for layer, drawn_on in ((first, pages[:1]), (others, pages[1:])):
        if not drawn_on:
            continue
        drawn = pydyf.Stream([layer.content], {"Filter": "/FlateDecode"})
        pdf.add_object(drawn)
        forms = {name: _form(pdf, content, box).reference for name, box, content in layer.forms}
        for page in drawn_on:
            _referenced(pdf, page["Resources"])["XObject"].update(forms)
            page["Contents"] = pydyf.Array([drawn.reference, page["Contents"]])


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
    boxes = [box for page in document.pages for box in _shown(page._page_box)]
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


def trim_fonts(pdf: Any) -> None:
    """Leave in embedded TrueType fonts what a PDF reader uses: it asks for no names and no code points."""
    for thing in list(pdf.objects):
        if isinstance(thing, dict) and "FontFile2" in thing:
            stream = _referenced(pdf, thing["FontFile2"])
            stream.stream = [_with_tables(b"".join(stream.stream), GLYPH_TABLES)]
            stream.extra["Length1"] = len(stream.stream[0])


def _with_tables(font: bytes, wanted: frozenset[bytes]) -> bytes:
    """The font with these tables alone, in the same order."""
    rows = [
        struct.unpack_from(">4sLLL", font, 12 + 16 * row) for row in range(struct.unpack_from(">H", font, 4)[0])
    ]
    kept = [row for row in rows if row[0] in wanted]
    steps = len(kept).bit_length() - 1
    head = struct.pack(">4sHHHH", font[:4], len(kept), 16 << steps, steps, 16 * len(kept) - (16 << steps))
    place = len(head) + 16 * len(kept)
    data = b""
    for tag, checksum, offset, length in kept:
        head += struct.pack(">4sLLL", tag, checksum, place + len(data), length)
        data += font[offset : offset + length].ljust(-(-length // 4) * 4, b"\0")
    return head + data


def claim_accessibility(pdf: Any) -> None:
    """Add PDF/UA-1 to the file's metadata, with the schema description that PDF/A demands for it."""
    metadata = _referenced(pdf, pdf.catalog["Metadata"])
    content = b"".join(metadata.stream)
    metadata.stream = [content.replace(b"</rdf:RDF>", _UA)]


class _Written(pydyf.Object):  # type: ignore[misc] # no types
    """An object of which the bytes are known."""

    data: bytes = b""
    compressible: bool = False

    def __init__(self, thing: Any) -> None:
        super().__init__()
        self.number, self.generation = thing.number, thing.generation
        self.data, self.compressible = thing.data, thing.compressible


def write_once(pdf: Any) -> None:
    """Write and pack every object, as the last thing: the library would do it twice, for the file's identifier."""
    pdf.objects = [thing if thing.free == "f" else _Written(thing) for thing in pdf.objects]
