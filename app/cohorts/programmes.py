"""Programmes from content/: a new revision only where something changed."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.cohorts.models import Programme, ProgrammeRevision
from app.core.database import db
from app.core.identifiers import content_id
from app.courses.content.schema import Content, ProgrammeFile
from app.organisations.queries import get_organisation
from app.quizzes import services as quizzes
from app.quizzes.models import QuizRevision


def canonical_digest(body: dict[str, Any]) -> str:
    """SHA-256 of the body as canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
    body = file.model_dump(mode="json", by_alias=True)
    quiz = _publish_exam(file, content, now)
    digest = canonical_digest({**body, "quiz_revision": quiz.digest if quiz else None})
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
        )
        db.session.add(revision)
        db.session.flush()
    programme.current_revision_id = revision.id
    return True


def _publish_exam(file: ProgrammeFile, content: Content, now: datetime) -> QuizRevision | None:
    """The certification examination: its pools draw on every bank question of the named courses."""
    if file.exam is None:
        return None
    return quizzes.publish_quiz(
        file.exam.id,
        title=file.exam.title.model_dump(),
        settings=file.exam.settings(),
        pools=content.exam_pools(file.exam),
        now=now,
    )
