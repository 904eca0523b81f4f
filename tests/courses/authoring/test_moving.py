"""Trainees under way keep their revision, or are moved without losing what they have done."""

from decimal import Decimal

from sqlalchemy import func, select

from app.core.database import db, release
from app.courses import queries as courses
from app.courses.authoring import queries
from app.courses.authoring.rules import Moving
from app.courses.models import CheckAnswer, CourseCompletion, Enrolment, SectionRead
from tests.support.authoring import author, change, open_draft, publish, save
from tests.support.cast import Cast
from tests.support.courses import enrol, pass_exam, read_everything, study, sync_folder
from tests.support.statements import counted_statements

ZH, EN = "m2-second/01-rule.zh.md", "m2-second/01-rule.en.md"


def standing(person_id: object) -> tuple[int, int, int, int]:
    release()
    course = courses.get_course("small")
    found = courses.standing_of([person_id], [course.id])[person_id, course.id]  # type: ignore[list-item,index]
    release()
    return found.sections_done, found.sections_total, found.checks_done, found.checks_total


def counts() -> tuple[int, int]:
    tables = (SectionRead, CheckAnswer)
    found = tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    release()
    return found  # type: ignore[return-value]


def test_moving_keeps_what_is_still_there_and_touches_nobody_who_has_completed(cast: Cast) -> None:
    sync_folder()
    study(cast.cohort_mate)
    pass_exam(cast.cohort_mate)
    begun = enrol(cast.trainee)
    read_everything(cast.trainee)
    done = enrol(cast.cohort_mate)
    release()
    first = begun.course_revision_id
    assert db.session.scalar(select(CourseCompletion.hours)) == Decimal(3)
    before = counts()
    sections = standing(cast.trainee.id)[:2]
    assert sections[0] == sections[1]
    one = author(cast)
    draft = open_draft(one)
    for path, old in ((ZH, "## 规定 {#rule}"), (EN, "## The rule {#rule}")):
        change(one, draft, path, old, old.replace("{#rule}", "{#new-rule}"))
    with counted_statements() as seen:
        reach = queries.reach_of(one, draft.id)
    assert len(seen) <= 18
    assert reach.completed == 1
    (affected,) = reach.under_way
    assert (affected.person_id, affected.not_counted_after, affected.studied_after) == (cast.trainee.id, 1, False)
    assert affected.steps_total_after == affected.steps_total
    release()
    revision = publish(one, author(cast), draft, moving=Moving.MOVE)
    release()
    assert queries.publications_of("small")[0].moved == 1
    assert db.session.get_one(Enrolment, begun.id, populate_existing=True).course_revision_id == revision.id
    assert db.session.get_one(Enrolment, done.id, populate_existing=True).course_revision_id == first
    assert standing(cast.trainee.id)[:2] == (sections[0] - 1, sections[1])
    assert counts() == before
    back = open_draft(one)
    for path, new in ((ZH, "## 规定 {#rule}"), (EN, "## The rule {#rule}")):
        change(one, back, path, new.replace("{#rule}", "{#new-rule}"), new)
    publish(one, author(cast), back, moving=Moving.MOVE)
    assert standing(cast.trainee.id)[:2] == sections
    release()
    assert db.session.get_one(Enrolment, begun.id, populate_existing=True).course_revision_id == first


def test_whoever_is_kept_goes_on_and_whoever_has_done_all_of_the_new_revision_completes(cast: Cast) -> None:
    sync_folder()
    begun = study(cast.trainee)
    one = author(cast)
    draft = open_draft(one)
    release()
    text = queries.text_of(draft.id, "course.yaml")
    save(one, draft, "course.yaml", text[: text.index("exam:")])
    publish(one, author(cast), draft)
    release()
    enrolment = db.session.get_one(Enrolment, begun.id, populate_existing=True)
    assert enrolment.course_revision_id == begun.course_revision_id
    assert courses.completion_of(enrolment) is None
    again = open_draft(one)
    change(one, again, ZH, "规定的第三条", "该规定第三条")
    publish(one, author(cast), again, moving=Moving.MOVE)
    release()
    completion = courses.completion_of(db.session.get_one(Enrolment, begun.id))
    assert completion is not None
    assert completion.hours == Decimal(3)
