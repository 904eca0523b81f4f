"""Record files: safe in a spreadsheet, identifiers whole."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.cohorts.records import DEFAULT_COLUMNS, FORMULA_STARTS, RecordRow, harmless, to_csv, to_xlsx

ROW = RecordRow(
    student_number="0012026001",
    name="=HYPERLINK(1)",
    latin_name="LIN JIANWEI",
    email="lin@example.org",
    cohort="２０２６秋",
    session_number="2",
    state="completed",
    joined_at=datetime(2026, 3, 1, tzinfo=UTC),
    courses_done=2,
    hours=Decimal(18),
    exam_percent=Decimal("87.5"),
    exam_passed=True,
    completed_at=datetime(2026, 11, 1, 20, tzinfo=UTC),
)


def test_the_workbook_has_a_bold_frozen_header_and_text_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "records.xlsx"
    assert to_xlsx(path, DEFAULT_COLUMNS, [ROW], "zh_Hans") == 1
    sheet = load_workbook(path).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]][:3] == ["学号", "姓名", "姓名拼音"]
    assert all(cell.font.b for cell in sheet[1])
    number, name = sheet["A2"], sheet["B2"]
    assert (number.value, number.data_type) == ("0012026001", "s")
    assert name.data_type == "s"
    assert sheet.column_dimensions["A"].width > 13
    assert sheet.cell(2, 12).value == "2026-11-02"  # the day in China, not in UTC


def test_the_csv_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    to_csv(path, ["student_number", "name", "exam_percent"], [ROW], "en")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["Student number", "Name", "Examination mark (%)"],
            ["0012026001", "'=HYPERLINK(1)", "87.5"],
        ]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_begins_like_a_formula(start: str) -> None:
    assert harmless(f"{start}1").startswith("'")
