"""Reading a roster: CSV or XLSX as registrars have them, every fault named by its row."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.accounts.rules import is_latin_name, is_name, tidy_latin_name
from app.core.text import Bilingual

MAX_ROWS: Final = 5000
MAX_UNPACKED: Final = 64 * 1024 * 1024

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "student_number": ("学号", "student number", "student_number", "学员编号"),
    "name": ("姓名", "name", "chinese name"),
    "latin_name": ("姓名拼音", "拼音", "latin name", "latin_name", "name in latin letters"),
    "email": ("电子邮箱", "邮箱", "email", "e-mail"),
}
TITLES: Final[dict[str, Bilingual]] = {
    "student_number": {"zh": "学号", "en": "Student number"},
    "name": {"zh": "姓名", "en": "Name"},
    "latin_name": {"zh": "姓名拼音", "en": "Latin name"},
    "email": {"zh": "电子邮箱", "en": "E-mail"},
}
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Fault(StrEnum):
    """What can be wrong with a row; the page says how to mend each."""

    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    NO_WAY_TO_SIGN_IN = "no_way_to_sign_in"
    BAD_EMAIL = "bad_email"
    BAD_LATIN_NAME = "bad_latin_name"
    NUMBER_LOST_DIGITS = "number_lost_digits"
    TWICE_IN_FILE = "twice_in_file"
    STUDENT_NUMBER_TAKEN = "student_number_taken"
    EMAIL_TAKEN = "email_taken"


class UnreadableRosterError(ValueError):
    """The file as a whole cannot be read; ``reason`` is one of the page's texts."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class RosterRow:
    """One person of the file; ``line`` is the line or row number a registrar sees in her program."""

    line: int
    student_number: str = ""
    name: str = ""
    latin_name: str = ""
    email: str = ""
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_roster(data: bytes) -> list[RosterRow]:
    """The rows of a roster file, each with its faults.

    The kind is told by the content, not the name. Raises UnreadableRosterError: ``empty``, ``not_a_table``,
    ``no_header``, ``too_many_rows``, ``damaged``.
    """
    if not data.strip():
        raise UnreadableRosterError("empty")
    table = _read_workbook(data) if data.startswith(b"PK") else _read_csv(data)
    filled = [(line, cells) for line, cells in table if any(str(cell or "").strip() for cell in cells)]
    if not filled:
        raise UnreadableRosterError("empty")
    columns = _columns(filled[0][1])
    rows = [_row(line, cells, columns) for line, cells in filled[1:]]
    if not rows:
        raise UnreadableRosterError("empty")
    if len(rows) > MAX_ROWS:
        raise UnreadableRosterError("too_many_rows")
    _mark_repeats(rows)
    return rows


def empty_workbook(titles: Sequence[str]) -> bytes:
    """A workbook with a bold first row of titles and a thousand rows formatted as text."""
    from openpyxl import Workbook  # noqa: PLC0415 - 5 MB, for two pages of one role
    from openpyxl.styles import Font  # noqa: PLC0415

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.freeze_panes = "A2"
    for column, title in enumerate(titles, 1):
        cell = sheet.cell(1, column, title)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 24
        for row in range(2, 1002):
            sheet.cell(row, column).number_format = "@"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _read_csv(data: bytes) -> list[tuple[int, Sequence[Any]]]:
    if b"\x00" in data:
        raise UnreadableRosterError("not_a_table")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise UnreadableRosterError("not_a_table") from None
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        return [(reader.line_num, row) for row in reader]
    except csv.Error:
        raise UnreadableRosterError("damaged") from None


def _read_workbook(data: bytes) -> list[tuple[int, Sequence[Any]]]:
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
                raise UnreadableRosterError("too_many_rows")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 100, max_col=50)
        table: list[tuple[int, Sequence[Any]]] = [(number, cells) for number, cells in enumerate(rows, 1)]
        workbook.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        if isinstance(error, UnreadableRosterError):
            raise
        raise UnreadableRosterError("damaged") from None
    return table


def _columns(header: Iterable[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, title in enumerate(header):
        folded = str(title or "").strip().casefold()
        for key, names in HEADERS.items():
            if folded in names:
                found.setdefault(key, position)
    if "name" not in found or not ({"student_number", "email"} & found.keys()):
        raise UnreadableRosterError("no_header")
    return found


def _row(line: int, cells: Sequence[Any], columns: dict[str, int]) -> RosterRow:
    row = RosterRow(line)
    for key, position in columns.items():
        value = cells[position] if position < len(cells) else None
        if key == "student_number" and isinstance(value, int | float):
            if value >= 10**15:
                row.faults.append(Fault.NUMBER_LOST_DIGITS)
            value = int(value)
        setattr(row, key, " ".join(str(value).split()) if value is not None else "")
    row.email = row.email.lower()
    if not row.name:
        row.faults.append(Fault.NO_NAME)
    elif not is_name(row.name):
        row.faults.append(Fault.BAD_NAME)
    if not row.student_number and not row.email:
        row.faults.append(Fault.NO_WAY_TO_SIGN_IN)
    if row.email and not _EMAIL.fullmatch(row.email):
        row.faults.append(Fault.BAD_EMAIL)
    if row.latin_name and not is_latin_name(tidy_latin_name(row.latin_name)):
        row.faults.append(Fault.BAD_LATIN_NAME)
    return row


def _mark_repeats(rows: list[RosterRow]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        keys = {(kind, value) for kind, value in (("n", row.student_number), ("e", row.email)) if value}
        if keys & seen:
            row.faults.append(Fault.TWICE_IN_FILE)
        seen |= keys
