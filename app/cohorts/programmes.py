"""Programmes from content/: a new revision only where something changed."""

from datetime import datetime

from sqlalchemy import func, select

from app.cohorts.models import Programme, ProgrammeRevision
from app.core.database import db
from app.core.digests import digest_of
from app.core.identifiers import content_id
from app.courses.content.exams import ProgrammeExam
from app.courses.content.schema import ProgrammeFile
from app.courses.content.tree import Content
from app.organisations.queries import get_organisation
from app.quizzes import services as quizzes
from app.quizzes.models import QuizRevision


def sync_programmes(content: Content, now: datetime) -> list[str]:
    """Bring the programmes up to the authored files; returns the keys that got a new revision."""
    return [file.id for file in content.programmes.values() if _sync_programme(file, content, now)]


def _sync_programme(file: ProgrammeFile, content: Content, now: datetime) -> bool:
    programme = db.session.scalar(select(Programme).where(Programme.key == file.id))
    if programme is None:
        programme = Programme(
            id=content_id("programme", file.id),
            key=file.id,
            organisation_id=get_organisation(file.organisation).id,
        )
        db.session.add(programme)
        db.session.flush()
    body = file.canonical()
    quiz = _publish_exam(file.exam, content, now)
    renewal = _publish_exam(file.renewal.exam if file.renewal else None, content, now)
    basis = {"programme": body, "quiz": quiz.digest if quiz else None}
    if renewal is not None:
        basis["renewal_quiz"] = renewal.digest
    digest = digest_of(basis)
    current = (
        db.session.get(ProgrammeRevision, programme.current_revision_id) if programme.current_revision_id else None
    )
    if current is not None and current.digest == digest:
        return False
    revision = db.session.scalar(
        select(ProgrammeRevision).where(
            ProgrammeRevision.programme_id == programme.id, ProgrammeRevision.digest == digest
        )
    )
    if revision is None:
        last = db.session.scalar(
            select(func.max(ProgrammeRevision.number)).where(ProgrammeRevision.programme_id == programme.id)
        )
        revision = ProgrammeRevision(
            programme_id=programme.id,
            number=(last or 0) + 1,
            digest=digest,
            body=body,
            quiz_id=quiz.quiz_id if quiz else None,
            renewal_quiz_id=renewal.quiz_id if renewal else None,
        )
        db.session.add(revision)
        db.session.flush()
    programme.current_revision_id = revision.id
    return True


def _publish_exam(exam: ProgrammeExam | None, content: Content, now: datetime) -> QuizRevision | None:
    """A certification examination or law-update test; its pools draw on all bank questions of the courses."""
    if exam is None:
        return None
    return quizzes.publish_quiz(
        exam.id, title=exam.title.both(), settings=exam.settings(), pools=content.exam_pools(exam), now=now
    )
