"""Bring released results out, paper by paper; a job that was interrupted goes on with those that are left."""

import uuid

from app.core import clock
from app.core.database import db, release, transaction
from app.jobs.registry import Assignment, handles
from app.quizzes import letters
from app.quizzes.releases import queries, services
from app.quizzes.releases.models import ResultRelease

#: How many papers between two reports of progress.
STEP = 10


@handles(services.RELEASE, time_limit=3600)
def release_results(assignment: Assignment) -> None:
    """One transaction a paper: its result, what hangs on it, and the letter to its candidate."""
    found = db.session.get_one(ResultRelease, uuid.UUID(assignment.payload["release_id"]))
    db.session.expunge(found)
    papers = queries.papers_to_release(found.id)
    release()
    before = found.papers - len(papers)
    for number, attempt_id in enumerate(papers, start=1):
        with transaction():
            if services.release_paper(found, attempt_id, now=clock.now()):
                letters.tell_out(attempt_id)
        if number % STEP == 0 or number == len(papers):
            assignment.report(before + number, found.papers)
