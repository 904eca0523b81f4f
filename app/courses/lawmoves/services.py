"""Open the work that a change of law makes, and say what became of it."""

import uuid
from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.courses import queries as courses
from app.courses.lawmoves import policies, queries
from app.courses.lawmoves.models import LawTask
from app.courses.lawmoves.rules import Kind, TaskState
from app.library.models import LawChange
from app.quizzes.models import Question, QuestionRevision


def open_tasks(change: LawChange, now: datetime) -> int:
    """A task for each section and question that rests on the law before the change; returns how many."""
    found = queries.passages_touched(change)
    db.session.add_all(
        LawTask(
            law_change_id=change.id,
            course_key=one.course_key,
            module_key=one.passage.module_key,
            kind=one.passage.kind,
            path=one.passage.path,
            title=dict(one.passage.title),
            pins=list(one.passage.pins),
            revision_id=one.revision_id,
            created_at=now,
        )
        for one in found
    )
    db.session.flush()
    return len(found)


def settle(
    actor: Actor,
    change: LawChange,
    task_ids: Collection[uuid.UUID],
    *,
    state: TaskState,
    reason: str,
    now: datetime,
) -> int:
    """Say of open passages that they are still right, or were revised; returns how many.

    Raises NotAllowed; Invalid without a passage or reason; Conflict when one is settled already, or is called
    revised while what is published still states the law before the change.
    """
    if not policies.can_settle(actor):
        raise NotAllowed
    if not task_ids:
        raise Invalid(_("Choose at least one passage."))
    if state is TaskState.OPEN or not reason.strip():
        raise Invalid(_("Say what you compared with what."))
    tasks = queries.lock_tasks(change, task_ids)
    if len(tasks) != len(set(task_ids)) or any(task.state is not TaskState.OPEN for task in tasks):
        raise Conflict(_("Somebody settled one of these passages meanwhile. Look at the list again."))
    if state is TaskState.REVISED:
        _require_revised(change, tasks)
    for task in tasks:
        task.state, task.reason = state, reason.strip()
        task.settled_by, task.settled_at = actor.person_id, now
    audit.record(
        actor,
        "lawmoves.settle",
        change,
        state=state.value,
        reason=reason.strip(),
        passages=[f"{task.course_key}:{task.path}" for task in tasks],
    )
    db.session.flush()
    return len(tasks)


def _require_revised(change: LawChange, tasks: Collection[LawTask]) -> None:
    """Raises Conflict naming the first passage whose published text is still older than the change."""
    dates = _published_dates(tasks)
    for task in tasks:
        as_of = dates.get(
            (task.kind, task.course_key, task.path if task.kind is Kind.QUESTION else task.module_key)
        )
        if as_of is not None and as_of < change.changed_on.isoformat():
            raise Conflict(
                _(
                    "“%(path)s” is published with the law as of %(day)s. Publish the mended text with a later"
                    " as-of date first.",
                    path=task.path,
                    day=as_of,
                )
            )


def _published_dates(tasks: Collection[LawTask]) -> dict[tuple[Kind, str, str], str]:
    """As-of dates (ISO) of what is published now; what was taken out has none."""
    dates = {
        (Kind.SECTION, line.key, module.key): module.as_of.isoformat()
        for line in courses.catalogue()
        for module in line.outline.modules
    }
    keys = {task.path: task.course_key for task in tasks if task.kind is Kind.QUESTION}
    rows = db.session.execute(
        select(Question.key, QuestionRevision.body)
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .where(Question.key.in_(keys))
    )
    return dates | {(Kind.QUESTION, keys[key], key): str(body["as_of"]) for key, body in rows}
