"""Open edX courses: what becomes of their parts, in both layouts, and what is named instead: pure."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image
from ruamel.yaml import YAML

from app.courses.packages.plans import Plan
from app.courses.packages.reading import read_package
from tests.support.olx import CHOICE, olx
from tests.support.packages import WISH, tarred, zipped
from tests.support.recordings import pdf

pytestmark = pytest.mark.no_database
LESSON = "m1-orders/01-exclusion-orders"


def read(changed: Mapping[str, str | bytes] | None = None, *, files: bool = True) -> Plan:
    return read_package(tarred(olx(changed, files=files)), "course.tar.gz", WISH)


def questions(plan: Plan) -> dict[str, dict[str, Any]]:
    loaded = YAML(typ="safe").load(plan.files["m1-orders/questions.yaml"].decode())
    return {one["id"]: one for one in loaded["questions"]}


def left(plan: Plan) -> dict[str, str]:
    """Every reason by what it is about: a file, or a file with a title."""
    return {f"{one.where} {one.what}".strip(): str(one.why) for one in plan.left}


def test_chapters_become_modules_and_units_sections_with_their_questions_in_place() -> None:
    plan = read()
    assert (plan.key, plan.title["en"], plan.kind) == ("border-measures", "Border measures", "olx")
    [figure] = [path for path in plan.files if path.startswith("figures/")]
    assert plan.files[f"{LESSON}.en.md"].decode() == (
        "## What they do {#what-they-do}\n\n"
        f"What an order **does**. ![A court](../{figure})\n\n"
        "::: question border-measures-m1-q01\n:::\n\n"
        "## Practice {#practice}\n\n"
        "::: question border-measures-m1-q02\n:::\n\n::: question border-measures-m1-q03\n:::\n\n"
        "## A talk {#a-talk}\n\n"
        "Video: [A talk](https://www.youtube.com/watch?v=abcdefghijk)\n\n"
        "### Transcript\n\nGood morning. Let us begin.\n"
    )
    # What has words is named for translation; what has questions alone is whole in both languages.
    assert plan.files[f"{LESSON}.zh.md"].decode() == (
        "## （未翻译）What they do {#what-they-do}\n\n## （未翻译）Practice {#practice}\n\n"
        "::: question border-measures-m1-q02\n:::\n\n::: question border-measures-m1-q03\n:::\n\n"
        "## （未翻译）A talk {#a-talk}\n"
    )
    assert not Image.open(io.BytesIO(plan.files[figure])).getexif()
    assert [
        path for path in plan.files if "/02-" in path
    ] == []  # a test has no lesson, only questions in the bank


def test_problems_become_questions() -> None:
    found = questions(read())
    assert [(one["type"], one["use"]) for one in found.values()] == [
        *(("single", "check"), ("multiple", "check"), ("numeric", "check")),
        *(("short_text", "bank"), ("single", "bank")),
    ]
    choice, boxes, number, text, listed = found.values()
    assert choice["prompt"] == {"zh": "", "en": "Who **decides**?"}
    assert choice["choices"][0]["feedback"]["en"] == "It files."
    assert [one.get("correct", False) for one in choice["choices"]] == [False, True]
    assert choice["feedback"]["en"] == "By statute.\n\nRead part 2."
    assert (choice["law"], choice["as_of"]) == ([], WISH.today)
    assert (boxes["scoring"], boxes["marks"], boxes["feedback"]["en"]) == ("all_or_nothing", 2, "This is one.")
    assert (number["answer"], number["tolerance"], number["prompt"]["en"]) == (60, 3, "How many days?")
    assert (text["accept"], text["prompt"]["en"]) == (["ITC", "USITC"], "Short for commission: **I__**")
    assert [one["text"]["en"] for one in listed["choices"] if one.get("correct")] == ["two"]


def test_one_file_or_many_and_tar_or_zip_make_the_same_course() -> None:
    many, one = read(), read(files=False)
    assert one.files == many.files
    zip_file = read_package(zipped(olx()), "course.zip", WISH)
    assert (zip_file.files, zip_file.left) == (many.files, many.left)


def test_everything_that_stays_behind_is_named_once_with_its_reason() -> None:
    plan = read()
    reasons = left(plan)
    assert len(reasons) == len(plan.left)
    for where, why in (
        ("course/discussion/0002.xml", "a discussion"),
        ("course/problem/0012.xml Random", "computed by a script"),
        ("course/policies/2026/policy.json", "made anew here"),
        ("course/about/overview.html", "about the course"),
        ("course/static/notes.pdf", "no page"),
    ):
        assert why in reasons[where], (where, reasons)
    assert not any("chapter" in where or "court" in where or "talk" in where for where in reasons)


@pytest.mark.parametrize(
    ("path", "content", "where", "why"),
    [
        ("course/vertical/000.xml", "<vertical", "course/vertical/000.xml", "XML cannot be read"),
        (
            "course/vertical/001.xml",
            '<vertical><video url_name="gone"/></vertical>',
            "vertical/001",
            "not hold it",
        ),
        (
            "course/vertical/001.xml",
            '<vertical><vertical url_name="000"/></vertical>',
            "course/vertical/000.xml",
            "more than once",
        ),
        (
            "course/vertical/001.xml",
            '<vertical visible_to_staff_only="true"/>',
            "course/vertical/001.xml",
            "only its staff",
        ),
        (
            "course/problem/0001.xml",
            CHOICE.replace("true", "false"),
            "problem/0001",
            "no answer is worth",
        ),
        ("course/problem/0001.xml", "<problem><p>?</p></problem>", "problem/0001", "asks nothing"),
        ("course/problem/0001.xml", '<!DOCTYPE p [<!ENTITY a "b">]>' + CHOICE, "problem/0001", "document type"),
        (
            "course/problem/0001.xml",
            "<problem><p>?</p><customresponse cfn='x'/></problem>",
            "problem/0001",
            "type “custom”",
        ),
        ("course/problem/spare.xml", "<problem/>", "course/problem/spare.xml", "no page"),
    ],
)
def test_a_part_that_cannot_be_read_costs_itself_alone(path: str, content: str, where: str, why: str) -> None:
    plan = read({path: content})
    assert "course.yaml" in plan.files
    assert any(where in key and why in said for key, said in left(plan).items()), left(plan)


def test_formulas_and_pdfs_of_a_page_come_along() -> None:
    page = '<p>A sum of \\(x^2\\): <a href="/static/notes.pdf">the notes</a>.</p>'
    plan = read({"course/html/0000.html": page, "course/static/notes.pdf": pdf()})
    [name] = [path.removeprefix("media/") for path in plan.files if path.startswith("media/")]
    text = plan.files[f"{LESSON}.en.md"].decode()
    assert f"A sum of $x^2$: the notes.\n\n::: file {name} the notes\n:::\n\n::: question" in text
    problem = CHOICE.replace("Who <b>decides</b>?", "How large is \\(x^2\\)?")
    assert next(iter(questions(read({"course/problem/0001.xml": problem})).values()))["prompt"]["en"] == (
        "How large is $x^2$?"
    )


def test_several_questions_in_one_problem_and_pictures_before_them() -> None:
    two = (
        "<problem><p>First? <img src='/static/court_house.png' alt='House'/></p><optionresponse><optioninput>"
        "<option correct='True'>a</option><option correct='False'>b</option></optioninput></optionresponse>"
        "<p>Second?</p><stringresponse answer='x*'><textline/></stringresponse></problem>"
    )
    plan = read({"course/problem/0001.xml": two})
    text = plan.files[f"{LESSON}.en.md"].decode()
    assert "![House](../figures/court-house-" in text.partition("::: question")[0]
    first, second = list(questions(plan).values())[:2]
    assert (first["prompt"]["en"], second["prompt"]["en"]) == ("First?", "Second?")
    assert (second["accept"], second["ignore"]) == (["x*"], ["width"])
    # Nobody sees a lesson beside the questions of the bank: there a picture is a reason to leave the question.
    graded = read({"course/problem/0100.xml": two})
    assert any("0100.xml" in where and "has a picture" in why for where, why in left(graded).items())
