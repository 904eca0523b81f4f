"""Files from the desktops of Chinese instructors: what they type, and what their programs make of it."""

import io
import time
import zipfile

import pytest

from app.quizzes.interchange import formats
from app.quizzes.interchange.model import Imported, Item, Question
from tests.quizzes.interchange.test_hostile import refusal
from tests.quizzes.interchange.test_round_trips import MEDIA, pictured
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

WIDE = "３３７调查由哪个机关负责？\nＡ．国际贸易委员会\nＢ．商务部\nＣ．专利商标局\nＡＮＳＷＥＲ：Ｂ\n"


def read(text: str, name: str = "题库.txt") -> Imported:
    return formats.read(text.encode(), name, "zh")[1]


def only(found: Imported) -> Item:
    assert [str(refusal.why) for refusal in found.refused] == []
    (item,) = found.items
    return item


def right(item: Item) -> list[str]:
    return [choice["text"]["zh"] for choice in item.raw["choices"] if choice.get("correct")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_ending_of_a_desktop(encoding: str, ending: str) -> None:
    data = WIDE.replace("\n", ending).encode(encoding)
    kind, found = formats.read(data, "题库.txt", "zh")
    assert (kind, right(only(found))) == ("aiken", ["商务部"])


@pytest.mark.parametrize(
    "answer", ["ANSWER: B", "Answer：b", "答案：Ｂ", "正确答案: B。", "参考答案：（B）", "ANSWER: B.", "answer :B"]
)
@pytest.mark.parametrize("choice", ["{}. ", "{}．", "（{}）", "({}) ", "{}、", "{}：", "{}）"])
def test_choices_and_answers_as_people_type_them(choice: str, answer: str) -> None:
    lines = [choice.format(name) + word for name, word in zip("AbＣ", ("“甲”——‘一’…", "乙", "丙"), strict=True)]
    item = only(read("\n".join(["谁负责？", *lines, answer])))
    assert (item.raw["type"], right(item), item.notes) == ("single", ["乙"], ())
    assert item.raw["choices"][0]["text"]["zh"] == "“甲”——‘一’…"


@pytest.mark.parametrize("answer", ["AC", "A、C", "Ａ，Ｃ", "A和C", "A, C"])
def test_several_letters_are_several_right_answers(answer: str) -> None:
    item = only(read(WIDE.replace("：Ｂ", f"：{answer}")))
    assert (item.raw["type"], item.raw["scoring"]) == ("multiple", "all_or_nothing")
    assert right(item) == ["国际贸易委员会", "专利商标局"]
    assert "all or nothing" in str(item.notes[0])


@pytest.mark.parametrize(
    ("word", "truth"), [("对", True), ("错误", False), ("√", True), ("×", False), ("F", False)]
)
def test_a_statement_without_choices(word: str, truth: bool) -> None:
    item = only(read(f"337调查由国际贸易委员会负责。\n答案：{word}\n"))
    assert (item.raw["type"], item.raw["answer"]) == ("true_false", truth)


def test_an_explanation_is_the_questions_own_and_not_the_next_ones_text() -> None:
    text = f"{WIDE}解析：见《1930年关税法》。\n第二行。\n\n{WIDE}\n【无】？\nA. 甲\nB. 乙\n"
    first, second, third = read(f"{text}答案：A\n答案解析：因为。\n").items
    assert first.raw["feedback"]["zh"] == "见《1930年关税法》。\\\n第二行。"
    assert "feedback" not in second.raw
    assert (third.raw["prompt"]["zh"], third.raw["feedback"]["zh"]) == ("【无】？", "因为。")


def test_numbers_that_only_count_the_questions_are_taken_away() -> None:
    def prompts(*numbers: str) -> list[str]:
        text = "\n".join(f"{number}题干？\nA. 甲\nB. 乙\nANSWER: A\n" for number in numbers)
        return [item.raw["prompt"]["zh"] for item in read(text).items]

    assert prompts("1. ", "２、", "（3）") == ["题干？"] * 3
    assert prompts("1. ", "337、") == ["1\\. 题干？", "337、题干？"]
    assert prompts("1. ", "") == ["1\\. 题干？", "题干？"]
    assert prompts("1.5", "2.") == ["1.5题干？", "2.题干？"]


def test_what_is_no_choice_is_named_and_not_guessed_at() -> None:
    found = read(
        "题干？\nA. 甲\nB 乙\nC. 丙\nANSWER: A\n\n另一题？\nA. 甲 B. 乙\nANSWER: A\n\n"
        "第三题？\nA. 甲\nB. 乙\n答案：C\n"
    )
    assert not found.items
    assert [(refusal.where, str(refusal.why)) for refusal in found.refused] == [
        ("1", "the line “B 乙” is neither a choice nor an answer"),
        ("7", "it has fewer than 2 answers to choose from"),
        ("11", "its answer “C” is not one of its choices"),
    ]


def test_text_that_begins_with_emphasis_is_not_xml() -> None:
    assert only(read("<b>谁</b>负责？\nA. 甲\nB. 乙\nANSWER: A\n")).raw["type"] == "single"


def test_gift_as_people_type_it() -> None:
    assert [item.raw["answer"] for item in read("对吗？{对}\n\n是吗？{错}\n").items] == [True, False]
    for text in ("::一::谁负责？｛＝甲～乙｝", "::一::谁负责？{＝甲 ～乙}"):
        assert "full-width" in str(read(text).refused[0].why)
    assert "leave an empty line" in str(read("::一::甲？{=a ~b}\n::二::乙？{T}").refused[0].why)


def test_an_ordering_as_moodle_writes_it_in_gift() -> None:
    text = "::o::[html]Sort{>0 ALL VERTICAL RELATIVE_NEXT_EXCLUDE_LAST SHOW none\nfiling\n<b>search</b>\ngrant\n}"
    item = only(read(text))
    assert (item.raw["type"], item.raw["scoring"], item.notes) == ("ordering", "adjacent", ())
    assert [each["text"]["zh"] for each in item.raw["items"]] == ["filing", "**search**", "grant"]
    assert "Its way of scoring" in str(only(read(text.replace("RELATIVE_NEXT_EXCLUDE_LAST", ""))).notes[0])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Word or Excel"),
        (rb"{\rtf1\ansi}", "Word or Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"Rar!\x1a\x07\x01\x00", "than ZIP"),
        (b"7z\xbc\xaf\x27\x1c", "than ZIP"),
        ("誰負責調查？\nA. 甲\nB. 乙\nANSWER: A".encode("big5"), "encoding"),
        ("What is “this”?\nA. x\nB. y\nANSWER: A".encode("cp1252"), "encoding"),
        (b"<quiz></quiz>", "no questions"),
    ],
)
def test_files_of_other_programs_are_called_by_their_names(data: bytes, message: str) -> None:
    assert message in refusal(data, "题库")


def unmarked(files: dict[str, str], encoding: str) -> bytes:
    """The archive with its names as they are in the encoding, and no mark that would tell which."""
    names = {name: f"n{number}".ljust(len(name.encode(encoding)), "_") for number, name in enumerate(files)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(names[name], content)
    data = buffer.getvalue()
    for name, stand_in in names.items():
        data = data.replace(stand_in.encode(), name.encode(encoding))
    return data


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_in_archives_that_do_not_tell_their_encoding(encoding: str) -> None:
    """Windows packs with the names of its own code page, some others with UTF-8 and no mark."""
    item = (
        '<assessmentItem identifier="q" title="t"><responseDeclaration identifier="R" cardinality="single"'
        ' baseType="float"><correctResponse><value>3</value></correctResponse></responseDeclaration><itemBody>'
        '<p>几天？</p><p><textEntryInteraction responseIdentifier="R"/></p></itemBody></assessmentItem>'
    )
    manifest = '<manifest><resource type="imsqti_item_xmlv2p2" href="题目/期限.xml"/></manifest>'
    data = unmarked({"题库/imsmanifest.xml": manifest, "题库/题目/期限.xml": item}, encoding)
    found = formats.read(data, "题库.zip", "zh")[1]
    assert only(found).where == "题目/期限.xml"


def test_a_folder_that_was_packed_whole_and_what_a_mac_leaves_beside_it() -> None:
    question = Question("q", pictured(authored("drag_image")))
    for form in ("yaml", "qti30"):
        with zipfile.ZipFile(io.BytesIO(formats.write(form, [question], MEDIA).data)) as archive:
            files = {f"题库/{name}": archive.read(name) for name in archive.namelist()}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as packed_again:
            packed_again.writestr("__MACOSX/题库/._questions.yaml", b"\0\5\x16\7")
            for name, content in files.items():
                packed_again.writestr(name, content)
        found = formats.read(buffer.getvalue(), "题库.zip", "zh")[1]
        assert only(found).raw["type"] == "drag_image"
        assert found.media == MEDIA


def test_one_file_packed_alone() -> None:
    assert right(only(formats.read(unmarked({"题库.txt": WIDE}, "gbk"), "题库.zip", "zh")[1])) == ["商务部"]
    assert "another archive" in refusal(unmarked({"aa": "Rar!"}, "gbk"))
    office = unmarked({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}, "gbk")
    assert "Word or Excel" in refusal(office, "题库.docx")


def test_thirty_thousand_questions_take_no_more_than_their_reading() -> None:
    for text in (WIDE * 30_000, "::q::谁？{=甲 ~乙}\n\n" * 30_000, f"谁？{{>{' ' * 200_000}\n甲}}"):
        began = time.process_time()
        found = read(text)
        assert time.process_time() - began < 30
        assert len(found.items) in {0, 2_000}
        assert found.refused
