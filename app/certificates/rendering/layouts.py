"""Which template, style and drawing each kind of document has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.certificates.rendering.drawing import Motif
from app.certificates.rendering.ornament import Inks, border, medallion
from app.certificates.rendering.seal import seal
from app.certificates.rendering.style import Look, colour, mixed
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

    def drawing(self, look: Look, example: bool) -> Sequence[Motif]:
        """The page's static layer, back to front."""
        return _DRAWINGS[self.kind](self.width, self.height, look, example)


def _seal(x: float, y: float, look: Look, example: bool) -> Motif:
    return seal(x, y, look.seal, colour(look.seal_ink), example=example)


def _in_line(width: float, height: float, look: Look) -> list[Motif]:
    return border(width, height, Inks(colour(look.line), look.mist))


def _completion(width: float, height: float, look: Look, example: bool) -> Sequence[Motif]:
    return [
        *medallion(width / 2, height / 2 + 22, 150, look.haze),
        *_in_line(width, height, look),
        _seal(598, 72, look, example),
    ]


def _appointment(width: float, height: float, look: Look, example: bool) -> Sequence[Motif]:
    red = colour(look.seal_ink)
    white = (1.0, 1.0, 1.0)
    return [
        *medallion(width / 2, height * 0.56, 170, mixed(red, white, 0.9)),
        *border(width, height, Inks(red, mixed(red, white, 0.5))),
        _seal(442, 118, look, example),
    ]


def _record(width: float, height: float, look: Look, example: bool) -> Sequence[Motif]:
    return [
        *medallion(width / 2, height * 0.56, 170, look.haze),
        *_in_line(width, height, look),
        _seal(338, 106, look, example),
    ]


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
            limits=(("middle", 424), ("data", 532), ("signature", 532)),
        ),
        Layout(
            DocumentKind.APPOINTMENT,
            "appointment.html",
            "appointment.css",
            SHORT,
            LONG,
            limits=(("text", 610), ("signature", 756)),
        ),
        *(
            Layout(
                kind,
                "record.html",
                "record.css",
                SHORT,
                LONG,
                limits=(("person", 296), ("list", 560), ("list-on", 756), ("facts", 650), ("signature", 756)),
                lines=(8, 20),
            )
            for kind in (DocumentKind.HOURS, DocumentKind.TRANSCRIPT)
        ),
    )
}
