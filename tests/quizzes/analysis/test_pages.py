"""Who sees which analysis, what counts in it, and what is on the pages and in the files."""

import csv
import io
import uuid
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from app.accounts.models import Person, RoleGrant
from app.core import clock
from app.core.access import Role
from app.core.database import release, transaction
from app.core.identifiers import new_id
from app.quizzes import grading
from app.quizzes.analysis import queries
from app.quizzes.analysis.report import build
from app.quizzes.models import Attempt, AttemptResult, AttemptState, Grade, GradeRun
from app.quizzes.rules import Pool
from tests.support.analysis import by_ability, publish, single_questions
from tests.support.cast import Cast, make_person
from tests.support.pages import Visitors
from tests.support.quizzes import authored
from tests.support.sittings import Said, make_people, pick, sit
from tests.support.statements import counted_statements


@pytest.fixture
def examined(cast: Cast) -> str:
    """Forty candidates of the university and thirty of the other one, who all take d in the first question."""
    revision = publish(single_questions(6), key="exam-337")
    sit(revision, make_people(40, cast.university), by_ability(wrong_key="q3"))

    def others(at: int, key: str, body: dict[str, Any]) -> Said:
        return pick(body, "d") if key == "q1" else by_ability()(at, key, body)

    sit(revision, make_people(30, cast.other_university), others)
    return "exam-337"


PATHS = (
    "/examinations/analysis",
    "/examinations/{key}/analysis",
    "/examinations/{key}/analysis/csv",
    "/examinations/{key}/analysis/xlsx",
    "/examinations/{key}/analysis/questions/{question}",
)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("outsider", 403),
        ("trainee", 403),
        ("cohort_mate", 403),
        ("registrar", 403),
        ("other_registrar", 403),
        ("instructor", 200),
        ("other_instructor", 200),
        ("certifier", 200),
        ("administrator", 200),
    ],
)
def test_who_may_see_the_pages(cast: Cast, visit: Visitors, examined: str, who: str, status: int) -> None:
    question = queries.gather(examined, organisations=None).questions[0].id
    browser = visit(cast.people[who])
    for path in PATHS:
        browser.get(path.format(key=examined, question=question), status)


def test_a_stranger_is_asked_to_sign_in(visit: Visitors, examined: str) -> None:
    assert "/sign-in" in visit().get(f"/examinations/{examined}/analysis", 302).headers["Location"]


def people_on(page: object) -> str:
    return str(page.cssselect(".stat-value")[0].text_content())  # type: ignore[attr-defined]


def test_instructors_count_their_own_people_and_national_staff_everybody(
    cast: Cast, visit: Visitors, examined: str
) -> None:
    path = f"/examinations/{examined}/analysis"
    pages = {name: visit(cast.people[name]).page(path) for name in ("instructor", "other_instructor", "certifier")}
    assert {name: people_on(page) for name, page in pages.items()} == {
        "instructor": "40",
        "other_instructor": "30",
        "certifier": "70",
    }
    facilities = {name: facility_of_first(page) for name, page in pages.items()}
    assert facilities["other_instructor"] == "0.0%"
    assert len(set(facilities.values())) == 3
    here = [link.text_content() for link in pages["instructor"].cssselect("header a[aria-current=page]")]
    assert here == ["试题分析"], "the page has its place in the navigation"
    listed = visit(cast.other_instructor).page("/examinations/analysis")
    assert [cell.text_content() for cell in listed.cssselect("td.num")] == ["30"]


def facility_of_first(page: object) -> str:
    return str(page.cssselect("tbody tr")[0].cssselect("td.num")[1].text_content()).strip()  # type: ignore[attr-defined]


def test_an_instructor_of_two_organisations_counts_both(cast: Cast, visit: Visitors, examined: str) -> None:
    both = make_person(cast.university, Role.INSTRUCTOR)
    with transaction() as session:
        session.add(RoleGrant(person_id=both.id, organisation_id=cast.other_university.id, role=Role.INSTRUCTOR))
    assert people_on(visit(both).page(f"/examinations/{examined}/analysis")) == "70"


def test_no_page_or_file_names_anybody(cast: Cast, visit: Visitors) -> None:
    revision = publish(single_questions(3), key="named")
    people = make_people(20, cast.university)
    with transaction() as session:
        session.execute(update(Person).where(Person.id.in_(people)).values(name="不可出现", email=None))
    attempts = sit(revision, people, by_ability())
    question = queries.gather("named", organisations=None).questions[0].id
    browser = visit(cast.administrator)
    for path in PATHS:
        body = browser.get(path.format(key="named", question=question)).get_data()
        for secret in ("不可出现", *map(str, people), *map(str, attempts)):
            assert secret.encode() not in body


def test_unknown_examinations_revisions_and_questions_are_not_found(
    cast: Cast, visit: Visitors, examined: str
) -> None:
    browser = visit(cast.instructor)
    browser.get("/examinations/nothing/analysis", 404)
    browser.get(f"/examinations/{examined}/analysis?revision=9", 404)
    browser.get(f"/examinations/{examined}/analysis?revision=x", 404)
    browser.get(f"/examinations/{examined}/analysis/questions/{uuid.uuid4()}", 404)


def test_too_few_people_get_the_reason_and_no_file(cast: Cast, visit: Visitors) -> None:
    revision = publish(single_questions(3), key="small")
    sit(revision, make_people(4, cast.university), by_ability())
    browser = visit(cast.instructor, locale="en")
    page = browser.page("/examinations/small/analysis")
    assert "Too few sittings" in page.cssselect(".empty-state h2")[0].text_content()
    assert "There are 4 graded sittings here." in page.text_content()
    assert not page.cssselect("table")
    browser.get("/examinations/small/analysis/csv", 404)
    question = queries.gather("small", organisations=None).questions[0].id
    browser.get(f"/examinations/small/analysis/questions/{question}", 404)


def test_findings_stand_on_the_pages_in_words(cast: Cast, visit: Visitors, examined: str) -> None:
    browser = visit(cast.instructor, locale="en")
    page = browser.page(f"/examinations/{examined}/analysis")
    row = next(row for row in page.cssselect("tbody tr") if "q3" in row.cssselect("th")[0].text_content())
    assert "Negative discrimination: check the key" in row.text_content()
    assert "High scorers prefer choice C: is it also right?" in row.text_content()
    detail = browser.page(str(row.cssselect("a")[0].get("href")))
    assert "check the key" in detail.text_content()
    choice = detail.cssselect("table")[0].cssselect("tbody tr")
    assert [each.cssselect("td")[0].text_content().strip() for each in choice[:4]][1] == "Key"
    assert len(choice) == 5  # four choices and the unanswered
    assert detail.cssselect("svg polyline")
    chinese = visit(cast.instructor).page(f"/examinations/{examined}/analysis")
    assert "区分度为负：请核对答案" in chinese.text_content()


def test_what_counts(cast: Cast) -> None:
    """The first sitting of each person, unless every one is asked for; never voided or ungraded ones."""
    revision = publish(single_questions(3), key="counted")
    people = make_people(12, cast.university)
    sit(revision, people, by_ability())
    sit(revision, people[:5], by_ability(), number=2)
    sit(revision, make_people(3, cast.university), by_ability(), state=AttemptState.VOIDED)
    ungraded = sit(revision, make_people(2, cast.university), by_ability())
    with transaction() as session:
        session.execute(update(Attempt).where(Attempt.id.in_(ungraded)).values(grade_run_id=None))
    first = queries.gather("counted", organisations=None)
    every = queries.gather("counted", organisations=None, every_attempt=True)
    assert (len(first.sittings), len(first.answers)) == (12, 36)
    assert (len(every.sittings), len(every.answers)) == (17, 51)


def test_a_voided_first_sitting_gives_way_to_the_next(cast: Cast) -> None:
    revision = publish(single_questions(2), key="voided")
    people = make_people(6, cast.university)
    sit(revision, people, by_ability(), state=AttemptState.VOIDED)
    sit(revision, people, by_ability(everybody="q1"), number=2)
    sample = queries.gather("voided", organisations=None)
    assert len(sample.sittings) == 6
    assert build(sample).items[0].facility.value == 1


def test_the_run_that_counts_now_is_analysed(cast: Cast) -> None:
    """After a regrade the figures are of the new grades; a run that was only tried changes nothing."""
    revision = publish(single_questions(2), key="regraded")
    attempts = sit(revision, make_people(10, cast.university), lambda _at, _key, body: pick(body, "b"))
    now = clock.now()
    for applied in (False, True):
        release()
        with transaction() as session:
            for attempt_id in attempts:
                run = GradeRun(
                    cause="regrade", grader_version="1", reason="key", applied_at=now if applied else None
                )
                session.add(run)
                session.flush()
                attempt = session.get_one(Attempt, attempt_id)
                old = session.query(Grade).filter_by(attempt_id=attempt_id, run_id=attempt.grade_run_id).all()
                for grade in old:
                    values = {column.key: getattr(grade, column.key) for column in Grade.__table__.columns}
                    session.add(Grade(**values | {"id": new_id(), "run_id": run.id, "fraction": 0, "marks": 0}))
                result = {"earned": 0, "possible": 2, "percent": 0, "passed": False}
                session.add(AttemptResult(run_id=run.id, attempt_id=attempt_id, **result))
                if applied:
                    attempt.grade_run_id = run.id
        report = build(queries.gather("regraded", organisations=None))
        assert [item.facility.value for item in report.items] == [0 if applied else 1] * 2
        assert report.passed == (0 if applied else 10)
        assert [item.people for item in report.items] == [10, 10]


def test_revisions_are_analysed_apart_and_together(cast: Cast, visit: Visitors) -> None:
    first = publish(single_questions(3), key="revised")
    sit(first, make_people(20, cast.university), by_ability())
    mended = single_questions(3) | {"q2": authored("single", prompt={"zh": "改过的题目", "en": "Mended"})}
    second = publish(mended, key="revised")
    sit(second, make_people(10, cast.university), by_ability())
    browser = visit(cast.instructor)
    path = "/examinations/revised/analysis"
    assert people_on(browser.page(path)) == "10"
    assert people_on(browser.page(f"{path}?revision=1")) == "20"
    together = browser.page(f"{path}?revision=all")
    assert people_on(together) == "30"
    names = [
        row.cssselect("th .small")[0].text_content()
        for row in together.cssselect("table")[0].cssselect("tbody tr")
    ]
    assert [name.split(" ")[0] for name in names] == ["q1", "q2", "q2", "q3"]
    assert build(queries.gather("revised", organisations=None)).items[1].people == 20


def test_pools_are_drawn_and_analysed(cast: Cast) -> None:
    questions = single_questions(9)
    keys = list(questions)
    pools = [Pool(question_keys=keys[:3], pick=3), Pool(question_keys=keys[3:], pick=2)]
    sit(publish(questions, pools=pools, key="drawn"), make_people(90, cast.university), by_ability())
    report = build(queries.gather("drawn", organisations=None))
    assert report.drawn
    assert [item.people for item in report.items[:3]] == [90, 90, 90]
    assert sum(item.people for item in report.items[3:]) == 180
    assert report.consistency.value is not None
    assert sum((item.intended_weight.value or 0) * item.people / 90 for item in report.items) == pytest.approx(1)
    weights = [(item.effective_weight.value or 0) * item.people / 90 for item in report.items]
    assert sum(weights) == pytest.approx(1)


def test_the_files_hold_the_figures_of_the_page(cast: Cast, visit: Visitors) -> None:
    questions = single_questions(3) | {"q4": authored("single", prompt={"zh": "=1+1", "en": "=1+1"})}
    sit(publish(questions, key="filed"), make_people(40, cast.university), by_ability(wrong_key="q2"))
    report = build(queries.gather("filed", organisations=None))
    browser = visit(cast.instructor, locale="en")
    response = browser.get("/examinations/filed/analysis/csv")
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert [row["Question key"] for row in rows] == ["q1", "q2", "q3", "q4"]
    assert float(rows[1]["Discrimination"]) == pytest.approx(report.items[1].discrimination.value, abs=1e-4)
    assert "check the key" in rows[1]["To look at"]
    assert rows[3]["Question"] == "'=1+1"
    book = load_workbook(io.BytesIO(browser.get("/examinations/filed/analysis/xlsx").get_data()))
    assert book.sheetnames == ["Questions", "Choices", "Paper"]
    sheet = [
        dict(zip([cell.value for cell in book["Questions"][1]], row, strict=True))
        for row in book["Questions"].iter_rows(min_row=2, values_only=True)
    ]
    assert sheet[0]["Facility"] == pytest.approx(report.items[0].facility.value, abs=1e-4)
    assert all(cell.data_type != "f" for row in book["Questions"].iter_rows() for cell in row)
    assert book["Choices"].max_row == 1 + 4 * 5
    chinese = visit(cast.instructor).get("/examinations/filed/analysis/csv").get_data().decode("utf-8-sig")
    assert chinese.startswith("序号,")


def answer_in_parts(at: int, key: str, body: dict[str, Any]) -> Said:
    """A third leave the first part of each question and write 1 for a number; the others are right; no essays."""
    if key == "number":
        return lambda layout: grading.perfect(body, layout) if at % 3 else {"value": "1"}
    ((name, given),) = grading.perfect(body).items()
    left = {part["id"] for part in body[name] if part.get("type") == "essay"}
    if not at % 3:
        left.add(body[name][0]["id"])
    return {name: {part: answer for part, answer in given.items() if part not in left}}


def test_the_parts_and_the_numbers_drawn_are_shown_and_filed(cast: Cast, visit: Visitors) -> None:
    kinds = {"blanks": "cloze", "pairs": "matching", "number": "calculated", "case": "case"}
    questions = {key: authored(kind) for key, kind in kinds.items()}
    sit(publish(questions, key="parted"), make_people(45, cast.university), answer_in_parts)
    release()
    with counted_statements() as seen:
        sample = queries.gather("parted", organisations=None)
    assert len(seen) == 6  # people might have marked the essays
    report = {item.question.key: item for item in build(sample).items}
    assert [part.omitted for part in report["blanks"].parts] == [15, 0, 0]
    assert len(report["number"].variants) > 1
    release()
    browser = visit(cast.instructor, locale="en")
    page = browser.page("/examinations/parted/analysis")
    links = {
        row.cssselect("th .small")[0].text_content(): row.cssselect("a")[0]
        for row in page.cssselect("tbody tr")
        if row.cssselect("th .small")
    }
    pages = {key: browser.page(str(link.get("href"))) for key, link in links.items()}
    assert list(pages) == ["blanks", "case", "number", "pairs"]
    for key, parts in (("blanks", 3), ("pairs", 3), ("case", 2)):
        assert len(pages[key].cssselect("section.analysis-part table")) == parts, key
        assert len(pages[key].cssselect("section.analysis-part svg polyline")) >= parts
    assert "of has charge" not in pages["blanks"].text_content()
    assert "【1】" in pages["blanks"].text_content()
    assert "A power of ten off" in pages["number"].text_content()
    assert pages["number"].cssselect("svg .chart-bar")
    rows = list(
        csv.DictReader(io.StringIO(browser.get("/examinations/parted/analysis/csv").text.lstrip("\ufeff")))
    )
    assert [(row["Question key"], row["Part"]) for row in rows[:4]] == [("blanks", "")] + [
        ("blanks", n) for n in "123"
    ]
    assert float(rows[1]["Facility"]) == pytest.approx(2 / 3, abs=1e-4)
    book = load_workbook(io.BytesIO(browser.get("/examinations/parted/analysis/xlsx").get_data()))
    assert book.sheetnames == ["Questions", "Parts", "Choices", "Numbers drawn", "Marks earned", "Paper"]
    assert book["Parts"].max_row == 1 + 3 + 3 + 3
    assert book["Numbers drawn"].max_row == 1 + len(report["number"].variants)


def test_statements_do_not_grow_with_people(cast: Cast, visit: Visitors) -> None:
    revision = publish(single_questions(4), key="many")
    sit(revision, make_people(10, cast.university), by_ability())
    counts = []
    for _round in range(2):
        browser = visit(cast.instructor)
        with counted_statements() as seen:
            browser.get("/examinations/many/analysis")
        counts.append(len(seen))
        sit(revision, make_people(40, cast.university), by_ability())
    assert counts[0] == counts[1] <= 9
    release()
    with counted_statements() as seen:
        queries.gather("many", organisations=None)
    assert len(seen) == 4
