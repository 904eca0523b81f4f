"""Questions at a passage: read by the asker and those who teach her, published without a name."""

import uuid

import pytest
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.database import db, release
from app.courses.studying.models import PassageQuestion
from app.mail.models import OutgoingMail
from tests.support.cast import Cast, make_person
from tests.support.courses import enrol, sync_folder
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

LESSON = "/courses/small/m1-first/basics"
NEW = "/courses/small/questions/new?at=m1-first/basics/one&quote=由机关发布&language=zh"
ASKED = "/teaching/trainee-questions"


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()


def ask(visit: Visitors, person: Person, text: str = "哪个机关？", status: int = 303) -> None:
    browser = visit(person)
    fields = {
        str(field.get("name")): str(field.get("value") or "")
        for field in browser.page(NEW).cssselect("main input[type=hidden]")
    }
    for _again in range(2):  # sent twice, asked once
        browser.submit("/courses/small/questions/new", {**fields, "text": text}, status, form_at=NEW)


def only_question() -> PassageQuestion:
    release()
    return db.session.scalars(select(PassageQuestion)).one()


def letters_to(person: Person) -> list[str]:
    release()
    return list(
        db.session.scalars(
            select(OutgoingMail.subject).where(OutgoingMail.person_id == person.id).order_by(OutgoingMail.id)
        )
    )


def test_only_the_asker_and_those_who_teach_her_read_a_question(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    enrol(cast.cohort_mate)
    visit(cast.outsider).get(NEW, status=403)
    visit(cast.instructor).get(NEW, status=403)
    ask(visit, cast.trainee)
    address = f"{ASKED}/{only_question().id}"
    for stranger in (cast.other_instructor,):
        visit(stranger).get(address, status=404)
        visit(stranger).submit(address, {"answer": "x"}, 404, form_at=ASKED)
        assert "哪个机关" not in visit(stranger).page(ASKED).text_content()
    for nobody in (cast.trainee, cast.cohort_mate, cast.outsider, cast.registrar):
        visit(nobody).get(address, status=403)
    for reader in (cast.cohort_mate, cast.other_instructor, cast.instructor):
        assert "哪个机关" not in visit(reader).page(LESSON).text_content()
    assert "哪个机关" not in visit(cast.cohort_mate).page("/notes/questions").text_content()
    for teacher in (cast.instructor, cast.administrator):
        assert "由机关发布" in visit(teacher).page(address).text_content()
    assert "等待解答" in visit(cast.trainee).page(LESSON).cssselect(".section-questions")[0].text_content()


def test_an_answer_goes_to_the_asker_and_published_to_all_without_her_name(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    enrol(cast.cohort_mate)
    ask(visit, cast.trainee, "我所林见微团队该问哪个机关？")
    question = only_question()
    address = f"{ASKED}/{question.id}"
    browser = visit(cast.instructor)
    assert "1" in browser.page(ASKED).cssselect(".chips .count")[0].text_content()
    assert letters_to(cast.instructor) == ["有学员就课文提问"]
    browser.submit(address, {"answer": " ", "public_text": "x"}, 422)
    browser.submit(address, {"answer": "委员会。", "is_public": "y", "public_text": " "}, 422)
    assert only_question().answered_at is None
    browser.submit(address, {"answer": "委员会。", "public_text": "x"}, 303)
    assert letters_to(cast.trainee) == ["您的提问已有解答"]
    assert "委员会。" in visit(cast.trainee).page("/notes/questions").text_content()
    assert "委员会。" not in visit(cast.cohort_mate).page(LESSON).text_content()
    browser.submit(address, {"answer": "是委员会。", "is_public": "y", "public_text": "该问哪个机关？"}, 303)
    shown = visit(cast.cohort_mate).page(LESSON).cssselect(".section-questions")[0].text_content()
    assert "是委员会。" in shown
    assert "该问哪个机关？" in shown
    assert "林见微" not in shown
    assert len(letters_to(cast.trainee)) == 1
    browser.submit(address, {"answer": "是委员会。", "public_text": "x"}, 303)
    assert not visit(cast.cohort_mate).page(LESSON).cssselect(".section-questions")
    (own,) = visit(cast.trainee).get("/account/data/download").get_json()["passage_questions"]
    assert own["answer"] == "是委员会。"


def test_what_is_no_question_is_refused_and_instructors_hear_once_a_day(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    enrol(cast.cohort_mate)
    ask(visit, cast.trainee, "", 422)
    visit(cast.trainee).get("/courses/small/questions/new?at=m1-first/basics/none", status=422)
    ask(visit, cast.trainee)
    ask(visit, cast.cohort_mate)
    release()
    assert db.session.scalar(select(func.count()).select_from(PassageQuestion)) == 2
    assert len(letters_to(cast.instructor)) == 1


def test_a_long_list_needs_as_many_statements_as_a_short_one_and_shows_the_open_first(
    cast: Cast, visit: Visitors
) -> None:
    enrol(cast.trainee)
    ask(visit, cast.trainee, "第一问")
    visit(cast.instructor).submit(f"{ASKED}/{only_question().id}", {"answer": "好。"}, 303)
    browser, counts = visit(cast.instructor), []
    for _more in range(2):
        other = make_person(cast.university, email=f"{uuid.uuid4().hex}@example.org")
        enrol(other)
        ask(visit, other, "后来的问题")
        with counted_statements() as seen:
            page = browser.page(ASKED)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
    assert [link.text_content() for link in page.cssselect(".notes-list a")][-1] == "第一问"
