"""A cohort's records as files: XLSX and CSV that open right in Excel and harm nobody.

Identifiers stay text (leading zeros, more than 15 digits); a value that a spreadsheet would run as a formula is
written with an apostrophe in front.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from rustpy_xlsxwriter import write_worksheet

from app.core.text import Bilingual

#: What a spreadsheet takes for the start of a formula, with the full-width forms an input method makes.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
ZONE: Final = ZoneInfo("Asia/Shanghai")


class RecordFormat(StrEnum):
    XLSX = "xlsx"
    #: UTF-8 with a byte-order mark, as Excel expects.
    CSV = "csv"


class RecordRow(NamedTuple):
    """One person's record in a cohort. Hours are 学时, marks per cent. A tuple: there are 100,000 of them."""

    student_number: str | None
    name: str
    latin_name: str
    email: str | None
    cohort: str
    session_number: str
    state: str
    joined_at: datetime
    courses_done: int
    hours: Decimal
    exam_percent: Decimal | None
    exam_passed: bool | None
    completed_at: datetime | None


def _day(moment: datetime | None) -> str:
    return moment.astimezone(ZONE).date().isoformat() if moment else ""


def _passed(row: RecordRow) -> str:
    return {True: "合格", False: "不合格", None: ""}[row.exam_passed]


STATE_WORDS: Final = {"active": "在读", "completed": "结业", "withdrawn": "退学", "transferred": "转班"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column a registrar can choose; ``personal`` ones are off unless she asks for them."""

    key: str
    label: Bilingual
    value: Callable[[RecordRow], str | int | float | None]
    width: int = 14
    personal: bool = False


COLUMNS: Final[tuple[Column, ...]] = (
    Column("student_number", {"zh": "学号", "en": "Student number"}, lambda row: row.student_number, 18),
    Column("name", {"zh": "姓名", "en": "Name"}, lambda row: row.name),
    Column("latin_name", {"zh": "姓名拼音", "en": "Name in Latin letters"}, lambda row: row.latin_name, 24),
    Column("cohort", {"zh": "班次", "en": "Cohort"}, lambda row: row.cohort, 28),
    Column("session_number", {"zh": "期次", "en": "Session"}, lambda row: row.session_number, 10),
    Column("state", {"zh": "学籍状态", "en": "Status"}, lambda row: STATE_WORDS[row.state], 10),
    Column("joined_on", {"zh": "入班日期", "en": "Joined on"}, lambda row: _day(row.joined_at), 12),
    Column("courses_done", {"zh": "完成课程数", "en": "Courses completed"}, lambda row: row.courses_done, 12),
    Column("hours", {"zh": "学时", "en": "Credit hours"}, lambda row: float(row.hours), 8),
    Column(
        "exam_percent",
        {"zh": "认证考试成绩", "en": "Examination mark (%)"},
        lambda row: float(row.exam_percent) if row.exam_percent is not None else None,
        14,
    ),
    Column("exam_result", {"zh": "考核结果", "en": "Examination result"}, _passed, 10),
    Column("completed_on", {"zh": "结业日期", "en": "Completed on"}, lambda row: _day(row.completed_at), 12),
    Column("email", {"zh": "电子邮箱", "en": "E-mail"}, lambda row: row.email, 28, personal=True),
)
BY_KEY: Final = {column.key: column for column in COLUMNS}
DEFAULT_COLUMNS: Final = tuple(column.key for column in COLUMNS if not column.personal)


def harmless(text: str) -> str:
    """The text, with an apostrophe in front when a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def headers(keys: Sequence[str], locale: str) -> list[str]:
    """Column titles in the chosen language; two columns never share one."""
    return [BY_KEY[key].label["en" if locale.startswith("en") else "zh"] for key in keys]


def to_xlsx(path: Path, keys: Sequence[str], rows: Iterable[RecordRow], locale: str) -> int:
    """Write a workbook with a bold frozen header; returns the number of rows. Streams: memory stays flat."""
    titles = headers(keys, locale)
    columns = [BY_KEY[key].value for key in keys]
    count = 0

    def records() -> Iterator[dict[str, Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield dict(zip(titles, [value(row) for value in columns], strict=True))

    write_worksheet(
        records(),
        str(path),
        sheet_name="Records" if locale.startswith("en") else "学员记录",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_widths={title: BY_KEY[key].width for title, key in zip(titles, keys, strict=True)},
    )
    return count


def to_csv(path: Path, keys: Sequence[str], rows: Iterable[RecordRow], locale: str) -> int:
    """Write UTF-8 with a byte-order mark; returns the number of rows."""
    columns = [BY_KEY[key].value for key in keys]
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headers(keys, locale))
        for row in rows:
            count += 1
            values = (value(row) for value in columns)
            writer.writerow([harmless(value) if isinstance(value, str) else value for value in values])
    return count
