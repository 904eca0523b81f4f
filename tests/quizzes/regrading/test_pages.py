"""The pages of regrades: who gets there, what the form takes, what the candidate reads."""

import csv
import io
import uuid
from dataclasses import dataclass
from datetime import timedelta

import openpyxl
import pytest

from app.accounts.models import Person
from app.core import clock
from app.core.database import db, release, write_mode
from app.jobs.services import run_due_jobs
from app.quizzes import grading
from app.quizzes.models import QuestionRevision, Quiz, QuizRevision
from app.quizzes.regrading.forms import name_of
from app.quizzes.regrading.models import Regrade
from tests.support import regrading
from tests.support.analysis import publish, single_questions
from tests.support.cast import Cast
from tests.support.marking import hand_in
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import AUTHORED, make_quiz
from tests.support.regrading import percents, regrader, right_is
from tests.support.sittings import make_people, pick, sit
from tests.support.statements import counted_statements

HOUR = timedelta(hours=1)


@dataclass
class Sat:
    """An examination of two questions; the trainee chose c, then b."""

    revision: QuizRevision
    question: QuestionRevision
    key: str
    attempts: list[uuid.UUID]

    @property
    def form(self) -> str:
        return f"/examinations/{self.key}/regrade/{self.question.id}"

    def right(self, *letters: str) -> dict[str, object]:
        """The fields that make these choices right."""
        (field,) = grading.amendable(self.question.body)
        return {
            "treatment": "graded",
            "quizzes": "one",
            name_of(field): right_is(self.question, *letters)["correct"],
        }


@pytest.fixture
def sat(cast: Cast) -> Sat:
    with write_mode():
        revision = publish(single_questions(2, "hp"))
        people = [cast.trainee.id, cast.cohort_mate.id]
        letters = {"hp1": "c", "hp2": "b"}
        attempts = sit(revision, people, lambda _at, key, body: pick(body, letters[key]), now=clock.now() - HOUR)
        question = regrading.questions_of(revision)[0]
        key = db.session.get_one(Quiz, revision.quiz_id).key
    release()
    return Sat(revision, question, key, attempts)


def newest() -> Regrade:
    release()
    found = db.select(Regrade).order_by(Regrade.created_at.desc())
    regrade: Regrade | None = db.session.scalars(found).first()
    assert regrade is not None
    release()
    return regrade


def prepare(browser: Browser, sat: Sat, *letters: str) -> str:
    """Send the form; returns the address of the regrade after its dry run."""
    browser.submit(sat.form, sat.right(*letters))
    run_due_jobs()
    return f"/regrades/{newest().id}"


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("outsider", (403, 403)),
        ("trainee", (403, 403)),
        ("registrar", (403, 403)),
        ("other_registrar", (403, 403)),
        ("certifier", (403, 403)),
        ("other_instructor", (200, 404)),
        ("instructor", (200, 200)),
        ("administrator", (200, 200)),
    ],
)
def test_who_gets_to_which_page(cast: Cast, visit: Visitors, sat: Sat, who: str, answers: tuple[int, int]) -> None:
    listed, found = answers
    with write_mode():
        regrade_id = regrading.prepare(regrader(cast), sat.revision, sat.question, right_is(sat.question, "c"))
    release()
    browser = visit(cast.people[who])
    browser.get("/regrades", listed)
    browser.get(f"/examinations/{sat.key}/regrade", listed)
    browser.get(sat.form, listed)
    browser.get(f"/regrades/{regrade_id}", found)
    browser.get(f"/regrades/{regrade_id}/apply", found)
    browser.get(f"/regrades/{regrade_id}/changes/csv", found)
    token = browser.token("/privacy")
    for verb in ("try", "apply", "discard"):
        posted = {"csrf_token": token, "reason": "x", "notice": "x", "tried_at": clock.now().isoformat()}
        status = browser.client.post(f"/regrades/{regrade_id}/{verb}", data=posted).status_code
        assert status == (302 if found == 200 else found), verb
    assert "/sign-in" in visit().get(f"/regrades/{regrade_id}", 302).headers["Location"]


def test_a_correction_goes_through_the_pages(cast: Cast, visit: Visitors, sat: Sat) -> None:
    browser = visit(cast.instructor)
    path = prepare(browser, sat, "c")
    page = browser.page(path)
    assert [cell.text_content() for cell in page.cssselect(".stat-value")] == ["2", "2", "2", "0"]
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{path}/changes/csv").data.decode("utf-8-sig"))))
    assert [row["百分比（重新评分后）"] for row in rows] == ["100.0", "100.0"]
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{path}/changes/xlsx").data))
    assert book.active is not None
    assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["0012026001", "0012026002"]
    browser.submit(f"{path}/apply", {"reason": "", "notice": ""}, 422)
    tried = newest().tried_at
    assert tried is not None
    why = {"reason": "键有误", "notice": "第1题已更正<b>。", "tried_at": tried.isoformat()}
    browser.submit(f"{path}/apply", why)
    run_due_jobs()
    assert "键有误" in browser.page(path).text_content()
    assert percents(sat.attempts) == ["100+", "100+"]

    result = f"/attempts/{sat.attempts[0]}/result"
    own = visit(cast.trainee).get(result).get_data(as_text=True)
    assert "您的成绩已重新计算" in own
    assert "原成绩：50%；现成绩：100%。" in own
    assert "第1题已更正&lt;b&gt;。" in own
    assert "键有误" not in own
    history = f"/attempts/{sat.attempts[0]}/grades"
    assert "键有误" in browser.page(history).text_content()
    for person in (cast.outsider, cast.trainee, cast.cohort_mate, cast.other_instructor):
        visit(person).get(history, 404)


def test_figures_that_moved_are_shown_before_anything_is_applied(cast: Cast, visit: Visitors, sat: Sat) -> None:
    browser = visit(cast.instructor)
    path = prepare(browser, sat, "c")
    tried = newest().tried_at
    assert tried is not None
    release()
    with write_mode():
        sit(sat.revision, [cast.registrar.id], lambda _at, _key, body: pick(body, "c"), now=clock.now() - HOUR)
    release()
    why = {"reason": "x", "notice": "x", "tried_at": tried.isoformat()}
    browser.submit(f"{path}/apply", why)
    assert "试算之后，考试、成绩或证书有变动" in browser.page(path).text_content()
    run_due_jobs()
    assert browser.page(path).cssselect(".stat-value")[0].text_content() == "3"
    assert percents(sat.attempts) == ["50-", "50-"]


def test_who_passes_or_fails_newly_comes_first_and_can_be_chosen(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        revision = publish(single_questions(5, "lo"))
        answers = ["ccccb", "cbbbb", "bbccc", "ccbbb", "bcbbc"]  # of the first, c is right after all
        people = make_people(len(answers), cast.university)
        attempts = sit(
            revision,
            people,
            lambda at, key, body: pick(body, answers[at][int(key[-1]) - 1]),
            now=clock.now() - HOUR,
        )
        question = regrading.questions_of(revision)[0]
        regrade_id = regrading.prepare(regrader(cast), revision, question, right_is(question, "c"))
    assert percents(attempts) == ["20-", "80+", "40-", "60+", "60+"]
    path, browser = f"/regrades/{regrade_id}", visit(cast.instructor)
    outcomes = [
        "".join(row.text_content().split())
        for row in browser.page(path).cssselect("#changes ~ .table-wrap td[data-label='结论'] .status")
    ]
    assert outcomes[0] == "变为不合格"
    assert len(outcomes) == 5
    assert "变为不合格" not in outcomes[1:]

    def chosen(query: str) -> list[str | None]:
        page = browser.page(f"{path}?{query}")
        assert page.cssselect("#changes ~ .chips a[aria-current]")
        return [link.get("href") for link in page.cssselect("#changes ~ .table-wrap tbody th a")]

    assert chosen("show=newly_failed") == [f"/attempts/{attempts[4]}/result"]
    assert chosen("show=newly_passed") == []
    assert chosen("show=consequences") == []
    assert len(chosen("show=nonsense")) == 5
    name = db.session.get_one(Person, people[2]).name
    release()
    assert chosen(f"q={name}") == [f"/attempts/{attempts[2]}/result"]


def test_what_is_wrong_is_said_and_what_was_given_is_kept(cast: Cast, visit: Visitors, sat: Sat) -> None:
    browser = visit(cast.instructor)
    page = browser.submit(sat.form, sat.right(), 422).get_data(as_text=True)
    assert "error-summary" in page
    browser.submit(sat.form, {"quizzes": "one"} | {"treatment": "nothing"}, 422)
    everything = browser.submit(sat.form, sat.right("a", "b", "c", "d"), 422).get_data(as_text=True)
    assert everything.count(" checked") >= 4
    dates = {"since": "2026-11-20", "until": "2026-11-19"}
    assert "截止日早于起始日" in browser.submit(sat.form, sat.right("c") | dates, 422).get_data(as_text=True)
    browser.submit(sat.form, sat.right("c") | {"group": "cohort:x"}, 422)
    browser.get(f"/examinations/{sat.key}/regrade/{sat.revision.id}", 404)
    browser.get("/examinations/nothing/regrade", 404)


def test_every_type_offers_what_it_knows(cast: Cast, visit: Visitors) -> None:
    """The form as it stands, sent back, is no change; what people mark can only be dropped or given away."""
    with write_mode():
        kinds = tuple(kind for kind in AUTHORED if kind not in {"file_upload", "drag_image"})
        revision = make_quiz(kinds, shuffle=False)
        hand_in(cast.trainee, revision)
        key = db.session.get_one(Quiz, revision.quiz_id).key
        questions = regrading.questions_of(revision)
    release()
    browser = visit(cast.instructor)
    for question in questions:
        path = f"/examinations/{key}/regrade/{question.id}"
        page = browser.page(path)
        amendables = grading.amendable(question.body)
        assert bool(page.cssselect("#correction")) == bool(amendables), question.type
        fields = {name_of(each): list(each.value) for each in amendables}
        fields |= {name_of(each): ["\n".join(each.value)] for each in amendables if each.shape.value == "lines"}
        browser.submit(path, {"treatment": "graded", "quizzes": "one", **fields})
        assert newest().changes == {}, question.type


def test_the_list_of_changes_costs_the_same_for_any_number(cast: Cast, visit: Visitors, sat: Sat) -> None:
    browser = visit(cast.instructor)
    path = prepare(browser, sat, "c")
    with counted_statements() as few:
        browser.get(path)
    with write_mode():
        sit(
            sat.revision,
            make_people(20, cast.university),
            lambda _at, _key, body: pick(body, "c"),
            now=clock.now() - HOUR,
        )
    release()
    browser.submit(f"{path}/try", {}, form_at=path)
    run_due_jobs()
    with counted_statements() as many:
        assert len(browser.page(path).cssselect("#changes ~ .table-wrap tbody tr, section tbody tr")) >= 22
    assert len(few) == len(many) <= 8
