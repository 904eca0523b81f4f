"""What each process keeps of questions: read once, never changed by a page."""

from app.core import clock
from app.core.access import Actor
from app.core.database import db, release, transaction, write_mode
from app.library.queries import library
from app.quizzes import grading, services
from app.quizzes.models import AttemptItem, QuestionRevision
from app.quizzes.queries import bodies as kept
from app.quizzes.queries import get_own_paper
from tests.support.cast import Cast
from tests.support.pages import Visitors
from tests.support.quizzes import make_quiz, start
from tests.support.statements import counted_statements


def test_a_paper_reads_its_questions_once(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(("single", "matching", "cloze")))
    actor = Actor(person_id=cast.trainee.id, name="")
    counts = []
    library()  # kept as well, whoever asks for it first
    for _again in range(2):
        with counted_statements() as seen:
            get_own_paper(actor, attempt.id)
        counts.append(len(seen))
    assert counts == [3, 2]


def test_no_page_changes_what_is_kept(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        attempt = start(cast.trainee, make_quiz(tuple(sorted(grading.TYPES))))
    browser = visit(cast.trainee)
    for page in ("", "/review"):
        browser.get(f"/attempts/{attempt.id}{page}")
    release()
    with transaction():
        actor = Actor(person_id=cast.trainee.id, name="")
        services.submit_attempt(actor, attempt.id, now=clock.now())
    browser.get(f"/attempts/{attempt.id}/result")
    release()
    asked = db.select(AttemptItem.question_revision_id).filter_by(attempt_id=attempt.id)
    stored = db.session.scalars(db.select(QuestionRevision).where(QuestionRevision.id.in_(asked))).all()
    assert len(stored) == len(grading.TYPES)
    with counted_statements() as seen:
        found = kept.bodies([each.id for each in stored])
    assert not seen
    assert found == {each.id: each.body for each in stored}
