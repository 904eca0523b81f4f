"""Give marks; the last one of a sitting brings out its result."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.identifiers import new_id
from app.quizzes import letters
from app.quizzes.grading.base import clean_text
from app.quizzes.marking import queries, rules
from app.quizzes.marking.answers import Task
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.marking.rules import Stage
from app.quizzes.services.grading import apply_marks
from app.quizzes.services.locking import lock_attempt


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

    Where two people mark, hers is the first, the second or (when those differ too much) the one that decides.
    The last mark of a sitting completes its grades and announces the result in this transaction, unless results
    come out together. The same mark again changes nothing. Raises NotFound for an answer she may not mark, Invalid
    when something is not given, Conflict (``colleague``, ``decided``, ``changed``, ``own`` or ``out``) when the
    answer has been marked meanwhile or the result is out.
    """
    attempt = lock_attempt(queries.get_task(actor, task_id).attempt_id)
    if attempt is None:
        raise NotFound
    task = queries.get_task(actor, task_id)  # as it is now that nobody else can mark it
    comment = clean_text(comment, rules.MAX_COMMENT)
    if task.mark is not None and (task.mark.given, task.mark.comment) == (dict(given), comment):
        return task.mark  # the same again: her first request arrived, but its answer was lost
    _refuse_overtaken(task, seen)
    mark = Mark(
        id=new_id(),
        created_at=now,
        item_id=task.item_id,
        number=task.last_number + 1,
        event_ordinal=task.event_ordinal,
        marker_id=actor.person_id,
        given=dict(given),
        fraction=rules.fraction_of(task.needs, task.parts, given),
        comment=comment,
    )
    db.session.add(mark)
    db.session.flush()
    panels = queries.panels_of_attempt(attempt.id)
    stage = panels[task.item_id].stage
    db.session.execute(update(MarkingTask).where(MarkingTask.id == task_id).values(stage=stage))
    fractions = {item_id: panel.fraction for item_id, panel in panels.items() if panel.fraction is not None}
    if len(fractions) == len(panels) and not task.held:
        apply_marks(attempt, fractions, actor_id=actor.person_id, cause="marking", now=now)
        letters.tell_marked(attempt.id)
    return mark


def _refuse_overtaken(task: Task, seen: int) -> None:
    if not task.editable:
        if task.mark is None and task.panel.stage is Stage.SETTLED:
            raise Conflict(_("A colleague has marked this answer meanwhile; that mark stands."), code="colleague")
        if not task.open:
            raise Conflict(_("The result is out; this mark can no longer be changed here."), code="out")
        raise Conflict(_("A third person has decided meanwhile; the marks of this answer stand."), code="decided")
    if task.seen == seen:
        return
    if task.mark is None:
        raise Conflict(
            _("The marks of this answer have changed meanwhile. Look at them, then save again."), code="changed"
        )
    raise Conflict(
        _("You have marked this answer in another window. Save again to replace that mark."), code="own"
    )
