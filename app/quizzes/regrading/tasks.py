"""Try and carry out regrades, batch by batch; and look after sittings that came in between."""

import uuid
from datetime import timedelta

from app.core import clock
from app.core.database import release, transaction
from app.jobs.registry import Assignment, every, handles
from app.quizzes.regrading import letters, queries, services
from app.quizzes.regrading.rules import Basis, Figures
from app.quizzes.regrading.working import Impossible, regraded

#: A paper may be handed in while a regrade ends; no request lasts as long as this.
OVERLAP = timedelta(minutes=10)


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
    """One transaction a batch; what an earlier worker did is found done."""
    regrade_id = _subject(assignment)
    while True:
        if not _apply_batch(regrade_id):
            break
        regrade = queries.get_regrade(regrade_id)
        done, (total, _waiting) = queries.count_applied(regrade), queries.count_scope(regrade)
        release()
        assignment.report(done, max(total, done))
    with transaction():
        services.finish_regrade(regrade_id, clock.now())


def _apply_batch(regrade_id: uuid.UUID) -> int:
    """The grades of the next sittings, and letters to those whose result changed; how many sittings there were."""
    with transaction():
        applied = services.apply_batch(regrade_id, clock.now())
        if applied.changed:
            letters.tell_changed(applied.changed)
    return applied.sittings


@every("regrading.catch_up", 60)
def catch_up() -> None:
    """Papers whose result came out in the very moment in which a regrade ended follow it too."""
    recent = queries.recently_applied(clock.now() - OVERLAP)
    release()
    for regrade_id in recent:
        while _apply_batch(regrade_id):
            pass
