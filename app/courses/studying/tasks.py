"""What the worker does for learners."""

from app.core import clock
from app.core.database import release, transaction
from app.courses.studying import letters, queries, services
from app.jobs.registry import Assignment, every, handles


@handles(services.INDEX)
def index(assignment: Assignment) -> None:
    """Index every module revision that is not, one transaction each."""
    missing = queries.unindexed_modules()
    release()
    for done, revision_id in enumerate(missing, 1):
        with transaction():
            services.index_module(revision_id)
        assignment.report(done, len(missing))


@every("studying.index", seconds=300)
def request_indexing() -> None:
    """Whatever brought a module revision into the database, its text is found soon after."""
    with transaction():
        services.request_indexing(clock.now())


@every("studying.remind", seconds=1800)
def remind() -> None:
    """Mail those who asked for it, once a day from their morning on, when questions wait for review."""
    now = clock.now()
    due = queries.reminders_due(now)
    release()
    for person_id in due:
        with transaction():
            letters.remind_of_review(person_id, now)
