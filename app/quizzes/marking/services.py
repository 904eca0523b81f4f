"""Give marks; the last one of a sitting brings out its result."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.identifiers import new_id
from app.quizzes.grading.base import clean_text
from app.quizzes.marking import queries, rules
from app.quizzes.marking.models import Mark
from app.quizzes.marking.queries import Task
from app.quizzes.services.attempts import lock_attempt
from app.quizzes.services.grading import apply_marks


def save_mark(
    actor: Actor,
    task_id: uuid.UUID,
    given: Mapping[str, rules.Given],
    comment: str,
    *,
    seen: int,
    now: datetime,
) -> Mark:
    """Append a mark; ``seen`` is how many the answer had on the marker's page.

    The last mark of a sitting completes its grades and announces the result, in this transaction. Raises NotFound
    for an answer she may not mark, Invalid when something is not given, Conflict (code ``colleague``, ``own`` or
    ``out``) when the answer has been marked meanwhile or the result is out.
    """
    attempt = lock_attempt(queries.get_task(actor, task_id).attempt_id)
    if attempt is None:
        raise NotFound
    task = queries.get_task(actor, task_id)  # as it is now that nobody else can mark it
    _refuse_overtaken(actor, task, seen)
    mark = Mark(
        id=new_id(),
        created_at=now,
        item_id=task.item_id,
        number=task.seen + 1,
        event_ordinal=task.event_ordinal,
        marker_id=actor.person_id,
        given=dict(given),
        fraction=rules.fraction_of(task.needs, task.parts, given),
        comment=clean_text(comment, rules.MAX_COMMENT),
    )
    db.session.add(mark)
    db.session.flush()
    fractions = queries.marked_fractions(attempt.id)
    given_to = {item_id: fraction for item_id, fraction in fractions.items() if fraction is not None}
    if len(given_to) == len(fractions):
        apply_marks(attempt, given_to, actor=actor, now=now)
    return mark


def _refuse_overtaken(actor: Actor, task: Task, seen: int) -> None:
    if task.mark is not None and task.mark.marker_id != actor.person_id:
        raise Conflict(_("A colleague has marked this answer meanwhile; that mark stands."), code="colleague")
    if not task.open:
        raise Conflict(_("The result is out; this mark can no longer be changed here."), code="out")
    if task.seen != seen:
        raise Conflict(
            _("You have marked this answer in another window. Save again to replace that mark."), code="own"
        )
