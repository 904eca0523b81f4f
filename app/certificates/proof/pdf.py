"""A small, strict reader of PDF files: enough for what we issue, bounded for what strangers send.

It follows the file's cross-reference tables and streams from the newest revision to the oldest, and refuses
whatever it does not know. It repairs nothing: a damaged file is a damaged file.
"""

import binascii
import re
import zlib
from dataclasses import dataclass, field
from typing import Any, Final

from app.certificates.proof.refusal import Refused

#: Bytes that all streams of a file together may unpack to.
UNPACKED: Final = 4 * 1024 * 1024
#: What reading a file may cost (see ``Budget``); a document of ours takes a fiftieth of it.
WORK: Final = 250_000
_DEPTH: Final = 40
_REVISIONS: Final = 16
_SPACE: Final = b"\x00\t\n\x0c\r "
_TOKEN: Final = re.compile(rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]+")
_SKIP: Final = re.compile(rb"(?:[\x00\t\n\x0c\r ]+|%[^\r\n]*)*")
_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_REFERENCE: Final = re.compile(
    rb"(\d{1,8})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
)
#: What a literal string holds besides parentheses and escapes.
_PLAIN: Final = re.compile(rb"[^\\()]+")
_ENDSTREAM: Final = re.compile(rb"[\x00\t\n\x0c\r ]*endstream")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Name(str):
    """A PDF name, without its slash."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    number: int


@dataclass(frozen=True, slots=True)
class Operator:
    """A bare word: an operator of a content stream, or a keyword between objects."""

    word: bytes


@dataclass(slots=True)
class Stream:
    entries: dict[str, Any]
    raw: bytes


@dataclass(slots=True)
class Budget:
    """How much work a file may still make: a unit is an object, a row, a glyph. Small files can ask for years."""

    left: int = WORK

    def spend(self, units: int = 1) -> None:
        """Raises Refused when the file wants more than any document of ours."""
        self.left -= units
        if self.left < 0:
            raise Refused("pdf_unreadable", "more work than any document of ours")


class Reader:
    """Reads one object after the other from bytes, at the expense of a budget."""

    def __init__(self, data: bytes, budget: Budget, position: int = 0) -> None:
        self.data = data
        self.budget = budget
        self.position = position

    def skip(self) -> None:
        found = _SKIP.match(self.data, self.position)
        self.position = found.end() if found else self.position

    def read(self, depth: int = 0) -> Any:
        """The next object, or an Operator. Raises Refused at the end and for what cannot be read."""
        if depth > _DEPTH:
            raise Refused("pdf_unreadable", "nested too deeply")
        self.budget.spend()
        self.skip()
        data, start = self.data, self.position
        first = data[start : start + 1]
        if first == b"/":
            return self._name()
        if first == b"(":
            return self._literal()
        if data[start : start + 2] == b"<<":
            return self._dictionary(depth)
        if first == b"<":
            return self._hex()
        if first == b"[":
            self.position += 1
            return self._list(depth)
        return self._word()

    def _word(self) -> Any:
        if reference := _REFERENCE.match(self.data, self.position):
            self.position = reference.end()
            return Reference(int(reference[1]))
        found = _TOKEN.match(self.data, self.position)
        if found is None:
            raise Refused("pdf_unreadable", f"at byte {self.position}")
        self.position = found.end()
        word = found[0]
        if _NUMBER.fullmatch(word):
            return float(word) if b"." in word else int(word[:18])
        constants = {b"true": True, b"false": False, b"null": None}
        return constants[word] if word in constants else Operator(word)

    def _name(self) -> Name:
        found = _TOKEN.match(self.data, self.position + 1)
        raw = found[0] if found else b""
        self.position += 1 + len(raw)
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), raw)
        return Name(plain.decode("latin-1"))

    def _hex(self) -> bytes:
        end = self.data.find(b">", self.position)
        if end < 0:
            raise Refused("pdf_unreadable", "a hexadecimal string")
        digits = self.data[self.position + 1 : end].translate(None, _SPACE)
        self.position = end + 1
        try:
            return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        except binascii.Error:
            raise Refused("pdf_unreadable", "a hexadecimal string") from None

    def _literal(self) -> bytes:
        parts, level, data = bytearray(), 1, self.data
        at = self.position + 1
        while level:
            self.budget.spend()
            if plain := _PLAIN.match(data, at):
                parts += plain[0]
                at = plain.end()
            character = data[at : at + 1]
            if not character:
                raise Refused("pdf_unreadable", "a string without an end")
            if character == b"\\":
                piece, length = self._escape(at + 1)
                parts += piece
                at += 1 + length
                continue
            level += 1 if character == b"(" else -1
            if level:
                parts += character
            at += 1
        self.position = at
        return bytes(parts)

    def _escape(self, at: int) -> tuple[bytes, int]:
        character = self.data[at : at + 1]
        if octal := re.match(rb"[0-7]{1,3}", self.data[at : at + 3]):
            return bytes([int(octal[0], 8) & 255]), len(octal[0])
        if self.data[at : at + 2] == b"\r\n":
            return b"", 2
        if character in {b"\n", b"\r"}:
            return b"", 1
        return _ESCAPES.get(character, character), 1

    def _list(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            self.skip()
            if self.data[self.position : self.position + 1] == b"]":
                self.position += 1
                return items
            items.append(self._value(depth))

    def _dictionary(self, depth: int) -> dict[str, Any]:
        self.position += 2
        entries: dict[str, Any] = {}
        while True:
            self.skip()
            if self.data[self.position : self.position + 2] == b">>":
                self.position += 2
                return entries
            name = self.read(depth + 1)
            if not isinstance(name, Name) or name in entries:
                raise Refused("pdf_unreadable", "a dictionary")
            entries[name] = self._value(depth)

    def _value(self, depth: int) -> Any:
        value = self.read(depth + 1)
        if isinstance(value, Operator):
            raise Refused("pdf_unreadable", f"a bare word at byte {self.position}")
        return value


@dataclass(slots=True)
class Pdf:
    """A file with its objects. Raises Refused when it cannot be read."""

    data: bytes
    #: Where each object stands: a byte offset, or (object stream, index).
    places: dict[int, int | tuple[int, int]] = field(default_factory=dict)
    trailer: dict[str, Any] = field(default_factory=dict)
    revisions: int = 0
    _known: dict[int, Any] = field(default_factory=dict)
    _packed: dict[int, tuple[bytes, list[tuple[int, int]]]] = field(default_factory=dict)
    _opening: set[int] = field(default_factory=set)
    _unpacked: int = 0
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        if not self.data.startswith(b"%PDF-"):
            raise Refused("not_a_pdf")
        found = re.search(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z", self.data[-1024:])
        if found is None:
            raise Refused("pdf_unreadable", "no end")
        self._read_revisions(int(found[1]))

    def _read_revisions(self, newest: int) -> None:
        position: int | None = newest
        seen: set[int] = set()
        while position is not None:
            if position in seen or len(seen) >= _REVISIONS or position >= len(self.data):
                raise Refused("pdf_unreadable", "revisions")
            seen.add(position)
            entries = self._read_section(position)
            self.trailer = self.trailer or entries
            if "XRefStm" in entries:
                raise Refused("pdf_unreadable", "a hybrid file")
            previous = entries.get("Prev")
            position = previous if isinstance(previous, int) else None
        self.revisions = len(seen)

    def _read_section(self, position: int) -> dict[str, Any]:
        reader = Reader(self.data, self.budget, position)
        first = reader.read()
        if isinstance(first, Operator) and first.word == b"xref":
            return self._read_table(reader)
        stream = self._read_object(position)
        if not isinstance(stream, Stream) or stream.entries.get("Type") != "XRef":
            raise Refused("pdf_unreadable", "no cross-reference")
        self._read_xref_stream(stream)
        return stream.entries

    def _read_table(self, reader: Reader) -> dict[str, Any]:
        while True:
            start = reader.read()
            if isinstance(start, Operator) and start.word == b"trailer":
                break
            count = reader.read()
            if not isinstance(start, int) or not isinstance(count, int) or not 0 <= count <= 100_000:
                raise Refused("pdf_unreadable", "cross-reference table")
            for number in range(start, start + count):
                offset, _generation, kind = reader.read(), reader.read(), reader.read()
                if not isinstance(kind, Operator) or not isinstance(offset, int):
                    raise Refused("pdf_unreadable", "cross-reference table")
                if kind.word == b"n":
                    self.places.setdefault(number, offset)
        entries = reader.read()
        if not isinstance(entries, dict):
            raise Refused("pdf_unreadable", "trailer")
        return entries

    def _read_xref_stream(self, stream: Stream) -> None:
        widths = stream.entries.get("W")
        if not isinstance(widths, list) or len(widths) != 3 or not all(w in range(9) for w in widths):
            raise Refused("pdf_unreadable", "cross-reference stream")
        index = stream.entries.get("Index", [0, stream.entries.get("Size", 0)])
        rows, width, at = self.unpack(stream), sum(widths), 0
        for start, count in zip(index[::2], index[1::2], strict=True):
            for number in range(start, start + count):
                self.budget.spend()
                row = rows[at : at + width]
                at += width
                if len(row) != width or width == 0:
                    raise Refused("pdf_unreadable", "cross-reference stream")
                kind, second, third = self._columns(row, widths)
                if kind == 1:
                    self.places.setdefault(number, second)
                elif kind == 2:
                    self.places.setdefault(number, (second, third))

    @staticmethod
    def _columns(row: bytes, widths: list[int]) -> tuple[int, int, int]:
        first, second = widths[0], widths[0] + widths[1]
        kind = int.from_bytes(row[:first], "big") if first else 1
        return kind, int.from_bytes(row[first:second], "big"), int.from_bytes(row[second:], "big")

    def _read_object(self, position: int, expected: int | None = None) -> Any:
        reader = Reader(self.data, self.budget, position)
        number, _generation, keyword = reader.read(), reader.read(), reader.read()
        if keyword != Operator(b"obj") or (expected is not None and number != expected):
            raise Refused("pdf_unreadable", f"object {expected} at byte {position}")
        value = reader.read()
        reader.skip()
        if isinstance(value, dict) and self.data.startswith(b"stream", reader.position):
            return self._read_stream(value, reader.position + 6)
        return value

    def _read_stream(self, entries: dict[str, Any], start: int) -> Stream:
        start += 2 if self.data.startswith(b"\r\n", start) else 1
        length = self.resolve(entries.get("Length"))
        if not isinstance(length, int) or length < 0 or start + length > len(self.data):
            raise Refused("pdf_unreadable", "length of a stream")
        if not _ENDSTREAM.match(self.data, start + length):
            raise Refused("pdf_unreadable", "end of a stream")
        return Stream(entries, self.data[start : start + length])

    def resolve(self, value: Any) -> Any:
        """The object that a reference names; anything else as it is. A missing object is null."""
        if not isinstance(value, Reference):
            return value
        number = value.number
        if number not in self._known:
            if number in self._opening:
                raise Refused("pdf_unreadable", "objects in a circle")
            self._opening.add(number)
            try:
                self._known[number] = self._open(number)
            finally:
                self._opening.discard(number)
        return self._known[number]

    def _open(self, number: int) -> Any:
        place = self.places.get(number)
        if place is None:
            return None
        if isinstance(place, int):
            return self._read_object(place, number)
        data, members = self._members(place[0])
        if place[1] >= len(members) or members[place[1]][0] != number:
            raise Refused("pdf_unreadable", "an object stream")
        return Reader(data, self.budget, members[place[1]][1]).read()

    def _members(self, number: int) -> tuple[bytes, list[tuple[int, int]]]:
        """An object stream, unpacked: its bytes, and the number and place of each object in it."""
        if number not in self._packed:
            holder = self.resolve(Reference(number))
            if not isinstance(holder, Stream) or holder.entries.get("Type") != "ObjStm":
                raise Refused("pdf_unreadable", "an object stream")
            data, first = self.unpack(holder), self.resolve(holder.entries.get("First"))
            header = Reader(data, self.budget)
            count = min(self.resolve(holder.entries.get("N")), len(data))
            pairs = [(header.read(), header.read()) for _ in range(count)]
            self._packed[number] = data, [(found, first + at) for found, at in pairs]
        return self._packed[number]

    def unpack(self, stream: Stream) -> bytes:
        """A stream's bytes, unpacked. Raises Refused beyond the limit and for unknown filters."""
        filters = self.resolve(stream.entries.get("Filter"))
        parameters = self.resolve(stream.entries.get("DecodeParms"))
        if isinstance(filters, list) and len(filters) == 1:
            filters = self.resolve(filters[0])
            parameters = self.resolve(parameters[0]) if isinstance(parameters, list) else parameters
        if filters is None or filters == []:
            self._count(stream.raw)
            return stream.raw
        if filters != "FlateDecode":
            raise Refused("pdf_unreadable", f"filter {filters}")
        try:
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(stream.raw, UNPACKED - self._unpacked + 1)
        except zlib.error:
            raise Refused("pdf_unreadable", "a packed stream") from None
        self._count(data)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise Refused("pdf_unreadable", "a packed stream")
        return _unpredict(data, parameters, self.budget) if isinstance(parameters, dict) else data

    def _count(self, data: bytes) -> None:
        """Every byte that leaves a stream counts, also when it leaves again."""
        self._unpacked += len(data)
        if self._unpacked > UNPACKED:
            raise Refused("pdf_unreadable", "more than any document of ours unpacks to")

    def entry(self, holder: Any, *names: str) -> Any:
        """Follow names through dictionaries; None where one is missing."""
        for name in names:
            holder = self.resolve(holder)
            if isinstance(holder, Stream):
                holder = holder.entries
            holder = holder.get(name) if isinstance(holder, dict) else None
        return self.resolve(holder)

    def pages(self) -> list[dict[str, Any]]:
        """The pages, with what they inherit. Raises Refused for more than a few."""
        found: list[dict[str, Any]] = []
        self._collect(self.entry(self.trailer, "Root", "Pages"), {}, found, 0)
        return found

    def _collect(self, node: Any, inherited: dict[str, Any], found: list[dict[str, Any]], depth: int) -> None:
        self.budget.spend()
        node = self.resolve(node)
        if not isinstance(node, dict) or depth > 8 or len(found) > 20:
            raise Refused("pdf_unreadable", "pages")
        whole = {**{key: inherited[key] for key in ("Resources",) if key in inherited}, **node}
        if node.get("Type") == "Pages":
            for kid in self.resolve(node.get("Kids")) or []:
                self._collect(kid, whole, found, depth + 1)
        else:
            found.append(whole)

    def attachments(self) -> dict[str, bytes]:
        """Embedded files by name. Raises Refused when a name stands twice."""
        names = self.entry(self.trailer, "Root", "Names", "EmbeddedFiles", "Names") or []
        found: dict[str, bytes] = {}
        for name, holder in zip(names[::2], names[1::2], strict=True):
            raw = self.entry(holder, "UF") or self.entry(holder, "F") or name
            text = _text(self.resolve(raw))
            stream = self.entry(holder, "EF", "F")
            if not isinstance(stream, Stream) or text in found:
                raise Refused("pdf_unreadable", "attachments")
            found[text] = self.unpack(stream)
        return found


def _text(raw: bytes) -> str:
    return raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _unpredict(data: bytes, parameters: dict[str, Any], budget: Budget) -> bytes:
    """Undo the PNG “up” predictor, which cross-reference streams use."""
    predictor, columns = parameters.get("Predictor", 1), parameters.get("Columns", 1)
    if predictor == 1:
        return data
    if predictor < 10 or not isinstance(columns, int) or not 0 < columns <= 64:
        raise Refused("pdf_unreadable", "a predictor")
    before, rows = bytes(columns), bytearray()
    budget.spend(len(data) // (columns + 1) + len(data) // 16)
    for at in range(0, len(data), columns + 1):
        kind, row = data[at], data[at + 1 : at + 1 + columns]
        if kind not in {0, 2} or len(row) != columns:
            raise Refused("pdf_unreadable", "a predictor")
        before = bytes(a + b & 255 for a, b in zip(row, before, strict=True)) if kind == 2 else row
        rows += before
    return bytes(rows)
