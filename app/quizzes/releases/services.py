"""Let held results out, all at once: the decision in one transaction, the papers in one job."""

import uuid
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import insert, select

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed
from app.core.identifiers import new_id
from app.jobs import services as jobs
from app.quizzes.marking.queries import panels_of_attempt
from app.quizzes.models import Quiz
from app.quizzes.releases import queries
from app.quizzes.releases.models import ReleasedPaper, ResultRelease
from app.quizzes.releases.policies import can_release
from app.quizzes.services.grading import apply_marks
from app.quizzes.services.locking import lock_attempt

RELEASE: Final = "quizzes.release_results"


def release_results(actor: Actor, key: str, *, although_running: bool, now: datetime) -> ResultRelease:
    """Take every held paper of an examination, fix its marks, and ask for the job that brings the results out.

    Raises NotFound, NotAllowed, or Conflict: ``nothing`` to release, answers ``unmarked``, or candidates
    ``running`` who might hear keys from those who are done (unless ``although_running``).
    """
    if not can_release(actor):
        raise NotAllowed
    quiz_id = queries.get_held(key).quiz_id
    db.session.execute(select(Quiz.id).where(Quiz.id == quiz_id).with_for_update())
    papers = queries.lock_held_papers(quiz_id)
    held = queries.get_held(key)
    if held.unmarked:
        raise Conflict(
            ngettext(
                "%(num)d paper still waits for a mark. Results come out together.",
                "%(num)d papers still wait for a mark. Results come out together.",
                held.unmarked,
            ),
            code="unmarked",
        )
    if not papers:
        raise Conflict(_("There is no held result to release."), code="nothing")
    if held.running and not although_running:
        raise Conflict(
            ngettext(
                "%(num)d candidate is still sitting. Confirm that the results may come out nevertheless.",
                "%(num)d candidates are still sitting. Confirm that the results may come out nevertheless.",
                held.running,
            ),
            code="running",
        )
    release = ResultRelease(
        id=new_id(), created_at=now, quiz_id=quiz_id, actor_id=actor.person_id, papers=len(papers)
    )
    db.session.add(release)
    db.session.flush()
    db.session.execute(
        insert(ReleasedPaper), [{"attempt_id": paper, "release_id": release.id} for paper in papers]
    )
    audit.record(actor, RELEASE, release, examination=key, papers=len(papers), running=held.running)
    jobs.enqueue(RELEASE, {"release_id": str(release.id)}, unique_key=f"{RELEASE}:{release.id}", actor=actor)
    return release


def release_paper(release: ResultRelease, attempt_id: uuid.UUID, *, now: datetime) -> bool:
    """Bring out the result of one paper and announce it; False when it is out already, or when an invigilator has
    declared it void or opened it again since the job began."""
    attempt = lock_attempt(attempt_id)
    if attempt is None or not queries.is_to_release(release.id, attempt_id):
        return False
    panels = panels_of_attempt(attempt_id)
    fractions = {item_id: panel.fraction for item_id, panel in panels.items() if panel.fraction is not None}
    apply_marks(attempt, fractions, actor_id=release.actor_id, cause="release", now=now)
    return True
