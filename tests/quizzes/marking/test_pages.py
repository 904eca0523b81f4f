"""The markers' pages: who gets there, that nothing tells whose an answer is, and what the candidate reads."""

import io
import re
import uuid
from dataclasses import dataclass

import pytest

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor, Role
from app.core.database import db, release, transaction, write_mode
from app.quizzes import services
from app.quizzes.marking import words
from app.quizzes.marking.answers import Task
from app.quizzes.marking.models import Mark
from app.quizzes.models import Attempt
from app.quizzes.queries import rules_view
from tests.quizzes.access import by_responsibility
from tests.support.author_traces import authored_pdf, traces
from tests.support.cast import Cast, make_person
from tests.support.marking import fields, hand_in, marker, tasks_of
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.statements import counted_statements


@dataclass
class Waiting:
    """A paper of the trainee that waits, and the addresses of its first answer."""

    attempt: Attempt
    tasks: list[Task]

    @property
    def answer(self) -> str:
        return f"/marking/answers/{self.tasks[0].id}"

    @property
    def queue(self) -> str:
        return f"/marking/examinations/{self.tasks[0].key}/{self.tasks[0].question_id}"


@write_mode()
def wait(cast: Cast, *kinds: str, person: Person | None = None) -> Waiting:
    attempt = hand_in(person or cast.trainee, make_quiz(kinds or ("essay",), shuffle=False))
    return Waiting(attempt, tasks_of(marker(cast), attempt))


@by_responsibility
def test_who_gets_to_which_page(cast: Cast, visit: Visitors, who: str, listed: int, found: int) -> None:
    waiting = wait(cast)
    browser = visit(cast.people[who])
    browser.get("/marking", listed)
    browser.get(waiting.queue, found)
    browser.get(waiting.answer, found)
    browser.get(f"{waiting.queue}/next", 302 if found == 200 else found)
    browser.get(f"{waiting.answer}/files/1", 404 if found == 200 else found)
    token = browser.token("/privacy")
    posted = {"csrf_token": token, **fields(waiting.tasks[0], 1)}
    status = browser.client.post(waiting.answer, data=posted).status_code
    assert status == (302 if found == 200 else found)
    release()
    assert len(db.session.scalars(db.select(Mark)).all()) == (1 if found == 200 else 0)


def test_a_stranger_is_asked_to_sign_in(cast: Cast, visit: Visitors) -> None:
    waiting = wait(cast)
    for path in ("/marking", waiting.queue, waiting.answer):
        assert "/sign-in" in visit().get(path, 302).headers["Location"]


def test_nothing_tells_whose_an_answer_is(cast: Cast, visit: Visitors) -> None:
    waiting = wait(cast, "essay", "case")
    person = cast.trainee
    telling = [person.name, person.latin_name, person.student_number, person.email, str(person.id), person.id.hex]
    telling += [str(waiting.attempt.id), *(str(task.item_id) for task in waiting.tasks)]
    telling += [str(item.id) for item in items_of(waiting.attempt)]
    browser = visit(cast.instructor)
    answers = [f"/marking/answers/{task.id}" for task in waiting.tasks]
    wrong = browser.submit(answers[0], {"comment": "再想一想"}, 422).get_data(as_text=True)
    location = browser.get(f"{waiting.queue}/next", 302).headers["Location"]
    paths = ["/marking", waiting.queue, *answers]
    pages = [wrong, location, *paths, *(browser.get(path).get_data(as_text=True) for path in paths)]
    browser.submit(answers[0], fields(waiting.tasks[0], 2))
    pages += [browser.get(path).get_data(as_text=True) for path in paths]
    for text in pages:
        assert [word for word in telling if word and word in text] == []


def test_what_is_missing_is_said_and_what_was_typed_is_kept(cast: Cast, visit: Visitors) -> None:
    waiting = wait(cast)
    given = fields(waiting.tasks[0], 1, comment="论证清楚。")
    missing = next(name for name in given if name.startswith("whole-"))
    page = visit(cast.instructor)
    response = page.submit(waiting.answer, given | {missing: "x"}, 422).get_data(as_text=True)
    assert f'href="#{missing}"' in response
    assert "论证清楚。" in response
    assert len(re.findall(r'data-key="2" checked', response)) == 1


def test_marks_lead_from_answer_to_answer(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        revision = make_quiz(("essay",))
        attempts = [hand_in(person, revision) for person in (cast.trainee, cast.cohort_mate)]
        tasks = {task.id: task for each in attempts for task in tasks_of(marker(cast), each)}
    browser = visit(cast.instructor)
    some = next(iter(tasks.values()))
    queue = f"/marking/examinations/{some.key}/{some.question_id}"
    first = browser.get(f"{queue}/next", 302).headers["Location"]
    after = browser.submit(first, fields(tasks[uuid.UUID(first[-36:])], 0)).headers["Location"]
    second = browser.get(after, 302).headers["Location"]
    assert {uuid.UUID(first[-36:]), uuid.UUID(second[-36:])} == set(tasks)
    assert "1 / 2" in browser.page(second).text_content()
    after = browser.submit(second, fields(tasks[uuid.UUID(second[-36:])], 2)).headers["Location"]
    assert browser.get(after, 302).headers["Location"] == queue
    page = browser.page(queue)
    counts = [[cell.text_content().strip() for cell in row.cssselect("td")] for row in page.cssselect("tbody tr")]
    assert [row[1] for row in counts[:6]] == ["1", "0", "1", "1", "0", "1"]  # levels of two criteria
    assert "所有作答均已评阅" in browser.page("/marking").text_content()


def test_the_second_of_two_markers_is_told_and_keeps_her_text(cast: Cast, visit: Visitors) -> None:
    waiting = wait(cast)
    (task,) = waiting.tasks
    colleague = visit(_colleague(cast))
    slow = visit(cast.instructor)
    token = slow.token(waiting.answer)
    colleague.submit(waiting.answer, fields(task, 2))
    mine = {"csrf_token": token, **fields(task, 0, comment="我写了很久的评语")}
    answer = slow.client.post(waiting.answer, data=mine)
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "我写了很久的评语" in text
    assert "另一位评阅人已先行评阅" in text
    assert cast.trainee.name not in text
    release()
    assert len(db.session.scalars(db.select(Mark)).all()) == 1


def test_a_mark_whose_answer_was_lost_on_the_way_is_given_once(cast: Cast, visit: Visitors) -> None:
    """The script sends and asks for JSON; the connection breaks after the commit; it sends the same again."""
    waiting = wait(cast)
    (task,) = waiting.tasks
    browser = visit(cast.instructor)
    sent = {"csrf_token": browser.token(waiting.answer), **fields(task, 2, comment="论证清楚")}
    as_json = {"Accept": "application/json"}
    for _again in range(2):
        answer = browser.client.post(waiting.answer, data=sent, headers=as_json)
        assert answer.status_code == 200
        assert answer.get_json() == {
            "next": f"/marking/examinations/{task.key}/{task.question_id}/next?after={task.id}"
        }
    other = browser.client.post(waiting.answer, data=sent | {"comment": "另一评语"}, headers=as_json)
    assert other.status_code == 409
    assert other.mimetype == "text/html"
    release()
    assert len(db.session.scalars(db.select(Mark)).all()) == 1


def test_her_comments_can_be_used_again_and_nobody_elses(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        revision = make_quiz(("essay",))
        people = (cast.trainee, cast.cohort_mate, make_person(cast.university), make_person(cast.university))
        tasks = [task for person in people for task in tasks_of(marker(cast), hand_in(person, revision))]
    browser = visit(cast.instructor)
    for task, comment in zip(tasks, ("请引用<b>判例</b>。", "结构清楚。", "结构清楚。"), strict=False):
        browser.submit(f"/marking/answers/{task.id}", fields(task, 1, comment=comment))
    path = f"/marking/answers/{tasks[-1].id}"
    shown = [button.text_content() for button in browser.page(path).cssselect("#own-comments button")]
    assert shown == ["结构清楚。", "请引用<b>判例</b>。"]
    assert visit(_colleague(cast)).page(path).cssselect("#own-comments") == []


def test_a_long_queue_is_narrowed_and_divided(
    cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_mode():
        revision = make_quiz(("essay",))
        people = (cast.trainee, cast.cohort_mate, make_person(cast.university))
        tasks = [task for person in people for task in tasks_of(marker(cast), hand_in(person, revision))]
    monkeypatch.setattr(words, "ANSWERS_A_PAGE", 2)
    queue = f"/marking/examinations/{tasks[0].key}/{tasks[0].question_id}"
    browser = visit(cast.instructor)
    browser.submit(f"/marking/answers/{tasks[0].id}", fields(tasks[0], 1))

    def listed(query: str) -> list[str]:
        page = browser.page(f"{queue}{query}")
        return [str(link.get("href"))[-36:] for link in page.cssselect("#answers ~ .table-wrap tbody th a")]

    waiting = {str(task.id) for task in tasks[1:]}
    assert set(listed("")) == waiting, "those that wait come first"
    assert listed("?page=2") == [str(tasks[0].id)]
    assert listed("?show=mine") == [str(tasks[0].id)]
    assert set(listed("?show=waiting")) == waiting
    assert listed("?show=third") == []
    counts = [chip.text_content() for chip in browser.page(queue).cssselect("#answers ~ .chips .count")]
    assert counts == ["3", "2", "1", "1"]


def _colleague(cast: Cast) -> Person:
    return make_person(cast.university, Role.INSTRUCTOR, name="第二评阅人")


def test_the_candidate_reads_levels_and_comment_but_not_who_marked(cast: Cast, visit: Visitors) -> None:
    waiting = wait(cast, "single", "essay")
    result = f"/attempts/{waiting.attempt.id}/result"
    candidate = visit(cast.trainee)
    waits = candidate.page(result)
    assert "评阅" in waits.text_content()
    assert str(waiting.attempt.id) in waits.text_content()
    assert waits.cssselect(f"a[href='/attempts/{waiting.attempt.id}/receipts.json']"), (
        "what was received is hers now"
    )
    context = (waiting.attempt.context_type, waiting.attempt.context_id)
    [past] = rules_view(waiting.attempt.quiz_id, cast.trainee.id, context, clock.now()).results
    assert (past.percent, past.passed, past.voided) == (None, False, False)
    visit(cast.instructor).submit(waiting.answer, fields(waiting.tasks[0], 1, 2, comment="请引用<b>判例</b>。"))
    page = candidate.get(result).get_data(as_text=True)
    assert "请引用&lt;b&gt;判例&lt;/b&gt;。" in page
    assert re.search(r"2 / 4.*4 / 4", page, re.DOTALL)
    assert cast.instructor.name not in page
    visit(cast.outsider).get(result, 404)


def upload(cast: Cast, browser: Browser, data: bytes) -> Attempt:
    with write_mode():
        attempt = start(cast.trainee, make_quiz(("file_upload",)))
        (item,) = items_of(attempt)
    sent = {f"q-{item.id}-file": (io.BytesIO(data), "林见微-0012026001.pdf"), "seen": "0"}
    path = f"/attempts/{attempt.id}"
    browser.submit(f"{path}/questions/{item.id}/files", sent, form_at=path)
    actor = Actor(person_id=cast.trainee.id, name="")
    release()
    with transaction():
        services.submit_attempt(actor, attempt.id, now=clock.now())
    return attempt


def test_files_have_neutral_names_and_get_points(cast: Cast, visit: Visitors) -> None:
    candidate = visit(cast.trainee)
    data = authored_pdf(cast.trainee.latin_name)
    attempt = upload(cast, candidate, data)
    (task,) = tasks_of(marker(cast), attempt)
    browser = visit(cast.instructor)
    path = f"/marking/answers/{task.id}"
    assert "林见微" not in browser.get(path).get_data(as_text=True)
    file = browser.get(f"{path}/files/1")
    assert traces(data, cast.trainee.latin_name) != []
    assert traces(file.data, cast.trainee.latin_name) == []
    assert "ETag" not in file.headers
    assert "Last-Modified" not in file.headers
    assert file.headers["Content-Disposition"] == f"attachment; filename=answer-{task.code}-1.pdf"
    browser.get(f"{path}/files/2", 404)
    browser.get(f"{path}/files/0", 404)
    visit(cast.other_instructor).get(f"{path}/files/1", 404)
    for points in ("1.5", "-1", "NaN", "0.123", "", "一"):
        browser.submit(path, {"whole-points": points, "seen": "0"}, 422)
    browser.submit(path, {"whole-points": "０．７５", "seen": "0"})
    page = candidate.page(f"/attempts/{attempt.id}/result").text_content()
    assert "0.75 / 1.00" in page


def test_the_queue_costs_the_same_for_any_number_of_answers(cast: Cast, visit: Visitors) -> None:
    revision = make_quiz(("essay",))
    hand_in(cast.trainee, revision)
    browser = visit(cast.instructor)
    (link,) = browser.page("/marking").cssselect("tbody td a:not(.btn)")
    used = []
    for _again in range(2):
        with counted_statements() as seen:
            browser.get("/marking")
            browser.get(str(link.get("href")))
        used.append(len(seen))
        hand_in(make_person(cast.university), revision)
        release()
    assert used[0] == used[1] <= 16
