"""Which template, style and drawing each kind of document has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.certificates.rendering.drawing import AS_IS, SEAL, Motif, Path, rectangle
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


_DRAWINGS: Final = {DocumentKind.COMPLETION: _completion, DocumentKind.APPOINTMENT: _appointment}

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
    )
}
