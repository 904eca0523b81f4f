"""Rosters as registrars have them: encodings, broken rows, hostile files."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from app.cohorts.roster import Fault, UnreadableRosterError, read_roster


def workbook(*rows: tuple[str | int, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


TEXT = "学号,姓名,姓名拼音,邮箱\n0012026001,林见微,Lin Jianwei,lin@example.org\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_reads_the_same_in_each_usual_encoding(encoding: str) -> None:
    [row] = read_roster(TEXT.encode(encoding))
    assert (row.line, row.student_number, row.name, row.email, row.faults) == (
        2,
        "0012026001",
        "林见微",
        "lin@example.org",
        [],
    )


def test_a_workbook_keeps_text_numbers_and_takes_whole_ones() -> None:
    rows = read_roster(workbook(("姓名", "学号"), ("甲", "0007"), ("乙", 2026001)))
    assert [row.student_number for row in rows] == ["0007", "2026001"]


def test_a_number_that_excel_rounded_is_named() -> None:
    [row] = read_roster(workbook(("姓名", "学号"), ("甲", 202600100000000012)))
    assert row.faults == [Fault.NUMBER_LOST_DIGITS]


def test_each_fault_stands_at_its_row() -> None:
    rows = read_roster(
        "name,student number,email,latin name\n"
        ",1,a@example.org,\n甲,,,\n乙,2,nonsense,\n丙,3,,林\n丁,4,,\n戊,4,,\n".encode()
    )
    assert [(row.line, row.faults) for row in rows] == [
        (2, [Fault.NO_NAME]),
        (3, [Fault.NO_WAY_TO_SIGN_IN]),
        (4, [Fault.BAD_EMAIL]),
        (5, [Fault.BAD_LATIN_NAME]),
        (6, []),
        (7, [Fault.TWICE_IN_FILE]),
    ]


def test_semicolons_blank_lines_and_stray_spaces_are_no_trouble() -> None:
    [row] = read_roster("\n姓名;邮箱\n\n  甲  乙 ; A@Example.org \n".encode())
    assert (row.name, row.email, row.line) == ("甲 乙", "a@example.org", 4)


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"  \n", "empty"),
        ("姓名,学号\n".encode(), "empty"),
        ("甲,1\n".encode(), "no_header"),
        ("姓名,电话\n甲,1\n".encode(), "no_header"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_table"),
        (b"PK\x03\x04rubbish", "damaged"),
        ('姓名,学号\n"甲,1\n'.encode(), "damaged"),
        (("姓名,学号\n" + "".join(f"甲,{n}\n" for n in range(5001))).encode(), "too_many_rows"),
        (bomb(), "too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRosterError) as caught:
        read_roster(data)
    assert caught.value.reason == reason
