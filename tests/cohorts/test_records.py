"""Record files: safe in a spreadsheet, identifiers whole."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.cohorts.records import DEFAULT_COLUMNS, to_csv, to_xlsx
from app.core.spreadsheets import FORMULA_STARTS, harmless

ROW = (
    *("0012026001", "=HYPERLINK(1)", "LIN JIANWEI", "２０２６秋", "2", "结业", "2026-03-01"),
    *(2, 18.0, 87.5, "合格", "2026-11-02"),
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
    assert [cell.value for cell in sheet[2]][5:] == [*ROW[5:8], 18, 87.5, "合格", "2026-11-02"]


def test_the_csv_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    to_csv(path, ["student_number", "name", "exam_percent"], [(ROW[0], ROW[1], ROW[9])], "en")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["Student number", "Name", "Examination mark (%)"],
            ["0012026001", "'=HYPERLINK(1)", "87.5"],
        ]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_begins_like_a_formula(start: str) -> None:
    assert harmless(f"{start}1").startswith("'")
