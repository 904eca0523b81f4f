"""Which template, style and drawing each kind of document has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.certificates.rendering.drawing import AS_IS, INDIGO, SEAL, Motif, Path, rectangle
from app.certificates.rendering.ornament import border, medallion
from app.certificates.rendering.seal import seal
from app.certificates.rules import DocumentKind

#: A4 in points.
SHORT: Final = 595.28
LONG: Final = 841.89


@dataclass(frozen=True, slots=True)
class Layout:
    """A page: template and stylesheet under templates/certificates/document, and what is drawn behind."""

    kind: DocumentKind
    template: str
    stylesheet: str
    width: float
    height: float
    #: How far down a block (named by its class) may reach, in points; further means smaller type.
    limits: tuple[tuple[str, float], ...]
    #: How many lines a list may have on the first sheet and on those after it; none: the document is one sheet.
    lines: tuple[int, int] | None = None

    def drawing(self, example: bool) -> Sequence[Motif]:
        """The page's static layer, back to front."""
        return _DRAWINGS[self.kind](self.width, self.height, example)


def _completion(width: float, height: float, example: bool) -> Sequence[Motif]:
    return [
        *medallion(width / 2, height / 2 + 22, 150),
        *border(width, height),
        seal(588, 75, example=example),
    ]


def _appointment(width: float, height: float, example: bool) -> Sequence[Motif]:
    frame = Motif(
        "Frame",
        (
            Path(rectangle(34, 34, width - 68, height - 68), stroke=SEAL, width=1.1),
            Path(rectangle(39, 39, width - 78, height - 78), stroke=SEAL, width=0.3),
        ),
        (AS_IS,),
        (0, 0, width, height),
    )
    return [*medallion(width / 2, height * 0.56, 170), frame, seal(444, 122, example=example)]


def _record(width: float, height: float, example: bool) -> Sequence[Motif]:
    rules = Motif(
        "Rules",
        tuple(
            Path(rectangle(inset, inset, width - 2 * inset, height - 2 * inset), stroke=INDIGO, width=weight)
            for inset, weight in ((30.0, 1.1), (35.0, 0.3))
        ),
        (AS_IS,),
        (0, 0, width, height),
    )
    return [*medallion(width / 2, height * 0.56, 170), rules, seal(366, 90, example=example)]


_DRAWINGS: Final = {
    DocumentKind.COMPLETION: _completion,
    DocumentKind.APPOINTMENT: _appointment,
    DocumentKind.HOURS: _record,
    DocumentKind.TRANSCRIPT: _record,
}

LAYOUTS: Final[Mapping[DocumentKind, Layout]] = {
    layout.kind: layout
    for layout in (
        Layout(
            DocumentKind.COMPLETION,
            "completion.html",
            "completion.css",
            LONG,
            SHORT,
            limits=(("middle", 424), ("data", 532)),
        ),
        Layout(
            DocumentKind.APPOINTMENT,
            "appointment.html",
            "appointment.css",
            SHORT,
            LONG,
            limits=(("text", 610),),
        ),
        *(
            Layout(
                kind,
                "record.html",
                "record.css",
                SHORT,
                LONG,
                limits=(("person", 330), ("list", 656), ("list-on", 784), ("facts", 778)),
                lines=(11, 21),
            )
            for kind in (DocumentKind.HOURS, DocumentKind.TRANSCRIPT)
        ),
    )
}
