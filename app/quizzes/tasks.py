"""End pauses and close attempts whose time is over, though nobody's browser asks for it."""

from app.core import clock
from app.core.database import release, transaction
from app.jobs.registry import every
from app.quizzes import queries, services


@every("quizzes.expire_attempts", 5)
def expire_attempts() -> None:
    """One transaction an attempt, so that a fault in one holds up no other."""
    now = clock.now()
    over, overdue = queries.overdue_pauses(now), queries.overdue_attempts(now)
    release()
    for attempt_id in over:
        with transaction():
            services.end_overdue_pause(attempt_id, now=now)
    for attempt_id in overdue:
        with transaction():
            services.expire_attempt(attempt_id, now=now)
