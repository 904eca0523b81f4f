"""The pages a trainee reads: catalogue, course, lesson; evidence posted with and without JavaScript."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.database import db
from app.courses import queries
from app.courses.content.pictures import make_safe
from app.courses.models import CheckAnswer, Enrolment, SectionRead
from tests.courses.test_pictures import picture
from tests.support.cast import Cast, make_person
from tests.support.courses import SMALL, answer_everything, enrol, read_everything, sync_folder
from tests.support.pages import Browser, Visitors
from tests.support.statements import counted_statements

LESSON = "/courses/small/m1-first/basics"
CHECK = f"{LESSON}/checks/t-m1-c1"


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()


def choice_id(browser: Browser, text: str) -> str:
    page = browser.page(LESSON)
    label = next(label for label in page.cssselect("label.choice") if text in label.text_content())
    return str(label.cssselect("input")[0].get("value"))


def test_the_catalogue_shows_courses_and_own_progress(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.trainee)
    assert "开放报名" in browser.page("/courses").text_content()
    enrol(cast.trainee)
    assert "0 / 6" in browser.page("/courses").text_content()


def test_a_course_that_is_open_can_be_taken_up_once(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.trainee)
    browser.submit("/courses/small/enrol", {}, form_at="/courses/small")
    browser.client.post("/courses/small/enrol", data={"csrf_token": browser.token("/courses/small")})
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 1


def test_lessons_are_for_those_enrolled(cast: Cast, visit: Visitors) -> None:
    visit(cast.outsider).get(LESSON, status=403)
    visit(cast.trainee).get(LESSON, status=403)
    visit(cast.registrar).get(LESSON, status=403)
    enrol(cast.trainee)
    visit(cast.trainee).get(LESSON)
    visit(cast.cohort_mate).get(LESSON, status=403)


@pytest.mark.parametrize("path", ["/courses/none", "/courses/small/none/basics", "/courses/small/m1-first/none"])
def test_unknown_places_are_not_found(cast: Cast, visit: Visitors, path: str) -> None:
    enrol(cast.trainee)
    visit(cast.trainee).get(path, status=404)


def test_the_lesson_shows_text_citations_figure_and_question(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    page = visit(cast.trainee).page(LESSON)
    cites = [link.text_content() for link in page.cssselect("a.cite")]
    assert cites == ["〔测试法第1条〕", "〔第2(a)条〕", "〔《专利测试规定》〕", "〔《专利测试规定》第3条〕"]
    assert page.cssselect("a.cite")[0].get("href") == "/library/us-test-act#pin-1"
    assert len(page.cssselect(".cite-unreviewed")) == 2  # the mark in the text, and its meaning in the margin
    image = page.cssselect("figure img")[0]
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("一条线", "200", "40")
    assert page.cssselect("#check-t-m1-c1 fieldset.question")
    assert "排除令" in page.cssselect(".lesson-margin")[0].text_content()
    (term,) = page.cssselect(".lesson-text a.term")
    assert (term.text_content(), term.get("href")) == ("排除令", "/library/glossary#exclusion-order")
    (entry,) = page.cssselect("#term-exclusion-order[popover]")
    assert "禁止侵权物品进口的命令。" in entry.text_content()


def test_the_lesson_in_english(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    page = visit(cast.trainee, locale="en").page(LESSON)
    cites = [link.text_content() for link in page.cssselect("a.cite")]
    assert cites == ["[Test Act § 1]", "[§ 2(a)]", "[Patent Test Provisions]", "[Patent Test Provisions Art. 3]"]


def test_figures_are_served_and_nothing_else_of_the_file_store(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    source = str(browser.page(LESSON).cssselect("figure img")[0].get("src"))
    response = browser.get(source)
    assert response.mimetype == "image/svg+xml"
    assert "immutable" in response.headers["Cache-Control"]
    assert "sandbox" in response.headers["Content-Security-Policy"]
    browser.get(f"/courses/figures/{'0' * 64}", status=404)


def test_a_jpeg_of_files_is_served_whole_in_parts_and_not_again(
    cast: Cast, visit: Visitors, tmp_path: Path
) -> None:
    data = make_safe(picture("JPEG")).data
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    (folder / "courses/small/figures/line.jpg").write_bytes(data)
    for path in (folder / "courses/small/m1-first").glob("*.md"):
        path.write_text(path.read_text("utf-8").replace("figures/line.svg", "figures/line.jpg"), "utf-8")
    sync_folder(folder)
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    image = browser.page(LESSON).cssselect("figure img")[0]
    assert (image.get("width"), image.get("height")) == ("40", "20")
    source = str(image.get("src"))
    whole = browser.get(source)
    assert (whole.mimetype, whole.get_data(), whole.headers["Accept-Ranges"]) == ("image/jpeg", data, "bytes")
    for asked, start, end in (("bytes=10-19", 10, 20), ("bytes=-5", len(data) - 5, len(data))):
        part = browser.client.get(source, headers={"Range": asked})
        assert (part.status_code, part.get_data()) == (206, data[start:end])
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(data)}"
    assert browser.client.get(source, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    assert browser.client.get(source, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_formulas_of_lessons_and_their_questions(cast: Cast, visit: Visitors, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    module = folder / "courses/small/m1-first"
    for path, old, new in (
        (module / "01-basics.zh.md", "同条另有例外", "率为$\\frac{a}{b}$，定金$100至$200，同条另有例外"),
        (module / "questions.yaml", "谁发布排除令？", "若 $x^2$，谁发布？"),
        (module / "questions.yaml", "text: {zh: 机关,", "text: {zh: '机关 $\\sqrt{x}$',"),
        (module / "questions.yaml", '"由机关发布[', '"由$x_1$发布['),
    ):
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    sync_folder(folder)
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    page = browser.page(LESSON)
    assert len(page.cssselect(".lesson-text math mfrac")) == 1
    assert "定金$100至$200" in page.text_content()
    assert page.cssselect("#check-t-m1-c1 .question-text math msup")
    assert page.cssselect("#check-t-m1-c1 .choice math msqrt")
    browser.submit(CHECK, {"t-m1-c1": choice_id(browser, "机关")}, 303, form_at=LESSON)
    assert browser.page(LESSON).cssselect("#check-t-m1-c1 .feedback math msub")


def test_a_right_answer_is_graded_kept_and_explained(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    response = browser.submit(CHECK, {"t-m1-c1": choice_id(browser, "机关")}, 303, form_at=LESSON)
    assert response.location.endswith("#check-t-m1-c1")
    part = browser.page(LESSON).cssselect("#check-t-m1-c1")[0]
    assert "回答正确" in part.text_content()
    assert "由机关发布" in part.text_content()
    assert part.cssselect("input[checked]")


def test_a_wrong_answer_counts_as_answered_and_may_be_tried_again(cast: Cast, visit: Visitors) -> None:
    enrolment = enrol(cast.trainee)
    browser = visit(cast.trainee)
    for text in ("当事人", "机关"):
        browser.submit(CHECK, {"t-m1-c1": choice_id(browser, text)}, 303, form_at=LESSON)
    answers = list(db.session.scalars(select(CheckAnswer.correct).order_by(CheckAnswer.id)))
    assert answers == [False, True]
    outline = queries.outline(enrolment.course_revision_id)
    assert queries.progress_of(enrolment, outline).evidence.checks_answered == 1


def test_our_script_gets_the_part_of_the_page(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    data = {"csrf_token": browser.token(LESSON), "t-m1-c1": choice_id(browser, "机关")}
    response = browser.client.post(CHECK, data=data, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response.get_data(as_text=True).lstrip().startswith('<div class="card check"')


@pytest.mark.parametrize("posted", [{}, {"t-m1-c1": "not-a-choice"}])
def test_an_answer_of_the_wrong_shape_is_refused_with_words(
    cast: Cast, visit: Visitors, posted: dict[str, str]
) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    response = browser.submit(CHECK, posted, 422, form_at=LESSON)
    page = html.document_fromstring(response.get_data(as_text=True))
    error = page.cssselect("#t-m1-c1-error")[0]
    assert error.get("hidden") is None
    assert error.text_content().strip()
    assert db.session.scalar(select(func.count()).select_from(CheckAnswer)) == 0


def post_progress(browser: Browser, data: object, status: int = 200) -> object:
    token = browser.token(LESSON)
    response = browser.client.post("/courses/small/progress", json=data, headers={"X-CSRFToken": token})
    assert response.status_code == status
    return response.get_json()


def test_sections_are_noted_once_and_unknown_ones_passed_over(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    batch = {"read": ["m1-first/basics/one", "m1-first/basics/one", "m9/x/y"], "place": "m1-first/basics/two"}
    assert post_progress(browser, batch)["fresh"] == 1  # type: ignore[index]
    assert post_progress(browser, batch)["fresh"] == 0  # type: ignore[index]
    assert db.session.scalar(select(func.count()).select_from(SectionRead)) == 1


def test_the_course_page_resumes_where_she_was(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    post_progress(browser, {"read": ["m1-first/basics/one"], "place": "m1-first/case/letter"})
    primary = visit(cast.trainee).page("/courses/small").cssselect(".card-next a.btn-primary")[0]
    assert primary.get("href") == "/courses/small/m1-first/case#letter"
    assert "一封信" in primary.text_content()


@pytest.mark.parametrize(
    "data", [[], {"read": "x"}, {"read": [1]}, {"read": [], "place": 3}, {"read": ["a"] * 201}]
)
def test_progress_of_the_wrong_shape_is_refused(cast: Cast, visit: Visitors, data: object) -> None:
    enrol(cast.trainee)
    post_progress(visit(cast.trainee), data, 422)


def test_without_an_enrolment_no_progress_is_kept(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor)
    response = browser.client.post(
        "/courses/small/progress",
        json={"read": ["m1-first/basics/one"]},
        headers={"X-CSRFToken": browser.token("/courses")},
    )
    assert response.status_code == 404


def test_without_javascript_a_button_marks_the_lesson_and_leads_on(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    response = browser.submit(f"{LESSON}/read", {}, 303, form_at=LESSON)
    assert response.location.endswith("/courses/small/m1-first/case")
    assert len(browser.page(LESSON).cssselect("[data-read]")) == 2
    last = browser.submit("/courses/small/m2-second/rule/read", {}, 303, form_at=LESSON)
    assert last.location.endswith("/courses/small")


def test_an_answer_that_cannot_be_taken_stays_in_its_field(cast: Cast, visit: Visitors, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    file = folder / "courses/small/m1-first/questions.yaml"
    gaps = "text: {zh: '{{n}}日', en: '{{n}} days'}\n    gaps: [{id: n, type: numeric, answer: 20}]"
    text = file.read_text("utf-8").replace("type: true_false", "type: cloze").replace("answer: false", gaps)
    file.write_text(text, "utf-8")
    sync_folder(folder)
    enrol(cast.trainee)
    browser, lesson = visit(cast.trainee), "/courses/small/m1-first/case"
    (field,) = browser.page(lesson).cssselect("input[name^='t-m1-c2-']")
    answer = browser.submit(f"{lesson}/checks/t-m1-c2", {str(field.get("name")): "二十"}, 422, form_at=lesson)
    page = html.document_fromstring(answer.get_data(as_text=True))
    (field,) = page.cssselect("input[name^='t-m1-c2-']")
    assert (field.get("value"), field.get("aria-invalid")) == ("二十", "true")
    told = page.get_element_by_id(str(field.get("aria-describedby")))
    assert "第1空" in told.text_content()
    assert "用数字" in told.text_content()
    assert db.session.scalar(select(func.count()).select_from(CheckAnswer)) == 0


def test_instructors_preview_and_leave_no_trace(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor)
    assert "讲师预览" in browser.page("/courses/small").text_content()
    page = browser.page(LESSON)
    assert "讲师预览" in page.text_content()
    assert not page.cssselect("[data-lesson]")
    response = browser.submit(CHECK, {"t-m1-c1": choice_id(browser, "机关")}, 200, form_at=LESSON)
    assert "回答正确" in response.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(CheckAnswer)) == 0


def readers(count: int, cast: Cast) -> list[Person]:
    people = [make_person(cast.university) for _ in range(count)]
    for person in people:
        enrol(person)
        read_everything(person)
    return people


def test_course_and_lesson_page_need_few_statements_however_many_trainees(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    answer_everything(cast.trainee)
    counts = []
    for more in (0, 6):
        readers(more, cast)
        browser = visit(cast.trainee)
        for path in ("/courses/small", LESSON, "/courses"):
            browser.get(path)
            with counted_statements() as seen:
                browser.get(path)
            counts.append((path, len(seen)))
            assert len(seen) <= 12, (path, seen)
    assert counts[:3] == counts[3:]
    # who, enrolment, library, the last answers; progress, notes and questions are one
    assert counts[1] == (LESSON, 5), seen


def test_standings_of_many_need_as_many_statements_as_of_one(cast: Cast) -> None:
    people = [person.id for person in readers(5, cast)]
    db.session.rollback()
    ids = list(queries.course_ids(["small"]).values())
    with counted_statements() as one:
        queries.standing_of(people[:1], ids)
    with counted_statements() as many:
        found = queries.standing_of(people, ids)
    assert len(one) == len(many) == 4
    assert {standing.sections_done for standing in found.values()} == {4}


def test_pages_are_for_people_who_signed_in(app: Flask, visit: Visitors) -> None:
    for path in ("/courses", "/courses/small", LESSON, "/library", "/teaching"):
        visit().get(path, status=302)
