"""Tables as CSV and as workbooks that open right in Excel and harm nobody."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from rustpy_xlsxwriter import write_worksheets

#: What a spreadsheet takes for the start of a formula, with the full-width forms an input method makes.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: By the ending of the file.
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

#: Heading → what stands there.
Row = dict[str, Any]


def harmless(text: str) -> str:
    """The text, with an apostrophe in front when a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(rows: Sequence[Row]) -> bytes:
    """Rows with equal columns, at least one, in UTF-8 with a byte-order mark, as Excel expects."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(rows[0])
    writer.writerows([harmless(each) if isinstance(each, str) else each for each in row.values()] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_xlsx(sheets: Sequence[tuple[str, Sequence[Row]]]) -> bytes:
    """A workbook of the sheets that have rows."""
    stream = io.BytesIO()
    write_worksheets(
        [(name, list(rows)) for name, rows in sheets if rows], stream, bold_headers=True, autofit=True
    )
    return stream.getvalue()


def write_table(form: str, name: str, rows: Sequence[Row]) -> bytes:
    """One table in this form (of ``MEDIA_TYPES``); a workbook has its name on the sheet."""
    return write_csv(rows) if form == "csv" else write_xlsx([(name, rows)])
