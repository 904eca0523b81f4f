"""The cohorts in whose place an instructor can look at a course."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.cohorts import queries
from app.cohorts.rules import Demands
from app.core.access import Actor
from app.courses.previewing.registry import Cohort, Deadline


def cohorts_with(actor: Actor, course_key: str) -> list[Cohort]:
    """Those that the actor may see and whose programme has the course. Two statements."""
    found = []
    for line in queries.list_cohorts(actor):
        cohort, body = line.cohort, line.cohort.programme_revision.body
        demands = Demands.of(body)
        if course_key in demands.courses:
            found.append(
                Cohort(cohort.id, cohort.name, demands.title, cohort.starts_on, cohort.ends_on, _deadlines(body))
            )
    return found


def _deadlines(body: Mapping[str, Any]) -> tuple[Deadline, ...]:
    """The window of the certification examination, where it has one."""
    exam: Mapping[str, Any] = body.get("exam") or {}
    opens, closes = (
        datetime.fromisoformat(str(exam[name])) if exam.get(name) else None for name in ("opens_at", "closes_at")
    )
    return (Deadline(exam["title"], opens, closes),) if opens or closes else ()
