"""What instructors see: the bank with results and revisions, the content check's report."""

import pytest

from app.core.messages import N_
from app.courses.content.faults import Fault
from app.courses.views import teaching
from tests.support.cast import Cast
from tests.support.courses import answer_everything, enrol, sync_folder
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

PAGES = ("/teaching", "/teaching/courses/small", "/teaching/questions/t-m1-c2", "/teaching/content-check")


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()


@pytest.mark.parametrize("path", PAGES)
def test_only_those_who_teach_or_administer_see_keys(cast: Cast, visit: Visitors, path: str) -> None:
    for name, person in cast.people.items():
        status = 200 if name in {"instructor", "other_instructor", "administrator"} else 403
        visit(person).get(path, status=status)


def test_results_stand_beside_each_question(cast: Cast, visit: Visitors) -> None:
    for person, right in ((cast.trainee, True), (cast.cohort_mate, False)):
        enrol(person)
        answer_everything(person, right=right)
    browser = visit(cast.instructor)
    rows = {
        row.cssselect("a")[0].text_content(): row.text_content()
        for row in browser.page("/teaching/courses/small").cssselect("tbody tr")
    }
    assert set(rows) == {"t-m1-c1", "t-m1-c2", "t-m1-q1", "t-m1-q2", "t-m2-q1"}
    assert "50%" in rows["t-m1-c2"]
    assert "100%" in rows["t-m1-c1"]
    with counted_statements() as seen:
        browser.get("/teaching/courses/small")
    assert len(seen) <= 8, seen


def test_unknown_questions_and_courses_are_not_found(cast: Cast, visit: Visitors) -> None:
    visit(cast.instructor).get("/teaching/questions/none", status=404)
    visit(cast.instructor).get("/teaching/courses/none", status=404)


def test_the_report_shows_the_content_as_it_is(cast: Cast, visit: Visitors) -> None:
    assert "没有错误" in visit(cast.instructor).page("/teaching/content-check").text_content()


def test_faults_are_listed_in_the_readers_language(
    cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    meant = N_(" (did you mean `%(word)s`?)", word="us-y")
    wrong = N_("nothing under content/library is called `%(key)s`%(meant)s", key="us-x", meant=meant)
    fault = Fault("a.md", 3, 8, wrong, N_("write a whole number").worded("an integer, please"))
    monkeypatch.setattr(teaching, "inspect", lambda _folder: (None, [fault]))
    shown = visit(cast.instructor).page("/teaching/content-check").text_content()
    assert "法规库中没有“us-x”（是否指“us-y”？）" in shown
    assert "请写整数" in shown
    shown = visit(cast.instructor, locale="en").page("/teaching/content-check").text_content()
    assert "nothing under content/library is called `us-x` (did you mean `us-y`?)" in shown
    assert "an integer, please" in shown
