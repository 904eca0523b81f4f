"""Try, carry out and take back regrades, batch by batch; and look after sittings that came in between."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from app.core import clock
from app.core.database import release, transaction
from app.jobs.registry import Assignment, Hopeless, every, handles
from app.quizzes import letters
from app.quizzes.regrading import giving_up, queries, services
from app.quizzes.regrading.rules import Basis, Figures
from app.quizzes.regrading.services import Applied
from app.quizzes.regrading.working import Impossible, regraded

#: A paper may be handed in while a regrade ends; no request lasts as long as this.
OVERLAP = timedelta(minutes=10)

log = structlog.get_logger()


def _subject(assignment: Assignment) -> uuid.UUID:
    return uuid.UUID(assignment.payload["regrade_id"])


@handles(services.TRY)
def try_regrade(assignment: Assignment) -> None:
    """The dry run. Sittings are read and computed outside a write transaction; begun again after a crash."""
    regrade_id = _subject(assignment)
    with transaction():
        if not services.begin_trial(regrade_id, assignment.job_id):
            return
    try:
        found = _try_all(regrade_id, assignment)
    except Impossible as error:
        release()
        with transaction():
            services.note_impossible(regrade_id, assignment.job_id, error, clock.now())
        return
    if found is not None:
        with transaction():
            services.finish_trial(regrade_id, assignment.job_id, *found, clock.now())


def _try_all(regrade_id: uuid.UUID, assignment: Assignment) -> tuple[Figures, Basis] | None:
    """What was found; None when another dry run took this one's place."""
    regrade = queries.get_regrade(regrade_id)
    corrected = services.corrected_by(regrade)
    figures, basis = Figures(), Basis()
    figures.in_scope, figures.waiting = queries.count_scope(regrade)
    total, done = figures.in_scope, 0
    last: uuid.UUID | None = None
    while sittings := queries.next_sittings(regrade, last, services.BATCH):
        found = regraded(sittings, corrected)
        release()
        for sat in sittings:
            basis.add(sat.id, sat.run_id)
        with transaction():
            if not services.note_changes(regrade_id, assignment.job_id, found, figures, clock.now()):
                return None
        last, done = sittings[-1].id, done + len(sittings)
        assignment.report(done, max(total, done))
    figures.in_scope = done
    release()
    return figures, basis


@handles(services.APPLY, max_attempts=20, time_limit=3600)
def apply_regrade(assignment: Assignment) -> None:
    """One transaction a batch; what an earlier worker did is found done. Where it turns out to be impossible it
    stops, and a person decides (``giving_up``)."""
    regrade_id = _subject(assignment)
    try:
        _apply_all(regrade_id, assignment)
    except Impossible as error:
        with transaction():
            services.note_stop(regrade_id, error)
        raise Hopeless(error.problem.value) from error
    with transaction():
        services.finish_regrade(regrade_id, clock.now())


def _apply_all(regrade_id: uuid.UUID, assignment: Assignment) -> None:
    while _batch(services.apply_batch, regrade_id):
        regrade = queries.get_regrade(regrade_id)
        done, (total, _waiting) = queries.count_applied(regrade), queries.count_scope(regrade)
        release()
        assignment.report(done, max(total, done))


@handles(giving_up.TAKE_BACK, max_attempts=20, time_limit=3600)
def take_back_regrade(assignment: Assignment) -> None:
    """Of a regrade that was given up, in the same way."""
    regrade_id = _subject(assignment)
    while _batch(giving_up.take_back_batch, regrade_id):
        done, left = giving_up.count_back(queries.get_regrade(regrade_id))
        release()
        assignment.report(done, done + left)
    with transaction():
        giving_up.finish_taking_back(regrade_id, clock.now())


def _batch(append: Callable[[uuid.UUID, datetime], Applied], regrade_id: uuid.UUID) -> int:
    """The grades of the next sittings, and letters to those whose result changed; how many sittings there were."""
    with transaction():
        applied = append(regrade_id, clock.now())
        if applied.changed:
            letters.tell_changed(applied.changed)
    return applied.sittings


@every("regrading.catch_up", 60)
def catch_up() -> None:
    """Papers whose result came out in the very moment in which a regrade ended, or was taken back, follow too."""
    since = clock.now() - OVERLAP
    recent: list[tuple[Callable[[uuid.UUID, datetime], Applied], uuid.UUID]] = [
        *((services.apply_batch, each) for each in queries.recently_applied(since)),
        *((giving_up.take_back_batch, each) for each in giving_up.recently_given_up(since)),
    ]
    release()
    for append, regrade_id in recent:
        try:
            while _batch(append, regrade_id):
                pass
        except Impossible as error:  # these papers stand as they are, as when they are handed in later
            log.error("late sittings not regraded", regrade=str(regrade_id), problem=error.problem.value)
