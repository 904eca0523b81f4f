"""When examinations close for those who sat them, extended windows included."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.quizzes import rules
from app.quizzes.models import Quiz, QuizRevision


def general_ends(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime | None]:
    """By the revision that was sat: when its examination closes for everybody (``rules.general_end``). One
    statement."""
    sat, later, present = aliased(QuizRevision), aliased(QuizRevision), aliased(QuizRevision)
    rows = db.session.execute(
        select(sat.id, sat.settings, later.created_at, later.settings.label("later"))
        .join(Quiz, Quiz.id == sat.quiz_id)
        .join(present, present.id == Quiz.current_revision_id)
        .outerjoin(
            later,
            and_(later.quiz_id == sat.quiz_id, later.number > sat.number, later.number <= present.number),
        )
        .where(sat.id.in_(revision_ids))
        .order_by(later.number)
    ).all()
    sat_settings = {row.id: row.settings for row in rows}
    published: dict[uuid.UUID, list[tuple[datetime, datetime | None]]] = {each: [] for each in sat_settings}
    for row in rows:
        if row.later is not None:
            published[row.id].append((row.created_at, _closes_at(row.later)))
    return {
        each: rules.general_end(_closes_at(settings), published[each]) for each, settings in sat_settings.items()
    }


def _closes_at(settings: dict[str, object]) -> datetime | None:
    return rules.QuizSettings.from_json(settings).closes_at
