"""A cohort's records as files: XLSX and CSV that open right in Excel and harm nobody.

Identifiers stay text (leading zeros, more than 15 digits); a value that a spreadsheet would run as a formula is
written with an apostrophe in front.
"""

import csv
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from rustpy_xlsxwriter import write_worksheet

from app.core.spreadsheets import harmless
from app.core.text import Bilingual, language_of


class RecordFormat(StrEnum):
    XLSX = "xlsx"
    #: UTF-8 with a byte-order mark, as Excel expects.
    CSV = "csv"


#: A cell as it stands in the file: the database gives it in this form (``record_rows``).
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column a registrar can choose; ``personal`` ones are off unless she asks for them."""

    key: str
    label: Bilingual
    width: int = 14
    personal: bool = False


COLUMNS: Final[tuple[Column, ...]] = (
    Column("student_number", {"zh": "学号", "en": "Student number"}, 18),
    Column("name", {"zh": "姓名", "en": "Name"}),
    Column("latin_name", {"zh": "姓名拼音", "en": "Name in Latin letters"}, 24),
    Column("cohort", {"zh": "班次", "en": "Cohort"}, 28),
    Column("session_number", {"zh": "期次", "en": "Session"}, 10),
    Column("state", {"zh": "学籍状态", "en": "Status"}, 10),
    Column("joined_on", {"zh": "入班日期", "en": "Joined on"}, 12),
    Column("courses_done", {"zh": "完成课程数", "en": "Courses completed"}, 12),
    Column("hours", {"zh": "学时", "en": "Credit hours"}, 8),
    Column("exam_percent", {"zh": "认证考试成绩", "en": "Examination mark (%)"}),
    Column("exam_result", {"zh": "考核结果", "en": "Examination result"}, 10),
    Column("completed_on", {"zh": "结业日期", "en": "Completed on"}, 12),
    Column("email", {"zh": "电子邮箱", "en": "E-mail"}, 28, personal=True),
)
BY_KEY: Final = {column.key: column for column in COLUMNS}
DEFAULT_COLUMNS: Final = tuple(column.key for column in COLUMNS if not column.personal)


def headers(keys: Sequence[str], locale: str) -> list[str]:
    """Column titles in the chosen language; two columns never share one."""
    return [BY_KEY[key].label[language_of(locale)] for key in keys]


def to_xlsx(path: Path, keys: Sequence[str], rows: Iterable[Sequence[Value]], locale: str) -> int:
    """Write a workbook with a bold frozen header; returns the number of rows. Streams: memory stays flat."""
    titles = headers(keys, locale)
    counted = itertools.count()
    write_worksheet(
        (dict(zip(titles, row, strict=False)) for row, _number in zip(rows, counted, strict=False)),
        str(path),
        sheet_name="Records" if locale.startswith("en") else "学员记录",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_widths={title: BY_KEY[key].width for title, key in zip(titles, keys, strict=True)},
    )
    return next(counted)


def to_csv(path: Path, keys: Sequence[str], rows: Iterable[Sequence[Value]], locale: str) -> int:
    """Write UTF-8 with a byte-order mark; returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headers(keys, locale))
        for row in rows:
            count += 1
            writer.writerow([harmless(value) if isinstance(value, str) else value for value in row])
    return count
