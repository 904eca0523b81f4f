"""The text that a page really draws, in the order in which it draws it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from app.certificates.proof.pdf import Budget, Name, Operator, Pdf, Reader, Reference, Stream
from app.certificates.proof.refusal import Refused

#: Rendering modes that draw nothing (3) or only clip (7).
_INVISIBLE: Final = {3, 7}
_DEPTH: Final = 8
#: Instructions that have nothing to do with which text is shown, passed over at once.
_NEUTRAL: Final = re.compile(
    rb"(?:\s++|(?:[-+.\d]++\s++)*+(?:[mlcvyhSsFnWgGkKwJjMi]|[fBbW]\*?|re|rg|RG|cm|T[dDmcwzLs*]|BT|ET|EMC)(?=\s))+"
)
#: Where a ToUnicode map lists what glyphs mean.
_PAIRS: Final = re.compile(rb"begin(bfchar|bfrange)")
#: A form without any of these can show no text.
_WRITES: Final = re.compile(rb"Tj|TJ|['\"]|Do|BI")


def comparable(text: str) -> str:
    """Text without white space, and with characters that share a glyph made one."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def text_of(pdf: Pdf) -> str:
    """What the file's pages draw as text. Raises Refused for what cannot be read, or lies on the page."""
    drawing = _Drawing(pdf)
    for page in pdf.pages():
        _refuse_annotations(pdf, page)
        contents = pdf.resolve(page.get("Contents"))
        streams = contents if isinstance(contents, list) else [contents]
        data = b"\n".join(pdf.unpack(_stream(pdf.resolve(one))) for one in streams)
        drawing.run(data, pdf.resolve(page.get("Resources")) or {}, 0)
    return "".join(drawing.drawn)


def _stream(value: Any) -> Stream:
    if not isinstance(value, Stream):
        raise Refused("pdf_unreadable", "contents of a page")
    return value


def _refuse_annotations(pdf: Pdf, page: dict[str, Any]) -> None:
    """Nothing may lie on a page but the signature's field, which has no size."""
    for one in pdf.resolve(page.get("Annots")) or []:
        box = pdf.entry(one, "Rect") or [0, 0, 1, 1]
        is_signature = pdf.entry(one, "Subtype") == "Widget" and pdf.entry(one, "FT") == "Sig"
        if not is_signature or box[0] != box[2] or box[1] != box[3]:
            raise Refused("annotation", str(pdf.entry(one, "Subtype")))


@dataclass(slots=True)
class _State:
    font: "_Font | None" = None
    mode: int = 0


class _Drawing:
    """Follows content streams and collects what they show."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.drawn: list[str] = []
        self.fonts: dict[int, _Font] = {}
        self.forms: dict[int, list[str]] = {}

    def run(self, data: bytes, resources: dict[str, Any], depth: int) -> None:
        """Read one stream. Raises Refused when forms are nested too deeply or a stream never ends."""
        if depth > _DEPTH:
            raise Refused("pdf_unreadable", "forms nested too deeply")
        reader, operands = Reader(data, self.pdf.budget), list[Any]()
        state, kept = _State(), list[_State]()
        while True:
            if not operands and (passed := _NEUTRAL.match(data, reader.position)):
                reader.position = passed.end()
            reader.skip()
            if reader.position >= len(data):
                return
            value = reader.read()
            if not isinstance(value, Operator):
                operands.append(value)
                continue
            if value.word == b"BI":
                raise Refused("pdf_unreadable", "an inline image")
            if value.word == b"q":
                kept.append(_State(state.font, state.mode))
            elif value.word == b"Q" and kept:
                state = kept.pop()
            elif value.word == b"Do":
                self._form(operands, resources, depth)
            else:
                self._text(value.word, operands, resources, state)
            operands = []

    def _text(self, word: bytes, operands: list[Any], resources: dict[str, Any], state: _State) -> None:
        if word == b"Tf" and operands and isinstance(operands[0], Name):
            state.font = self._font(self.pdf.entry(resources, "Font"), operands[0])
        elif word == b"Tr" and operands:
            state.mode = operands[0]
        elif word in {b"Tj", b"'", b'"'} and operands:
            self._show([operands[-1]], state)
        elif word == b"TJ" and operands and isinstance(operands[0], list):
            self._show(operands[0], state)

    def _show(self, pieces: list[Any], state: _State) -> None:
        if state.mode in _INVISIBLE:
            return
        if state.font is None:
            raise Refused("pdf_unreadable", "text without a font")
        self.drawn += [state.font.text(piece) for piece in pieces if isinstance(piece, bytes)]

    def _form(self, operands: list[Any], resources: dict[str, Any], depth: int) -> None:
        """Draw a form; one that is drawn a hundred times (a cell of the border) is read once."""
        holder = self.pdf.entry(resources, "XObject") or {}
        reference = holder.get(operands[0] if operands else "")
        form = self.pdf.resolve(reference)
        if not isinstance(form, Stream) or not isinstance(reference, Reference):
            raise Refused("pdf_unreadable", "a missing form")
        if form.entries.get("Subtype") != "Form":
            return
        if reference.number not in self.forms:
            outside, self.drawn = self.drawn, []
            data = self.pdf.unpack(form)
            if _WRITES.search(data):
                self.run(data, self.pdf.resolve(form.entries.get("Resources")) or {}, depth + 1)
            self.forms[reference.number], self.drawn = self.drawn, outside
        self.pdf.budget.spend(len(self.forms[reference.number]))
        self.drawn += self.forms[reference.number]

    def _font(self, fonts: Any, name: str) -> "_Font":
        holder = fonts.get(name) if isinstance(fonts, dict) else None
        number = holder.number if isinstance(holder, Reference) else -1
        if number < 0 or number not in self.fonts:
            font = _Font.read(self.pdf, self.pdf.resolve(holder))
            if number < 0:
                return font
            self.fonts[number] = font
        return self.fonts[number]


@dataclass(frozen=True, slots=True)
class _Font:
    """What the codes of a font mean."""

    width: int
    meaning: dict[bytes, str]

    @classmethod
    def read(cls, pdf: Pdf, entries: Any) -> "_Font":
        """Raises Refused for a font whose codes have no meaning."""
        stream = pdf.entry(entries, "ToUnicode")
        if not isinstance(stream, Stream):
            raise Refused("pdf_unreadable", "a font without meaning")
        return cls(2 if entries.get("Subtype") == "Type0" else 1, _meaning(pdf.unpack(stream), pdf.budget))

    def text(self, codes: bytes) -> str:
        parts = []
        for at in range(0, len(codes), self.width):
            code = codes[at : at + self.width]
            if code not in self.meaning:
                raise Refused("pdf_unreadable", "a glyph without meaning")
            parts.append(self.meaning[code])
        return "".join(parts)


def _meaning(cmap: bytes, budget: Budget) -> dict[bytes, str]:
    """The pairs of a ToUnicode map."""
    found: dict[bytes, str] = {}
    budget.spend(len(cmap) // 64)
    at = 0
    while begun := _PAIRS.search(cmap, at):
        end = cmap.find(b"endbf", begun.end())
        if end < 0:
            raise Refused("pdf_unreadable", "a map of glyphs without an end")
        items, at = _items(cmap[begun.end() : end], budget), end
        if begun[1] == b"bfchar":
            found.update(zip(items[::2], map(_unicode, items[1::2]), strict=True))
        else:
            _add_ranges(items, found, budget)
    return found


def _items(body: bytes, budget: Budget) -> list[Any]:
    reader, items = Reader(body, budget), list[Any]()
    while True:
        reader.skip()
        if reader.position >= len(body):
            return items
        items.append(reader.read())


def _unicode(raw: bytes) -> str:
    return raw.decode("utf-16-be", "replace")


def _add_ranges(items: list[Any], found: dict[bytes, str], budget: Budget) -> None:
    for first, last, target in zip(items[::3], items[1::3], items[2::3], strict=True):
        start, end = int.from_bytes(first, "big"), int.from_bytes(last, "big")
        if not 0 <= end - start < 65_536:
            raise Refused("pdf_unreadable", "a range of glyphs")
        budget.spend(end - start)
        for step, code in enumerate(range(start, end + 1)):
            if isinstance(target, list):
                text = _unicode(target[step])
            else:
                text = _unicode(target[:-2] + (int.from_bytes(target[-2:], "big") + step).to_bytes(2, "big"))
            found[code.to_bytes(len(first), "big")] = text
