"""Each fault an author can make: its exact place, what is wrong, what to write instead."""
# ruff: noqa: E501 - faults stand here as they are printed

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.config import PROJECT
from app.courses.content.loading import inspect
from tests.support.wording import in_chinese

pytestmark = pytest.mark.no_database

SMALL = PROJECT / "tests" / "data" / "content-small"
M1 = "courses/small/m1-first"
COURSE = "courses/small/course.yaml"
#: Three words in a row, but for what is quoted from a file.
ENGLISH = re.compile(r"(?<![`“\w])[a-z]{2,} [a-z]{2,} [a-z]+")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small content that a test may spoil."""
    return Path(shutil.copytree(SMALL, tmp_path / "content"))


def faults_of(folder: Path) -> list[str]:
    return [str(fault) for fault in inspect(folder)[1]]


def replace(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert text.count(old) >= 1, f"{old!r} does not stand in {file}"
    path.write_text(text.replace(old, new, 1))


def test_the_small_content_has_no_fault(folder: Path) -> None:
    assert faults_of(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            f"{M1}/02-case.zh.md",
            "来了一封信[@us-test-act 1]",
            "来了一封信[@us-tset-act 1]",
            "content/courses/small/m1-first/02-case.zh.md:3:8: nothing under content/library is called `us-tset-act`"
            " (did you mean `us-test-act`?); correct the id, or add library/<jurisdiction>/us-tset-act.yaml",
        ),
        (
            f"{M1}/02-case.en.md",
            "{#letter}",
            "{#the-letter}",
            "content/courses/small/m1-first/02-case.en.md:1:1: the sections differ from the Chinese: here stands"
            " `the-letter`, there `letter`; use the same ids in the same order",
        ),
        (
            f"{M1}/02-case.en.md",
            " [@us-test-act 1]",
            "",
            "content/courses/small/m1-first/02-case.en.md:1:1: the section `letter` lacks [@us-test-act 1], which the"
            " Chinese cites; cite the same in both languages",
        ),
        (
            f"{M1}/02-case.en.md",
            "[@us-test-act 1]",
            "[@us-test-act 1] and [@cn-test-rule 9]",
            "content/courses/small/m1-first/02-case.en.md:3:46: the Chinese section `letter` does not cite"
            " [@cn-test-rule 9] here; cite the same in both languages",
        ),
        (
            f"{M1}/02-case.en.md",
            "::: question t-m1-c2\n:::\n",
            "",
            "content/courses/small/m1-first/02-case.en.md:1:1: the questions of section `letter` differ from the"
            " Chinese; place the same questions in both languages",
        ),
        (
            f"{M1}/01-basics.zh.md",
            "../figures/line.svg",
            "../figures/lime.svg",
            "content/courses/small/m1-first/01-basics.zh.md:12:1: the course has no figure `lime.svg` (did you mean"
            " `line.svg`?); add figures/lime.svg, or correct the name",
        ),
        (
            f"{M1}/01-basics.zh.md",
            "![一条线]",
            "![]",
            "content/courses/small/m1-first/01-basics.zh.md:12:1: the figure has no alternative text; write what it"
            " shows: ![text](…)",
        ),
        (
            f"{M1}/01-basics.zh.md",
            "先查",
            "先<b>查</b>",
            "content/courses/small/m1-first/01-basics.zh.md:15:2: HTML `<b>` stands in the text; write Markdown instead",
        ),
        (
            f"{M1}/01-basics.zh.md",
            "::: practice",
            "::: praxis",
            "content/courses/small/m1-first/01-basics.zh.md:14:5: `praxis` is not a kind of block; write one of note,"
            " warning, deadline, example, practice, question, video, audio, file",
        ),
        (
            f"{M1}/01-basics.zh.md",
            " {#two}",
            "",
            "content/courses/small/m1-first/01-basics.zh.md:10:1: the section “第二节” has no id; end the heading with"
            " {#an-id}, the same in both languages",
        ),
        (
            f"{M1}/questions.yaml",
            "{id: a, correct: true, text: {zh: 机关, en: The agency}}",
            "{id: a, text: {zh: 机关, en: The agency}}",
            "content/courses/small/m1-first/questions.yaml:11:5: 0 choices of the single-choice question `t-m1-c1` are"
            " correct; mark exactly one with `correct: true`",
        ),
        (
            f"{M1}/questions.yaml",
            "由机关发布[@us-test-act 1]",
            "由机关发布",
            "content/courses/small/m1-first/questions.yaml:10:20: the feedback cites nothing; cite the provision, such"
            " as [@us-test-act 1]",
        ),
        (
            f"{M1}/questions.yaml",
            '    feedback: {zh: "由机关发布[@us-test-act 1]。", en: "The agency does [@us-test-act 1]."}\n',
            "",
            "content/courses/small/m1-first/questions.yaml:2:5: `feedback` is missing in questions.0.single; add"
            " `feedback: …`",
        ),
        (
            f"{M1}/questions.yaml",
            "objective: o1",
            "objective: o2",
            "content/courses/small/m1-first/questions.yaml:5:16: the module has no objective `o2`; write one of o1",
        ),
        (
            f"{M1}/questions.yaml",
            "id: t-m1-q2",
            "id: t-m1-q1",
            "content/courses/small/m1-first/questions.yaml:37:9: `t-m1-q1` is used twice; give every question an id of"
            " its own",
        ),
        (
            f"{M1}/questions.yaml",
            "type: single",
            "type: singel",
            "content/courses/small/m1-first/questions.yaml:2:5: `questions.0`: input tag 'singel' found using 'type'"
            " does not match any of the expected tags: 'single', 'multiple', 'true_false', 'numeric', 'short_text',"
            " 'matching', 'ordering', 'cloze', 'calculated', 'drag_text', 'drag_image', 'essay', 'file_upload', 'case';"
            " write one of these types",
        ),
        (
            f"{M1}/module.yaml",
            "summary:",
            "sumary:",
            "content/courses/small/m1-first/module.yaml:3:1: `sumary` is not a known key (did you mean `summary`?);"
            " remove it, or write the key as docs/content-format.md does",
        ),
        (
            f"{M1}/module.yaml",
            "as_of: 2026-11-01",
            "as_of: soon",
            "content/courses/small/m1-first/module.yaml:4:8: `as_of`: input should be a valid date or datetime, input is"
            " too short; write a day such as 2026-11-01",
        ),
        (
            "courses/small/course.yaml",
            "hours: 3",
            "hours: 4",
            "content/courses/small/course.yaml:8:8: `hours` is 4 but the modules' hours add up to 3; write `hours: 3`,"
            " or correct the modules",
        ),
        (
            "courses/small/course.yaml",
            "pick: 2",
            "pick: 5",
            "content/courses/small/course.yaml:20:32: `pick` is 5 but the module has 2 bank questions; write at most 2,"
            " or add questions with `use: bank`",
        ),
        (
            "courses/small/course.yaml",
            "zh: 小课程, en: Small course}",
            "zh: 小课程, en: Small: course}",
            "content/courses/small/course.yaml:4:27: expected ',' or '}', but got ':'; put text that contains a colon"
            " in quotes",
        ),
        (
            "courses/small/course.yaml",
            "code: T1",
            "code: T1\ncode: T2",
            'content/courses/small/course.yaml:3:1: found duplicate key "code" with value "T2" (original value: "T1");'
            " write each key once",
        ),
        (
            "programmes/small-programme.yaml",
            "compulsory: [small]",
            "compulsory: [smal]",
            "content/programmes/small-programme.yaml:9:16: there is no course `smal` (did you mean `small`?); write a"
            " course's id",
        ),
        (
            "programmes/small-programme.yaml",
            "hours: 3",
            "hours: 4",
            "content/programmes/small-programme.yaml:11:8: `hours` is 4 but the courses give 3 at most; write at most 3, or"
            " add courses",
        ),
        (
            "courses/small/figures/line.svg",
            "<line",
            '<script>alert(1)</script>\n<line onclick="x()" style="a"',
            "content/courses/small/figures/line.svg:2:1: <script> stands in the figure; draw with shapes, paths and text"
            " only",
        ),
        (
            COURSE,
            "{module: m1-first, pick: 2}",
            "{module: m1-first, pick: 2, tags: [unheard-of]}",
            "content/courses/small/course.yaml:20:32: `pick` is 2 but the module has 0 bank questions that fit;"
            " write at most 0, or add questions with `use: bank`",
        ),
        (
            COURSE,
            "{module: m2-second, pick: 1}",
            "{pick: 9}",
            "content/courses/small/course.yaml:21:14: `pick` is 9 but the course has 3 bank questions, and 1 are left"
            " after the pools above; write at most 1, or move the pool up",
        ),
        (
            COURSE,
            "{module: m2-second, pick: 1}",
            "{questions: [t-m2-q1, t-m2-q9], pick: 1}",
            "content/courses/small/course.yaml:21:29: the pool reaches no bank question `t-m2-q9` (did you mean"
            " `t-m2-q1`?); write the id of a question with `use: bank`",
        ),
        (
            COURSE,
            "  feedback: after_submission",
            "  feedback: after_submission\n  review: {answers: always}",
            "content/courses/small/course.yaml:18:3: `feedback` and `review` say the same thing; keep one of them",
        ),
        (
            COURSE,
            "  feedback: after_submission",
            "  review: {correct: after_close}",
            "content/courses/small/course.yaml:18:3: something is shown only `after_close`, and the examination never"
            " closes; add `closes_at: …`, or choose another time",
        ),
        (
            COURSE,
            "  attempts: 3",
            "  attempts: 3\n  navigation: forward_sections",
            "content/courses/small/course.yaml:17:15: `forward_sections` needs sections; write `sections`, or"
            " `forward`",
        ),
        (
            COURSE,
            "  attempts: 3",
            "  attempts: 3\n  networks: [10.20.0.1/16]",
            "content/courses/small/course.yaml:17:14: `exam.networks.0`: 10.20.0.1/16 has host bits set; write a"
            " network such as 10.20.0.0/16 or 2001:db8::/32",
        ),
        (
            COURSE,
            "  attempts: 3",
            "  attempts: 3\n  opens_at: 2026-12-01 09:00",
            "content/courses/small/course.yaml:17:13: `exam.opens_at`: input should have timezone info; write a moment"
            " with its zone, such as 2026-12-01T09:00:00+08:00",
        ),
        (
            COURSE,
            "  attempts: 3",
            "  attempts: 3\n  opens_at: 2026-12-01T09:00:00+08:00\n  closes_at: 2026-12-01T01:00:00Z",
            "content/courses/small/course.yaml:18:14: it closes before it opens; write a later moment",
        ),
        (
            COURSE,
            "  attempts: 3",
            "  attempts: 3\n  score_kept: best",
            "content/courses/small/course.yaml:17:15: `exam.score_kept` is 'best'; write 'highest', 'latest', 'first'"
            " or 'average'",
        ),
        (
            f"{M1}/02-case.zh.md",
            "此后怎么办？",
            "损失为$L = \\frac{Q}{p$。",
            "content/courses/small/m1-first/02-case.zh.md:8:19: the formula cannot be read: Expected closing token"
            ' "}", but reached end of input; close every { with }, every \\left with \\right, every \\begin{…} with'
            " \\end{…}",
        ),
        (
            f"{M1}/02-case.zh.md",
            "此后怎么办？",
            "> $$\n> L = \\text{损失}\n>   + \\loss{x}\n> $$",
            'content/courses/small/m1-first/02-case.zh.md:10:7: the formula cannot be read: Unknown command "\\loss";'
            " write a command that docs/content-format.md names, or words as \\text{…}",
        ),
        (
            f"{M1}/02-case.zh.md",
            "此后怎么办？",
            "损失为 $ \\frac{Q}{p} $ 元，定金$100。",
            "content/courses/small/m1-first/02-case.zh.md:8:5: this looks like a formula, but is not read as one; write"
            " $x$ without spaces inside the dollars and without letters or digits beside them, or \\$ for a dollar",
        ),
        (
            f"{M1}/02-case.zh.md",
            "## 一封信 {#letter}",
            "## 一封$x$信 {#letter}",
            "content/courses/small/m1-first/02-case.zh.md:1:1: a formula stands in a section's heading; write it into"
            " the text below",
        ),
        (
            f"{M1}/questions.yaml",
            "text: {zh: 当事人, en: The parties}",
            "text: {zh: '$\\sqrt{x$', en: The parties}",
            "content/courses/small/m1-first/questions.yaml:13:28: the formula cannot be read: Expected closing token"
            ' "}", but reached end of input (character 8 of `\\sqrt{x`); close every { with }, every \\left with'
            " \\right, every \\begin{…} with \\end{…}",
        ),
        (
            f"{M1}/questions.yaml",
            "unit: {zh: 日, en: days}",
            "unit: {zh: $d$, en: days}",
            "content/courses/small/m1-first/questions.yaml:47:16: a formula stands where only words are shown; write"
            " it into the prompt, or in words",
        ),
    ],
)
def test_a_fault_is_reported_at_its_place_with_the_mend(
    folder: Path, file: str, old: str, new: str, expected: str
) -> None:
    replace(folder, file, old, new)
    assert expected in faults_of(folder)
    for fault in inspect(folder)[1]:
        for words in (fault.wrong, fault.mend):
            left = ENGLISH.findall(in_chinese(words))
            assert left == [], f"{words}: not in Chinese for those who write in the browser"


def test_formulas_and_prices_are_no_faults(folder: Path) -> None:
    replace(folder, f"{M1}/02-case.zh.md", "此后怎么办？", "$n \\ge 2$，$$\n\\frac{a}{b}\n$$\n\n价格$100至$200。")
    replace(folder, f"{M1}/questions.yaml", "谁发布排除令？", "'若$\\frac{x}{2}$，定金US$100'")
    replace(folder, f"{M1}/questions.yaml", "type: numeric", "type: calculated")
    replace(folder, f"{M1}/questions.yaml", "answer: 20", "parameters: {p: {from: 1, to: 5}}\n    formula: p * 2")
    replace(folder, f"{M1}/questions.yaml", "答辩有几日？", "'$\\frac{{{p}}}{2}$，${{p}}&${{p}}'")
    replace(folder, f"{M1}/questions.yaml", "How many days for the response?", '"Pay ${{p}} & more."')
    assert faults_of(folder) == []


def test_every_fault_is_reported_not_only_the_first(folder: Path) -> None:
    replace(folder, f"{M1}/module.yaml", "law: [us-test-act]", "law: [us-x]")
    replace(folder, "courses/small/course.yaml", "hours: 3", "hours: 9")
    replace(folder, "organisations.yaml", "parent: small-authority", "parent: smal-authority")
    assert len(faults_of(folder)) == 3


def test_files_that_are_missing_or_not_named_are_faults(folder: Path) -> None:
    (folder / M1 / "02-case.en.md").rename(folder / M1 / "03-case.en.md")
    assert faults_of(folder) == [
        "content/courses/small/m1-first/03-case.en.md:1:1: the file is not among the module's lessons; number it as its"
        " place in `lessons`",
        "content/courses/small/m1-first/module.yaml:12:10: the file 02-case.en.md is missing; write it, or remove the"
        " lesson",
    ]


def test_the_command_prints_faults_and_fails(app: Flask, folder: Path) -> None:
    runner = app.test_cli_runner()
    good = runner.invoke(args=["content", "check", "--folder", str(folder)])
    assert good.exit_code == 0, good.output
    replace(folder, "courses/small/course.yaml", "hours: 3", "hours: 4")
    bad = runner.invoke(args=["content", "check", "--folder", str(folder)])
    assert bad.exit_code == 1
    assert bad.output.startswith("content/courses/small/course.yaml:8:8: `hours` is 4")
