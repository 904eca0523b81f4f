"""House styles as authored: what cannot be printed, read or meant is told where it stands."""

from pathlib import Path

import pytest

from app.certificates.rendering.style import PLAIN, HouseStyle
from app.certificates.rules import DocumentKind
from app.certificates.styles.files import read_styles
from app.config import PROJECT
from app.core.text import Bilingual
from app.courses.content.faults import Report

pytestmark = pytest.mark.no_database

ORGANISATIONS = "organisations:\n  - {id: academy, kind: authority, name: {zh: 甲, en: A}}\n"
GOOD = """id: academy
example: true
colours: {line: "#23407A", seal: "#A8201A"}
seal: {columns: [研修, 之印], carving: sunk}
documents:
  completion:
    title: {zh: 结业证书, en: Certificate}
    statement_with_examination:
      zh: "{completed_on}修完{programme}（{level}），{hours}，\\n{examination}合格。"
      en: "completed {programme} ({level}), {hours}, on {completed_on}\\nand passed {examination}."
    signatories:
      - {zh: 负责人, en: Head}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "house-styles").mkdir()
    (tmp_path / "organisations.yaml").write_text(ORGANISATIONS)
    return tmp_path


def faults_of(folder: Path, text: str, name: str = "academy") -> dict[int, str]:
    """What is wrong, by line."""
    (folder / "house-styles" / f"{name}.yaml").write_text(text)
    report = Report(folder)
    read_styles(folder, report)
    lines = {fault.line for fault in report.faults}
    return {line: "; ".join(str(fault.wrong) for fault in report.faults if fault.line == line) for line in lines}


def test_a_style_speaks_for_its_documents_and_the_plain_one_for_the_rest(folder: Path) -> None:
    assert faults_of(folder, GOOD) == {}
    [file] = read_styles(folder, Report(folder))
    style = HouseStyle.of(file.canonical(), "ab" * 32)
    completion = style.wording(DocumentKind.COMPLETION)
    values: dict[str, Bilingual] = {
        name: {"zh": name, "en": name} for name in ("completed_on", "programme", "level", "hours")
    }
    values["examination"] = {"zh": "综合考试", "en": "the examination"}
    assert completion.lines(values, examined=True)["zh"][1] == "综合考试合格。"
    assert completion.lines(values, examined=False) == PLAIN.wording(DocumentKind.COMPLETION).lines(
        values, examined=False
    )
    assert [office["en"] for office in completion.signatories] == ["Head"]
    assert style.wording(DocumentKind.TRANSCRIPT).statement == PLAIN.wording(DocumentKind.TRANSCRIPT).statement
    assert style.look.seal.sunk
    assert style.look.inks()["dark"] < style.look.inks()["line"]


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("#23407A", "#C0C8D8", 3, "contrast of 1.7"),
        ("[研修, 之印]", "[研修, 之]", 4, "columns"),
        ("[研修, 之印]", "[研修会, 之印]", 4, "differ in length"),
        ("之印", "之饕", 4, "lacks 饕"),
        ("结业证书", "职业资格证书", 7, "职业资格"),
        ("结业证书", "饕餮证书", 7, "lacks 饕餮"),
        ("{hours}，\\n", "\\n", 9, "{hours} is missing"),
        ("{hours}，\\n", "{hours}{hour}，\\n", 9, "no field {hour} here (did you mean `hours`?)"),
        ("{hours}，\\n", "{hours:>9}，\\n", 9, "not a field"),
        ("{programme}（", "{programme.__class__}（", 9, "not a field"),
        ("负责人", "负责人\ue000", 12, "cannot show"),
        ("id: academy", "id: acadeny", 1, "name is academy"),
    ],
)
def test_faults_say_where_and_what(folder: Path, before: str, after: str, line: int, words: str) -> None:
    assert before in GOOD
    found = faults_of(folder, GOOD.replace(before, after, 1))
    assert any(word in found.get(line, "") for word in words.split("|")), found


def test_the_examination_is_named_where_there_is_one_only(folder: Path) -> None:
    statement = GOOD.replace("statement_with_examination", "statement")
    assert "no field {examination}" in faults_of(folder, statement)[9]
    unknown = GOOD.replace("id: academy", "id: nobody")
    assert "no organisation `nobody`" in faults_of(folder, unknown, "nobody")[1]


def test_the_shipped_styles_are_sound_and_all_of_them_are_examples() -> None:
    content = PROJECT / "content"
    report = Report(content)
    styles = read_styles(content, report)
    assert report.faults == []
    assert {style.id for style in styles} >= {"cnipa-academy", "tsinghua-joint-institute", "pku-joint-institute"}
    assert all(style.example for style in styles)
