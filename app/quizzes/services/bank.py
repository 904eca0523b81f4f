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
from app.core.messages import N_
from app.core.text import Bilingual
from app.quizzes import grading
from app.quizzes.models import Question, QuestionRevision, Quiz, QuizRevision, QuizRevisionItem
from app.quizzes.queries import questions_by_key
from app.quizzes.regrading.models import Regrade
from app.quizzes.rules import Pool, QuizSettings


def save_question(key: str, *, body: Mapping[str, Any], source: str, now: datetime) -> QuestionRevision:
    """Keep a question as written in docs/content-format.md; a new revision only where it changed.

    Raises Invalid, naming what to mend.
    """
    return save_questions({key: body}, source=source, now=now)[key]


def save_questions(
    bodies: Mapping[str, Mapping[str, Any]], *, source: str, now: datetime
) -> dict[str, QuestionRevision]:
    """As save_question, for the questions of one file, by key; four statements at most, however many there are."""
    checked = {key: grading.validate(key, body) for key, body in bodies.items()}
    digests = {key: digest_of(body) for key, body in checked.items()}
    ids = {key: content_id(key) for key in bodies}
    questions = {one.key: one for one in db.session.scalars(select(Question).where(Question.id.in_(ids.values())))}
    revisions = {
        (one.question_id, one.digest): one
        for one in db.session.scalars(
            select(QuestionRevision).where(
                QuestionRevision.question_id.in_(ids.values()), QuestionRevision.digest.in_(digests.values())
            )
        )
    }
    changed = [ids[key] for key in questions if (ids[key], digests[key]) not in revisions]
    numbers = _last_numbers(changed) if changed else {}
    found = {}
    for key, body in checked.items():
        question = questions.get(key)
        revision = revisions.get((ids[key], digests[key]))
        if question is None:
            question = Question(id=ids[key], key=key, source=source, created_at=now, current_revision_id=None)
            db.session.add(question)
        if revision is None:
            revision = QuestionRevision(
                id=new_id(),
                question_id=question.id,
                number=numbers.get(question.id, 0) + 1,
                digest=digests[key],
                type=body["type"],
                body=body,
                created_at=now,
            )
            db.session.add(revision)
        if question.current_revision_id not in {None, revision.id}:
            revision = _as_corrected(question, revision)
        if question.current_revision_id != revision.id or question.source != source:
            question.current_revision_id, question.source = revision.id, source
        found[key] = revision
    db.session.flush()
    return found


def _last_numbers(question_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The number of the newest revision of each question."""
    rows = db.session.execute(
        select(QuestionRevision.question_id, func.max(QuestionRevision.number))
        .where(QuestionRevision.question_id.in_(question_ids))
        .group_by(QuestionRevision.question_id)
    )
    return dict(rows.all())


def _as_corrected(question: Question, revision: QuestionRevision) -> QuestionRevision:
    """What a regrade corrected stays corrected when the file that still holds the mistake is loaded again."""
    rows = db.session.execute(
        select(Regrade.question_revision_id, Regrade.graded_by_id)
        .join(QuestionRevision, QuestionRevision.id == Regrade.question_revision_id)
        .where(QuestionRevision.question_id == question.id, Regrade.corrects_bank, Regrade.run_id.is_not(None))
        .order_by(Regrade.approved_at)
    )
    corrected = dict(rows.all())
    found: uuid.UUID | None = revision.id
    for _step in corrected:
        found = corrected.get(found) if found else None
        if found is not None and found == question.current_revision_id:
            return db.session.get_one(QuestionRevision, found)
    return revision


def use_correction(asked_id: uuid.UUID, corrected_id: uuid.UUID, *, now: datetime) -> None:
    """Later papers get the corrected revision of a question: in the bank, and in every quiz that asks it now."""
    asked = db.session.get_one(QuestionRevision, asked_id)
    question = db.session.get_one(Question, asked.question_id)
    replaced = {asked_id, question.current_revision_id} - {corrected_id}
    question.current_revision_id = corrected_id
    rows = db.session.execute(
        select(Quiz, QuizRevision)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .join(QuizRevisionItem, QuizRevisionItem.quiz_revision_id == QuizRevision.id)
        .where(QuizRevisionItem.question_revision_id.in_(replaced))
    ).all()
    for quiz, revision in rows:
        members = _members(revision)
        frozen = [[corrected_id if each in replaced else each for each in pool] for pool in members]
        _keep_revision(
            quiz,
            title=revision.title,
            settings=revision.settings,
            pools=revision.pools,
            members=frozen,
            now=now,
        )


def _members(revision: QuizRevision) -> list[list[uuid.UUID]]:
    """The question revisions of a quiz revision, pool by pool."""
    rows = db.session.execute(
        select(QuizRevisionItem.pool, QuizRevisionItem.question_revision_id)
        .where(QuizRevisionItem.quiz_revision_id == revision.id)
        .order_by(QuizRevisionItem.pool, QuizRevisionItem.position)
    ).all()
    return [[row[1] for row in rows if row.pool == pool] for pool in range(len(revision.pools))]


def publish_quiz(
    key: str, *, title: Bilingual, settings: QuizSettings, pools: Sequence[Pool], now: datetime
) -> QuizRevision:
    """Freeze a quiz over the present revisions of its questions; a new revision only where it changed.

    Raises Invalid for an unknown question, one that stands in two pools, a pool smaller than its pick, or a
    section without a pool.
    """
    members = _frozen_pools(key, pools)
    if {pool.section for pool in pools} != set(range(len(settings.sections) or 1)):
        raise Invalid(
            N_("%(key)s: each section needs a pool, and each pool one of the sections", key=key), code="quiz"
        )
    described = [_described(pool) for pool in pools]
    quiz = db.session.get(Quiz, content_id(key))
    if quiz is None:
        quiz = Quiz(id=content_id(key), key=key, created_at=now, current_revision_id=None)
        db.session.add(quiz)
        db.session.flush()
    frozen = [[revision.id for revision in pool] for pool in members]
    return _keep_revision(
        quiz, title=dict(title), settings=settings.sealed(key).as_json(), pools=described, members=frozen, now=now
    )


def _keep_revision(
    quiz: Quiz,
    *,
    title: dict[str, Any],
    settings: dict[str, Any],
    pools: list[dict[str, Any]],
    members: list[list[uuid.UUID]],
    now: datetime,
) -> QuizRevision:
    """The quiz as it is from now on; a new revision only where it changed."""
    ids = [each for pool in members for each in pool]
    digests = dict(
        db.session.execute(
            select(QuestionRevision.id, QuestionRevision.digest).where(QuestionRevision.id.in_(ids))
        ).all()
    )
    described = [
        {**about, "questions": [digests[each] for each in pool]}
        for about, pool in zip(pools, members, strict=True)
    ]
    fingerprint = digest_of({"title": title, "settings": settings, "pools": described})
    revision = db.session.scalar(select(QuizRevision).filter_by(quiz_id=quiz.id, digest=fingerprint))
    if revision is None:
        revision = QuizRevision(
            quiz_id=quiz.id,
            number=_next_number(QuizRevision.number, QuizRevision.quiz_id == quiz.id),
            digest=fingerprint,
            title=title,
            settings=settings,
            pools=pools,
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


def _items(revision_id: uuid.UUID, members: Sequence[Sequence[uuid.UUID]]) -> list[dict[str, Any]]:
    return [
        {
            "quiz_revision_id": revision_id,
            "question_revision_id": question_id,
            "pool": pool,
            "position": position,
        }
        for pool, frozen in enumerate(members)
        for position, question_id in enumerate(frozen)
    ]


def _frozen_pools(key: str, pools: Sequence[Pool]) -> list[list[QuestionRevision]]:
    keys = [name for pool in pools for name in pool.question_keys]
    if len(set(keys)) != len(keys):
        raise Invalid(N_("%(key)s: a question stands in two pools", key=key), code="quiz")
    if not keys or any(not 1 <= pool.pick <= len(pool.question_keys) for pool in pools):
        raise Invalid(N_("%(key)s: each pool needs at least as many questions as it picks", key=key), code="quiz")
    found = questions_by_key(keys)
    if missing := [name for name in keys if name not in found]:
        raise Invalid(
            N_("%(key)s: no such question: %(missing)s", key=key, missing=", ".join(missing)), code="quiz"
        )
    return [[found[name] for name in pool.question_keys] for pool in pools]
