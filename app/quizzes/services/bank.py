"""Keep questions and quizzes as immutable revisions."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from app.core.database import db
from app.core.digests import digest_of
from app.core.errors import Invalid
from app.core.identifiers import content_id, new_id
from app.core.text import Bilingual
from app.quizzes import grading
from app.quizzes.models import Question, QuestionRevision, Quiz, QuizRevision, QuizRevisionItem
from app.quizzes.rules import Pool, QuizSettings


def save_question(key: str, *, body: Mapping[str, Any], source: str, now: datetime) -> QuestionRevision:
    """Keep a question as written in docs/content-format.md; a new revision only where it changed.

    Raises Invalid, naming what to mend.
    """
    checked = grading.validate(key, body)
    fingerprint = digest_of(checked)
    question = db.session.get(Question, content_id(key))
    if question is None:
        question = Question(id=content_id(key), key=key, source=source, created_at=now, current_revision_id=None)
        db.session.add(question)
        db.session.flush()
    revision = db.session.scalar(select(QuestionRevision).filter_by(question_id=question.id, digest=fingerprint))
    if revision is None:
        revision = QuestionRevision(
            question_id=question.id,
            number=_next_number(QuestionRevision.number, QuestionRevision.question_id == question.id),
            digest=fingerprint,
            type=checked["type"],
            body=checked,
            created_at=now,
        )
        db.session.add(revision)
        db.session.flush()
    if question.current_revision_id != revision.id or question.source != source:
        question.current_revision_id, question.source = revision.id, source
        db.session.flush()
    return revision


def publish_quiz(
    key: str, *, title: Bilingual, settings: QuizSettings, pools: Sequence[Pool], now: datetime
) -> QuizRevision:
    """Freeze a quiz over the present revisions of its questions; a new revision only where it changed.

    Raises Invalid for an unknown question, one that stands in two pools, a pool smaller than its pick, or a
    section without a pool.
    """
    members = _frozen_pools(key, pools)
    if {pool.section for pool in pools} != set(range(len(settings.sections) or 1)):
        raise Invalid(f"{key}: each section needs a pool, and each pool one of the sections", code="quiz")
    described = [_described(pool) for pool in pools]
    fingerprint = digest_of(
        {
            "title": dict(title),
            "settings": settings.as_json(),
            "pools": [
                {**about, "questions": [revision.digest for revision in frozen]}
                for about, frozen in zip(described, members, strict=True)
            ],
        }
    )
    quiz = db.session.get(Quiz, content_id(key))
    if quiz is None:
        quiz = Quiz(id=content_id(key), key=key, created_at=now, current_revision_id=None)
        db.session.add(quiz)
        db.session.flush()
    revision = db.session.scalar(select(QuizRevision).filter_by(quiz_id=quiz.id, digest=fingerprint))
    if revision is None:
        revision = QuizRevision(
            quiz_id=quiz.id,
            number=_next_number(QuizRevision.number, QuizRevision.quiz_id == quiz.id),
            digest=fingerprint,
            title=dict(title),
            settings=settings.as_json(),
            pools=described,
            created_at=now,
            id=new_id(),
        )
        db.session.add(revision)
        db.session.flush()
        db.session.execute(insert(QuizRevisionItem), _items(revision.id, members))
    if quiz.current_revision_id != revision.id:
        quiz.current_revision_id = revision.id
        db.session.flush()
    return revision


def _described(pool: Pool) -> dict[str, Any]:
    """A pool as the revision keeps it; without sections nothing is said of them, so that digests stay."""
    about: dict[str, Any] = {"label": dict(pool.label), "pick": pool.pick}
    return about | ({"section": pool.section} if pool.section else {})


def _next_number(column: Any, where: Any) -> int:
    return (db.session.scalar(select(func.max(column)).where(where)) or 0) + 1


def _items(revision_id: uuid.UUID, members: Sequence[Sequence[QuestionRevision]]) -> list[dict[str, Any]]:
    return [
        {
            "quiz_revision_id": revision_id,
            "question_revision_id": revision.id,
            "pool": pool,
            "position": position,
        }
        for pool, frozen in enumerate(members)
        for position, revision in enumerate(frozen)
    ]


def _frozen_pools(key: str, pools: Sequence[Pool]) -> list[list[QuestionRevision]]:
    keys = [name for pool in pools for name in pool.question_keys]
    if len(set(keys)) != len(keys):
        raise Invalid(f"{key}: a question stands in two pools", code="quiz")
    if not keys or any(not 1 <= pool.pick <= len(pool.question_keys) for pool in pools):
        raise Invalid(f"{key}: each pool needs at least as many questions as it picks", code="quiz")
    rows = db.session.execute(
        select(Question.key, QuestionRevision)
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .where(Question.key.in_(keys))
    )
    found = {row.key: row.QuestionRevision for row in rows}
    if missing := [name for name in keys if name not in found]:
        raise Invalid(f"{key}: no such question: {', '.join(missing)}", code="quiz")
    return [[found[name] for name in pool.question_keys] for pool in pools]
