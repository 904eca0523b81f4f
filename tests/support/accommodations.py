"""Accommodations for tests."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor
from app.core.database import release, transaction
from app.quizzes.accommodations import services
from app.quizzes.accommodations.services import Granted, Whom
from app.quizzes.rules import Allowance

#: A quarter more time and two pauses of ten minutes in all.
QUARTER = Allowance(time_factor=Decimal("1.25"), pause_minutes=10, pauses=2)


def grant(
    actor: Actor,
    whom: Person | tuple[str, uuid.UUID],
    allowance: Allowance = QUARTER,
    *,
    now: datetime | None = None,
    **about: Any,
) -> Granted:
    """Grant something to a person or a group, through the service."""
    target = Whom(person_id=whom.id) if isinstance(whom, Person) else Whom(group=whom)
    release()
    with transaction():
        return services.grant_accommodation(
            actor, target, allowance, reason=about.pop("reason", "考务决定第7号"), now=now or clock.now(), **about
        )
